/* Values in expressions: numbers with units, addresses with prefixes, times, text. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/time.h"
#include "filter/near.h"
#include "filter/parse.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "0x1f", "12", "1.5e3"; what follows is the suffix. */
static bool split_number(struct slice s, double *x, struct slice *suffix)
{
    char text[64], *end;
    size_t at = s.n && (s.p[0] == '-' || s.p[0] == '+');

    if (s.n >= sizeof text || at >= s.n ||
        !(is_digit(s.p[at]) || (s.p[at] == '.' && at + 1 < s.n && is_digit(s.p[at + 1]))))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    if (s.n > 2 && text[0] == '0' && (text[1] | 0x20) == 'x')
        *x = (double)strtoull(text, &end, 16);
    else
        *x = strtod(text, &end);
    *suffix = slice_from(s, (size_t)(end - text));
    return isfinite(*x);
}

/* "4xx", "18x" */
static bool status_range(struct slice s, struct literal *l)
{
    bool tens = s.n == 3 && is_digit(s.p[1]);

    if (s.n != 3 || s.p[0] < '1' || s.p[0] > '6' || (s.p[2] | 0x20) != 'x' ||
        !(tens || (s.p[1] | 0x20) == 'x'))
        return false;
    l->low = (s.p[0] - '0') * 100 + (tens ? (s.p[1] - '0') * 10 : 0);
    l->high = l->low + (tens ? 9 : 99);
    return true;
}

static bool number(struct parser *p, enum unit unit, double *x)
{
    struct slice suffix;
    char shown[PARSE_SHOWN];
    double factor;

    if (p->token.kind != TOKEN_WORD || !split_number(p->token.text, x, &suffix))
        return parse_fail(p, &p->token, "%s was expected, not %s", unit_expected(unit),
                          parse_show(&p->token, shown));
    if (!unit_factor(unit, suffix, &factor))
        return parse_fail(p, &p->token, "%s was expected: '%.*s' is no unit of it",
                          unit_expected(unit), SLICE_ARG(slice_upto(suffix, 40)));
    *x *= factor;
    parse_next(p);
    return true;
}

/* "+- 5%", "+- 20ms" */
static bool tolerance(struct parser *p, enum unit unit, struct literal *l)
{
    struct slice s, suffix;
    double x, spread = 0;

    if (p->token.kind != TOKEN_TOLERANCE)
        return true;
    parse_next(p);
    s = p->token.text;
    if (unit != UNIT_PERCENT && p->token.kind == TOKEN_WORD && split_number(s, &x, &suffix) &&
        slice_eq(suffix, SLICE("%"))) {
        spread = fabs(l->low) * x / 100;
        parse_next(p);
    } else if (!number(p, unit, &spread)) {
        return false;
    }
    l->low -= fabs(spread);
    l->high += fabs(spread);
    return true;
}

bool literal_read_number(struct parser *p, enum unit unit, bool range, struct literal *l)
{
    if (unit == UNIT_STATUS && p->token.kind == TOKEN_WORD && status_range(p->token.text, l)) {
        parse_next(p);
        return true;
    }
    if (!number(p, unit, &l->low))
        return false;
    l->high = l->low;
    if (!range || p->token.kind != TOKEN_RANGE)
        return tolerance(p, unit, l);
    parse_next(p);
    return number(p, unit, &l->high);
}

/* Digits, n of them. */
static bool digits(struct slice *s, size_t n, int *out)
{
    *out = 0;
    if (s->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(s->p[i]))
            return false;
        *out = *out * 10 + (s->p[i] - '0');
    }
    *s = slice_from(*s, n);
    return true;
}

static bool take(struct slice *s, const char *any)
{
    if (!s->n || !s->p[0] || !strchr(any, s->p[0]))
        return false;
    *s = slice_from(*s, 1);
    return true;
}

/* ".123456789" */
static int64_t fraction(struct slice *s)
{
    int64_t ns = 0, unit = TIME_SECOND;

    if (!take(s, "."))
        return 0;
    while (s->n && is_digit(s->p[0])) {
        unit /= 10;
        ns += (s->p[0] - '0') * unit;
        *s = slice_from(*s, 1);
    }
    return ns;
}

/* "Z", "+02:00" or nothing; seconds east of Greenwich. */
static bool zone(struct slice s, int *east)
{
    bool west = s.n && s.p[0] == '-';
    int hours, minutes = 0;

    *east = 0;
    if (!s.n || (take(&s, "Zz") && !s.n))
        return true;
    if (!take(&s, "+-") || !digits(&s, 2, &hours))
        return false;
    take(&s, ":");
    if (s.n && !digits(&s, 2, &minutes))
        return false;
    *east = (hours * 60 + minutes) * (west ? -60 : 60);
    return !s.n;
}

/* "2026-11-23T16:39:16.067Z", the time of day or its seconds left out, a blank for T. */
static bool read_time(struct slice s, int64_t *out)
{
    struct tm tm = {.tm_mday = 1};
    int64_t ns = 0;
    int east = 0;

    if (!digits(&s, 4, &tm.tm_year) || !take(&s, "-") || !digits(&s, 2, &tm.tm_mon) ||
        !take(&s, "-") || !digits(&s, 2, &tm.tm_mday))
        return false;
    if (s.n) {
        if (!take(&s, "Tt ") || !digits(&s, 2, &tm.tm_hour) || !take(&s, ":") ||
            !digits(&s, 2, &tm.tm_min))
            return false;
        if (take(&s, ":") && !digits(&s, 2, &tm.tm_sec))
            return false;
        ns = fraction(&s);
        if (!zone(s, &east))
            return false;
    }
    if (tm.tm_year < 1970 || tm.tm_year > 2106 || tm.tm_mon < 1 || tm.tm_mon > 12)
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon--;
    *out = ((int64_t)timegm(&tm) - east) * TIME_SECOND + ns;
    return true;
}

static bool time_literal(struct parser *p, int64_t *out)
{
    char shown[PARSE_SHOWN];

    if ((p->token.kind != TOKEN_WORD && p->token.kind != TOKEN_STRING) ||
        !read_time(p->token.text, out))
        return parse_fail(p, &p->token,
                          "a time was expected, as \"2026-11-23 16:39:16.5\" (UTC), not %s",
                          parse_show(&p->token, shown));
    parse_next(p);
    return true;
}

static bool address(struct parser *p, struct literal *l)
{
    struct slice s = p->token.text, ip = slice_upto(s, slice_find(s, '/'));
    char shown[PARSE_SHOWN];
    uint32_t bits, most;

    if ((p->token.kind != TOKEN_WORD && p->token.kind != TOKEN_STRING) ||
        !addr_parse_ip(ip, 0, &l->addr))
        return parse_fail(p, &p->token,
                          "an IP address was expected, as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32, "
                          "not %s",
                          parse_show(&p->token, shown));
    most = l->addr.family == NET_IP6 ? 128 : 32;
    bits = most;
    if (ip.n < s.n && (!slice_u32(slice_from(s, ip.n + 1), &bits) || bits > most))
        return parse_fail(p, &p->token, "behind '/' a number of bits from 0 to %u was expected",
                          most);
    l->prefix = (uint8_t)bits;
    parse_next(p);
    return true;
}

static bool boolean(struct parser *p, struct literal *l)
{
    struct slice s = p->token.text;
    bool yes = slice_ieq(s, SLICE("true")) || slice_eq(s, SLICE("1"));
    char shown[PARSE_SHOWN];

    if (!yes && !slice_ieq(s, SLICE("false")) && !slice_eq(s, SLICE("0")))
        return parse_fail(p, &p->token, "true or false was expected, not %s",
                          parse_show(&p->token, shown));
    l->low = l->high = yes;
    parse_next(p);
    return true;
}

static bool name(struct parser *p, const struct field *f, struct literal *l)
{
    char all[200];
    const char *near;
    size_t at = 0;

    l->rank = field_rank(f->names, l->text);
    if (l->rank >= 0)
        return true;
    near = field_near_name(f->names, l->text);
    if (near)
        return parse_fail(p, &p->token, "%s is never '%.*s'; did you mean %s?", f->name,
                          SLICE_ARG(slice_upto(l->text, 60)), near);
    for (unsigned i = 0; i < f->names->count; i++)
        at += (size_t)snprintf(all + at, sizeof all - at, "%s%s",
                               !i ? "" : i + 1 < f->names->count ? ", " : " or ",
                               f->names->names[i]);
    return parse_fail(p, &p->token, "%s is never '%.*s'; it is %s", f->name,
                      SLICE_ARG(slice_upto(l->text, 60)), all);
}

static bool text(struct parser *p, const struct field *f, struct literal *l)
{
    char shown[PARSE_SHOWN], near[FIELD_NEAR];

    if (p->token.kind != TOKEN_WORD && p->token.kind != TOKEN_STRING)
        return parse_fail(p, &p->token, "a text was expected, as \"alice\", not %s",
                          parse_show(&p->token, shown));
    l->text = p->token.text;
    if (p->token.kind == TOKEN_WORD && field_like(l->text)) {
        field_near(l->text, near);
        return parse_fail(p, &p->token, "there is no field '%.*s'%s%s (a text that looks like a "
                          "field's name needs quotes)",
                          SLICE_ARG(slice_upto(l->text, 60)), *near ? "; near to it: " : "", near);
    }
    if (f->names && !name(p, f, l))
        return false;
    parse_next(p);
    return true;
}

bool literal_read(struct parser *p, const struct field *f, bool range, struct literal *l)
{
    *l = (struct literal){.rank = -1};
    switch ((enum value_type)f->type) {
    case VALUE_BOOL: return boolean(p, l);
    case VALUE_NUMBER: return literal_read_number(p, f->unit, range, l);
    case VALUE_ADDRESS: return address(p, l);
    case VALUE_TEXT: return text(p, f, l);
    case VALUE_TIME: break;
    }
    if (!time_literal(p, &l->from))
        return false;
    l->to = l->from;
    if (!range || p->token.kind != TOKEN_RANGE)
        return true;
    parse_next(p);
    return time_literal(p, &l->to);
}
