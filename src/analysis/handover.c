/* Owns the few batches that travel between the two threads. */
#include "analysis/handover.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

enum { BATCHES = 4 };

struct handover {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    size_t given, taken; /* batches so far */
    bool ended, stopped;
    void *batches[BATCHES];
};

struct handover *handover_new(size_t size)
{
    struct handover *h = calloc(1, sizeof *h);
    bool whole = h != NULL;

    for (unsigned i = 0; whole && i < BATCHES; i++) {
        h->batches[i] = calloc(1, size);
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
    for (unsigned i = 0; i < BATCHES; i++)
        free(h->batches[i]);
    free(h);
}

void *handover_empty(struct handover *h)
{
    void *batch = NULL;

    pthread_mutex_lock(&h->mutex);
    while (!h->stopped && h->given - h->taken == BATCHES)
        pthread_cond_wait(&h->changed, &h->mutex);
    if (!h->stopped)
        batch = h->batches[h->given % BATCHES];
    pthread_mutex_unlock(&h->mutex);
    return batch;
}

void *handover_take(struct handover *h)
{
    void *batch = NULL;

    pthread_mutex_lock(&h->mutex);
    while (!h->ended && h->given == h->taken)
        pthread_cond_wait(&h->changed, &h->mutex);
    if (h->given != h->taken)
        batch = h->batches[h->taken % BATCHES];
    pthread_mutex_unlock(&h->mutex);
    return batch;
}

static void count(struct handover *h, size_t *counter)
{
    pthread_mutex_lock(&h->mutex);
    ++*counter;
    pthread_cond_signal(&h->changed);
    pthread_mutex_unlock(&h->mutex);
}

static void note(struct handover *h, bool *flag)
{
    pthread_mutex_lock(&h->mutex);
    *flag = true;
    pthread_cond_signal(&h->changed);
    pthread_mutex_unlock(&h->mutex);
}

void handover_give(struct handover *h)
{
    count(h, &h->given);
}

void handover_return(struct handover *h)
{
    count(h, &h->taken);
}

void handover_end(struct handover *h)
{
    note(h, &h->ended);
}

void handover_stop(struct handover *h)
{
    note(h, &h->stopped);
}
