/* Owns the flows that may be RTP: a cache of fixed size.
 *
 * A packet that no session description announced has to be followed by others
 * whose headers go on from it.  A flow that does not is pushed out by newer
 * ones.  Which set of four a flow falls into depends on its addresses alone,
 * so results are the same at every run. */
#include <stdlib.h>

#include "base/hash.h"
#include "stream/state.h"

enum { SETS = 2048, WAYS = 4 };

struct candidates {
    uint64_t clock;
    struct candidate slots[SETS][WAYS];
};

struct candidates *candidates_new(void)
{
    return calloc(1, sizeof(struct candidates));
}

void candidates_free(struct candidates *c)
{
    free(c);
}

static bool same_key(const struct stream_key *a, const struct stream_key *b)
{
    return a->ssrc == b->ssrc && addr_eq(&a->src, &b->src) && addr_eq(&a->dst, &b->dst);
}

static struct candidate *set_of(struct candidates *c, const struct stream_key *key)
{
    uint64_t h = hash_bytes(hash_bytes(key->ssrc, &key->src, sizeof key->src), &key->dst,
                            sizeof key->dst);

    return c->slots[h % SETS];
}

struct candidate *candidates_find(struct candidates *c, const struct stream_key *key)
{
    struct candidate *set = set_of(c, key);

    for (unsigned i = 0; i < WAYS; i++)
        if (set[i].touched && same_key(&set[i].key, key))
            return &set[i];
    return NULL;
}

struct candidate *candidates_at(struct candidates *c, size_t *i)
{
    while (*i < (size_t)SETS * WAYS) {
        struct candidate *x = &c->slots[*i / WAYS][*i % WAYS];

        ++*i;
        if (x->touched)
            return x;
    }
    return NULL;
}

/* The flow's slot, or that of the one that was silent longest. */
static struct candidate *slot_for(struct candidates *c, const struct stream_key *key)
{
    struct candidate *x = candidates_find(c, key), *set = set_of(c, key);

    if (x)
        return x;
    x = &set[0];
    for (unsigned i = 1; i < WAYS; i++)
        if (set[i].touched < x->touched)
            x = &set[i];
    x->key = *key;
    x->count = x->steps = x->in_row = 0;
    return x;
}

/* Whether b can be the next packet of the stream of a: a few numbers further,
 * its timestamp neither far ahead nor behind. */
static bool follows(const struct arrival *a, const struct arrival *b)
{
    uint16_t step = (uint16_t)(b->sequence - a->sequence);
    int32_t ticks = (int32_t)(b->timestamp - a->timestamp);

    return step >= 1 && step <= 20 && ticks >= 0 && ticks < 20 * 90000 &&
           b->time - a->time < 20 * (int64_t)1000000000;
}

/* Whether b can still be of the stream of a: twice, late, or behind some that
 * were lost, whatever its time. */
static bool is_near(const struct arrival *a, const struct arrival *b)
{
    int16_t step = (int16_t)(uint16_t)(b->sequence - a->sequence);

    return step > -8 && step <= 20;
}

/* What the packet says for its flow; false when the flow has to begin anew. */
static bool judge(struct candidate *x, const struct arrival *before, const struct arrival *a)
{
    bool next = (uint16_t)(a->sequence - before->sequence) == 1;

    if (follows(before, a))
        x->steps++;
    if (next && before->pt == a->pt)
        x->in_row++;
    return follows(before, a) || is_near(before, a);
}

struct candidate *candidates_add(struct candidates *c, const struct stream_key *key,
                                 const struct arrival *a)
{
    struct candidate *x = slot_for(c, key);

    x->touched = ++c->clock;
    if (x->count && !judge(x, &x->heads[x->count - 1], a))
        x->count = x->steps = x->in_row = 0;
    if (x->count == CANDIDATE_HEADS) {
        memmove(&x->heads[0], &x->heads[1], (CANDIDATE_HEADS - 1) * sizeof x->heads[0]);
        x->count--;
    }
    x->heads[x->count++] = *a;
    return x;
}

bool candidate_is_stream(const struct candidate *x)
{
    const struct arrival *last = &x->heads[x->count - 1];

    if (x->in_row >= CANDIDATE_ROW)
        return true;
    return x->steps >= CANDIDATE_STEPS && (last->pt <= 34 || last->pt >= 96);
}

void candidate_drop(struct candidate *x)
{
    x->touched = 0;
    x->count = x->steps = x->in_row = 0;
}
