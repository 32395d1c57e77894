/* SRTP and SRTCP in clear, by the keys that session descriptions carry (RFC 4568).
 *
 * Fed with the packets of a capture in order; which of a call's keys is a flow's
 * is found by the first packet that it opens. */
#ifndef ANALYSIS_DECRYPT_H
#define ANALYSIS_DECRYPT_H

#include "call/call.h"
#include "net/net.h"

struct decrypt;

/* `calls` is asked for keys whenever a packet needs one.  NULL when memory is
 * short. */
struct decrypt *decrypt_new(const struct call_table *calls);

/* The RTP (or RTCP: `control`) packet that the datagram holds, in clear: *clear is
 * *d with other octets, which live until the next call.  False when no key opens
 * it, or it was not captured whole.  *first: it is the first of its flow that a
 * new key opens. */
bool decrypt_packet(struct decrypt *decrypt, const struct datagram *d, bool control,
                    struct datagram *clear, bool *first);

/* After calls left the table that is asked: forgets flows whose addresses none of the others
 * announces.  0 or -ENOMEM. */
int decrypt_let_go(struct decrypt *decrypt);

void decrypt_free(struct decrypt *decrypt);

#endif
