/* Keys pressed, as telephone events: RFC 4733 §2.5.
 *
 * All packets of an event have the timestamp of its beginning and a duration
 * that grows; the last one comes three times with the E bit.  So an event is
 * one key however many of its packets are lost, and whether or not its end was
 * seen.  Some senders are told apart from the letter of the RFC: those that
 * give the next press the timestamp of the one before, and those that give
 * each packet a timestamp of its own. */
#include "stream/state.h"

enum { NO_ITEM = UINT32_MAX };

/* Segments of a long event follow each other at the greatest duration that the
 * field holds; a sender may cut somewhat earlier (RFC 4733 §2.5.1.3). */
enum { LEAST_SEGMENT = 0xf000, MOST_SEGMENT = 0x10000 };

struct stream_digit *dtmf_add(struct keys *keys, char digit, enum stream_digit_via via,
                              int64_t time, uint64_t frame)
{
    struct stream_digit *d = keys->list.n < MOST_DIGITS ? vec_add(&keys->list) : NULL;

    if (d)
        *d = (struct stream_digit){
            .digit = digit, .via = (uint8_t)via, .time = time, .frame = frame};
    return d;
}

/* Writes what is known of the event into its item of the list. */
static void update(struct keys *keys, const struct rtp_event *e)
{
    struct event_state *s = &keys->state;
    struct stream_digit *d;

    if (e->duration > s->duration)
        s->duration = e->duration;
    s->ended = s->ended || e->end;
    if (s->item == NO_ITEM)
        return;
    d = &keys->list.v[s->item];
    d->duration_ms = ((double)s->before + s->duration) * 1000 / s->rate;
    d->ended = s->ended;
}

static void begin(struct keys *keys, const struct arrival *a, const struct rtp_event *e,
                  uint32_t rate)
{
    char digit = rtp_event_digit(e->event);
    struct stream_digit *d =
        digit ? dtmf_add(keys, digit, STREAM_DIGIT_EVENT, a->time, a->frame) : NULL;

    if (d)
        d->volume = e->volume;
    keys->state = (struct event_state){.any = true,
                                       .event = e->event,
                                       .timestamp = a->timestamp,
                                       .rate = rate,
                                       .item = d ? (uint32_t)(keys->list.n - 1) : NO_ITEM};
    update(keys, e);
}

/* The same timestamp, and yet another press: it begins again. */
static bool is_reused(const struct event_state *s, const struct arrival *a,
                      const struct rtp_event *e)
{
    return !e->end && e->duration < s->duration && (s->ended || a->marker);
}

/* The next segment of an event too long for one. */
static bool is_segment(const struct event_state *s, const struct arrival *a,
                       const struct rtp_event *e)
{
    uint32_t later = a->timestamp - s->timestamp;

    return !s->ended && !a->marker && e->event == s->event && later >= LEAST_SEGMENT &&
           later <= MOST_SEGMENT && s->duration >= LEAST_SEGMENT / 2;
}

/* The same event under a timestamp that went on with its packets. */
static bool is_restamped(const struct event_state *s, const struct arrival *a,
                         const struct rtp_event *e)
{
    uint32_t later = a->timestamp - s->timestamp;

    if (a->marker || e->event != s->event || later > e->duration)
        return false;
    return s->ended ? e->end && e->duration == s->duration : e->duration > s->duration;
}

void dtmf_event(struct keys *keys, const struct arrival *a, enum order order, uint32_t rate)
{
    struct event_state *s = &keys->state;
    struct rtp_event e;

    if (!a->short_payload || !rtp_event_parse(&e, a->head, sizeof a->head) ||
        order == ORDER_DUPLICATE)
        return;
    if (s->any && e.event == s->event && a->timestamp == s->timestamp) {
        if (order != ORDER_LATE && is_reused(s, a, &e))
            begin(keys, a, &e, rate);
        else
            update(keys, &e);
        return;
    }
    if (s->any && order == ORDER_LATE) /* of an event before this one */
        return;
    if (s->any && is_segment(s, a, &e)) {
        s->before += a->timestamp - s->timestamp;
        s->timestamp = a->timestamp;
        s->duration = 0;
        update(keys, &e);
        return;
    }
    if (s->any && is_restamped(s, a, &e)) {
        s->timestamp = a->timestamp;
        update(keys, &e);
        return;
    }
    begin(keys, a, &e, rate);
}

size_t stream_digits(const struct stream *s, const struct stream_digit **digits)
{
    const struct cold *cold = s->alone ? NULL : s->cold;

    *digits = cold ? cold->keys.list.v : NULL;
    return cold ? cold->keys.list.n : 0;
}
