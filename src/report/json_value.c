/* JSON values: text that is always valid UTF-8, numbers with fixed decimals,
 * times. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "base/digits.h"
#include "base/time.h"
#include "report/json.h"
#include "report/text.h"

struct json_object *json_text(struct slice s)
{
    struct json_object *o;
    size_t n;
    char *valid;

    if (!s.p)
        return NULL;
    if (s.n < INT_MAX && text_is_ascii(s))
        return json_object_new_string_len(s.p, (int)s.n);
    valid = text_to_utf8(s, &n);
    if (!valid)
        return NULL;
    o = json_object_new_string_len(valid, (int)n);
    free(valid);
    return o;
}

struct json_object *json_count(uint64_t n)
{
    return json_object_new_int64((int64_t)n);
}

struct json_object *json_number(double x, int decimals)
{
    char digits[DIGITS_ROOM];

    if (!isfinite(x))
        return NULL;
    if (fabs(x) >= 1e15)
        return json_object_new_double(x);
    digits_fixed(digits, x, (unsigned)decimals);
    return json_object_new_double_s(x, digits);
}

struct json_object *json_time(int64_t ns)
{
    char text[TEXT_TIME];

    return ns < 0 || !time_has_date(ns) ? NULL : json_object_new_string(text_utc(ns, text));
}

struct json_object *json_seconds(int64_t ns)
{
    char digits[64];
    uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    size_t n = 0;

    if (ns == TIME_NO_SPAN)
        return NULL;
    if (ns < 0)
        digits[n++] = '-';
    n += digits_u64(digits + n, size / 1000000000);
    digits[n++] = '.';
    n += digits_padded(digits + n, size % 1000000000, 9);
    digits[n] = 0;
    return json_object_new_double_s((double)ns / 1e9, digits);
}

struct json_object *json_ms(int64_t ns)
{
    return ns < 0 ? NULL : json_number((double)ns / 1e6, 3);
}

struct json_object *json_address(const struct net_addr *addr)
{
    struct json_object *o;
    char text[ADDR_TEXT];

    o = json_object_new_object();
    if (addr->family == NET_UNKNOWN) {
        json_add(o, "ip", NULL);
        json_add(o, "port", NULL);
        return o;
    }
    json_add(o, "ip", json_object_new_string(addr_ip_text(addr, text)));
    json_add(o, "port", json_object_new_int(addr->port));
    return o;
}

struct json_object *json_id(uint32_t number)
{
    return number == CALL_NONE ? NULL : json_object_new_int64((int64_t)number + 1);
}

struct json_object *json_name(const char *name)
{
    return name ? json_object_new_string(name) : NULL;
}
