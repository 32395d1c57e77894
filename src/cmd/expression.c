/* Reads expressions, and shows where they are wrong. */
#include "cmd/expression.h"

#include <string.h>

enum { BEFORE = 60, AFTER = 36 }; /* characters shown around the place */

static bool is_first_octet(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

size_t expression_column(const char *text, size_t offset)
{
    size_t column = 1;

    for (size_t i = 0; i < offset && text[i]; i++)
        column += is_first_octet(text[i + 1]) || !text[i + 1];
    return column;
}

static size_t back(const char *text, size_t at, size_t characters)
{
    while (at && characters) {
        at--;
        characters -= is_first_octet(text[at]);
    }
    return at;
}

static void put(FILE *out, char c)
{
    putc((unsigned char)c < ' ' || c == 0x7f ? ' ' : c, out);
}

void expression_point(FILE *out, const char *text, const struct fosip_place *place)
{
    size_t from = back(text, place->offset, BEFORE), to = place->offset, shown = 0;

    while (text[to] && (shown < AFTER || !is_first_octet(text[to])))
        shown += is_first_octet(text[to++]);
    fputs("  ", out);
    for (size_t i = from; i < to; i++)
        put(out, text[i]);
    fputs("\n  ", out);
    for (size_t i = from; i < place->offset; i++)
        if (is_first_octet(text[i]))
            putc(' ', out);
    putc('^', out);
    for (size_t i = place->offset + 1; i < place->offset + place->length && i < to; i++)
        if (is_first_octet(text[i]))
            putc('~', out);
    putc('\n', out);
}

struct fosip_filter *expression_read(const char *option, const char *text)
{
    struct fosip_filter *filter;
    struct fosip_error err = {0};
    struct fosip_place place = {0, 0};

    if (fosip_filter_compile(&filter, text, &place, &err) == 0)
        return filter;
    fprintf(stderr, "fosip: %s: column %zu: %s\n", option, expression_column(text, place.offset),
            err.text);
    expression_point(stderr, text, &place);
    return NULL;
}

void expression_print_fields(void)
{
    struct fosip_filter_field f;

    for (size_t i = 0; fosip_filter_field(i, &f); i++)
        printf("%s\t%s\t%s\t%s\t%s\n", f.name, f.type, f.unit, f.of, f.what);
}
