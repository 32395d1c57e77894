#include "diff/match.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"

/* What calls have to have in common, from all to least. */
enum {
    BY_USERS = 1, BY_SHAPE = 2, BY_LEG = 4, BY_CALLER = 8, BY_CALLEE = 16, BY_STATE = 32,
};
static const unsigned levels[] = {
    BY_USERS | BY_SHAPE | BY_LEG, BY_USERS | BY_SHAPE, BY_USERS | BY_LEG | BY_STATE,
    BY_USERS | BY_LEG, BY_USERS, BY_SHAPE | BY_CALLEE, BY_SHAPE | BY_CALLER, BY_SHAPE | BY_LEG,
    BY_CALLEE | BY_LEG, BY_CALLER | BY_LEG, BY_CALLEE, BY_CALLER,
};

/* Methods and statuses in their order, and who began each. */
static uint64_t shape(const struct side *side, const struct side_call *c)
{
    uint64_t hash = 0;

    for (uint32_t i = 0; i < c->message_count; i++) {
        const struct side_message *m = &side->messages.v[c->messages + i];

        hash = hash_u64(hash, (uint64_t)m->method << 32 | (uint64_t)m->status << 8 |
                                  (m->from_tag == c->from_tag));
        hash = hash_u64(hash, m->cseq_method);
    }
    return hash;
}

static uint64_t key(const struct side_call *c, uint64_t shape, unsigned level)
{
    uint64_t hash = hash_u64(level, c->kind);

    if (level & (BY_USERS | BY_CALLER))
        hash = hash_u64(hash, c->from_user);
    if (level & (BY_USERS | BY_CALLEE))
        hash = hash_u64(hash, c->to_user);
    if (level & BY_SHAPE)
        hash = hash_u64(hash, shape);
    if (level & BY_LEG)
        hash = hash_u64(hash, c->leg);
    if (level & BY_STATE)
        hash = hash_u64(hash, c->state);
    return hash;
}

static void keys(const struct side *side, const uint64_t *shapes, unsigned level, uint64_t *out)
{
    for (size_t i = 0; i < side->calls.n; i++)
        out[i] = key(&side->calls.v[i], shapes[i], level);
}

/* The only one of its kind on each side, whatever it has become. */
static void match_only(const struct side *a, uint32_t *match_a, const struct side *b,
                       uint32_t *match_b)
{
    uint32_t in_a = ALIGN_NONE, in_b = ALIGN_NONE;
    unsigned left_a = 0, left_b = 0;

    for (uint32_t i = 0; i < a->calls.n; i++)
        if (match_a[i] == ALIGN_NONE) {
            in_a = i;
            left_a++;
        }
    for (uint32_t i = 0; i < b->calls.n; i++)
        if (match_b[i] == ALIGN_NONE) {
            in_b = i;
            left_b++;
        }
    if (left_a != 1 || left_b != 1 || a->calls.v[in_a].kind != b->calls.v[in_b].kind)
        return;
    match_a[in_a] = in_b;
    match_b[in_b] = in_a;
}

int match_calls(const struct side *a, uint32_t *match_a, const struct side *b, uint32_t *match_b)
{
    size_t na = a->calls.n, nb = b->calls.n;
    uint64_t *v = calloc(2 * (na + nb) + 1, sizeof *v);
    uint64_t *shapes_a = v, *shapes_b = v + na, *keys_a = v + na + nb, *keys_b = keys_a + na;
    int r = v ? 0 : -ENOMEM;

    for (size_t i = 0; i < na; i++)
        match_a[i] = ALIGN_NONE;
    for (size_t i = 0; i < nb; i++)
        match_b[i] = ALIGN_NONE;
    for (size_t i = 0; r == 0 && i < na; i++)
        shapes_a[i] = shape(a, &a->calls.v[i]);
    for (size_t i = 0; r == 0 && i < nb; i++)
        shapes_b[i] = shape(b, &b->calls.v[i]);
    for (size_t i = 0; r == 0 && i < sizeof levels / sizeof levels[0]; i++) {
        keys(a, shapes_a, levels[i], keys_a);
        keys(b, shapes_b, levels[i], keys_b);
        r = align_by_key(keys_a, match_a, na, keys_b, match_b, nb);
    }
    if (r == 0)
        match_only(a, match_a, b, match_b);
    free(v);
    return r;
}
