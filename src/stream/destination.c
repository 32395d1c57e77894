/* Owns what session descriptions say of an address that streams flow to already.
 *
 * An address that is used again and again has many streams of which most are over: those
 * alone are told of a description that had a packet since the one before.  The others
 * learn of the last one when they have another packet. */
#include "stream/table.h"

struct destination {
    const struct rtp_map *map; /* as described last */
    struct stream *flowing;    /* with a packet since, or without any map */
};

static void join(struct stream *s, struct destination *d)
{
    s->next_flowing = d->flowing;
    d->flowing = s;
}

void destination_enter(const struct stream_table *t, struct stream *s)
{
    if (s->next_to_dst == STREAM_NO_NUMBER)
        return;
    s->destination = stream_numbered(t, s->next_to_dst)->destination;
    if (s->destination && !s->described)
        join(s, s->destination);
}

bool destination_move(struct stream_table *to, struct stream *s, const struct destination *was)
{
    if (!was || s->destination)
        return true;
    s->destination = arena_alloc(&to->destinations, sizeof *s->destination);
    if (!s->destination)
        return false;
    *s->destination = (struct destination){.map = was->map};
    if (!s->described)
        join(s, s->destination);
    return true;
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
    join(s, s->destination);
}

/* For the first description: of all streams there, as far as they are looked at. */
static struct destination *make(struct stream_table *t, uint32_t newest)
{
    struct destination *d = arena_alloc(&t->destinations, sizeof *d);
    uint32_t i = newest;

    if (!d)
        return NULL;
    *d = (struct destination){0};
    for (unsigned seen = 0; i != STREAM_NO_NUMBER && seen < STREAM_MANY; seen++) {
        struct stream *s = stream_numbered(t, i);

        s->destination = d;
        join(s, d);
        i = s->next_to_dst;
    }
    return d;
}

/* What flowed before any description is explained by the first; any other holds from the
 * next packet on, which may never come: the port is used anew. */
static void describe(struct stream *s, const struct rtp_map *map)
{
    regular_settle(s);
    s->format.known = false;
    if (s->found_by == STREAM_BY_HEURISTIC)
        s->found_by = STREAM_BY_SDP;
    if (s->map) {
        s->described = true;
        return;
    }
    s->map = map;
    join(s, s->destination);
}

void stream_set_map(struct stream_table *t, const struct net_addr *dst, const struct rtp_map *map)
{
    uint32_t newest = stream_newest_to(t, dst);
    struct destination *d;
    struct stream *s;

    if (newest == STREAM_NO_NUMBER)
        return;
    d = stream_numbered(t, newest)->destination;
    if (!d && !(d = make(t, newest)))
        return;
    s = d->flowing;
    d->flowing = NULL;
    d->map = map;
    while (s) {
        struct stream *next = s->next_flowing;

        describe(s, map);
        s = next;
    }
}
