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

static void put_char(struct json *j, char c)
{
    if (j->n == sizeof j->buffer)
        json_flush(j);
    j->buffer[j->n++] = c;
}

void json_raw(struct json *j, const char *text)
{
    put(j, text, strlen(text));
}

static void begin(struct json *j, const char *key)
{
    if (j->follows)
        put_char(j, ',');
    j->follows = true;
    if (!key)
        return;
    put_char(j, '"');
    json_raw(j, key);
    put(j, "\":", 2);
}

void json_open(struct json *j, const char *key)
{
    begin(j, key);
    put_char(j, '{');
    j->follows = false;
}

void json_open_line(struct json *j)
{
    json_raw(j, j->follows ? ",\n" : "\n");
    j->follows = false;
    json_open(j, NULL);
}

void json_close(struct json *j)
{
    put_char(j, '}');
    j->follows = true;
}

void json_list(struct json *j, const char *key)
{
    begin(j, key);
    put_char(j, '[');
    j->follows = false;
}

void json_end(struct json *j)
{
    put_char(j, ']');
    j->follows = true;
}

void json_null(struct json *j, const char *key)
{
    begin(j, key);
    put(j, "null", 4);
}

void json_boolean(struct json *j, const char *key, bool x)
{
    begin(j, key);
    json_raw(j, x ? "true" : "false");
}

void json_count(struct json *j, const char *key, uint64_t n)
{
    char digits[DIGITS_ROOM];
    size_t length = digits_u64(digits, n);

    begin(j, key);
    put(j, digits, length);
}

void json_int(struct json *j, const char *key, int64_t n)
{
    char digits[DIGITS_ROOM];
    size_t length = 0;

    if (n < 0)
        digits[length++] = '-';
    length += digits_u64(digits + length, n < 0 ? -(uint64_t)n : (uint64_t)n);
    begin(j, key);
    put(j, digits, length);
}

void json_nonzero(struct json *j, const char *key, uint64_t n)
{
    if (n)
        json_count(j, key, n);
    else
        json_null(j, key);
}

/* Without a pause for each octet: nearly all text is plain. */
static bool is_plain(struct slice s)
{
    bool special = false;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        special |= (c < 0x20) | (c >= 0x80) | (c == '"') | (c == '\\');
    }
    return !special;
}

static void put_quoted(struct json *j, struct slice plain)
{
    put_char(j, '"');
    put(j, plain.p, plain.n);
    put_char(j, '"');
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

void json_text(struct json *j, const char *key, struct slice s)
{
    size_t n;
    char *valid;

    if (!s.p) {
        json_null(j, key);
        return;
    }
    begin(j, key);
    if (is_plain(s)) {
        put_quoted(j, s);
        return;
    }
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

void json_name(struct json *j, const char *key, const char *name)
{
    json_text(j, key, slice_str(name));
}

void json_number(struct json *j, const char *key, double x, int decimals)
{
    char digits[DIGITS_ROOM];
    size_t length;

    if (!isfinite(x)) {
        json_null(j, key);
        return;
    }
    length = digits_fixed(digits, x, (unsigned)decimals);
    begin(j, key);
    put(j, digits, length);
}

void json_time(struct json *j, const char *key, int64_t ns)
{
    char text[TEXT_TIME];

    if (ns < 0 || !time_has_date(ns)) {
        json_null(j, key);
        return;
    }
    begin(j, key);
    put_quoted(j, slice_str(text_utc(ns, text)));
}

void json_seconds(struct json *j, const char *key, int64_t ns)
{
    char digits[DIGITS_ROOM];
    uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    size_t n = 0;

    if (ns == TIME_NO_SPAN) {
        json_null(j, key);
        return;
    }
    begin(j, key);
    if (ns < 0)
        digits[n++] = '-';
    n += digits_u64(digits + n, size / 1000000000);
    digits[n++] = '.';
    n += digits_padded(digits + n, size % 1000000000, 9);
    put(j, digits, n);
}

void json_ms(struct json *j, const char *key, int64_t ns)
{
    json_number(j, key, ns < 0 ? NAN : (double)ns / 1e6, 3);
}

void json_address(struct json *j, const char *key, const struct net_addr *addr)
{
    char text[ADDR_TEXT];

    json_open(j, key);
    if (addr->family == NET_UNKNOWN) {
        json_null(j, "ip");
        json_null(j, "port");
    } else {
        json_name(j, "ip", addr_ip_text(addr, text));
        json_count(j, "port", addr->port);
    }
    json_close(j);
}

void json_id(struct json *j, const char *key, uint32_t number)
{
    if (number == CALL_NONE)
        json_null(j, key);
    else
        json_count(j, key, (uint64_t)number + 1);
}
