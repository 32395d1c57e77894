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

static struct candidate *slot_for(struct candidates *c, const struct stream_key *key)
{
    uint64_t h = hash_bytes(hash_bytes(key->ssrc, &key->src, sizeof key->src), &key->dst,
                            sizeof key->dst);
    struct candidate *set = c->slots[h % SETS], *oldest = &set[0];

    for (unsigned i = 0; i < WAYS; i++) {
        if (set[i].touched && same_key(&set[i].key, key))
            return &set[i];
        if (set[i].touched < oldest->touched)
            oldest = &set[i];
    }
    oldest->key = *key;
    oldest->count = oldest->steps = oldest->in_row = 0;
    return oldest;
}

/* Whether b is a few numbers further than a. */
static bool goes_on(const struct arrival *a, const struct arrival *b)
{
    uint16_t step = (uint16_t)(b->sequence - a->sequence);

    return step >= 1 && step <= 20;
}

/* Whether it is also a little later by its timestamp. */
static bool follows(const struct arrival *a, const struct arrival *b)
{
    int32_t ticks = (int32_t)(b->timestamp - a->timestamp);

    return goes_on(a, b) && ticks >= 0 && ticks < 20 * 90000 &&
           b->time - a->time < 20 * (int64_t)1000000000;
}

static bool repeats(const struct arrival *a, const struct arrival *b)
{
    int16_t step = (int16_t)(uint16_t)(b->sequence - a->sequence);

    return step <= 0 && step > -8;
}

struct candidate *candidates_add(struct candidates *c, const struct stream_key *key,
                                 const struct arrival *a)
{
    struct candidate *x = slot_for(c, key);

    x->touched = ++c->clock;
    if (x->count) {
        const struct arrival *before = &x->heads[x->count - 1];

        if (goes_on(before, a) && before->pt == a->pt)
            x->in_row++;
        if (follows(before, a))
            x->steps++;
        else if (!goes_on(before, a) && !repeats(before, a))
            x->count = x->steps = x->in_row = 0; /* begins anew with this one */
    }
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
