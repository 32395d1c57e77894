/* Owns the time that went by, whatever packets say. */
#include "analysis/clock.h"

#include "base/time.h"

enum {
    BACK_FOR_GOOD = 1000, /* packets in a row, until time was set back */
    FAR = 2,              /* limits */
};

struct clock clock_start(int64_t limit, int64_t period)
{
    return (struct clock){.latest = -1, .limit = limit, .period = period, .next = period};
}

bool clock_tick(struct clock *c, int64_t time)
{
    int64_t step;

    if (!time_has_date(time))
        return false;
    if (c->latest < 0)
        c->latest = time;
    step = time - c->latest;
    if (step < -FAR * c->limit && ++c->back < BACK_FOR_GOOD)
        return false;
    c->back = 0;
    if (step > 0 || step < -FAR * c->limit)
        c->latest = time;
    if (step > 0)
        c->now += step < c->limit ? step : c->limit;
    if (c->now < c->next)
        return false;
    c->next = c->now + c->period;
    return true;
}
