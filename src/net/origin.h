/* Where a packet was captured: written here, for it is asked of every one of media. */
#ifndef NET_ORIGIN_H
#define NET_ORIGIN_H

#include "base/cursor.h"
#include "base/hash.h"
#include "net/net.h"

/* The hash of the addresses, and what is beside them, of any link layer. */
uint64_t origin_of_link(const struct packet *packet);

/* Two overlapping words hold Ethernet's addresses and the EtherType. */
static inline uint64_t origin_of_ethernet(const uint8_t *p)
{
    uint64_t a, b;

    memcpy(&a, p, 8);
    memcpy(&b, p + 6, 8);
    return hash_mix(a ^ 0x9e3779b97f4a7c15u, b ^ 0xd1342543de82ef95u);
}

static inline struct net_origin net_origin(const struct packet *packet, uint8_t ttl)
{
    enum { ETHERNET = 1, HEADER = 14, LOWEST_TAG = 0x8100 };
    const uint8_t *p = packet->data;
    bool untagged =
        packet->link == ETHERNET && packet->caplen >= HEADER && be16(p + 12) < LOWEST_TAG;
    uint64_t h = untagged ? origin_of_ethernet(p) : origin_of_link(packet);

    return (struct net_origin){
        .link = (uint32_t)(h ^ h >> 32) + ttl,
        .tap = (uint16_t)(packet->file * 0x9e37u + packet->interface),
    };
}

#endif
