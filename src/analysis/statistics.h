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

enum { STATISTICS_BODIES = 64 };

/* Names and definitions of RFC 6076 §4.  A session request is a call: an INVITE made
 * again with credentials or at another target is the same attempt, and attempts
 * whose outcome is not captured are left out.  Ratios are in percent, NaN without
 * what they are a part of. */
struct statistics {
    struct spread registration_delay;  /* RRD, §4.1: first REGISTER to its 2xx, challenge
                                          included */
    uint64_t registrations, registrations_failed; /* attempts, with an outcome */
    struct spread request_delay_ok;    /* SRD, §4.3.1: to 101 .. 199 or 2xx */
    struct spread request_delay_failed; /* SRD, §4.3.2: to that or the failure */
    struct spread disconnect_delay;    /* SDD, §4.4: BYE to its 2xx */
    struct spread disconnect_delay_failed; /* to timer F: BYE without an answer */
    struct spread duration;            /* SDT, §4.5.1: 2xx to BYE */
    struct spread duration_failed;     /* SDT, §4.5.2: 2xx to timer F of the BYE */
    uint64_t hops, hop_calls;          /* of INVITEs, by Max-Forwards */
    uint64_t attempts;                 /* calls whose INVITE is captured, and what became of it */
    uint64_t answered;
    uint64_t redirected, unauthorised; /* final 3xx; 401, 402, 407 */
    uint64_t user_caused;              /* 480, 486, 600, 603 */
    uint64_t ineffective;              /* 408, 500, 503, 504, or timer B */
    uint64_t completed;                /* answered, ended by BYE with a 2xx */
    double ira, ser, seer, isa, scr;   /* §4.2, §4.6 to §4.9 */

    uint64_t methods[SIP_UPDATE + 1];  /* requests, by enum sip_method; repetitions left out */
    uint64_t statuses[700];            /* responses */

    /* Bodies by their type, parts of multiparts each; those of more types are counted
     * together.  The slices live as long as the calls. */
    struct {
        struct slice type;             /* empty: none is said */
        uint64_t count;
    } bodies[STATISTICS_BODIES];
    unsigned body_types;
    uint64_t other_bodies;
};

/* Over the calls that `selects` admits (NULL: all).  With `whole` hops and bodies, too,
 * for which messages are parsed again. */
void statistics_read(const struct fosip_analysis *analysis,
                     bool (*selects)(void *ctx, uint32_t call), void *ctx, bool whole,
                     struct statistics *out);

/* The same of a capture in parts: adds one to *out, which is all zero at first; when all
 * are, works out what depends on all. */
void statistics_add(const struct fosip_analysis *part, bool (*selects)(void *ctx, uint32_t call),
                    void *ctx, bool whole, struct statistics *out);
/* The same of one call. */
void statistics_add_call(const struct fosip_analysis *analysis, uint32_t call, bool whole,
                         struct statistics *out);
void statistics_settle(struct statistics *out);

/* Mean in ns; -1 without any. */
int64_t spread_mean(const struct spread *spread);

#endif
