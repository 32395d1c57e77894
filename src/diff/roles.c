#include "diff/roles.h"

#include <stdio.h>
#include <string.h>

static int find(const struct role *v, unsigned n, uint32_t ip, int32_t port)
{
    for (unsigned i = 0; i < n; i++)
        if (v[i].ip == ip && (v[i].port < 0 || v[i].port == port))
            return (int)i;
    return -1;
}

static void place(struct role *v, unsigned *n, uint32_t ip, int32_t port)
{
    if (ip && find(v, *n, ip, port) < 0 && *n < ROLES_MOST)
        v[(*n)++] = (struct role){.ip = ip, .port = port, .same = ROLE_NONE};
}

static const struct side_message *messages(const struct side *s, const struct side_call *c)
{
    return c->message_count ? &s->messages.v[c->messages] : NULL;
}

static bool needs_ports(const struct side *side, const struct side_call *call)
{
    const struct side_message *m = messages(side, call);

    for (uint32_t i = 0; i < call->message_count; i++)
        if (m[i].src_ip && m[i].src_ip == m[i].dst_ip)
            return true;
    return false;
}

static void gather(struct roles *r, const struct side *side, const struct side_call *call)
{
    const struct side_message *m = messages(side, call);

    memset(r, 0, sizeof *r);
    r->side = side;
    r->ports = needs_ports(side, call);
    for (uint32_t i = 0; i < call->message_count; i++) {
        place(r->ends, &r->count, m[i].src_ip, r->ports ? m[i].src_port : -1);
        place(r->ends, &r->count, m[i].dst_ip, r->ports ? m[i].dst_port : -1);
        place(r->hosts, &r->host_count, m[i].src_ip, -1);
        place(r->hosts, &r->host_count, m[i].dst_ip, -1);
    }
    for (uint32_t i = 0; i < call->message_count; i++)
        for (unsigned k = 0; k < m[i].media_count; k++)
            place(r->hosts, &r->host_count, side->media.v[m[i].media + k].ip, -1);
}

/* Numbers of one side that the other does not know stay above its own. */
static void number_rest(struct role *v, unsigned n, unsigned *next)
{
    for (unsigned i = 0; i < n; i++)
        if (v[i].same == ROLE_NONE)
            v[i].same = (uint16_t)(*next)++;
}

/* Pairs what has the same address first, or nothing but the order. */
static void pair(struct role *a, unsigned na, struct role *b, unsigned nb, bool by_address)
{
    bool taken[ROLES_MOST] = {false};
    unsigned next = na, j = 0;

    for (unsigned i = 0; i < na; i++)
        a[i].same = (uint16_t)i;
    for (unsigned i = 0; i < nb; i++)
        b[i].same = ROLE_NONE;
    for (unsigned i = 0; by_address && i < nb; i++) {
        int at = find(a, na, b[i].ip, b[i].port);

        if (at < 0 || taken[at])
            continue;
        taken[at] = true;
        b[i].same = (uint16_t)at;
    }
    for (unsigned i = 0; i < nb; i++) {
        if (b[i].same != ROLE_NONE)
            continue;
        while (j < na && taken[j])
            j++;
        if (j == na)
            break;
        taken[j] = true;
        b[i].same = (uint16_t)j;
    }
    number_rest(b, nb, &next);
}

uint16_t roles_of(const struct roles *r, uint32_t ip, int32_t port)
{
    int at = find(r->ends, r->count, ip, port);

    return at < 0 ? ROLE_NONE : r->ends[at].same;
}

uint16_t roles_of_host(const struct roles *r, uint32_t ip)
{
    int at = find(r->hosts, r->host_count, ip, -1);

    return at < 0 ? ROLE_NONE : r->hosts[at].same;
}

const char *roles_name(const struct roles *r, uint16_t number)
{
    for (unsigned i = 0; i < r->count; i++)
        if (r->ends[i].same == number)
            return r->ends[i].name;
    return "?";
}

enum { LOOKED_AT = 200 }; /* messages: enough to tell whose part is whose */

static bool same_message(const struct side_message *a, const struct roles *ra,
                         const struct side_message *b, const struct roles *rb)
{
    return a->method == b->method && a->status == b->status &&
           a->cseq_method == b->cseq_method &&
           roles_of(ra, a->src_ip, a->src_port) == roles_of(rb, b->src_ip, b->src_port) &&
           roles_of(ra, a->dst_ip, a->dst_port) == roles_of(rb, b->dst_ip, b->dst_port);
}

/* How many messages of B have one like them in A. */
static unsigned agreement(const struct roles *ra, const struct side_call *ca,
                          const struct roles *rb, const struct side_call *cb)
{
    const struct side_message *a = messages(ra->side, ca), *b = messages(rb->side, cb);
    uint32_t na = ca->message_count < LOOKED_AT ? ca->message_count : LOOKED_AT;
    uint32_t nb = cb->message_count < LOOKED_AT ? cb->message_count : LOOKED_AT;
    unsigned count = 0;

    for (uint32_t i = 0; i < nb; i++)
        for (uint32_t k = 0; k < na; k++)
            if (same_message(&a[k], ra, &b[i], rb)) {
                count++;
                break;
            }
    return count;
}

static void name_one(struct role *r, const char *name, unsigned *used)
{
    (*used)++;
    if (*used == 1)
        snprintf(r->name, sizeof r->name, "%s", name);
    else
        snprintf(r->name, sizeof r->name, "%s %u", name, *used);
}

/* Who sent the first request is the caller, who passed it on a proxy, who only
 * received it the callee. */
static void name(struct roles *r, const struct pool *pool, const struct side_call *call)
{
    const struct side_message *m = messages(r->side, call);
    bool sent[ROLES_MOST] = {false}, got[ROLES_MOST] = {false};
    unsigned proxies = 0, callees = 0;
    int first = -1;

    for (uint32_t i = 0; i < call->message_count; i++) {
        int from, to;

        if (!m[i].method || m[i].method != call->method || m[i].from_tag != call->from_tag)
            continue;
        from = find(r->ends, r->count, m[i].src_ip, m[i].src_port);
        to = find(r->ends, r->count, m[i].dst_ip, m[i].dst_port);
        if (from < 0 || to < 0)
            continue;
        first = first < 0 ? from : first;
        sent[from] = got[to] = true;
    }
    for (unsigned i = 0; i < r->count; i++) {
        struct role *one = &r->ends[i];

        if ((int)i == first)
            snprintf(one->name, sizeof one->name, "caller");
        else if (got[i] && sent[i])
            name_one(one, "proxy", &proxies);
        else if (got[i])
            name_one(one, "callee", &callees);
        else
            snprintf(one->name, sizeof one->name, "%.*s", SLICE_ARG(pool_text(pool, one->ip)));
    }
}

void roles_match(struct roles *a, struct roles *b, const struct pool *pool,
                 const struct side *side_a, const struct side_call *call_a,
                 const struct side *side_b, const struct side_call *call_b)
{
    unsigned by_address, by_order;

    gather(a, side_a, call_a);
    gather(b, side_b, call_b);
    pair(a->ends, a->count, b->ends, b->count, true);
    by_address = agreement(a, call_a, b, call_b);
    pair(a->ends, a->count, b->ends, b->count, false);
    by_order = agreement(a, call_a, b, call_b);
    if (by_order <= by_address)
        pair(a->ends, a->count, b->ends, b->count, true);
    pair(a->hosts, a->host_count, b->hosts, b->host_count, by_order <= by_address);
    name(a, pool, call_a);
    name(b, pool, call_b);
}
