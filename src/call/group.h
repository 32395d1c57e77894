/* Inside the joining of calls: what call/group*.c share. */
#ifndef CALL_GROUP_H
#define CALL_GROUP_H

#include "call/table.h"

enum {
    GROUP_LOOK_BACK = 32,  /* items of one key that are weighed */
    GROUP_SLACK_S = 2,     /* between calls that follow one another */
};
static const int64_t GROUP_SECOND = 1000000000;

/* Items by key: which one, before this one, has the same key.  Near-linear: a
 * key is looked up in a hash table, and leads back through the items that
 * carry it, newest first. */
struct chain {
    struct table table;
    VEC(uint32_t) newest;  /* of a key */
    VEC(bool) constant;    /* of a key: two calls on one hop at a time carry it */
    uint32_t *before;      /* of an item: the one before with its key, CALL_NONE */
    uint32_t *key;         /* of an item */
};

/* Whether items a and b have one key. */
typedef bool same_key(const struct call_table *table, uint32_t a, uint32_t b);

/* For item numbers below `items`.  False when memory is short; chain_close
 * frees it in any case. */
bool chain_open(struct chain *chain, size_t items);
void chain_close(struct chain *chain);
/* Enters an item; items come in order of their numbers.  0 or -ENOMEM. */
int chain_put(struct chain *chain, const struct call_table *table, uint64_t hash, uint32_t item,
              same_key *same);

/* The first call of the call's group, as far as calls are joined yet. */
uint32_t group_root(struct call_table *table, uint32_t call);

/* Joins calls with the REFERs that asked for them.  0 or -ENOMEM. */
int group_by_refers(struct call_table *table);
/* Joins calls by users, element and time, as a last resort.  0 or -ENOMEM. */
int group_by_users(struct call_table *table);

#endif
