/* Pairs what arrived at an element with what left it. */
#include "call/onward.h"

#include "call/usage.h"

enum { LOOK_AHEAD = 64 }; /* transactions, joins: what is passed on follows soon */

struct pairs {
    const struct call_table *table;
    struct onward *out;
    size_t n, room;
};

static const struct path *path_of(const struct pairs *p, const struct transaction *x)
{
    return call_path(p->table, x->path);
}

/* A host may use several ports; where it talks to itself, ports tell who is who. */
static bool same_element(const struct path *in, const struct path *on)
{
    if (in->dst.family == NET_UNKNOWN || !addr_same_ip(&in->dst, &on->src))
        return false;
    return in->dst.port == on->src.port ||
           (!addr_same_ip(&in->src, &in->dst) && !addr_same_ip(&on->src, &on->dst));
}

static bool goes_on_as(const struct pairs *p, const struct call *call,
                       const struct transaction *x, const struct transaction *y)
{
    return transaction_same_request(call, x, y) && same_element(path_of(p, x), path_of(p, y));
}

static void add(struct pairs *p, const struct onward *pair)
{
    if (pair->message != CALL_NONE && pair->next != CALL_NONE && p->n < p->room)
        p->out[p->n++] = *pair;
}

/* The request went on as y's; y's final response came back as x's, if that has the
 * same status (a fork gets several and passes on one). */
static void add_both(struct pairs *p, uint32_t number, uint32_t x, uint32_t other, uint32_t y)
{
    const struct call *call = call_at(p->table, number), *next = call_at(p->table, other);
    const struct transaction *in = &call->transactions.v[x], *on = &next->transactions.v[y];
    struct net_addr by = path_of(p, in)->dst;

    add(p, &(struct onward){number, in->request, other, on->request, by});
    if (in->status && in->status == on->status)
        add(p, &(struct onward){other, transaction_final(next, y), number,
                                transaction_final(call, x), by});
}

static void pair_hops(struct pairs *p, uint32_t number)
{
    const struct call *call = call_at(p->table, number);

    for (uint32_t i = 0; i < call->transactions.n; i++) {
        const struct transaction *x = &call->transactions.v[i];

        if (x->request == CALL_NONE)
            continue;
        for (uint32_t k = i + 1; k < call->transactions.n && k <= i + LOOK_AHEAD; k++)
            if (goes_on_as(p, call, x, &call->transactions.v[k]))
                add_both(p, number, i, number, k);
    }
}

/* The INVITE that makes the call, at its first or last hop; CALL_NONE. */
static uint32_t making(const struct pairs *p, const struct call *call, bool last)
{
    uint32_t found = CALL_NONE;

    for (uint32_t i = 0; i < call->transactions.n && i < LOOK_AHEAD; i++) {
        const struct transaction *x = &call->transactions.v[i];

        if (x->request == CALL_NONE || x->method != call->method)
            continue;
        if (found == CALL_NONE ||
            (last && goes_on_as(p, call, &call->transactions.v[found], x)))
            found = i;
        else if (!last)
            break;
    }
    return found;
}

static bool is_transfer(const struct call_join *join)
{
    return join->evidence == EVIDENCE_REPLACES || join->evidence == EVIDENCE_REFER;
}

/* Whether an earlier join names the same call. */
static bool is_joined_before(const struct call *call, size_t join)
{
    for (size_t i = 0; i < join; i++)
        if (call->joins.v[i].call == call->joins.v[join].call && !is_transfer(&call->joins.v[i]))
            return true;
    return false;
}

static void pair_legs(struct pairs *p, uint32_t number)
{
    const struct call *call = call_at(p->table, number);
    uint32_t in = making(p, call, true);

    for (size_t i = 0; in != CALL_NONE && i < call->joins.n && i < LOOK_AHEAD; i++) {
        uint32_t other = call->joins.v[i].call;
        const struct call *next = call_at(p->table, other);
        uint32_t on = making(p, next, false);

        if (is_transfer(&call->joins.v[i]) || is_joined_before(call, i) || on == CALL_NONE ||
            next->start < call->start || (next->start == call->start && other < number) ||
            !same_element(path_of(p, &call->transactions.v[in]),
                          path_of(p, &next->transactions.v[on])))
            continue;
        add_both(p, number, in, other, on);
    }
}

size_t onward_read(const struct call_table *table, uint32_t call, struct onward *out,
                   size_t room)
{
    struct pairs p = {.table = table, .out = out, .room = room};

    pair_hops(&p, call);
    pair_legs(&p, call);
    return p.n;
}
