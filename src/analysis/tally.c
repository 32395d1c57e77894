/* Owns how messages are counted by who sent and received them. */
#include "analysis/tally.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"

/* Into the list that begins at *first. */
static int count(struct tally *t, uint32_t *first, uint16_t what, uint64_t more)
{
    uint32_t before = 0, at = *first;
    struct tally_link *added;

    for (; at && t->links.v[at].what < what; at = t->links.v[at].next)
        before = at;
    if (at && t->links.v[at].what == what) {
        t->links.v[at].count += more;
        return 0;
    }
    added = vec_add(&t->links);
    if (!added)
        return -ENOMEM;
    *added = (struct tally_link){.count = more, .what = what, .next = at};
    *(before ? &t->links.v[before].next : first) = (uint32_t)(t->links.n - 1);
    return 0;
}

/* `place` as participant_ends has it. */
static int count_end(struct tally *t, uint32_t place, enum tally_way way, uint16_t what)
{
    return place ? count(t, &t->first.v[place - 1].of[way], what, 1) : 0;
}

static int count_call(struct tally *t, const struct call *call)
{
    for (size_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];
        const struct participant_ends *ends = &t->participants->ends[m->path];
        uint16_t what = m->status ? m->status : m->method;

        if (m->retransmission_of != CALL_NONE || (m->status && m->status < 100))
            continue;
        if (count_end(t, ends->src, TALLY_SENT, what) < 0 ||
            count_end(t, ends->dst, TALLY_RECEIVED, what) < 0)
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
static int count_agent(struct tally *t, uint32_t who)
{
    struct slice name = t->participants->v.v[who].user_agent;
    uint32_t agent = name.n ? agent_of(t, name) : CALL_NONE;

    if (agent == CALL_NONE)
        return name.n ? -ENOMEM : 0;
    t->agents.v[agent].participants++;
    for (uint32_t at = t->first.v[who].of[TALLY_SENT]; at;) {
        struct tally_link sent = t->links.v[at];

        *(sent.what < 100 ? &t->agents.v[agent].requests : &t->agents.v[agent].responses) +=
            sent.count;
        if (count(t, &t->agents.v[agent].first, sent.what, sent.count) < 0)
            return -ENOMEM;
        at = sent.next;
    }
    return 0;
}

static int make_room(struct tally *t)
{
    while (t->first.n < t->participants->v.n) {
        struct tally_lists *lists = vec_add(&t->first);

        if (!lists)
            return -ENOMEM;
        *lists = (struct tally_lists){{0, 0}};
    }
    return 0;
}

int tally_begin(struct tally *t, const struct participants *participants)
{
    struct tally_link *none;

    *t = (struct tally){.participants = participants};
    none = vec_add(&t->links);
    return none ? 0 : -ENOMEM;
}

int tally_add(struct tally *t, bool (*selects)(void *ctx, uint32_t call), void *ctx)
{
    const struct call_table *calls = t->participants->analysis->calls;
    int r = make_room(t);

    for (uint32_t i = 0; r == 0 && i < call_count(calls); i++)
        if (!selects || selects(ctx, i))
            r = count_call(t, call_at(calls, i));
    return r;
}

int tally_add_call(struct tally *t, uint32_t call)
{
    return make_room(t) < 0 ? -ENOMEM
                            : count_call(t, call_at(t->participants->analysis->calls, call));
}

int tally_settle(struct tally *t)
{
    int r = make_room(t);

    for (uint32_t i = 0; r == 0 && i < t->participants->v.n; i++)
        r = count_agent(t, i);
    return r;
}

int tally_open(struct tally *t, const struct participants *participants,
               bool (*selects)(void *ctx, uint32_t call), void *ctx)
{
    int r = tally_begin(t, participants);

    if (r == 0)
        r = tally_add(t, selects, ctx);
    return r == 0 ? tally_settle(t) : r;
}

void tally_close(struct tally *t)
{
    vec_free(&t->first);
    vec_free(&t->links);
    vec_free(&t->agents);
    table_free(&t->by_name);
}

bool tally_is_empty(const struct tally *t)
{
    return t->links.n <= 1;
}

static uint32_t first_of(const struct tally *t, enum tally_way way, uint32_t who)
{
    if (way == TALLY_AGENT)
        return who < t->agents.n ? t->agents.v[who].first : 0;
    return who < t->first.n ? t->first.v[who].of[way] : 0;
}

size_t tally_of(const struct tally *t, enum tally_way way, uint32_t who,
                struct tally_cell cells[TALLY_MOST])
{
    uint32_t at = first_of(t, way, who);
    size_t n = 0;

    for (; at && n < TALLY_MOST; at = t->links.v[at].next)
        cells[n++] = (struct tally_cell){.count = t->links.v[at].count,
                                         .what = t->links.v[at].what};
    return n;
}
