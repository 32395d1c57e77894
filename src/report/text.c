/* Owns how text gets onto a terminal or into a file. */
#include "report/text.h"

#include "base/time.h"

#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <wchar.h>

#include "base/digits.h"

/* The character that begins at s.p (RFC 3629): how many octets it takes, 0 when
 * they are not UTF-8. */
static size_t take_utf8(struct slice s, uint32_t *c)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)s.p[0];
    size_t n = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    uint32_t value = n == 1 ? first : first & (0x7fu >> n);

    if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || n > s.n)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if (((unsigned char)s.p[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | ((unsigned char)s.p[i] & 0x3f);
    }
    if (value < least[n] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *c = value;
    return n;
}

bool text_is_ascii(struct slice s)
{
    unsigned char all = 0;

    for (size_t i = 0; i < s.n; i++)
        all |= (unsigned char)s.p[i];
    return all < 0x80;
}

char *text_to_utf8(struct slice s, size_t *n)
{
    char *out = s.n < SIZE_MAX / 4 ? malloc(s.n * 3 + 1) : NULL;
    size_t at = 0;

    if (!out)
        return NULL;
    while (s.n) {
        uint32_t c;
        size_t taken = take_utf8(s, &c);

        if (taken) {
            memcpy(out + at, s.p, taken);
            at += taken;
        } else {
            memcpy(out + at, "\xef\xbf\xbd", 3);
            at += 3;
            taken = 1;
        }
        s = slice_from(s, taken);
    }
    out[at] = 0;
    *n = at;
    return out;
}

static int64_t floor_seconds(int64_t ns)
{
    return ns / 1000000000 - (ns % 1000000000 < 0);
}

/* What a log without dates says: a time of day, perhaps a day of the year. */
static char *undated(int64_t time, char out[TEXT_TIME])
{
    int64_t ns = time - time_origin(time);
    time_t seconds = (time_t)floor_seconds(ns);
    long fraction = (long)(ns % TIME_SECOND);
    struct tm tm = {0};

    if (!time_is_known(time))
        return memcpy(out, "-", 2);
    gmtime_r(&seconds, &tm);
    if (time_origin(time) == TIME_OF_YEAR)
        snprintf(out, TEXT_TIME, "%02d-%02dT%02d:%02d:%02d.%09ld", tm.tm_mon + 1, tm.tm_mday,
                 tm.tm_hour, tm.tm_min, tm.tm_sec, fraction);
    else
        snprintf(out, TEXT_TIME, "%02d:%02d:%02d.%09ld", tm.tm_hour, tm.tm_min, tm.tm_sec,
                 fraction);
    return out;
}

static size_t put_padded(char *out, int x, unsigned width, char after)
{
    size_t n = digits_padded(out, (uint32_t)x, width);

    out[n] = after;
    return n + 1;
}

/* Without a zone and a NUL; gives how many octets. */
static size_t date_and_time(const struct tm *tm, int fraction, char *out)
{
    size_t n = put_padded(out, tm->tm_year + 1900, 4, '-');

    n += put_padded(out + n, tm->tm_mon + 1, 2, '-');
    n += put_padded(out + n, tm->tm_mday, 2, 'T');
    n += put_padded(out + n, tm->tm_hour, 2, ':');
    n += put_padded(out + n, tm->tm_min, 2, ':');
    n += put_padded(out + n, tm->tm_sec, 2, '.');
    return n + digits_padded(out + n, (uint32_t)fraction, 9);
}

static char *calendar(int64_t ns, bool local, char out[TEXT_TIME])
{
    time_t seconds = (time_t)floor_seconds(ns);
    int fraction = (int)(ns - (int64_t)seconds * 1000000000);
    struct tm tm = {0};
    size_t n;
    long zone;

    if (!local) {
        gmtime_r(&seconds, &tm);
        n = date_and_time(&tm, fraction, out);
        return memcpy(out + n, "Z", 2), out;
    }
    tzset(); /* localtime_r need not look at TZ by itself */
    localtime_r(&seconds, &tm);
    zone = tm.tm_gmtoff / 60;
    n = date_and_time(&tm, fraction, out);
    snprintf(out + n, TEXT_TIME - n, "%c%02ld:%02ld", zone < 0 ? '-' : '+',
             labs(zone) / 60 % 100, labs(zone) % 60);
    return out;
}

char *text_utc(int64_t ns, char out[TEXT_TIME])
{
    return time_has_date(ns) ? calendar(ns, false, out) : undated(ns, out);
}

static char *decimal(int64_t ns, char out[TEXT_TIME])
{
    uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    size_t n = 0;

    if (ns == TIME_NO_SPAN)
        return memcpy(out, "-", 2);
    size = (size + 500) / 1000;
    if (ns < 0)
        out[n++] = '-';
    n += digits_u64(out + n, size / 1000000);
    out[n++] = '.';
    n += digits_padded(out + n, (uint32_t)(size % 1000000), 6);
    out[n] = 0;
    return out;
}

char *text_time(enum fosip_time form, int64_t ns, int64_t first, int64_t before,
                char out[TEXT_TIME])
{
    switch (form) {
    case FOSIP_TIME_DELTA:
        return decimal(time_between(before, ns), out);
    case FOSIP_TIME_UTC:
        return text_utc(ns, out);
    case FOSIP_TIME_LOCAL:
        return time_has_date(ns) ? calendar(ns, true, out) : undated(ns, out);
    case FOSIP_TIME_EPOCH:
        return decimal(time_has_date(ns) ? ns : TIME_NO_SPAN, out);
    default:
        return decimal(time_between(first, ns), out);
    }
}

/* Where n octets more, and a NUL, can be written; NULL when memory is short. */
static char *room_for(struct line *line, size_t n)
{
    size_t want = line->n + n + 1;
    char *grown;

    if (want <= line->room)
        return line->p + line->n;
    grown = realloc(line->p, want * 2);
    if (!grown)
        return NULL;
    line->p = grown;
    line->room = want * 2;
    return grown + line->n;
}

static void append(struct line *line, const char *p, size_t n)
{
    char *to = room_for(line, n);

    if (!to)
        return;
    if (n)
        memcpy(to, p, n);
    to[n] = 0;
    line->n += n;
}

void line_clear(struct line *line)
{
    line->n = 0;
    line->columns = 0;
}

void line_free(struct line *line)
{
    free(line->p);
    line->p = NULL;
    line->n = line->room = 0;
}

/* Wide and combining characters by the C library where the locale knows them;
 * one column for all others. */
static unsigned width_of(uint32_t c)
{
    int w = wcwidth((wchar_t)c);

    return w < 0 ? 1 : (unsigned)w;
}

/* Controls, the C1 range and what turns the direction of text would let a
 * sender write on the reader's terminal; what is no character at all has no place in
 * XML and PDF. */
static bool is_dangerous(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200e && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
           (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

/* One character made safe: its octets in `out`, how many of `s` it took. */
static size_t safe(struct slice s, bool unicode, char out[16], unsigned *columns)
{
    uint32_t c;
    size_t n = take_utf8(s, &c);

    if (n && !is_dangerous(c) && (unicode || c < 0x80)) {
        memcpy(out, s.p, n);
        out[n] = 0;
        *columns = c < 0x80 ? 1 : width_of(c);
        return n;
    }
    if (n && c >= 0x80)
        snprintf(out, 16, "\\u%04x", c);
    else
        snprintf(out, 16, "\\x%02x", (unsigned char)s.p[0]);
    *columns = (unsigned)strlen(out);
    return n ? n : 1;
}

bool text_is_plain(struct slice s)
{
    uint64_t octets;

    for (; s.n >= sizeof octets; s = slice_make(s.p + sizeof octets, s.n - sizeof octets)) {
        memcpy(&octets, s.p, sizeof octets);
        if (!text_eight_plain(octets))
            return false;
    }
    return text_eight_plain(text_last_octets(s));
}

unsigned text_width(struct slice s, bool unicode)
{
    unsigned total = 0, columns;
    char out[16];

    if (text_is_plain(s))
        return (unsigned)s.n;

    while (s.n) {
        s = slice_from(s, safe(s, unicode, out, &columns));
        total += columns;
    }
    return total;
}

void line_add(struct line *line, const char *text)
{
    struct slice s = slice_str(text);

    append(line, text, s.n);
    line->columns += text_width(s, true);
}

void line_printf(struct line *line, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    line_add(line, text);
}

void line_add_plain(struct line *line, struct slice s)
{
    append(line, s.p, s.n);
    line->columns += (unsigned)s.n;
}

void line_add_foreign(struct line *line, struct slice s, unsigned width)
{
    const char *ellipsis = line->unicode ? "\xe2\x80\xa6" : ".";
    unsigned used = 0, columns;
    char out[16];
    bool whole;

    if ((!width || s.n <= width) && text_is_plain(s)) {
        line_add_plain(line, s);
        return;
    }
    whole = !width || text_width(s, line->unicode) <= width;
    while (s.n) {
        size_t taken = safe(s, line->unicode, out, &columns);

        if (!whole && used + columns + 1 > width) {
            append(line, ellipsis, strlen(ellipsis));
            used++;
            break;
        }
        append(line, out, strlen(out));
        used += columns;
        s = slice_from(s, taken);
    }
    line->columns += used;
}

char *line_blanks(struct line *line, unsigned columns)
{
    char *to = room_for(line, columns);

    if (!to)
        return NULL;
    memset(to, ' ', columns);
    to[columns] = 0;
    line->n += columns;
    line->columns += columns;
    return to;
}

void line_pad(struct line *line, unsigned column)
{
    if (column > line->columns)
        line_blanks(line, column - line->columns);
}

void line_style(struct line *line, const char *sequence)
{
    append(line, sequence, strlen(sequence));
}

void line_write(const struct line *line, FILE *out)
{
    size_t n = line->n;

    while (n && line->p[n - 1] == ' ')
        n--;
    if (n)
        fwrite(line->p, 1, n, out);
    putc('\n', out);
}

void text_write_lines(struct slice text, unsigned indent, bool unicode, FILE *out)
{
    struct line line = {.unicode = unicode};

    while (text.n) {
        struct slice one = slice_upto(text, slice_find(text, '\n'));

        text = slice_from(text, one.n + 1);
        if (one.n && one.p[one.n - 1] == '\r')
            one.n--;
        line_clear(&line);
        line_pad(&line, indent);
        line_add_foreign(&line, one, 0);
        line_write(&line, out);
    }
    line_free(&line);
}
