/* Onward: which message is another one passed on, by a proxy under the same Call-ID
 * or by a B2BUA in another call of the group.
 *
 * Worked out for one call when a report asks; nothing is kept. */
#ifndef CALL_ONWARD_H
#define CALL_ONWARD_H

#include "call/call.h"

struct onward {
    uint32_t call, message;    /* as it arrived */
    uint32_t next_call, next;  /* as it went on; the same call at a proxy */
    struct net_addr by;        /* who passed it on */
};

/* Requests and final responses of the call that went on; between calls, the INVITE
 * that makes the call and the final response to it, with those calls that began later.
 * Reads up to `room` into `out`, in order of requests, each followed by its response;
 * returns how many. */
size_t onward_read(const struct call_table *table, uint32_t call, struct onward *out,
                   size_t room);

#endif
