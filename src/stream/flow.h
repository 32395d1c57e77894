/* Inside the stream layer: what the counting thread knows of flows (stream_see). */
#ifndef STREAM_FLOW_H
#define STREAM_FLOW_H

#include "stream/state.h"

enum { STREAM_MOST_FLOWS = 131072 }; /* remembered at once: a power of two */

/* Where the parts of a packet of IPv4 without options, UDP and plain RTP are, behind the
 * header of its link. */
enum { FLOW_UDP_AT = 20, FLOW_RTP_AT = 28, FLOW_PAYLOAD_AT = 40 };

/* Packets that go on as the one before wait, some of them, to be counted together: what
 * each of them touches is here, and the stream is left alone. */
enum { FLOW_MOST_WAITING = 14 };
#define FLOW_NO_WORD UINT64_MAX
struct known_flow { /* three cache lines; each packet touches two */
    _Alignas(64) uint64_t next; /* rtp_word of the packet that may wait, or FLOW_NO_WORD */
    int64_t end, second_end;    /* the last one's time, and when it is too late for more */
    struct stream *stream;      /* NULL before it is one */
    uint32_t step;              /* of timestamps */
    uint16_t count;             /* that wait: */
    uint16_t ip_id;             /* of the last one */
    uint16_t links[FLOW_MOST_WAITING]; /* octets */
    uint32_t waits[FLOW_MOST_WAITING]; /* ns since the one before */
    uint8_t dscp;
    uint8_t ip_at;              /* octets of the link's header */
    /* the rest */
    _Alignas(64) struct stream_key key;
    struct net_origin origin;
    uint64_t packets;           /* seen in brief, without those that wait */
};
_Static_assert(offsetof(struct known_flow, key) == 128 && sizeof(struct known_flow) == 192,
               "more than so many cache lines");
struct known_flow *stream_known_flow(const struct stream_flows *flows, uint32_t number);

/* Of a packet of that length. */
static inline struct stream_octets flow_octets(const struct known_flow *k, uint32_t link)
{
    uint32_t ip = link - k->ip_at;

    return (struct stream_octets){ip - FLOW_PAYLOAD_AT, ip - FLOW_RTP_AT, ip, link};
}

/* From the word of one packet to that of the next, where neither part begins anew. */
static inline uint64_t flow_step(uint32_t step)
{
    return (uint64_t)1 << 32 | step;
}

/* After a packet of the flow was counted in its stream: those that go on as it wait. */
void regular_join_flow(struct stream *s, struct known_flow *known);

/* Takes the packet in, if it goes on as the one before and there is room; no clock or buffer
 * has been asked about it. */
static inline bool flow_wait(struct known_flow *k, const struct stream_base *base,
                             const struct stream_brief *b)
{
    int64_t time = base->time + b->after;
    unsigned n = k->count;

    if (b->rtp != k->next || time < k->end || time >= k->second_end || n == FLOW_MOST_WAITING)
        return false;
    k->waits[n] = (uint32_t)(time - k->end);
    k->links[n] = b->link;
    k->ip_id = b->ip_id;
    k->end = time;
    k->next += flow_step(k->step);
    k->count = (uint16_t)(n + 1);
    return true;
}

/* The whole look that the brief one stands for. */
void stream_expand(const struct known_flow *known, const struct stream_base *base,
                   const struct stream_brief *brief, const struct context *context,
                   struct stream_look *look);

#endif
