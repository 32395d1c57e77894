/* Time stamps in the lines of logs. */
#ifndef CAPTURE_LOG_STAMP_H
#define CAPTURE_LOG_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* A time as a line says it. */
struct log_stamp {
    int year, month, day; /* 0: not said */
    int64_t ns;           /* since midnight, zone respected */
    unsigned decimals;    /* of the seconds */
};

/* The best time stamp in the line: one with more decimals is better, then one
 * with a date, then the first.  False when there is none. */
bool log_stamp_find(struct slice line, struct log_stamp *stamp);

/* Follows the days of one log, whose stamps may not say them. */
struct log_clock {
    int64_t year_days, year_last; /* days of years that have passed, last stamp */
    int64_t days, last;           /* the same for stamps without a date */
    bool leap;                    /* a 29 February was seen */
};

/* The stamp as a time (base/time.h): with a year one of the calendar, in UTC
 * where no zone is said; else one that counts on over midnight and new year. */
int64_t log_clock_time(struct log_clock *clock, const struct log_stamp *stamp);

#endif
