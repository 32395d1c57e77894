/* TCP streams in order: RFC 9293. */
#ifndef NET_TCP_H
#define NET_TCP_H

#include "net/layer.h"

struct tcp;

/* NULL when memory is short. */
struct tcp *tcp_new(void);
void tcp_free(struct tcp *tcp);

/* Takes in a segment; calls sink->stream with what is now in order. */
void tcp_segment(struct tcp *tcp, const struct decoded *segment, const struct net_sink *sink);

/* At the end of the capture: hands over what still waits behind a hole. */
void tcp_flush(struct tcp *tcp, const struct net_sink *sink);

#endif
