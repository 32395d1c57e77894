/* Owns how messages are counted by who sent and received them. */
#include "analysis/tally.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"

/* A list a participant and way, then one a program. */
static size_t list_of(const struct tally *t, enum tally_way way, uint32_t who)
{
    return (size_t)way * t->participants->v.n + who;
}

static size_t list_count(const struct tally *t)
{
    return list_of(t, TALLY_AGENT, (uint32_t)t->participants->v.n);
}

/* A cell while it is being counted in a list, which is in order of what. */
struct link {
    uint64_t count;
    uint32_t next; /* 0: none */
    uint16_t what;
};

struct counter {
    struct tally *tally;
    uint32_t *first; /* of each list, as link.next */
    VEC(struct link) links; /* the first one is none's */
};

static int count(struct counter *c, size_t list, uint16_t what, uint64_t more)
{
    uint32_t before = 0, at = c->first[list];
    struct link *added;

    for (; at && c->links.v[at].what < what; at = c->links.v[at].next)
        before = at;
    if (at && c->links.v[at].what == what) {
        c->links.v[at].count += more;
        return 0;
    }
    added = vec_add(&c->links);
    if (!added)
        return -ENOMEM;
    *added = (struct link){.count = more, .next = at, .what = what};
    *(before ? &c->links.v[before].next : &c->first[list]) = (uint32_t)(c->links.n - 1);
    return 0;
}

/* `place` as participant_ends has it. */
static int count_end(struct counter *c, uint32_t place, enum tally_way way, uint16_t what)
{
    return place ? count(c, list_of(c->tally, way, place - 1), what, 1) : 0;
}

static int count_call(struct counter *c, const struct call *call)
{
    for (size_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];
        const struct participant_ends *ends = &c->tally->participants->ends[m->path];
        uint16_t what = m->status ? m->status : m->method;

        if (m->retransmission_of != CALL_NONE || (m->status && m->status < 100))
            continue;
        if (count_end(c, ends->src, TALLY_SENT, what) < 0 ||
            count_end(c, ends->dst, TALLY_RECEIVED, what) < 0)
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

/* What the participant sent, its program sent. */
static int count_agent(struct counter *c, uint32_t who)
{
    struct tally *t = c->tally;
    struct slice name = t->participants->v.v[who].user_agent;
    uint32_t agent = name.n ? agent_of(t, name) : CALL_NONE;

    if (agent == CALL_NONE)
        return name.n ? -ENOMEM : 0;
    t->agents.v[agent].participants++;
    for (uint32_t at = c->first[list_of(t, TALLY_SENT, who)]; at;) {
        struct link sent = c->links.v[at];

        *(sent.what < 100 ? &t->agents.v[agent].requests : &t->agents.v[agent].responses) +=
            sent.count;
        if (count(c, list_of(t, TALLY_AGENT, agent), sent.what, sent.count) < 0)
            return -ENOMEM;
        at = sent.next;
    }
    return 0;
}

static int count_all(struct counter *c, bool (*selects)(void *ctx, uint32_t call), void *ctx)
{
    const struct participants *participants = c->tally->participants;
    const struct call_table *calls = participants->analysis->calls;
    int r = 0;

    for (uint32_t i = 0; r == 0 && i < call_count(calls); i++)
        if (!selects || selects(ctx, i))
            r = count_call(c, call_at(calls, i));
    for (uint32_t i = 0; r == 0 && i < participants->v.n; i++)
        r = count_agent(c, i);
    return r;
}

static int lay_out(const struct counter *c)
{
    struct tally *t = c->tally;
    size_t lists = list_count(t);
    uint32_t n = 0;

    t->cells = calloc(c->links.n, sizeof *t->cells);
    t->starts = calloc(lists + 1, sizeof *t->starts);
    if (!t->cells || !t->starts)
        return -ENOMEM;
    for (size_t list = 0; list < lists; list++) {
        t->starts[list] = n;
        for (uint32_t at = c->first[list]; at; at = c->links.v[at].next)
            t->cells[n++] = (struct tally_cell){c->links.v[at].count, c->links.v[at].what};
    }
    t->starts[lists] = n;
    t->cell_count = n;
    return 0;
}

int tally_open(struct tally *t, const struct participants *participants,
               bool (*selects)(void *ctx, uint32_t call), void *ctx)
{
    struct counter c = {.tally = t};
    struct link *none = vec_add(&c.links);
    int r;

    *t = (struct tally){.participants = participants};
    c.first = calloc(list_count(t) + 1, sizeof *c.first);
    r = c.first && none ? count_all(&c, selects, ctx) : -ENOMEM;
    if (r == 0)
        r = lay_out(&c);
    free(c.first);
    vec_free(&c.links);
    return r;
}

void tally_close(struct tally *t)
{
    free(t->cells);
    free(t->starts);
    vec_free(&t->agents);
    table_free(&t->by_name);
}

size_t tally_of(const struct tally *t, enum tally_way way, uint32_t who,
                const struct tally_cell **first)
{
    size_t list = list_of(t, way, who);

    *first = t->cells;
    if (list >= list_count(t))
        return 0;
    *first += t->starts[list];
    return t->starts[list + 1] - t->starts[list];
}
