/* Drawing as SVG 1.1. */
#include <inttypes.h>

#include "report/canvas.h"
#include "report/html.h"

static void line(struct canvas *c, const double from[2], const double to[2], double width,
                 uint32_t colour)
{
    fprintf(c->out,
            "<line x1=\"%g\" y1=\"%g\" x2=\"%g\" y2=\"%g\" stroke=\"#%06" PRIx32
            "\" stroke-width=\"%g\"/>\n",
            from[0], from[1], to[0], to[1], colour, width);
}

static void triangle(struct canvas *c, const double p[6], uint32_t colour)
{
    fprintf(c->out, "<polygon points=\"%g,%g %g,%g %g,%g\" fill=\"#%06" PRIx32 "\"/>\n", p[0],
            p[1], p[2], p[3], p[4], p[5], colour);
}

static void dot(struct canvas *c, double x, double y, double radius, uint32_t colour)
{
    fprintf(c->out, "<circle cx=\"%g\" cy=\"%g\" r=\"%g\" fill=\"#%06" PRIx32 "\"/>\n", x, y,
            radius, colour);
}

static void text(struct canvas *c, const struct canvas_text *how, struct slice s)
{
    fprintf(c->out, "<text x=\"%g\" y=\"%g\" fill=\"#%06" PRIx32 "\"%s%s%s>", how->x, how->y,
            how->colour, how->centred ? " text-anchor=\"middle\"" : "",
            how->bold ? " font-weight=\"bold\"" : "",
            how->halo ? " stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\"" : "");
    html_escaped(c->out, s.p, s.n);
    fputs("</text>\n", c->out);
}

static void group_begin(struct canvas *c, uint64_t frame)
{
    fprintf(c->out, "<g><title>frame %" PRIu64 "</title>", frame);
}

static void group_end(struct canvas *c)
{
    fputs("</g>\n", c->out);
}

struct canvas canvas_svg(FILE *out)
{
    return (struct canvas){.line = line,
                           .triangle = triangle,
                           .dot = dot,
                           .text = text,
                           .group_begin = group_begin,
                           .group_end = group_end,
                           .out = out};
}
