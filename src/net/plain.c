/* The commonest packet of all, taken apart in one go: a datagram of media or SIP
 * in IPv4 without options, right on Ethernet, captured whole.  Everything else, and
 * everything that could be a tunnel, goes the general way (net/decode.c), which
 * gives the same result for these. */
#include "net/layer.h"

enum {
    ETHERNET = 14,
    IP4 = 20,
    UDP = 8,
    HEADERS = ETHERNET + IP4 + UDP,
    LINK_ETHERNET = 1,
    PROTOCOL_UDP = 17,
    SYSTEM_PORTS = 1024, /* below it */
};

/* The address and port in whole words: a datagram is read again in words soon,
 * and a read that spans smaller writes has to wait for them. */
static void set_addr(struct net_addr *addr, const uint8_t *ip, uint16_t port)
{
    uint32_t four;
    uint64_t low, none = 0;
    struct {
        uint16_t port;
        uint8_t family, zero;
    } tail = {port, NET_IP4, 0};

    memcpy(&four, ip, 4);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    low = four;
#else
    low = (uint64_t)four << 32;
#endif
    memcpy(addr->ip, &low, 8);
    memcpy(addr->ip + 8, &none, 8);
    memcpy(&addr->port, &tail, 4);
}

/* RTP and RTCP are of version 2, SIP begins with a letter. */
static bool may_be_ours(uint8_t first)
{
    return first >> 6 == 2 || (uint8_t)((first | 0x20) - 'a') < 26;
}

bool net_plain_datagram(const struct packet *packet, struct datagram *d)
{
    const uint8_t *p = packet->data, *ip = p + ETHERNET, *udp = ip + IP4;
    uint32_t total, length;

    if (packet->link != LINK_ETHERNET || packet->caplen <= HEADERS || be16(p + 12) != 0x0800 ||
        ip[0] != 0x45 || ip[9] != PROTOCOL_UDP || be16(ip + 6) & 0x3fff)
        return false;
    total = be16(ip + 2);
    length = be16(udp + 4);
    if (total < IP4 + UDP + 1 || ETHERNET + total > packet->caplen || length + IP4 != total ||
        !may_be_ours(udp[UDP]))
        return false;
    if (be16(udp) < SYSTEM_PORTS || be16(udp + 2) < SYSTEM_PORTS)
        return false;
    set_addr(&d->src, ip + 12, be16(udp));
    set_addr(&d->dst, ip + 16, be16(udp + 2));
    d->packet = packet;
    d->data = udp + UDP;
    d->caplen = d->len = length - UDP;
    d->ip_bytes = total;
    d->link_bytes = packet->len;
    d->transport = NET_UDP;
    d->dscp = ip[1] >> 2;
    d->ttl = ip[8];
    d->ip_id = be16(ip + 4);
    d->stable = packet->stable;
    d->relayed = d->duplicate = false;
    d->logged = NET_NOT_LOGGED;
    return !tunnel_decoder(d);
}
