/* A clock that goes by packets, and that none of them can move far: a step between two counts
 * up to a limit, and one back not at all.  When packets stay before the latest one for long,
 * time was set back, and goes on from there. */
#ifndef ANALYSIS_CLOCK_H
#define ANALYSIS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock {
    int64_t now;    /* ns since the first packet */
    int64_t latest; /* of the packets' times, ns since 1970; -1: none yet */
    int64_t limit;
    int64_t period, next;
    unsigned back;  /* packets in a row that are far before the latest */
};

/* With that limit, and a beat each `period` ns. */
struct clock clock_start(int64_t limit, int64_t period);

/* A packet of that time comes: whether there is a beat. */
bool clock_tick(struct clock *clock, int64_t time);

#endif
