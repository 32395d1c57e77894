/* The pool of strings: each text once, under a number. */
#include "base/hash.h"
#include "diff/side.h"

uint32_t pool_number(struct pool *pool, struct slice text)
{
    uint64_t hash;
    struct table_walk walk;
    struct slice *slot, copy;
    uint32_t i;

    if (!text.p)
        return 0;
    hash = hash_bytes(pool->seed, text.p, text.n);
    walk = table_walk(&pool->by_text, hash);
    while (table_next(&walk, &i))
        if (slice_eq(pool->texts.v[i], text))
            return i + 1;
    copy = arena_dup(&pool->arena, text);
    i = (uint32_t)pool->texts.n;
    slot = copy.p && i < UINT32_MAX - 1 ? vec_add(&pool->texts) : NULL;
    if (slot)
        *slot = copy;
    if (!slot || table_put(&pool->by_text, hash, i) < 0) {
        pool->failed = true;
        return 0;
    }
    return i + 1;
}

struct slice pool_text(const struct pool *pool, uint32_t number)
{
    return number ? pool->texts.v[number - 1] : SLICE_EMPTY;
}

void pool_free(struct pool *pool)
{
    table_free(&pool->by_text);
    vec_free(&pool->texts);
    arena_free(&pool->arena);
}
