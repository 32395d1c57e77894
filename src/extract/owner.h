/* Whose a packet is: to which file it goes, by the model. */
#ifndef EXTRACT_OWNER_H
#define EXTRACT_OWNER_H

#include "extract/choice.h"
#include "net/net.h"

struct owners;

/* `choice` stays.  NULL when memory is short. */
struct owners *owners_new(const struct choice *choice);
void owners_free(struct owners *owners);

/* The number of the file that each goes to, CHOICE_NONE: it is of no chosen call. */

/* A datagram: SIP by its Call-ID; RTP and RTCP by SSRC; what else flows between
 * addresses of media by these and by time. */
uint32_t owner_of_datagram(struct owners *owners, const struct datagram *datagram);
/* Octets of one SIP message. */
uint32_t owner_of_message(struct owners *owners, const char *data, size_t n, size_t whole);
/* An ICMP error, by what it quotes. */
uint32_t owner_of_error(struct owners *owners, const struct net_icmp *icmp);
/* By addresses of media and time alone. */
uint32_t owner_of_flow(const struct owners *owners, const struct net_addr *src,
                       const struct net_addr *dst, int64_t time);

#endif
