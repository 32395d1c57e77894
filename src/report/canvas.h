/* What ladders are drawn on: SVG, or by cairo PDF and PNG. */
#ifndef REPORT_CANVAS_H
#define REPORT_CANVAS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/slice.h"

struct canvas_text {
    double x, y; /* of the base line, at its beginning or, `centred`, its middle */
    bool centred, bold;
    bool halo;   /* stands on other things */
    uint32_t colour; /* 0xrrggbb */
};

struct canvas {
    void (*line)(struct canvas *canvas, const double from[2], const double to[2], double width,
                 uint32_t colour);
    /* A filled one. */
    void (*triangle)(struct canvas *canvas, const double points[6], uint32_t colour);
    void (*dot)(struct canvas *canvas, double x, double y, double radius, uint32_t colour);
    /* Text in UTF-8, which is printable. */
    void (*text)(struct canvas *canvas, const struct canvas_text *how, struct slice text);
    /* What is drawn until group_end belongs to a frame.  May be NULL, both. */
    void (*group_begin)(struct canvas *canvas, uint64_t frame);
    void (*group_end)(struct canvas *canvas);
    FILE *out;
    void *cairo; /* canvas_cairo.c's */
};

enum { CANVAS_LETTER = 12 }; /* the height of text */

/* SVG, whose attributes say all; the element around it is the caller's. */
struct canvas canvas_svg(FILE *out);

/* Whether PDF and PNG can be drawn, and with what: "1.16.0"; NULL. */
const char *canvas_cairo_version(void);

/* A picture file: 0 and *canvas, or a negative errno-style code.  `time`: when it was
 * made, as it will say, ns since 1970.  Each page has a size of its own; PNG has one. */
enum canvas_file { CANVAS_PDF, CANVAS_PNG };
int canvas_cairo_open(struct canvas *canvas, enum canvas_file kind, FILE *out, double width,
                      double height, int64_t time);
/* Begins a page, of PDF alone. */
void canvas_cairo_page(struct canvas *canvas, bool first, double width, double height);
/* Writes what is left, and frees the canvas. */
int canvas_cairo_close(struct canvas *canvas);

#endif
