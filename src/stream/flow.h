/* Inside the stream layer: what the counting thread knows of flows (stream_see). */
#ifndef STREAM_FLOW_H
#define STREAM_FLOW_H

#include "stream/state.h"

enum { STREAM_MOST_FLOWS = 131072 }; /* remembered at once: a power of two */

/* Where the parts of a packet of Ethernet, IPv4 without options, UDP and plain RTP are. */
enum { FLOW_IP_AT = 14, FLOW_RTP_AT = 42, FLOW_PAYLOAD_AT = 54 };

struct known_flow { /* a cache line */
    _Alignas(64) struct stream_key key;
    struct net_origin origin;
    struct stream *stream; /* NULL before it is one */
};
struct known_flow *stream_known_flow(const struct stream_flows *flows, uint32_t number);

static inline struct stream_octets stream_brief_octets(const struct stream_brief *b)
{
    uint32_t link = b->link;

    return (struct stream_octets){link - FLOW_PAYLOAD_AT, link - FLOW_RTP_AT, link - FLOW_IP_AT,
                                  link};
}

/* The whole look that the brief one stands for. */
void stream_expand(const struct known_flow *known, const struct stream_base *base,
                   const struct stream_brief *brief, const struct context *context,
                   struct stream_look *look);

#endif
