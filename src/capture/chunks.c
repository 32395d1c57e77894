#include "capture/chunks.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/handover.h"

struct chunks {
    void (*make)(void *ctx, struct chunk *chunk);
    void *ctx;
    struct chunk *own;         /* where no thread makes them */
    struct handover *handover; /* else NULL */
    pthread_t maker;
    bool ahead;                /* wanted */
    bool begun, taken;
};

struct chunks *chunks_new(void (*make)(void *ctx, struct chunk *chunk), void *ctx)
{
    struct chunks *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->make = make;
    c->ctx = ctx;
    c->own = malloc(sizeof *c->own);
    if (c->own)
        return c;
    free(c);
    return NULL;
}

void chunks_free(struct chunks *c)
{
    if (!c)
        return;
    if (c->handover) {
        handover_stop(c->handover);
        pthread_join(c->maker, NULL);
        handover_free(c->handover);
    }
    free(c->own);
    free(c);
}

void chunks_ahead(struct chunks *c)
{
    c->ahead = true;
}

static void *make_all(void *ctx)
{
    struct chunks *c = ctx;
    struct chunk *chunk;
    bool more = true;

    while (more && (chunk = handover_empty(c->handover))) {
        c->make(c->ctx, chunk);
        more = chunk->result > 0;
        handover_give(c->handover);
    }
    handover_end(c->handover);
    return NULL;
}

/* Where there is no thread to be had, it goes on without. */
static void start(struct chunks *c)
{
    c->ahead = false;
    c->handover = handover_new(sizeof(struct chunk));
    if (!c->handover || pthread_create(&c->maker, NULL, make_all, c) == 0)
        return;
    handover_free(c->handover);
    c->handover = NULL;
}

const struct chunk *chunks_next(struct chunks *c)
{
    if (c->ahead && c->begun) /* the first one may be the last: it needs no thread */
        start(c);
    c->begun = true;
    if (!c->handover) {
        c->make(c->ctx, c->own);
        return c->own;
    }
    if (c->taken)
        handover_return(c->handover);
    c->taken = true;
    return handover_take(c->handover);
}
