/* HEP, versions 1 to 3: what Homer's capture agents send.  A message comes
 * with the addresses, and from version 2 on the time, of its own packet. */
#include "net/layer.h"

enum { TCP = 6, SCTP = 132 };

static const int64_t SECOND = 1000000000, MICROSECOND = 1000;

static void end_message(struct walk *walk, uint8_t protocol)
{
    struct datagram *d = &walk->out->datagram;

    d->transport = protocol == TCP ? NET_TCP : protocol == SCTP ? NET_SCTP : NET_UDP;
    d->dscp = NET_NO_DSCP; /* not said, nor is the TTL */
    d->ttl = 0;
    walk_end_payload(walk, DECODED_DATAGRAM);
}

static void set_ip(struct net_addr *addr, enum net_family family, const uint8_t *ip)
{
    *addr = (struct net_addr){.family = (uint8_t)family, .port = addr->port};
    memcpy(addr->ip, ip, family == NET_IP4 ? 4 : 16);
}

/* Version 2 writes its time as the agent's machine has it: of the two orders
 * the one that is nearer to the capture. */
static void set_time2(struct decoded *out, const uint8_t *p)
{
    int64_t captured = out->datagram.packet->time;
    int64_t little = le32(p) * SECOND + le32(p + 4) % 1000000 * MICROSECOND;
    int64_t big = be32(p) * SECOND + be32(p + 4) % 1000000 * MICROSECOND;
    bool is_little = (little > captured ? little - captured : captured - little) <
                     (big > captured ? big - captured : captured - big);

    out->timed = true;
    out->time = is_little ? little : big;
}

/* Version, length of all headers, family, protocol, ports; addresses; in
 * version 2 the time and the agent's number. */
static void layer_hep2(struct walk *walk)
{
    enum { IP4 = 2, IP6_LINUX = 10 };
    struct datagram *d = &walk->out->datagram;
    const uint8_t *p = walk_header(walk, 8), *ip, *time = NULL;
    size_t n, time_size;

    if (!p)
        return;
    n = p[2] == IP4 ? 4 : 16;
    time_size = p[0] == 2 && p[1] >= 8 + 2 * n + 8 ? p[1] - 8 - 2 * n : 0;
    if ((p[2] != IP4 && p[2] != IP6_LINUX) || p[1] != 8 + 2 * n + time_size ||
        (p[0] == 2) != (time_size > 0) || time_size > 16) {
        walk_end(walk, DECODED_BAD);
        return;
    }
    ip = walk_header(walk, 2 * n);
    if (!ip)
        return;
    if (time_size) {
        time = walk_header(walk, time_size);
        if (!time)
            return;
        set_time2(walk->out, time);
    }
    set_ip(&d->src, n == 4 ? NET_IP4 : NET_IP6, ip);
    set_ip(&d->dst, n == 4 ? NET_IP4 : NET_IP6, ip + n);
    d->src.port = be16(p + 4);
    d->dst.port = be16(p + 6);
    end_message(walk, p[3]);
}

/* What the chunks of version 3 have said. */
struct message {
    uint8_t protocol;
    uint32_t seconds, microseconds;
};

static void take_chunk(struct message *m, struct datagram *d, unsigned type, const uint8_t *p,
                       size_t n)
{
    if (type == 2 && n >= 1)
        m->protocol = p[0];
    else if (type == 3 && n >= 4)
        set_ip(&d->src, NET_IP4, p);
    else if (type == 4 && n >= 4)
        set_ip(&d->dst, NET_IP4, p);
    else if (type == 5 && n >= 16)
        set_ip(&d->src, NET_IP6, p);
    else if (type == 6 && n >= 16)
        set_ip(&d->dst, NET_IP6, p);
    else if (type == 7 && n >= 2)
        d->src.port = be16(p);
    else if (type == 8 && n >= 2)
        d->dst.port = be16(p);
    else if (type == 9 && n >= 4)
        m->seconds = be32(p);
    else if (type == 10 && n >= 4)
        m->microseconds = be32(p);
}

/* "HEP3" and a length, then chunks of vendor, type, length (with its head). */
static void layer_hep3(struct walk *walk)
{
    enum { PAYLOAD = 15 };
    struct decoded *out = walk->out;
    struct message m = {.protocol = 0};
    const uint8_t *p = walk_header(walk, 6), *payload = NULL;
    uint32_t payload_captured = 0, payload_length = 0;

    if (!p)
        return;
    if (be16(p + 4) >= 6)
        walk_trim(walk, be16(p + 4) - 6u);
    while (walk->at.left >= 6) {
        uint32_t length, captured;

        p = walk_header(walk, 6);
        length = be16(p + 4);
        if (length < 6 || length - 6 > walk->wire) {
            walk_end(walk, DECODED_BAD);
            return;
        }
        length -= 6;
        captured = length < walk->at.left ? length : (uint32_t)walk->at.left;
        if (be16(p) == 0 && be16(p + 2) == PAYLOAD) {
            payload = walk->at.p;
            payload_captured = captured;
            payload_length = length;
        } else if (be16(p) == 0) {
            take_chunk(&m, &out->datagram, be16(p + 2), walk->at.p, captured);
        }
        walk_skip(walk, captured);
    }
    if (!payload) {
        walk_end(walk, DECODED_OTHER);
        return;
    }
    if (m.seconds) {
        out->timed = true;
        out->time = m.seconds * SECOND + m.microseconds % 1000000 * MICROSECOND;
    }
    walk->at = cursor_make(payload, payload_captured);
    walk->wire = payload_length;
    end_message(walk, m.protocol);
}

void layer_hep(struct walk *walk)
{
    const uint8_t *p = walk->at.p;

    if (walk->at.left >= 4 && memcmp(p, "HEP3", 4) == 0)
        walk->next = layer_hep3;
    else if (walk->at.left >= 2 && (p[0] == 1 || p[0] == 2))
        walk->next = layer_hep2;
    else
        walk_end(walk, DECODED_BAD);
}
