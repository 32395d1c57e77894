/* Differences as text, JSON and CSV. */
#include "diff/print.h"

#include <errno.h>
#include <stdlib.h>

#include "report/grid.h"
#include "report/json.h"
#include "report/text.h"

enum { MOST_SHOWN = 160 };

static const char *arrow(const struct printer *p)
{
    return p->o->unicode ? "→" : "->";
}

/* ---- Text ---- */

static void write_safe(struct printer *p, const char *style, const char *mark, struct slice s)
{
    struct line line = {.unicode = p->o->unicode};

    line_style(&line, style);
    line_add(&line, mark);
    line_add_foreign(&line, s, 0);
    line_style(&line, *style ? style_end(p->o) : "");
    line_write(&line, p->out);
    line_free(&line);
}

static const char *style_of(const struct printer *p, char mark)
{
    return mark == '-' ? style_bad(p->o) : mark == '+' ? style_good(p->o) : style_doubt(p->o);
}

static void text_side(struct printer *p, const char *label, const struct side *s)
{
    struct text t = {0};

    text_format(&t, "%s  ", label);
    text_add(&t, slice_str(s->name));
    text_format(&t, ": %zu call%s, %zu stream%s%s", s->calls.n, s->calls.n == 1 ? "" : "s",
                s->streams.n, s->streams.n == 1 ? "" : "s",
                s->analysis ? "" : " (a saved result)");
    write_safe(p, "", "", text_slice(&t));
    text_free(&t);
}

static void text_begin(struct printer *p)
{
    text_side(p, "A", p->a);
    text_side(p, "B", p->b);
    if (!p->headers)
        fputs("A saved result has no header fields: of messages only what it holds is compared.\n",
              p->out);
    if (!p->a->has_streams || !p->b->has_streams)
        fprintf(p->out, "%s has no streams: they are not compared.\n",
                p->a->has_streams ? "B" : "A");
    if (!p->a->has_findings || !p->b->has_findings)
        fprintf(p->out, "%s has no findings: they are not compared.\n",
                p->a->has_findings ? "B" : "A");
}

static void text_title(struct printer *p, const struct comparison *c)
{
    const struct side_call *one = c->call_a ? c->call_a : c->call_b;
    struct text t = {0};

    if (!one) {
        text_add(&t, SLICE("Of no call"));
    } else {
        if (c->call_a)
            text_format(&t, "A call %u", c->call_a->id);
        if (c->call_b)
            text_format(&t, "%sB call %u", c->call_a ? ", " : "", c->call_b->id);
        text_add(&t, SLICE("  "));
        describe_call(c->pool, one, arrow(p), &t);
        text_add(&t, SLICE("  "));
        text_add(&t, pool_text(c->pool, one->kind));
    }
    putc('\n', p->out);
    write_safe(p, style_title(p->o), "", text_slice(&t));
    text_free(&t);
}

static void text_pair(struct printer *p, const struct comparison *c)
{
    struct text t = {0};

    text_title(p, c);
    for (size_t i = 0; i < c->list.n; i++) {
        const struct difference *d = &c->list.v[i];
        char mark[] = "  ~ ";

        mark[2] = difference_mark(d->kind);
        t.n = 0;
        describe(c, d, arrow(p), MOST_SHOWN, &t);
        write_safe(p, style_of(p, mark[2]), mark, text_slice(&t));
    }
    text_free(&t);
    if (c->left_out)
        fprintf(p->out, "  and %zu more\n", c->left_out);
    print_ladders(p, c);
}

static void text_end(struct printer *p, const struct totals *t)
{
    if (t->differences)
        fprintf(p->out,
                "\n%llu difference%s: %llu of %llu calls on both sides differ, %llu missing, %llu "
                "added in B.\n",
                (unsigned long long)t->differences, t->differences == 1 ? "" : "s",
                (unsigned long long)t->differing, (unsigned long long)t->pairs,
                (unsigned long long)t->missing, (unsigned long long)t->added);
    else
        fprintf(p->out, "No difference: %llu call%s compared.\n", (unsigned long long)t->pairs,
                t->pairs == 1 ? "" : "s");
}

/* ---- JSON ---- */

static void write_side(struct json *j, const char *key, const struct side *s)
{
    json_open(j, key);
    json_name(j, "name", s->name);
    json_name(j, "source", s->analysis ? "capture" : "result");
    json_count(j, "calls", s->calls.n);
    if (s->has_streams)
        json_count(j, "streams", s->streams.n);
    else
        json_null(j, "streams");
    if (s->has_findings)
        json_count(j, "findings", s->findings.n);
    else
        json_null(j, "findings");
    json_close(j);
}

/* Between the members of the document, each on a line of its own. */
static void next_line(struct json *j)
{
    json_raw(j, ",\n");
    j->follows = false;
}

static void object_begin(struct printer *p)
{
    struct json *j = p->j;

    if (p->o->format == FOSIP_NDJSON)
        return;
    json_open(j, NULL);
    json_name(j, "schema", "fosip-diff/1");
    next_line(j);
    json_open(j, "generator");
    json_name(j, "name", "fosip");
    json_name(j, "version", fosip_version());
    json_close(j);
    next_line(j);
    write_side(j, "a", p->a);
    next_line(j);
    write_side(j, "b", p->b);
    next_line(j);
    json_boolean(j, "headers_compared", p->headers);
    next_line(j);
    json_list(j, "differences");
}

static void write_message(struct json *j, const char *key, const struct side *side,
                          const struct side_call *call, uint32_t place, const struct pool *pool)
{
    const struct side_message *m;
    struct text t = {0};

    if (!call || place == ALIGN_NONE) {
        json_null(j, key);
        return;
    }
    m = compare_at(side, call, place);
    describe_message(pool, m, &t);
    json_open(j, key);
    json_count(j, "id", m->id);
    json_nonzero(j, "frame", m->frame);
    json_text(j, "message", text_slice(&t));
    json_close(j);
    text_free(&t);
}

static void write_places(struct json *j, const struct comparison *c, const struct difference *d)
{
    json_list(j, "messages");
    for (uint32_t i = 0; i < d->places && i < DIFFERENCE_PLACES; i++) {
        json_open(j, NULL);
        write_message(j, "a", c->side_a, c->call_a, d->place[i].a, c->pool);
        write_message(j, "b", c->side_b, c->call_b, d->place[i].b, c->pool);
        json_close(j);
    }
    json_end(j);
}

/* Its members. */
static void write_difference(struct json *j, const struct comparison *c,
                             const struct difference *d)
{
    struct text t = {0};

    describe(c, d, "->", 0, &t);
    json_name(j, "kind", difference_name(d->kind));
    json_nonzero(j, "call_a", c->call_a ? c->call_a->id : 0);
    json_nonzero(j, "call_b", c->call_b ? c->call_b->id : 0);
    json_nonzero(j, "stream_a", d->stream_a);
    json_nonzero(j, "stream_b", d->stream_b);
    json_text(j, "name", d->name);
    json_text(j, "before", d->before);
    json_text(j, "after", d->after);
    write_places(j, c, d);
    json_count(j, "message_count", d->places);
    json_text(j, "text", text_slice(&t));
    text_free(&t);
}

static void object_pair(struct printer *p, const struct comparison *c)
{
    bool lines = p->o->format == FOSIP_NDJSON;

    for (size_t i = 0; i < c->list.n; i++) {
        if (!lines)
            json_raw(p->j, p->begun ? ",\n" : "\n");
        p->j->follows = false;
        json_open(p->j, NULL);
        write_difference(p->j, c, &c->list.v[i]);
        if (lines)
            json_name(p->j, "type", "difference");
        json_close(p->j);
        if (lines)
            json_raw(p->j, "\n");
        p->begun = true;
    }
}

static void object_end(struct printer *p, const struct totals *t)
{
    bool lines = p->o->format == FOSIP_NDJSON;
    struct json *j = p->j;

    if (!lines) {
        json_raw(j, p->begun ? "\n" : "");
        json_end(j);
        next_line(j);
    }
    j->follows = false;
    json_open(j, lines ? NULL : "summary");
    json_boolean(j, "same", !t->differences);
    json_count(j, "differences", t->differences);
    json_count(j, "calls_compared", t->pairs);
    json_count(j, "calls_differing", t->differing);
    json_count(j, "calls_missing", t->missing);
    json_count(j, "calls_added", t->added);
    if (lines)
        json_name(j, "type", "summary");
    json_close(j);
    json_raw(j, lines ? "\n" : "}\n");
}

/* ---- CSV ---- */

static const struct grid_column columns[] = {
    {NULL, "kind", false, 0},   {NULL, "call_a", true, 0},   {NULL, "call_b", true, 0},
    {NULL, "stream_a", true, 0}, {NULL, "stream_b", true, 0}, {NULL, "name", false, 0},
    {NULL, "before", false, 0}, {NULL, "after", false, 0},   {NULL, "messages", true, 0},
    {NULL, "text", false, 0},
};

static void put_id(struct grid *g, size_t column, uint32_t id)
{
    if (id)
        grid_count(g, column, id);
}

static bool csv_row(void *ctx, size_t i, struct grid *g)
{
    const struct comparison *c = ctx;
    const struct difference *d = &c->list.v[i];
    struct text t = {0};

    describe(c, d, "->", 0, &t);
    grid_string(g, 0, difference_name(d->kind));
    put_id(g, 1, c->call_a ? c->call_a->id : 0);
    put_id(g, 2, c->call_b ? c->call_b->id : 0);
    put_id(g, 3, d->stream_a);
    put_id(g, 4, d->stream_b);
    grid_slice(g, 5, d->name);
    grid_slice(g, 6, d->before);
    grid_slice(g, 7, d->after);
    grid_count(g, 8, d->places);
    grid_slice(g, 9, text_slice(&t));
    text_free(&t);
    return true;
}

/* Its first line, or the rows of a pair. */
static void csv(struct printer *p, struct comparison *c)
{
    struct grid g = {.columns = columns,
                     .count = sizeof columns / sizeof columns[0],
                     .row = csv_row,
                     .ctx = c,
                     .rows = c ? c->list.n : 0,
                     .untitled = c != NULL};

    grid_csv(&g, p->out);
}

static bool is_json(const struct printer *p)
{
    return p->o->format == FOSIP_JSON || p->o->format == FOSIP_NDJSON;
}

int print_begin(struct printer *p)
{
    if (is_json(p)) {
        p->j = json_new(p->out);
        if (!p->j)
            return -ENOMEM;
        object_begin(p);
    } else if (p->o->format == FOSIP_CSV) {
        csv(p, NULL);
    } else {
        text_begin(p);
    }
    return 0;
}

void print_pair(struct printer *p, struct comparison *c)
{
    if (!c->list.n)
        return;
    if (is_json(p))
        object_pair(p, c);
    else if (p->o->format == FOSIP_CSV)
        csv(p, c);
    else
        text_pair(p, c);
}

void print_end(struct printer *p, const struct totals *t)
{
    if (is_json(p))
        object_end(p, t);
    else if (p->o->format == FOSIP_TEXT)
        text_end(p, t);
}

void print_close(struct printer *p)
{
    if (p->j)
        json_free(p->j);
}
