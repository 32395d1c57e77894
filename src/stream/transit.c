/* Transit: arrival less media time.
 *
 * Its differences make the interarrival jitter of RFC 3550 §6.4.1 and A.8 (in
 * ms in place of ticks); how far it lies above the least of the last seconds
 * says whether a jitter buffer would still play the packet; and how its least
 * value drifts says how fast the sender's clock runs.  Where it jumps by more
 * than a second, the sender's clock has begun anew, or its media paused: that is no
 * jitter of the network. */
#include "stream/state.h"

/* The adaptive buffer's depth, in interarrival jitters and ms. */
static const double ADAPT = 4, MOST_MS = 200;

static void start(struct transit *t, double now, uint32_t timestamp, uint32_t rate)
{
    t->ticks = 0;
    t->timestamp = timestamp;
    t->rate = rate;
    t->last = t->low = t->low_before = now;
    t->restarts++;
}

static bool is_late(struct transit *t, double transit, double buffer_ms)
{
    double behind = transit - least(t->low, t->low_before);
    double depth = least(greatest(ADAPT * t->jitter, TRANSIT_LEAST_DEPTH), MOST_MS);

    t->discarded_adaptive += behind > depth;
    t->discarded += behind > buffer_ms;
    return behind > buffer_ms;
}

bool transit_next(struct transit *t, double now, uint32_t timestamp, uint32_t rate,
                  double ms_per_tick, double buffer_ms)
{
    int64_t ticks = t->ticks + (int32_t)(timestamp - t->timestamp);
    double transit = now - (double)ticks * ms_per_tick, d = fabs(transit - t->last);
    bool late;

    if (t->rate != rate || d > TRANSIT_RESTART) {
        start(t, now, timestamp, rate);
        return false;
    }
    t->ticks = ticks;
    t->timestamp = timestamp;
    late = is_late(t, transit, buffer_ms); /* by the jitter known before */
    transit_step(t, transit, d);
    t->count++;
    return late;
}

bool transit_late(struct transit *t, double now, uint32_t timestamp, double ms_per_tick,
                  double buffer_ms)
{
    double ticks = (double)(t->ticks + (int32_t)(timestamp - t->timestamp));

    return t->rate && is_late(t, now - ticks * ms_per_tick, buffer_ms);
}

static double slope(const struct clock_fit *f)
{
    double d = f->n * f->xx - f->x * f->x;

    return d > 0 ? (f->n * f->xy - f->x * f->y) / d : NAN;
}

/* The slope's standard error: how far the points are from the line. */
static double slope_error(const struct clock_fit *f)
{
    double b = slope(f);
    double xx = f->xx - f->x * f->x / f->n, yy = f->yy - f->y * f->y / f->n;
    double rest = yy - b * b * xx;

    return f->n > 2 ? sqrt((rest > 0 ? rest : 0) / (f->n - 2) / xx) : NAN;
}

void clock_fit_add(struct clock_fit *f, double second, double low)
{
    f->n++;
    f->x += second;
    f->y += low;
    f->xx += second * second;
    f->xy += second * low;
    f->yy += low * low;
}

void clock_fit_restart(struct clock_fit *f)
{
    if (f->n > f->best_n) {
        f->best_n = f->n;
        f->best_slope = slope(f);
        f->best_error = slope_error(f);
    }
    f->n = f->x = f->y = f->xx = f->xy = f->yy = 0;
}

double clock_fit_ppm(const struct clock_fit *f, double *error_ppm)
{
    enum { FEWEST = 10, MOST_PPM = 5000 };
    struct clock_fit now = *f;
    double ppm;

    clock_fit_restart(&now);
    *error_ppm = now.best_error * 1000;
    ppm = -now.best_slope * 1000; /* transit falls while the sender's clock is fast */
    /* in a few seconds jitter weighs more than drift; and no clock is as wrong
     * as a queue that grows makes it look */
    return now.best_n >= FEWEST && fabs(ppm) <= MOST_PPM ? ppm : NAN;
}
