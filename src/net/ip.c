/* IPv4 (RFC 791), IPv6 (RFC 8200) and the heads of UDP and TCP.
 *
 * Checksums are not verified: captures made where packets are sent hold wrong
 * ones, which the card would have filled in. */
#include "net/layer.h"

enum {
    PROTOCOL_HOP_BY_HOP = 0,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PROTOCOL_ROUTING = 43,
    PROTOCOL_FRAGMENT = 44,
    PROTOCOL_AH = 51,
    PROTOCOL_DESTINATION = 60,
    PROTOCOL_MOBILITY = 135,
};

static void set_addresses(struct datagram *d, enum net_family family, const uint8_t *src,
                          const uint8_t *dst)
{
    size_t n = family == NET_IP4 ? 4 : 16;

    memset(&d->src, 0, sizeof d->src);
    memset(&d->dst, 0, sizeof d->dst);
    d->src.family = d->dst.family = (uint8_t)family;
    memcpy(d->src.ip, src, n);
    memcpy(d->dst.ip, dst, n);
}

static void end_as_fragment(struct walk *walk, uint32_t id, uint32_t at, bool more,
                            uint8_t protocol)
{
    struct decoded *out = walk->out;

    out->fragment_id = id;
    out->fragment_at = at;
    out->fragment_more = more;
    out->protocol = protocol;
    out->datagram.data = walk->at.p;
    out->datagram.caplen = (uint32_t)walk->at.left;
    out->datagram.len = walk->wire;
    walk_end(walk, DECODED_FRAGMENT);
}

void layer_ip4(struct walk *walk)
{
    const uint8_t *start = walk->at.p, *p = walk_header(walk, 20);
    uint32_t header, total, fragment;

    if (!p)
        return;
    header = (uint32_t)(p[0] & 15) * 4;
    total = be16(p + 2);
    if (p[0] >> 4 != 4 || header < 20) {
        walk_end(walk, DECODED_BAD);
        return;
    }
    if (!total) /* left to the card that cuts large segments */
        total = walk->wire + 20;
    if (total < header || !walk_limit(walk, total - 20) || !walk_header(walk, header - 20)) {
        walk_end(walk, DECODED_BAD);
        return;
    }
    set_addresses(&walk->out->datagram, NET_IP4, start + 12, start + 16);
    walk->out->datagram.ip_bytes = total;
    walk->out->datagram.dscp = start[1] >> 2;
    walk->out->datagram.ttl = start[8];
    fragment = be16(start + 6);
    if (fragment & 0x3fff)
        end_as_fragment(walk, be16(start + 4), (fragment & 0x1fff) * 8, fragment & 0x2000,
                        start[9]);
    else
        walk_protocol(walk, start[9]);
}

/* Passes over the extension headers; false when the walk has ended. */
static bool skip_extensions(struct walk *walk, uint8_t *protocol)
{
    for (;;) {
        const uint8_t *p;
        size_t more;

        if (*protocol != PROTOCOL_HOP_BY_HOP && *protocol != PROTOCOL_ROUTING &&
            *protocol != PROTOCOL_DESTINATION && *protocol != PROTOCOL_AH &&
            *protocol != PROTOCOL_FRAGMENT && *protocol != PROTOCOL_MOBILITY)
            return true;
        p = walk_header(walk, 8);
        if (!p)
            return false;
        if (*protocol == PROTOCOL_FRAGMENT && be16(p + 2) & 0xfff9) {
            end_as_fragment(walk, be32(p + 4), be16(p + 2) & 0xfff8u, p[3] & 1, p[0]);
            return false;
        }
        more = *protocol == PROTOCOL_FRAGMENT ? 0
               : *protocol == PROTOCOL_AH     ? (size_t)p[1] * 4
                                              : (size_t)p[1] * 8;
        *protocol = p[0];
        if (more && !walk_header(walk, more))
            return false;
    }
}

void layer_ip6(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 40);
    uint8_t protocol;
    uint32_t length;

    if (!p)
        return;
    length = be16(p + 4);
    if (p[0] >> 4 != 6) {
        walk_end(walk, DECODED_BAD);
        return;
    }
    if (!length) /* a jumbogram, or left to the card */
        length = walk->wire;
    if (!walk_limit(walk, length))
        return;
    set_addresses(&walk->out->datagram, NET_IP6, p + 8, p + 24);
    walk->out->datagram.ip_bytes = 40 + length;
    walk->out->datagram.dscp = (uint8_t)((be16(p) >> 4 & 0xff) >> 2);
    walk->out->datagram.ttl = p[7];
    protocol = p[6];
    if (skip_extensions(walk, &protocol))
        walk_protocol(walk, protocol);
}

/* RFC 768.  A length of 0 is what IPv6 jumbograms and some cards leave. */
void layer_udp(struct walk *walk)
{
    struct datagram *d = &walk->out->datagram;
    const uint8_t *p = walk_header(walk, 8);
    uint32_t length;

    if (!p)
        return;
    length = be16(p + 4);
    if (length && length < 8) {
        walk_end(walk, DECODED_BAD);
        return;
    }
    /* A length beyond the IP packet: the rest is missing. */
    if (length && length - 8 < walk->wire)
        walk_limit(walk, length - 8);
    d->src.port = be16(p);
    d->dst.port = be16(p + 2);
    d->transport = NET_UDP;
    d->data = walk->at.p;
    d->caplen = (uint32_t)walk->at.left;
    d->len = length ? length - 8 : walk->wire;
    walk_end(walk, DECODED_DATAGRAM);
}

/* RFC 9293. */
void layer_tcp(struct walk *walk)
{
    struct decoded *out = walk->out;
    const uint8_t *p = walk_header(walk, 20);
    uint32_t header;

    if (!p)
        return;
    header = (uint32_t)(p[12] >> 4) * 4;
    if (header < 20 || !walk_header(walk, header - 20)) {
        walk_end(walk, DECODED_BAD);
        return;
    }
    out->datagram.src.port = be16(p);
    out->datagram.dst.port = be16(p + 2);
    out->datagram.transport = NET_TCP;
    out->sequence = be32(p + 4);
    out->acknowledged = be32(p + 8);
    out->tcp_flags = p[13];
    out->datagram.data = walk->at.p;
    out->datagram.caplen = (uint32_t)walk->at.left;
    out->datagram.len = walk->wire;
    walk_end(walk, DECODED_SEGMENT);
}

static const struct layer_row protocols[] = {
    {PROTOCOL_UDP, layer_udp, "UDP"},
    {PROTOCOL_TCP, layer_tcp, "TCP"},
    {4, layer_ip4, "IP in IP"},
    {41, layer_ip6, "IPv6 in IP"},
};

void walk_protocol(struct walk *walk, uint8_t protocol)
{
    for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++)
        if (protocols[i].number == protocol) {
            walk->next = protocols[i].decode;
            return;
        }
    walk_end(walk, DECODED_OTHER);
}

static void run(struct walk *walk)
{
    for (unsigned depth = 0; walk->next; depth++) {
        layer_decoder *decode = walk->next;

        walk->next = NULL;
        if (depth == LAYER_MAX_DEPTH)
            walk_end(walk, DECODED_BAD);
        else
            decode(walk);
    }
}

void net_decode(const struct packet *packet, struct decoded *out)
{
    const struct layer_row *row = link_row(packet->link);
    struct walk walk = {
        .at = cursor_make(packet->data, packet->caplen), .wire = packet->len, .out = out};

    out->kind = DECODED_BAD;
    out->datagram.packet = packet;
    out->datagram.link_bytes = packet->len;
    out->datagram.stable = packet->stable;
    out->datagram.relayed = false;
    if (!row)
        return;
    walk.next = row->decode;
    run(&walk);
}

void net_decode_payload(struct decoded *out, const uint8_t *data, uint32_t caplen, uint32_t len)
{
    struct walk walk = {.at = cursor_make(data, caplen), .wire = len, .out = out};

    out->kind = DECODED_BAD;
    walk_protocol(&walk, out->protocol);
    run(&walk);
}
