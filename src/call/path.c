/* Owns the table of paths: who sent to whom, and how, each once. */
#include "base/hash.h"
#include "call/table.h"

size_t call_path_count(const struct call_table *table)
{
    return table->paths.n;
}

const struct path *call_path(const struct call_table *table, uint32_t path)
{
    return &table->paths.v[path];
}

static bool same_path(const struct path *a, const struct path *b)
{
    return a->transport == b->transport && a->logged == b->logged && a->log == b->log &&
           addr_eq(&a->src, &b->src) && addr_eq(&a->dst, &b->dst);
}

void path_of(const struct datagram *d, struct path *path)
{
    path->src = d->src;
    path->dst = d->dst;
    path->transport = d->transport;
    path->logged = d->logged;
    path->log = d->logged ? d->packet->file : 0;
}

static uint64_t hash_path(const struct call_table *table, const struct path *path)
{
    uint64_t hash = hash_bytes(table->seed, &path->src, sizeof path->src);

    hash = hash_bytes(hash, &path->dst, sizeof path->dst);
    return hash_u64(hash, (uint64_t)path->log << 16 | path->logged * 256u | path->transport);
}

/* The number of the path, CALL_NONE without one. */
static uint32_t find_path(const struct call_table *table, const struct path *path, uint64_t hash)
{
    struct table_walk walk = table_walk(&table->by_path, hash);
    uint32_t i;

    while (table_next(&walk, &i))
        if (same_path(&table->paths.v[i], path))
            return i;
    return CALL_NONE;
}

/* Address by address: what was just written in two pieces is not read as one. */
static void copy_path(struct path *to, const struct path *from)
{
    to->src = from->src;
    to->dst = from->dst;
    to->transport = from->transport;
    to->logged = from->logged;
    to->log = from->log;
}

uint32_t call_intern_path(struct call_table *table, const struct path *path)
{
    uint64_t hash = hash_path(table, path);
    uint32_t i = find_path(table, path, hash);
    struct path_use *use;
    struct path *slot;

    if (i != CALL_NONE)
        return i;
    use = vec_add(&table->path_uses);
    slot = use ? vec_add(&table->paths) : NULL;
    if (!slot || table_put(&table->by_path, hash, (uint32_t)(table->paths.n - 1)) < 0)
        return CALL_NONE;
    copy_path(slot, path);
    *use = (struct path_use){.newest = {CALL_NONE, CALL_NONE}};
    return (uint32_t)(table->paths.n - 1);
}

bool call_newest_message(const struct call_table *table, const struct net_addr *src,
                         const struct net_addr *dst, enum net_transport transport, uint32_t *call,
                         uint32_t *message)
{
    struct path path = {.src = *src, .dst = *dst, .transport = (uint8_t)transport};
    uint32_t i = find_path(table, &path, hash_path(table, &path));

    if (i == CALL_NONE || table->path_uses.v[i].newest.call == CALL_NONE)
        return false;
    *call = table->path_uses.v[i].newest.call;
    *message = table->path_uses.v[i].newest.index;
    return true;
}

void path_forget(struct call *call)
{
    for (unsigned i = 0; i < CALL_PATHS; i++)
        call->paths[i] = CALL_NONE;
}

uint32_t path_in_call(struct call_table *table, struct call *call, const struct path *path)
{
    uint32_t number;

    for (unsigned i = 0; i < CALL_PATHS && call->paths[i] != CALL_NONE; i++)
        if (same_path(&table->paths.v[call->paths[i]], path))
            return call->paths[i];
    number = call_intern_path(table, path);
    for (unsigned i = CALL_PATHS - 1; i > 0; i--)
        call->paths[i] = call->paths[i - 1];
    call->paths[0] = number;
    return number;
}
