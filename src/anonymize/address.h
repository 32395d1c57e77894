/* Addresses exchanged for others of the same kind: private ones for private ones,
 * those of one network for those of one network.  Each has as many digits as
 * before, so that its text has the same length. */
#ifndef ANONYMIZE_ADDRESS_H
#define ANONYMIZE_ADDRESS_H

#include "anonymize/keyed.h"

/* In place.  Kept whole: loopback, multicast, broadcast, unspecified. */
void address_ip4(struct keyed *keyed, uint8_t ip[4]);
void address_ip6(struct keyed *keyed, uint8_t ip[16]);
/* Kept: the bits for group and local addresses; broadcast, multicast, zero. */
void address_mac(struct keyed *keyed, uint8_t mac[6]);

/* How many octets of an address begin the text, which is changed: IPv4, IPv6,
 * a MAC address with colons; 0: none does. */
size_t address_text(struct keyed *keyed, char *text, size_t n);

#endif
