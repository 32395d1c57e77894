/* One direction of a TCP connection: its octets in order. */
#ifndef NET_TCP_SIDE_H
#define NET_TCP_SIDE_H

#include "base/vec.h"
#include "net/leftover.h"
#include "net/tcp.h"

struct tcp_held; /* a segment behind a hole */

/* All zero is a direction of which nothing was seen. */
struct tcp_side {
    bool started;      /* next is known */
    bool opened;       /* its SYN was seen */
    bool ends;         /* its FIN was seen */
    bool passed;       /* the receiver has acknowledged all of the hole... */
    int64_t passed_at; /* ...at that time */
    uint32_t initial;  /* sequence number of the SYN */
    uint32_t next;     /* sequence number expected */
    uint32_t end;      /* sequence number of the FIN */
    uint32_t given;    /* sequence number behind the octets given on last */
    VEC(struct tcp_held) held; /* by sequence number */
    uint32_t held_octets;
    struct leftover left; /* what the consumer wants to see again */
};

/* Octets copied for all connections together. */
struct tcp_budget {
    size_t octets;
};

/* The way of octets to the consumer. */
struct tcp_run {
    const struct tcp_consumer *consumer;
    struct tcp_budget *budget;
    void **state;
    unsigned side;
    struct datagram datagram; /* addresses and packet */
    uint32_t end;             /* sequence number behind the octets that are shown */
};

/* Whether the segment opens another connection than the one known. */
bool tcp_side_is_restart(const struct tcp_side *side, const struct decoded *segment);

/* Takes in a segment that this side sent. */
void tcp_side_segment(struct tcp_side *side, const struct tcp_run *run,
                      const struct decoded *segment);

/* The other side has received everything before that sequence number. */
void tcp_side_acknowledged(struct tcp_side *side, const struct tcp_run *run, uint32_t sequence);

/* Hands over what waits behind holes and what the consumer left: nothing will
 * follow it. */
void tcp_side_finish(struct tcp_side *side, const struct tcp_run *run);

/* Frees everything and begins anew. */
void tcp_side_clear(struct tcp_side *side, struct tcp_budget *budget);

#endif
