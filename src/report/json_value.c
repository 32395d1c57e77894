/* JSON values: text that is always valid UTF-8, numbers with fixed decimals,
 * times; and the punctuation between them. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "base/digits.h"
#include "base/scan.h"
#include "base/time.h"
#include "report/json.h"
#include "report/text.h"

enum { PLAIN = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE };

struct json *json_new(FILE *out)
{
    struct json *j = malloc(sizeof *j);

    if (!j)
        return NULL;
    j->out = out;
    j->string = json_object_new_string("");
    j->follows = false;
    j->n = 0;
    j->second = -1;
    memset(j->addresses, 0, sizeof j->addresses);
    if (j->string)
        return j;
    free(j);
    return NULL;
}

void json_flush(struct json *j)
{
    if (j->n)
        fwrite(j->buffer, 1, j->n, j->out);
    j->n = 0;
}

void json_free(struct json *j)
{
    json_flush(j);
    json_object_put(j->string);
    free(j);
}

static void put(struct json *j, const char *p, size_t n)
{
    if (n > sizeof j->buffer - j->n) {
        json_flush(j);
        if (n > sizeof j->buffer) {
            fwrite(p, 1, n, j->out);
            return;
        }
    }
    memcpy(j->buffer + j->n, p, n);
    j->n += n;
}

void json_raw(struct json *j, const char *text)
{
    put(j, text, strlen(text));
}

void json_raw_text(struct json *j, struct slice text)
{
    put(j, text.p, text.n);
}

/* Up to 16 octets at each end, which may overlap, by moves instead of a call. */
static inline void copy_short(char *to, const char *from, size_t n)
{
    if (n > 16) {
        memcpy(to, from, n);
    } else if (n >= 8) {
        memcpy(to, from, 8);
        memcpy(to + n - 8, from + n - 8, 8);
    } else if (n >= 4) {
        memcpy(to, from, 4);
        memcpy(to + n - 4, from + n - 4, 4);
    } else if (n) {
        to[0] = from[0];
        to[n / 2] = from[n / 2];
        to[n - 1] = from[n - 1];
    }
}

/* Where the member's value is to be written, behind its key, with room for JSON_ROOM
 * octets. */
static inline char *begin(struct json *j, struct json_key key)
{
    char *to;

    if (sizeof j->buffer - j->n < key.n + 4 + JSON_ROOM)
        json_flush(j);
    to = j->buffer + j->n;
    *to = ',';
    to += j->follows;
    j->follows = true;
    if (!key.p)
        return to;
    *to++ = '"';
    copy_short(to, key.p, key.n);
    to += key.n;
    *to++ = '"';
    *to++ = ':';
    return to;
}

/* The value ends there. */
static inline void end(struct json *j, const char *to)
{
    j->n = (size_t)(to - j->buffer);
}

void json_put_bracket(struct json *j, struct json_key key, char bracket)
{
    char *to = begin(j, key);

    *to = bracket;
    end(j, to + 1);
    j->follows = false;
}

static void close_with(struct json *j, const char *bracket)
{
    put(j, bracket, 1);
    j->follows = true;
}

void json_close(struct json *j)
{
    close_with(j, "}");
}

void json_end(struct json *j)
{
    close_with(j, "]");
}

void json_open_line(struct json *j)
{
    json_raw(j, j->follows ? ",\n" : "\n");
    j->follows = false;
    json_open(j, NULL);
}

static void put_null(struct json *j, char *to)
{
    static const char null[4] = {'n', 'u', 'l', 'l'};

    memcpy(to, null, sizeof null);
    end(j, to + sizeof null);
}

void json_put_null(struct json *j, struct json_key key)
{
    put_null(j, begin(j, key));
}

void json_put_boolean(struct json *j, struct json_key key, bool x)
{
    char *to = begin(j, key);

    end(j, stpcpy(to, x ? "true" : "false"));
}

void json_put_count(struct json *j, struct json_key key, uint64_t n)
{
    char *to = begin(j, key);

    end(j, to + digits_u64(to, n));
}

void json_put_int(struct json *j, struct json_key key, int64_t n)
{
    char *to = begin(j, key);

    if (n < 0)
        *to++ = '-';
    end(j, to + digits_u64(to, n < 0 ? -(uint64_t)n : (uint64_t)n));
}

void json_put_nonzero(struct json *j, struct json_key key, uint64_t n)
{
    if (n)
        json_put_count(j, key, n);
    else
        json_put_null(j, key);
}

void json_put_id(struct json *j, struct json_key key, uint32_t number)
{
    json_put_nonzero(j, key, number == CALL_NONE ? 0 : (uint64_t)number + 1);
}

/* ---- text ------------------------------------------------------------------------ */

/* Controls, what is beyond US-ASCII, quotes and backslashes. */
static inline wide_signed is_special(wide octets)
{
    return ((wide_signed)octets < ' ') | (octets == '"') | (octets == '\\');
}

/* The same as copy_plain, of fewer than sixteen octets: two halves, which may overlap.
 * Writes eight octets at least. */
static inline bool copy_few(char *to, struct slice s)
{
    uint64_t half[2];

    if (s.n < sizeof half[0]) {
        half[0] = half[1] = text_last_octets(s);
        memcpy(to, half, sizeof half[0]);
    } else {
        memcpy(&half[0], s.p, sizeof half[0]);
        memcpy(&half[1], s.p + s.n - sizeof half[1], sizeof half[1]);
        memcpy(to, &half[0], sizeof half[0]);
        memcpy(to + s.n - sizeof half[1], &half[1], sizeof half[1]);
    }
    return !scan_wide((const char *)half, is_special);
}

static inline uint64_t copy_wide(char *to, const char *from)
{
    memcpy(to, from, SCAN_WIDE);
    return scan_wide(from, is_special);
}

/* Copies the text; whether it can stay as it is.  Nearly all text can. */
static inline bool copy_plain(char *to, struct slice s)
{
    uint64_t special = 0;

    if (s.n < SCAN_WIDE)
        return copy_few(to, s);
    for (size_t i = 0; i + SCAN_WIDE < s.n; i += SCAN_WIDE)
        special |= copy_wide(to + i, s.p + i);
    return !(special | copy_wide(to + s.n - SCAN_WIDE, s.p + s.n - SCAN_WIDE));
}

static void put_escaped(struct json *j, struct slice valid)
{
    size_t n = 0;
    const char *text = NULL;

    if (valid.n < INT_MAX && json_object_set_string_len(j->string, valid.p, (int)valid.n))
        text = json_object_to_json_string_length(j->string, PLAIN, &n);
    if (text)
        put(j, text, n);
    else
        put(j, "null", 4);
}

/* Any text, whatever its length. */
static void put_foreign(struct json *j, struct slice s)
{
    size_t n;
    char *valid;

    if (text_is_ascii(s)) {
        put_escaped(j, s);
        return;
    }
    valid = text_to_utf8(s, &n);
    if (valid)
        put_escaped(j, slice_make(valid, n));
    else
        put(j, "null", 4);
    free(valid);
}

void json_put_text(struct json *j, struct json_key key, struct slice s)
{
    char *to = begin(j, key);

    if (!s.p) {
        put_null(j, to);
    } else if (s.n + 2 <= JSON_ROOM && copy_plain(to + 1, s)) {
        to[0] = to[s.n + 1] = '"';
        end(j, to + s.n + 2);
    } else {
        end(j, to);
        put_foreign(j, s);
    }
}

/* ---- numbers, times, addresses --------------------------------------------------- */

void json_put_number(struct json *j, struct json_key key, double x, int decimals)
{
    char *to = begin(j, key);

    if (isfinite(x))
        end(j, to + digits_fixed(to, x, (unsigned)decimals));
    else
        put_null(j, to);
}

void json_put_ms(struct json *j, struct json_key key, int64_t ns)
{
    json_put_number(j, key, ns < 0 ? NAN : (double)ns / 1e6, 3);
}

enum { DATE = 20 }; /* octets of "2023-11-14T22:13:20." */

/* Most times are in the second of the one before. */
static void note_second(struct json *j, int64_t ns)
{
    char text[TEXT_TIME];

    if (ns / TIME_SECOND == j->second)
        return;
    text_utc(ns, text);
    memcpy(j->date, text, DATE);
    j->second = ns / TIME_SECOND;
}

void json_put_time(struct json *j, struct json_key key, int64_t ns)
{
    char *to = begin(j, key);

    if (ns < 0 || !time_has_date(ns)) {
        put_null(j, to);
        return;
    }
    note_second(j, ns);
    *to++ = '"';
    memcpy(to, j->date, DATE);
    to += DATE;
    to += digits_padded(to, (uint32_t)(ns % TIME_SECOND), 9);
    *to++ = 'Z';
    *to++ = '"';
    end(j, to);
}

void json_put_seconds(struct json *j, struct json_key key, int64_t ns)
{
    uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    char *to = begin(j, key);

    if (ns == TIME_NO_SPAN) {
        put_null(j, to);
        return;
    }
    if (ns < 0)
        *to++ = '-';
    to += digits_u64(to, size / TIME_SECOND);
    *to++ = '.';
    end(j, to + digits_padded(to, (uint32_t)(size % TIME_SECOND), 9));
}

/* Of a text that the compiler knows, in as many octets: stpcpy would be called. */
static inline char *put_known(char *to, struct slice text)
{
    memcpy(to, text.p, text.n);
    return to + text.n;
}

static size_t write_address(const struct net_addr *addr, char *out)
{
    char ip[ADDR_TEXT], *to;

    if (addr->family == NET_UNKNOWN)
        return (size_t)(put_known(out, SLICE("{\"ip\":null,\"port\":null}")) - out);
    to = put_known(out, SLICE("{\"ip\":\""));
    to = stpcpy(to, addr_ip_text(addr, ip));
    to = put_known(to, SLICE("\",\"port\":"));
    to += digits_u64(to, addr->port);
    *to++ = '}';
    return (size_t)(to - out);
}

void json_put_address(struct json *j, struct json_key key, const struct net_addr *addr)
{
    struct json_address *last = &j->addresses[(addr->port ^ addr->ip[3] ^ addr->ip[15] * 5u) %
                                              JSON_ADDRESSES];
    char *to = begin(j, key);

    if (!last->n || !addr_eq(&last->addr, addr)) {
        last->addr = *addr;
        last->n = (uint8_t)write_address(addr, last->text);
    }
    memcpy(to, last->text, sizeof last->text);
    end(j, to + last->n);
}
