/* Ladders as files of pictures: all on one SVG or PNG, below each other, or on a page
 * each of a PDF. */
#include <errno.h>

#include "base/error.h"
#include "report/picture.h"

enum { GAP = 24, MOST_HEIGHT = 32000, MOST_PIXELS = 64 * 1000 * 1000 };

struct image {
    enum fosip_format format;
    FILE *out;
    struct canvas canvas;
    bool measured;        /* else this is what is done */
    double width, height; /* of all ladders */
    double top;           /* of the next one */
    size_t pages;
};

static void put(struct image *image, struct picture *p)
{
    if (!image->measured) {
        image->width = p->width > image->width ? p->width : image->width;
        image->height += p->height + (image->height > 0 ? GAP : 0);
        return;
    }
    if (image->format == FOSIP_PDF)
        canvas_cairo_page(&image->canvas, image->pages++ == 0, p->width, p->height);
    p->top = image->format == FOSIP_PDF ? 0 : image->top;
    picture_draw(p, &image->canvas);
    image->top += p->height + GAP;
}

static int on_ladder(void *ctx, const struct ladder *l)
{
    struct picture p;
    int r = picture_open(&p, l, true);

    if (r == 0)
        put(ctx, &p);
    picture_close(&p);
    return r;
}

static int open_svg(struct image *image)
{
    image->canvas = canvas_svg(image->out);
    fprintf(image->out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" viewBox=\"0 0 %g %g\" "
            "width=\"%g\" height=\"%g\" font-family=\"sans-serif\" font-size=\"%u\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
            image->width, image->height, image->width, image->height, (unsigned)CANVAS_LETTER);
    return 0;
}

static int open_canvas(struct image *image, const struct fosip_analysis *a,
                       struct fosip_error *err)
{
    bool png = image->format == FOSIP_PNG;
    int r;

    if (image->format == FOSIP_SVG)
        return open_svg(image);
    if (!canvas_cairo_version())
        return error_set(err, -ENOTSUP,
                         "drawing PDF and PNG needs cairo, which was not found: "
                         "name it .svg");
    if (png && (image->height > MOST_HEIGHT || image->width * image->height > MOST_PIXELS))
        return error_set(err, -E2BIG,
                         "a PNG of %.0f by %.0f would be too large: choose fewer calls, or name "
                         "it .svg or .pdf",
                         image->width, image->height);
    r = canvas_cairo_open(&image->canvas, png ? CANVAS_PNG : CANVAS_PDF, image->out, image->width,
                          image->height, a->first_time);
    return r < 0 ? error_set(err, r, "cairo cannot draw") : 0;
}

static int close_canvas(struct image *image, struct fosip_error *err)
{
    int r;

    if (image->format == FOSIP_SVG) {
        fputs("</svg>\n", image->out);
        return 0;
    }
    r = canvas_cairo_close(&image->canvas);
    return r < 0 ? error_set(err, r, "cairo cannot draw it") : 0;
}

int report_image(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out,
                 struct fosip_error *err)
{
    struct image image = {.format = o->format, .out = out};
    int r = ladder_each(a, o, on_ladder, &image), closed;

    if (r < 0)
        return error_set(err, r, "not enough memory for the drawing");
    if (image.height == 0)
        return error_set(err, -ENOENT, "no call is chosen that could be drawn");
    r = open_canvas(&image, a, err);
    if (r < 0)
        return r;
    image.measured = true;
    r = ladder_each(a, o, on_ladder, &image);
    closed = close_canvas(&image, err);
    return r < 0 ? error_set(err, r, "not enough memory for the drawing") : closed;
}
