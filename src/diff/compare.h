/* Two calls that belong together, and what is different between them. */
#ifndef DIFF_COMPARE_H
#define DIFF_COMPARE_H

#include "diff/align.h"
#include "diff/fields.h"
#include "diff/side.h"

enum difference_kind {
    CALL_MISSING, CALL_ADDED, CALL_CHANGED,
    MESSAGE_MISSING, MESSAGE_ADDED, MESSAGE_MOVED, STATUS_CHANGED,
    FIELD_MISSING, FIELD_ADDED, FIELD_CHANGED, HEADER_ORDER, SDP_CHANGED,
    TIMING_CHANGED,
    STREAM_MISSING, STREAM_ADDED, STREAM_CHANGED,
    FINDING_GONE, FINDING_NEW,
    DIFFERENCE_KINDS,
};
/* "message-missing", ... */
const char *difference_name(enum difference_kind kind);
/* What it is to the other side: '-' missing, '+' added, '~' changed. */
char difference_mark(enum difference_kind kind);

enum { DIFFERENCE_PLACES = 8 }; /* messages that are named */

struct difference {
    enum difference_kind kind;
    struct slice name;          /* of the field, figure, rule; p NULL: none */
    struct slice before, after; /* p NULL: none */
    struct slice note;          /* tolerance, or a finding's sentence */
    uint32_t places;            /* messages in which it is */
    struct { /* places of messages in their calls; ALIGN_NONE: none */
        uint32_t a, b;
    } place[DIFFERENCE_PLACES];
    uint32_t stream_a, stream_b; /* ids, 0: none */
    uint64_t frame;              /* of a finding, 0: none */
};

/* A line of the two ladders beside each other. */
struct row {
    uint32_t a, b; /* places of messages, or ALIGN_NONE */
    char mark;     /* ' ', '-', '+', '~' */
};

enum { MOST_DIFFERENCES = 1000 }; /* of one pair of calls */

struct comparison {
    const struct settings *settings;
    struct pool *pool;
    const struct side *side_a, *side_b;
    const struct side_call *call_a, *call_b; /* NULL: of no call, or only on one side */
    struct roles roles_a, roles_b;
    struct values values_a, values_b;
    struct fields fields_a, fields_b;
    struct arena arena;     /* texts of differences */
    struct table by_text;   /* differences, so that each is told once */
    VEC(struct difference) list;
    VEC(struct row) rows;
    size_t left_out;        /* differences past the most */
    uint32_t *hosts;        /* as values.h has them for B */
    size_t host_count;
    bool headers;           /* both sides have whole messages */
    bool failed;            /* memory was short */
};

/* Learns from two calls which address of B is which of A, for other calls in
 * which it is only named. */
void compare_hosts(struct comparison *c, const struct side_call *a, const struct side_call *b);
/* Each empties the comparison first, but for what does not change from pair to
 * pair.  0 or -ENOMEM. */
int compare_calls(struct comparison *c, const struct side_call *a, const struct side_call *b);
/* A call on one side alone. */
int compare_lone(struct comparison *c, const struct side_call *a, const struct side_call *b);
/* Streams and findings of no call. */
int compare_rest(struct comparison *c);
void comparison_free(struct comparison *c);

/* ---- Inside ---- */

/* Notes a difference; the same one of another message joins it. */
void compare_note(struct comparison *c, const struct difference *difference);
void compare_messages(struct comparison *c);
/* Two messages that belong together: whether anything of them differs. */
bool compare_message(struct comparison *c, uint32_t a, uint32_t b, int64_t base_a,
                     int64_t base_b);
void compare_summary(struct comparison *c);
void compare_streams(struct comparison *c);

static inline const struct side_message *compare_at(const struct side *side,
                                                    const struct side_call *call, uint32_t i)
{
    return &side->messages.v[call->messages + i];
}

#endif
