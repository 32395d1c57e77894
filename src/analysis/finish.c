/* Owns the order in which the model is finished. */
#include "analysis/finish.h"

#include <errno.h>

#include "analysis/fax.h"
#include "analysis/findings.h"
#include "analysis/ice.h"
#include "analysis/nat.h"
#include "analysis/relays.h"

enum { TOGETHER = 16 }; /* streams */

uint32_t finish_call_of(const struct fosip_analysis *a, const struct stream *s,
                        enum call_side *to)
{
    enum call_side from = SIDE_UNKNOWN;
    uint32_t call = call_of_stream(a->calls, stream_src(s), stream_dst(s), stream_start(s),
                                   stream_end(s), to);

    if (call != CALL_NONE)
        return call;
    /* through TURN, or to an address that no one announced */
    call = ice_call_of_flow(a->ice, stream_src(s), stream_dst(s), &from);
    *to = from == SIDE_CALLER ? SIDE_CALLEE : SIDE_CALLER;
    return call;
}

void finish_bind(struct stream *s, uint32_t call, enum call_side to)
{
    if (call == CALL_NONE)
        stream_bind(s, STREAM_NO_CALL, STREAM_NO_DIRECTION);
    else
        stream_bind(s, call, to == SIDE_CALLER ? STREAM_TO_CALLER : STREAM_TO_CALLEE);
}

/* Some streams, those from number `first` on: what is read of one of them is on its way from
 * memory while the others are looked at. */
static void bind_some(struct fosip_analysis *a, size_t first, size_t n)
{
    uint32_t calls[TOGETHER], *slot;
    enum call_side to;

    for (size_t i = 0; i < n; i++)
        call_ask_for_announced(a->calls, stream_dst(stream_at(a->streams, first + i)));
    for (size_t i = 0; i < n; i++) {
        struct stream *s = stream_at(a->streams, first + i);

        calls[i] = finish_call_of(a, s, &to);
        finish_bind(s, calls[i], to);
        if (calls[i] != CALL_NONE)
            __builtin_prefetch(&call_at(a->calls, calls[i])->streams, 1);
    }
    for (size_t i = 0; i < n; i++) {
        slot = calls[i] == CALL_NONE ? NULL : vec_add(&call_at(a->calls, calls[i])->streams);
        if (slot)
            *slot = (uint32_t)(first + i);
    }
}

static void bind_streams(struct fosip_analysis *a)
{
    size_t n = stream_count(a->streams);

    for (size_t i = 0; i < n; i += TOGETHER)
        bind_some(a, i, n - i < TOGETHER ? n - i : TOGETHER);
}

int finish_model(struct fosip_analysis *a)
{
    if (call_finish(a->calls, a->last_time) < 0 || ice_finish(a) < 0)
        return -ENOMEM;
    bind_streams(a);
    fax_finish(a);
    icmp_finish(a->icmp, a->calls, a->streams);
    if (relays_join(a) < 0 || call_group(a->calls) < 0 || nat_finish(a) < 0)
        return -ENOMEM;
    return findings_run(a);
}
