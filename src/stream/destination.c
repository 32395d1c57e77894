/* Owns what session descriptions say of an address that streams flow to already.
 *
 * An address that is used again and again has many streams of which most are over: those
 * alone are told of a description that had a packet since the one before.  The others
 * learn of the last one when they have another packet. */
#include <stdlib.h>

#include "stream/table.h"

struct destination {
    struct destination *before; /* in the table */
    const struct rtp_map *map;  /* as described last */
    VEC(uint32_t) flowing;      /* streams with a packet since, or without any map */
};

static void join(const struct stream *s)
{
    uint32_t *slot = vec_add(&s->destination->flowing);

    if (slot)
        *slot = s->number;
}

void destination_enter(const struct stream_table *t, struct stream *s)
{
    if (s->next_to_dst == STREAM_NO_NUMBER)
        return;
    s->destination = stream_numbered(t, s->next_to_dst)->destination;
    if (s->destination && !s->described)
        join(s);
}

static struct destination *add(struct stream_table *t, const struct rtp_map *map)
{
    struct destination *d = malloc(sizeof *d);

    if (!d)
        return NULL;
    *d = (struct destination){.before = t->destinations, .map = map};
    t->destinations = d;
    return d;
}

bool destination_move(struct stream_table *to, struct stream *s, const struct destination *was)
{
    if (!was || s->destination)
        return true;
    s->destination = add(to, was->map);
    if (!s->destination)
        return false;
    if (!s->described)
        join(s);
    return true;
}

void destinations_free(struct stream_table *t)
{
    while (t->destinations) {
        struct destination *d = t->destinations;

        t->destinations = d->before;
        vec_free(&d->flowing);
        free(d);
    }
}

const struct rtp_map *destination_map(const struct stream *s)
{
    return s->described ? s->destination->map : NULL;
}

void destination_follow(struct stream *s)
{
    if (!s->described)
        return;
    s->described = false;
    s->map = s->destination->map;
    join(s);
}

/* For the first description: of all streams there, as far as they are looked at. */
static struct destination *make(struct stream_table *t, uint32_t newest)
{
    struct destination *d = add(t, NULL);
    uint32_t i = newest;

    for (unsigned seen = 0; d && i != STREAM_NO_NUMBER && seen < STREAM_MANY; seen++) {
        struct stream *s = stream_numbered(t, i);

        s->destination = d;
        join(s);
        i = s->next_to_dst;
    }
    return d;
}

/* What flowed before any description is explained by the first; any other holds from the
 * next packet on, which may never come: the port is used anew. */
static void describe(struct stream_table *t, struct stream *s, const struct rtp_map *map)
{
    if (!s->map)
        s = stream_whole(t, s);
    if (!s)
        return;
    if (!s->alone) {
        regular_settle(s);
        s->format.known = false;
    }
    if (s->found_by == STREAM_BY_HEURISTIC)
        s->found_by = STREAM_BY_SDP;
    if (s->map) {
        s->described = true;
        return;
    }
    s->map = map;
    join(s);
}

void stream_set_map(struct stream_table *t, const struct net_addr *dst, const struct rtp_map *map)
{
    uint32_t newest = stream_newest_to(t, dst);
    struct destination *d;
    size_t n;

    if (newest == STREAM_NO_NUMBER)
        return;
    d = stream_numbered(t, newest)->destination;
    if (!d && !(d = make(t, newest)))
        return;
    n = d->flowing.n;
    d->flowing.n = 0;
    d->map = map;
    /* those that go on flowing are entered again, each in a place before its own */
    for (size_t i = 0; i < n; i++)
        describe(t, stream_numbered(t, d->flowing.v[i]), map);
}
