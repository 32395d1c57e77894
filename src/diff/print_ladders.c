/* The ladders of two calls beside each other, where they differ. */
#include <math.h>

#include "diff/print.h"
#include "report/grid.h"
#include "report/text.h"

struct strokes {
    const char *axis, *arrow, *to_right, *to_left;
};
static const struct strokes unicode_strokes = {"│", "─", "▶", "◀"};
static const struct strokes ascii_strokes = {"|", "-", ">", "<"};

enum {
    USUAL_WIDTH = 100,
    GUTTER = 9,        /* a time and a blank */
    MIDDLE = 3,        /* between the halves */
    LEAST_SPACING = 10,
    MOST_SPACING = 24,
    CONTEXT = 2,       /* rows shown before and after those that differ */
    MOST_ROWS = 200,
};

struct drawing {
    struct printer *p;
    const struct comparison *c;
    const struct strokes *strokes;
    struct line line;
    unsigned columns, spacing, half;
};

/* One side of it. */
struct half {
    const struct side *side;
    const struct side_call *call;
    const struct roles *roles;
    unsigned start; /* column */
};

static struct half half_a(const struct drawing *d)
{
    return (struct half){d->c->side_a, d->c->call_a, &d->c->roles_a, 0};
}

static struct half half_b(const struct drawing *d)
{
    return (struct half){d->c->side_b, d->c->call_b, &d->c->roles_b, d->half + MIDDLE};
}

/* Both halves have a column for each that is on either side. */
static unsigned count_columns(const struct comparison *c)
{
    unsigned most = 0;

    for (unsigned i = 0; i < c->roles_a.count; i++)
        if (c->roles_a.ends[i].same >= most)
            most = c->roles_a.ends[i].same + 1u;
    for (unsigned i = 0; i < c->roles_b.count; i++)
        if (c->roles_b.ends[i].same >= most)
            most = c->roles_b.ends[i].same + 1u;
    return most;
}

static void measure(struct drawing *d)
{
    unsigned width = d->p->o->width ? d->p->o->width : USUAL_WIDTH, half = (width - MIDDLE) / 2;

    d->columns = count_columns(d->c);
    d->spacing = width > MIDDLE + 2 * GUTTER && d->columns ? (half - GUTTER) / d->columns : 0;
    if (d->spacing < LEAST_SPACING)
        d->spacing = LEAST_SPACING;
    if (d->spacing > MOST_SPACING)
        d->spacing = MOST_SPACING;
    d->half = GUTTER + d->columns * d->spacing;
}

static unsigned axis(const struct drawing *d, const struct half *h, unsigned column)
{
    return h->start + GUTTER + d->spacing / 2 + column * d->spacing;
}

/* The axes from one column of participants up to another. */
static void draw_axes(struct drawing *d, const struct half *h, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        line_pad(&d->line, axis(d, h, i));
        line_add(&d->line, d->strokes->axis);
    }
}

/* A phrase that does not fit is left out: the code says it. */
static void label_of(const struct drawing *d, const struct side_message *m, unsigned room,
                     struct text *out)
{
    const struct pool *pool = d->c->pool;
    struct slice reason = pool_text(pool, m->reason);

    if (m->method) {
        text_add(out, pool_text(pool, m->method));
        return;
    }
    text_format(out, "%u", m->status);
    if (!reason.n || text_width(reason, d->line.unicode) + 4 > room)
        return;
    text_char(out, ' ');
    text_add(out, reason);
}

static void draw_strokes(struct drawing *d, unsigned n)
{
    while (n--)
        line_add(&d->line, d->strokes->arrow);
}

/* Between two axes: the arrow with its label. */
static void draw_arrow(struct drawing *d, unsigned width, bool to_right, struct slice label)
{
    unsigned room = width > 4 ? width - 4 : 1, own = text_width(label, d->line.unicode);
    unsigned rest, before;

    own = own > room ? room : own;
    rest = width - 1 - own - 2;
    before = rest / 2;
    if (!to_right)
        line_add(&d->line, d->strokes->to_left);
    draw_strokes(d, before);
    line_add(&d->line, " ");
    line_add_foreign(&d->line, label, room);
    line_add(&d->line, " ");
    draw_strokes(d, rest - before);
    if (to_right)
        line_add(&d->line, d->strokes->to_right);
}

static void draw_half(struct drawing *d, const struct half *h, uint32_t place)
{
    const struct side_message *m = place == ALIGN_NONE ? NULL : compare_at(h->side, h->call, place);
    unsigned from, to, left, right;
    double first = compare_at(h->side, h->call, 0)->time;
    struct text label = {0};

    line_pad(&d->line, h->start);
    if (!m) {
        draw_axes(d, h, 0, d->columns);
        return;
    }
    if (isfinite(m->time - first))
        line_printf(&d->line, "%8.3f", m->time - first);
    from = roles_of(h->roles, m->src_ip, m->src_port);
    to = roles_of(h->roles, m->dst_ip, m->dst_port);
    left = from < to ? from : to;
    right = from < to ? to : from;
    label_of(d, m, (right > left ? right - left : 1) * d->spacing - 5, &label);
    if (right >= d->columns || left == right) {
        draw_axes(d, h, 0, left < d->columns ? left + 1 : d->columns);
        line_add(&d->line, " ");
        line_add_foreign(&d->line, text_slice(&label), d->spacing - 2);
        draw_axes(d, h, left < d->columns ? left + 1 : d->columns, d->columns);
    } else {
        draw_axes(d, h, 0, left + 1);
        draw_arrow(d, (right - left) * d->spacing - 1, from < to, text_slice(&label));
        draw_axes(d, h, right, d->columns);
    }
    text_free(&label);
}

static const char *style_of(const struct drawing *d, char mark)
{
    switch (mark) {
    case '-': return style_bad(d->p->o);
    case '+': return style_good(d->p->o);
    case '~': return style_doubt(d->p->o);
    default: return "";
    }
}

static void finish(struct drawing *d)
{
    line_write(&d->line, d->p->out);
    line_clear(&d->line);
}

static void draw_row(struct drawing *d, const struct row *row)
{
    struct half a = half_a(d), b = half_b(d);
    char mark[] = {row->mark, 0};

    line_style(&d->line, style_of(d, row->mark));
    draw_half(d, &a, row->a);
    line_pad(&d->line, d->half + 1);
    line_add(&d->line, mark);
    draw_half(d, &b, row->b);
    line_style(&d->line, row->mark == ' ' ? "" : style_end(d->p->o));
    finish(d);
}

static void draw_names(struct drawing *d, const struct half *h, bool addresses)
{
    for (unsigned i = 0; i < d->columns; i++) {
        struct slice name = SLICE("");
        unsigned width, most = d->spacing - 1;

        for (unsigned k = 0; k < h->roles->count; k++)
            if (h->roles->ends[k].same == i)
                name = addresses ? pool_text(d->c->pool, h->roles->ends[k].ip)
                                 : slice_str(h->roles->ends[k].name);
        width = text_width(name, d->line.unicode);
        width = width > most ? most : width;
        line_pad(&d->line, axis(d, h, i) - width / 2);
        line_add_foreign(&d->line, name, most);
    }
}

static void draw_heads(struct drawing *d)
{
    struct half a = half_a(d), b = half_b(d);

    line_style(&d->line, style_title(d->p->o));
    line_add(&d->line, "A");
    draw_names(d, &a, false);
    line_pad(&d->line, b.start);
    line_add(&d->line, "B");
    draw_names(d, &b, false);
    line_style(&d->line, style_end(d->p->o));
    finish(d);
    draw_names(d, &a, true);
    draw_names(d, &b, true);
    finish(d);
}

/* Whether the row or one near it differs. */
static bool is_shown(const struct comparison *c, size_t i)
{
    size_t from = i > CONTEXT ? i - CONTEXT : 0, to = i + CONTEXT;

    for (size_t k = from; k <= to && k < c->rows.n; k++)
        if (c->rows.v[k].mark != ' ')
            return true;
    return false;
}

static void draw_left_out(struct drawing *d, size_t n)
{
    if (n)
        fprintf(d->p->out, "         (%zu message%s, the same)\n", n, n == 1 ? "" : "s");
}

static void draw_rows(struct drawing *d)
{
    size_t shown = 0, skipped = 0, i;

    for (i = 0; i < d->c->rows.n && shown < MOST_ROWS; i++) {
        if (!is_shown(d->c, i)) {
            skipped++;
            continue;
        }
        draw_left_out(d, skipped);
        skipped = 0;
        shown++;
        draw_row(d, &d->c->rows.v[i]);
    }
    draw_left_out(d, skipped);
    if (i < d->c->rows.n)
        fprintf(d->p->out, "         (%zu more messages)\n", d->c->rows.n - i);
}

void print_ladders(struct printer *p, const struct comparison *c)
{
    struct drawing d = {.p = p,
                        .c = c,
                        .strokes = p->o->unicode ? &unicode_strokes : &ascii_strokes,
                        .line = {.unicode = p->o->unicode}};
    bool differs = false;

    for (size_t i = 0; i < c->rows.n && !differs; i++)
        differs = c->rows.v[i].mark != ' ';
    if (!differs || !c->call_a || !c->call_b || !c->call_a->message_count ||
        !c->call_b->message_count)
        return;
    measure(&d);
    putc('\n', p->out);
    draw_heads(&d);
    draw_rows(&d);
    line_free(&d.line);
}
