/* Owns filters: the compiled expression, and what it chose. */
#include "filter/filter.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "filter/eval.h"

struct fosip_filter {
    struct expr expr;
    /* What was chosen: a bit each. */
    uint8_t *calls, *messages, *streams, *findings;
    uint64_t *first_message; /* of each call: its place in `messages` */
    bool kinds[CALL_OTHER + 1];
};

int fosip_filter_compile(struct fosip_filter **out, const char *text, struct fosip_place *place,
                         struct fosip_error *err)
{
    struct fosip_filter *f = calloc(1, sizeof *f);
    struct fosip_error local;
    struct expr_place where;
    int r;

    *out = NULL;
    if (!f)
        return error_set(err, -ENOMEM, "not enough memory");
    r = expr_compile(&f->expr, slice_str(text), &where, &local);
    if (place)
        *place = (struct fosip_place){where.at, where.n};
    if (r < 0) {
        fosip_filter_free(f);
        return error_set(err, r, "%.*s", (int)sizeof local.text - 1, local.text);
    }
    *out = f;
    return 0;
}

static void forget(struct fosip_filter *f)
{
    free(f->calls);
    free(f->messages);
    free(f->streams);
    free(f->findings);
    free(f->first_message);
    f->calls = f->messages = f->streams = f->findings = NULL;
    f->first_message = NULL;
    memset(f->kinds, 0, sizeof f->kinds);
}

void fosip_filter_free(struct fosip_filter *f)
{
    if (!f)
        return;
    forget(f);
    expr_free(&f->expr);
    free(f);
}

bool fosip_filter_field(size_t i, struct fosip_filter_field *out)
{
    static const char *const types[] = {"flag", "number", "text", "address", "time"};
    static const char *const owners[] = {"capture", "call",    "message",
                                         "stream",  "finding", "message, stream"};
    const struct field *f = field_at(i);

    if (!f)
        return false;
    *out = (struct fosip_filter_field){f->name, types[f->type], unit_name(f->unit),
                                       owners[f->owner], f->what};
    return true;
}

/* ---- what is chosen ------------------------------------------------------------------ */

static bool get(const uint8_t *bits, uint64_t i)
{
    return bits[i / 8] >> i % 8 & 1;
}

static void set(uint8_t *bits, uint64_t i)
{
    bits[i / 8] = (uint8_t)(bits[i / 8] | 1u << i % 8);
}

static uint8_t *bits(uint64_t n)
{
    return calloc(n / 8 + 1, 1);
}

static bool make_room(struct fosip_filter *f, const struct fosip_analysis *a)
{
    size_t calls = call_count(a->calls);
    uint64_t messages = 0;

    f->first_message = calloc(calls + 1, sizeof *f->first_message);
    for (size_t i = 0; f->first_message && i < calls; i++) {
        f->first_message[i] = messages;
        messages += call_at(a->calls, i)->messages.n;
    }
    f->calls = bits(calls);
    f->messages = bits(messages);
    f->streams = bits(stream_count(a->streams));
    f->findings = bits(a->findings.n);
    return f->first_message && f->calls && f->messages && f->streams && f->findings;
}

struct choosing {
    struct fosip_filter *filter;
    struct filter_eval eval;
};

/* An item that passes, and its call with it. */
static bool choose(void *ctx, const struct item *item)
{
    struct choosing *c = ctx;
    struct fosip_filter *f = c->filter;

    if (!eval_true(&c->eval, f->expr.root, item))
        return false;
    if (item->call != CALL_NONE) {
        set(f->calls, item->call);
        f->kinds[eval_call(&c->eval, item)->kind] = true;
    }
    if (item->kind == ITEM_MESSAGE)
        set(f->messages, f->first_message[item->call] + item->index);
    else
        set(item->kind == ITEM_STREAM ? f->streams : f->findings, item->index);
    return false;
}

/* Call by call: what was worked out for one serves all that belongs to it. */
static void choose_all(struct choosing *c, const struct fosip_analysis *a)
{
    static const enum item_kind kinds[] = {ITEM_MESSAGE, ITEM_STREAM, ITEM_FINDING};

    for (uint32_t i = 0; i < call_count(a->calls); i++)
        for (unsigned k = 0; k < 3; k++)
            eval_each(&c->eval, kinds[k], &(struct item){ITEM_CALL, i, i}, choose, c);
    for (uint32_t i = 0; i < stream_count(a->streams); i++)
        if (stream_call(stream_at(a->streams, i)) == STREAM_NO_CALL)
            choose(c, &(struct item){ITEM_STREAM, CALL_NONE, i});
    for (uint32_t i = 0; i < a->findings.n; i++)
        if (a->findings.v[i].call == CALL_NONE)
            choose(c, &(struct item){ITEM_FINDING, CALL_NONE, i});
}

static void complete_calls(struct fosip_filter *f, const struct fosip_analysis *a)
{
    for (uint32_t i = 0; i < stream_count(a->streams); i++) {
        uint32_t call = stream_call(stream_at(a->streams, i));

        if (call != STREAM_NO_CALL && get(f->calls, call))
            set(f->streams, i);
    }
}

/* What is about something that is shown, and nothing that is about something else. */
static void choose_findings(struct fosip_filter *f, const struct fosip_analysis *a)
{
    for (uint32_t i = 0; i < a->findings.n; i++) {
        const struct finding *finding = &a->findings.v[i];

        if (finding->call != CALL_NONE ? get(f->calls, finding->call)
                                       : finding->stream != CALL_NONE &&
                                             get(f->streams, finding->stream))
            set(f->findings, i);
    }
}

int filter_apply(struct fosip_filter *f, const struct fosip_analysis *a, bool whole)
{
    struct choosing c = {.filter = f};
    int r = eval_open(&c.eval, a, f->expr.nodes);

    forget(f);
    if (r == 0 && make_room(f, a)) {
        choose_all(&c, a);
        if (whole)
            complete_calls(f, a);
        choose_findings(f, a);
    } else {
        r = -ENOMEM;
    }
    if (c.eval.failed)
        r = -ENOMEM;
    eval_close(&c.eval);
    return r;
}

bool filter_chooses_call(const struct fosip_filter *f, uint32_t call)
{
    return call != CALL_NONE && get(f->calls, call);
}

bool filter_chooses_message(const struct fosip_filter *f, uint32_t call, uint32_t message)
{
    return get(f->messages, f->first_message[call] + message);
}

bool filter_chooses_stream(const struct fosip_filter *f, uint32_t stream)
{
    return get(f->streams, stream);
}

bool filter_chooses_finding(const struct fosip_filter *f, uint32_t finding)
{
    return get(f->findings, finding);
}

bool filter_chooses_kind(const struct fosip_filter *f, enum call_kind kind)
{
    return f->kinds[kind];
}
