/* Inside the joining of calls: what call/group*.c share. */
#ifndef CALL_GROUP_H
#define CALL_GROUP_H

#include <errno.h>

#include "base/noted.h"
#include "call/table.h"

enum {
    GROUP_LOOK_BACK = 32,  /* items of one key that are weighed */
    GROUP_SLACK_S = 2,     /* between calls that follow one another */
};
static const int64_t GROUP_SECOND = 1000000000;

/* Items by key: which one, before this one, has the same key.  Near-linear: a
 * key is looked up in a hash table, and leads back through the items that
 * carry it, newest first.
 *
 * Most keys are one item's alone, and stay out of the table: all hashes are noted first,
 * those of items and those that will be looked for. */
struct chain_key {
    uint32_t newest;   /* item */
    bool constant;     /* two calls on one hop at a time carry it */
    int64_t latest;    /* when the last of the calls that carry it ends */
};

struct chain {
    struct table table;
    VEC(struct chain_key) keys;
    uint32_t *before;      /* of an item: the one before with its key, CALL_NONE */
    uint32_t *key;         /* of an item that has one before it or after it */
    bool *met;             /* of an item: a call that carries its key may not have ended before */
    struct noted noted;
    size_t items;
};

/* Whether items a and b have one key. */
typedef bool same_key(const struct call_table *table, uint32_t a, uint32_t b);

/* For item numbers below `items`, whose hashes can be noted.  False when memory is short;
 * chain_close frees it in any case. */
bool chain_open(struct chain *chain, size_t items);
void chain_close(struct chain *chain);

enum { CHAIN_AHEAD = 16 }; /* hashes: what is noted of them is asked for */

/* Notes the hash of an item's key, or of one that will be looked for. */
static inline void chain_note(struct chain *chain, uint64_t hash)
{
    noted_add(&chain->noted, hash);
}

/* Whether several of those that were noted may have that hash: none that has not needs to be
 * put into the chain. */
static inline bool chain_may_share(const struct chain *chain, uint64_t hash)
{
    return noted_again(&chain->noted, hash);
}

/* When all are noted, and some may share: makes room for items, none of which has one before
 * it yet.  False when memory is short. */
bool chain_begin(struct chain *chain);

/* How many of the items still need to be looked at when all hashes are noted: all or none.
 * *r becomes -ENOMEM when there is no room for them. */
static inline size_t chain_rest(struct chain *chain, size_t items, int *r)
{
    if (*r < 0 || !chain->noted.any)
        return 0;
    *r = chain_begin(chain) ? 0 : -ENOMEM;
    return items;
}

/* Enters an item; items come in order of their numbers.  0 or -ENOMEM. */
int chain_put(struct chain *chain, const struct call_table *table, uint64_t hash, uint32_t item,
              same_key *same);

/* Asks for what is read of a call some calls ahead, in a walk over all of them. */
static inline void group_ask_ahead(const struct call_table *table, uint32_t call)
{
    enum { AHEAD = 16 };

    if (call + AHEAD < table->calls.n) {
        const struct call *ahead = table->calls.v[call + AHEAD];

        __builtin_prefetch(&ahead->call_id);
    }
}

/* The first call of the call's group, as far as calls are joined yet. */
uint32_t group_root(struct call_table *table, uint32_t call);

/* Joins calls with the REFERs that asked for them.  0 or -ENOMEM. */
int group_by_refers(struct call_table *table);
/* Joins calls by users, element and time, as a last resort.  0 or -ENOMEM. */
int group_by_users(struct call_table *table);

#endif
