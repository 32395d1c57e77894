/* A ladder's layout: who stands where, and what goes from whom to whom in
 * which order.  Knows nothing of how it is drawn. */
#ifndef REPORT_LADDER_H
#define REPORT_LADDER_H

#include "report/report.h"

enum { LADDER_MAX_PARTICIPANTS = 24 };

struct participant {
    struct net_addr addr;   /* port 0 where the IP address alone tells them apart */
    struct slice name;      /* user part, or empty */
    const char *role;       /* "caller", "callee", "proxy", or NULL */
};

enum rung_kind { RUNG_MESSAGE, RUNG_STREAM };

struct rung {
    enum rung_kind kind;
    int64_t time;
    uint64_t frame;
    uint32_t index;          /* of the message in the call, or the stream in the model */
    unsigned from, to;       /* participants */
};

struct ladder {
    const struct fosip_analysis *analysis;
    uint32_t call;
    unsigned participant_count;
    struct participant participants[LADDER_MAX_PARTICIPANTS];
    VEC(struct rung) rungs;  /* in order of time */
    size_t left_out;         /* rungs of participants that did not fit */
};

/* Lays out one call.  The caller frees.  0 or -ENOMEM. */
int ladder_layout(struct ladder *ladder, const struct fosip_analysis *analysis, uint32_t call);
void ladder_free(struct ladder *ladder);

#endif
