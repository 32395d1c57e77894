/* Flows: what nearly all packets of one have in common.
 *
 * The reading thread keeps the headers of a flow's first packet.  One that differs from
 * them in nothing but number, time, length and payload needs no decoding, and is handed
 * on in brief: what goes from one processor to another costs more than what is done
 * with it.  The counting thread keeps what the brief form leaves out.  Each learns a
 * flow from the same packet, which is handed on whole, so that neither reads what the
 * other writes.  Once there are as many as there may be, a new one takes the place of
 * another, and its number. */
#include "stream/flow.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "base/pages.h"
#include "stream/state.h"

enum {
    ETHERNET = 1,
    TYPE_IP4 = 0x0800,
    IP_AT = FLOW_IP_AT,
    UDP_AT = 34,
    RTP_AT = FLOW_RTP_AT,
    PAYLOAD_AT = FLOW_PAYLOAD_AT,
    FEW_PLACES = STREAM_MOST_FLOWS / 4, /* at first; half of them are used at most */
    ALL_PLACES = STREAM_MOST_FLOWS * 2,
};

/* Sixteen octets at once. */
typedef uint64_t octets16 __attribute__((vector_size(16)));

/* Three times sixteen octets of a packet, and two more, hold all that a flow's packets have
 * in common: not lengths, identification, checksums, marker, number and time. */
enum { PARTS = 3, FRAGMENT_AT = 20 };
static const uint8_t part_at[PARTS] = {0, 22, 38};
static const union {
    uint8_t octets[PARTS][16];
    octets16 part[PARTS];
} common = {{
    /* Ethernet, and IP's version, header length and DSCP */
    {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
    /* TTL and protocol, hosts, ports */
    {255, 255, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
    /* RTP's version to payload type, SSRC */
    {0, 0, 0, 0, 255, 127, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255},
}};

struct flow { /* a cache line */
    _Alignas(64) octets16 part[PARTS];
    uint32_t source; /* file and interface */
    uint32_t number; /* + 1; 0: nothing is here */
    uint16_t fragment;
};

struct stream_flows {
    const struct stream_table *streams;
    /* the reading thread's: open addressing, as base/table.h, but with the flow itself in
     * its place, so that to find and to compare it touches one cache line */
    struct flow *places;
    uint32_t mask, count;
    /* the counting thread's */
    _Alignas(64) struct known_flow *known;
};

static size_t size_of_places(const struct stream_flows *f)
{
    return ((size_t)f->mask + 1) * sizeof *f->places;
}

struct stream_flows *stream_flows_new(const struct stream_table *streams)
{
    struct stream_flows *f = aligned_alloc(64, sizeof *f);

    if (!f)
        return NULL;
    *f = (struct stream_flows){.streams = streams, .mask = FEW_PLACES - 1};
    f->places = pages_new(size_of_places(f));
    f->known = pages_new(STREAM_MOST_FLOWS * sizeof *f->known);
    if (f->places && f->known)
        return f;
    stream_flows_free(f);
    return NULL;
}

void stream_flows_free(struct stream_flows *f)
{
    if (!f)
        return;
    pages_free(f->places, size_of_places(f));
    pages_free(f->known, STREAM_MOST_FLOWS * sizeof *f->known);
    free(f);
}

/* ---- the reading thread --------------------------------------------------------- */

static inline octets16 part_of(const uint8_t *p, unsigned i)
{
    octets16 part;

    memcpy(&part, p + part_at[i], sizeof part);
    return part & common.part[i];
}

static inline uint32_t source_of(const struct packet *packet)
{
    return packet->file << 16 | packet->interface;
}

static struct flow flow_of(const struct packet *packet, uint32_t number)
{
    struct flow f = {.source = source_of(packet),
                     .number = number + 1,
                     .fragment = le16(packet->data + FRAGMENT_AT)};

    for (unsigned i = 0; i < PARTS; i++)
        f.part[i] = part_of(packet->data, i);
    return f;
}

static inline bool is_of(const struct flow *f, const struct packet *packet)
{
    const uint8_t *p = packet->data;
    octets16 differ =
        (f->part[0] ^ part_of(p, 0)) | (f->part[1] ^ part_of(p, 1)) | (f->part[2] ^ part_of(p, 2));
    uint32_t rest =
        (f->source ^ source_of(packet)) | (uint32_t)(f->fragment ^ le16(p + FRAGMENT_AT));

    return !(differ[0] | differ[1] | rest);
}

/* By both addresses with their ports, and the SSRC. */
static inline uint32_t hash_of(const struct context *c, uint64_t hosts, uint32_t ports,
                               uint32_t ssrc)
{
    uint64_t h = hash_mix(hosts ^ c->seed[0], ((uint64_t)ports << 32 | ssrc) ^ c->seed[1]);

    return (uint32_t)(h ^ h >> 32);
}

static inline uint32_t hash_of_packet(const struct stream_flows *f, const uint8_t *p)
{
    return hash_of(stream_context(f->streams), le64(p + IP_AT + 12), le32(p + UDP_AT),
                   le32(p + RTP_AT + 8));
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
static inline uint32_t find(const struct stream_flows *f, const struct packet *packet,
                            uint32_t hash)
{
    for (uint32_t at = hash & f->mask;; at = (at + 1) & f->mask) {
        const struct flow *flow = &f->places[at];

        if (!flow->number)
            return STREAM_NO_NUMBER;
        if (is_of(flow, packet))
            return flow->number - 1;
    }
}

bool stream_see_known(const struct stream_flows *f, const struct packet *packet,
                      const struct stream_glance *glance, const struct stream_base *base,
                      struct stream_brief *b)
{
    const struct context *c = stream_context(f->streams);
    const uint8_t *p = packet->data;

    b->flow = find(f, packet, glance->hash);
    if (b->flow == STREAM_NO_NUMBER || !place(packet, base, b))
        return false;
    b->rtp = be64(p + RTP_AT) & RTP_WORD;
    b->ip_id = be16(p + IP_AT + 4);
    b->link = (uint16_t)packet->len;
    b->dscp = p[IP_AT + 1] >> 2;
    b->suspected = stream_looked_at(rtp_word_pt(b->rtp)) &&
                   tone_suspected(&c->masks, p + PAYLOAD_AT, packet->len - PAYLOAD_AT);
    return true;
}

static void put(struct stream_flows *f, const struct flow *flow, uint32_t hash)
{
    uint32_t at = hash & f->mask;

    while (f->places[at].number)
        at = (at + 1) & f->mask;
    f->places[at] = *flow;
}

/* The same of what is kept of a flow. */
static uint32_t hash_kept(const struct stream_flows *f, const struct flow *flow)
{
    const uint8_t *hosts = (const uint8_t *)&flow->part[1] + 4;
    const uint8_t *ssrc = (const uint8_t *)&flow->part[2] + 12;

    return hash_of(stream_context(f->streams), le64(hosts), le32(hosts + 8), le32(ssrc));
}

/* All places that there may be, once the few are half full; false when memory is short. */
static bool grow(struct stream_flows *f)
{
    struct stream_flows few = *f;

    f->mask = ALL_PLACES - 1;
    f->places = pages_new(size_of_places(f));
    if (!f->places) {
        *f = few;
        return false;
    }
    for (uint32_t i = 0; i <= few.mask; i++)
        if (few.places[i].number)
            put(f, &few.places[i], hash_kept(f, &few.places[i]));
    pages_free(few.places, size_of_places(&few));
    return true;
}

static bool has_room(struct stream_flows *f)
{
    if (f->count < (f->mask + 1) / 2)
        return true;
    return f->mask == FEW_PLACES - 1 && grow(f);
}

/* The flow's number from now on. */
static uint32_t learn(struct stream_flows *f, const struct packet *packet, uint32_t hash)
{
    struct flow flow, *taken_over;

    if (has_room(f)) {
        flow = flow_of(packet, f->count);
        put(f, &flow, hash);
        return f->count++;
    }
    taken_over = &f->places[hash & f->mask];
    if (!taken_over->number)
        return STREAM_NO_NUMBER;
    *taken_over = flow_of(packet, taken_over->number - 1);
    return taken_over->number - 1;
}

void stream_glance(const struct stream_flows *f, const struct packet *packets, size_t n,
                   struct stream_glance *glances)
{
    for (size_t i = 0; i < n; i++) {
        glances[i].may_be_known = has_lengths(&packets[i]);
        if (!glances[i].may_be_known)
            continue;
        glances[i].hash = hash_of_packet(f, packets[i].data);
        __builtin_prefetch(&f->places[glances[i].hash & f->mask]);
    }
}

bool stream_see(struct stream_flows *f, const struct packet *packet,
                const struct stream_glance *glance, struct stream_look *look)
{
    bool keep;

    if (!stream_look_at_packet(f->streams, packet, look))
        return false;
    /* Known, but too far from its batch's first packet, it is not learned anew. */
    keep = glance->may_be_known && is_typical(packet) &&
           find(f, packet, glance->hash) == STREAM_NO_NUMBER;
    look->flow = keep ? learn(f, packet, glance->hash) : STREAM_NO_NUMBER;
    return true;
}

/* ---- the counting thread -------------------------------------------------------- */

struct known_flow *stream_known_flow(const struct stream_flows *f, uint32_t number)
{
    return &f->known[number];
}

void stream_expand(const struct known_flow *k, const struct stream_base *base,
                   const struct stream_brief *b, const struct context *c,
                   struct stream_look *look)
{
    *look = (struct stream_look){
        .key = k->key,
        .number = STREAM_NO_NUMBER,
        .hash = stream_hash(c, &k->key.src, &k->key.dst, k->key.ssrc),
        .payload = base->data + b->at + PAYLOAD_AT,
        .captured = (uint32_t)b->link - PAYLOAD_AT,
        .flow = STREAM_NO_NUMBER,
        .arrival = {.time = base->time + b->after,
                    .frame = base->frame + b->frames,
                    .octets = stream_brief_octets(b),
                    .origin = k->origin,
                    .ip_id = b->ip_id,
                    .sequence = rtp_word_sequence(b->rtp),
                    .timestamp = (uint32_t)b->rtp,
                    .pt = rtp_word_pt(b->rtp),
                    .dscp = b->dscp,
                    .marker = rtp_word_marker(b->rtp),
                    .looked_at = stream_looked_at(rtp_word_pt(b->rtp)),
                    .suspected = b->suspected}};
}
