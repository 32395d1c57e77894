/* Holds items of the model against expectations, and says what was found. */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "check/check.h"

enum { FOUND = 400, MOST_VALUES = 4, MOST_SHOWN = 14 };

static uint64_t frame_of(const struct checking *c, const struct item *item)
{
    const struct fosip_analysis *a = c->analysis;
    struct stream_figures f;

    switch (item->kind) {
    case ITEM_CALL: return call_at(a->calls, item->call)->messages.v[0].frame;
    case ITEM_MESSAGE: return eval_record(&c->eval, item)->frame;
    case ITEM_STREAM:
        stream_figures(stream_at(a->streams, item->index), &f);
        return f.first_frame;
    case ITEM_FINDING:
        return a->findings.v[item->index].frame_count ? a->findings.v[item->index].frames[0] : 0;
    default: return 0;
    }
}

static void show_messages(const struct checking *c, const struct item *item, struct failure *f)
{
    size_t n;

    f->first = 1;
    f->last = 0;
    if (item->kind != ITEM_CALL)
        return;
    n = call_at(c->analysis->calls, item->call)->messages.n;
    f->first = 0;
    f->last = (uint32_t)(n < MOST_SHOWN ? n : MOST_SHOWN) - 1;
}

void outcome_fail(struct checking *c, struct outcome *o, const struct item *item,
                  const char *format, ...)
{
    struct failure *f;
    va_list args;

    o->held = false;
    o->failed++;
    if (o->failures.n == CHECK_MOST_FAILURES)
        return;
    f = vec_add(&o->failures);
    if (!f) {
        c->failed = true;
        return;
    }
    *f = (struct failure){.item = *item, .frame = frame_of(c, item)};
    show_messages(c, item, f);
    va_start(args, format);
    if (vasprintf(&f->text, format, args) < 0) {
        f->text = NULL;
        c->failed = true;
    }
    va_end(args);
}

void outcome_free(struct outcome *o)
{
    for (size_t i = 0; i < o->failures.n; i++)
        free(o->failures.v[i].text);
    vec_free(&o->failures);
}

/* ---- what was found ------------------------------------------------------------------- */

struct found {
    char text[FOUND];
    size_t n;
    unsigned values;
};

static void put(struct found *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct found *f, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(f->text + f->n, sizeof f->text - f->n, format, args);
    va_end(args);
    f->n += n < 0 ? 0 : (size_t)n;
    if (f->n >= sizeof f->text)
        f->n = sizeof f->text - 1;
}

static bool put_value(void *ctx, const struct value *v)
{
    struct found *f = ctx;
    char addr[ADDR_TEXT];

    if (f->values++ == MOST_VALUES) {
        put(f, ", ...");
        return true;
    }
    if (f->values > 1)
        put(f, ", ");
    switch (v->type) {
    case VALUE_BOOL: put(f, "%s", v->number != 0 ? "true" : "false"); break;
    case VALUE_NUMBER: put(f, "%.10g", v->number); break;
    case VALUE_TEXT: put(f, "%.*s", SLICE_ARG(slice_upto(v->text, 80))); break;
    case VALUE_ADDRESS: put(f, "%s", addr_ip_text(&v->addr, addr)); break;
    case VALUE_TIME: put(f, "%lld ns", (long long)v->time); break;
    }
    return false;
}

static void put_operand(struct checking *c, struct found *f, const struct operand *o,
                        const struct item *item)
{
    static const char *const names[] = {"", "count", "sum", "min", "max"};
    static const char *const kinds[] = {"capture", "call", "message", "stream", "finding", ""};
    const char *unit;
    double x;

    if (o->kind != OPERAND_FIELD) {
        x = eval_number(&c->eval, o, item);
        put(f, "%s%s(%s) is ", f->n ? "; " : "", names[o->kind],
            o->field.field ? o->field.field->name : kinds[o->scope]);
        put(f, isfinite(x) ? "%.10g" : "unknown", x);
        return;
    }
    put(f, "%s%s%s%.*s is ", f->n ? "; " : "", o->field.header.n ? "sip" : o->field.field->name,
        o->field.header.n ? "." : "", SLICE_ARG(o->field.header));
    f->values = 0;
    eval_values(&c->eval, &o->field, item, put_value, f);
    unit = unit_name(o->field.field->unit);
    if (!f->values)
        put(f, "unknown");
    else if (*unit)
        put(f, " %s", unit);
}

/* The values of all fields that the expression compares; its tree is bounded. */
static void put_found(struct checking *c, struct found *f, const struct node *n,
                      const struct item *item)
{
    if (n->kind == NODE_COMPARE || n->kind == NODE_EXISTS) {
        put_operand(c, f, &n->left, item);
        if (n->right)
            put_operand(c, f, n->right, item);
        return;
    }
    if (n->kind == NODE_ANY || n->kind == NODE_ALL) {
        if (n->a)
            put_found(c, f, n->a, item);
        return;
    }
    put_found(c, f, n->a, item);
    if (n->b)
        put_found(c, f, n->b, item);
}

static void fail_test(struct checking *c, const struct expectation *e, const struct item *item,
                      struct outcome *o)
{
    const struct node *told = e->has_test ? e->test.root : e->has_where ? e->where.root : NULL;
    struct found f = {.n = 0};

    eval_forget(&c->eval);
    if (told)
        put_found(c, &f, told, item);
    eval_forget(&c->eval);
    outcome_fail(c, o, item, "%s", f.n ? f.text : "it is there");
}

/* ---- which items ------------------------------------------------------------------------- */

static bool is_selected(const struct checking *c, const struct item *item)
{
    const struct fosip_analysis *a = c->analysis;

    switch (item->kind) {
    case ITEM_CALL: return report_selects(a, item->call, c->select);
    case ITEM_MESSAGE: return report_selects_message(a, item->call, item->index, c->select);
    case ITEM_STREAM: return report_selects_stream(a, item->index, c->select);
    default: return report_selects_finding(a, &a->findings.v[item->index], c->select);
    }
}

struct testing {
    struct checking *c;
    const struct expectation *e;
    struct outcome *o;
    size_t held;
};

static bool passes(struct checking *c, const struct expr *expr, const struct item *item)
{
    eval_forget(&c->eval);
    return eval_true(&c->eval, expr->root, item);
}

static bool test_item(void *ctx, const struct item *item)
{
    struct testing *t = ctx;
    const struct expectation *e = t->e;

    if (item->kind == ITEM_CALL &&
        call_at(t->c->analysis->calls, item->call)->kind != e->call_kind)
        return false;
    if (!is_selected(t->c, item) || (e->has_where && !passes(t->c, &e->where, item)))
        return false;
    t->o->tested++;
    if (e->quantity == CHECK_LADDER) {
        ladder_test(t->c, e, item, t->o);
        return false;
    }
    if (!e->has_test || passes(t->c, &e->test, item))
        t->held++;
    else if (e->quantity != CHECK_NO)
        fail_test(t->c, e, item, t->o);
    if (e->quantity == CHECK_NO && (!e->has_test || t->held))
        fail_test(t->c, e, item, t->o);
    if (e->quantity == CHECK_NO)
        t->held = 0;
    return false;
}

static const char *kind_name(const struct expectation *e)
{
    static const char *const names[] = {"capture", "call", "message", "stream", "finding", ""};

    return e->kind == ITEM_CALL ? call_kind_name(e->call_kind) : names[e->kind];
}

/* What is expected of their number. */
static void judge(struct testing *t)
{
    static const struct item nothing = {ITEM_CAPTURE, CALL_NONE, 0};
    struct outcome *o = t->o;

    switch (t->e->quantity) {
    case CHECK_NO: return;
    case CHECK_SOME:
        if (!t->held && o->tested)
            return;
        if (t->held) { /* those for which it does not hold do not matter */
            outcome_free(o);
            o->failed = 0;
            o->held = true;
            return;
        }
        break;
    case CHECK_ONE:
        if (o->tested > 1)
            outcome_fail(t->c, o, &nothing, "there are %zu, not one %s", o->tested,
                         kind_name(t->e));
        break;
    default: break;
    }
    if (!o->tested)
        outcome_fail(t->c, o, &nothing, "there is no such %s", kind_name(t->e));
}

void expectation_test(struct checking *c, const struct expectation *e, struct outcome *o)
{
    struct item capture = {ITEM_CAPTURE, CALL_NONE, 0};
    struct testing t = {c, e, o, 0};

    o->held = true;
    if (e->quantity != CHECK_CAPTURE) {
        eval_each(&c->eval, e->kind, &capture, test_item, &t);
        judge(&t);
        return;
    }
    o->tested = 1;
    if ((e->has_where && !passes(c, &e->where, &capture)) || passes(c, &e->test, &capture))
        return;
    fail_test(c, e, &capture, o);
}
