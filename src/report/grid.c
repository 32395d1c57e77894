/* Owns how cells are filled, and CSV. */
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

void grid_begin(struct grid *g)
{
    for (size_t c = 0; c < g->count; c++) {
        const struct grid_column *column = &g->columns[c];

        g->wanted[c] = (g->csv ? column->name : column->title) != NULL;
        g->most[c] = column->most && column->most < UINT8_MAX ? (uint8_t)column->most : UINT8_MAX;
    }
}

bool grid_grow(struct grid *g, size_t want)
{
    char *grown = want < UINT32_MAX / 2 ? realloc(g->text.p, want * 2) : NULL;

    if (!grown)
        return false;
    g->text.p = grown;
    g->text.room = want * 2;
    return true;
}

/* Where n octets of a cell's text, and the slack, have room; NULL when memory is short. */
static inline char *room_for(struct grid *g, size_t n)
{
    size_t want = g->text.n + n + GRID_SLACK;

    return want <= g->text.room || grid_grow(g, want) ? g->text.p + g->text.n : NULL;
}

/* The cell's text, of n octets, is there. */
static inline void end_cell(struct grid *g, size_t column, size_t n)
{
    g->simple &= (column >= g->next) & (n <= g->most[column]);
    g->next = column + 1;
    g->length[column] = (uint8_t)n;
    g->cell[column] = (struct grid_cell){(uint32_t)(g->text.n - g->text.row), (uint32_t)n};
    g->text.n += n;
}

/* Copies the text, and blanks into the slack behind it: as text_is_plain. */
static inline bool copy_plain(char *to, struct slice text)
{
    uint64_t octets;
    bool plain = true;

    for (; text.n >= sizeof octets; to += sizeof octets) {
        memcpy(&octets, text.p, sizeof octets);
        memcpy(to, &octets, sizeof octets);
        plain &= text_eight_plain(octets);
        text = slice_make(text.p + sizeof octets, text.n - sizeof octets);
    }
    octets = text_last_octets(text);
    memcpy(to, &octets, sizeof octets);
    return plain & text_eight_plain(octets);
}

void grid_slice(struct grid *g, size_t column, struct slice text)
{
    char *to = g->wanted[column] ? room_for(g, text.n) : NULL;

    if (!to)
        return;
    g->simple &= copy_plain(to, text);
    end_cell(g, column, text.n);
}

void grid_printf(struct grid *g, size_t column, const char *format, ...)
{
    char text[1024];
    va_list args;

    if (!g->wanted[column])
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    grid_slice(g, column, slice_str(text));
}

void grid_string(struct grid *g, size_t column, const char *text)
{
    if (g->wanted[column])
        grid_slice(g, column, slice_str(text));
}

void grid_count(struct grid *g, size_t column, uint64_t x)
{
    char *to = g->wanted[column] ? room_for(g, DIGITS_ROOM) : NULL;

    if (to)
        end_cell(g, column, digits_u64(to, x));
}

void grid_number(struct grid *g, size_t column, double x, int decimals)
{
    char *to = g->wanted[column] && isfinite(x) ? room_for(g, DIGITS_ROOM) : NULL;

    if (to)
        end_cell(g, column, digits_fixed(to, x, (unsigned)decimals));
}

void grid_address(struct grid *g, size_t column, const struct net_addr *addr)
{
    char *to = g->wanted[column] ? room_for(g, ADDR_TEXT) : NULL;

    if (to)
        end_cell(g, column, addr_write(addr, to));
}

void grid_time(struct grid *g, size_t column, enum fosip_time form, int64_t ns, int64_t first,
               int64_t before)
{
    char *to = g->wanted[column] ? room_for(g, TEXT_TIME) : NULL;

    if (to)
        end_cell(g, column, strlen(text_time(form, ns, first, before, to)));
}

void grid_style(struct grid *g, size_t column, const char *style)
{
    if (!*style || !g->wanted[column])
        return;
    g->style[column] = style;
    g->styled = true;
    g->simple = false;
}

bool grid_fill(struct grid *g, size_t i, size_t at)
{
    g->text.n = g->text.row = at;
    g->next = 0;
    g->simple = true;
    memset(g->length, 0, sizeof g->length);
    memset(g->cell, 0, g->count * sizeof g->cell[0]);
    if (g->styled)
        memset(g->style, 0, sizeof g->style);
    g->styled = false;
    return room_for(g, 0) && g->row(g->ctx, i, g);
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
    grid_begin(g);
    for (size_t c = 0; c < g->count && !g->untitled; c++) {
        if (!g->columns[c].name)
            continue;
        fprintf(out, "%s%s", first ? "" : ",", g->columns[c].name);
        first = false;
    }
    if (!g->untitled)
        fputs("\r\n", out);
    for (size_t i = 0; i < g->rows; i++) {
        if (!grid_fill(g, i, 0))
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
