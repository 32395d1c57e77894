/* A hash table from a key to the number of an item that the caller keeps.
 *
 * Open addressing with linear probing; a slot holds 32 bits of the hash and
 * the item's number, so growing and removing need no key.  The caller compares
 * keys:
 *
 *     struct table_walk w = table_walk(&t, hash);
 *     uint32_t i;
 *     while (table_next(&w, &i))
 *         if (same_key(&items[i], key))
 *             return &items[i];
 *
 * Items keep the order that the caller gave them; nothing depends on slots. */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_slot {
    uint32_t hash;
    uint32_t item; /* number + 1; 0: free */
};

/* All zero is an empty table. */
struct table {
    struct table_slot *slots;
    uint32_t mask; /* slots - 1, 0 when there are none */
    uint32_t used;
};

struct table_walk {
    const struct table *table;
    uint32_t hash, at;
};

static inline uint32_t table_fold(uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32);
}

static inline struct table_walk table_walk(const struct table *table, uint64_t hash)
{
    uint32_t h = table_fold(hash);

    return (struct table_walk){table, h, h & table->mask};
}

/* Asks for the memory of the slot that a later table_walk will read first. */
static inline void table_prefetch(const struct table *table, uint64_t hash)
{
    if (table->slots)
        __builtin_prefetch(&table->slots[table_fold(hash) & table->mask]);
}

/* The next item whose hash agrees; false when there is none left. */
static inline bool table_next(struct table_walk *w, uint32_t *item)
{
    const struct table *t = w->table;

    if (!t->slots)
        return false;
    for (;;) {
        const struct table_slot *slot = &t->slots[w->at];

        if (!slot->item)
            return false;
        w->at = (w->at + 1) & t->mask;
        if (slot->hash == w->hash) {
            *item = slot->item - 1;
            return true;
        }
    }
}

/* Enters item number `item` (below UINT32_MAX) under `hash`.  Several items
 * may have one hash.  0, or -ENOMEM with the table as it was. */
int table_put(struct table *table, uint64_t hash, uint32_t item);

/* Takes the item out; false if it was not there under that hash. */
bool table_remove(struct table *table, uint64_t hash, uint32_t item);

/* Takes all items out and keeps the room. */
void table_clear(struct table *table);
void table_free(struct table *table);

#endif
