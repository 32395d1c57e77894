/* Owns how rows are aligned as text: they are measured, kept as they were filled, and
 * printed when the widths of columns are known. */
#include <stdlib.h>

#include "report/grid.h"

/* Rows as they were measured lie in grid.text, as many as fit.  Filling a row again
 * costs more than the few octets that it is kept in. */
enum { MOST_KEPT = 128 * 1024 * 1024 };

/* What a row begins with; the lengths of its cells follow, an octet each, then its
 * text, and unless it is simple a kept_cell for each. */
struct kept_row {
    uint32_t n; /* of the text */
    bool simple;
};

struct kept_cell {
    const char *style;
    uint32_t at, n;
    uint32_t width; /* what it takes on a terminal */
    bool plain;     /* printed as it is */
};

/* A column that is printed. */
struct shown {
    uint8_t column;
    bool right;
    unsigned width;
    unsigned start; /* in the row */
};

struct layout {
    struct shown shown[GRID_MAX_COLUMNS];
    size_t count;
    size_t width; /* of a row */
};

enum { PAGE = 32 * 1024, STEP = GRID_SLACK };

/* Of a cell without text, and what may be read behind it. */
static const char none[STEP] = "-";

struct printing {
    const struct grid *grid;
    const struct fosip_report_options *o;
    FILE *out;
    unsigned widths[GRID_MAX_COLUMNS];
    uint8_t longest[GRID_MAX_COLUMNS]; /* cells of simple rows */
    struct layout layout;
    struct line line;
    size_t kept; /* octets of kept rows */
    size_t seen; /* of the grid's rows: later ones are not kept */
    bool full;
    size_t n; /* octets in the page */
    char page[PAGE];
};

/* ---- measuring ------------------------------------------------------------------ */

static struct slice cell_text(const char *text, uint32_t at, uint32_t n)
{
    return n ? slice_make(text + at, n) : SLICE("-");
}

static struct kept_cell measure_cell(const struct grid *g, size_t c, const char *text,
                                     bool unicode)
{
    const struct grid_cell *cell = &g->cell[c];
    struct slice s = cell_text(text, cell->at, cell->n);
    unsigned most = g->columns[c].most;
    bool plain = text_is_plain(s);
    unsigned width = plain ? (unsigned)s.n : text_width(s, unicode);

    return (struct kept_cell){.style = g->style[c] ? g->style[c] : "",
                              .at = cell->at,
                              .n = cell->n,
                              .width = most && width > most ? most : width,
                              .plain = plain && (!most || width <= most)};
}

/* The cells of the row that was filled, which is not simple. */
static void measure_cells(struct printing *p, const char *text, struct kept_cell *cells)
{
    const struct grid *g = p->grid;

    for (size_t c = 0; c < g->count; c++) {
        if (!g->columns[c].title)
            continue;
        cells[c] = measure_cell(g, c, text, p->o->unicode);
        if (cells[c].width > p->widths[c])
            p->widths[c] = cells[c].width;
    }
}

/* So that the compiler can do it for many columns at once. */
static inline void measure_simple(uint8_t *restrict longest, const uint8_t *restrict length)
{
    for (size_t c = 0; c < GRID_MAX_COLUMNS; c++)
        longest[c] = length[c] > longest[c] ? length[c] : longest[c];
}

static size_t head_size(const struct grid *g)
{
    return sizeof(struct kept_row) + g->count;
}

/* Room for n octets behind the row's text. */
static bool has_room(struct grid *g, size_t n)
{
    return g->text.n + n <= g->text.room || grid_grow(g, g->text.n + n);
}

/* Measures the row that was filled behind those kept, and keeps it while there is room. */
static void take_row(struct printing *p, struct grid *g)
{
    struct kept_row row = {.n = (uint32_t)(g->text.n - g->text.row), .simple = g->simple};
    struct kept_cell cells[GRID_MAX_COLUMNS];
    size_t more = row.simple ? 0 : g->count * sizeof cells[0];

    if (row.simple)
        measure_simple(p->longest, g->length);
    else
        measure_cells(p, g->text.p + g->text.row, cells);
    p->full = p->full || g->text.n + more > MOST_KEPT || !has_room(g, more);
    if (p->full)
        return;
    memcpy(g->text.p + p->kept, &row, sizeof row);
    memcpy(g->text.p + p->kept + sizeof row, g->length, g->count);
    if (more)
        memcpy(g->text.p + g->text.n, cells, more);
    p->kept = g->text.n + more;
}

/* Room for what the rows are likely to take: it need not be moved while it grows, and what
 * is not used of it is never in memory. */
static void expect_rows(struct grid *g)
{
    enum { LIKELY = 192 }; /* octets of a row */
    size_t most = MOST_KEPT / LIKELY, rows = g->rows < most ? g->rows : most;

    grid_grow(g, rows * LIKELY / 2);
}

/* Measures all rows and keeps what fits: how many there are. */
static size_t measure(struct printing *p, struct grid *g)
{
    size_t count = 0;

    for (size_t c = 0; c < g->count; c++)
        p->widths[c] = g->columns[c].title ? (unsigned)strlen(g->columns[c].title) : 0;
    for (size_t i = 0; i < g->rows; i++) {
        if (grid_fill(g, i, p->kept + head_size(g))) {
            take_row(p, g);
            count++;
        }
        if (!p->full)
            p->seen = i + 1;
    }
    for (size_t c = 0; c < g->count; c++)
        if (g->columns[c].title && p->longest[c] > p->widths[c])
            p->widths[c] = p->longest[c];
    return count;
}

static void lay_out(struct printing *p)
{
    struct layout *l = &p->layout;

    for (size_t c = 0; c < p->grid->count; c++) {
        if (!p->grid->columns[c].title)
            continue;
        l->shown[l->count++] = (struct shown){(uint8_t)c, p->grid->columns[c].right,
                                              p->widths[c], (unsigned)l->width};
        l->width += p->widths[c] + 2;
    }
}

/* ---- printing ------------------------------------------------------------------- */

static void write_page(struct printing *p)
{
    fwrite(p->page, 1, p->n, p->out);
    p->n = 0;
}

static void print_titles(struct printing *p)
{
    struct line *line = &p->line;

    line_clear(line);
    line_style(line, style_title(p->o));
    for (size_t i = 0; i < p->layout.count; i++) {
        const struct shown *s = &p->layout.shown[i];
        const char *title = p->grid->columns[s->column].title;

        line_pad(line, s->start + (s->right ? s->width - (unsigned)strlen(title) : 0));
        line_add(line, title);
    }
    line_style(line, style_end(p->o));
    line_write(line, p->out);
}

static void print_cell(struct printing *p, const struct shown *s, const struct kept_cell *cell,
                       const char *text)
{
    struct line *line = &p->line;
    struct slice octets = cell_text(text, cell->at, cell->n);

    line_pad(line, s->start + (s->right ? s->width - cell->width : 0));
    if (*cell->style)
        line_style(line, cell->style);
    if (cell->plain)
        line_add_plain(line, octets);
    else
        line_add_foreign(line, octets, p->grid->columns[s->column].most);
    if (*cell->style)
        line_style(line, style_end(p->o));
}

static void print_cells(struct printing *p, const struct kept_cell *cells, const char *text)
{
    line_clear(&p->line);
    for (size_t i = 0; i < p->layout.count; i++) {
        const struct shown *s = &p->layout.shown[i];

        print_cell(p, s, &cells[s->column], text);
    }
    write_page(p);
    line_write(&p->line, p->out);
}

/* Writes blanks behind it, too, up to STEP octets from its beginning on; reads as many. */
static inline void put_text(char *to, const char *text, size_t n)
{
    memcpy(to, text, STEP);
    memset(to + n, ' ', STEP);
    if (n > STEP)
        memcpy(to + STEP, text + STEP, n - STEP);
}

/* From left to right, onto blanks. */
static void print_simple(struct printing *p, const uint8_t *lengths, const char *text)
{
    const struct layout *l = &p->layout;
    char *line, *end;

    if (l->width + 2 * STEP > PAGE - p->n)
        write_page(p);
    line = end = p->page + p->n;
    memset(line, ' ', l->width);
    for (size_t i = 0; i < l->count; i++) {
        const struct shown *s = &l->shown[i];
        size_t n = lengths[s->column], taken = n ? n : 1;
        char *to = line + s->start + (s->right ? s->width - taken : 0);

        put_text(to, n ? text : none, taken);
        text += n;
        end = to + taken;
    }
    while (end > line && end[-1] == ' ')
        end--;
    *end++ = '\n';
    p->n = (size_t)(end - p->page);
}

/* The same where a line is too long for the page. */
static void print_wide(struct printing *p, const uint8_t *lengths, const char *text)
{
    struct kept_cell cells[GRID_MAX_COLUMNS];
    uint32_t at = 0;

    for (size_t c = 0; c < p->grid->count; c++) {
        cells[c] = (struct kept_cell){"", at, lengths[c], lengths[c] ? lengths[c] : 1, true};
        at += lengths[c];
    }
    print_cells(p, cells, text);
}

static void print_row(struct printing *p, const uint8_t *lengths, const char *text)
{
    if (p->layout.width + 2 * STEP <= PAGE)
        print_simple(p, lengths, text);
    else
        print_wide(p, lengths, text);
}

static void print_kept(struct printing *p)
{
    const struct grid *g = p->grid;
    struct kept_cell cells[GRID_MAX_COLUMNS];
    struct kept_row row;

    for (size_t at = 0; at < p->kept; at += head_size(g) + row.n) {
        const char *text = g->text.p + at + head_size(g);

        memcpy(&row, g->text.p + at, sizeof row);
        if (row.simple) {
            print_row(p, (const uint8_t *)g->text.p + at + sizeof row, text);
            continue;
        }
        memcpy(cells, text + row.n, g->count * sizeof cells[0]);
        print_cells(p, cells, text);
        at += g->count * sizeof cells[0];
    }
}

/* Those that found no room.  The last one that did is filled again, for what the next
 * one refers to (the time before). */
static void print_others(struct printing *p, struct grid *g)
{
    struct kept_cell cells[GRID_MAX_COLUMNS];

    for (size_t i = p->seen ? p->seen - 1 : 0; p->full && i < g->rows; i++) {
        const char *text;

        if (!grid_fill(g, i, 0) || i < p->seen)
            continue;
        text = g->text.p + g->text.row;
        if (g->simple) {
            print_row(p, g->length, text);
        } else {
            measure_cells(p, text, cells);
            print_cells(p, cells, text);
        }
    }
}

size_t grid_text(struct grid *g, const struct fosip_report_options *o, FILE *out)
{
    struct printing p;
    size_t count;

    p.grid = g;
    p.o = o;
    p.out = out;
    p.line = (struct line){.unicode = o->unicode};
    p.layout.count = p.layout.width = 0;
    p.kept = p.seen = p.n = 0;
    p.full = false;
    memset(p.longest, 0, sizeof p.longest);
    memset(p.widths, 0, sizeof p.widths);
    grid_begin(g);
    expect_rows(g);
    count = measure(&p, g);
    lay_out(&p);
    if (count)
        print_titles(&p);
    print_kept(&p);
    print_others(&p, g);
    write_page(&p);
    line_free(&p.line);
    free(g->text.p);
    return count;
}
