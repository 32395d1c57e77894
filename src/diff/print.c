/* Differences as text, JSON and CSV. */
#include "diff/print.h"

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

static struct json_object *json_raw(const struct text *t)
{
    return json_text(text_slice(t));
}

static void put_json(struct printer *p, struct json_object *o)
{
    enum { PLAIN = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE };
    size_t n;
    const char *text = json_object_to_json_string_length(o, PLAIN, &n);

    if (text)
        fwrite(text, 1, n, p->out);
    json_object_put(o);
}

static struct json_object *json_side(const struct side *s)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "name", json_text(slice_str(s->name)));
    json_add(o, "source", json_name(s->analysis ? "capture" : "result"));
    json_add(o, "calls", json_count(s->calls.n));
    json_add(o, "streams", s->has_streams ? json_count(s->streams.n) : NULL);
    json_add(o, "findings", s->has_findings ? json_count(s->findings.n) : NULL);
    return o;
}

static void json_begin(struct printer *p)
{
    struct json_object *generator = json_object_new_object();

    json_add(generator, "name", json_name("fosip"));
    json_add(generator, "version", json_name(fosip_version()));
    fputs("{\"schema\":\"fosip-diff/1\",\n\"generator\":", p->out);
    put_json(p, generator);
    fputs(",\n\"a\":", p->out);
    put_json(p, json_side(p->a));
    fputs(",\n\"b\":", p->out);
    put_json(p, json_side(p->b));
    fprintf(p->out, ",\n\"headers_compared\":%s,\n\"differences\":[",
            p->headers ? "true" : "false");
}

static struct json_object *json_message_of(const struct side *side, const struct side_call *call,
                                           uint32_t place, const struct pool *pool)
{
    const struct side_message *m;
    struct json_object *o;
    struct text t = {0};

    if (place == ALIGN_NONE)
        return NULL;
    m = compare_at(side, call, place);
    describe_message(pool, m, &t);
    o = json_object_new_object();
    json_add(o, "id", json_count(m->id));
    json_add(o, "frame", m->frame ? json_count(m->frame) : NULL);
    json_add(o, "message", json_raw(&t));
    text_free(&t);
    return o;
}

static struct json_object *json_places(const struct comparison *c, const struct difference *d)
{
    struct json_object *list = json_object_new_array();

    for (uint32_t i = 0; i < d->places && i < DIFFERENCE_PLACES; i++) {
        struct json_object *o = json_object_new_object();

        json_add(o, "a", json_message_of(c->side_a, c->call_a, d->place[i].a, c->pool));
        json_add(o, "b", json_message_of(c->side_b, c->call_b, d->place[i].b, c->pool));
        json_object_array_add(list, o);
    }
    return list;
}

static struct json_object *id_or_null(uint32_t id)
{
    return id ? json_count(id) : NULL;
}

static struct json_object *json_difference(const struct comparison *c, const struct difference *d)
{
    struct json_object *o = json_object_new_object();
    struct text t = {0};

    describe(c, d, "->", 0, &t);
    json_add(o, "kind", json_name(difference_name(d->kind)));
    json_add(o, "call_a", id_or_null(c->call_a ? c->call_a->id : 0));
    json_add(o, "call_b", id_or_null(c->call_b ? c->call_b->id : 0));
    json_add(o, "stream_a", id_or_null(d->stream_a));
    json_add(o, "stream_b", id_or_null(d->stream_b));
    json_add(o, "name", json_text(d->name));
    json_add(o, "before", json_text(d->before));
    json_add(o, "after", json_text(d->after));
    json_add(o, "messages", json_places(c, d));
    json_add(o, "message_count", json_count(d->places));
    json_add(o, "text", json_raw(&t));
    text_free(&t);
    return o;
}

static void json_pair(struct printer *p, const struct comparison *c)
{
    bool lines = p->o->format == FOSIP_NDJSON;

    for (size_t i = 0; i < c->list.n; i++) {
        struct json_object *o = json_difference(c, &c->list.v[i]);

        if (lines)
            json_add(o, "type", json_name("difference"));
        else
            fputs(p->begun ? ",\n" : "\n", p->out);
        put_json(p, o);
        if (lines)
            putc('\n', p->out);
        p->begun = true;
    }
}

static void json_end(struct printer *p, const struct totals *t)
{
    bool lines = p->o->format == FOSIP_NDJSON;
    struct json_object *o = json_object_new_object();

    json_add(o, "same", json_object_new_boolean(!t->differences));
    json_add(o, "differences", json_count(t->differences));
    json_add(o, "calls_compared", json_count(t->pairs));
    json_add(o, "calls_differing", json_count(t->differing));
    json_add(o, "calls_missing", json_count(t->missing));
    json_add(o, "calls_added", json_count(t->added));
    if (lines)
        json_add(o, "type", json_name("summary"));
    else
        fprintf(p->out, "%s],\n\"summary\":", p->begun ? "\n" : "");
    put_json(p, o);
    fputs(lines ? "\n" : "}\n", p->out);
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

void print_begin(struct printer *p)
{
    if (p->o->format == FOSIP_TEXT)
        text_begin(p);
    else if (p->o->format == FOSIP_JSON)
        json_begin(p);
    else if (p->o->format == FOSIP_CSV)
        csv(p, NULL);
}

void print_pair(struct printer *p, struct comparison *c)
{
    if (!c->list.n)
        return;
    switch (p->o->format) {
    case FOSIP_TEXT: text_pair(p, c); return;
    case FOSIP_CSV: csv(p, c); return;
    default: json_pair(p, c);
    }
}

void print_end(struct printer *p, const struct totals *t)
{
    switch (p->o->format) {
    case FOSIP_TEXT: text_end(p, t); return;
    case FOSIP_CSV: return;
    default: json_end(p, t);
    }
}
