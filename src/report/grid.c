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
    size_t want = g->text.n + text.n;

    if (want > g->text.room) {
        char *grown = want < UINT32_MAX / 2 ? realloc(g->text.p, want * 2) : NULL;

        if (!grown)
            return;
        g->text.p = grown;
        g->text.room = want * 2;
    }
    if (text.n)
        memcpy(g->text.p + g->text.n, text.p, text.n);
    g->cell[column].at = (uint32_t)g->text.n;
    g->cell[column].n = (uint32_t)text.n;
    g->text.n = want;
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
    g->text.n = 0;
    for (size_t c = 0; c < g->count; c++) {
        g->cell[c].n = 0;
        g->cell[c].style = "";
    }
    return g->row(g->ctx, i, g);
}

static struct slice cell_text(const struct grid *g, const struct grid_cell *cell)
{
    return cell->n ? slice_make(g->text.p + cell->at, cell->n) : SLICE("-");
}

static void measure_cell(const struct grid *g, size_t c, bool row_plain, bool unicode,
                         struct grid_cell *cell)
{
    struct slice text = cell_text(g, cell);
    unsigned most = g->columns[c].most;
    bool plain = row_plain || text_is_plain(text);
    unsigned width = plain ? (unsigned)text.n : text_width(text, unicode);

    cell->plain = plain && (!most || width <= most);
    cell->width = most && width > most ? most : width;
}

static bool fill_for_text(struct grid *g, size_t i, bool unicode)
{
    bool plain;

    if (!fill(g, i))
        return false;
    plain = text_is_plain(slice_make(g->text.p, g->text.n));
    for (size_t c = 0; c < g->count; c++)
        if (g->columns[c].title)
            measure_cell(g, c, plain, unicode, &g->cell[c]);
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

/* What a row begins with; its cells follow, then its text. */
struct kept_row {
    uint16_t n; /* of the text */
    bool simple; /* a cell is the octet that says how long its text is; else a kept_cell */
};

struct kept_cell {
    uint16_t at, n, width;
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

static bool make_room(struct shelf *s, size_t n)
{
    size_t room = s->n + n <= MOST_KEPT / 2 ? (s->n + n) * 2 : MOST_KEPT;
    char *grown;

    if (s->p && s->n + n <= s->room)
        return true;
    grown = s->n + n <= MOST_KEPT ? realloc(s->p, room) : NULL;
    if (!grown)
        return false;
    s->p = grown;
    s->room = room;
    return true;
}

/* Most rows are: short cells without colours, printed as they are, one after another. */
static bool is_simple(const struct grid *g)
{
    size_t at = 0;

    for (size_t c = 0; c < g->count; c++) {
        const struct grid_cell *cell = &g->cell[c];

        if (!g->columns[c].title)
            continue;
        if (!cell->plain || *cell->style || cell->n > UINT8_MAX || (cell->n && cell->at != at))
            return false;
        at += cell->n;
    }
    return at == g->text.n;
}

static void keep_octets(struct shelf *s, const void *octets, size_t n)
{
    if (n)
        memcpy(s->p + s->n, octets, n);
    s->n += n;
}

static bool keep_cell(struct shelf *s, const struct grid_cell *cell)
{
    struct kept_cell kept = {.at = (uint16_t)cell->at,
                             .n = (uint16_t)cell->n,
                             .width = (uint16_t)cell->width,
                             .plain = cell->plain};

    if (kept.width != cell->width || !keep_style(s, cell->style, &kept.style))
        return false;
    keep_octets(s, &kept, sizeof kept);
    return true;
}

static bool keep_row(struct shelf *s, const struct grid *g)
{
    struct kept_row kept = {.n = (uint16_t)g->text.n, .simple = is_simple(g)};

    if (kept.n != g->text.n ||
        !make_room(s, sizeof kept + g->count * sizeof(struct kept_cell) + kept.n))
        return false;
    keep_octets(s, &kept, sizeof kept);
    for (size_t c = 0; c < g->count; c++) {
        if (!g->columns[c].title)
            continue;
        if (kept.simple)
            s->p[s->n++] = (char)g->cell[c].n;
        else if (!keep_cell(s, &g->cell[c]))
            return false;
    }
    keep_octets(s, g->text.p, kept.n);
    return true;
}

static void shelve(struct shelf *s, const struct grid *g)
{
    size_t before = s->n;

    s->full = !keep_row(s, g);
    if (s->full)
        s->n = before;
}

/* Fills the row with the next one from the shelf, which is not simple. */
static void unshelve(const struct shelf *s, size_t *at, size_t n, struct grid *g)
{
    g->text.n = 0;
    for (size_t c = 0; c < g->count; c++) {
        struct kept_cell kept;

        if (!g->columns[c].title)
            continue;
        memcpy(&kept, s->p + *at, sizeof kept);
        *at += sizeof kept;
        g->cell[c] = (struct grid_cell){.at = kept.at,
                                        .n = kept.n,
                                        .width = kept.width,
                                        .plain = kept.plain,
                                        .style = s->styles[kept.style]};
    }
    if (n && n <= g->text.room) /* it has been there before */
        memcpy(g->text.p, s->p + *at, n);
    *at += n;
}

static void print_cell(struct line *line, const struct grid *g, size_t c, unsigned start,
                       unsigned width, const struct fosip_report_options *o)
{
    const struct grid_cell *cell = &g->cell[c];

    line_pad(line, start + (g->columns[c].right ? width - cell->width : 0));
    if (*cell->style)
        line_style(line, cell->style);
    if (cell->plain)
        line_add_plain(line, cell_text(g, cell));
    else
        line_add_foreign(line, cell_text(g, cell), g->columns[c].most);
    if (*cell->style)
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

/* A simple row from the shelf: lengths of cells, then their text. */
static void print_simple(struct line *line, const struct grid *g, const unsigned *widths,
                         const char *lengths, const char *text, FILE *out)
{
    unsigned all = 0;
    char *to;

    line_clear(line);
    for (size_t c = 0; c < g->count; c++)
        all += g->columns[c].title ? widths[c] + 2 : 0;
    to = line_blanks(line, all);
    for (size_t c = 0; to && c < g->count; c++) {
        unsigned n;

        if (!g->columns[c].title)
            continue;
        n = (unsigned char)*lengths++;
        if (n)
            memcpy(to + (g->columns[c].right ? widths[c] - n : 0), text, n);
        else
            to[g->columns[c].right ? widths[c] - 1 : 0] = '-';
        text += n;
        to += widths[c] + 2;
    }
    line_write(line, out);
}

static void print_shelf(struct line *line, struct grid *g, const struct shelf *s,
                        const unsigned *widths, const struct fosip_report_options *o, FILE *out)
{
    size_t titled = 0, at = 0;

    for (size_t c = 0; c < g->count; c++)
        titled += g->columns[c].title != NULL;
    while (at < s->n) {
        struct kept_row kept;

        memcpy(&kept, s->p + at, sizeof kept);
        at += sizeof kept;
        if (kept.simple) {
            print_simple(line, g, widths, s->p + at, s->p + at + titled, out);
            at += titled + kept.n;
        } else {
            unshelve(s, &at, kept.n, g);
            print_row(line, g, widths, o, out);
        }
    }
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
    size_t count = measure(g, widths, o->unicode, &shelf);

    if (count)
        print_titles(&line, g, widths, o, out);
    print_shelf(&line, g, &shelf, widths, o, out);
    /* The last one of the shelf is filled again, for what the next one refers
     * to (the time before). */
    for (size_t i = shelf.rows ? shelf.rows - 1 : 0; shelf.full && i < g->rows; i++)
        if (fill_for_text(g, i, o->unicode) && i >= shelf.rows)
            print_row(&line, g, widths, o, out);
    free(shelf.p);
    line_free(&line);
    free(g->text.p);
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
            csv_foreign(slice_make(g->text.p + g->cell[c].at, g->cell[c].n), out);
        }
        fputs("\r\n", out);
    }
    free(g->text.p);
}
