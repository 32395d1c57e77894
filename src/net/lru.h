/* An order of items by when they were last used, so that a bounded table can
 * let go the one that was silent longest.  Items are numbers that the caller
 * keeps; all zero is not an empty order, lru_init() makes one. */
#ifndef NET_LRU_H
#define NET_LRU_H

#include "base/vec.h"

#include <stdint.h>

enum { LRU_NONE = UINT32_MAX };

struct lru_link {
    uint32_t older, newer;
};

struct lru {
    uint32_t oldest, newest; /* LRU_NONE when empty */
    VEC(struct lru_link) links; /* by item */
};

void lru_init(struct lru *lru);
void lru_free(struct lru *lru);

/* Makes room for items 0 to n - 1; false when memory is short. */
bool lru_reserve(struct lru *lru, uint32_t n);

/* Puts an item that is not in the order at its newest end. */
void lru_add(struct lru *lru, uint32_t item);
void lru_remove(struct lru *lru, uint32_t item);
/* Moves an item to the newest end. */
void lru_touch(struct lru *lru, uint32_t item);

static inline uint32_t lru_newer(const struct lru *lru, uint32_t item)
{
    return lru->links.v[item].newer;
}

#endif
