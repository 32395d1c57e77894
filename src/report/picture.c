/* Owns the layout of drawn ladders: a line a participant, an arrow a message, a band a
 * stream. */
#include "report/picture.h"

#include <errno.h>

enum {
    GUTTER = 92,   /* for times */
    ROW = 30,
    TITLE = 18,    /* of a call */
    HEAD = 46,
    COLUMN = 7,    /* of a letter */
    LEAST_SPACING = 150,
    MOST_SPACING = 420,
    MOST_RUNGS = 2000,
    MOST_NAME = 60,
};

enum { GREY = 0x555555, LIGHT = 0xbbbbbb, BLACK = 0x222222 };

static double axis(const struct picture *p, unsigned participant)
{
    return GUTTER + (participant + 0.5) * p->spacing;
}

/* Wide enough for the labels, within reason. */
static void measure(struct picture *p)
{
    p->spacing = LEAST_SPACING;
    for (size_t i = 0; i < p->rungs; i++) {
        const struct rung *r = &p->ladder->rungs.v[i];
        unsigned span = r->from < r->to ? r->to - r->from : r->from - r->to, wanted;

        ladder_label(p->ladder, r, &p->labels, &p->label);
        wanted = (p->label.columns * COLUMN + 24) / (span ? span : 1);
        if (wanted > p->spacing)
            p->spacing = wanted;
    }
    if (p->spacing > MOST_SPACING)
        p->spacing = MOST_SPACING;
}

static unsigned titles(const struct picture *p)
{
    unsigned n = 0;

    for (uint32_t i = p->ladder->call; p->titled && i != CALL_NONE;
         i = ladder_next(p->ladder, i))
        n++;
    return n;
}

int picture_open(struct picture *p, const struct ladder *l, bool titled)
{
    *p = (struct picture){.ladder = l,
                          .titled = titled,
                          .rungs = l->rungs.n < MOST_RUNGS ? l->rungs.n : MOST_RUNGS,
                          .labels = ladder_labels_open(),
                          .label = {.unicode = true}};
    if (!p->labels.msg || !p->labels.sdp)
        return -ENOMEM;
    measure(p);
    p->head = HEAD + TITLE * titles(p);
    p->width = GUTTER + l->participant_count * p->spacing;
    p->height = p->head + (double)p->rungs * ROW + 16;
    if (titled && p->rungs < l->rungs.n)
        p->height += TITLE;
    return 0;
}

void picture_close(struct picture *p)
{
    ladder_labels_close(&p->labels);
    line_free(&p->label);
}

static uint32_t colour(const struct picture *p, const struct rung *r)
{
    const struct message *m;

    if (r->kind == RUNG_STREAM)
        return 0x6a3d9a;
    m = &call_at(p->ladder->analysis->calls, r->call)->messages.v[r->index];
    if (m->retransmission_of != CALL_NONE)
        return 0xb36b00;
    return m->status >= 400 ? 0xb00020 : m->status >= 200 ? 0x1b6e2e : 0x1a3f8b;
}

static struct slice label(const struct picture *p)
{
    return slice_make(p->label.p, p->label.n);
}

/* "Call 1: alice -> bob, completed 200 OK" */
static void draw_title(struct picture *p, struct canvas *to, uint32_t number, double y)
{
    const struct call *c = call_at(p->ladder->analysis->calls, number);

    line_clear(&p->label);
    line_printf(&p->label, "Call %u: ", number + 1);
    line_add_foreign(&p->label, c->from.user.n ? c->from.user : c->from.uri, MOST_NAME);
    line_add(&p->label, " \xe2\x86\x92 ");
    line_add_foreign(&p->label, c->to.user.n ? c->to.user : c->to.uri, MOST_NAME);
    line_printf(&p->label, ", %s", call_state_name(c->state));
    if (c->status) {
        line_printf(&p->label, " %u ", c->status);
        line_add_foreign(&p->label, c->reason, MOST_NAME);
    }
    to->text(to, &(struct canvas_text){.x = 4, .y = y, .bold = true, .colour = BLACK}, label(p));
}

static void draw_titles(struct picture *p, struct canvas *to)
{
    double y = p->top + TITLE - 4;

    for (uint32_t i = p->ladder->call; p->titled && i != CALL_NONE;
         i = ladder_next(p->ladder, i), y += TITLE)
        draw_title(p, to, i, y);
}

/* Its address, its name, and its line. */
static void draw_participant(struct picture *p, struct canvas *to, unsigned i)
{
    const struct participant *who = &p->ladder->participants[i];
    double y = p->top + p->head, x = axis(p, i);
    double from[] = {x, y - 8}, end[] = {x, p->top + p->height - 8};
    struct canvas_text how = {.x = x, .y = y - 30, .centred = true, .bold = true, .colour = BLACK};
    char text[ADDR_TEXT], name[256];

    to->line(to, from, end, 1, LIGHT);
    line_clear(&p->label);
    line_add_foreign(&p->label,
                     slice_str(who->addr.port ? addr_text(&who->addr, text)
                                              : addr_ip_text(&who->addr, text)),
                     0);
    to->text(to, &how, label(p));
    ladder_participant(who, name, sizeof name);
    line_clear(&p->label);
    line_add_foreign(&p->label, slice_str(name), MOST_NAME);
    how.y = y - 14;
    how.bold = false;
    to->text(to, &how, label(p));
}

static void draw_arrow(struct picture *p, struct canvas *to, const struct rung *r, double y)
{
    double a = axis(p, r->from), b = axis(p, r->to), back = b > a ? -8 : 8;
    double from[] = {a, y}, end[] = {b + back, y};
    double head[] = {b, y, b + back, y - 4, b + back, y + 4};

    if (r->from == r->to) {
        to->dot(to, a, y, 4, colour(p, r));
        return;
    }
    to->line(to, from, end, r->kind == RUNG_STREAM ? 4 : 1.5, colour(p, r));
    to->triangle(to, head, colour(p, r));
}

static void draw_rung(struct picture *p, struct canvas *to, const struct rung *r, double y)
{
    double a = axis(p, r->from), b = axis(p, r->to);
    bool self = r->from == r->to;
    char time[TEXT_TIME];

    if (to->group_begin)
        to->group_begin(to, r->frame);
    text_time(FOSIP_TIME_RELATIVE, r->time, p->ladder->analysis->first_time, r->time, time);
    to->text(to, &(struct canvas_text){.x = 4, .y = y + 4, .colour = GREY}, slice_str(time));
    draw_arrow(p, to, r, y);
    ladder_label(p->ladder, r, &p->labels, &p->label);
    to->text(to,
             &(struct canvas_text){.x = self ? a + 10 : (a + b) / 2,
                                   .y = y - 5,
                                   .centred = !self,
                                   .halo = true,
                                   .colour = colour(p, r)},
             label(p));
    if (to->group_end)
        to->group_end(to);
}

static void draw_rest(struct picture *p, struct canvas *to)
{
    if (!p->titled || p->rungs == p->ladder->rungs.n)
        return;
    line_clear(&p->label);
    line_printf(&p->label, "%zu more messages are not drawn.", p->ladder->rungs.n - p->rungs);
    to->text(to,
             &(struct canvas_text){.x = 4, .y = p->top + p->height - 6, .colour = BLACK},
             label(p));
}

void picture_draw(struct picture *p, struct canvas *to)
{
    draw_titles(p, to);
    for (unsigned i = 0; i < p->ladder->participant_count; i++)
        draw_participant(p, to, i);
    for (size_t i = 0; i < p->rungs; i++)
        draw_rung(p, to, &p->ladder->rungs.v[i], p->top + p->head + (double)i * ROW + 22);
    draw_rest(p, to);
}
