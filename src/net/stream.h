/* What stands between a TCP connection and the sink. */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include "net/tcp.h"
#include "net/tls.h"

/* For all connections together. */
struct stream_stage {
    const struct net_sink *sink;
    struct tls_stage tls;
    size_t octets; /* that connections keep for WebSocket messages in parts */
};

/* The tcp_consumer whose ctx is a struct stream_stage. */
size_t stream_run(void *ctx, void **state, unsigned side, const struct datagram *run, bool last);
void stream_forget(void *ctx, void *state);
void stream_missing(void *ctx, const struct datagram *where, uint32_t octets);

#endif
