/* The commonest packets of all, taken apart in one go: a datagram of media or SIP in
 * IPv4 without options or IPv6 without extensions, on Ethernet with one VLAN tag at
 * most, in a Linux cooked capture or on nothing, captured whole.  Everything else,
 * and everything that could be a tunnel, goes the general way (net/decode.c), which
 * gives the same result for these.  Written here, for it is asked of every packet. */
#ifndef NET_PLAIN_H
#define NET_PLAIN_H

#include "base/cursor.h"
#include "net/net.h"

/* Whether a datagram may be a tunnel's, by its ports or first octets (net/tunnel.c). */
bool net_may_be_tunnel(uint16_t src, uint16_t dst, const uint8_t *data, size_t n);

enum {
    PLAIN_LINK = 20, /* octets of the longest header below IP */
    PLAIN_IP4 = 20,
    PLAIN_IP6 = 40,
    PLAIN_UDP = 8,
    PLAIN_PROTOCOL = 17, /* UDP */
};

/* The EtherType of what is at *at, the end of the link layer's header; 0 for another
 * link layer. */
static inline uint16_t plain_link(const struct packet *packet, uint32_t *at)
{
    enum { ETHERNET = 1, RAW = 101, COOKED = 113, COOKED2 = 276, VLAN = 0x8100 };
    const uint8_t *p = packet->data;

    switch (packet->link) {
    case ETHERNET:
        *at = 14;
        if (be16(p + 12) != VLAN)
            return be16(p + 12);
        *at = 18;
        return be16(p + 16);
    case COOKED:
        *at = 16;
        return be16(p + 14);
    case COOKED2:
        *at = 20;
        return be16(p);
    case RAW:
        *at = 0;
        return p[0] >> 4 == 4 ? 0x0800 : p[0] >> 4 == 6 ? 0x86dd : 0;
    default:
        return 0;
    }
}

/* RTP and RTCP are of version 2, SIP begins with a letter. */
static inline bool plain_may_be_ours(uint8_t first)
{
    return first >> 6 == 2 || (uint8_t)((first | 0x20) - 'a') < 26;
}

/* Above the ports of all tunnels, as those of media mostly are. */
static inline bool plain_port_is_high(uint16_t port)
{
    enum { HIGHEST_BUT_ONE = 9899, HIGHEST = 37008 };

    return port > HIGHEST_BUT_ONE && port != HIGHEST;
}

/* No port of a tunnel: those of media mostly are above them all, and those of SIP in their
 * largest gap. */
static inline bool plain_port_is_free(uint16_t port)
{
    enum { BEFORE_GAP = 4790, BEHIND_GAP = 6081 };

    return plain_port_is_high(port) || (port > BEFORE_GAP && port < BEHIND_GAP);
}

/* Where the parts of such a packet are.  Its members stay in registers: nothing takes
 * their address. */
struct plain {
    const uint8_t *ip;   /* the header, of IPv4 or IPv6 */
    const uint8_t *data; /* UDP's payload */
    uint32_t len;        /* octets of it */
    uint32_t ip_bytes;
    uint16_t src, dst;   /* ports */
    bool ip6;
};

/* After all else is known: whether the datagram is neither a tunnel's nor of a service
 * that is none of ours. */
static inline bool plain_is_ours(const struct plain *x)
{
    enum { SYSTEM_PORTS = 1024 }; /* below it */

    if (x->data[0] >> 6 == 2 && plain_port_is_high(x->src) && plain_port_is_high(x->dst))
        return true;
    return x->src >= SYSTEM_PORTS && x->dst >= SYSTEM_PORTS &&
           !net_may_be_tunnel(x->src, x->dst, x->data, x->len);
}

/* True when this is such a packet, unless it is a tunnel's or none of ours (plain_is_ours). */
static inline bool plain_parts(const struct packet *packet, struct plain *x)
{
    uint32_t at = 0, total, header, length;
    const uint8_t *ip, *udp;
    uint16_t type;

    if (packet->caplen < PLAIN_LINK + PLAIN_UDP || packet->caplen < packet->len)
        return false;
    type = plain_link(packet, &at);
    ip = packet->data + at;
    if (type == 0x0800 && at + PLAIN_IP4 + PLAIN_UDP < packet->caplen) {
        total = be16(ip + 2);
        header = PLAIN_IP4;
        if (ip[0] != 0x45 || ip[9] != PLAIN_PROTOCOL || be16(ip + 6) & 0x3fff)
            return false;
    } else if (type == 0x86dd && at + PLAIN_IP6 + PLAIN_UDP < packet->caplen) {
        total = PLAIN_IP6 + be16(ip + 4);
        header = PLAIN_IP6;
        if (ip[0] >> 4 != 6 || ip[6] != PLAIN_PROTOCOL)
            return false;
    } else {
        return false;
    }
    udp = ip + header;
    length = be16(udp + 4);
    if (length <= PLAIN_UDP || header + length != total || at + total > packet->caplen ||
        !plain_may_be_ours(udp[PLAIN_UDP]))
        return false;
    x->ip = ip;
    x->data = udp + PLAIN_UDP;
    x->len = length - PLAIN_UDP;
    x->ip_bytes = total;
    x->src = be16(udp);
    x->dst = be16(udp + 2);
    x->ip6 = header == PLAIN_IP6;
    return true;
}

/* True when this is such a packet. */
static inline bool plain_find(const struct packet *packet, struct plain *x)
{
    return plain_parts(packet, x) && plain_is_ours(x);
}

/* The address in whole words: it is read again in words soon, and a read that spans
 * smaller writes has to wait for them. */
static inline void plain_set_ip4(struct net_addr *addr, const uint8_t *ip)
{
    uint32_t four;
    uint64_t words[2] = {0, 0};

    memcpy(&four, ip, 4);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    words[0] = four;
#else
    words[0] = (uint64_t)four << 32;
#endif
    memcpy(addr->ip, words, 16);
}

static inline void plain_set_port(struct net_addr *addr, enum net_family family, uint16_t port)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint32_t tail = port | (uint32_t)family << 16;
#else
    uint32_t tail = (uint32_t)port << 16 | (uint32_t)family << 8;
#endif

    memcpy(&addr->port, &tail, 4);
}

static inline void plain_addresses(const struct plain *x, struct net_addr *src,
                                   struct net_addr *dst)
{
    if (x->ip6) {
        memcpy(src->ip, x->ip + 8, 16);
        memcpy(dst->ip, x->ip + 24, 16);
        plain_set_port(src, NET_IP6, x->src);
        plain_set_port(dst, NET_IP6, x->dst);
        return;
    }
    plain_set_ip4(src, x->ip + 12);
    plain_set_ip4(dst, x->ip + 16);
    plain_set_port(src, NET_IP4, x->src);
    plain_set_port(dst, NET_IP4, x->dst);
}

static inline uint8_t plain_ttl(const struct plain *x)
{
    return x->ip[x->ip6 ? 7 : 8];
}

static inline uint8_t plain_dscp(const struct plain *x)
{
    return x->ip6 ? (uint8_t)((be16(x->ip) >> 6) & 0x3f) : x->ip[1] >> 2;
}

static inline uint16_t plain_ip_id(const struct plain *x)
{
    return x->ip6 ? 0 : be16(x->ip + 4);
}

/* True when this is such a packet: *d is filled just as net's sink would get it, but
 * for `duplicate`.  The packet may then go to net_packet all the same. */
static inline bool net_plain_datagram(const struct packet *packet, struct datagram *d)
{
    struct plain x;

    if (!plain_find(packet, &x))
        return false;
    plain_addresses(&x, &d->src, &d->dst);
    d->packet = packet;
    d->data = x.data;
    d->caplen = d->len = x.len;
    d->ip_bytes = x.ip_bytes;
    d->link_bytes = packet->len;
    d->transport = NET_UDP;
    d->dscp = plain_dscp(&x);
    d->ttl = plain_ttl(&x);
    d->ip_id = plain_ip_id(&x);
    d->stable = packet->stable;
    d->relayed = d->duplicate = false;
    d->logged = NET_NOT_LOGGED;
    return true;
}

#endif
