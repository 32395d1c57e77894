/* Owns the streams: one look-up a packet by addresses and SSRC. */
#include <stdlib.h>

#include "base/hash.h"
#include "stream/state.h"

struct stream_table {
    uint64_t seed;
    int64_t origin;
    stream_announced *announced;
    void *ctx;
    VEC(struct stream) streams;
    struct table by_key;
    struct table by_flow;  /* the newest stream of a flow, whatever its SSRC */
    struct table by_dst;   /* all streams to an address */
    struct table by_ssrc;  /* all streams of an SSRC, for RTCP */
    struct candidates *candidates;
    uint32_t *order;       /* by first packet, after stream_finish */
    uint64_t counted;
};

enum { MOST_STREAMS = 16 * 1024 * 1024, MANY = 64 };
enum { STREAM_NONE = UINT32_MAX };

struct stream_table *stream_table_new(stream_announced *announced, void *ctx)
{
    struct stream_table *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->seed = hash_seed();
    t->announced = announced;
    t->ctx = ctx;
    t->candidates = candidates_new();
    if (!t->candidates) {
        free(t);
        return NULL;
    }
    return t;
}

void stream_table_free(struct stream_table *t)
{
    if (!t)
        return;
    vec_free(&t->streams);
    table_free(&t->by_key);
    table_free(&t->by_flow);
    table_free(&t->by_dst);
    table_free(&t->by_ssrc);
    candidates_free(t->candidates);
    free(t->order);
    free(t);
}

void stream_set_origin(struct stream_table *t, int64_t time)
{
    t->origin = time;
}

static uint64_t dst_hash(const struct stream_table *t, const struct net_addr *dst)
{
    return hash_bytes(t->seed, dst, sizeof *dst);
}

static uint64_t load64(const uint8_t *p)
{
    uint64_t x;

    memcpy(&x, p, 8);
    return x;
}

static uint32_t load32(const void *p)
{
    uint32_t x;

    memcpy(&x, p, 4);
    return x;
}

/* Reads the addresses in the words in which net wrote them; no copy. */
static inline uint64_t flow_hash(const struct stream_table *t, const struct net_addr *src,
                                 const struct net_addr *dst)
{
    uint64_t a = hash_mix(load64(src->ip) ^ t->seed, load64(dst->ip) ^ 0xa0761d6478bd642fu);
    uint64_t b = hash_mix(load64(src->ip + 8) ^ 0xe7037ed1a0b428dbu,
                          load64(dst->ip + 8) ^ ~t->seed);
    uint64_t ports = (uint64_t)load32(&src->port) << 32 | load32(&dst->port);

    return hash_mix(a ^ b ^ ports, t->seed | 1);
}

static inline uint64_t key_hash(const struct stream_table *t, const struct net_addr *src,
                                const struct net_addr *dst, uint32_t ssrc)
{
    return hash_u64(flow_hash(t, src, dst), ssrc);
}

static inline bool is_of(const struct stream *s, const struct net_addr *src,
                         const struct net_addr *dst, uint32_t ssrc)
{
    return s->key.ssrc == ssrc && addr_eq(&s->key.src, src) && addr_eq(&s->key.dst, dst);
}

/* The number of the stream, STREAM_NONE without one. */
static uint32_t find(const struct stream_table *t, const struct datagram *d, uint32_t ssrc,
                     uint64_t hash)
{
    struct table_walk walk = table_walk(&t->by_key, hash);
    uint32_t i;

    while (table_next(&walk, &i))
        if (is_of(&t->streams.v[i], &d->src, &d->dst, ssrc))
            return i;
    return STREAM_NONE;
}

/* The stream of the same flow before this one, whose SSRC was another. */
static void note_ssrc_change(struct stream_table *t, struct stream *s, uint64_t flow)
{
    struct table_walk walk = table_walk(&t->by_flow, flow);
    uint32_t number = (uint32_t)(s - t->streams.v), i;

    while (table_next(&walk, &i)) {
        struct stream *before = &t->streams.v[i];

        if (!addr_eq(&before->key.src, &s->key.src) || !addr_eq(&before->key.dst, &s->key.dst))
            continue;
        before->ssrc_changes++;
        table_remove(&t->by_flow, flow, i);
        break;
    }
    table_put(&t->by_flow, flow, number);
}

static struct stream *new_stream(struct stream_table *t, const struct stream_key *key,
                                 uint64_t hash, const struct rtp_map *map,
                                 const struct arrival *a)
{
    struct stream *s = t->streams.n < MOST_STREAMS ? vec_add(&t->streams) : NULL;
    uint32_t number = (uint32_t)(t->streams.n - 1);

    if (!s)
        return NULL;
    if (table_put(&t->by_key, hash, number) < 0 ||
        table_put(&t->by_dst, dst_hash(t, &key->dst), number) < 0 ||
        table_put(&t->by_ssrc, hash_u64(t->seed, key->ssrc), number) < 0) {
        t->streams.n--; /* memory is short: entries of no stream do no harm */
        return NULL;
    }
    stream_start_at(s, key, map, a, t->origin);
    note_ssrc_change(t, s, flow_hash(t, &key->src, &key->dst));
    t->counted++;
    return s;
}

/* Counts what was kept of the flow while it was on trial. */
static void promote(struct stream_table *t, struct candidate *x, uint64_t hash,
                    const struct rtp_map *map, bool announced)
{
    struct stream *s = new_stream(t, &x->key, hash, map, &x->heads[0]);

    for (unsigned i = 1; s && i < x->count; i++) {
        stream_count_packet(s, &x->heads[i], t->origin);
        t->counted++;
    }
    if (s && announced && s->found_by == STREAM_BY_HEURISTIC)
        s->found_by = STREAM_BY_SDP;
    candidate_drop(x);
}

/* Types that RTCP's packet types would look like (RFC 3551 §6). */
static bool is_plausible(uint8_t pt)
{
    return pt < 72 || pt > 76;
}

static bool on_trial(struct stream_table *t, const struct stream_key *key, uint64_t hash,
                     const struct arrival *a)
{
    const struct rtp_map *map = NULL;
    bool announced = t->announced && t->announced(t->ctx, &key->src, &key->dst, &map);
    struct candidate *x;

    if (!announced && !is_plausible(a->pt))
        return false;
    x = candidates_add(t->candidates, key, a);
    if (announced || candidate_is_stream(x))
        promote(t, x, hash, map, announced);
    return true;
}

void stream_look(const struct stream_table *t, const struct datagram *d, struct stream_look *look)
{
    struct rtp_header h;

    look->number = STREAM_NONE;
    look->valid = rtp_parse(&h, d->data, d->caplen, d->len);
    if (!look->valid)
        return;
    look->ssrc = h.ssrc;
    look->hash = key_hash(t, &d->src, &d->dst, h.ssrc);
    look->arrival = (struct arrival){.time = d->packet->time,
                                     .frame = d->packet->frame,
                                     .timestamp = h.timestamp,
                                     .payload_bytes = h.payload_bytes,
                                     .rtp_bytes = d->len,
                                     .ip_bytes = d->ip_bytes,
                                     .link_bytes = d->link_bytes,
                                     .sequence = h.sequence,
                                     .pt = h.pt,
                                     .marker = h.marker,
                                     .relayed = d->relayed};
}

void stream_prefetch(const struct stream_table *t, const struct stream_look *look)
{
    table_prefetch(&t->by_key, look->hash);
}

void stream_fetch(const struct stream_table *t, struct stream_look *look)
{
    struct table_walk walk = table_walk(&t->by_key, look->hash);
    const char *p;

    /* The first whose hash agrees is nearly always the one; stream_media
     * compares the key. */
    if (!look->valid || !table_next(&walk, &look->number))
        return;
    p = (const char *)&t->streams.v[look->number];
    for (size_t at = 0; at < STREAM_HOT; at += 64)
        __builtin_prefetch(p + at, 1);
    __builtin_prefetch(t->streams.v[look->number].pts, 1);
}

bool stream_media(struct stream_table *t, const struct datagram *d, const struct stream_look *look)
{
    uint32_t number = look->number, ssrc = look->ssrc;

    if (!look->valid)
        return false;
    if (number == STREAM_NONE || !is_of(&t->streams.v[number], &d->src, &d->dst, ssrc))
        number = find(t, d, ssrc, look->hash);
    if (number == STREAM_NONE)
        return on_trial(t, &(struct stream_key){.src = d->src, .dst = d->dst, .ssrc = ssrc},
                        look->hash, &look->arrival);
    stream_count_packet(&t->streams.v[number], &look->arrival, t->origin);
    t->counted++;
    return true;
}

void stream_set_map(struct stream_table *t, const struct net_addr *dst, const struct rtp_map *map)
{
    struct table_walk walk = table_walk(&t->by_dst, dst_hash(t, dst));
    unsigned seen = 0;
    uint32_t i;

    while (table_next(&walk, &i) && seen++ < MANY) {
        struct stream *s = &t->streams.v[i];

        if (!addr_eq(&s->key.dst, dst))
            continue;
        s->map = map;
        s->pt_known = false;
        if (s->found_by == STREAM_BY_HEURISTIC)
            s->found_by = STREAM_BY_SDP;
    }
}

static int by_first_packet(const void *pa, const void *pb, void *ctx)
{
    const struct stream_table *t = ctx;
    const struct stream *a = &t->streams.v[*(const uint32_t *)pa];
    const struct stream *b = &t->streams.v[*(const uint32_t *)pb];

    return a->first_frame < b->first_frame ? -1 : a->first_frame > b->first_frame;
}

void stream_finish(struct stream_table *t)
{
    t->order = calloc(t->streams.n + 1, sizeof *t->order);
    for (size_t i = 0; i < t->streams.n; i++) {
        sequence_finish(&t->streams.v[i].sequence);
        if (t->order)
            t->order[i] = (uint32_t)i;
    }
    if (t->order)
        qsort_r(t->order, t->streams.n, sizeof *t->order, by_first_packet, t);
}

size_t stream_count(const struct stream_table *t)
{
    return t->streams.n;
}

struct stream *stream_at(struct stream_table *t, size_t i)
{
    return &t->streams.v[t->order ? t->order[i] : i];
}

uint64_t stream_packets_counted(const struct stream_table *t)
{
    return t->counted;
}

struct stream *stream_by_ssrc(struct stream_table *t, uint32_t ssrc, const struct net_addr *a,
                              const struct net_addr *b)
{
    struct table_walk walk = table_walk(&t->by_ssrc, hash_u64(t->seed, ssrc));
    unsigned seen = 0;
    uint32_t i;

    while (table_next(&walk, &i) && seen++ < MANY) {
        struct stream *s = &t->streams.v[i];

        if (s->key.ssrc == ssrc && addr_same_ip(&s->key.src, a) && addr_same_ip(&s->key.dst, b))
            return s;
    }
    return NULL;
}
