/* Text for people and files: safe, measured in columns, independent of the
 * locale. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stdio.h>

#include "base/slice.h"
#include "fosip/fosip.h"

enum { TEXT_TIME = 64 };

bool text_is_ascii(struct slice s);

/* A malloc'd copy (NUL after it, *n without it) in which octets that are not
 * UTF-8 became U+FFFD; NULL when memory is short. */
char *text_to_utf8(struct slice s, size_t *n);

/* "2026-11-23T16:46:30.950450200Z"; without a date or a year what is known of
 * it, "16:46:30.950450200" and "11-23T16:46:30.950450200"; "-" when unknown. */
char *text_utc(int64_t ns, char out[TEXT_TIME]);
/* A time as the options ask, "-" when that is unknown; `first` is the capture's
 * first packet, `before` the time in the row before. */
char *text_time(enum fosip_time form, int64_t ns, int64_t first, int64_t before,
                char out[TEXT_TIME]);
/* Whether all eight octets are from 0x20 to 0x7e. */
static inline bool text_eight_plain(uint64_t octets)
{
    const uint64_t each = 0x0101010101010101, high = 0x80 * each;

    return !((octets | (octets + each) | ~(octets + 0x60 * each)) & high);
}

/* Fewer than eight octets, blanks behind them. */
static inline uint64_t text_last_octets(struct slice s)
{
    uint64_t octets = 0x2020202020202020;

    if (s.n & 4)
        memcpy(&octets, s.p, 4);
    if (s.n & 2)
        memcpy((char *)&octets + (s.n & 4), s.p + (s.n & 4), 2);
    if (s.n & 1)
        memcpy((char *)&octets + (s.n & 6), s.p + (s.n & 6), 1);
    return octets;
}

/* A line of text that is put together column by column: what comes from the
 * capture is made safe (control characters and broken UTF-8 are shown as
 * escapes), and its width on a terminal is counted. */
struct line {
    char *p;
    size_t n, room;
    unsigned columns;
    bool unicode; /* else what is not ASCII is shown as escapes */
};
void line_clear(struct line *line);
void line_free(struct line *line);
/* Adds our own text, which is printable. */
void line_add(struct line *line, const char *text);
void line_printf(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds text from the capture, made safe, cut with an ellipsis to `width`
 * columns (0: not cut). */
void line_add_foreign(struct line *line, struct slice s, unsigned width);
/* Adds text of which text_is_plain holds. */
void line_add_plain(struct line *line, struct slice s);
/* Adds so many blanks: where they begin, NULL when memory is short. */
char *line_blanks(struct line *line, unsigned columns);
/* Blanks up to that column. */
void line_pad(struct line *line, unsigned column);
/* Adds a terminal's colour sequence; takes no column. */
void line_style(struct line *line, const char *sequence);
/* Writes the line without blanks at its end, and a line feed. */
void line_write(const struct line *line, FILE *out);

/* Writes text from the capture line by line, each made safe, behind so many blanks; CR
 * at line ends is not shown. */
void text_write_lines(struct slice text, unsigned indent, bool unicode, FILE *out);

/* Whether each octet is a visible character of US-ASCII or a blank, as in most text:
 * nothing to be made safe, and a column each. */
bool text_is_plain(struct slice s);

/* The columns that text takes on a terminal once it is made safe. */
unsigned text_width(struct slice s, bool unicode);

#endif
