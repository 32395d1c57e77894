/* A ladder's layout: who stands where, and what goes from whom to whom in
 * which order.  Knows nothing of how it is drawn. */
#ifndef REPORT_LADDER_H
#define REPORT_LADDER_H

#include "report/report.h"

enum { LADDER_MAX_PARTICIPANTS = 24, LADDER_MAX_CALLS = 64 };

struct participant {
    struct net_addr addr;   /* port 0 where the IP address alone tells them apart */
    bool on_caller_side;    /* tells apart those whose address is unknown */
    struct slice name;      /* user part, or empty */
    const char *role;       /* "caller", "callee", "proxy", or NULL */
    unsigned roles;         /* ROLE_... of analysis/participants.h */
};

enum rung_kind { RUNG_MESSAGE, RUNG_STREAM };

struct rung {
    enum rung_kind kind;
    int64_t time;
    int64_t order;           /* the time, or that of the one before if it is unknown */
    uint64_t frame;
    uint32_t call;           /* that it belongs to */
    uint32_t index;          /* of the message in the call, or the stream in the model */
    unsigned from, to;       /* participants */
};

struct ladder {
    const struct fosip_analysis *analysis;
    uint32_t call;           /* the first one */
    bool group;              /* several calls: those of its group */
    uint32_t last;           /* call that is drawn; LADDER_MAX_CALLS of them at most */
    unsigned participant_count;
    struct participant participants[LADDER_MAX_PARTICIPANTS];
    VEC(struct rung) rungs;  /* in order of time */
    size_t left_out;         /* rungs of participants that did not fit */
};

/* Lays out one call, or with `group` all calls of its group, in which case
 * `call` is the group's first.  Of a transaction or dialog that `select` (may be NULL)
 * chooses the messages alone.  The caller frees.  0 or -ENOMEM. */
int ladder_layout(struct ladder *ladder, const struct fosip_analysis *analysis, uint32_t call,
                  bool group, const struct fosip_select *select);
/* The next call of the ladder; CALL_NONE after the last. */
uint32_t ladder_next(const struct ladder *ladder, uint32_t call);
void ladder_free(struct ladder *ladder);

/* Gives the ladder of each chosen group, or of each chosen call where they stand alone,
 * until `take` returns other than 0.  What it returned, or -ENOMEM. */
typedef int ladder_taker(void *ctx, const struct ladder *ladder);
int ladder_each(const struct fosip_analysis *analysis, const struct fosip_report_options *o,
                ladder_taker *take, void *ctx);

#endif
