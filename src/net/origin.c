/* Where a datagram was captured: by which file and interface, and where on its way
 * (a router changes MAC addresses and TTL, a switch VLAN tags). */
#include "base/cursor.h"
#include "base/hash.h"
#include "net/net.h"

enum {
    LINK_ETHERNET = 1,
    LINK_COOKED = 113,
    LINK_COOKED2 = 276,
    MACS = 12,
    COOKED = 14,  /* without the EtherType: direction, type, address */
    COOKED2 = 20, /* with the interface's index */
};

static uint64_t word(const uint8_t *p)
{
    uint64_t w;

    memcpy(&w, p, 8);
    return w;
}

static bool is_tag(uint16_t type)
{
    return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

/* Two overlapping words hold the addresses and the EtherType. */
static uint64_t hash_ethernet(const uint8_t *p, uint32_t n)
{
    uint64_t h;
    uint32_t at = MACS;

    if (n < MACS + 4)
        return 0;
    h = hash_mix(word(p) ^ 0x9e3779b97f4a7c15u, word(p + 6) ^ 0xd1342543de82ef95u);
    for (; at + 6 <= n && is_tag(be16(p + at)); at += 4)
        h = hash_u64(h, be16(p + at + 2) & 0xfff);
    return h;
}

static uint64_t hash_link(const struct packet *packet)
{
    const uint8_t *p = packet->data;

    if (packet->link == LINK_ETHERNET)
        return hash_ethernet(p, packet->caplen);
    if (packet->link == LINK_COOKED && packet->caplen >= COOKED)
        return hash_bytes(0, p, COOKED);
    if (packet->link == LINK_COOKED2 && packet->caplen >= COOKED2)
        return hash_bytes(0, p, COOKED2);
    return 0;
}

struct net_origin net_origin(const struct datagram *d)
{
    const struct packet *packet = d->packet;
    uint64_t h = hash_link(packet);

    return (struct net_origin){
        .tap = (uint16_t)(packet->file * 0x9e37u + packet->interface),
        .link = (uint32_t)(h ^ h >> 32) + d->ttl,
    };
}
