/* Owns what a stream of one packet is: that packet.  What all figures are made of is counted
 * from it when somebody asks, or when another packet comes. */
#include "stream/alone.h"

bool stream_may_be_alone(const struct rtp_map *map, const struct arrival *a,
                         const struct context *c)
{
    const struct rtp_format *format = rtp_map_format(map, a->pt);
    const struct stream_octets *n = &a->octets;

    return !c->taps && !c->settings.interval &&
           (n->payload | n->rtp | n->ip | n->link) <= UINT16_MAX && !video_format(map, format) &&
           !(format ? format->event : stream_looks_like_event(format, a));
}

void stream_start_alone(struct stream *s, const struct stream_key *key, const struct rtp_map *map,
                        const struct arrival *a, const struct context *c)
{
    s->key = *key;
    s->call = STREAM_NO_CALL;
    s->direction = 0;
    s->found_by = a->relayed ? STREAM_BY_TURN : STREAM_BY_HEURISTIC;
    s->exchange = 0;
    s->alone = true;
    s->begins_marked = a->marker;
    s->decrypted = a->clear;
    s->ssrc_changes = 0;
    s->closed = false;
    s->start = a->time;
    s->first_frame = a->frame;
    s->described = false;
    s->map = map;
    s->destination = NULL;
    s->context = c;
    s->first = (struct first_packet){.octets = {(uint16_t)a->octets.payload,
                                                (uint16_t)a->octets.rtp, (uint16_t)a->octets.ip,
                                                (uint16_t)a->octets.link},
                                     .link = a->origin.link,
                                     .tap = a->origin.tap,
                                     .ip_id = a->ip_id,
                                     .sequence = a->sequence,
                                     .pt = a->pt,
                                     .dscp = a->dscp,
                                     .timestamp = a->timestamp};
}

static struct arrival first_arrival(const struct stream *s)
{
    const struct first_packet *p = &s->first;

    return (struct arrival){.time = s->start,
                            .frame = s->first_frame,
                            .octets = {p->octets[0], p->octets[1], p->octets[2], p->octets[3]},
                            .origin = {.link = p->link, .tap = p->tap},
                            .ip_id = p->ip_id,
                            .sequence = p->sequence,
                            .timestamp = p->timestamp,
                            .pt = p->pt,
                            .dscp = p->dscp,
                            .marker = s->begins_marked,
                            .clear = s->decrypted};
}

void stream_start_again(struct stream *whole, const struct stream *alone)
{
    struct arrival a = first_arrival(alone);

    memset(whole, 0, sizeof *whole);
    stream_start_at(whole, &alone->key, alone->map, &a, alone->context);
    memcpy(whole, alone, offsetof(struct stream, first)); /* what was said of it meanwhile, too */
    whole->alone = false;
    whole->format.known = !whole->described;
}

const struct stream *stream_counted(const struct stream *s, struct stream *room)
{
    if (!s->alone)
        return s;
    stream_start_again(room, s);
    sequence_finish(&room->sequence);
    return room;
}
