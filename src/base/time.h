/* Times: ns since 1970-01-01 UTC, from 0 to 2^32 s.  Logs know less: what they
 * say stands above that, so that two times can be compared and subtracted when
 * they are of the same kind, and nothing takes an unknown date for a real one. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#define TIME_SECOND ((int64_t)1000000000)
#define TIME_DAY    (86400 * TIME_SECOND)

/* From here on: ns since the beginning of an unknown year. */
#define TIME_OF_YEAR ((((int64_t)1 << 32) + 2 * 86400) * TIME_SECOND)
/* From here on: ns since midnight of an unknown date. */
#define TIME_OF_DAY (TIME_OF_YEAR + 5 * 366 * TIME_DAY)
/* Nothing is known of the time. */
#define TIME_UNKNOWN ((int64_t)1 << 62)
/* How long between two times that cannot be compared. */
#define TIME_NO_SPAN INT64_MIN

static inline bool time_is_known(int64_t time)
{
    return time < TIME_UNKNOWN;
}

/* Whether the time is a point in the calendar. */
static inline bool time_has_date(int64_t time)
{
    return time < TIME_OF_YEAR;
}

static inline int64_t time_origin(int64_t time)
{
    return time < TIME_OF_YEAR ? 0 : time < TIME_OF_DAY ? TIME_OF_YEAR : TIME_OF_DAY;
}

/* ns from one time to another, below 0 when `to` is earlier; TIME_NO_SPAN where
 * one is unknown or they count from different beginnings. */
static inline int64_t time_between(int64_t from, int64_t to)
{
    if (!time_is_known(from) || !time_is_known(to) || time_origin(from) != time_origin(to))
        return TIME_NO_SPAN;
    return to - from;
}

#endif
