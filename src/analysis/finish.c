/* Owns the order in which the model is finished. */
#include "analysis/finish.h"

#include <errno.h>

#include "analysis/fax.h"
#include "analysis/findings.h"
#include "analysis/ice.h"
#include "analysis/nat.h"
#include "analysis/relays.h"

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

static void bind_streams(struct fosip_analysis *a)
{
    for (size_t i = 0; i < stream_count(a->streams); i++) {
        struct stream *s = stream_at(a->streams, i);
        enum call_side to;
        uint32_t call = finish_call_of(a, s, &to), *slot;

        finish_bind(s, call, to);
        slot = call == CALL_NONE ? NULL : vec_add(&call_at(a->calls, call)->streams);
        if (slot)
            *slot = (uint32_t)i;
    }
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
