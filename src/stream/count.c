/* Counts one packet in its stream. */
#include <math.h>
#include <stdlib.h>

#include "stream/state.h"

static const int64_t SECOND = 1000000000, OUTAGE = 200000000;

struct cold *stream_cold(struct stream *s)
{
    if (!s->cold)
        s->cold = calloc(1, sizeof *s->cold);
    return s->cold;
}

void stream_let_go(struct stream *s)
{
    if (s->alone)
        return;
    sequence_let_go(&s->sequence);
    free(s->seconds);
    free(s->reports);
    free(s->history);
    if (!s->cold)
        return;
    vec_free(&s->cold->rests);
    vec_free(&s->cold->keys.list);
    vec_free(&s->cold->intervals.list);
    free(s->cold->tone);
    free(s->cold->traces);
    free(s->cold);
}

/* ---- what the payload type means ---------------------------------------------- */

struct pt_count *stream_pt_row(struct stream *s, unsigned i)
{
    return i < FIRST_PTS ? &s->pts[i] : &s->cold->pts[i - FIRST_PTS];
}

/* What no description explains is taken to mean what one says of it. */
static bool is_row_of(const struct pt_count *row, uint8_t pt, const struct rtp_format *format)
{
    return row->pt == pt && (!format || !row->format ||
                             (row->format->clock_rate == format->clock_rate &&
                              slice_ieq(row->format->codec, format->codec)));
}

/* The row of a type; the last one stands for all that find no room. */
static struct pt_count *find_row(struct stream *s, uint8_t pt, const struct rtp_format *format)
{
    unsigned room = s->pt_count >= FIRST_PTS && !stream_cold(s) ? FIRST_PTS : STREAM_MAX_PTS;
    struct pt_count *row;

    for (unsigned i = 0; i < s->pt_count; i++)
        if (is_row_of(stream_pt_row(s, i), pt, format)) {
            s->pt_index = (uint8_t)i;
            return stream_pt_row(s, i);
        }
    if (s->pt_count >= room) {
        s->pt_index = (uint8_t)(s->pt_count - 1);
        return stream_pt_row(s, s->pt_index);
    }
    s->pt_index = s->pt_count++;
    row = stream_pt_row(s, s->pt_index);
    *row = (struct pt_count){.pt = pt};
    return row;
}

/* A dynamic type that no session description explains, and whose packets are as
 * those of telephone events. */
bool stream_looks_like_event(const struct rtp_format *format, const struct arrival *a)
{
    struct rtp_event e;

    return !format && a->pt >= 96 && a->octets.payload == RTP_EVENT_BYTES &&
           a->short_payload && rtp_event_parse(&e, a->head, sizeof a->head) &&
           rtp_event_digit(e.event) && !e.reserved && (e.duration || a->marker);
}

static uint8_t audible(const struct stream *s, const struct rtp_format *format)
{
    if (!format || s->format.hidden)
        return G711_NONE;
    if (slice_ieq(format->codec, SLICE("PCMU")))
        return G711_MU;
    return slice_ieq(format->codec, SLICE("PCMA")) ? G711_A : G711_NONE;
}

/* Asked again only when the type changes, or the session description. */
static void change_format(struct stream *s, const struct arrival *a)
{
    const struct rtp_format *format, *announced;
    struct format *f = &s->format;
    struct pt_count *row;

    destination_follow(s);
    format = rtp_map_format(s->map, a->pt);
    announced = s->map && format && format->codec.n ? format : NULL;
    if (s->pt_count)
        stream_pt_row(s, s->pt_index)->packets += s->sequence.received - s->run;
    s->run = s->sequence.received;
    row = find_row(s, a->pt, announced);
    if (!row->format && row->pt == a->pt)
        row->format = announced;
    for (unsigned i = 0; s->map && i < s->map->count; i++)
        row->negotiated = row->negotiated || s->map->formats[i].pt == a->pt;
    *f = (struct format){.pt = a->pt, .known = true, .noise = rtp_is_comfort_noise(a->pt),
                         .hidden = s->map && s->map->secure && !a->clear};
    s->decrypted = s->decrypted || a->clear;
    f->event = format ? format->event : stream_looks_like_event(format, a);
    f->rate = format && !f->event ? format->clock_rate : 0;
    f->event_rate = format && format->clock_rate ? format->clock_rate : 8000;
    /* 11025 and 44100 Hz lose their fraction, as in Wireshark */
    f->ticks_per_ms = (uint16_t)(f->rate / 1000 > UINT16_MAX ? 0 : f->rate / 1000);
    f->ms_per_tick = f->rate ? 1000.0 / f->rate : 0;
    f->law = audible(s, format);
    f->video = (uint8_t)video_format(s->map, format);
    row->event = f->event;
    row->rate = f->rate;
}

/* ---- where the packet belongs ---------------------------------------------------- */

/* Packets make the same step: their number can be told by media time. */
static bool is_steady(const struct stream *s)
{
    enum { ENOUGH = 16 }; /* more that make it than do not */

    return s->step &&
           (s->step_votes >= ENOUGH || 2 * (uint64_t)s->step_votes >= s->sequence.received);
}

/* Whether media time explains a jump of sequence numbers: an outage, or packets
 * that were long on their way, or captured by another clock. */
static bool is_explained(const struct stream *s, const struct arrival *a)
{
    int32_t distance = sequence_distance(&s->sequence, a->sequence);
    double ticks = (int32_t)(a->timestamp - s->highest_timestamp);
    double rate = s->format.rate ? s->format.rate : 90000;
    double arrived = (double)(a->time - s->end) / 1e9; /* s after the one before */
    double meant = (double)distance * s->step;

    if (is_steady(s) && fabs(ticks - meant) <= fabs(meant) / 8 + 16.0 * s->step)
        return true;
    if (distance < 0)
        return ticks <= 0 && ticks > -2 * rate;
    /* as much media time as time went by, and enough of it for the packets */
    return ticks > meant && arrived > 2 && fabs(ticks / rate - arrived) < 0.5 + arrived / 10;
}

static enum order place(struct stream *s, const struct arrival *a)
{
    if (sequence_distance(&s->sequence, a->sequence) == 1)
        return sequence_add(&s->sequence, a->sequence);
    if (sequence_is_jump(&s->sequence, a->sequence, is_steady(s)) && !is_explained(s, a))
        return sequence_jump(&s->sequence, a->sequence);
    return sequence_add(&s->sequence, a->sequence);
}

/* `n` votes for a value, the one that more than half have voted for so far being
 * at hand; true when it has to give way. */
static bool vote(uint32_t *votes, bool same, uint64_t n)
{
    if (same) {
        *votes += (uint32_t)n;
        return false;
    }
    if (*votes >= n) {
        *votes -= (uint32_t)n;
        return false;
    }
    *votes = (uint32_t)n - *votes;
    return true;
}

void stream_vote_step(struct stream *s, uint32_t step, uint64_t n)
{
    if (vote(&s->step_votes, step == s->step, n))
        s->step = step;
}

void stream_vote_size(struct stream *s, uint32_t octets, uint64_t n)
{
    uint16_t size = (uint16_t)(octets > UINT16_MAX ? UINT16_MAX : octets);

    if (vote(&s->size_votes, size == s->last_size, n))
        s->last_size = size;
}

/* Media time goes on by more than a packet: the sender was silent. */
static bool is_pause(const struct stream *s, uint32_t step)
{
    return s->step && step > 2 * s->step && step < 0x80000000u;
}

/* What the steps from packet to packet tell. */
static void note_steps(struct stream *s, const struct arrival *a)
{
    uint32_t step = a->timestamp - (uint32_t)s->last;

    if ((uint16_t)(a->sequence - rtp_word_sequence(s->last)) == 1) {
        s->pauses += is_pause(s, step);
        if (step && !a->marker)
            stream_vote_step(s, step, 1);
    }
    stream_vote_size(s, a->octets.payload, 1);
    s->last = rtp_word(false, a->pt, a->sequence, a->timestamp);
}

/* ---- once a second ---------------------------------------------------------------- */

static void note_low(struct stream *s, double at)
{
    struct seconds *q = s->seconds;
    struct transit *t = &s->transit;

    if (q->restarts != t->restarts) {
        clock_fit_restart(&q->fit);
        q->low_count = 0;
        q->restarts = t->restarts;
    }
    if (t->low == INFINITY) /* no media in this second */
        return;
    clock_fit_add(&q->fit, at, t->low);
    q->lows[q->low_at++ % LOWS] = (float)t->low;
    if (q->low_count < LOWS)
        q->low_count++;
    t->low_before = INFINITY;
    for (unsigned i = 0; i < q->low_count; i++) {
        double low = (double)q->lows[(q->low_at - 1u - i) % LOWS];

        t->low_before = low < t->low_before ? low : t->low_before;
    }
    t->low = INFINITY;
}

static void note_peak(struct stream *s)
{
    struct seconds *q = s->seconds;

    for (unsigned i = 0; i < LEVELS; i++) {
        uint64_t octets = s->octets[i] - q->before[i];

        if (octets > q->peak[i])
            q->peak[i] = octets < UINT32_MAX ? (uint32_t)octets : UINT32_MAX;
        q->before[i] = s->octets[i];
    }
}

/* When the stream's own second ends that the time lies in. */
static int64_t own_second_end(const struct stream *s, int64_t time)
{
    return s->start + ((time - s->start) / SECOND + 1) * SECOND;
}

static void end_own_second(struct stream *s, int64_t end)
{
    if (!s->seconds && !(s->seconds = calloc(1, sizeof *s->seconds)))
        return;
    note_peak(s);
    if (s->transit.rate)
        note_low(s, (double)(end - s->start) / 1e9);
}

/* Both are over at `now`, or the one that ends first. */
static void end_second(struct stream *s, int64_t now)
{
    int64_t own = own_second_end(s, s->second_end - 1);
    int64_t utc = history_second_end(s->second_end - 1);

    if (now >= own) {
        end_own_second(s, own);
        own = own_second_end(s, now);
    }
    if (now >= utc) {
        history_note(s, history_second(utc - 1));
        utc = history_second_end(now);
    }
    s->second_end = own < utc ? own : utc;
}

/* ---- one packet ---------------------------------------------------------------------- */

void stream_add_octets(struct stream *s, const struct stream_octets *size, uint64_t n)
{
    s->octets[0] += n * size->payload;
    s->octets[1] += n * size->rtp;
    s->octets[2] += n * size->ip;
    s->octets[3] += n * size->link;
}

void stream_start_at(struct stream *s, const struct stream_key *key, const struct rtp_map *map,
                     const struct arrival *a, const struct context *c)
{
    s->key = *key;
    s->map = map;
    s->context = c;
    s->found_by = a->relayed ? STREAM_BY_TURN : STREAM_BY_HEURISTIC;
    s->call = STREAM_NO_CALL;
    s->regular.dscp = a->dscp;
    s->start = s->end = a->time;
    s->first_frame = a->frame;
    s->last = rtp_word(false, a->pt, a->sequence, a->timestamp);
    s->highest_timestamp = a->timestamp;
    s->markers = a->marker;
    s->second_end = history_second_end(a->time);
    if (s->second_end > own_second_end(s, a->time))
        s->second_end = own_second_end(s, a->time);
    copies_note(s, a, c);
    change_format(s, a);
    stream_add_octets(s, &a->octets, 1);
    sequence_start(&s->sequence, a->sequence);
    timing_start(&s->timing, since(a->time, c->origin), a->timestamp);
    s->timing.after_noise = s->format.noise;
    if (s->format.rate && !s->format.noise)
        transit_next(&s->transit, 0, a->timestamp, s->format.rate, s->format.ms_per_tick,
                     c->settings.buffer_ms);
    if (s->format.event && !s->format.hidden && stream_cold(s))
        dtmf_event(&s->cold->keys, a, ORDER_NEXT, s->format.event_rate);
    if (s->format.video)
        video_add(s, a, ORDER_NEXT, NULL, 0);
    if (c->settings.interval)
        interval_add(s, a, ORDER_NEXT, false, c);
}

/* Whether the packet comes too late for the jitter buffer. */
static bool add_transit(struct stream *s, const struct arrival *a, enum order order,
                        const struct context *c)
{
    const struct format *f = &s->format;
    double now = since(a->time, s->start);
    bool late = false;

    if (!f->rate || f->noise)
        return false;
    if (order == ORDER_NEXT)
        late = transit_next(&s->transit, now, a->timestamp, f->rate, f->ms_per_tick,
                            c->settings.buffer_ms);
    else if (order == ORDER_LATE && f->rate == s->transit.rate)
        late = transit_late(&s->transit, now, a->timestamp, f->ms_per_tick,
                            c->settings.buffer_ms);
    else if (order == ORDER_RESET)
        s->transit.rate = 0; /* the next one starts the clock */
    if (late)
        sequence_discard(&s->sequence, a->sequence);
    return late;
}

static void listen(struct stream *s, const struct arrival *a, const uint8_t *payload, size_t n)
{
    bool listening = s->cold && s->cold->tone && tone_is_listening(s->cold->tone);
    bool suspected = a->looked_at ? a->suspected : tone_suspected(payload, n);
    unsigned gap = (uint16_t)(a->sequence - rtp_word_sequence(s->last)) - 1u;

    if (!listening && !suspected)
        return;
    if (!stream_cold(s) || (!s->cold->tone && !(s->cold->tone = tone_new())))
        return;
    tone_add(s->cold->tone, &s->cold->keys, a, gap, suspected, (enum g711_law)s->format.law,
             payload, n);
}

/* Keys pressed, as events or in the audio; frames of video. */
static void look_inside(struct stream *s, const struct arrival *a, enum order order,
                 const uint8_t *payload, size_t n, const struct context *c)
{
    if (s->format.event) {
        if (!s->format.hidden && stream_cold(s))
            dtmf_event(&s->cold->keys, a, order, s->format.event_rate);
    } else if (s->format.law && n && order == ORDER_NEXT && !c->settings.no_tones) {
        listen(s, a, payload, n);
    } else if (s->format.video) {
        video_add(s, a, order, payload, n);
    }
}

/* No packet came for as long as is heard as a drop-out, and numbers went on meanwhile:
 * silence that the sender keeps is none. */
static void note_outage(struct stream *s, int64_t lasted)
{
    struct cold *cold = stream_cold(s);

    if (!cold)
        return;
    cold->outages++;
    cold->outage += lasted;
    if (lasted > cold->longest_outage)
        cold->longest_outage = lasted;
}

/* A packet like the one before never ends one: it comes within its second. */
static void note_rest(struct stream *s, int64_t to)
{
    struct cold *cold = stream_cold(s);
    struct rest *rest = cold && cold->rests.n < MOST_RESTS ? vec_add(&cold->rests) : NULL;

    if (rest)
        *rest = (struct rest){.from = s->end, .to = to};
}

bool stream_flows_within(const struct stream *s, int64_t from, int64_t to)
{
    const struct cold *cold = s->alone ? NULL : s->cold;

    if (from > stream_end(s) || to < s->start)
        return false;
    for (size_t i = 0; cold && i < cold->rests.n; i++)
        if (cold->rests.v[i].from < from && cold->rests.v[i].to > to)
            return false;
    return true;
}

static void count_any(struct stream *s, const struct arrival *a, const uint8_t *payload, size_t n,
                      const struct context *c)
{
    enum copy copy = copies_note(s, a, c);
    enum order order;
    int64_t number; /* the one that is due */
    bool late;

    if (copy == COPY_OF_ANOTHER_TAP)
        return;
    if (a->time >= s->second_end)
        end_second(s, a->time);
    if (!s->format.known || s->format.pt != a->pt)
        change_format(s, a);
    if (s->regular.dscp != a->dscp)
        marking_change(s, a->dscp);
    timing_add(&s->timing, since(a->time, c->origin), a, &s->format, s->sequence.received);
    number = s->sequence.highest + 1;
    order = place(s, a);
    if (order == ORDER_NEXT && s->sequence.highest > number && a->time - s->end >= OUTAGE)
        note_outage(s, a->time - s->end);
    s->markers += a->marker;
    if (copy == COPY_NONE)
        stream_add_octets(s, &a->octets, 1);
    late = add_transit(s, a, order, c);
    look_inside(s, a, order, payload, n, c);
    if (c->settings.interval)
        interval_add(s, a, order, late, c);
    if (order == ORDER_NEXT || order == ORDER_RESET)
        s->highest_timestamp = a->timestamp;
    if (order != ORDER_STRAY && !s->format.event)
        note_steps(s, a);
    if (a->time - s->end > s->longest_gap)
        s->longest_gap = a->time - s->end;
    if (a->time - s->end >= SECOND)
        note_rest(s, a->time);
    if (a->time > s->end)
        s->end = a->time;
}

void stream_count_packet(struct stream *s, const struct arrival *a, const uint8_t *payload,
                         size_t n, const struct context *c)
{
    regular_leave_flow(s);
    if (regular_add(s, a, c))
        return;
    regular_settle(s);
    if (a->time >= s->second_end && !c->taps) { /* most often that was all */
        end_second(s, a->time);
        if (regular_add(s, a, c))
            return;
    }
    count_any(s, a, payload, n, c);
    regular_expect(s, a, c);
}

static int by_time(const void *pa, const void *pb)
{
    const struct stream_digit *a = pa, *b = pb;

    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return a->frame < b->frame ? -1 : a->frame > b->frame;
}

void stream_end_counting(struct stream *s)
{
    if (s->alone)
        return;
    regular_settle(s);
    sequence_finish(&s->sequence);
    if (s->seconds)
        end_own_second(s, own_second_end(s, s->second_end - 1));
    if (s->history)
        history_note(s, history_second(s->second_end - 1));
    if (!s->cold)
        return;
    if (s->cold->tone)
        tone_rest(s->cold->tone, &s->cold->keys);
    if (s->cold->keys.list.n)
        qsort(s->cold->keys.list.v, s->cold->keys.list.n, sizeof *s->cold->keys.list.v, by_time);
}
