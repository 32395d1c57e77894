/* Where a datagram was captured: by which file and interface, and where on its way
 * (a router changes MAC addresses and TTL, a switch VLAN tags). */
#include "net/origin.h"

enum {
    LINK_ETHERNET = 1,
    LINK_COOKED = 113,
    LINK_COOKED2 = 276,
    MACS = 12,
    COOKED = 14,  /* without the EtherType: direction, type, address */
    COOKED2 = 20, /* with the interface's index */
};

static bool is_tag(uint16_t type)
{
    return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

static uint64_t hash_ethernet(const uint8_t *p, uint32_t n)
{
    uint64_t h;
    uint32_t at = MACS;

    if (n < MACS + 2)
        return 0;
    h = origin_of_ethernet(p);
    for (; at + 6 <= n && is_tag(be16(p + at)); at += 4)
        h = hash_u64(h, be16(p + at + 2) & 0xfff);
    return h;
}

uint64_t origin_of_link(const struct packet *packet)
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
