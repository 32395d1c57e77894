/* WebSocket (RFC 6455): messages within a TCP stream. */
#ifndef NET_WEBSOCKET_H
#define NET_WEBSOCKET_H

#include "net/net.h"

struct websocket; /* one connection, both sides */

enum websocket_opening {
    WEBSOCKET_NO,   /* the stream does not begin as one */
    WEBSOCKET_MORE, /* it may, with more octets */
    WEBSOCKET_YES,
};

/* Whether octets at the beginning of a stream, or anywhere in it where the
 * capture began late, are those of a WebSocket. */
enum websocket_opening websocket_opening(const uint8_t *data, size_t n);

/* NULL when memory is short.  *octets counts what all connections keep. */
struct websocket *websocket_new(size_t *octets);
void websocket_free(struct websocket *ws);

/* Takes octets of a side's stream, as net_sink's stream does, and calls
 * sink->datagram with each whole message (text or binary), NET_WS or, within
 * TLS, NET_WSS.  A run without octets says that some are missing here. */
size_t websocket_run(struct websocket *ws, unsigned side, const struct datagram *run, bool last,
                     const struct net_sink *sink);

#endif
