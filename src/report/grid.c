/* Owns how rows are aligned and quoted. */
#include "report/grid.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/digits.h"

const char *style_title(const struct fosip_report_options *o)
{
    return o->color ? "\033[1m" : "";
}

const char *style_good(const struct fosip_report_options *o)
{
    return o->color ? "\033[32m" : "";
}

const char *style_bad(const struct fosip_report_options *o)
{
    return o->color ? "\033[31m" : "";
}

const char *style_doubt(const struct fosip_report_options *o)
{
    return o->color ? "\033[33m" : "";
}

const char *style_faint(const struct fosip_report_options *o)
{
    return o->color ? "\033[2m" : "";
}

const char *style_end(const struct fosip_report_options *o)
{
    return o->color ? "\033[0m" : "";
}

/* Whether the format that is being printed has the column. */
static bool is_wanted(const struct grid *g, size_t column)
{
    return g->csv ? g->columns[column].name != NULL : g->columns[column].title != NULL;
}

void grid_slice(struct grid *g, size_t column, struct slice text)
{
    if (text.n + 1 > g->cell[column].room) {
        size_t room = (text.n + 1) * 2;
        char *grown = realloc(g->cell[column].p, room);

        if (!grown)
            return;
        g->cell[column].p = grown;
        g->cell[column].room = room;
    }
    if (text.n)
        memcpy(g->cell[column].p, text.p, text.n);
    g->cell[column].n = text.n;
}

void grid_printf(struct grid *g, size_t column, const char *format, ...)
{
    char text[1024];
    va_list args;

    if (!is_wanted(g, column))
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    grid_slice(g, column, slice_str(text));
}

void grid_string(struct grid *g, size_t column, const char *text)
{
    if (is_wanted(g, column))
        grid_slice(g, column, slice_str(text));
}

void grid_count(struct grid *g, size_t column, uint64_t x)
{
    char digits[DIGITS_ROOM];

    if (is_wanted(g, column))
        grid_slice(g, column, slice_make(digits, digits_u64(digits, x)));
}

void grid_number(struct grid *g, size_t column, double x, int decimals)
{
    char digits[DIGITS_ROOM];

    if (is_wanted(g, column) && isfinite(x))
        grid_slice(g, column, slice_make(digits, digits_fixed(digits, x, (unsigned)decimals)));
}

void grid_style(struct grid *g, size_t column, const char *style)
{
    g->cell[column].style = style;
}

static bool fill(struct grid *g, size_t i)
{
    for (size_t c = 0; c < g->count; c++) {
        g->cell[c].n = 0;
        g->cell[c].style = "";
    }
    return g->row(g->ctx, i, g);
}

static struct slice cell(const struct grid *g, size_t c)
{
    return g->cell[c].n ? slice_make(g->cell[c].p, g->cell[c].n) : SLICE("-");
}

static void measure_cell(struct grid *g, size_t c, bool unicode)
{
    struct slice text = cell(g, c);
    unsigned most = g->columns[c].most;
    bool plain = text_is_plain(text);
    unsigned width = plain ? (unsigned)text.n : text_width(text, unicode);

    g->cell[c].plain = plain && (!most || width <= most);
    g->cell[c].width = most && width > most ? most : width;
}

static bool fill_for_text(struct grid *g, size_t i, bool unicode)
{
    if (!fill(g, i))
        return false;
    for (size_t c = 0; c < g->count; c++)
        if (g->columns[c].title)
            measure_cell(g, c, unicode);
    return true;
}

/* Rows as they were measured, for printing: as many as fit.  Filling a row
 * again costs more than the few octets that it is kept in. */
struct shelf {
    char *p;
    size_t n, room;
    size_t rows; /* of the grid that have been seen; later ones are not here */
    bool full;
    const char *styles[8]; /* those that cells have */
};

enum { MOST_KEPT = 32 * 1024 * 1024 };

/* What stands before the text of a cell. */
struct kept_cell {
    uint16_t n, width;
    uint8_t style; /* its place in shelf.styles */
    bool plain;
};

/* False when there are more styles than the shelf knows. */
static bool keep_style(struct shelf *s, const char *style, uint8_t *place)
{
    for (*place = 0; *place < sizeof s->styles / sizeof s->styles[0]; ++*place) {
        if (!s->styles[*place])
            s->styles[*place] = style;
        if (s->styles[*place] == style)
            return true;
    }
    return false;
}

static bool shelve_octets(struct shelf *s, const void *octets, size_t n)
{
    if (s->n + n > s->room) {
        size_t room = (s->n + n) * 2;
        char *grown = room <= MOST_KEPT ? realloc(s->p, room) : NULL;

        if (!grown)
            return false;
        s->p = grown;
        s->room = room;
    }
    if (n)
        memcpy(s->p + s->n, octets, n);
    s->n += n;
    return true;
}

static bool shelve_cell(struct shelf *s, const struct grid *g, size_t c)
{
    struct kept_cell head = {.n = (uint16_t)g->cell[c].n,
                             .width = (uint16_t)g->cell[c].width,
                             .plain = g->cell[c].plain};

    return head.n == g->cell[c].n && head.width == g->cell[c].width &&
           keep_style(s, g->cell[c].style, &head.style) && shelve_octets(s, &head, sizeof head) &&
           shelve_octets(s, g->cell[c].p, head.n);
}

static void shelve(struct shelf *s, const struct grid *g)
{
    size_t before = s->n;

    for (size_t c = 0; c < g->count && !s->full; c++)
        if (g->columns[c].title)
            s->full = !shelve_cell(s, g, c);
    if (s->full)
        s->n = before;
}

/* The next row from the shelf. */
static void unshelve(const struct shelf *s, size_t *at, struct grid *g)
{
    for (size_t c = 0; c < g->count; c++) {
        struct kept_cell head;

        if (!g->columns[c].title)
            continue;
        memcpy(&head, s->p + *at, sizeof head);
        *at += sizeof head;
        g->cell[c].style = s->styles[head.style];
        g->cell[c].width = head.width;
        g->cell[c].plain = head.plain;
        grid_slice(g, c, slice_make(s->p + *at, head.n));
        *at += head.n;
    }
}

static void free_cells(struct grid *g)
{
    for (size_t c = 0; c < g->count; c++)
        free(g->cell[c].p);
}

static void print_cell(struct line *line, const struct grid *g, size_t c, unsigned start,
                       unsigned width, const struct fosip_report_options *o)
{
    const char *style = g->cell[c].style;

    line_pad(line, start + (g->columns[c].right ? width - g->cell[c].width : 0));
    if (*style)
        line_style(line, style);
    if (g->cell[c].plain)
        line_add_plain(line, cell(g, c));
    else
        line_add_foreign(line, cell(g, c), g->columns[c].most);
    if (*style)
        line_style(line, style_end(o));
}

static void print_row(struct line *line, const struct grid *g, const unsigned *widths,
                      const struct fosip_report_options *o, FILE *out)
{
    unsigned start = 0;

    line_clear(line);
    for (size_t c = 0; c < g->count; c++) {
        if (!g->columns[c].title)
            continue;
        print_cell(line, g, c, start, widths[c], o);
        start += widths[c] + 2;
    }
    line_write(line, out);
}

static void print_titles(struct line *line, const struct grid *g, const unsigned *widths,
                         const struct fosip_report_options *o, FILE *out)
{
    unsigned start = 0;

    line_clear(line);
    line_style(line, style_title(o));
    for (size_t c = 0; c < g->count; c++) {
        const char *title = g->columns[c].title;

        if (!title)
            continue;
        line_pad(line, start + (g->columns[c].right ? widths[c] - (unsigned)strlen(title) : 0));
        line_add(line, title);
        start += widths[c] + 2;
    }
    line_style(line, style_end(o));
    line_write(line, out);
}

static void widen(const struct grid *g, unsigned *widths)
{
    for (size_t c = 0; c < g->count; c++)
        if (g->columns[c].title && g->cell[c].width > widths[c])
            widths[c] = g->cell[c].width;
}

/* Measures all rows and keeps what fits: how many there are. */
static size_t measure(struct grid *g, unsigned *widths, bool unicode, struct shelf *shelf)
{
    size_t count = 0;

    for (size_t c = 0; c < g->count; c++)
        widths[c] = g->columns[c].title ? (unsigned)strlen(g->columns[c].title) : 0;
    for (size_t i = 0; i < g->rows; i++) {
        if (fill_for_text(g, i, unicode)) {
            count++;
            widen(g, widths);
            if (!shelf->full)
                shelve(shelf, g);
        }
        if (!shelf->full)
            shelf->rows = i + 1;
    }
    return count;
}

size_t grid_text(struct grid *g, const struct fosip_report_options *o, FILE *out)
{
    unsigned widths[GRID_MAX_COLUMNS] = {0};
    struct line line = {.unicode = o->unicode};
    struct shelf shelf = {0};
    size_t count = measure(g, widths, o->unicode, &shelf), at = 0;

    if (count)
        print_titles(&line, g, widths, o, out);
    while (at < shelf.n) {
        unshelve(&shelf, &at, g);
        print_row(&line, g, widths, o, out);
    }
    /* The last one of the shelf is filled again, for what the next one refers
     * to (the time before). */
    for (size_t i = shelf.rows ? shelf.rows - 1 : 0; shelf.full && i < g->rows; i++)
        if (fill_for_text(g, i, o->unicode) && i >= shelf.rows)
            print_row(&line, g, widths, o, out);
    free(shelf.p);
    line_free(&line);
    free_cells(g);
    return count;
}

static void csv_field(const char *p, size_t n, FILE *out)
{
    bool quote = memchr(p, ',', n) || memchr(p, '"', n) || memchr(p, '\n', n) || memchr(p, '\r', n);

    if (quote)
        putc('"', out);
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '"')
            putc('"', out);
        putc(p[i], out);
    }
    if (quote)
        putc('"', out);
}

static void csv_foreign(struct slice s, FILE *out)
{
    size_t n;
    char *valid = s.n ? text_to_utf8(s, &n) : NULL;

    if (valid)
        csv_field(valid, n, out);
    free(valid);
}

void grid_csv(struct grid *g, FILE *out)
{
    bool first = true;

    g->csv = true;
    for (size_t c = 0; c < g->count && !g->untitled; c++) {
        if (!g->columns[c].name)
            continue;
        fprintf(out, "%s%s", first ? "" : ",", g->columns[c].name);
        first = false;
    }
    if (!g->untitled)
        fputs("\r\n", out);
    for (size_t i = 0; i < g->rows; i++) {
        if (!fill(g, i))
            continue;
        first = true;
        for (size_t c = 0; c < g->count; c++) {
            if (!g->columns[c].name)
                continue;
            if (!first)
                putc(',', out);
            first = false;
            csv_foreign(slice_make(g->cell[c].p, g->cell[c].n), out);
        }
        fputs("\r\n", out);
    }
    free_cells(g);
}
