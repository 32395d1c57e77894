/* Grids: rows under titles, aligned for people or as CSV (RFC 4180). */
#ifndef REPORT_GRID_H
#define REPORT_GRID_H

#include "report/report.h"
#include "report/text.h"

enum { GRID_MAX_COLUMNS = 48 };

struct grid_column {
    const char *title;  /* over the column; NULL: in CSV alone */
    const char *name;   /* in CSV's first line; NULL: in text alone */
    bool right;         /* numbers */
    unsigned most;      /* columns of text at most, 0: no limit */
};

struct grid_cell {
    uint32_t at, n; /* where its text is in the row's */
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
    /* The row being filled: its text, cell after cell as they are set, from `row` on. */
    struct {
        char *p;
        size_t n, room, row;
    } text;
    size_t next; /* column behind the one that was set last */
    /* As most rows are: cells in order, without colours, that are printed as they are and
     * whose lengths fit into an octet.  Of a text grid. */
    bool simple;
    bool styled; /* some cell has a style */
    bool wanted[GRID_MAX_COLUMNS];     /* by the format that is being printed */
    uint8_t most[GRID_MAX_COLUMNS];    /* octets of a cell of a simple row */
    uint8_t length[GRID_MAX_COLUMNS];  /* of the cells of a simple row */
    struct grid_cell cell[GRID_MAX_COLUMNS];
    const char *style[GRID_MAX_COLUMNS]; /* NULL: none */
};

/* Sets a cell of the row.  Text of the capture is made safe when printed. */
void grid_printf(struct grid *grid, size_t column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void grid_slice(struct grid *grid, size_t column, struct slice text);
void grid_string(struct grid *grid, size_t column, const char *text);
void grid_count(struct grid *grid, size_t column, uint64_t x);
void grid_address(struct grid *grid, size_t column, const struct net_addr *addr);
/* A time as text_time writes it. */
void grid_time(struct grid *grid, size_t column, enum fosip_time form, int64_t ns, int64_t first,
               int64_t before);
/* A number with that many decimals; "-" (nothing in CSV) when unknown. */
void grid_number(struct grid *grid, size_t column, double x, int decimals);
/* A terminal colour for the cell. */
void grid_style(struct grid *grid, size_t column, const char *style);

/* Before rows are filled: what their format is. */
void grid_begin(struct grid *grid);
/* Fills row i, its text from `at` on, behind what of text.p is to be kept; false: it is
 * left out.  There are GRID_SLACK octets behind the text. */
bool grid_fill(struct grid *grid, size_t i, size_t at);
enum { GRID_SLACK = 16 };
/* Room for `want` octets of text, and as many again; false when memory is short. */
bool grid_grow(struct grid *grid, size_t want);

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
