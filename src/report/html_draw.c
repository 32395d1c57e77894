/* Drawings of the HTML report: ladders, and a stream over time.  Plain SVG, whose
 * attributes say all, so that a drawing can be copied out of the page. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "report/html.h"
#include "report/ladder_label.h"

enum {
    GUTTER = 92,   /* for times */
    ROW = 30,
    HEAD = 46,
    COLUMN = 7,    /* of a letter */
    LEAST_SPACING = 150,
    MOST_SPACING = 420,
    MOST_RUNGS = 2000,
    CHART_WIDTH = 220, CHART_HEIGHT = 36,
    MOST_BARS = 400,
};

struct drawing {
    const struct ladder *ladder;
    const struct fosip_report_options *o;
    FILE *out;
    struct ladder_labels labels;
    struct line label;
    unsigned spacing;
};

static unsigned axis(const struct drawing *d, unsigned participant)
{
    return GUTTER + d->spacing / 2 + participant * d->spacing;
}

/* Wide enough for the labels, within reason. */
static void measure(struct drawing *d, size_t rungs)
{
    d->spacing = LEAST_SPACING;
    for (size_t i = 0; i < rungs; i++) {
        const struct rung *r = &d->ladder->rungs.v[i];
        unsigned span = r->from < r->to ? r->to - r->from : r->from - r->to, wanted;

        ladder_label(d->ladder, r, &d->labels, &d->label);
        wanted = (d->label.columns * COLUMN + 24) / (span ? span : 1);
        if (wanted > d->spacing)
            d->spacing = wanted;
    }
    if (d->spacing > MOST_SPACING)
        d->spacing = MOST_SPACING;
}

static const char *colour(const struct drawing *d, const struct rung *r)
{
    const struct message *m;

    if (r->kind == RUNG_STREAM)
        return "#6a3d9a";
    m = &call_at(d->ladder->analysis->calls, r->call)->messages.v[r->index];
    if (m->retransmission_of != CALL_NONE)
        return "#b36b00";
    return m->status >= 400 ? "#b00020" : m->status >= 200 ? "#1b6e2e" : "#1a3f8b";
}

static void draw_head(struct drawing *d, unsigned i)
{
    const struct participant *p = &d->ladder->participants[i];
    char text[ADDR_TEXT], name[256];

    fprintf(d->out, "<text x=\"%u\" y=\"16\" text-anchor=\"middle\" font-weight=\"bold\">",
            axis(d, i));
    html_text(d->out,
              slice_str(p->addr.port ? addr_text(&p->addr, text) : addr_ip_text(&p->addr, text)));
    fprintf(d->out, "</text><text x=\"%u\" y=\"32\" text-anchor=\"middle\">", axis(d, i));
    ladder_participant(p, name, sizeof name);
    html_text(d->out, slice_upto(slice_str(name), 60));
    fputs("</text>\n", d->out);
}

static void draw_arrow(struct drawing *d, const struct rung *r, unsigned y)
{
    unsigned from = axis(d, r->from), to = axis(d, r->to);
    int back = to > from ? -8 : 8;

    if (from == to) {
        fprintf(d->out, "<circle cx=\"%u\" cy=\"%u\" r=\"4\" fill=\"%s\"/>\n", from, y,
                colour(d, r));
        return;
    }
    fprintf(d->out,
            "<line x1=\"%u\" y1=\"%u\" x2=\"%d\" y2=\"%u\" stroke=\"%s\" stroke-width=\"%s\"/>"
            "<polygon points=\"%u,%u %d,%u %d,%u\" fill=\"%s\"/>\n",
            from, y, (int)to + back, y, colour(d, r), r->kind == RUNG_STREAM ? "4" : "1.5", to, y,
            (int)to + back, y - 4, (int)to + back, y + 4, colour(d, r));
}

static void draw_rung(struct drawing *d, const struct rung *r, size_t place)
{
    unsigned y = HEAD + (unsigned)place * ROW + 22;
    unsigned from = axis(d, r->from), to = axis(d, r->to);
    char time[TEXT_TIME];

    ladder_label(d->ladder, r, &d->labels, &d->label);
    fprintf(d->out, "<g><title>frame %" PRIu64 "</title><text x=\"0\" y=\"%u\" fill=\"#555\">%s"
                    "</text><text x=\"%u\" y=\"%u\" text-anchor=\"%s\" fill=\"%s\" "
                    "stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\">",
            r->frame, y + 4,
            text_time(FOSIP_TIME_RELATIVE, r->time, d->ladder->analysis->first_time, r->time,
                      time),
            from == to ? from + 10 : (from + to) / 2, y - 5, from == to ? "start" : "middle",
            colour(d, r));
    html_escaped(d->out, d->label.p, d->label.n);
    fputs("</text>", d->out);
    draw_arrow(d, r, y);
    fputs("</g>\n", d->out);
}

int html_ladder(const struct ladder *l, const struct fosip_report_options *o, FILE *out)
{
    struct drawing d = {.ladder = l, .o = o, .out = out, .label = {.unicode = true}};
    size_t rungs = l->rungs.n < MOST_RUNGS ? l->rungs.n : MOST_RUNGS;
    unsigned width, height = HEAD + (unsigned)rungs * ROW + 16;

    d.labels = ladder_labels_open();
    if (!d.labels.msg || !d.labels.sdp) {
        ladder_labels_close(&d.labels);
        return -ENOMEM;
    }
    measure(&d, rungs);
    width = GUTTER + l->participant_count * d.spacing;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" width=\"%u\" "
            "style=\"max-width:100%%;height:auto\" font-family=\"sans-serif\" font-size=\"12\">\n",
            width, height, width);
    for (unsigned i = 0; i < l->participant_count; i++) {
        fprintf(out, "<line x1=\"%u\" y1=\"%u\" x2=\"%u\" y2=\"%u\" stroke=\"#bbb\"/>\n",
                axis(&d, i), HEAD - 8u, axis(&d, i), height - 8);
        draw_head(&d, i);
    }
    for (size_t i = 0; i < rungs; i++)
        draw_rung(&d, &l->rungs.v[i], i);
    fputs("</svg>\n", out);
    if (rungs < l->rungs.n)
        fprintf(out, "<p>%zu more messages are not drawn.</p>\n", l->rungs.n - rungs);
    ladder_labels_close(&d.labels);
    line_free(&d.label);
    return 0;
}

/* The greatest jitter of all its intervals, 1 at least. */
static double most_jitter(const struct stream_interval *v, size_t n)
{
    double most = 1;

    for (size_t i = 0; i < n; i++)
        most = v[i].jitter_max_ms > most ? v[i].jitter_max_ms : most;
    return most;
}

void html_stream_chart(const struct fosip_analysis *a, uint32_t stream, FILE *out)
{
    const struct stream_interval *v;
    size_t n = stream_intervals(stream_at(a->streams, stream), &v);
    int64_t first = n ? v[0].number : 0, span = n ? v[n - 1].number - first + 1 : 1;
    double most = most_jitter(v, n), width = (double)CHART_WIDTH / (double)span;

    if (!n)
        return;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" role=\"img\">"
            "<title>jitter up to %.1f ms, packets lost in red, second by second</title>"
            "<rect width=\"%u\" height=\"%u\" fill=\"#f4f4f4\"/>\n",
            (unsigned)CHART_WIDTH, (unsigned)CHART_HEIGHT, most, (unsigned)CHART_WIDTH,
            (unsigned)CHART_HEIGHT);
    for (size_t i = 0; i < n && i < MOST_BARS; i++) {
        double x = (double)(v[i].number - first) * width;
        double height = v[i].jitter_max_ms / most * (CHART_HEIGHT - 4);

        fprintf(out, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" "
                     "fill=\"#7a9fd0\"/>", x, CHART_HEIGHT - height, width, height);
        if (v[i].lost)
            fprintf(out, "<rect x=\"%.2f\" y=\"0\" width=\"%.2f\" height=\"5\" "
                         "fill=\"#b00020\"/>", x, width < 2 ? 2 : width);
    }
    fputs("</svg>", out);
}
