/* Flows: what nearly all packets of one have in common.
 *
 * The reading thread keeps the headers of a flow's first packet.  One that differs from
 * them in nothing but number, time, length and payload needs no decoding, and is handed
 * on in brief: what goes from one processor to another costs more than what is done
 * with it.  The counting thread keeps what the brief form leaves out.  Each learns a
 * flow from the same packet, which is handed on whole, so that neither reads what the
 * other writes.  That is not the first one: many flows have no other.  Once there are as
 * many as there may be, a new one takes the place of another, and its number. */
#include "stream/flow.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "base/pages.h"
#include "stream/table.h"

enum {
    ETHERNET = 1,
    TYPE_IP4 = 0x0800,
    IP_AT = FLOW_IP_AT,
    UDP_AT = 34,
    RTP_AT = FLOW_RTP_AT,
    PAYLOAD_AT = FLOW_PAYLOAD_AT,
    MET = 65536, /* flows that are remembered by a few bits of their hash: a power of two */
    FEW_PLACES = STREAM_MOST_FLOWS / 4, /* at first; half of them are used at most */
    DSCPS = 64,
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

/* Open addressing, as base/table.h, but with the flow itself in its place, so that to find
 * and to compare it touches one cache line. */
struct places {
    struct flow *at;
    uint32_t mask;
};

struct stream_flows {
    const struct stream_table *streams;
    /* the reading thread's */
    struct places places;
    uint32_t count;
    uint16_t *met; /* of flows that are not known, by the hash of one of their packets */
    /* the counting thread's */
    _Alignas(64) struct known_flow *known;
    uint64_t dscp[DSCPS]; /* packets of flows that are known no longer */
};

static size_t size_of_places(const struct stream_flows *f)
{
    return ((size_t)f->places.mask + 1) * sizeof *f->places.at;
}

struct stream_flows *stream_flows_new(const struct stream_table *streams)
{
    struct stream_flows *f = aligned_alloc(64, sizeof *f);

    if (!f)
        return NULL;
    *f = (struct stream_flows){.streams = streams, .places.mask = FEW_PLACES - 1};
    f->places.at = pages_new(size_of_places(f));
    f->known = pages_new(STREAM_MOST_FLOWS * sizeof *f->known);
    f->met = calloc(MET, sizeof *f->met);
    if (f->places.at && f->known && f->met)
        return f;
    stream_flows_free(f);
    return NULL;
}

void stream_flows_free(struct stream_flows *f)
{
    if (!f)
        return;
    pages_free(f->places.at, size_of_places(f));
    pages_free(f->known, STREAM_MOST_FLOWS * sizeof *f->known);
    free(f->met);
    free(f);
}

/* ---- the reading thread --------------------------------------------------------- */

static inline octets16 part_of(const uint8_t *p, unsigned i)
{
    octets16 part;

    memcpy(&part, p + part_at[i], sizeof part);
    return part & common.part[i];
}

static inline uint32_t source_of(uint32_t file, uint16_t interface)
{
    return file << 16 | interface;
}

static struct flow flow_of(const struct packet *packet, uint32_t number)
{
    struct flow f = {.source = source_of(packet->file, packet->interface),
                     .number = number + 1,
                     .fragment = le16(packet->data + FRAGMENT_AT)};

    for (unsigned i = 0; i < PARTS; i++)
        f.part[i] = part_of(packet->data, i);
    return f;
}

static inline bool is_of(const struct flow *f, const uint8_t *p, uint32_t source)
{
    octets16 differ =
        (f->part[0] ^ part_of(p, 0)) | (f->part[1] ^ part_of(p, 1)) | (f->part[2] ^ part_of(p, 2));

    return !(differ[0] | differ[1]) && f->source == source &&
           f->fragment == le16(p + FRAGMENT_AT);
}

/* Of the table's context: copies, which nothing that is written may change. */
struct seeds {
    uint64_t of[2];
};
static inline struct seeds seeds_of(const struct stream_flows *f)
{
    const struct context *c = stream_context(f->streams);

    return (struct seeds){{c->seed[0], c->seed[1]}};
}

/* By both addresses with their ports, and the SSRC. */
static inline uint32_t hash_of(struct seeds seeds, uint64_t hosts, uint32_t ports, uint32_t ssrc)
{
    uint64_t h = hash_mix(hosts ^ seeds.of[0], ((uint64_t)ports << 32 | ssrc) ^ seeds.of[1]);

    return (uint32_t)(h ^ h >> 32);
}

/* In network order. */
static inline bool says_length(const uint8_t *p, uint32_t n)
{
    return le16(p) == (uint16_t)(n << 8 | n >> 8);
}

/* Whether the packet has the lengths of one whose headers are as above, all of it
 * captured and nothing behind it, and more payload than telephone events have. */
static inline bool has_lengths(const struct capture_record *r)
{
    enum { LEAST = PAYLOAD_AT + STREAM_MOST_EVENTS + 1 };
    uint32_t n = r->caplen;

    return n == r->len && n - LEAST <= UINT16_MAX - LEAST &&
           says_length(r->data + IP_AT + 2, n - IP_AT) &&
           says_length(r->data + UDP_AT + 4, n - UDP_AT);
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

static inline bool is_within(int64_t x, int64_t base)
{
    return (uint64_t)x - (uint64_t)base <= UINT32_MAX;
}

/* Whether all packets of the run are near enough to the first of their batch for the brief
 * form.  They lie one behind the other. */
static bool is_near(const struct capture_run *run, const struct stream_base *base)
{
    const uint8_t *last = run->of[run->n - 1].data;

    return is_within(run->earliest, base->time) && is_within(run->latest, base->time) &&
           (uintptr_t)last - (uintptr_t)base->data <= UINT32_MAX &&
           run->of[0].data >= base->data &&
           run->frame + run->n - 1 - base->frame <= UINT16_MAX;
}

/* The number of the flow that the packet is of, STREAM_NO_NUMBER if it is not known.  (What
 * is in an empty place is of no packet, and its number less one is that, too.) */
static inline uint32_t find(struct places places, const uint8_t *p, uint32_t source,
                            uint32_t hash)
{
    for (uint32_t at = hash & places.mask;; at = (at + 1) & places.mask) {
        const struct flow *flow = &places.at[at];

        if (is_of(flow, p, source) || !flow->number)
            return flow->number - 1;
    }
}

/* What the headers and the payload say. */
static inline void fill(struct stream_brief *b, const uint8_t *p, uint32_t n,
                        const struct tone_masks *masks)
{
    uint64_t word = be64(p + RTP_AT) & RTP_WORD;

    if (stream_looked_at(rtp_word_pt(word)) &&
        tone_suspected(masks, p + PAYLOAD_AT, n - PAYLOAD_AT))
        word |= (uint64_t)1 << RTP_WORD_SUSPECTED;
    b->rtp = word;
    b->ip_id = be16(p + IP_AT + 4);
    b->link = (uint16_t)n;
}

size_t stream_see_known(const struct stream_flows *f, struct capture_run *run, size_t i,
                        const struct stream_glance *glances, const struct stream_base *base,
                        struct stream_brief *briefs)
{
    const struct tone_masks *masks = &stream_context(f->streams)->masks;
    const struct stream_base from = *base;
    const struct places places = f->places;
    uint32_t source = source_of(run->file, run->interface);
    uint16_t frames = (uint16_t)(run->frame + i - from.frame);
    size_t n = is_near(run, base) ? run->n : 0;
    struct stream_brief *b = briefs;

    for (; i < n && glances[i].may_be_known; i++, b++) {
        const struct capture_record *r = &run->of[i];
        uint32_t flow = find(places, r->data, source, glances[i].hash);

        if (flow == STREAM_NO_NUMBER)
            break;
        capture_ask(run);
        b->flow = flow;
        b->after = (uint32_t)(r->time - from.time);
        b->at = (uint32_t)(r->data - from.data);
        b->frames = frames++;
        fill(b, r->data, r->len, masks);
    }
    return (size_t)(b - briefs);
}

static void put(struct places places, const struct flow *flow, uint32_t hash)
{
    uint32_t at = hash & places.mask;

    while (places.at[at].number)
        at = (at + 1) & places.mask;
    places.at[at] = *flow;
}

/* The same of what is kept of a flow. */
static uint32_t hash_kept(const struct stream_flows *f, const struct flow *flow)
{
    const uint8_t *hosts = (const uint8_t *)&flow->part[1] + 4;
    const uint8_t *ssrc = (const uint8_t *)&flow->part[2] + 12;

    return hash_of(seeds_of(f), le64(hosts), le32(hosts + 8), le32(ssrc));
}

/* All places that there may be, once the few are half full; false when memory is short. */
static bool grow(struct stream_flows *f)
{
    struct stream_flows few = *f;

    f->places.mask = ALL_PLACES - 1;
    f->places.at = pages_new(size_of_places(f));
    if (!f->places.at) {
        *f = few;
        return false;
    }
    for (uint32_t i = 0; i <= few.places.mask; i++)
        if (few.places.at[i].number)
            put(f->places, &few.places.at[i], hash_kept(f, &few.places.at[i]));
    pages_free(few.places.at, size_of_places(&few));
    return true;
}

static bool has_room(struct stream_flows *f)
{
    if (f->count < (f->places.mask + 1) / 2)
        return true;
    return f->places.mask == FEW_PLACES - 1 && grow(f);
}

/* The flow's number from now on. */
static uint32_t learn(struct stream_flows *f, const struct packet *packet, uint32_t hash)
{
    struct flow flow, *taken_over;

    if (has_room(f)) {
        flow = flow_of(packet, f->count);
        put(f->places, &flow, hash);
        return f->count++;
    }
    taken_over = &f->places.at[hash & f->places.mask];
    if (!taken_over->number)
        return STREAM_NO_NUMBER;
    *taken_over = flow_of(packet, taken_over->number - 1);
    return taken_over->number - 1;
}

void stream_glance(const struct stream_flows *f, const struct capture_run *run,
                   struct stream_glance *glances)
{
    const struct places places = f->places;
    const struct seeds seeds = seeds_of(f);

    for (size_t i = 0; i < run->n; i++) {
        const uint8_t *p = run->of[i].data;

        glances[i].may_be_known = run->link == ETHERNET && has_lengths(&run->of[i]);
        if (!glances[i].may_be_known)
            continue;
        glances[i].hash = hash_of(seeds, le64(p + IP_AT + 12), le32(p + UDP_AT),
                                  le32(p + RTP_AT + 8));
        __builtin_prefetch(&places.at[glances[i].hash & places.mask]);
    }
}

/* Whether a packet of the flow came before, and since then none of another that takes its
 * place.  A rare mistake does no harm. */
static bool was_met(struct stream_flows *f, uint32_t hash)
{
    uint16_t *met = &f->met[hash % MET], rest = (uint16_t)(hash / MET) | 1 /* 0: no packet */;
    bool was = *met == rest;

    *met = rest;
    return was;
}

static bool is_known(const struct stream_flows *f, const struct packet *packet, uint32_t hash)
{
    uint32_t source = source_of(packet->file, packet->interface);

    return find(f->places, packet->data, source, hash) != STREAM_NO_NUMBER;
}

bool stream_see(struct stream_flows *f, const struct packet *packet,
                const struct stream_glance *glance, struct stream_look *look)
{
    bool keep;

    if (!stream_look_at_packet(f->streams, packet, look))
        return false;
    /* Known, but too far from its batch's first packet, it is not learned anew. */
    keep = glance->may_be_known && is_typical(packet) && !is_known(f, packet, glance->hash) &&
           was_met(f, glance->hash);
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
                    .octets = flow_octets(b->link),
                    .origin = k->origin,
                    .ip_id = b->ip_id,
                    .sequence = rtp_word_sequence(b->rtp),
                    .timestamp = (uint32_t)b->rtp,
                    .pt = rtp_word_pt(b->rtp),
                    .dscp = k->dscp,
                    .marker = rtp_word_marker(b->rtp),
                    .looked_at = stream_looked_at(rtp_word_pt(b->rtp)),
                    .suspected = rtp_word_suspected(b->rtp)}};
}

/* The stream that the packet was counted in, where it stays; NULL while it is none. */
static struct stream *stream_of(struct stream_table *t, const struct stream_look *look)
{
    uint32_t number = stream_number(t, look);

    return number == STREAM_NO_NUMBER ? NULL : stream_whole(t, stream_at(t, number));
}

/* Another flow takes the place. */
static void leave(struct stream_flows *f, struct known_flow *k)
{
    if (k->stream && k->stream->regular.flow == k)
        regular_leave_flow(k->stream);
    f->dscp[k->dscp] += k->packets;
}

bool stream_media_whole(struct stream_table *t, struct stream_flows *f,
                        const struct stream_look *look)
{
    bool taken = stream_media(t, look);
    struct known_flow *k;

    if (look->flow == STREAM_NO_NUMBER)
        return taken;
    k = stream_known_flow(f, look->flow);
    leave(f, k);
    *k = (struct known_flow){.key = look->key,
                             .origin = look->arrival.origin,
                             .dscp = look->arrival.dscp,
                             .next = FLOW_NO_WORD,
                             .stream = stream_of(t, look)};
    if (k->stream)
        regular_join_flow(k->stream, k);
    return taken;
}

/* Kept out of the loop over packets that take the short way. */
static __attribute__((noinline)) bool count_brief(struct stream_table *t, struct known_flow *k,
                                                  const struct stream_base *base,
                                                  const struct stream_brief *b)
{
    struct stream_look look;
    bool taken;

    k->packets++;
    stream_expand(k, base, b, &t->context, &look);
    if (!k->stream) {
        taken = stream_media(t, &look);
        k->stream = stream_of(t, &look);
        return taken;
    }
    stream_count_packet(k->stream, &look.arrival, look.payload, look.captured, &t->context);
    regular_join_flow(k->stream, k);
    t->counted++;
    return true;
}

/* No more may wait. */
static __attribute__((noinline)) void count_waiting(struct known_flow *k)
{
    regular_leave_flow(k->stream);
    regular_join_flow(k->stream, k);
}

static inline void fetch(const struct known_flow *k)
{
    __builtin_prefetch(k, 1);
    __builtin_prefetch((const char *)k + 64, 1);
}

void stream_fetch_flow(const struct stream_flows *f, const struct stream_brief *b)
{
    fetch(stream_known_flow(f, b->flow));
}

/* Where the packet is the last one that there is room for, or ends a second: then all that
 * wait are counted. */
static inline void fetch_stream(const struct known_flow *k, int64_t time)
{
    const char *s = (const char *)k->stream + STREAM_HOT_AT;

    if (k->count == FLOW_MOST_WAITING - 1 || time >= k->second_end)
        for (size_t i = 0; i < STREAM_HOT; i += 64)
            __builtin_prefetch(s + i, 1);
}

size_t stream_media_briefs(struct stream_table *t, struct stream_flows *f,
                           const struct stream_base *base, const struct stream_brief *briefs,
                           size_t n)
{
    struct known_flow *known = f->known;
    size_t waited = 0, others = 0;

    for (const struct stream_brief *b = briefs; b < briefs + n; b++) {
        const struct stream_brief *soon = b + STREAM_BRIEFS_AHEAD / 2;
        struct known_flow *k = &known[b->flow];

        fetch(&known[b[STREAM_BRIEFS_AHEAD].flow]);
        fetch_stream(&known[soon->flow], base->time + soon->after);
        if (!flow_wait(k, base, b)) {
            others += count_brief(t, k, base, b);
            continue;
        }
        waited++;
        if (k->count == FLOW_MOST_WAITING)
            count_waiting(k);
    }
    t->counted += waited;
    return waited + others;
}

void stream_brief_dscp(const struct stream_flows *f, uint64_t counts[DSCPS])
{
    for (unsigned i = 0; i < DSCPS; i++)
        counts[i] += f->dscp[i];
    for (uint32_t i = 0; i < f->count; i++)
        counts[f->known[i].dscp] += f->known[i].packets;
}
