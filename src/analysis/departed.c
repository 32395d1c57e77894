/* Owns the ring of what was let go: places are used again when their time is over. */
#include "analysis/departed.h"

#include <errno.h>
#include <stdlib.h>

#include "base/table.h"
#include "base/vec.h"

struct entry {
    uint64_t hash;
    int64_t until;
    uint8_t kind;
};

struct departed {
    int64_t lasts;
    uint32_t most;
    uint32_t oldest, count; /* in the ring */
    VEC(struct entry) ring; /* grows while none of it can be used again */
    struct table by_hash;   /* items: places in the ring */
};

struct departed *departed_new(int64_t lasts, uint32_t most)
{
    struct departed *d = calloc(1, sizeof *d);

    if (d) {
        d->lasts = lasts;
        d->most = most;
    }
    return d;
}

void departed_free(struct departed *d)
{
    if (!d)
        return;
    vec_free(&d->ring);
    table_free(&d->by_hash);
    free(d);
}

static void forget_oldest(struct departed *d)
{
    table_remove(&d->by_hash, d->ring.v[d->oldest].hash, d->oldest);
    d->oldest = (uint32_t)((d->oldest + 1) % d->ring.n);
    d->count--;
}

/* The place behind the newest; NULL when memory is short. */
static struct entry *next_place(struct departed *d)
{
    if (d->count == d->most)
        forget_oldest(d);
    if (d->count < d->ring.n)
        return &d->ring.v[(d->oldest + d->count) % d->ring.n];
    if (d->oldest) { /* full, and its end is not that of the vector: put in order first */
        VEC(struct entry) straight = {NULL, 0, 0};

        if (!vec_reserve((void **)&straight.v, &straight.room, d->ring.n + 1, sizeof *straight.v))
            return NULL;
        table_clear(&d->by_hash);
        for (uint32_t i = 0; i < d->count; i++) {
            straight.v[i] = d->ring.v[(d->oldest + i) % d->ring.n];
            table_put(&d->by_hash, straight.v[i].hash, i); /* there was room for them */
        }
        straight.n = d->count;
        vec_free(&d->ring);
        d->ring.v = straight.v;
        d->ring.n = straight.n;
        d->ring.room = straight.room;
        d->oldest = 0;
    }
    return vec_add(&d->ring);
}

int departed_add(struct departed *d, uint64_t hash, int64_t now, uint8_t kind)
{
    struct entry *place;

    while (d->count && d->ring.v[d->oldest].until < now)
        forget_oldest(d);
    place = next_place(d);
    if (!place)
        return -ENOMEM;
    *place = (struct entry){hash, now + d->lasts, kind};
    d->count++;
    return table_put(&d->by_hash, hash, (uint32_t)(place - d->ring.v));
}

bool departed_has(const struct departed *d, uint64_t hash, int64_t now, uint8_t *kind)
{
    struct table_walk walk = table_walk(&d->by_hash, hash);
    int64_t latest = now - 1;
    uint32_t i;

    while (table_next(&walk, &i)) {
        const struct entry *e = &d->ring.v[i];

        if (e->hash != hash || e->until <= latest)
            continue;
        latest = e->until;
        *kind = e->kind;
    }
    return latest >= now;
}
