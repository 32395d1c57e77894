/* What an evaluation sees of the model: items and what belongs to them, fields and
 * their values. */
#include <errno.h>
#include <stdlib.h>

#include "filter/eval.h"
#include "filter/eval_memo.h"
#include "sip/body.h"

/* ---- findings by what they are about ------------------------------------------------ */

static int by_message(const void *pa, const void *pb, void *ctx)
{
    const struct finding *v = ctx, *a = &v[*(const uint32_t *)pa], *b = &v[*(const uint32_t *)pb];

    if (a->call != b->call)
        return a->call < b->call ? -1 : 1;
    if (a->message != b->message)
        return a->message < b->message ? -1 : 1;
    return *(const uint32_t *)pa < *(const uint32_t *)pb ? -1 : 1;
}

static int by_stream(const void *pa, const void *pb, void *ctx)
{
    const struct finding *v = ctx, *a = &v[*(const uint32_t *)pa], *b = &v[*(const uint32_t *)pb];

    if (a->stream != b->stream)
        return a->stream < b->stream ? -1 : 1;
    return *(const uint32_t *)pa < *(const uint32_t *)pb ? -1 : 1;
}

static bool index_findings(struct filter_eval *e)
{
    size_t n = e->analysis->findings.n;
    struct finding *v = e->analysis->findings.v;

    e->by_message = malloc((n + 1) * sizeof *e->by_message);
    e->by_stream = malloc((n + 1) * sizeof *e->by_stream);
    if (!e->by_message || !e->by_stream)
        return false;
    e->finding_count = n;
    for (uint32_t i = 0; i < n; i++)
        e->by_message[i] = e->by_stream[i] = i;
    qsort_r(e->by_message, n, sizeof *e->by_message, by_message, v);
    qsort_r(e->by_stream, n, sizeof *e->by_stream, by_stream, v);
    return true;
}

int eval_open(struct filter_eval *e, const struct fosip_analysis *a, size_t nodes)
{
    *e = (struct filter_eval){.analysis = a, .msg_call = CALL_NONE, .stream = CALL_NONE};
    e->msg = malloc(sizeof *e->msg);
    e->sdp = malloc(sizeof *e->sdp);
    e->figures = malloc(sizeof *e->figures);
    if (!e->msg || !e->sdp || !e->figures || !index_findings(e) || !eval_memo_open(e, nodes))
        return -ENOMEM;
    return 0;
}

void eval_close(struct filter_eval *e)
{
    free(e->msg);
    free(e->sdp);
    free(e->figures);
    free(e->by_message);
    free(e->by_stream);
    eval_memo_close(e);
}

/* ---- single items -------------------------------------------------------------------- */

const struct call *eval_call(const struct filter_eval *e, const struct item *item)
{
    return call_at(e->analysis->calls, item->call);
}

const struct message *eval_record(const struct filter_eval *e, const struct item *item)
{
    return &eval_call(e, item)->messages.v[item->index];
}

const struct sip_msg *eval_message(struct filter_eval *e, const struct item *item)
{
    if (e->msg_call != item->call || e->msg_index != item->index) {
        e->msg_good = message_parse(eval_record(e, item), e->msg);
        e->msg_call = item->call;
        e->msg_index = item->index;
        e->sdp_read = false;
    }
    return e->msg_good ? e->msg : NULL;
}

const struct sdp_session *eval_sdp(struct filter_eval *e, const struct item *item)
{
    const struct sip_msg *msg;
    struct slice body;

    if (!(eval_record(e, item)->flags & MESSAGE_HAS_SDP))
        return NULL;
    msg = eval_message(e, item);
    if (!msg)
        return NULL;
    if (!e->sdp_read)
        e->sdp_good = sip_body_find(msg, SLICE("application/sdp"), &body) &&
                      sdp_parse(e->sdp, body);
    e->sdp_read = true;
    return e->sdp_good ? e->sdp : NULL;
}

const struct stream_figures *eval_stream(struct filter_eval *e, const struct item *item)
{
    if (e->stream != item->index)
        stream_figures(stream_at(e->analysis->streams, item->index), e->figures);
    e->stream = item->index;
    return e->figures;
}

/* ---- what belongs to an item --------------------------------------------------------- */

static bool messages_of(const struct filter_eval *e, uint32_t call, item_visit *visit, void *ctx)
{
    size_t n = call_at(e->analysis->calls, call)->messages.n;

    for (uint32_t i = 0; i < n; i++)
        if (visit(ctx, &(struct item){ITEM_MESSAGE, call, i}))
            return true;
    return false;
}

static bool streams_of(const struct filter_eval *e, uint32_t call, item_visit *visit, void *ctx)
{
    const struct call *c = call_at(e->analysis->calls, call);

    for (size_t i = 0; i < c->streams.n; i++)
        if (visit(ctx, &(struct item){ITEM_STREAM, call, c->streams.v[i]}))
            return true;
    return false;
}

/* Findings lie in the order of their calls. */
static bool findings_of(const struct filter_eval *e, uint32_t call, item_visit *visit, void *ctx)
{
    const struct finding *v = e->analysis->findings.v;
    size_t low = 0, high = e->finding_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (v[middle].call < call)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < e->finding_count && v[low].call == call; low++)
        if (visit(ctx, &(struct item){ITEM_FINDING, call, (uint32_t)low}))
            return true;
    return false;
}

static bool is_before(const struct finding *f, const struct item *item)
{
    if (item->kind == ITEM_STREAM)
        return f->stream < item->index;
    return f->call != item->call ? f->call < item->call : f->message < item->index;
}

static bool is_about(const struct finding *f, const struct item *item)
{
    return item->kind == ITEM_STREAM ? f->stream == item->index
                                     : f->call == item->call && f->message == item->index;
}

/* Those that name this very message or stream. */
static bool findings_about(const struct filter_eval *e, const struct item *item,
                           item_visit *visit, void *ctx)
{
    const struct finding *v = e->analysis->findings.v;
    const uint32_t *order = item->kind == ITEM_STREAM ? e->by_stream : e->by_message;
    size_t low = 0, high = e->finding_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (is_before(&v[order[middle]], item))
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < e->finding_count && is_about(&v[order[low]], item); low++)
        if (visit(ctx, &(struct item){ITEM_FINDING, v[order[low]].call, order[low]}))
            return true;
    return false;
}

static bool all_calls(const struct filter_eval *e, item_visit *visit, void *ctx)
{
    for (uint32_t i = 0; i < call_count(e->analysis->calls); i++)
        if (visit(ctx, &(struct item){ITEM_CALL, i, i}))
            return true;
    return false;
}

static bool all_messages(const struct filter_eval *e, item_visit *visit, void *ctx)
{
    for (uint32_t i = 0; i < call_count(e->analysis->calls); i++)
        if (messages_of(e, i, visit, ctx))
            return true;
    return false;
}

static bool all_streams(const struct filter_eval *e, item_visit *visit, void *ctx)
{
    for (uint32_t i = 0; i < stream_count(e->analysis->streams); i++)
        if (visit(ctx, &(struct item){ITEM_STREAM,
                                      stream_call(stream_at(e->analysis->streams, i)), i}))
            return true;
    return false;
}

static bool all_findings(const struct filter_eval *e, item_visit *visit, void *ctx)
{
    for (uint32_t i = 0; i < e->finding_count; i++)
        if (visit(ctx, &(struct item){ITEM_FINDING, e->analysis->findings.v[i].call, i}))
            return true;
    return false;
}

static bool legs_of(const struct filter_eval *e, uint32_t call, item_visit *visit, void *ctx)
{
    for (uint32_t i = call_at(e->analysis->calls, call)->group; i != CALL_NONE;
         i = call_at(e->analysis->calls, i)->next_leg)
        if (visit(ctx, &(struct item){ITEM_CALL, i, i}))
            return true;
    return false;
}

static bool each_of_capture(const struct filter_eval *e, enum item_kind kind, item_visit *visit,
                            void *ctx)
{
    switch (kind) {
    case ITEM_CALL: return all_calls(e, visit, ctx);
    case ITEM_MESSAGE: return all_messages(e, visit, ctx);
    case ITEM_STREAM: return all_streams(e, visit, ctx);
    case ITEM_FINDING: return all_findings(e, visit, ctx);
    case ITEM_PACKET: return all_messages(e, visit, ctx) || all_streams(e, visit, ctx);
    default: return false;
    }
}

bool eval_each(struct filter_eval *e, enum item_kind kind, const struct item *item,
               item_visit *visit, void *ctx)
{
    if (item->kind == ITEM_CAPTURE)
        return each_of_capture(e, kind, visit, ctx);
    if (item->call == CALL_NONE) { /* of no call: itself, and findings about it */
        if (kind == item->kind)
            return visit(ctx, item);
        return kind == ITEM_FINDING && item->kind == ITEM_STREAM &&
               findings_about(e, item, visit, ctx);
    }
    switch (kind) {
    case ITEM_CALL: return legs_of(e, item->call, visit, ctx);
    case ITEM_MESSAGE: return messages_of(e, item->call, visit, ctx);
    case ITEM_STREAM: return streams_of(e, item->call, visit, ctx);
    case ITEM_FINDING: return findings_of(e, item->call, visit, ctx);
    case ITEM_PACKET:
        return messages_of(e, item->call, visit, ctx) || streams_of(e, item->call, visit, ctx);
    default: return false;
    }
}

/* ---- values ---------------------------------------------------------------------------- */

struct telling {
    struct filter_eval *eval;
    const struct field_ref *ref;
    value_visit *visit;
    void *ctx;
};

static bool tell(void *ctx, const struct item *item)
{
    struct telling *t = ctx;

    return t->ref->field->get(t->eval, t->ref, item, t->visit, t->ctx);
}

static bool is_own(enum item_kind owner, const struct item *item)
{
    return owner == ITEM_CAPTURE || owner == item->kind ||
           (owner == ITEM_PACKET && (item->kind == ITEM_MESSAGE || item->kind == ITEM_STREAM));
}

bool eval_values(struct filter_eval *e, const struct field_ref *ref, const struct item *item,
                 value_visit *visit, void *ctx)
{
    struct telling t = {e, ref, visit, ctx};
    enum item_kind owner = ref->field->owner;

    if (is_own(owner, item))
        return tell(&t, item);
    if (item->kind == ITEM_CAPTURE)
        return each_of_capture(e, owner, tell, &t);
    if (owner == ITEM_FINDING && item->kind != ITEM_CALL)
        return findings_about(e, item, tell, &t);
    if (item->call == CALL_NONE)
        return false;
    if (owner == ITEM_CALL)
        return tell(&t, &(struct item){ITEM_CALL, item->call, item->call});
    return eval_each(e, owner, item, tell, &t);
}
