/* Drawing by cairo, which alone knows fonts. */
#include "report/canvas.h"

#include <errno.h>

#ifdef HAVE_CAIRO

#include <cairo-pdf.h>
#include <cairo.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"
#include "base/sanitized.h"
#include "report/text.h"

#define FUNCTIONS(X) \
    X(cairo_arc) X(cairo_close_path) X(cairo_create) X(cairo_destroy) X(cairo_fill) \
    X(cairo_get_target) X(cairo_image_surface_create) X(cairo_line_to) X(cairo_move_to) \
    X(cairo_paint) X(cairo_pdf_surface_create_for_stream) X(cairo_pdf_surface_set_metadata) \
    X(cairo_pdf_surface_set_size) X(cairo_rectangle) X(cairo_select_font_face) \
    X(cairo_set_font_size) X(cairo_set_line_width) X(cairo_set_source_rgb) \
    X(cairo_show_page) X(cairo_show_text) X(cairo_status) X(cairo_stroke) \
    X(cairo_surface_destroy) X(cairo_surface_finish) X(cairo_surface_get_type) \
    X(cairo_surface_status) X(cairo_surface_write_to_png_stream) X(cairo_text_extents) \
    X(cairo_version_string)
LIBRARY(cairo, CAIRO_FILE, FUNCTIONS);

const char *canvas_cairo_version(void)
{
    return library_open(&cairo_library) ? cairo.cairo_version_string() : NULL;
}

static void set_colour(cairo_t *to, uint32_t colour)
{
    cairo.cairo_set_source_rgb(to, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0,
                               (colour & 255) / 255.0);
}

static void line(struct canvas *c, const double from[2], const double to[2], double width,
                 uint32_t colour)
{
    set_colour(c->cairo, colour);
    cairo.cairo_set_line_width(c->cairo, width);
    cairo.cairo_move_to(c->cairo, from[0], from[1]);
    cairo.cairo_line_to(c->cairo, to[0], to[1]);
    cairo.cairo_stroke(c->cairo);
}

static void triangle(struct canvas *c, const double p[6], uint32_t colour)
{
    set_colour(c->cairo, colour);
    cairo.cairo_move_to(c->cairo, p[0], p[1]);
    cairo.cairo_line_to(c->cairo, p[2], p[3]);
    cairo.cairo_line_to(c->cairo, p[4], p[5]);
    cairo.cairo_close_path(c->cairo);
    cairo.cairo_fill(c->cairo);
}

static void dot(struct canvas *c, double x, double y, double radius, uint32_t colour)
{
    set_colour(c->cairo, colour);
    cairo.cairo_arc(c->cairo, x, y, radius, 0, 6.2831853);
    cairo.cairo_fill(c->cairo);
}

/* What is behind the text is cleared: an outline would break text in PDF. */
static void clear(struct canvas *c, const cairo_text_extents_t *size, double x, double y)
{
    set_colour(c->cairo, 0xffffff);
    cairo.cairo_rectangle(c->cairo, x - 2, y - CANVAS_LETTER + 2, size->x_advance + 4,
                          CANVAS_LETTER + 1);
    cairo.cairo_fill(c->cairo);
}

static void text(struct canvas *c, const struct canvas_text *how, struct slice s)
{
    size_t n;
    char *utf8 = text_to_utf8(s, &n); /* with the NUL that cairo wants */
    cairo_text_extents_t size;
    double x;

    if (!utf8)
        return;
    cairo.cairo_select_font_face(c->cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           how->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo.cairo_set_font_size(c->cairo, CANVAS_LETTER);
    cairo.cairo_text_extents(c->cairo, utf8, &size);
    x = how->centred ? how->x - size.x_advance / 2 : how->x;
    if (how->halo)
        clear(c, &size, x, how->y);
    set_colour(c->cairo, how->colour);
    cairo.cairo_move_to(c->cairo, x, how->y);
    cairo.cairo_show_text(c->cairo, utf8);
    free(utf8);
}

static cairo_status_t write_octets(void *out, const unsigned char *data, unsigned n)
{
    return fwrite(data, 1, n, out) == n ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static cairo_surface_t *surface(enum canvas_file kind, FILE *out, double width, double height,
                                int64_t time)
{
    cairo_surface_t *s;
    char when[TEXT_TIME], whole[TEXT_TIME + 2];

    if (kind == CANVAS_PNG)
        return cairo.cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    s = cairo.cairo_pdf_surface_create_for_stream(write_octets, out, width, height);
    text_utc(time, when);
    snprintf(whole, sizeof whole, "%.*sZ", (int)strcspn(when, "."), when); /* no fractions */
    cairo.cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, whole);
    return s;
}

static int code_of(cairo_status_t status)
{
    return status == CAIRO_STATUS_SUCCESS       ? 0
           : status == CAIRO_STATUS_WRITE_ERROR ? -EIO
           : status == CAIRO_STATUS_NO_MEMORY   ? -ENOMEM
                                                : -EINVAL;
}

int canvas_cairo_open(struct canvas *c, enum canvas_file kind, FILE *out, double width,
                      double height, int64_t time)
{
    cairo_surface_t *s;

    if (!library_open(&cairo_library))
        return -ENOTSUP;
    s = surface(kind, out, width, height, time);
    *c = (struct canvas){.line = line,
                         .triangle = triangle,
                         .dot = dot,
                         .text = text,
                         .out = out,
                         .cairo = cairo.cairo_create(s)};
    cairo.cairo_surface_destroy(s);
    if (kind == CANVAS_PNG) {
        set_colour(c->cairo, 0xffffff);
        cairo.cairo_paint(c->cairo);
    }
    return code_of(cairo.cairo_status(c->cairo));
}

void canvas_cairo_page(struct canvas *c, bool first, double width, double height)
{
    if (!first)
        cairo.cairo_show_page(c->cairo);
    cairo.cairo_pdf_surface_set_size(cairo.cairo_get_target(c->cairo), width, height);
}

#ifdef SANITIZED_ADDRESSES
/* The sanitizer asks for these.  fontconfig keeps its configuration until the process ends,
 * by pointers that the sanitizer does not know for such. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_options(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}
#endif

int canvas_cairo_close(struct canvas *c)
{
    cairo_surface_t *s = cairo.cairo_get_target(c->cairo);
    cairo_status_t status = cairo.cairo_status(c->cairo);

    if (status == CAIRO_STATUS_SUCCESS &&
        cairo.cairo_surface_get_type(s) == CAIRO_SURFACE_TYPE_IMAGE)
        status = cairo.cairo_surface_write_to_png_stream(s, write_octets, c->out);
    else
        cairo.cairo_surface_finish(s);
    status = status ? status : cairo.cairo_surface_status(s);
    cairo.cairo_destroy(c->cairo);
    c->cairo = NULL;
    return code_of(status);
}

#else

const char *canvas_cairo_version(void)
{
    return NULL;
}

int canvas_cairo_open(struct canvas *c, enum canvas_file kind, FILE *out, double width,
                      double height, int64_t time)
{
    (void)kind;
    (void)width;
    (void)height;
    (void)time;
    *c = (struct canvas){.out = out};
    return -ENOTSUP;
}

void canvas_cairo_page(struct canvas *c, bool first, double width, double height)
{
    (void)c;
    (void)first;
    (void)width;
    (void)height;
}

int canvas_cairo_close(struct canvas *c)
{
    (void)c;
    return -ENOTSUP;
}

#endif
