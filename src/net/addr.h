/* Addresses as keys: fixed size, comparable with memcmp. */
#ifndef NET_ADDR_H
#define NET_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/slice.h"

enum net_family { NET_UNKNOWN = 0, NET_IP4 = 4, NET_IP6 = 6 };

/* An IPv4 address stands in the first four octets, the rest is zero; every
 * octet of the struct is defined, so two are equal when memcmp says so. */
struct net_addr {
    uint8_t ip[16];
    uint16_t port;  /* host order */
    uint8_t family; /* enum net_family */
    uint8_t zero;
};

/* Compared word by word: this is asked for every packet. */
static inline bool addr_eq(const struct net_addr *a, const struct net_addr *b)
{
    uint64_t a0, a1, b0, b1;
    uint32_t a2, b2;

    memcpy(&a0, a->ip, 8);
    memcpy(&a1, a->ip + 8, 8);
    memcpy(&a2, &a->port, 4);
    memcpy(&b0, b->ip, 8);
    memcpy(&b1, b->ip + 8, 8);
    memcpy(&b2, &b->port, 4);
    return ((a0 ^ b0) | (a1 ^ b1) | (a2 ^ b2)) == 0;
}

/* Whether both hold the same IP address, whatever the ports; unknown ones are
 * not known to be the same. */
static inline bool addr_same_ip(const struct net_addr *a, const struct net_addr *b)
{
    return a->family == b->family && a->family != NET_UNKNOWN && memcmp(a->ip, b->ip, 16) == 0;
}

enum { ADDR_TEXT = 64 }; /* room for any text below, with its NUL */

/* Writes the IP address alone ("192.0.2.1", "2001:db8::1", "-" if unknown) and
 * returns `out`. */
char *addr_ip_text(const struct net_addr *addr, char out[ADDR_TEXT]);
/* The same with the port: "192.0.2.1:5060", "[2001:db8::1]:5060". */
char *addr_text(const struct net_addr *addr, char out[ADDR_TEXT]);
/* The same; returns how many octets, without the NUL. */
size_t addr_write(const struct net_addr *addr, char out[ADDR_TEXT]);

/* Reads an IPv4 or IPv6 address, the latter with or without brackets; false
 * (out untouched) for anything else, a host name too. */
bool addr_parse_ip(struct slice text, uint16_t port, struct net_addr *out);

/* Whether the address is for private use: RFC 1918, RFC 6598, RFC 4193,
 * link-local. */
bool addr_is_private(const struct net_addr *addr);
bool addr_is_multicast(const struct net_addr *addr);
bool addr_is_zero(const struct net_addr *addr); /* 0.0.0.0 or :: */

#endif
