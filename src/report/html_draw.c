/* Drawings of the HTML report: ladders, and a stream over time.  Plain SVG, whose
 * attributes say all, so that a drawing can be copied out of the page. */
#include "report/html.h"
#include "report/picture.h"

enum { CHART_WIDTH = 220, CHART_HEIGHT = 36, MOST_BARS = 400 };

int html_ladder(const struct ladder *l, FILE *out)
{
    struct canvas canvas = canvas_svg(out);
    struct picture p;
    int r = picture_open(&p, l, false);

    if (r == 0) {
        fprintf(out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" width=\"%g\" "
                "style=\"max-width:100%%;height:auto\" font-family=\"sans-serif\" "
                "font-size=\"%u\">\n",
                p.width, p.height, p.width, (unsigned)CANVAS_LETTER);
        picture_draw(&p, &canvas);
        fputs("</svg>\n", out);
        if (p.rungs < l->rungs.n)
            fprintf(out, "<p>%zu more messages are not drawn.</p>\n", l->rungs.n - p.rungs);
    }
    picture_close(&p);
    return r;
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
