/* Flows: what nearly all packets of one have in common.
 *
 * The reading thread keeps the headers of a flow's first packet.  One that differs from
 * them in nothing but number, time, length and payload needs no decoding, and is handed
 * on in brief: what goes from one processor to another costs more than what is done
 * with it.  The counting thread keeps what the brief form leaves out.  Each learns a
 * flow from the same packet, which is handed on whole, so that neither reads what the
 * other writes.  That is not the first one: many flows have no other.  Once there are as
 * many as there may be, a new one takes the place of another, and its number.
 *
 * So it is with plain IPv4, whatever the header of its link (net/plain.h). */
#include "stream/flow.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "base/pages.h"
#include "net/plain.h"
#include "stream/table.h"

enum {
    TYPE_IP4 = 0x0800,
    UDP_AT = FLOW_UDP_AT,
    RTP_AT = FLOW_RTP_AT,
    SSRC_AT = FLOW_RTP_AT + 8,
    PAYLOAD_AT = FLOW_PAYLOAD_AT,
    ETHERNET_HEADER = 14, /* octets */
    NO_IP4 = 255,
    MET = 65536, /* flows that are remembered by a few bits of their hash: a power of two */
    FEW_PLACES = STREAM_MOST_FLOWS / 4, /* at first; half of them are used at most */
    DSCPS = 64,
    ALL_PLACES = STREAM_MOST_FLOWS * 2,
};

/* Sixteen octets at once. */
typedef uint64_t octets16 __attribute__((vector_size(16)));

/* The first octets of a packet and the SSRC hold all that a flow's packets have in common;
 * behind a long link's header RTP's first two, too. */
enum { PARTS = 3, FIRST_OCTETS = 48, LONG_LINK = FIRST_OCTETS - FLOW_RTP_AT - 1 };
struct shape {
    octets16 common[PARTS]; /* what of the first octets is */
};

/* The bits of an octet behind the link's header that are: not of lengths, identification,
 * checksums, marker, number and time. */
static uint8_t common_bits(unsigned at)
{
    if (at == RTP_AT + 1)
        return 0x7f;
    return at < 2 || (at >= 6 && at < 10) || (at >= 12 && at < UDP_AT + 4) || at == RTP_AT ||
                   (at >= SSRC_AT && at < PAYLOAD_AT)
               ? 0xff
               : 0;
}

static struct shape shape_of(unsigned ip_at)
{
    union {
        uint8_t octets[FIRST_OCTETS];
        struct shape shape;
    } s;

    for (unsigned i = 0; i < FIRST_OCTETS; i++)
        s.octets[i] = i < ip_at ? 0xff : common_bits(i - ip_at);
    return s.shape;
}

struct flow { /* a cache line */
    _Alignas(64) octets16 part[PARTS];
    uint32_t source; /* file and interface */
    uint32_t number; /* + 1; 0: nothing is here */
    uint32_t ssrc;
    uint16_t rtp; /* version to payload type */
    uint8_t ip_at;
};

/* Open addressing, as base/table.h, but with the flow itself in its place, so that to find
 * and to compare it touches one cache line. */
struct places {
    struct flow *at;
    uint32_t mask;
};

struct stream_flows {
    const struct stream_table *streams;
    struct shape shapes[PLAIN_LINK + 1]; /* by ip_at */
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
    for (unsigned i = 0; i <= PLAIN_LINK; i++)
        f->shapes[i] = shape_of(i);
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

/* Where the first of them has its IPv4 header. */
static unsigned ip_at(const struct capture_run *run)
{
    struct packet first = capture_packet(run, 0);
    uint32_t at;

    return first.caplen >= PLAIN_LINK && plain_link(&first, &at) == TYPE_IP4 ? at : NO_IP4;
}

static inline octets16 part_of(const struct shape *shape, const uint8_t *p, unsigned i)
{
    octets16 part;

    memcpy(&part, p + i * sizeof part, sizeof part);
    return part & shape->common[i];
}

/* Version to payload type, without the marker. */
static inline uint16_t rtp_of(const uint8_t *rtp)
{
    return (uint16_t)(be16(rtp) & 0xff7f);
}

static inline uint32_t source_of(uint32_t file, uint16_t interface)
{
    return file << 16 | interface;
}

static struct flow flow_of(const struct stream_flows *flows, const struct packet *packet,
                           unsigned ip_at, uint32_t number)
{
    const struct shape *shape = &flows->shapes[ip_at];
    const uint8_t *rtp = packet->data + ip_at + RTP_AT;
    struct flow f = {.source = source_of(packet->file, packet->interface),
                     .number = number + 1,
                     .ssrc = le32(rtp + 8),
                     .rtp = rtp_of(rtp),
                     .ip_at = (uint8_t)ip_at};

    for (unsigned i = 0; i < PARTS; i++)
        f.part[i] = part_of(shape, packet->data, i);
    return f;
}

static inline bool is_of(const struct flow *f, const struct shape *shape, unsigned ip_at,
                         const uint8_t *p, uint32_t source)
{
    octets16 differ = (f->part[0] ^ part_of(shape, p, 0)) | (f->part[1] ^ part_of(shape, p, 1)) |
                      (f->part[2] ^ part_of(shape, p, 2));

    return !(differ[0] | differ[1]) && f->source == source &&
           f->ssrc == le32(p + ip_at + SSRC_AT) &&
           (ip_at < LONG_LINK || f->rtp == rtp_of(p + ip_at + RTP_AT));
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
 * captured and nothing behind it, and more payload than telephone events have; and RTP's
 * version: one of SIP is not looked for. */
static inline bool may_be_media(const struct capture_record *r, uint32_t ip_at)
{
    uint32_t n = r->caplen, least = ip_at + PAYLOAD_AT + STREAM_MOST_EVENTS + 1;
    const uint8_t *ip = r->data + ip_at;

    return n == r->len && n - least <= UINT16_MAX - least && says_length(ip + 2, n - ip_at) &&
           says_length(ip + UDP_AT + 4, n - ip_at - UDP_AT) && rtp_has_version(ip[RTP_AT]);
}

/* Whether what stream_look_at_packet said of a packet holds for all that differ from it
 * only as they may.  With the marker, some payload types look like RTCP. */
static bool is_typical(const struct packet *packet, uint32_t ip_at, const struct stream_look *look)
{
    enum { IP4 = 0x45, RTP_ONLY = 0x80, FIRST_DOUBTFUL = 64, LAST_DOUBTFUL = 95 };
    const uint8_t *p = packet->data + ip_at;
    uint8_t pt = p[RTP_AT + 1] & 0x7f;

    return p[0] == IP4 && p[RTP_AT] == RTP_ONLY && look->payload == p + PAYLOAD_AT &&
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
static inline uint32_t find(struct places places, const struct shape *shape, unsigned ip_at,
                            const uint8_t *p, uint32_t source, uint32_t hash)
{
    for (uint32_t at = hash & places.mask;; at = (at + 1) & places.mask) {
        const struct flow *flow = &places.at[at];

        if (is_of(flow, shape, ip_at, p, source) || !flow->number)
            return flow->number - 1;
    }
}

/* What the headers and the payload say. */
static inline void fill(struct stream_brief *b, const uint8_t *ip, uint32_t n, uint32_t ip_at)
{
    uint64_t word = be64(ip + RTP_AT) & RTP_WORD;

    if (stream_looked_at(rtp_word_pt(word)) &&
        tone_suspected(ip + PAYLOAD_AT, n - ip_at - PAYLOAD_AT))
        word |= (uint64_t)1 << RTP_WORD_SUSPECTED;
    b->rtp = word;
    b->ip_id = be16(ip + 4);
    b->link = (uint16_t)n;
}

/* Inlined where the link's header has its usual length. */
static inline __attribute__((always_inline)) size_t
see_known(const struct stream_flows *f, struct capture_run *run, size_t i, unsigned ip_at,
          const struct stream_glance *glances, const struct stream_base *base,
          struct stream_brief *briefs)
{
    const struct stream_base from = *base;
    const struct places places = f->places;
    const struct shape shape = f->shapes[ip_at];
    uint32_t source = source_of(run->file, run->interface);
    uint16_t frames = (uint16_t)(run->frame + i - from.frame);
    struct stream_brief *b = briefs;

    for (; i < run->n && glances[i].may_be_known; i++, b++) {
        const struct capture_record *r = &run->of[i];
        uint32_t flow = find(places, &shape, ip_at, r->data, source, glances[i].hash);

        if (flow == STREAM_NO_NUMBER)
            break;
        capture_ask(run);
        b->flow = flow;
        b->after = (uint32_t)(r->time - from.time);
        b->at = (uint32_t)(r->data - from.data);
        b->frames = frames++;
        fill(b, r->data + ip_at, r->len, ip_at);
    }
    return (size_t)(b - briefs);
}

size_t stream_see_known(const struct stream_flows *f, struct capture_run *run, size_t i,
                        const struct stream_glance *glances, const struct stream_base *base,
                        struct stream_brief *briefs)
{
    if (!glances[i].may_be_known || !is_near(run, base))
        return 0;
    return glances[i].ip_at == ETHERNET_HEADER
               ? see_known(f, run, i, ETHERNET_HEADER, glances, base, briefs)
               : see_known(f, run, i, glances[i].ip_at, glances, base, briefs);
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
    const uint8_t *ip = (const uint8_t *)flow->part + flow->ip_at;

    return hash_of(seeds_of(f), le64(ip + 12), le32(ip + UDP_AT), flow->ssrc);
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
static uint32_t learn(struct stream_flows *f, const struct packet *packet,
                      const struct stream_glance *glance)
{
    struct flow flow, *taken_over;

    if (has_room(f)) {
        flow = flow_of(f, packet, glance->ip_at, f->count);
        put(f->places, &flow, glance->hash);
        return f->count++;
    }
    taken_over = &f->places.at[glance->hash & f->places.mask];
    if (!taken_over->number)
        return STREAM_NO_NUMBER;
    *taken_over = flow_of(f, packet, glance->ip_at, taken_over->number - 1);
    return taken_over->number - 1;
}

static inline __attribute__((always_inline)) void
glance(const struct stream_flows *f, const struct capture_run *run, unsigned ip_at,
       struct stream_glance *glances)
{
    const struct places places = f->places;
    const struct seeds seeds = seeds_of(f);

    for (size_t i = 0; i < run->n; i++) {
        const uint8_t *ip = run->of[i].data + ip_at;

        glances[i].ip_at = (uint8_t)ip_at;
        glances[i].may_be_known = ip_at != NO_IP4 && may_be_media(&run->of[i], ip_at);
        if (!glances[i].may_be_known)
            continue;
        glances[i].hash =
            hash_of(seeds, le64(ip + 12), le32(ip + UDP_AT), le32(ip + SSRC_AT));
        __builtin_prefetch(&places.at[glances[i].hash & places.mask]);
    }
}

void stream_glance(const struct stream_flows *f, const struct capture_run *run,
                   struct stream_glance *glances)
{
    unsigned at = ip_at(run);

    if (at == ETHERNET_HEADER)
        glance(f, run, ETHERNET_HEADER, glances);
    else
        glance(f, run, at, glances);
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

static bool is_known(const struct stream_flows *f, const struct packet *packet,
                     const struct stream_glance *glance)
{
    uint32_t source = source_of(packet->file, packet->interface);

    return find(f->places, &f->shapes[glance->ip_at], glance->ip_at, packet->data, source,
                glance->hash) != STREAM_NO_NUMBER;
}

bool stream_see(struct stream_flows *f, const struct packet *packet,
                const struct stream_glance *glance, struct stream_look *look)
{
    bool keep;

    if (!stream_look_at_packet(f->streams, packet, look))
        return false;
    /* Known, but too far from its batch's first packet, it is not learned anew. */
    keep = glance->may_be_known && is_typical(packet, glance->ip_at, look) &&
           !is_known(f, packet, glance) && was_met(f, glance->hash);
    look->flow = keep ? learn(f, packet, glance) : STREAM_NO_NUMBER;
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
        .payload = base->data + b->at + k->ip_at + PAYLOAD_AT,
        .captured = (uint32_t)b->link - k->ip_at - PAYLOAD_AT,
        .flow = STREAM_NO_NUMBER,
        .arrival = {.time = base->time + b->after,
                    .frame = base->frame + b->frames,
                    .octets = flow_octets(k, b->link),
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
                             .ip_at = (uint8_t)(look->arrival.octets.link -
                                                look->arrival.octets.ip),
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
