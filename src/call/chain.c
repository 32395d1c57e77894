/* Owns the chains by which calls of one key are found. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/group.h"

bool chain_open(struct chain *chain, size_t items)
{
    *chain = (struct chain){.items = items};
    return noted_open(&chain->noted, items);
}

bool chain_begin(struct chain *chain)
{
    size_t room = chain->items + 1;

    chain->before = malloc(room * sizeof *chain->before);
    chain->key = malloc(room * sizeof *chain->key);
    chain->met = calloc(room, sizeof *chain->met);
    if (!chain->before || !chain->key || !chain->met)
        return false;
    memset(chain->before, 0xff, room * sizeof *chain->before); /* CALL_NONE */
    return true;
}

void chain_close(struct chain *chain)
{
    table_free(&chain->table);
    vec_free(&chain->keys);
    free(chain->before);
    free(chain->key);
    free(chain->met);
    noted_close(&chain->noted);
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
