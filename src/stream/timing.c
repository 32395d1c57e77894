/* Delta, jitter and skew as Wireshark's RTP stream analysis defines them.  The
 * interarrival jitter of RFC 3550, of the media's own packets, is transit.c's. */
#include <math.h>

#include "stream/state.h"

/* The mean's denominator counts every packet before this one, regular or not:
 * a quirk that is kept, so that the digits are the same.  `sum` is the mean
 * times that count; when packets were left out in between it is scaled. */
static void note(struct running *r, double x, uint64_t packets)
{
    r->min = x < r->min ? x : r->min;
    r->max = x > r->max ? x : r->max;
    if (packets - 1 != r->packets && r->packets)
        r->sum = r->sum / (double)r->packets * (double)(packets - 1);
    r->sum += x;
    r->packets = packets;
}

void timing_start(struct timing *t, double now, uint32_t timestamp)
{
    *t = (struct timing){.first = now,
                         .reference = now,
                         .first_timestamp = timestamp,
                         .deltas = {.min = INFINITY, .max = -INFINITY},
                         .jitters = {.min = INFINITY, .max = -INFINITY},
                         .skew_min = INFINITY,
                         .skew_max = -INFINITY};
}

static void note_skew(struct timing *t, double skew)
{
    t->skew_min = skew < t->skew_min ? skew : t->skew_min;
    t->skew_max = skew > t->skew_max ? skew : t->skew_max;
}

void timing_add(struct timing *t, double now, const struct arrival *a, const struct format *f,
                uint64_t packets)
{
    double ticks_per_ms = f->ticks_per_ms;
    bool noise = f->noise;
    bool in_sequence = a->timestamp - t->first_timestamp < 0x80000000u;
    bool regular = in_sequence && !a->marker && !noise && !t->after_noise;
    double nominal;

    if (in_sequence) {
        t->delta = now - t->reference;
        if (ticks_per_ms > 0) {
            nominal = (double)(int32_t)(a->timestamp - t->first_timestamp) / ticks_per_ms;
            t->jitter = (15 * t->jitter + fabs(now - (t->reference + nominal - t->nominal))) / 16;
            note_skew(t, nominal - (now - t->first));
            t->nominal = nominal;
        }
        t->reference = now;
    }
    if (regular) {
        note(&t->deltas, t->delta, packets);
        if (ticks_per_ms > 0)
            note(&t->jitters, t->jitter, packets);
    }
    t->after_noise = noise;
}
