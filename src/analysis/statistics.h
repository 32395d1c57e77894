/* Statistics over the calls of a capture: the measures of RFC 6076, and counts
 * of methods, status codes and user agents. */
#ifndef ANALYSIS_STATISTICS_H
#define ANALYSIS_STATISTICS_H

#include "analysis/model.h"

/* Durations in ns over some calls. */
struct spread {
    uint64_t count;
    int64_t min, max, sum;
};

/* Names and definitions of RFC 6076 §4.  INVITEs of attempts count, each call one;
 * ratios are in percent, NaN without what they are a part of. */
struct statistics {
    struct spread registration_delay;  /* RRD, §4.1: REGISTER that succeeded, to its 2xx */
    struct spread request_delay_ok;    /* SRD, §4.3.1: to 180, 183 or 2xx, where that came */
    struct spread request_delay_failed; /* SRD, §4.3.2: to the final failure */
    struct spread disconnect_delay;    /* SDD, §4.4: BYE to its 2xx */
    struct spread duration;            /* SDT, §4.5: 2xx to BYE */
    uint64_t hops, hop_calls;          /* of INVITEs, by Max-Forwards */
    uint64_t attempts;                 /* calls with an initial INVITE and its final response */
    uint64_t answered, redirected, unauthorised;
    uint64_t user_caused;              /* 480, 486, 600, 603 */
    uint64_t ineffective;              /* 408, 500, 503, 504 */
    uint64_t completed;                /* answered, ended by BYE with a 2xx */
    double ser, seer, isa, scr;        /* §4.6 to §4.9 */

    uint64_t methods[SIP_UPDATE + 1];  /* requests, by enum sip_method; repetitions left out */
    uint64_t statuses[700];            /* responses */
};

/* Over the calls that `selects` admits (NULL: all).  `hops` too, for which INVITEs are
 * parsed again. */
void statistics_read(const struct fosip_analysis *analysis,
                     bool (*selects)(void *ctx, uint32_t call), void *ctx, bool hops,
                     struct statistics *out);

/* Mean in ns; -1 without any. */
int64_t spread_mean(const struct spread *spread);

#endif
