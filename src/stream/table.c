/* Owns the streams: one look-up a packet by addresses and SSRC. */
#include <stdlib.h>

#include "base/hash.h"
#include "stream/alone.h"
#include "stream/candidate.h"
#include "stream/table.h"

enum {
    MOST_STREAMS = 16 * 1024 * 1024,
    MANY = STREAM_MANY,
    FEWEST_CONFIRMED = 2,
};
enum { STREAM_NONE = UINT32_MAX };

struct stream_table *stream_table_new(stream_announced *announced, void *ctx)
{
    struct stream_table *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->context.seed[0] = hash_seed();
    t->context.seed[1] = hash_seed();
    t->announced = announced;
    t->ctx = ctx;
    t->context.settings.buffer_ms = STREAM_BUFFER_MS;
    t->alone = blocks_of(STREAM_ALONE);
    t->whole = blocks_of(sizeof(struct stream));
    t->candidates = candidates_new();
    if (!t->candidates) {
        free(t);
        return NULL;
    }
    return t;
}

void stream_configure(struct stream_table *t, const struct stream_settings *settings)
{
    t->context.settings = *settings;
}

void stream_tell_ahead(struct stream_table *t, stream_announced_ahead *ahead)
{
    t->ahead = ahead;
}

void stream_expect_copies(struct stream_table *t)
{
    t->context.taps = true;
}

const struct context *stream_context(const struct stream_table *t)
{
    return &t->context;
}

static inline struct stream *at(const struct stream_table *t, size_t number)
{
    return stream_numbered(t, number);
}

static struct stream *take_whole(struct stream_table *t)
{
    struct stream *s = blocks_take(&t->whole);

    if (s)
        memset(s, 0, sizeof *s);
    return s;
}

struct stream *stream_add_place(struct stream_table *t, bool alone)
{
    struct stream **place = t->streams.n < MOST_STREAMS ? vec_add(&t->streams) : NULL;

    if (!place)
        return NULL;
    *place = alone ? blocks_take(&t->alone) : take_whole(t);
    if (!*place)
        t->streams.n--;
    return *place;
}

static void give_back(struct stream_table *t, struct stream *s)
{
    stream_let_go(s);
    blocks_give(s->alone ? &t->alone : &t->whole, s);
}

void stream_drop_newest(struct stream_table *t)
{
    give_back(t, t->streams.v[--t->streams.n]);
}

struct stream *stream_whole(struct stream_table *t, struct stream *s)
{
    struct stream *whole = s && s->alone ? blocks_take(&t->whole) : NULL;

    if (!s || !s->alone)
        return s;
    if (!whole)
        return NULL;
    stream_start_again(whole, s);
    t->streams.v[s->number] = whole;
    blocks_give(&t->alone, s);
    return whole;
}

void stream_table_clear(struct stream_table *t)
{
    /* nothing hangs from those that are alone: they go with their blocks */
    for (size_t i = 0; blocks_any(&t->whole) && i < t->streams.n; i++)
        give_back(t, at(t, i));
    blocks_free(&t->alone);
    blocks_free(&t->whole);
    vec_free(&t->streams);
    table_free(&t->by_key);
    table_free(&t->by_flow);
    table_free(&t->by_dst);
    table_free(&t->by_ssrc);
    destinations_free(t);
    candidates_free(t->candidates);
    exchanges_free(&t->exchanges);
    free(t->order);
}

void stream_table_free(struct stream_table *t)
{
    if (t)
        stream_table_clear(t);
    free(t);
}

void stream_set_origin(struct stream_table *t, int64_t time)
{
    for (size_t i = 0; i < t->streams.n; i++) {
        struct stream *s = stream_whole(t, at(t, i)); /* what was counted stays as it is */

        if (s)
            regular_leave_flow(s);
    }
    t->context.origin = time;
}

static inline bool is_of(const struct stream *s, const struct stream_key *key)
{
    return s->key.ssrc == key->ssrc && addr_eq(&s->key.src, &key->src) &&
           addr_eq(&s->key.dst, &key->dst);
}

/* The number of the stream, STREAM_NONE without one. */
static uint32_t find(const struct stream_table *t, const struct stream_look *look)
{
    struct table_walk walk = table_walk(&t->by_key, look->hash);
    uint32_t i;

    while (table_next(&walk, &i))
        if (is_of(at(t, i), &look->key))
            return i;
    return STREAM_NONE;
}

/* `alone`: if it may be. */
static struct stream *new_stream(struct stream_table *t, const struct stream_key *key,
                                 uint64_t hash, const struct rtp_map *map, const struct arrival *a,
                                 bool alone)
{
    struct stream *s;

    alone = alone && stream_may_be_alone(map, a, &t->context);
    s = stream_add_place(t, alone);
    if (!s)
        return NULL;
    (alone ? stream_start_alone : stream_start_at)(s, key, map, a, &t->context);
    if (!stream_enter(t, s, hash)) {
        stream_drop_newest(t);
        return NULL;
    }
    t->counted++;
    return s;
}

static void note_finding(struct stream *s, enum stream_found found_by)
{
    if (s->found_by == STREAM_BY_HEURISTIC)
        s->found_by = (uint8_t)found_by;
}

/* Counts what was kept of the flow while it was on trial. */
static struct stream *promote(struct stream_table *t, struct candidate *x,
                              const struct rtp_map *map, enum stream_found found_by)
{
    uint64_t hash = stream_hash(&t->context, &x->key.src, &x->key.dst, x->key.ssrc);
    struct stream *s = new_stream(t, &x->key, hash, map, &x->heads[0], x->count == 1);

    for (unsigned i = 1; s && i < x->count; i++) {
        stream_count_packet(s, candidate_head(x, i), NULL, 0, &t->context);
        t->counted++;
    }
    if (s)
        note_finding(s, found_by);
    candidate_drop(t->candidates, x);
    return s;
}

/* Types that RTCP's packet types would look like (RFC 3551 §6). */
static bool is_plausible(uint8_t pt)
{
    return pt < 72 || pt > 76;
}

static bool is_announced(const struct stream_table *t, const struct stream_key *key,
                         const struct rtp_map **map)
{
    *map = NULL;
    return t->announced && t->announced(t->ctx, &key->src, &key->dst, map);
}

/* As most are that are announced: no packet of it came before. */
static void begin_announced(struct stream_table *t, const struct stream_look *look,
                            const struct rtp_map *map)
{
    struct stream *s = new_stream(t, &look->key, look->hash, map, &look->arrival, true);

    if (s)
        note_finding(s, STREAM_BY_SDP);
}

static bool on_trial(struct stream_table *t, const struct stream_look *look)
{
    const struct stream_key *key = &look->key;
    const struct rtp_map *map;
    bool announced = is_announced(t, key, &map);
    struct candidate *x;

    if (announced && !candidates_any(t->candidates)) {
        begin_announced(t, look, map);
        return true;
    }
    if (!announced && !is_plausible(look->arrival.pt))
        return false;
    if (!announced && t->departed && t->departed(t->departed_ctx, &key->src, &key->dst))
        return false;
    x = candidates_add(t->candidates, key, &look->arrival);
    if (!x)
        return false;
    if (announced || candidate_is_stream(x))
        promote(t, x, map, announced ? STREAM_BY_SDP : STREAM_BY_HEURISTIC);
    return true;
}

void stream_prefetch(const struct stream_table *t, const struct stream_look *look)
{
    table_prefetch(&t->by_key, look->hash);
}

/* NULL is nothing. */
static inline void ask_for(const struct stream *s)
{
    const char *p = (const char *)s + STREAM_HOT_AT;

    for (size_t i = 0; s && i < STREAM_HOT; i += 64)
        __builtin_prefetch(p + i, 1);
}

void stream_fetch(const struct stream_table *t, struct stream_look *look)
{
    struct table_walk walk = table_walk(&t->by_key, look->hash);

    /* The first whose hash agrees is nearly always the one; stream_media
     * compares the key. */
    if (table_next(&walk, &look->number)) {
        ask_for(at(t, look->number));
        return;
    }
    stream_ask_for_newest(t, &look->key.dst); /* it will begin one */
    if (t->ahead)
        t->ahead(t->ctx, &look->key.dst);
}

/* The first packet of what is announced as video often begins a key frame. */
static bool begin(struct stream_table *t, const struct stream_look *look)
{
    size_t before = t->streams.n;
    bool taken = on_trial(t, look);
    struct stream *s = t->streams.n > before ? at(t, before) : NULL;

    if (s && !s->alone && s->format.video)
        video_add(s, &look->arrival, ORDER_NEXT, look->payload, look->captured);
    return taken;
}

bool stream_media(struct stream_table *t, const struct stream_look *look)
{
    uint32_t number = look->number;
    struct stream *s;

    if (number == STREAM_NONE || !is_of(at(t, number), &look->key))
        number = find(t, look);
    if (number == STREAM_NONE)
        return begin(t, look);
    s = stream_whole(t, at(t, number));
    if (!s)
        return false;
    stream_count_packet(s, &look->arrival, look->payload, look->captured, &t->context);
    t->counted++;
    return true;
}

bool stream_clear_media(struct stream_table *t, struct stream_look *look, uint32_t wire,
                        bool first)
{
    uint32_t number = first ? find(t, look) : STREAM_NONE;
    struct stream *s = number == STREAM_NONE ? NULL : stream_whole(t, at(t, number));

    look->arrival.octets.rtp = wire;
    look->arrival.clear = true;
    if (s)
        s->format.known = false;
    return stream_media(t, look);
}

void stream_note_exchange(struct stream_table *t, const struct net_addr *src,
                          const struct net_addr *dst, enum rtp_exchange exchange)
{
    exchanges_add(&t->exchanges, t->context.seed[0], src, dst, exchange);
}

uint32_t stream_number(const struct stream_table *t, const struct stream_look *look)
{
    return find(t, look);
}

uint32_t stream_number_of(const struct stream *s)
{
    return s->number;
}

/* What waits still counts if a session description announced it meanwhile. */
static void decide_candidates(struct stream_table *t)
{
    const struct rtp_map *map;
    struct candidate *x;
    size_t i = 0;

    while (t->candidates && (x = candidates_at(t->candidates, &i)))
        if (is_announced(t, &x->key, &map))
            promote(t, x, map, STREAM_BY_SDP);
}

/* A stream took the flow over from the one before if that one is over: two that
 * flow side by side (audio and video of a bundle) do not change places. */
static void note_ssrc_change(struct stream_table *t, const struct stream *s)
{
    static const int64_t OVERLAP = 1000000000; /* late packets of the one before */
    struct stream *before;

    if (s->before_on_flow == STREAM_NONE)
        return;
    before = at(t, s->before_on_flow);
    if (stream_end(before) <= s->start + OVERLAP && stream_end(s) > stream_end(before) &&
        before->key.ssrc != s->key.ssrc)
        before->ssrc_changes++;
}

static int by_first_packet(const void *pa, const void *pb, void *ctx)
{
    const struct stream_table *t = ctx;
    const struct stream *a = at(t, *(const uint32_t *)pa);
    const struct stream *b = at(t, *(const uint32_t *)pb);

    return a->first_frame < b->first_frame ? -1 : a->first_frame > b->first_frame;
}

void stream_finish(struct stream_table *t)
{
    uint64_t frame = 0;
    bool in_order = true;

    decide_candidates(t);
    candidates_free(t->candidates);
    t->candidates = NULL;
    t->order = calloc(t->streams.n + 1, sizeof *t->order);
    for (size_t i = 0; i < t->streams.n; i++) {
        struct stream *s = at(t, i);

        stream_end_counting(s);
        stream_enter_flows(t, i + 1);
        note_ssrc_change(t, s);
        if (s->exchange == RTP_KEYS_UNKNOWN)
            s->exchange = (uint8_t)exchanges_between(&t->exchanges, t->context.seed[0],
                                                     &s->key.src, &s->key.dst);
        if (t->order)
            t->order[i] = (uint32_t)i;
        in_order = in_order && s->first_frame >= frame;
        frame = s->first_frame;
    }
    if (t->order && !in_order) /* they are where none was on trial */
        qsort_r(t->order, t->streams.n, sizeof *t->order, by_first_packet, t);
}

size_t stream_place(const struct stream_table *t, uint32_t number)
{
    uint64_t frame = at(t, number)->first_frame;
    size_t low = 0, high = t->streams.n;

    if (!t->order)
        return number;
    while (low < high) { /* the first that begins with that frame */
        size_t middle = low + (high - low) / 2;

        if (at(t, t->order[middle])->first_frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    while (low + 1 < t->streams.n && t->order[low] != number)
        low++;
    return low;
}

size_t stream_count(const struct stream_table *t)
{
    return t->streams.n;
}

struct stream *stream_at(struct stream_table *t, size_t i)
{
    return at(t, t->order ? t->order[i] : i);
}

static inline void ask_for_part(const struct stream *s, size_t from, size_t end)
{
    for (size_t octet = from; octet < end; octet += 64)
        __builtin_prefetch((const char *)s + octet);
}

void stream_ask_ahead(struct stream_table *t, size_t i)
{
    enum { FAR = 8, NEAR = 4 }; /* streams: what all have, and what is behind it */
    const struct stream *near = i + NEAR < t->streams.n ? stream_at(t, i + NEAR) : NULL;

    if (i + FAR < t->streams.n)
        ask_for_part(stream_at(t, i + FAR), 0, STREAM_ALONE);
    if (near && !near->alone)
        ask_for_part(near, STREAM_ALONE, sizeof *near);
}

uint64_t stream_packets_counted(const struct stream_table *t)
{
    return t->counted;
}

struct stream *stream_to_group(struct stream_table *t, uint32_t ssrc, const struct net_addr *dst)
{
    struct net_addr group = *dst;

    for (unsigned ports = 0; ports < 2; ports++, group.port--) {
        uint32_t i = stream_newest_to(t, &group);

        for (unsigned seen = 0; i != STREAM_NONE && seen < MANY; seen++) {
            struct stream *s = at(t, i);

            if (s->key.ssrc == ssrc) {
                if (!s->alone)
                    regular_settle(s);
                return s;
            }
            i = s->next_to_dst;
        }
    }
    return NULL;
}

/* RTCP of a session flows a port above its RTP (RFC 3550 §11), or with it
 * (RFC 5761). */
struct stream *stream_confirm(struct stream_table *t, uint32_t ssrc, const struct net_addr *a,
                              const struct net_addr *b)
{
    struct stream_key key = {.src = *a, .dst = *b, .ssrc = ssrc};
    struct candidate *x = candidates_find(t->candidates, &key);

    if (!x && a->port && b->port) {
        key.src.port--;
        key.dst.port--;
        x = candidates_find(t->candidates, &key);
    }
    if (!x || x->count < FEWEST_CONFIRMED)
        return NULL;
    return promote(t, x, NULL, STREAM_BY_RTCP);
}
