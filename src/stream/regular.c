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

/* When packets came that wait, an even number of them, and the longest wait for one, ns. */
struct arrivals {
    unsigned pairs;
    uint32_t longest;
    int64_t end;                                                    /* ns after the start */
    pair after_start[FLOW_MOST_WAITING / 2], after_origin[FLOW_MOST_WAITING / 2]; /* ms */
};

static inline void arrivals_of(struct arrivals *all, const struct stream *s,
                               const struct known_flow *k, unsigned n, const struct context *c)
{
    const pair after_origin = both((double)(s->start - c->origin)), million = both(1e6);
    int64_t time = s->end - s->start;
    uint32_t longest = 0;

    for (unsigned i = 0; i < n / 2; i++) {
        uint32_t first_wait = k->waits[2 * i], second_wait = k->waits[2 * i + 1];
        int64_t first = time + first_wait;
        pair ns;

        time = first + second_wait;
        ns = (pair){(double)first, (double)time};
        all->after_start[i] = ns / million;
        all->after_origin[i] = (ns + after_origin) / million;
        longest = longer(longest, longer(first_wait, second_wait));
    }
    all->pairs = n / 2;
    all->longest = longest;
    all->end = time;
}

/* As add_transit, for all of them: false, with nothing changed, when it would not have taken
 * each. */
static inline bool add_transits(struct transit *t, const struct arrivals *all, double step,
                                double ms_per_tick, double depth)
{
    const pair factor = both(ms_per_tick), two_steps = both(2 * step);
    double last = t->last, jitter = t->jitter, sum = t->sum, max = t->max;
    pair ticks = {(double)t->ticks + step, (double)t->ticks + 2 * step}, jumps = both(0);
    struct range transits = range_of(INFINITY, -INFINITY);

    for (unsigned i = 0; i < all->pairs; i++) {
        pair transit = all->after_start[i] - ticks * factor;
        pair d = distance(transit, one_before(last, transit));
        double first = transit_jitter(jitter, d[0]);

        jitter = transit_jitter(first, d[1]);
        sum = sum + first + jitter;
        max = greatest(jitter, greatest(first, max));
        range_enter(&transits, transit);
        jumps = greatest_of(d, jumps);
        last = transit[1];
        ticks += two_steps;
    }
    if (greatest(jumps[0], jumps[1]) > TRANSIT_RESTART ||
        range_max(&transits) - least(range_min(&transits), least(t->low, t->low_before)) > depth)
        return false;
    t->ticks += (int64_t)all->pairs * (int64_t)two_steps[0];
    t->last = last;
    t->jitter = jitter;
    t->sum = sum;
    t->max = max;
    t->low = least(range_min(&transits), t->low);
    return true;
}

/* As add_timing, for all of them, the first of which is `stamp` ticks after the first of all. */
static inline void add_timings(struct timing *t, const struct arrivals *all, double stamp,
                               double step, double ticks_per_ms)
{
    const pair divisor = both(ticks_per_ms), two_steps = both(2 * step), start = both(t->first);
    double reference = t->reference, last = t->nominal, jitter = t->jitter;
    double delta_sum = t->deltas.sum, jitter_sum = t->jitters.sum;
    struct range deltas = range_of(t->deltas.min, t->deltas.max);
    struct range jitters = range_of(t->jitters.min, t->jitters.max);
    struct range skews = range_of(t->skew_min, t->skew_max);
    pair stamps = {stamp, stamp + step};

    for (unsigned i = 0; i < all->pairs; i++) {
        pair now = all->after_origin[i], earlier = one_before(reference, now);
        pair nominal = stamps / divisor, delta = now - earlier;
        pair off = distance(now, earlier + nominal - one_before(last, nominal));
        double first = timing_jitter(jitter, off[0]);

        jitter = timing_jitter(first, off[1]);
        jitter_sum = jitter_sum + first + jitter;
        delta_sum = delta_sum + delta[0] + delta[1];
        range_enter(&deltas, delta);
        range_enter(&jitters, (pair){first, jitter});
        range_enter(&skews, nominal - (now - start));
        reference = now[1];
        last = nominal[1];
        stamps += two_steps;
    }
    t->reference = reference;
    t->nominal = last;
    t->jitter = jitter;
    t->deltas.sum = delta_sum;
    t->deltas.min = range_min(&deltas);
    t->deltas.max = range_max(&deltas);
    t->jitters.sum = jitter_sum;
    t->jitters.min = range_min(&jitters);
    t->jitters.max = range_max(&jitters);
    t->skew_min = range_min(&skews);
    t->skew_max = range_max(&skews);
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
    const double step = s->step;
    double stamp = (uint32_t)s->last - s->timing.first_timestamp + s->step;
    struct arrivals all;

    if (!is_exact(s, c))
        return false;
    arrivals_of(&all, s, k, n, c);
    if (!add_transits(&s->transit, &all, step, s->format.ms_per_tick, depth(c)))
        return false;
    add_timings(&s->timing, &all, stamp, step, s->format.ticks_per_ms);
    s->end = s->start + all.end;
    s->last += n * flow_step(s->step);
    s->regular.count += n;
    if (all.longest > s->longest_gap)
        s->longest_gap = all.longest;
    return true;
}

static void add_sizes(struct stream *s, const struct known_flow *k, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (k->links[i] != s->regular.size.link)
            change_size(s, flow_octets(k, k->links[i]));
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
                        .octets = flow_octets(k, k->links[i]),
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
