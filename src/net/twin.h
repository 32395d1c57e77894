/* Packets that the capture holds twice. */
#ifndef NET_TWIN_H
#define NET_TWIN_H

#include "net/layer.h"

struct twins;

/* NULL when memory is short. */
struct twins *twins_new(void);
void twins_free(struct twins *twins);

/* Notes a datagram, or an ICMP error by what it quotes; true when it is the copy of
 * one that was noted a few milliseconds before.  Never true for what may be RTP,
 * unless it is quoted. */
bool twins_note(struct twins *twins, const struct decoded *decoded);

#endif
