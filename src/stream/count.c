/* Counts one packet in its stream. */
#include "stream/state.h"

/* ms since the capture's first packet */
static double since(int64_t time, int64_t start)
{
    return (double)(time - start) / 1e6;
}

static struct pt_count *find_pt(struct stream *s, uint8_t pt)
{
    struct pt_count *c;

    for (unsigned i = 0; i < s->pt_count; i++)
        if (s->pts[i].pt == pt) {
            s->pt_index = (uint8_t)i;
            return &s->pts[i];
        }
    if (s->pt_count == STREAM_MAX_PTS) { /* the last row stands for the rest */
        s->pt_index = STREAM_MAX_PTS - 1;
        return &s->pts[STREAM_MAX_PTS - 1];
    }
    s->pt_index = s->pt_count++;
    c = &s->pts[s->pt_index];
    *c = (struct pt_count){.pt = pt};
    return c;
}

/* What the payload type means now; asked again only when it changes. */
static struct pt_count *payload_type(struct stream *s, uint8_t pt)
{
    struct pt_count *c;
    const struct rtp_format *format;

    if (s->pt_known && s->last_pt == pt)
        return &s->pts[s->pt_index];
    c = find_pt(s, pt);
    s->last_pt = pt;
    s->pt_known = true;
    format = rtp_map_format(s->map, pt);
    c->event = format && format->event;
    c->noise = rtp_is_comfort_noise(pt);
    c->rate = format && !format->event ? format->clock_rate : 0;
    /* 11025 and 44100 Hz lose their fraction, as in Wireshark */
    c->ticks_per_ms = (uint16_t)(c->rate / 1000 > UINT16_MAX ? 0 : c->rate / 1000);
    c->ms_per_tick = c->rate ? 1000.0 / c->rate : 0;
    for (unsigned i = 0; s->map && i < s->map->count; i++)
        c->negotiated = c->negotiated || s->map->formats[i].pt == pt;
    return c;
}

/* Boyer and Moore's vote: the step that more than half of the packets make. */
static void vote_step(struct stream *s, const struct arrival *a)
{
    uint32_t step = a->timestamp - s->last_timestamp;

    if ((uint16_t)(a->sequence - s->last_sequence) == 1 && step && !a->marker) {
        if (!s->step_votes)
            s->step = step;
        s->step_votes += step == s->step ? 1 : (uint32_t)-1;
    }
    s->last_timestamp = a->timestamp;
    s->last_sequence = a->sequence;
}

static void add_bytes(struct stream *s, const struct arrival *a)
{
    s->payload_bytes += a->payload_bytes;
    s->rtp_bytes += a->rtp_bytes;
    s->ip_bytes += a->ip_bytes;
    s->link_bytes += a->link_bytes;
}

void stream_start_at(struct stream *s, const struct stream_key *key, const struct rtp_map *map,
                     const struct arrival *a, int64_t capture_start)
{
    struct pt_count *pt;

    *s = (struct stream){.key = *key,
                         .map = map,
                         .found_by = a->relayed ? STREAM_BY_TURN : STREAM_BY_HEURISTIC,
                         .call = STREAM_NO_CALL,
                         .start = a->time,
                         .end = a->time,
                         .first_frame = a->frame,
                         .last_timestamp = a->timestamp,
                         .last_sequence = a->sequence};
    pt = payload_type(s, a->pt);
    pt->packets++;
    add_bytes(s, a);
    sequence_start(&s->sequence, a->sequence);
    timing_start(&s->timing, since(a->time, capture_start), a->timestamp);
    s->timing.after_noise = pt->noise;
    if (pt->rate && !pt->noise)
        timing_media(&s->timing, a, pt->rate, pt->ms_per_tick);
}

void stream_count_packet(struct stream *s, const struct arrival *a, int64_t capture_start)
{
    struct pt_count *pt = payload_type(s, a->pt);
    enum order order = sequence_add(&s->sequence, a->sequence);

    pt->packets++;
    add_bytes(s, a);
    timing_add(&s->timing, since(a->time, capture_start), a, pt);
    if (order == ORDER_NEXT && pt->rate && !pt->noise)
        timing_media(&s->timing, a, pt->rate, pt->ms_per_tick);
    if (!pt->event)
        vote_step(s, a);
    if (a->time - s->end > s->longest_gap)
        s->longest_gap = a->time - s->end;
    if (a->time > s->end)
        s->end = a->time;
}
