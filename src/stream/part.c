/* Parts a table of streams in two: those that are over leave it, so that they can be
 * finished, printed and let go while the capture goes on.
 *
 * The table stays where it is, with its seed and what it was told, because another thread
 * may be looking at packets ahead of it. */
#include <stdlib.h>

#include "base/arena.h"
#include "stream/table.h"

static struct stream *at(const struct stream_table *t, size_t number)
{
    return stream_numbered(t, number);
}

static struct stream_table *like(const struct stream_table *t)
{
    struct stream_table *to = calloc(1, sizeof *to);

    if (!to)
        return NULL;
    to->context = t->context;
    to->alone = blocks_of(STREAM_ALONE);
    to->whole = blocks_of(sizeof(struct stream));
    return to;
}

/* What belongs to the stream goes with it. */
static bool move(struct stream_table *to, struct stream *s)
{
    const struct destination *destination = s->destination;
    struct stream *place = stream_add_place(to, s->alone);

    if (!place)
        return false;
    memcpy(place, s, s->alone ? STREAM_ALONE : sizeof *s);
    place->destination = NULL;
    if (!s->alone)
        *s = (struct stream){.key = place->key};
    place->context = &to->context;
    return stream_enter(to, place, stream_hash(&to->context, &place->key.src, &place->key.dst,
                                              place->key.ssrc)) &&
           destination_move(to, place, destination);
}

/* Streams that leave need not be asked about again: the exchange on their flow is theirs. */
static void note_exchanges(struct stream_table *t, const bool *leave)
{
    for (size_t i = 0; i < t->streams.n; i++) {
        struct stream *s = at(t, i);

        if (leave[i])
            s->exchange = (uint8_t)exchanges_between(&t->exchanges, t->context.seed[0],
                                                     &s->key.src, &s->key.dst);
    }
}

static bool flows(struct stream_table *t, const struct net_addr *a, const struct net_addr *b)
{
    return stream_flowing(t, a, b, 0) != STREAM_NO_NUMBER ||
           stream_flowing(t, b, a, 0) != STREAM_NO_NUMBER;
}

/* The newest may be of flows that begin only now. */
static void move_exchanges(struct stream_table *t, struct stream_table *stays,
                           bool (*keeps)(void *ctx, const struct net_addr *src,
                                         const struct net_addr *dst),
                           void *ctx)
{
    for (size_t i = 0; i < t->exchanges.list.n; i++) {
        const struct exchange *e = &t->exchanges.list.v[i];

        if (i >= t->exchanges.seen || flows(stays, &e->src, &e->dst) ||
            keeps(ctx, &e->src, &e->dst))
            exchanges_add(&stays->exchanges, t->context.seed[0], &e->src, &e->dst,
                          (enum rtp_exchange)e->kind);
    }
    stays->exchanges.seen = stays->exchanges.list.n;
}

/* What stays takes the place that others know. */
static void take_place(struct stream_table *t, struct stream_table *with)
{
    with->candidates = t->candidates;
    with->announced = t->announced;
    with->ctx = t->ctx;
    with->counted = t->counted;
    t->candidates = NULL;
    stream_table_clear(t);
    /* the context is as it was: others read it meanwhile */
    t->candidates = with->candidates;
    t->streams.v = with->streams.v;
    t->streams.n = with->streams.n;
    t->streams.room = with->streams.room;
    t->alone = with->alone;
    t->whole = with->whole;
    t->by_key = with->by_key;
    t->by_flow = with->by_flow;
    t->by_flow_count = with->by_flow_count;
    t->by_dst = with->by_dst;
    t->by_ssrc = with->by_ssrc;
    t->by_ssrc_count = with->by_ssrc_count;
    t->destinations = with->destinations;
    t->order = NULL;
    t->exchanges = with->exchanges;
    for (size_t i = 0; i < t->streams.n; i++)
        at(t, i)->context = &t->context;
    free(with);
}

void stream_ask_departed(struct stream_table *t, stream_departed *departed, void *ctx)
{
    t->departed = departed;
    t->departed_ctx = ctx;
}

void stream_close_to(struct stream_table *t, const struct net_addr *dst)
{
    uint32_t i = stream_newest_to(t, dst);

    for (unsigned seen = 0; i != STREAM_NO_NUMBER && seen < STREAM_MANY; seen++) {
        struct stream *s = at(t, i);

        if (!s->closed)
            table_remove(&t->by_key,
                         stream_hash(&t->context, &s->key.src, &s->key.dst, s->key.ssrc), i);
        s->closed = true;
        i = s->next_to_dst;
    }
}

static bool uses(struct stream *s, const struct arena *maps)
{
    if (arena_holds(maps, s->map) || arena_holds(maps, destination_map(s)))
        return true;
    if (s->alone)
        return false;
    for (unsigned i = 0; i < s->pt_count; i++)
        if (arena_holds(maps, stream_pt_row(s, i)->format))
            return true;
    return false;
}

bool stream_uses_maps(const struct stream_table *t, const struct arena *maps)
{
    for (size_t i = 0; i < t->streams.n; i++)
        if (uses(at(t, i), maps))
            return true;
    return false;
}

uint64_t stream_packets_so_far(const struct stream *s)
{
    return s->alone ? 1 : s->sequence.received + s->regular.count;
}

struct stream_table *stream_part(struct stream_table *t, const bool *leave,
                                 bool (*keeps)(void *ctx, const struct net_addr *src,
                                               const struct net_addr *dst),
                                 void *ctx)
{
    struct stream_table *stays = like(t), *leaves = like(t);
    bool whole = stays && leaves;

    note_exchanges(t, leave);
    for (size_t i = 0; whole && i < t->streams.n; i++)
        whole = move(leave[i] ? leaves : stays, at(t, i));
    if (!whole) {
        stream_table_free(stays);
        stream_table_free(leaves);
        return NULL;
    }
    move_exchanges(t, stays, keeps, ctx);
    take_place(t, stays);
    return leaves;
}
