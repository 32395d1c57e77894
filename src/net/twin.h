/* Packets that the capture holds twice. */
#ifndef NET_TWIN_H
#define NET_TWIN_H

#include "net/layer.h"

struct twins;

/* NULL when memory is short. */
struct twins *twins_new(void);
void twins_free(struct twins *twins);

/* Notes a datagram.  Whether it is one that the capture already has: a copy
 * that another tap or file saw, not one that was sent or received twice. */
bool twins_note(struct twins *twins, const struct decoded *decoded);

#endif
