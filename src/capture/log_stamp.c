/* Owns how a date and a time of day are written. */
#include "capture/log_stamp.h"

#include "base/time.h"

enum { LONGEST_LINE = 512 }; /* stamps stand at its beginning */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A number of `least` to `most` digits; moves past it. */
static bool number(struct slice *s, unsigned least, unsigned most, int64_t *out)
{
    unsigned n = 0;
    int64_t value = 0;

    while (n < s->n && n < most && is_digit(s->p[n]))
        value = value * 10 + (s->p[n++] - '0');
    if (n < least)
        return false;
    *s = slice_make(s->p + n, s->n - n);
    *out = value;
    return true;
}

static bool octet(struct slice *s, const char *any_of)
{
    if (!s->n || !strchr(any_of, s->p[0]) || !s->p[0])
        return false;
    *s = slice_make(s->p + 1, s->n - 1);
    return true;
}

static int month_named(struct slice s)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (int m = 0; m < 12 && s.n >= 3; m++)
        if (memcmp(s.p, names + 3 * m, 3) == 0)
            return m + 1;
    return 0;
}

/* "Nov", and moves past it. */
static bool month_name(struct slice *s, int *month)
{
    *month = month_named(*s);
    if (!*month || (s->n > 3 && is_letter(s->p[3])))
        return false;
    *s = slice_make(s->p + 3, s->n - 3);
    return true;
}

/* The decimals of the seconds, as ns.  A colon before them (belle-sip) has
 * exactly three behind it, or what was read is no time but an address. */
static bool fraction(struct slice *s, int64_t *ns, unsigned *decimals)
{
    struct slice rest = *s;
    bool colon = rest.n && rest.p[0] == ':';
    int64_t value;
    size_t before;

    *ns = 0;
    *decimals = 0;
    if (!octet(&rest, ".,:"))
        return true;
    before = rest.n;
    if (!number(&rest, 1, 9, &value))
        return true;
    *decimals = (unsigned)(before - rest.n);
    if (colon && (*decimals != 3 || (rest.n && rest.p[0] == ':')))
        return false;
    for (unsigned i = *decimals; i < 9; i++)
        value *= 10;
    *ns = value;
    *s = rest;
    return true;
}

/* "Z", "+0530", "-05:00": minutes east of UTC. */
static int64_t zone(struct slice s)
{
    int64_t hours, minutes;
    bool west = s.n && s.p[0] == '-';

    if (!octet(&s, "+-") || !number(&s, 2, 2, &hours))
        return 0;
    octet(&s, ":");
    if (!number(&s, 2, 2, &minutes) || hours > 14 || minutes > 59)
        return 0;
    return west ? -(hours * 60 + minutes) : hours * 60 + minutes;
}

/* "16:47:10.884" */
static bool time_of_day(struct slice s, struct log_stamp *stamp)
{
    int64_t h, m, sec, ns;

    if (!number(&s, 1, 2, &h) || !octet(&s, ":") || !number(&s, 2, 2, &m) || !octet(&s, ":") ||
        !number(&s, 2, 2, &sec) || h > 23 || m > 59 || sec > 60)
        return false;
    if ((s.n && is_digit(s.p[0])) || !fraction(&s, &ns, &stamp->decimals))
        return false;
    stamp->ns = ((h * 60 + m) * 60 + sec) * TIME_SECOND + ns;
    if (stamp->year)
        stamp->ns -= zone(s) * 60 * TIME_SECOND;
    return true;
}

static bool blanks(struct slice *s)
{
    bool any = false;

    while (octet(s, " \t"))
        any = true;
    return any;
}

/* "2026-11-23" or "2026/11/23", then a time */
static bool numbered(struct slice s, struct log_stamp *stamp)
{
    int64_t year, month, day;

    if (!number(&s, 4, 4, &year) || !octet(&s, "-/") || !number(&s, 2, 2, &month) ||
        !octet(&s, "-/") || !number(&s, 2, 2, &day))
        return false;
    if (!octet(&s, "T_") && !blanks(&s))
        return false;
    if (year < 1970 || year > 2105 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    *stamp = (struct log_stamp){.year = (int)year, .month = (int)month, .day = (int)day};
    return time_of_day(s, stamp);
}

/* "Nov 23 16:47:10", "Nov 23 2026 16:47:10", "23 Nov 2026 16:47:10" */
static bool named(struct slice s, struct log_stamp *stamp)
{
    int64_t day = 0, year = 0;
    int month;
    struct slice rest;

    if (is_digit(s.p[0])) {
        if (!number(&s, 1, 2, &day) || !blanks(&s) || !month_name(&s, &month))
            return false;
    } else if (!month_name(&s, &month) || !blanks(&s) || !number(&s, 1, 2, &day)) {
        return false;
    }
    if (!blanks(&s) || day < 1 || day > 31)
        return false;
    rest = s;
    if (number(&rest, 4, 4, &year) && blanks(&rest))
        s = rest;
    else
        year = 0;
    if (year && (year < 1970 || year > 2105))
        return false;
    *stamp = (struct log_stamp){.year = (int)year, .month = month, .day = (int)day};
    return time_of_day(s, stamp);
}

/* Days from 1970-01-01, by the calendar's rules. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1, era = y / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* "1578298144.496": seconds since 1970 */
static bool epoch(struct slice s, struct log_stamp *stamp)
{
    int64_t seconds, ns;

    if (!number(&s, 10, 10, &seconds) || !s.n || s.p[0] != '.' || seconds < 1000000000 ||
        seconds > UINT32_MAX)
        return false;
    *stamp = (struct log_stamp){.year = 1970, .month = 1, .day = 1};
    if (!fraction(&s, &ns, &stamp->decimals) || stamp->decimals < 3)
        return false;
    stamp->ns = seconds * TIME_SECOND + ns;
    return true;
}

static bool stamp_at(struct slice s, struct log_stamp *stamp)
{
    if (is_letter(s.p[0]))
        return named(s, stamp);
    if (numbered(s, stamp) || named(s, stamp) || epoch(s, stamp))
        return true;
    *stamp = (struct log_stamp){0};
    return time_of_day(s, stamp);
}

static bool is_better(const struct log_stamp *a, const struct log_stamp *b)
{
    if (a->decimals != b->decimals)
        return a->decimals > b->decimals;
    return (a->year > 0) + (a->month > 0) > (b->year > 0) + (b->month > 0);
}

bool log_stamp_find(struct slice line, struct log_stamp *stamp)
{
    bool found = false;

    line = slice_upto(line, LONGEST_LINE);
    for (size_t i = 0; i < line.n; i++) {
        char before = i ? line.p[i - 1] : ' ';
        struct log_stamp one;

        if (!is_digit(line.p[i]) && !month_named(slice_from(line, i)))
            continue;
        if (is_digit(before) || is_letter(before) || before == ':' || before == '.')
            continue;
        if (!stamp_at(slice_from(line, i), &one) || (found && !is_better(&one, stamp)))
            continue;
        *stamp = one;
        found = true;
    }
    return found;
}

/* From the first of January; of a year that has no 29 February until one is
 * seen. */
static int64_t day_of_year(struct log_clock *clock, const struct log_stamp *stamp)
{
    int64_t day = days_of(1970, stamp->month, stamp->day);

    if (stamp->month == 2 && stamp->day == 29)
        clock->leap = true;
    return day + (clock->leap && stamp->month > 2);
}

static int64_t in_range(int64_t time, int64_t from, int64_t to)
{
    return time >= from && time < to ? time : TIME_UNKNOWN;
}

enum { MOST_DAYS = 5 * 366 }; /* that a log without dates may span */

int64_t log_clock_time(struct log_clock *clock, const struct log_stamp *stamp)
{
    int64_t time;

    if (stamp->year)
        return in_range(days_of(stamp->year, stamp->month, stamp->day) * TIME_DAY + stamp->ns, 0,
                        ((int64_t)1 << 32) * TIME_SECOND);
    if (stamp->month) {
        time = day_of_year(clock, stamp) * TIME_DAY + stamp->ns;
        if (clock->year_last - time > 180 * TIME_DAY && clock->year_days < MOST_DAYS)
            clock->year_days += clock->leap ? 366 : 365;
        clock->year_last = time;
        return in_range(TIME_OF_YEAR + clock->year_days * TIME_DAY + time, TIME_OF_YEAR,
                        TIME_OF_DAY);
    }
    if (clock->last - stamp->ns > TIME_DAY / 2 && clock->days < MOST_DAYS)
        clock->days++;
    clock->last = stamp->ns;
    return in_range(TIME_OF_DAY + clock->days * TIME_DAY + stamp->ns, TIME_OF_DAY, TIME_UNKNOWN);
}
