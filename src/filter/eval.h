/* Evaluation: an expression on one item of the model.  Where a part of it depends on
 * the item's call alone it is worked out once a call, so that the cost of a filter
 * grows with the capture and not with its square. */
#ifndef FILTER_EVAL_H
#define FILTER_EVAL_H

#include "analysis/model.h"
#include "filter/expr.h"

struct filter_eval {
    const struct fosip_analysis *analysis;
    bool failed; /* memory ran short */
    /* The message, session description and stream that were looked at last. */
    struct sip_msg *msg;
    struct sdp_session *sdp;
    struct stream_figures *figures;
    uint32_t msg_call, msg_index, stream;
    bool msg_good, sdp_read, sdp_good;
    char digits[256]; /* keys of the call that was asked last */
    /* Findings: where those of a call begin; in order of message, of stream. */
    uint32_t *of_call;
    uint32_t *by_message, *by_stream;
    size_t finding_count;
    struct eval_memo *memo; /* by node */
    size_t memo_count;
    struct eval_group_memo *groups;
};

/* For expressions with up to that many nodes.  0 or -ENOMEM; eval_close frees in any
 * case. */
int eval_open(struct filter_eval *eval, const struct fosip_analysis *analysis, size_t nodes);
void eval_close(struct filter_eval *eval);
/* Before another expression is evaluated. */
void eval_forget(struct filter_eval *eval);

bool eval_true(struct filter_eval *eval, const struct node *node, const struct item *item);

/* The values of a field on the item: its own, or those of what belongs to its call. */
bool eval_values(struct filter_eval *eval, const struct field_ref *ref, const struct item *item,
                 value_visit *visit, void *ctx);
/* The number that an operand gives, NaN when unknown (the first of several). */
double eval_number(struct filter_eval *eval, const struct operand *operand,
                   const struct item *item);

typedef bool item_visit(void *ctx, const struct item *item); /* true: no more */
/* The calls, messages, streams or findings that belong to the item; a call's group for
 * calls of a call. */
bool eval_each(struct filter_eval *eval, enum item_kind kind, const struct item *item,
               item_visit *visit, void *ctx);

/* For getters; NULL for a message that is none, or has no session description. */
const struct call *eval_call(const struct filter_eval *eval, const struct item *item);
const struct message *eval_record(const struct filter_eval *eval, const struct item *item);
const struct sip_msg *eval_message(struct filter_eval *eval, const struct item *item);
const struct sdp_session *eval_sdp(struct filter_eval *eval, const struct item *item);
const struct stream_figures *eval_stream(struct filter_eval *eval, const struct item *item);

#endif
