/* The short way of a packet that goes on as the one before: in order, in time, of
 * the same payload type and the usual step of timestamps.  Nearly all are.
 *
 * What depends on each packet's arrival (jitter, skew, transit) is calculated here by
 * the same functions as for any other packet, what only counts them waits for
 * regular_settle().  Of a known flow, the packets themselves wait, with the flow, and are
 * calculated some at once.  Whatever is not the rule is left to count.c, so the figures
 * are the same as without this file; tests/stream/test_regular.c compares them. */
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "stream/flow.h"

/* In one go, so that they can be told in 32 bits. */
enum { MOST_REGULAR = 1 << 30 };

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

static void change_size(struct stream *s, struct stream_octets size)
{
    settle_size(s);
    s->regular.size = size;
}

/* What the packet behind one of that word says of itself. */
static inline uint64_t following(uint64_t word, uint32_t step)
{
    return rtp_word(false, rtp_word_pt(word), (uint16_t)(rtp_word_sequence(word) + 1),
                    (uint32_t)word + step);
}

/* How far behind the earliest ones a packet is that any jitter buffer plays, ms. */
static inline double depth(const struct context *c)
{
    return least(TRANSIT_LEAST_DEPTH, c->settings.buffer_ms);
}

/* As transit.c's transit_next, for a packet that no jitter buffer would throw away;
 * false, with nothing changed, for any other. */
static inline bool add_transit(struct transit *t, double now, int32_t step, double ms_per_tick,
                               double depth)
{
    int64_t ticks = t->ticks + step;
    double transit = now - (double)ticks * ms_per_tick, d = fabs(transit - t->last);

    if (d > TRANSIT_RESTART || transit - least(t->low, t->low_before) > depth)
        return false;
    t->ticks = ticks;
    transit_step(t, transit, d);
    return true;
}

static inline void add_timing(struct timing *t, double now, uint32_t timestamp,
                              double ticks_per_ms)
{
    running_enter(&t->deltas, now - t->reference);
    timing_step(t, now, timestamp, ticks_per_ms);
    running_enter(&t->jitters, t->jitter);
    t->reference = now;
}

/* The packet with that word, if it comes in its turn. */
static inline bool add(struct stream *s, int64_t time, uint64_t word, const struct context *c)
{
    struct regular *r = &s->regular;
    const struct format *f = &s->format;
    uint32_t timestamp = (uint32_t)word;

    if (word != following(s->last, s->step) || !f->known || r->count >= MOST_REGULAR ||
        time < s->end || time >= s->second_end || !timing_in_sequence(&s->timing, timestamp) ||
        !add_transit(&s->transit, since(time, s->start), (int32_t)s->step, f->ms_per_tick,
                     depth(c)))
        return false;
    s->last = word;
    r->count++;
    add_timing(&s->timing, since(time, c->origin), timestamp, f->ticks_per_ms);
    if (time - s->end > s->longest_gap)
        s->longest_gap = time - s->end;
    s->end = time;
    return true;
}

bool regular_add(struct stream *s, const struct arrival *a, const struct context *c)
{
    if (!s->regular.ready || a->dscp != s->regular.dscp || a->suspected ||
        !add(s, a->time, rtp_word(a->marker, a->pt, a->sequence, a->timestamp), c))
        return false;
    if (memcmp(&s->regular.size, &a->octets, sizeof a->octets) != 0)
        change_size(s, a->octets);
    s->regular.same++;
    s->trace.origin = a->origin;
    s->trace.ip_id = a->ip_id;
    return true;
}

/* ---- packets that wait with their flow ------------------------------------------- */

/* Two packets, one behind the other: what is calculated of each for itself is calculated of
 * both at once. */
typedef double pair __attribute__((vector_size(16)));
typedef int64_t bits __attribute__((vector_size(16)));

static inline pair both(double x)
{
    return (pair){x, x};
}

#ifdef __SSE2__
static inline pair least_of(pair a, pair b)
{
    return _mm_min_pd(a, b);
}

static inline pair greatest_of(pair a, pair b)
{
    return _mm_max_pd(a, b);
}
#else
static inline pair least_of(pair a, pair b)
{
    return (pair){least(a[0], b[0]), least(a[1], b[1])};
}

static inline pair greatest_of(pair a, pair b)
{
    return (pair){greatest(a[0], b[0]), greatest(a[1], b[1])};
}
#endif

static inline pair distance(pair a, pair b)
{
    const bits all_but_sign = {INT64_MAX, INT64_MAX};

    return (pair)((bits)(a - b) & all_but_sign);
}

/* For each of the two, what was calculated of the packet before it. */
static inline pair one_before(double last, pair now)
{
    return (pair){last, now[0]};
}

static inline uint32_t longer(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* Least and greatest of many. */
struct range {
    pair min, max;
};

static inline struct range range_of(double min, double max)
{
    return (struct range){both(min), both(max)};
}

static inline void range_enter(struct range *r, pair x)
{
    r->min = least_of(x, r->min);
    r->max = greatest_of(x, r->max);
}

static inline double range_min(const struct range *r)
{
    return least(r->min[0], r->min[1]);
}

static inline double range_max(const struct range *r)
{
    return greatest(r->max[0], r->max[1]);
}

/* What pairs change in a stream's timing and transit. */
struct sum {
    double reference, nominal, jitter, delta_sum, jitter_sum;         /* timing */
    double transit, transit_jitter, transit_jitter_sum, transit_jitter_max;
    struct range transits, deltas, jitters, skews;
    pair jumps;          /* of transit, at most */
    double ticks, stamp; /* since the clock's start, since the first timestamp */
};

static inline void sum_begin(struct sum *u, const struct stream *s)
{
    const struct timing *t = &s->timing;
    const struct transit *x = &s->transit;

    u->reference = t->reference;
    u->nominal = t->nominal;
    u->jitter = t->jitter;
    u->delta_sum = t->deltas.sum;
    u->jitter_sum = t->jitters.sum;
    u->transit = x->last;
    u->transit_jitter = x->jitter;
    u->transit_jitter_sum = x->sum;
    u->transit_jitter_max = x->max;
    u->transits = range_of(INFINITY, -INFINITY);
    u->deltas = range_of(t->deltas.min, t->deltas.max);
    u->jitters = range_of(t->jitters.min, t->jitters.max);
    u->skews = range_of(t->skew_min, t->skew_max);
    u->jumps = both(0);
    u->ticks = (double)x->ticks;
    u->stamp = (uint32_t)s->last - t->first_timestamp;
}

static inline void sum_end(const struct sum *u, struct stream *s)
{
    struct timing *t = &s->timing;
    struct transit *x = &s->transit;

    t->reference = u->reference;
    t->nominal = u->nominal;
    t->jitter = u->jitter;
    t->deltas.sum = u->delta_sum;
    t->jitters.sum = u->jitter_sum;
    x->last = u->transit;
    x->jitter = u->transit_jitter;
    x->sum = u->transit_jitter_sum;
    x->max = u->transit_jitter_max;
    x->low = least(range_min(&u->transits), x->low);
    t->deltas.min = range_min(&u->deltas);
    t->deltas.max = range_max(&u->deltas);
    t->jitters.min = range_min(&u->jitters);
    t->jitters.max = range_max(&u->jitters);
    t->skew_min = range_min(&u->skews);
    t->skew_max = range_max(&u->skews);
    x->ticks = (int64_t)u->ticks;
}

/* As transit_step, for a pair. */
static inline void sum_transit(struct sum *u, pair now, double step, double ms_per_tick)
{
    pair ticks = {u->ticks + step, u->ticks + 2 * step};
    pair transit = now - ticks * both(ms_per_tick);
    pair d = distance(transit, one_before(u->transit, transit));
    double first = transit_jitter(u->transit_jitter, d[0]), second = transit_jitter(first, d[1]);

    u->transit_jitter = second;
    u->transit_jitter_sum = u->transit_jitter_sum + first + second;
    u->transit_jitter_max = greatest(second, greatest(first, u->transit_jitter_max));
    range_enter(&u->transits, transit);
    u->jumps = greatest_of(d, u->jumps);
    u->transit = transit[1];
    u->ticks = ticks[1];
}

/* As add_timing. */
static inline void sum_timing(struct sum *u, pair now, double start, double step,
                              double ticks_per_ms)
{
    pair stamp = {u->stamp + step, u->stamp + 2 * step};
    pair nominal = stamp / both(ticks_per_ms);
    pair earlier = one_before(u->reference, now), delta = now - earlier;
    pair off = distance(now, earlier + nominal - one_before(u->nominal, nominal));
    double first = timing_jitter(u->jitter, off[0]), second = timing_jitter(first, off[1]);

    u->jitter = second;
    u->jitter_sum = u->jitter_sum + first + second;
    u->delta_sum = u->delta_sum + delta[0] + delta[1];
    range_enter(&u->deltas, delta);
    range_enter(&u->jitters, (pair){first, second});
    range_enter(&u->skews, nominal - (now - both(start)));
    u->reference = now[1];
    u->nominal = nominal[1];
    u->stamp = stamp[1];
}

/* Whether add_transit would have taken each of them. */
static inline bool sum_holds(const struct sum *u, const struct transit *x, double depth)
{
    double low = least(range_min(&u->transits), least(x->low, x->low_before));

    return greatest(u->jumps[0], u->jumps[1]) <= TRANSIT_RESTART &&
           range_max(&u->transits) - low <= depth;
}

/* Whether all numbers are whole ones that a double holds, and no timestamp goes around. */
static bool is_exact(const struct stream *s, const struct context *c)
{
    const int64_t most = (int64_t)1 << 52;
    uint64_t last = ((uint32_t)s->last - s->timing.first_timestamp) +
                    (uint64_t)s->step * FLOW_MOST_WAITING;

    return s->end - s->start < most && llabs(s->end - c->origin) < most &&
           llabs(s->transit.ticks) < most && last <= INT32_MAX;
}

/* As add(), but for sizes, of `n` packets, an even number, that come in their turn as far
 * as flow_wait() can say: false, with nothing changed, when one of them may not in every
 * respect. */
static bool add_pairs(struct stream *s, const struct known_flow *k, unsigned n,
                      const struct context *c)
{
    const double step = s->step, ms_per_tick = s->format.ms_per_tick;
    const double ticks_per_ms = s->format.ticks_per_ms;
    const pair after_origin = both((double)(s->start - c->origin)), million = both(1e6);
    int64_t time = s->end - s->start;
    uint32_t longest = 0;
    struct sum u;

    if (!is_exact(s, c))
        return false;
    sum_begin(&u, s);
    for (unsigned i = 0; i < n; i += 2) {
        int64_t first = time + k->waits[i], second = first + k->waits[i + 1];
        pair ns = {(double)first, (double)second};

        sum_transit(&u, ns / million, step, ms_per_tick);
        sum_timing(&u, (ns + after_origin) / million, s->timing.first, step, ticks_per_ms);
        longest = longer(longest, longer(k->waits[i], k->waits[i + 1]));
        time = second;
    }
    if (!sum_holds(&u, &s->transit, depth(c)))
        return false;
    sum_end(&u, s);
    s->end = s->start + time;
    s->last += n * flow_step(s->step);
    s->regular.count += n;
    if (longest > s->longest_gap)
        s->longest_gap = longest;
    return true;
}

static void add_sizes(struct stream *s, const struct known_flow *k, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (k->links[i] != s->regular.size.link)
            change_size(s, flow_octets(k->links[i]));
        s->regular.same++;
    }
}

/* As many of them as come in their turn in every respect. */
static unsigned add_waiting(struct stream *s, const struct known_flow *k,
                            const struct context *c)
{
    unsigned pairs = k->count / 2 * 2, n = pairs && add_pairs(s, k, pairs, c) ? pairs : 0;
    uint64_t step = flow_step(s->step);

    while (n < k->count && add(s, s->end + k->waits[n], s->last + step, c))
        n++;
    add_sizes(s, k, n);
    return n;
}

/* Nobody looks at the payload of a packet in which nothing was heard, nor at its number. */
static void count_by_itself(struct stream *s, const struct known_flow *k, unsigned i,
                            int64_t time, uint64_t word)
{
    struct arrival a = {.time = time,
                        .octets = flow_octets(k->links[i]),
                        .origin = k->origin,
                        .ip_id = k->ip_id,
                        .sequence = rtp_word_sequence(word),
                        .timestamp = (uint32_t)word,
                        .pt = rtp_word_pt(word),
                        .dscp = k->dscp,
                        .looked_at = stream_looked_at(rtp_word_pt(word))};

    stream_count_packet(s, &a, NULL, 0, s->context);
}

void regular_leave_flow(struct stream *s)
{
    struct known_flow *k = s->regular.flow;
    int64_t time;
    uint64_t word;
    unsigned n;

    if (!k)
        return;
    s->regular.flow = NULL;
    k->next = FLOW_NO_WORD;
    if (!k->count)
        return;
    k->packets += k->count;
    s->trace.ip_id = k->ip_id;
    n = add_waiting(s, k, s->context);
    time = s->end;
    word = s->last;
    for (; n < k->count; n++) {
        time += k->waits[n];
        word += flow_step(k->step);
        count_by_itself(s, k, n, time, word);
    }
    k->count = 0;
}

/* Whether neither number nor timestamp begin anew while some wait: the next word is then
 * reached by an addition. */
static bool is_far_from_wrap(uint64_t word, uint32_t step)
{
    uint64_t last = (uint32_t)word + (uint64_t)step * (FLOW_MOST_WAITING + 1);

    return last <= UINT32_MAX && rtp_word_sequence(word) < UINT16_MAX - FLOW_MOST_WAITING;
}

void regular_join_flow(struct stream *s, struct known_flow *k)
{
    if (!s->regular.ready || s->regular.count >= MOST_REGULAR ||
        !is_far_from_wrap(s->last, s->step))
        return;
    s->regular.flow = k;
    k->step = s->step;
    k->next = s->last + flow_step(s->step);
    k->end = s->end;
    k->second_end = s->second_end;
}

/* ---- what was counted here ------------------------------------------------------- */

static void tell_all(struct stream *s)
{
    struct regular *r = &s->regular;

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

void regular_settle(struct stream *s)
{
    regular_leave_flow(s);
    if (s->regular.count)
        tell_all(s);
}
