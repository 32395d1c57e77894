/* Owns what has to be remembered of SCTP associations: which chunks were seen,
 * so that one sent again is no second message, and the pieces of messages that
 * came in several chunks.
 *
 * One direction of an association is known by its verification tag and ports,
 * whatever addresses it uses.  Messages are handed over as they become whole,
 * in the order of their capture.  What waits is bounded. */
#include "net/sctp.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/table.h"
#include "base/vec.h"
#include "net/lru.h"

enum {
    MAX_DIRECTIONS = 1024,
    MAX_PIECES = 128, /* of a direction */
    MAX_MESSAGE = 256 * 1024,
    WINDOW = 64,                  /* sequence numbers that are told apart from repeats */
    FAR = 65536,                  /* further away than any window: begins anew */
    MAX_OCTETS = 4 * 1024 * 1024, /* in all directions */
};

enum { CHUNK_DATA = 0, CHUNK_I_DATA = 64 };
enum { FLAG_ENDS = 1, FLAG_BEGINS = 2 };

/* A DATA chunk, or an I-DATA chunk, which differ in nothing that matters. */
struct chunk {
    uint32_t tsn;
    uint8_t flags;
    const uint8_t *data;
    uint32_t captured, length;
};

struct piece {
    struct chunk chunk; /* data is the piece's own */
    uint8_t *copy;
};

struct direction {
    uint32_t tag;
    uint16_t src_port, dst_port;
    uint64_t hash;
    uint32_t highest;         /* transmission sequence number */
    uint64_t seen;            /* bit n: highest - n was seen; 0: nothing was */
    VEC(struct piece) pieces; /* by sequence number, contiguous or not */
};

struct sctp {
    uint64_t seed;
    struct table table;
    struct lru lru;
    VEC(struct direction) directions;
    size_t octets;    /* in pieces */
    uint8_t *message; /* the last that was put together */
};

struct sctp *sctp_new(void)
{
    struct sctp *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->seed = hash_seed();
    lru_init(&s->lru);
    return s;
}

/* Removes `count` pieces from number `from` on. */
static void drop_pieces(struct sctp *s, struct direction *d, size_t from, size_t count)
{
    for (size_t i = from; i < from + count; i++) {
        s->octets -= d->pieces.v[i].chunk.captured;
        free(d->pieces.v[i].copy);
    }
    if (count)
        memmove(&d->pieces.v[from], &d->pieces.v[from + count],
                (d->pieces.n - from - count) * sizeof d->pieces.v[0]);
    d->pieces.n -= count;
}

void sctp_free(struct sctp *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->directions.n; i++) {
        drop_pieces(s, &s->directions.v[i], 0, s->directions.v[i].pieces.n);
        vec_free(&s->directions.v[i].pieces);
    }
    vec_free(&s->directions);
    lru_free(&s->lru);
    table_free(&s->table);
    free(s->message);
    free(s);
}

/* LRU_NONE when memory is short. */
static uint32_t take_slot(struct sctp *s)
{
    struct direction *d;
    uint32_t i;

    if (s->directions.n < MAX_DIRECTIONS) {
        if (!lru_reserve(&s->lru, (uint32_t)s->directions.n + 1))
            return LRU_NONE;
        d = vec_add(&s->directions);
        if (!d)
            return LRU_NONE;
        *d = (struct direction){.tag = 0};
        return (uint32_t)(s->directions.n - 1);
    }
    i = s->lru.oldest;
    d = &s->directions.v[i];
    drop_pieces(s, d, 0, d->pieces.n);
    vec_free(&d->pieces);
    lru_remove(&s->lru, i);
    table_remove(&s->table, d->hash, i);
    return i;
}

static struct direction *find(struct sctp *s, const struct decoded *packet)
{
    const struct datagram *g = &packet->datagram;
    uint64_t hash = hash_u64(s->seed, (uint64_t)packet->sctp_tag << 32 |
                                          (uint32_t)g->src.port << 16 | g->dst.port);
    struct table_walk walk = table_walk(&s->table, hash);
    struct direction *d;
    uint32_t i;

    while (table_next(&walk, &i)) {
        d = &s->directions.v[i];
        if (d->tag == packet->sctp_tag && d->src_port == g->src.port &&
            d->dst_port == g->dst.port) {
            lru_touch(&s->lru, i);
            return d;
        }
    }
    i = take_slot(s);
    if (i == LRU_NONE)
        return NULL;
    d = &s->directions.v[i];
    *d = (struct direction){
        .tag = packet->sctp_tag, .src_port = g->src.port, .dst_port = g->dst.port, .hash = hash};
    lru_add(&s->lru, i);
    table_put(&s->table, hash, i); /* not found again when memory is short */
    return d;
}

/* Notes the sequence number; false when it was seen before. */
static bool is_new(struct sctp *s, struct direction *d, uint32_t tsn)
{
    int32_t ahead = (int32_t)(tsn - d->highest);
    uint64_t bit;

    if (!d->seen || ahead > FAR || ahead < -FAR) {
        drop_pieces(s, d, 0, d->pieces.n);
        d->highest = tsn;
        d->seen = 1;
        return true;
    }
    if (ahead > 0) {
        d->seen = (ahead < WINDOW ? d->seen << ahead : 0) | 1;
        d->highest = tsn;
        return true;
    }
    if (ahead <= -WINDOW)
        return false;
    bit = (uint64_t)1 << -ahead;
    if (d->seen & bit)
        return false;
    d->seen |= bit;
    return true;
}

static void deliver(const struct decoded *packet, const struct net_sink *sink, const uint8_t *data,
                    uint32_t captured, uint32_t length, bool stable)
{
    struct datagram d = packet->datagram;

    d.data = data;
    d.caplen = captured;
    d.len = length;
    d.stable = stable;
    sink->datagram(sink->ctx, &d);
}

/* Puts pieces together; what follows a piece that was cut is left out. */
static void deliver_pieces(struct sctp *s, const struct direction *d, size_t from, size_t count,
                           const struct decoded *packet, const struct net_sink *sink)
{
    uint32_t length = 0, captured = 0;
    bool cut = false;

    for (size_t i = from; i < from + count; i++)
        length += d->pieces.v[i].chunk.length;
    free(s->message);
    s->message = malloc(length ? length : 1);
    if (!s->message)
        return;
    for (size_t i = from; i < from + count && !cut; i++) {
        const struct chunk *c = &d->pieces.v[i].chunk;

        if (c->captured)
            memcpy(s->message + captured, c->data, c->captured);
        captured += c->captured;
        cut = c->captured < c->length;
    }
    deliver(packet, sink, s->message, captured, length, false);
}

/* Keeps the piece in its place, which *at becomes; false when it cannot. */
static bool keep(struct sctp *s, struct direction *d, const struct chunk *c, size_t *at)
{
    struct piece piece = {.chunk = *c}, *slot;

    if (d->pieces.n >= MAX_PIECES || s->octets + c->captured > MAX_OCTETS)
        drop_pieces(s, d, 0, d->pieces.n);
    if (s->octets + c->captured > MAX_OCTETS || c->length > MAX_MESSAGE)
        return false;
    piece.copy = malloc(c->captured ? c->captured : 1);
    slot = piece.copy ? vec_add(&d->pieces) : NULL;
    if (!slot) {
        free(piece.copy);
        return false;
    }
    if (c->captured)
        memcpy(piece.copy, c->data, c->captured);
    piece.chunk.data = piece.copy;
    *at = d->pieces.n - 1;
    while (*at && (int32_t)(d->pieces.v[*at - 1].chunk.tsn - c->tsn) > 0)
        --*at;
    memmove(&d->pieces.v[*at + 1], &d->pieces.v[*at],
            (d->pieces.n - 1 - *at) * sizeof d->pieces.v[0]);
    d->pieces.v[*at] = piece;
    s->octets += c->captured;
    return true;
}

static bool follows(const struct direction *d, size_t i)
{
    return d->pieces.v[i].chunk.tsn == d->pieces.v[i - 1].chunk.tsn + 1;
}

static void take_piece(struct sctp *s, struct direction *d, const struct chunk *c,
                       const struct decoded *packet, const struct net_sink *sink)
{
    size_t first, last;

    if (!keep(s, d, c, &first))
        return;
    last = first;
    while (first && !(d->pieces.v[first].chunk.flags & FLAG_BEGINS) && follows(d, first))
        first--;
    while (last + 1 < d->pieces.n && !(d->pieces.v[last].chunk.flags & FLAG_ENDS) &&
           follows(d, last + 1))
        last++;
    if (!(d->pieces.v[first].chunk.flags & FLAG_BEGINS) ||
        !(d->pieces.v[last].chunk.flags & FLAG_ENDS))
        return;
    deliver_pieces(s, d, first, last - first + 1, packet, sink);
    drop_pieces(s, d, first, last - first + 1);
}

static void take_chunk(struct sctp *s, const struct chunk *c, const struct decoded *packet,
                       const struct net_sink *sink)
{
    struct direction *d = find(s, packet);

    if (!d || !is_new(s, d, c->tsn))
        return;
    if ((c->flags & (FLAG_BEGINS | FLAG_ENDS)) == (FLAG_BEGINS | FLAG_ENDS))
        deliver(packet, sink, c->data, c->captured, c->length, packet->datagram.stable);
    else
        take_piece(s, d, c, packet, sink);
}

bool sctp_packet(struct sctp *s, const struct decoded *packet, const struct net_sink *sink)
{
    const struct datagram *d = &packet->datagram;
    struct cursor at = cursor_make(d->data, d->caplen);
    bool has_data = false;

    while (at.left >= 4) {
        const uint8_t *head = at.p;
        uint32_t length = be16(head + 2), header = head[0] == CHUNK_I_DATA ? 20 : 16;

        if (length < 4)
            break;
        if ((head[0] == CHUNK_DATA || head[0] == CHUNK_I_DATA) && length >= header &&
            at.left >= header) {
            uint32_t n = length - header;
            struct chunk c = {.tsn = be32(head + 4),
                              .flags = head[1],
                              .data = head + header,
                              .captured = n < at.left - header ? n : (uint32_t)at.left - header,
                              .length = n};

            has_data = true;
            take_chunk(s, &c, packet, sink);
        }
        if (!cursor_take(&at, (length + 3u) & ~3u))
            break;
    }
    return has_data;
}
