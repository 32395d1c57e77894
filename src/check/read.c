/* Reads expectations: a line each, but for ladders, whose steps are indented below. */
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "check/check.h"
#include "filter/near.h"

struct reading {
    struct fosip_check *check;
    const char *name;
    struct slice rest;   /* of the text */
    struct slice line;   /* the one being read */
    unsigned number;     /* of it */
    struct fosip_error *err;
    unsigned *at_line, *at_column;
    int code;
};

/* From 1.  An empty slice may be of nothing: what is missing was expected at the end. */
static unsigned column_of(const struct reading *r, const char *at)
{
    return (unsigned)(at ? (size_t)(at - r->line.p) : r->line.n) + 1;
}

static bool fail(struct reading *r, const char *at, const char *format, struct slice word)
{
    char text[400];

    if (r->code)
        return false;
    snprintf(text, sizeof text, format, SLICE_ARG(slice_upto(word, 60)));
    r->code = error_set(r->err, -EINVAL, "%s", text);
    *r->at_line = r->number;
    *r->at_column = column_of(r, at);
    return false;
}

static bool no_memory(struct reading *r)
{
    r->code = error_set(r->err, -ENOMEM, "not enough memory");
    return false;
}

static bool next_line(struct reading *r)
{
    size_t n = slice_find(r->rest, '\n');

    if (!r->rest.n)
        return false;
    r->line = slice_upto(r->rest, n);
    r->rest = slice_from(r->rest, n + 1);
    r->number++;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_empty(struct slice s)
{
    s = slice_trim(s);
    return !s.n || s.p[0] == '#';
}

static struct slice skip_blanks(struct slice s)
{
    while (s.n && is_blank(s.p[0]))
        s = slice_make(s.p + 1, s.n - 1);
    return s;
}

/* Takes the next word off `s`. */
static struct slice word(struct slice *s)
{
    size_t n = 0;
    struct slice w;

    *s = skip_blanks(*s);
    while (n < s->n && !is_blank(s->p[n]))
        n++;
    if (n > 1 && s->p[n - 1] == ':')
        n--;
    w = slice_upto(*s, n);
    if (n) /* an empty slice may be of nothing */
        *s = slice_make(s->p + n, s->n - n);
    return w;
}

/* The colon that ends the scope: outside quotes and parentheses, with a blank or nothing
 * behind it. */
static size_t find_colon(struct slice s)
{
    char quote = '\0';
    int depth = 0;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (quote) {
            if (c == '\\')
                i++;
            else if (c == quote)
                quote = '\0';
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '(' || c == ')') {
            depth += c == '(' ? 1 : -1;
        } else if (c == ':' && !depth && (i + 1 == s.n || is_blank(s.p[i + 1]))) {
            return i;
        }
    }
    return s.n;
}

static bool compile(struct reading *r, struct slice text, struct expr *expr, bool *has)
{
    struct expr_place place;
    struct fosip_error err;
    int code = expr_compile(expr, text, &place, &err);

    *has = code == 0;
    if (code == 0)
        return true;
    expr_free(expr);
    r->code = error_set(r->err, code, "%.900s", err.text);
    *r->at_line = r->number;
    *r->at_column = column_of(r, text.p) + (unsigned)place.at;
    return false;
}

static bool read_kind(struct reading *r, struct slice w, struct expectation *e)
{
    static const struct {
        struct slice name;
        enum item_kind kind;
        enum call_kind call_kind;
    } kinds[] = {
        {{"call", 4}, ITEM_CALL, CALL_CALL},
        {{"registration", 12}, ITEM_CALL, CALL_REGISTRATION},
        {{"subscription", 12}, ITEM_CALL, CALL_SUBSCRIPTION},
        {{"publication", 11}, ITEM_CALL, CALL_PUBLICATION},
        {{"message", 7}, ITEM_MESSAGE, CALL_CALL},
        {{"stream", 6}, ITEM_STREAM, CALL_CALL},
        {{"finding", 7}, ITEM_FINDING, CALL_CALL},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (slice_eq(w, kinds[i].name)) {
            e->kind = kinds[i].kind;
            e->call_kind = kinds[i].call_kind;
            return true;
        }
    return fail(r, w.p, "call, registration, subscription, publication, message, stream or finding "
                "was expected, not '%.*s'", w);
}

static bool read_quantity(struct reading *r, struct slice w, struct expectation *e)
{
    static const struct {
        struct slice name;
        enum quantity quantity;
    } words[] = {{{"capture", 7}, CHECK_CAPTURE}, {{"each", 4}, CHECK_EACH},
                 {{"one", 3}, CHECK_ONE},         {{"some", 4}, CHECK_SOME},
                 {{"no", 2}, CHECK_NO},           {{"ladder", 6}, CHECK_LADDER}};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_eq(w, words[i].name)) {
            e->quantity = words[i].quantity;
            return true;
        }
    return fail(r, w.p, "capture, each, one, some, no or ladder was expected, not '%.*s'", w);
}

/* ---- ladders ---------------------------------------------------------------------------- */

static bool read_what(struct reading *r, struct slice s, struct step *step)
{
    struct slice rest = s, w = word(&rest), method = word(&rest);
    uint32_t status;

    if (slice_trim(rest).n)
        return fail(r, rest.p, "the end of the step was expected, not '%.*s'", slice_trim(rest));
    if (slice_eq(w, SLICE("*"))) {
        step->any = true;
        return true;
    }
    if (w.n == 3 && slice_u32(w, &status) && status >= 100 && status < 700) {
        step->low = step->high = status;
    } else if (w.n == 3 && w.p[0] >= '1' && w.p[0] <= '6' && (w.p[2] | 0x20) == 'x' &&
               ((w.p[1] | 0x20) == 'x' || (w.p[1] >= '0' && w.p[1] <= '9'))) {
        bool tens = (w.p[1] | 0x20) != 'x';

        step->low = (unsigned)(w.p[0] - '0') * 100 + (tens ? (unsigned)(w.p[1] - '0') * 10 : 0);
        step->high = step->low + (tens ? 9 : 99);
    } else {
        if (!w.n || !((w.p[0] | 0x20) >= 'a' && (w.p[0] | 0x20) <= 'z') || method.n)
            return fail(r, w.n ? w.p : s.p,
                        "a method (INVITE), a status (180, 18x), a status and a method "
                        "(200 BYE) or * was expected, not '%.*s'", w);
        step->method = w;
        return true;
    }
    step->method = method;
    return true;
}

/* "caller -> proxy: INVITE", "proxy -> caller: 100 ?", "..." */
static bool read_step(struct reading *r, struct expectation *e)
{
    struct step *step = vec_add(&e->steps);
    struct slice s = slice_trim(r->line), arrow;
    size_t colon = find_colon(s);

    if (!step)
        return no_memory(r);
    *step = (struct step){.text = s, .line = r->number};
    if (slice_eq(s, SLICE("..."))) {
        step->gap = true;
        return true;
    }
    if (s.p[s.n - 1] == '?') {
        step->optional = true;
        s = slice_trim(slice_upto(s, s.n - 1));
    }
    arrow = slice_upto(s, colon);
    step->from = word(&arrow);
    if (!slice_eq(word(&arrow), SLICE("->")))
        return fail(r, s.p, "a step was expected, as 'caller -> proxy: INVITE' or '...', not "
                    "'%.*s'", s);
    step->to = word(&arrow);
    if (colon >= s.n || !step->to.n || slice_trim(arrow).n)
        return fail(r, s.p, "behind the second name ':' and a message was expected: '%.*s'", s);
    return read_what(r, slice_from(s, colon + 1), step);
}

static bool read_steps(struct reading *r, struct expectation *e)
{
    while (!r->code && r->rest.n &&
           (is_blank(r->rest.p[0]) || is_empty(slice_upto(r->rest, slice_find(r->rest, '\n'))))) {
        next_line(r);
        if (!is_empty(r->line) && !read_step(r, e))
            return false;
    }
    if (!e->steps.n)
        return fail(r, r->line.p, "below a ladder its steps were expected, indented%.*s",
                    SLICE_EMPTY);
    return true;
}

/* ---- one expectation --------------------------------------------------------------------- */

static bool read_name(struct reading *r, struct slice *s, struct expectation *e)
{
    size_t end;

    if (!s->n || s->p[0] != '"')
        return true;
    end = slice_find(slice_make(s->p + 1, s->n - 1), '"');
    if (end + 1 >= s->n)
        return fail(r, s->p, "the quote of the name is never closed%.*s", SLICE_EMPTY);
    e->name = slice_make(s->p + 1, end);
    *s = skip_blanks(slice_make(s->p + end + 2, s->n - end - 2));
    return true;
}

static bool read_where(struct reading *r, struct slice scope, struct expectation *e)
{
    struct slice rest = scope, w = word(&rest);

    if (!w.n)
        return true;
    if (!slice_eq(w, SLICE("where")))
        return fail(r, w.p, "'where' or ':' was expected, not '%.*s'", w);
    return compile(r, slice_trim(rest).n ? slice_trim(rest) : slice_make(rest.p, 0), &e->where,
                   &e->has_where);
}

static bool read_expectation(struct reading *r, struct expectation *e)
{
    struct slice s = slice_trim(r->line), scope, test;
    size_t colon;

    e->text = s;
    if (is_blank(r->line.p[0]))
        return fail(r, s.p, "only the steps of a ladder are indented%.*s", SLICE_EMPTY);
    if (!read_name(r, &s, e))
        return false;
    colon = find_colon(s);
    scope = slice_upto(s, colon);
    test = colon < s.n ? slice_trim(slice_make(s.p + colon + 1, s.n - colon - 1))
                       : slice_make(s.p + s.n, 0);
    if (!read_quantity(r, word(&scope), e))
        return false;
    if (e->quantity != CHECK_CAPTURE && !read_kind(r, word(&scope), e))
        return false;
    if (!read_where(r, scope, e))
        return false;
    if (e->quantity == CHECK_NO && !test.n)
        return true;
    if (colon >= s.n)
        return fail(r, s.p + s.n, "':' and what is expected are missing%.*s", SLICE_EMPTY);
    if (e->quantity != CHECK_LADDER)
        return compile(r, test, &e->test, &e->has_test);
    if (e->kind != ITEM_CALL || test.n)
        return fail(r, s.p, "'ladder call:' or 'ladder call where ...:' was expected, and the "
                    "steps on lines below: '%.*s'", s);
    return read_steps(r, e);
}

int fosip_check_add(struct fosip_check *check, const char *name, const char *text, unsigned *line,
                    unsigned *column, struct fosip_error *err)
{
    unsigned no_line = 0, no_column = 0;
    struct reading r = {.check = check, .err = err, .at_line = line ? line : &no_line,
                        .at_column = column ? column : &no_column};
    struct slice kept = arena_dup(&check->arena, slice_str(name));
    char *z = arena_alloc(&check->arena, kept.n + 1);

    r.rest = arena_dup(&check->arena, slice_str(text));
    if (!z || (*text && !r.rest.p))
        return error_set(err, -ENOMEM, "not enough memory");
    memcpy(z, name, kept.n);
    z[kept.n] = '\0';
    while (!r.code && next_line(&r)) {
        struct expectation *e;

        if (is_empty(r.line))
            continue;
        e = vec_add(&check->v);
        if (!e)
            return error_set(err, -ENOMEM, "not enough memory");
        *e = (struct expectation){.file = z, .line = r.number};
        read_expectation(&r, e);
    }
    return r.code;
}

struct fosip_check *fosip_check_new(void)
{
    return calloc(1, sizeof(struct fosip_check));
}

size_t fosip_check_count(const struct fosip_check *check)
{
    return check->v.n;
}

void fosip_check_free(struct fosip_check *check)
{
    if (!check)
        return;
    for (size_t i = 0; i < check->v.n; i++) {
        expr_free(&check->v.v[i].where);
        expr_free(&check->v.v[i].test);
        vec_free(&check->v.v[i].steps);
    }
    vec_free(&check->v);
    arena_free(&check->arena);
    free(check);
}
