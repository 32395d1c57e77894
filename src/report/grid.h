/* Grids: rows under titles, aligned for people or as CSV (RFC 4180). */
#ifndef REPORT_GRID_H
#define REPORT_GRID_H

#include "report/report.h"
#include "report/text.h"

enum { GRID_MAX_COLUMNS = 40 };

struct grid_column {
    const char *title;  /* over the column; NULL: in CSV alone */
    const char *name;   /* in CSV's first line; NULL: in text alone */
    bool right;         /* numbers */
    unsigned most;      /* columns of text at most, 0: no limit */
};

struct grid_cell {
    uint32_t at, n; /* where its text is in the row's */
    uint32_t width; /* of a text grid: what it takes on a terminal */
    bool plain;     /* and whether it is printed as it is */
    const char *style;
};

struct grid {
    const struct grid_column *columns;
    size_t count;
    /* Fills the cells of row i, false to leave it out.  May be called twice for
     * a text grid: to measure, and to print. */
    bool (*row)(void *ctx, size_t i, struct grid *grid);
    void *ctx;
    size_t rows;
    bool csv; /* what is being printed, else text */
    bool untitled; /* CSV without its first line */
    /* Of the row being filled: its text, cell after cell as they are set. */
    struct {
        char *p;
        size_t n, room;
    } text;
    struct grid_cell cell[GRID_MAX_COLUMNS];
};

/* Sets a cell of the row.  Text of the capture is made safe when printed. */
void grid_printf(struct grid *grid, size_t column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void grid_slice(struct grid *grid, size_t column, struct slice text);
void grid_string(struct grid *grid, size_t column, const char *text);
void grid_count(struct grid *grid, size_t column, uint64_t x);
/* A number with that many decimals; "-" (nothing in CSV) when unknown. */
void grid_number(struct grid *grid, size_t column, double x, int decimals);
/* A terminal colour for the cell. */
void grid_style(struct grid *grid, size_t column, const char *style);

/* Prints the grid as text: rows that were printed. */
size_t grid_text(struct grid *grid, const struct fosip_report_options *o, FILE *out);
void grid_csv(struct grid *grid, FILE *out);

/* Colours; "" where the options want none. */
const char *style_title(const struct fosip_report_options *o);
const char *style_good(const struct fosip_report_options *o);
const char *style_bad(const struct fosip_report_options *o);
const char *style_doubt(const struct fosip_report_options *o);
const char *style_faint(const struct fosip_report_options *o);
const char *style_end(const struct fosip_report_options *o);

#endif
