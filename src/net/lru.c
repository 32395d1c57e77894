#include "net/lru.h"

void lru_init(struct lru *lru)
{
    *lru = (struct lru){.oldest = LRU_NONE, .newest = LRU_NONE};
}

void lru_free(struct lru *lru)
{
    vec_free(&lru->links);
}

bool lru_reserve(struct lru *lru, uint32_t n)
{
    return vec_reserve((void **)&lru->links.v, &lru->links.room, n, sizeof *lru->links.v);
}

void lru_add(struct lru *lru, uint32_t item)
{
    lru->links.v[item] = (struct lru_link){.older = lru->newest, .newer = LRU_NONE};
    if (lru->newest == LRU_NONE)
        lru->oldest = item;
    else
        lru->links.v[lru->newest].newer = item;
    lru->newest = item;
}

void lru_remove(struct lru *lru, uint32_t item)
{
    const struct lru_link link = lru->links.v[item];

    if (link.older == LRU_NONE)
        lru->oldest = link.newer;
    else
        lru->links.v[link.older].newer = link.newer;
    if (link.newer == LRU_NONE)
        lru->newest = link.older;
    else
        lru->links.v[link.newer].older = link.older;
}

void lru_touch(struct lru *lru, uint32_t item)
{
    if (lru->newest == item)
        return;
    lru_remove(lru, item);
    lru_add(lru, item);
}
