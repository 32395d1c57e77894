/* Inside the stream layer: what the counting thread knows of flows (stream_see). */
#ifndef STREAM_FLOW_H
#define STREAM_FLOW_H

#include "stream/stream.h"

enum { STREAM_MOST_FLOWS = 16384 }; /* remembered at once */

struct known_flow { /* a cache line */
    _Alignas(64) struct stream_key key;
    uint32_t number; /* of its stream, STREAM_NO_NUMBER before it is one */
    uint64_t hash;
    struct net_origin origin;
};
struct known_flow *stream_known_flow(const struct stream_flows *flows, uint32_t number);

/* The whole look that the brief one stands for. */
void stream_expand(const struct known_flow *known, const struct stream_base *base,
                   const struct stream_brief *brief, struct stream_look *look);

#endif
