/* From a packet's octets to what its stream counts of it.
 *
 * Nothing is read but the packet and what is fixed for the whole run, so another
 * thread may do it ahead.  A packet like most is taken apart in one go, link layer
 * to RTP header, and its look written once: the functions that do it are all inline. */
#include "base/hash.h"
#include "net/origin.h"
#include "net/plain.h"
#include "stream/state.h"

enum { PCMU = 0, PCMA = 8 };
/* Longer payloads are none of telephone events (a few at once, RFC 4733 §2.5). */
enum { MOST_EVENTS = 16 };

/* An event's octets, so that it can wait with its flow. */
static void keep_head(struct arrival *a, const struct stream_look *look)
{
    a->short_payload = look->captured >= sizeof a->head;
    if (a->short_payload)
        memcpy(a->head, look->payload, sizeof a->head);
}

static inline void take(const struct context *c, const struct datagram *d,
                        const struct rtp_header *h, struct stream_look *look)
{
    struct arrival *a = &look->arrival;
    uint32_t captured = h->header_bytes < d->caplen ? d->caplen - h->header_bytes : 0;

    look->key.src = d->src;
    look->key.dst = d->dst;
    look->key.ssrc = h->ssrc;
    look->number = STREAM_NO_NUMBER;
    look->hash = stream_hash(c, &d->src, &d->dst, h->ssrc);
    look->captured = captured < h->payload_bytes ? captured : h->payload_bytes;
    look->payload = d->data + (look->captured ? h->header_bytes : 0);
    a->time = d->packet->time;
    a->frame = d->packet->frame;
    a->octets = (struct stream_octets){h->payload_bytes, d->len, d->ip_bytes, d->link_bytes};
    a->origin = net_origin(d->packet, d->ttl);
    a->ip_id = d->ip_id;
    a->sequence = h->sequence;
    a->timestamp = h->timestamp;
    a->pt = h->pt;
    a->dscp = d->dscp;
    a->marker = h->marker;
    a->relayed = d->relayed;
    a->clear = a->short_payload = a->suspected = false;
    if (h->payload_bytes <= MOST_EVENTS)
        keep_head(a, look);
    /* Whether a key may sound in it; here, because another thread may look. */
    a->looked_at = h->pt == PCMU || h->pt == PCMA;
    if (a->looked_at)
        a->suspected = tone_suspected(&c->masks, look->payload, look->captured);
}

bool stream_look(const struct stream_table *t, const struct datagram *d, struct stream_look *look)
{
    struct rtp_header h;

    if (!rtp_parse(&h, d->data, d->caplen, d->len))
        return false;
    take(stream_context(t), d, &h, look);
    return true;
}

bool stream_look_at_packet(const struct stream_table *t, const struct packet *packet,
                           struct stream_look *look)
{
    struct datagram d;
    struct rtp_header h;

    if (!net_plain_datagram(packet, &d) || rtp_classify(d.data, d.caplen, d.len) != RTP_MEDIA ||
        !rtp_parse(&h, d.data, d.caplen, d.len))
        return false;
    take(stream_context(t), &d, &h, look);
    return true;
}
