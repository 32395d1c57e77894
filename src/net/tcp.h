/* TCP streams in order: RFC 9293. */
#ifndef NET_TCP_H
#define NET_TCP_H

#include "net/layer.h"

struct tcp;

/* What stands above a connection.  Each connection has one `state` of the
 * consumer's own, NULL at first and shared by both directions. */
struct tcp_consumer {
    void *ctx;
    /* Octets in order, as net_sink's stream; `side` 0 is who was seen first to
     * send, 1 the other.  Once there is a state, a run of no octets says that
     * some are missing, or the end, where the consumer left nothing. */
    size_t (*run)(void *ctx, void **state, unsigned side, const struct datagram *run, bool last);
    /* The connection goes away: frees a state that is not NULL. */
    void (*forget)(void *ctx, void *state);
    /* So many octets in front of this packet were never seen.  May be NULL. */
    void (*missing)(void *ctx, const struct datagram *where, uint32_t octets);
};

/* NULL when memory is short. */
struct tcp *tcp_new(const struct tcp_consumer *consumer);
/* Also forgets every state, but hands nothing over. */
void tcp_free(struct tcp *tcp);

/* Takes in a segment; hands over what is now in order. */
void tcp_segment(struct tcp *tcp, const struct decoded *segment);

/* At the end of the capture: hands over what still waits behind a hole. */
void tcp_flush(struct tcp *tcp);

#endif
