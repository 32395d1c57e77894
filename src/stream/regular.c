/* The short way of a packet that goes on as the one before: in order, in time, of
 * the same payload type and the usual step of timestamps.  Nearly all are.
 *
 * What depends on each packet's arrival (jitter, skew, transit) is calculated here by
 * the same functions as for any other packet, what only counts them waits for
 * regular_settle().  Whatever is not the rule is left to count.c, so the figures are
 * the same as without this file; tests/stream/test_regular.c compares them. */
#include "stream/flow.h"

/* An open second, keys that sound, rows of intervals, copies of other taps, events and
 * video need more than is done here. */
static bool is_plain(const struct stream *s, const struct context *c)
{
    const struct format *f = &s->format;
    const struct cold *cold = s->cold;

    if (!f->known || f->event || f->noise || f->video || !f->ticks_per_ms)
        return false;
    if (c->taps || c->settings.interval || c->settings.no_short_way)
        return false;
    return !cold || (!cold->traces && !(cold->tone && tone_is_listening(cold->tone)));
}

/* Whether the packet stands at the end of its stream in every respect. */
static bool is_newest(const struct stream *s, const struct arrival *a)
{
    const struct timing *t = &s->timing;

    return s->last == rtp_word(false, a->pt, a->sequence, a->timestamp) &&
           (uint16_t)s->sequence.highest == a->sequence && s->trace.sequence == a->sequence &&
           !s->sequence.stray && s->highest_timestamp == a->timestamp && s->end == a->time &&
           s->transit.rate == s->format.rate && s->transit.timestamp == a->timestamp &&
           !t->after_noise && t->deltas.packets == s->sequence.received - 1 &&
           t->jitters.packets == s->sequence.received - 1;
}

void regular_expect(struct stream *s, const struct arrival *a, const struct context *c)
{
    struct regular *r = &s->regular;

    r->ready = s->step && is_newest(s, a) && is_plain(s, c) &&
               (!s->format.law || a->looked_at || c->settings.no_tones);
    r->flow = STREAM_NO_NUMBER;
    r->size = a->octets;
}

/* The last ones of one size. */
static void settle_size(struct stream *s)
{
    struct regular *r = &s->regular;

    if (!r->same)
        return;
    stream_add_octets(s, &r->size, r->same);
    stream_vote_size(s, r->size.payload, r->same);
    r->same = 0;
}

void regular_settle(struct stream *s)
{
    struct regular *r = &s->regular;

    if (!r->count)
        return;
    settle_size(s);
    stream_vote_step(s, s->step, r->count);
    sequence_add_next(&s->sequence, r->count);
    s->timing.deltas.packets += r->count;
    s->timing.jitters.packets += r->count;
    s->transit.count += r->count;
    s->transit.timestamp = s->highest_timestamp = s->trace.timestamp = (uint32_t)s->last;
    s->trace.sequence = rtp_word_sequence(s->last);
    s->trace.time = (uint32_t)((uint64_t)s->end >> TRACE_UNIT);
    s->trace.size = (uint16_t)r->size.rtp;
    r->count = 0;
}

/* What the packet behind one of that word says of itself. */
static inline uint64_t following(uint64_t word, uint32_t step)
{
    return rtp_word(false, rtp_word_pt(word), (uint16_t)(rtp_word_sequence(word) + 1),
                    (uint32_t)word + step);
}

/* As transit.c's transit_next, for a packet that no jitter buffer would throw away;
 * false, with nothing changed, for any other. */
static inline bool add_transit(struct stream *s, double now, const struct context *c)
{
    struct transit *t = &s->transit;
    int64_t ticks = t->ticks + (int32_t)s->step;
    double transit = now - (double)ticks * s->format.ms_per_tick, d = fabs(transit - t->last);
    double behind = transit - least(t->low, t->low_before);

    if (d > TRANSIT_RESTART || behind > TRANSIT_LEAST_DEPTH || behind > c->settings.buffer_ms)
        return false;
    t->ticks = ticks;
    transit_step(t, transit, d);
    return true;
}

static inline void add_timing(struct stream *s, double now, uint32_t timestamp)
{
    struct timing *t = &s->timing;

    running_enter(&t->deltas, now - t->reference);
    timing_step(t, now, timestamp, s->format.ticks_per_ms);
    running_enter(&t->jitters, t->jitter);
    t->reference = now;
}

/* The packet with that word, if it comes in its turn. */
static inline bool add(struct stream *s, int64_t time, uint64_t word, const struct context *c)
{
    struct regular *r = &s->regular;
    uint32_t timestamp = (uint32_t)word;

    if (word != following(s->last, s->step) || !s->format.known || time < s->end ||
        time >= s->second_end || !timing_in_sequence(&s->timing, timestamp) ||
        !add_transit(s, since(time, s->start), c))
        return false;
    s->last = word;
    r->count++;
    add_timing(s, since(time, c->origin), timestamp);
    if (time - s->end > s->longest_gap)
        s->longest_gap = time - s->end;
    s->end = time;
    return true;
}

bool regular_add(struct stream *s, const struct arrival *a, const struct context *c)
{
    struct regular *r = &s->regular;

    if (!r->ready || a->dscp != r->dscp || a->suspected ||
        !add(s, a->time, rtp_word(a->marker, a->pt, a->sequence, a->timestamp), c))
        return false;
    if (memcmp(&r->size, &a->octets, sizeof r->size) != 0) {
        settle_size(s);
        r->size = a->octets;
    }
    r->same++;
    r->flow = STREAM_NO_NUMBER;
    s->trace.origin = a->origin;
    s->trace.ip_id = a->ip_id;
    return true;
}

bool regular_add_brief(struct stream *s, const struct stream_base *base,
                       const struct stream_brief *b, const struct context *c)
{
    struct regular *r = &s->regular;

    if (r->flow != b->flow || b->suspected || !add(s, base->time + b->after, b->rtp, c))
        return false;
    if (r->size.link != b->link) {
        settle_size(s);
        r->size = stream_brief_octets(b);
    }
    r->same++;
    s->trace.ip_id = b->ip_id;
    return true;
}
