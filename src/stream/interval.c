/* A stream's figures by intervals of time, where they are asked for.
 *
 * A packet is lost in the interval in which a higher number arrives; one that
 * comes late in the same interval is not lost. */
#include <math.h>
#include <stdlib.h>

#include "stream/quality.h"
#include "stream/state.h"

static struct stream_interval *begin(struct intervals *all, int64_t number)
{
    struct stream_interval *now = vec_add(&all->list);

    if (!now)
        return NULL;
    *now = (struct stream_interval){.number = number};
    all->highest = all->last;
    all->distinct = 0;
    all->lost = 0;
    return now;
}

/* The interval that the time lies in; the last one for what comes out of order. */
static struct stream_interval *find(struct intervals *all, int64_t time, const struct context *c)
{
    int64_t number = time > c->origin ? (time - c->origin) / c->settings.interval : 0;

    if (all->list.n && number <= all->list.v[all->list.n - 1].number)
        return &all->list.v[all->list.n - 1];
    return begin(all, number);
}

static void note_lost(struct intervals *all, struct stream_interval *now,
                      const struct sequence *q, uint16_t number, enum order order)
{
    int64_t n = q->highest + sequence_distance(q, number), fresh;

    if (all->resets != q->resets) { /* numbers began anew with the packet before */
        all->resets = q->resets;
        all->lost = now->lost;
        all->highest = q->highest - 1;
        all->distinct = 0;
    }
    all->distinct += n > all->highest &&
                     (order == ORDER_NEXT || order == ORDER_LATE || order == ORDER_RESET);
    fresh = q->highest - all->highest;
    now->lost = all->lost + (fresh > all->distinct ? (uint64_t)(fresh - all->distinct) : 0);
    all->last = q->highest;
}

static void note_packet(struct stream_interval *now, const struct arrival *a)
{
    now->packets++;
    now->payload_bytes += a->octets.payload;
    now->rtp_bytes += a->octets.rtp;
    now->ip_bytes += a->octets.ip;
    now->link_bytes += a->octets.link;
}

static void note_jitter(struct stream_interval *now, const struct transit *t)
{
    if (!t->count)
        return;
    now->jitter_sum_ms += t->jitter;
    now->jitter_count++;
    if (t->jitter > now->jitter_max_ms)
        now->jitter_max_ms = t->jitter;
}

void interval_add(struct stream *s, const struct arrival *a, enum order order, bool late,
                  const struct context *c)
{
    struct cold *cold = stream_cold(s);
    struct stream_interval *now;
    double delta = (double)(a->time - s->end) / 1e6;

    if (!cold)
        return;
    if (!cold->intervals.list.n)
        cold->intervals.last = s->sequence.highest - 1;
    now = find(&cold->intervals, a->time, c);
    if (!now)
        return;
    note_packet(now, a);
    note_jitter(now, &s->transit);
    note_lost(&cold->intervals, now, &s->sequence, a->sequence, order);
    now->duplicates += order == ORDER_DUPLICATE;
    now->discarded += late;
    if (delta > now->delta_max_ms)
        now->delta_max_ms = delta;
}

size_t stream_intervals(const struct stream *s, const struct stream_interval **intervals)
{
    const struct cold *cold = s->alone ? NULL : s->cold;

    *intervals = cold ? cold->intervals.list.v : NULL;
    return cold ? cold->intervals.list.n : 0;
}

double stream_interval_mos(const struct stream_figures *f, const struct stream_interval *i)
{
    struct codec_quality codec;
    uint64_t expected = i->packets - i->duplicates + i->lost;
    double loss = expected ? 100.0 * (double)(i->lost + i->discarded) / (double)expected : 0;

    if (!quality_of(f, &codec))
        return NAN;
    return quality_mos(quality_r(&codec, loss < 100 ? loss : 100, 1, f->delay_ms));
}
