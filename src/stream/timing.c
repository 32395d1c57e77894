/* Delta, jitter and skew as Wireshark's RTP stream analysis defines them.  The
 * interarrival jitter of RFC 3550, of the media's own packets, is transit.c's. */
#include "stream/state.h"

/* The mean's denominator counts every packet before this one, regular or not:
 * a quirk that is kept, so that the digits are the same.  `sum` is the mean
 * times that count; when packets were left out in between it is scaled. */
static void note(struct running *r, double x, uint64_t packets)
{
    if (packets - 1 != r->packets && r->packets)
        r->sum = r->sum / (double)r->packets * (double)(packets - 1);
    running_enter(r, x);
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

void timing_add(struct timing *t, double now, const struct arrival *a, const struct format *f,
                uint64_t packets)
{
    bool in_sequence = timing_in_sequence(t, a->timestamp);
    bool regular = in_sequence && !a->marker && !f->noise && !t->after_noise;
    double delta = now - t->reference;

    if (in_sequence) {
        if (f->ticks_per_ms > 0)
            timing_step(t, now, a->timestamp, f->ticks_per_ms);
        t->reference = now;
    }
    if (regular) {
        note(&t->deltas, delta, packets);
        if (f->ticks_per_ms > 0)
            note(&t->jitters, t->jitter, packets);
    }
    t->after_noise = f->noise;
}
