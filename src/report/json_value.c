/* JSON values: text that is always valid UTF-8, numbers with fixed decimals,
 * times; and the punctuation between them. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "base/digits.h"
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

/* The high bit of each octet that is zero, and of none if no octet is. */
static inline uint64_t zeros(uint64_t octets)
{
    const uint64_t each = 0x0101010101010101;

    return (octets - each) & ~octets & (0x80 * each);
}

/* Not 0 where one of eight octets is a control, beyond US-ASCII, a quote or a backslash. */
static inline uint64_t specials(uint64_t octets)
{
    const uint64_t each = 0x0101010101010101, high = 0x80 * each;

    return ((octets | (octets - 0x20 * each)) & high) | zeros(octets ^ ('"' * each)) |
           zeros(octets ^ ('\\' * each));
}

static inline uint64_t copy_eight(char *to, const char *from)
{
    uint64_t octets;

    memcpy(&octets, from, sizeof octets);
    memcpy(to, &octets, sizeof octets);
    return specials(octets);
}

/* Copies the text; whether it can stay as it is.  Nearly all text can. */
static inline bool copy_plain(char *to, struct slice s)
{
    uint64_t octets = 0x2020202020202020, special = 0;

    if (s.n < sizeof octets) {
        copy_short(to, s.p, s.n);
        copy_short((char *)&octets, s.p, s.n);
        return !specials(octets);
    }
    for (size_t i = 0; i + sizeof octets < s.n; i += sizeof octets)
        special |= copy_eight(to + i, s.p + i);
    return !(special | copy_eight(to + s.n - sizeof octets, s.p + s.n - sizeof octets));
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
    to += digits_padded(to, (uint64_t)(ns % TIME_SECOND), 9);
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
    end(j, to + digits_padded(to, size % TIME_SECOND, 9));
}

static size_t write_address(const struct net_addr *addr, char *out)
{
    char ip[ADDR_TEXT], *to;

    if (addr->family == NET_UNKNOWN)
        return (size_t)(stpcpy(out, "{\"ip\":null,\"port\":null}") - out);
    to = stpcpy(out, "{\"ip\":\"");
    to = stpcpy(to, addr_ip_text(addr, ip));
    to = stpcpy(to, "\",\"port\":");
    to += digits_u64(to, addr->port);
    return (size_t)(stpcpy(to, "}") - out);
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
