/* Owns the memory of calls.  A message reads and writes its call in many places: they are
 * neighbours, and known as soon as the call is. */
#include "call/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/blocks.h"

/* INVITE, 100, 180, 200, ACK, BYE, 200 */
struct ordinary {
    struct call call;
    struct dialog dialogs[1];
    struct transaction transactions[3];
    struct message messages[7];
    uint32_t streams[2];
};

/* A request, once more with credentials, and what is answered. */
struct brief {
    struct call call;
    struct transaction transactions[2];
    struct message messages[4];
};

struct call_store {
    unsigned users;
    struct blocks ordinary, brief;
};

struct call_store *call_store_new(void)
{
    struct call_store *store = malloc(sizeof *store);

    if (store)
        *store = (struct call_store){.users = 1,
                                     .ordinary = blocks_of(sizeof(struct ordinary)),
                                     .brief = blocks_of(sizeof(struct brief))};
    return store;
}

struct call_store *call_store_share(struct call_store *store)
{
    store->users++;
    return store;
}

void call_store_leave(struct call_store *store)
{
    if (!store || --store->users)
        return;
    blocks_free(&store->ordinary);
    blocks_free(&store->brief);
    free(store);
}

#define LEND(vec, items) vec_lend(vec, items, sizeof(items) / sizeof *(items))

static struct call *take_ordinary(struct call_store *store)
{
    struct ordinary *block = blocks_take(&store->ordinary);

    if (!block)
        return NULL;
    block->call = (struct call){0};
    LEND(&block->call.messages, block->messages);
    LEND(&block->call.transactions, block->transactions);
    LEND(&block->call.dialogs, block->dialogs);
    LEND(&block->call.streams, block->streams);
    return &block->call;
}

static struct call *take_brief(struct call_store *store)
{
    struct brief *block = blocks_take(&store->brief);

    if (!block)
        return NULL;
    block->call = (struct call){.is_brief = true};
    LEND(&block->call.messages, block->messages);
    LEND(&block->call.transactions, block->transactions);
    return &block->call;
}

struct call *call_store_take(struct call_store *store, bool ordinary)
{
    return ordinary ? take_ordinary(store) : take_brief(store);
}

void call_store_ask(const struct call *call)
{
    if (!call)
        return;
    __builtin_prefetch(call, 1);
    __builtin_prefetch(&call->dialogs);
    __builtin_prefetch(&call->holds);
    __builtin_prefetch(&call->arena);
}

void call_store_give(struct call_store *store, struct call *call)
{
    if (!call)
        return;
    vec_free(&call->messages);
    vec_free(&call->transactions);
    vec_free(&call->dialogs);
    vec_free(&call->holds);
    vec_free(&call->joins);
    vec_free(&call->streams);
    arena_free(&call->arena);
    blocks_give(call->is_brief ? &store->brief : &store->ordinary, call);
}
