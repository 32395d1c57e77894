/* From a packet's octets to what its stream counts of it.
 *
 * Nothing is read but the packet and what is fixed for the whole run, so another
 * thread may do it ahead.  A packet like most is taken apart in one go, link layer
 * to RTP header, and its look written once: the functions that do it are all inline. */
#include "base/hash.h"
#include "net/origin.h"
#include "net/plain.h"
#include "stream/state.h"

/* An event's octets, so that it can wait with its flow. */
static void keep_head(struct arrival *a, const struct stream_look *look)
{
    a->short_payload = look->captured >= sizeof a->head;
    if (a->short_payload)
        memcpy(a->head, look->payload, sizeof a->head);
}

/* What is outside of a packet's RTP header. */
struct outside {
    const struct packet *packet;
    uint32_t rtp, ip; /* octets from there on */
    uint32_t link;
    uint16_t ip_id;
    uint8_t ttl, dscp;
    bool relayed;
};

/* Fills what the addresses in look->key, which are there already, leave open. */
static inline void take(const struct context *c, const struct outside *o,
                        const struct rtp_header *h, const uint8_t *payload, uint32_t captured,
                        struct stream_look *look)
{
    struct arrival *a = &look->arrival;

    look->key.ssrc = h->ssrc;
    look->number = STREAM_NO_NUMBER;
    look->hash = stream_hash(c, &look->key.src, &look->key.dst, h->ssrc);
    look->captured = captured;
    look->payload = payload;
    a->time = o->packet->time;
    a->frame = o->packet->frame;
    a->octets = (struct stream_octets){h->payload_bytes, o->rtp, o->ip, o->link};
    a->origin = net_origin(o->packet, o->ttl);
    a->ip_id = o->ip_id;
    a->sequence = h->sequence;
    a->timestamp = h->timestamp;
    a->pt = h->pt;
    a->dscp = o->dscp;
    a->marker = h->marker;
    a->relayed = o->relayed;
    a->clear = a->short_payload = false;
    if (h->payload_bytes <= STREAM_MOST_EVENTS)
        keep_head(a, look);
    a->looked_at = stream_looked_at(h->pt);
    a->suspected = a->looked_at && tone_suspected(payload, captured);
}

bool stream_look(const struct stream_table *t, const struct datagram *d, struct stream_look *look)
{
    struct outside o = {.packet = d->packet, .rtp = d->len, .ip = d->ip_bytes,
                        .link = d->link_bytes, .ip_id = d->ip_id, .ttl = d->ttl,
                        .dscp = d->dscp, .relayed = d->relayed};
    struct rtp_header h;
    uint32_t captured;

    if (!rtp_parse(&h, d->data, d->caplen, d->len))
        return false;
    captured = h.header_bytes < d->caplen ? d->caplen - h.header_bytes : 0;
    if (captured > h.payload_bytes)
        captured = h.payload_bytes;
    look->key.src = d->src;
    look->key.dst = d->dst;
    take(stream_context(t), &o, &h, d->data + (captured ? h.header_bytes : 0), captured, look);
    return true;
}

bool stream_look_at_packet(const struct stream_table *t, const struct packet *packet,
                           struct stream_look *look)
{
    struct plain x;
    struct outside o;
    struct rtp_header h;

    if (!plain_parts(packet, &x) || !rtp_has_version(x.data[0]) || !plain_is_ours(&x) ||
        rtp_classify(x.data, x.len, x.len) != RTP_MEDIA || !rtp_parse(&h, x.data, x.len, x.len))
        return false;
    o = (struct outside){.packet = packet, .rtp = x.len, .ip = x.ip_bytes, .link = packet->len,
                         .ip_id = plain_ip_id(&x), .ttl = plain_ttl(&x),
                         .dscp = plain_dscp(&x)};
    plain_addresses(&x, &look->key.src, &look->key.dst);
    take(stream_context(t), &o, &h, x.data + h.header_bytes, h.payload_bytes, look);
    return true;
}
