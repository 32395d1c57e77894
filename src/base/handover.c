/* Owns the few batches that travel between the two threads. */
#include "base/handover.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* To sleep and be woken costs more than a batch takes: look again some
     * times before. */
    LOOKS = 500,
    LINE = 64, /* octets of a cache line */
};

struct handover {
    /* Batches so far; each in a cache line of its own, for the two threads
     * write them. */
    _Alignas(LINE) atomic_size_t given;
    _Alignas(LINE) atomic_size_t taken;
    _Alignas(LINE) atomic_bool ended;
    atomic_bool stopped;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    atomic_uint sleepers;
    void *batches[HANDOVER_BATCHES];
};

/* Aligned to cache lines. */
static void *zeroed(size_t size)
{
    size_t whole = (size + LINE - 1) / LINE * LINE;
    void *p = aligned_alloc(LINE, whole);

    return p ? memset(p, 0, whole) : NULL;
}

struct handover *handover_new(size_t size)
{
    struct handover *h = zeroed(sizeof *h);
    bool whole = h != NULL;

    for (unsigned i = 0; whole && i < HANDOVER_BATCHES; i++) {
        h->batches[i] = zeroed(size);
        whole = h->batches[i] != NULL;
    }
    if (!whole) {
        handover_free(h);
        return NULL;
    }
    pthread_mutex_init(&h->mutex, NULL);
    pthread_cond_init(&h->changed, NULL);
    return h;
}

void handover_free(struct handover *h)
{
    if (!h)
        return;
    for (unsigned i = 0; i < HANDOVER_BATCHES; i++)
        free(h->batches[i]);
    free(h);
}

size_t handover_waiting(struct handover *h)
{
    return atomic_load(&h->given) - atomic_load(&h->taken);
}

static bool has_room(struct handover *h)
{
    return atomic_load(&h->stopped) || handover_waiting(h) < HANDOVER_BATCHES;
}

static bool has_batch(struct handover *h)
{
    return atomic_load(&h->given) != atomic_load(&h->taken) || atomic_load(&h->ended);
}

static void pause_a_little(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

static void wait_for(struct handover *h, bool (*ready)(struct handover *))
{
    for (unsigned i = 0; i < LOOKS; i++) {
        if (ready(h))
            return;
        pause_a_little();
    }
    pthread_mutex_lock(&h->mutex);
    atomic_fetch_add(&h->sleepers, 1);
    while (!ready(h))
        pthread_cond_wait(&h->changed, &h->mutex);
    atomic_fetch_sub(&h->sleepers, 1);
    pthread_mutex_unlock(&h->mutex);
}

/* After a change.  Who is about to sleep looks once more with the mutex held
 * and after it has been counted, so no change is missed. */
static void wake(struct handover *h)
{
    if (!atomic_load(&h->sleepers))
        return;
    pthread_mutex_lock(&h->mutex);
    pthread_cond_broadcast(&h->changed);
    pthread_mutex_unlock(&h->mutex);
}

void *handover_empty(struct handover *h)
{
    wait_for(h, has_room);
    return atomic_load(&h->stopped) ? NULL : h->batches[atomic_load(&h->given) % HANDOVER_BATCHES];
}

void *handover_take(struct handover *h)
{
    wait_for(h, has_batch);
    if (atomic_load(&h->given) == atomic_load(&h->taken))
        return NULL;
    return h->batches[atomic_load(&h->taken) % HANDOVER_BATCHES];
}

void handover_give(struct handover *h)
{
    atomic_fetch_add(&h->given, 1);
    wake(h);
}

void handover_return(struct handover *h)
{
    atomic_fetch_add(&h->taken, 1);
    wake(h);
}

void handover_end(struct handover *h)
{
    atomic_store(&h->ended, true);
    wake(h);
}

void handover_stop(struct handover *h)
{
    atomic_store(&h->stopped, true);
    wake(h);
}
