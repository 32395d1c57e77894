/* Draws ladders as text: a column a participant, an arrow a message, a band a
 * media stream. */
#include <errno.h>
#include <stdlib.h>

#include "analysis/participants.h"
#include "report/grid.h"
#include "report/ladder_label.h"

/* The strokes, in Unicode and in ASCII. */
struct strokes {
    const char *axis, *arrow, *band, *to_right, *to_left, *self;
};
static const struct strokes unicode_strokes = {"│", "─", "═", "▶", "◀", "↩"};
static const struct strokes ascii_strokes = {"|", "-", "=", ">", "<", "@"};

enum {
    DEFAULT_WIDTH = 100,
    LEAST_SPACING = 13,
    MOST_SPACING = 44,
    FITTED = 6, /* participants that are fitted into the width */
    MOST_JOINS = 16, /* reasons named for a call of a group */
    LABEL_ROOM = 4, /* strokes that an arrow keeps beside its label */
};

struct drawing {
    const struct ladder *ladder;
    const struct fosip_report_options *o;
    const struct strokes *strokes;
    FILE *out;
    unsigned gutter, spacing, width;
    struct line line;
    struct line label; /* not yet made safe */
    struct ladder_labels labels;
    int64_t before;
};

static const struct call *call_of(const struct drawing *d, const struct rung *r)
{
    return call_at(d->ladder->analysis->calls, r->call);
}

static unsigned axis(const struct drawing *d, unsigned participant)
{
    return d->gutter + d->spacing / 2 + participant * d->spacing;
}

static void measure(struct drawing *d)
{
    unsigned n = d->ladder->participant_count, width = d->o->width ? d->o->width : DEFAULT_WIDTH;
    unsigned fitted = n < FITTED ? n : FITTED;

    d->spacing = fitted && width > d->gutter ? (width - d->gutter) / fitted : LEAST_SPACING;
    if (d->spacing < LEAST_SPACING)
        d->spacing = LEAST_SPACING;
    if (d->spacing > MOST_SPACING)
        d->spacing = MOST_SPACING;
    d->width = d->gutter + n * d->spacing;
    if (d->width < width)
        d->width = width;
}

/* The axes, up to that column. */
static void axes_to(struct drawing *d, unsigned column)
{
    for (unsigned i = 0; i < d->ladder->participant_count; i++) {
        unsigned x = axis(d, i);

        if (x < d->line.columns || x >= column)
            continue;
        line_pad(&d->line, x);
        line_add(&d->line, d->strokes->axis);
    }
    line_pad(&d->line, column);
}

static void finish_row(struct drawing *d)
{
    axes_to(d, d->gutter + d->ladder->participant_count * d->spacing);
    line_write(&d->line, d->out);
    line_clear(&d->line);
}

static void centred(struct drawing *d, struct slice text, unsigned participant)
{
    unsigned width = text_width(text, d->o->unicode), most = d->spacing - 1;
    unsigned shown = width < most ? width : most;

    line_pad(&d->line, axis(d, participant) - shown / 2);
    line_add_foreign(&d->line, text, most);
}

static void draw_heads(struct drawing *d)
{
    char text[ADDR_TEXT];

    line_style(&d->line, style_title(d->o));
    for (unsigned i = 0; i < d->ladder->participant_count; i++) {
        const struct net_addr *addr = &d->ladder->participants[i].addr;

        centred(d, slice_str(addr->port ? addr_text(addr, text) : addr_ip_text(addr, text)), i);
    }
    line_style(&d->line, style_end(d->o));
    line_write(&d->line, d->out);
    line_clear(&d->line);
    for (unsigned i = 0; i < d->ladder->participant_count; i++) {
        char name[256];

        ladder_participant(&d->ladder->participants[i], name, sizeof name);
        centred(d, slice_str(name), i);
    }
    line_write(&d->line, d->out);
    line_clear(&d->line);
    finish_row(d);
}

static void put_label(struct drawing *d, unsigned most)
{
    line_add_foreign(&d->line, slice_make(d->label.p, d->label.n), most);
}

static const char *colour(const struct drawing *d, const struct rung *r)
{
    const struct message *m;

    if (r->kind == RUNG_STREAM)
        return style_faint(d->o);
    m = &call_of(d, r)->messages.v[r->index];
    if (m->retransmission_of != CALL_NONE)
        return style_doubt(d->o);
    if (m->status >= 400)
        return style_bad(d->o);
    return m->status >= 200 ? style_good(d->o) : "";
}

static void strokes(struct drawing *d, const char *stroke, unsigned to)
{
    while (d->line.columns < to)
        line_add(&d->line, stroke);
}

/* The arrow from axis to axis; `labelled` puts the label on it. */
static void draw_arrow(struct drawing *d, const struct rung *r, bool labelled)
{
    const char *stroke = r->kind == RUNG_STREAM ? d->strokes->band : d->strokes->arrow;
    unsigned a = axis(d, r->from < r->to ? r->from : r->to);
    unsigned b = axis(d, r->from < r->to ? r->to : r->from);

    axes_to(d, a + 1);
    line_style(&d->line, colour(d, r));
    line_add(&d->line, r->to < r->from ? d->strokes->to_left : stroke);
    if (labelled) {
        line_add(&d->line, " ");
        put_label(d, b - a - LABEL_ROOM);
        line_add(&d->line, " ");
    }
    strokes(d, stroke, b - 1);
    line_add(&d->line, r->to > r->from ? d->strokes->to_right : stroke);
    line_style(&d->line, style_end(d->o));
    finish_row(d);
}

static void draw_self(struct drawing *d, const struct rung *r)
{
    unsigned x = axis(d, r->from);

    axes_to(d, x + 1);
    line_style(&d->line, colour(d, r));
    line_add(&d->line, d->strokes->self);
    line_add(&d->line, " ");
    put_label(d, d->width - d->line.columns);
    line_style(&d->line, style_end(d->o));
    finish_row(d);
}

/* A label that does not fit on its arrow stands on a line above it. */
static void draw_above(struct drawing *d, const struct rung *r)
{
    unsigned a = axis(d, r->from < r->to ? r->from : r->to);

    axes_to(d, a + 1);
    line_add(&d->line, " ");
    line_style(&d->line, colour(d, r));
    put_label(d, d->width > d->line.columns ? d->width - d->line.columns : 1);
    line_style(&d->line, style_end(d->o));
    line_add(&d->line, " ");
    finish_row(d);
}

static void draw_time(struct drawing *d, int64_t time)
{
    char text[TEXT_TIME];

    line_add(&d->line, text_time(d->o->time, time, d->ladder->analysis->first_time, d->before,
                                 text));
    d->before = time;
}

/* The message itself, beneath its arrow, up to the axes of the next. */
static void draw_raw(struct drawing *d, const struct rung *r)
{
    const struct message *m = &call_of(d, r)->messages.v[r->index];

    text_write_lines(slice_make(m->text, m->length), d->gutter, d->o->unicode, d->out);
    finish_row(d);
}

static void draw_rung(struct drawing *d, const struct rung *r)
{
    unsigned span = (r->from < r->to ? r->to - r->from : r->from - r->to) * d->spacing;

    ladder_label(d->ladder, r, &d->labels, &d->label);
    draw_time(d, r->time);
    if (!span) {
        draw_self(d, r);
    } else if (d->label.columns + LABEL_ROOM + 3 <= span) {
        draw_arrow(d, r, true);
    } else {
        draw_above(d, r);
        draw_arrow(d, r, false);
    }
    if (d->o->raw && r->kind == RUNG_MESSAGE)
        draw_raw(d, r);
}

static void draw_call_title(struct drawing *d, uint32_t number)
{
    const struct call *c = call_at(d->ladder->analysis->calls, number);

    line_style(&d->line, style_title(d->o));
    line_printf(&d->line, "Call %u  ", number + 1);
    line_add_foreign(&d->line, c->from.user.n ? c->from.user : c->from.uri, 32);
    line_add(&d->line, d->o->unicode ? " → " : " -> ");
    line_add_foreign(&d->line, c->to.user.n ? c->to.user : c->to.uri, 32);
    line_printf(&d->line, "  %s", call_state_name(c->state));
    if (c->status) {
        line_printf(&d->line, " %u ", c->status);
        line_add_foreign(&d->line, c->reason, 32);
    }
    line_style(&d->line, style_end(d->o));
    line_write(&d->line, d->out);
    line_clear(&d->line);
    line_add_foreign(&d->line, c->call_id, 0);
    line_write(&d->line, d->out);
    line_clear(&d->line);
}

/* Why the call belongs to those above it. */
static void draw_joins(struct drawing *d, uint32_t number)
{
    const struct call *c = call_at(d->ladder->analysis->calls, number);

    for (size_t i = 0; i < c->joins.n && i < MOST_JOINS; i++) {
        const struct call_join *join = &c->joins.v[i];

        if (join->call >= number)
            continue;
        line_printf(&d->line, "  with call %u by %s: ", join->call + 1,
                    call_evidence_name(join->evidence));
        line_add_foreign(&d->line, join->detail, 0);
        line_write(&d->line, d->out);
        line_clear(&d->line);
    }
}

static void draw_title(struct drawing *d)
{
    for (uint32_t i = d->ladder->call; i != CALL_NONE; i = ladder_next(d->ladder, i)) {
        draw_call_title(d, i);
        if (d->ladder->group)
            draw_joins(d, i);
    }
}

/* The widest time of the rungs, and a blank. */
static unsigned gutter(const struct drawing *d)
{
    unsigned most = 0;
    int64_t before = d->before;

    for (size_t i = 0; i < d->ladder->rungs.n; i++) {
        int64_t time = d->ladder->rungs.v[i].time;
        char text[TEXT_TIME];
        size_t n = strlen(
            text_time(d->o->time, time, d->ladder->analysis->first_time, before, text));

        before = time;
        most = n > most ? (unsigned)n : most;
    }
    return most + 1;
}

static void draw(struct drawing *d)
{
    d->before = d->ladder->rungs.n ? d->ladder->rungs.v[0].time : 0;
    d->gutter = gutter(d);
    measure(d);
    draw_title(d);
    draw_heads(d);
    for (size_t i = 0; i < d->ladder->rungs.n; i++)
        draw_rung(d, &d->ladder->rungs.v[i]);
    if (d->ladder->group &&
        call_at(d->ladder->analysis->calls, d->ladder->last)->next_leg != CALL_NONE)
        fprintf(d->out, "The group has more calls; the first %u are drawn.\n",
                (unsigned)LADDER_MAX_CALLS);
    if (d->ladder->left_out)
        fprintf(d->out, "%zu more between participants for whom there is no room.\n",
                d->ladder->left_out);
}

static int draw_ladder(const struct ladder *ladder, const struct fosip_report_options *o,
                       FILE *out)
{
    struct drawing d = {.ladder = ladder,
                        .o = o,
                        .strokes = o->unicode ? &unicode_strokes : &ascii_strokes,
                        .out = out,
                        .line = {.unicode = o->unicode},
                        .label = {.unicode = o->unicode},
                        .labels = ladder_labels_open()};
    int r = d.labels.msg && d.labels.sdp ? 0 : -ENOMEM;

    if (r == 0 && ladder->rungs.n)
        draw(&d);
    else if (r == 0)
        fprintf(out, "Call %u has no such transaction or dialog.\n", ladder->call + 1);
    line_free(&d.line);
    line_free(&d.label);
    ladder_labels_close(&d.labels);
    return r;
}

struct drawings {
    const struct fosip_report_options *o;
    FILE *out;
    bool any;
};

static int on_ladder(void *ctx, const struct ladder *ladder)
{
    struct drawings *all = ctx;

    if (all->any)
        putc('\n', all->out);
    all->any = true;
    return draw_ladder(ladder, all->o, all->out);
}

int report_ladder(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out)
{
    struct drawings all = {.o = o, .out = out};
    int r = ladder_each(a, o, on_ladder, &all);

    if (r == 0 && !all.any)
        fputs("No calls to draw.\n", out);
    return r;
}
