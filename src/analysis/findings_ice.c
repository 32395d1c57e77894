/* Rules about connectivity checks (RFC 8445). */
#include <inttypes.h>

#include "analysis/findings.h"
#include "analysis/ice.h"

/* The checks of one m= line's component. */
struct checks {
    uint64_t requests;
    bool answered;
    const struct ice_path *first;
};

static bool same(const struct ice_path *a, const struct ice_path *b)
{
    return a->media == b->media && a->component == b->component;
}

/* From number *i on, which it moves behind them. */
static struct checks gather(const struct fosip_analysis *a, size_t *i, size_t end)
{
    struct checks c = {0};

    for (; *i < end && (!c.first || same(c.first, ice_at(a->ice, *i))); ++*i) {
        const struct ice_path *p = ice_at(a->ice, *i);

        if (!p->username_n || p->method != STUN_BINDING) {
            c.first = c.first ? c.first : p;
            continue;
        }
        if (!c.requests || p->first < c.first->first)
            c.first = p;
        c.requests += p->requests;
        c.answered = c.answered || p->successes;
    }
    return c;
}

void findings_ice(struct fosip_analysis *a, uint32_t call)
{
    enum { FEWEST = 3 }; /* checks: the capture may begin or end among them */
    size_t i, count = ice_of_call(a->ice, call, &i), end = i + count;

    while (i < end) {
        struct checks c = gather(a, &i, end);
        struct finding *f;

        if (c.answered || c.requests < FEWEST)
            continue;
        f = finding_add(a, "ice-failed", FINDING_WARNING, call, CALL_NONE, CALL_NONE,
                        "None of the %" PRIu64 " connectivity checks for m= line %u (%s) was "
                        "answered: no pair of the addresses that the two sides offered connects "
                        "them here.",
                        c.requests, c.first->media, c.first->component == 2 ? "RTCP" : "RTP");
        if (!f)
            continue;
        f->reference = "RFC 8445 \xc2\xa7" "7.2.5";
        finding_place(f, c.first->first, c.first->frame);
    }
}
