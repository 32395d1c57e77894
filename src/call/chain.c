/* Owns the chains by which calls of one key are found. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/group.h"

enum { FEWEST = 64, SPREAD = 16 }; /* hashes told apart: at least, and for each item */

bool chain_open(struct chain *chain, size_t items)
{
    size_t hashes = FEWEST;

    while (hashes < items * SPREAD)
        hashes *= 2;
    *chain = (struct chain){.before = malloc((items + 1) * sizeof *chain->before),
                            .key = malloc((items + 1) * sizeof *chain->key),
                            .met = calloc(items + 1, sizeof *chain->met),
                            .noted = calloc(hashes / 32, sizeof *chain->noted),
                            .mask = hashes - 1};
    if (!chain->before || !chain->key || !chain->met || !chain->noted)
        return false;
    memset(chain->before, 0xff, (items + 1) * sizeof *chain->before); /* CALL_NONE */
    return true;
}

void chain_close(struct chain *chain)
{
    table_free(&chain->table);
    vec_free(&chain->keys);
    free(chain->before);
    free(chain->key);
    free(chain->met);
    free(chain->noted);
}

/* The key's number, CALL_NONE when no item has it. */
static uint32_t chain_find(const struct chain *chain, const struct call_table *table,
                           uint64_t hash, uint32_t item, same_key *same)
{
    struct table_walk walk = table_walk(&chain->table, hash);
    uint32_t key;

    while (table_next(&walk, &key))
        if (same(table, chain->keys.v[key].newest, item))
            return key;
    return CALL_NONE;
}

int chain_put(struct chain *chain, const struct call_table *table, uint64_t hash, uint32_t item,
              same_key *same)
{
    uint32_t key = chain_find(chain, table, hash, item, same);
    struct chain_key *made;

    if (key != CALL_NONE) {
        chain->before[item] = chain->keys.v[key].newest;
        chain->keys.v[key].newest = item;
        chain->key[item] = key;
        return 0;
    }
    key = (uint32_t)chain->keys.n;
    made = vec_add(&chain->keys);
    if (!made || table_put(&chain->table, hash, key) < 0)
        return -ENOMEM;
    *made = (struct chain_key){.newest = item, .latest = INT64_MIN};
    chain->key[item] = key;
    return 0;
}
