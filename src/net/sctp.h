/* Messages in SCTP: RFC 9260 §3.3.1, §6.9; RFC 8260 §2.1. */
#ifndef NET_SCTP_H
#define NET_SCTP_H

#include "net/layer.h"

struct sctp;

/* NULL when memory is short. */
struct sctp *sctp_new(void);
void sctp_free(struct sctp *sctp);

/* Takes in a packet's chunks (what decoded.datagram points to) and calls
 * sink->datagram with each message that is whole.  False when none of the
 * chunks carries data. */
bool sctp_packet(struct sctp *sctp, const struct decoded *packet, const struct net_sink *sink);

#endif
