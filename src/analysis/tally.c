/* Owns how messages are counted by who sent and received them. */
#include "analysis/tally.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"

static uint64_t cell_hash(const struct tally *t, const struct tally_cell *key)
{
    return hash_u64(hash_u64(t->participants->seed, key->who),
                    (uint64_t)key->way << 16 | key->what);
}

static int count(struct tally *t, struct tally_cell key)
{
    uint64_t hash = cell_hash(t, &key);
    struct table_walk walk = table_walk(&t->by_cell, hash);
    struct tally_cell *cell;
    uint32_t i;

    while (table_next(&walk, &i)) {
        cell = &t->cells.v[i];
        if (cell->who == key.who && cell->what == key.what && cell->way == key.way) {
            cell->count += key.count;
            return 0;
        }
    }
    cell = vec_add(&t->cells);
    if (!cell)
        return -ENOMEM;
    *cell = key;
    return table_put(&t->by_cell, hash, (uint32_t)(t->cells.n - 1));
}

/* Who stands at both ends of a path, and 1; 0: not looked up yet. */
struct ends {
    uint32_t src, dst;
};
enum { NOBODY = UINT32_MAX };

static uint32_t who_has(const struct tally *t, const struct net_addr *addr)
{
    const struct participating *one = participants_find(t->participants, addr);

    return one ? (uint32_t)(one - t->participants->v.v) + 1 : NOBODY;
}

static int count_end(struct tally *t, uint32_t who, enum tally_way way, uint16_t what)
{
    return who == NOBODY ? 0
                         : count(t, (struct tally_cell){.who = who - 1,
                                                        .what = what,
                                                        .way = (uint8_t)way,
                                                        .count = 1});
}

static int count_call(struct tally *t, const struct call *call, struct ends *ends)
{
    for (size_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];
        const struct path *path = call_path(t->participants->analysis->calls, m->path);
        uint16_t what = m->status ? m->status : m->method;
        struct ends *end = &ends[m->path];

        if (m->retransmission_of != CALL_NONE || (m->status && m->status < 100))
            continue;
        if (!end->src)
            *end = (struct ends){who_has(t, &path->src), who_has(t, &path->dst)};
        if (count_end(t, end->src, TALLY_SENT, what) < 0 ||
            count_end(t, end->dst, TALLY_RECEIVED, what) < 0)
            return -ENOMEM;
    }
    return 0;
}

/* CALL_NONE when memory is short. */
static uint32_t agent_of(struct tally *t, struct slice name)
{
    uint64_t hash = hash_bytes(t->participants->seed, name.p, name.n);
    struct table_walk walk = table_walk(&t->by_name, hash);
    struct tally_agent *agent;
    uint32_t i;

    while (table_next(&walk, &i))
        if (slice_eq(t->agents.v[i].name, name))
            return i;
    agent = vec_add(&t->agents);
    if (!agent || table_put(&t->by_name, hash, (uint32_t)(t->agents.n - 1)) < 0)
        return CALL_NONE;
    *agent = (struct tally_agent){.name = name};
    return (uint32_t)(t->agents.n - 1);
}

/* What its participants sent, a program sent. */
static int count_agents(struct tally *t)
{
    size_t cells = t->cells.n;
    uint32_t *agent_by_one = calloc(t->participants->v.n + 1, sizeof *agent_by_one);
    int r = agent_by_one ? 0 : -ENOMEM;

    for (size_t i = 0; r == 0 && i < t->participants->v.n; i++) {
        struct slice name = t->participants->v.v[i].user_agent;

        agent_by_one[i] = name.n ? agent_of(t, name) : CALL_NONE;
        if (name.n && agent_by_one[i] == CALL_NONE)
            r = -ENOMEM;
        else if (name.n)
            t->agents.v[agent_by_one[i]].participants++;
    }
    for (size_t i = 0; r == 0 && i < cells; i++) {
        struct tally_cell cell = t->cells.v[i];

        if (cell.way != TALLY_SENT || agent_by_one[cell.who] == CALL_NONE)
            continue;
        cell.who = agent_by_one[cell.who];
        cell.way = TALLY_AGENT;
        *(cell.what < 100 ? &t->agents.v[cell.who].requests : &t->agents.v[cell.who].responses) +=
            cell.count;
        r = count(t, cell);
    }
    free(agent_by_one);
    return r;
}

static int in_order(const void *pa, const void *pb)
{
    const struct tally_cell *a = pa, *b = pb;

    if (a->way != b->way)
        return a->way < b->way ? -1 : 1;
    if (a->who != b->who)
        return a->who < b->who ? -1 : 1;
    return a->what < b->what ? -1 : a->what > b->what;
}

int tally_open(struct tally *t, const struct participants *participants,
               bool (*selects)(void *ctx, uint32_t call), void *ctx)
{
    const struct call_table *calls = participants->analysis->calls;
    struct ends *ends = calloc(call_path_count(calls) + 1, sizeof *ends);
    int r = ends ? 0 : -ENOMEM;

    *t = (struct tally){.participants = participants};
    for (uint32_t i = 0; r == 0 && i < call_count(calls); i++)
        if (!selects || selects(ctx, i))
            r = count_call(t, call_at(calls, i), ends);
    free(ends);
    if (r == 0)
        r = count_agents(t);
    if (t->cells.n)
        qsort(t->cells.v, t->cells.n, sizeof t->cells.v[0], in_order);
    return r;
}

void tally_close(struct tally *t)
{
    vec_free(&t->cells);
    vec_free(&t->agents);
    table_free(&t->by_cell);
    table_free(&t->by_name);
}

size_t tally_of(const struct tally *t, enum tally_way way, uint32_t who,
                const struct tally_cell **first)
{
    struct tally_cell key = {.who = who, .way = (uint8_t)way};
    size_t low = 0, high = t->cells.n, n = 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (in_order(&t->cells.v[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *first = t->cells.n ? &t->cells.v[low] : NULL;
    while (low + n < t->cells.n && t->cells.v[low + n].who == who && t->cells.v[low + n].way == way)
        n++;
    return n;
}
