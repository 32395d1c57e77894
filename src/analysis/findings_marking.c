/* Rules about how packets are marked for the network. */
#include "analysis/findings.h"
#include "analysis/marking.h"

enum { FEWEST = 50 }; /* packets: a second of audio */

/* The stream that flows the other way between the same addresses, NULL without one. */
static const struct stream *way_back(const struct fosip_analysis *a, const struct call *call,
                                     const struct stream *s)
{
    for (size_t i = 0; i < call->streams.n; i++) {
        const struct stream *back = stream_at(a->streams, call->streams.v[i]);

        if (addr_eq(stream_src(back), stream_dst(s)) && addr_eq(stream_dst(back), stream_src(s)))
            return back;
    }
    return NULL;
}

/* "46 (EF)" */
static const char *dscp_text(unsigned dscp, char text[24])
{
    const char *name = net_dscp_name(dscp);

    snprintf(text, 24, name ? "%u (%s)" : "%u", dscp, name);
    return text;
}

static bool differ(struct fosip_analysis *a, uint32_t number, const struct stream *to_callee,
                   const struct stream *to_caller)
{
    struct stream_figures out, back;
    char caller[24], callee[24];
    struct finding *f;

    if (stream_packets(to_callee) < FEWEST || stream_packets(to_caller) < FEWEST)
        return false;
    stream_figures(to_callee, &out);
    stream_figures(to_caller, &back);
    if (marking_of(&out) == marking_of(&back) || marking_of(&out) == NET_NO_DSCP ||
        marking_of(&back) == NET_NO_DSCP)
        return false;
    f = finding_add(a, "dscp-differs", FINDING_NOTE, number, CALL_NONE, CALL_NONE,
                    "Media from the caller is marked DSCP %s, from the callee DSCP %s: where "
                    "the network is busy it treats the two unequally; either one side does not "
                    "mark its packets alike, or a device on the way here changed the mark.",
                    dscp_text(marking_of(&out), caller), dscp_text(marking_of(&back), callee));
    if (f)
        f->reference = "RFC 4594 \xc2\xa7" "4.1";
    return true;
}

void findings_marking(struct fosip_analysis *a, uint32_t number)
{
    const struct call *call = call_at(a->calls, number);

    for (size_t i = 0; i < call->streams.n; i++) {
        const struct stream *s = stream_at(a->streams, call->streams.v[i]), *back;

        if (stream_way(s) != STREAM_TO_CALLEE)
            continue;
        back = way_back(a, call, s);
        if (back && differ(a, number, s, back))
            return;
    }
}
