/* Flows: what nearly all packets of one have in common.
 *
 * The reading thread keeps the headers of a flow's first packet.  One that differs from
 * them in nothing but number, time, length and payload needs no decoding, and is handed
 * on in brief: what goes from one processor to another costs more than what is done
 * with it.  The counting thread keeps what the brief form leaves out.  Each learns a
 * flow from the same packet, which is handed on whole, so that neither reads what the
 * other writes.  There are so many flows at most; then all are forgotten. */
#include "stream/flow.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "stream/state.h"

enum {
    ETHERNET = 1,
    TYPE_IP4 = 0x0800,
    IP_AT = 14, /* in a packet of Ethernet, IPv4 without options, UDP and plain RTP */
    UDP_AT = 34,
    RTP_AT = 42,
    PAYLOAD_AT = 54,
    WORDS = 6,
    TRIES = 4, /* flows of one hash that are looked at */
};

/* The octets that packets have in common: not lengths, identification, checksums, the
 * marker. */
static const struct {
    uint8_t at;
    uint8_t mask[8];
} common[WORDS] = {
    {0, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
    {6, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
    {14, {0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff}},
    {20, {0xff, 0xff, 0xff, 0xff, 0, 0, 0xff, 0xff}},
    {28, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
    {36, {0xff, 0xff, 0, 0, 0, 0, 0xff, 0x7f}},
};

struct flow { /* a cache line */
    _Alignas(64) uint64_t words[WORDS];
    uint32_t ssrc; /* as it lies there */
    uint32_t source; /* file and interface */
};

struct stream_flows {
    const struct stream_table *streams;
    /* the reading thread's */
    struct flow *flows;
    struct table by_hash;
    uint32_t count;
    /* the counting thread's */
    _Alignas(64) struct known_flow *known;
};

static void *room(size_t each)
{
    return aligned_alloc(64, STREAM_MOST_FLOWS * each);
}

struct stream_flows *stream_flows_new(const struct stream_table *streams)
{
    struct stream_flows *f = aligned_alloc(64, sizeof *f);

    if (!f)
        return NULL;
    *f = (struct stream_flows){.streams = streams,
                               .flows = room(sizeof *f->flows),
                               .known = room(sizeof *f->known)};
    if (f->flows && f->known)
        return f;
    stream_flows_free(f);
    return NULL;
}

void stream_flows_free(struct stream_flows *f)
{
    if (!f)
        return;
    free(f->flows);
    free(f->known);
    table_free(&f->by_hash);
    free(f);
}

/* ---- the reading thread --------------------------------------------------------- */

static inline uint64_t word(const uint8_t *p, unsigned i)
{
    uint64_t octets, mask;

    memcpy(&octets, p + common[i].at, sizeof octets);
    memcpy(&mask, common[i].mask, sizeof mask);
    return octets & mask;
}

static inline struct flow flow_of(const struct packet *packet)
{
    struct flow now = {.source = packet->file << 16 | packet->interface};

    for (unsigned i = 0; i < WORDS; i++)
        now.words[i] = word(packet->data, i);
    memcpy(&now.ssrc, packet->data + RTP_AT + 8, sizeof now.ssrc);
    return now;
}

static inline bool is_same(const struct flow *a, const struct flow *b)
{
    uint64_t differ = (a->ssrc ^ b->ssrc) | (a->source ^ b->source);

    for (unsigned i = 0; i < WORDS; i++)
        differ |= a->words[i] ^ b->words[i];
    return !differ;
}

/* Of both addresses with their ports, and the SSRC. */
static inline uint64_t hash_of(const struct context *c, const uint8_t *p)
{
    uint64_t hosts;
    uint32_t ports, ssrc;

    memcpy(&hosts, p + IP_AT + 12, sizeof hosts);
    memcpy(&ports, p + UDP_AT, sizeof ports);
    memcpy(&ssrc, p + RTP_AT + 8, sizeof ssrc);
    return hash_mix(hosts ^ c->seed[0], ((uint64_t)ports << 32 | ssrc) ^ c->seed[1]);
}

/* Whether the packet has the lengths of one whose headers are as above, all of it
 * captured and nothing behind it, and more payload than telephone events have. */
static inline bool has_lengths(const struct packet *packet)
{
    uint32_t n = packet->caplen;

    return packet->link == ETHERNET && n == packet->len &&
           n > PAYLOAD_AT + STREAM_MOST_EVENTS && n <= UINT16_MAX &&
           be16(packet->data + IP_AT + 2) == n - IP_AT &&
           be16(packet->data + UDP_AT + 4) == n - UDP_AT;
}

/* Whether what stream_look_at_packet says of a packet holds for all that differ from it
 * only as they may.  With the marker, some payload types look like RTCP. */
static bool is_typical(const struct packet *packet)
{
    enum { RTP_ONLY = 0x80, FIRST_DOUBTFUL = 64, LAST_DOUBTFUL = 95 };
    const uint8_t *p = packet->data;
    uint8_t pt = p[RTP_AT + 1] & 0x7f;

    return be16(p + 12) == TYPE_IP4 && p[RTP_AT] == RTP_ONLY &&
           (pt < FIRST_DOUBTFUL || pt > LAST_DOUBTFUL);
}

/* How far the packet is from the first of its batch; false when that is too far for
 * the brief form. */
static inline bool place(const struct packet *packet, const struct stream_base *base,
                         struct stream_brief *b)
{
    uint64_t after = (uint64_t)packet->time - (uint64_t)base->time;
    uint64_t at = (uint64_t)((uintptr_t)packet->data - (uintptr_t)base->data);
    uint64_t frames = packet->frame - base->frame;

    b->after = (uint32_t)after;
    b->at = (uint32_t)at;
    b->frames = (uint16_t)frames;
    return (after | at) <= UINT32_MAX && frames <= UINT16_MAX;
}

/* The number of the flow that the packet is of, STREAM_NO_NUMBER if it is not known. */
static inline uint32_t find(const struct stream_flows *f, const struct flow *now,
                            const struct stream_glance *glance)
{
    struct table_walk walk;
    uint32_t i;

    if (glance->flow < f->count && is_same(&f->flows[glance->flow], now))
        return glance->flow;
    walk = table_walk(&f->by_hash, glance->hash);
    for (unsigned tries = 0; tries < TRIES && table_next(&walk, &i); tries++)
        if (is_same(&f->flows[i], now))
            return i;
    return STREAM_NO_NUMBER;
}

static inline bool see_known(const struct stream_flows *f, const struct packet *packet,
                             const struct flow *now, const struct stream_glance *glance,
                             const struct stream_base *base, struct stream_brief *b)
{
    const struct context *c = stream_context(f->streams);
    const uint8_t *p = packet->data;

    b->flow = find(f, now, glance);
    if (b->flow == STREAM_NO_NUMBER || !place(packet, base, b))
        return false;
    b->timestamp = be32(p + RTP_AT + 4);
    b->sequence = be16(p + RTP_AT + 2);
    b->ip_id = be16(p + IP_AT + 4);
    b->link = (uint16_t)packet->len;
    b->pt = p[RTP_AT + 1] & 0x7f;
    b->dscp = p[IP_AT + 1] >> 2;
    b->marker = p[RTP_AT + 1] >> 7;
    b->suspected = stream_looked_at(b->pt) &&
                   tone_suspected(&c->masks, p + PAYLOAD_AT, packet->len - PAYLOAD_AT);
    return true;
}

/* The flow's number, STREAM_NO_NUMBER if it cannot be kept. */
static uint32_t learn(struct stream_flows *f, const struct flow *now, uint64_t hash)
{
    struct table_walk walk = table_walk(&f->by_hash, hash);
    uint32_t i;

    for (unsigned tries = 0; table_next(&walk, &i); tries++)
        if (tries + 1 >= TRIES || is_same(&f->flows[i], now))
            return STREAM_NO_NUMBER;
    if (f->count == STREAM_MOST_FLOWS) {
        table_clear(&f->by_hash);
        f->count = 0;
    }
    if (table_put(&f->by_hash, hash, f->count) < 0)
        return STREAM_NO_NUMBER;
    f->flows[f->count] = *now;
    return f->count++;
}

void stream_glance(const struct stream_flows *f, const struct packet *packets, size_t n,
                   struct stream_glance *glances)
{
    const struct context *c = stream_context(f->streams);
    struct table_walk walk;

    for (size_t i = 0; i < n; i++) {
        glances[i].flow = STREAM_NO_NUMBER;
        glances[i].may_be_known = has_lengths(&packets[i]);
        if (!glances[i].may_be_known)
            continue;
        glances[i].hash = hash_of(c, packets[i].data);
        table_prefetch(&f->by_hash, glances[i].hash);
    }
    for (size_t i = 0; i < n; i++) {
        if (!glances[i].may_be_known)
            continue;
        walk = table_walk(&f->by_hash, glances[i].hash);
        if (table_next(&walk, &glances[i].flow))
            __builtin_prefetch(&f->flows[glances[i].flow]);
    }
}

enum stream_form stream_see(struct stream_flows *f, const struct packet *packet,
                            const struct stream_glance *glance, const struct stream_base *base,
                            struct stream_brief *brief, struct stream_look *look)
{
    struct flow now;

    if (glance->may_be_known) {
        now = flow_of(packet);
        if (see_known(f, packet, &now, glance, base, brief))
            return STREAM_IN_BRIEF;
    }
    if (!stream_look_at_packet(f->streams, packet, look))
        return STREAM_NO_MEDIA;
    look->flow = glance->may_be_known && is_typical(packet) ? learn(f, &now, glance->hash)
                                                            : STREAM_NO_NUMBER;
    return STREAM_WHOLE;
}

/* ---- the counting thread -------------------------------------------------------- */

struct known_flow *stream_known_flow(const struct stream_flows *f, uint32_t number)
{
    return &f->known[number];
}

void stream_expand(const struct known_flow *k, const struct stream_base *base,
                   const struct stream_brief *b, struct stream_look *look)
{
    uint32_t payload = (uint32_t)b->link - PAYLOAD_AT;

    *look = (struct stream_look){
        .key = k->key,
        .number = k->number,
        .hash = k->hash,
        .payload = base->data + b->at + PAYLOAD_AT,
        .captured = payload,
        .flow = STREAM_NO_NUMBER,
        .arrival = {.time = base->time + b->after,
                    .frame = base->frame + b->frames,
                    .octets = {payload, (uint32_t)b->link - RTP_AT, (uint32_t)b->link - IP_AT,
                               b->link},
                    .origin = k->origin,
                    .ip_id = b->ip_id,
                    .sequence = b->sequence,
                    .timestamp = b->timestamp,
                    .pt = b->pt,
                    .dscp = b->dscp,
                    .marker = b->marker,
                    .looked_at = stream_looked_at(b->pt),
                    .suspected = b->suspected}};
}
