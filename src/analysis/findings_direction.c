/* Signalling of which the capture holds one direction only: a mirror port set to
 * one way, a tap on one fibre, routes that part.
 *
 * A host that is silent looks the same at first.  What tells them apart is what the
 * other host sends: an ACK, or a response to a request that is not there, answers
 * something that must have been sent (RFC 3261 §17); a request that was not
 * answered is sent again. */
#include <errno.h>
#include <stdlib.h>

#include "analysis/findings.h"
#include "base/hash.h"
#include "base/table.h"

enum {
    FEWEST = 3,     /* messages one way, before a word is said */
    CERTAIN = 2,    /* answers to nothing that make retransmissions irrelevant */
};

/* Two hosts, whatever the ports; side 0 is the source of the path seen first. */
struct pair {
    struct net_addr host[2];
    struct {
        uint64_t messages, answers, again; /* again: requests sent more than once */
        uint64_t frame;                    /* of the first */
        int64_t time;
    } from[2];
};

struct pairs {
    VEC(struct pair) list;
    struct table by_hosts;
    uint64_t seed;
    uint32_t *of_path; /* 2 * pair + side that sends; by number of the path */
};

static struct net_addr host_of(const struct net_addr *addr)
{
    struct net_addr host = *addr;

    host.port = 0;
    return host;
}

/* The number of the pair, CALL_NONE when memory is short; *side is that of `src`. */
static uint32_t find_pair(struct pairs *p, const struct path *path, unsigned *side)
{
    struct net_addr src = host_of(&path->src), dst = host_of(&path->dst);
    uint64_t hash = hash_bytes(p->seed, &src, sizeof src) + hash_bytes(p->seed, &dst, sizeof dst);
    struct table_walk walk = table_walk(&p->by_hosts, hash);
    struct pair *pair;
    uint32_t i;

    while (table_next(&walk, &i)) {
        pair = &p->list.v[i];
        *side = !addr_eq(&pair->host[0], &src);
        if (addr_eq(&pair->host[*side], &src) && addr_eq(&pair->host[!*side], &dst))
            return i;
    }
    pair = vec_add(&p->list);
    *side = 0;
    if (!pair || table_put(&p->by_hosts, hash, (uint32_t)(p->list.n - 1)) < 0)
        return CALL_NONE;
    *pair = (struct pair){.host = {src, dst}};
    return (uint32_t)(p->list.n - 1);
}

static bool sort_paths(struct pairs *p, const struct fosip_analysis *a)
{
    size_t n = call_path_count(a->calls);
    unsigned side;

    p->of_path = calloc(n + 1, sizeof *p->of_path);
    for (size_t i = 0; p->of_path && i < n; i++) {
        uint32_t pair = find_pair(p, call_path(a->calls, (uint32_t)i), &side);

        if (pair == CALL_NONE)
            return false;
        p->of_path[i] = 2 * pair + side;
    }
    return p->of_path != NULL;
}

static void count_message(struct pairs *p, const struct call *call, const struct message *m)
{
    uint32_t way = p->of_path[m->path];
    struct pair *pair = p->list.v ? &p->list.v[way / 2] : NULL;
    unsigned side = way % 2;
    bool again = m->retransmission_of != CALL_NONE;

    if (!pair)
        return;
    if (!pair->from[side].messages++) {
        pair->from[side].frame = m->frame;
        pair->from[side].time = m->time;
    }
    if (again)
        pair->from[side].again += !m->status;
    else if (!m->status)
        pair->from[side].answers += m->method == SIP_ACK;
    else
        pair->from[side].answers += m->transaction != CALL_NONE &&
                                    call->transactions.v[m->transaction].request == CALL_NONE;
}

/* The side that alone is heard, 2 when there is none. */
static unsigned lonely_side(const struct pair *pair)
{
    if (addr_eq(&pair->host[0], &pair->host[1])) /* programs of one host */
        return 2;
    if (pair->host[0].family == NET_UNKNOWN || pair->host[1].family == NET_UNKNOWN)
        return 2;
    for (unsigned side = 0; side < 2; side++)
        if (pair->from[side].messages >= FEWEST && !pair->from[!side].messages &&
            (pair->from[side].answers >= CERTAIN ||
             (pair->from[side].answers && !pair->from[side].again)))
            return side;
    return 2;
}

static void report(struct fosip_analysis *a, const struct pair *pair, unsigned side, size_t others)
{
    char heard[ADDR_TEXT], silent[ADDR_TEXT], more[80] = "";
    struct finding *f;

    if (others)
        snprintf(more, sizeof more, "; the same holds for %zu other pair%s of hosts", others,
                 others == 1 ? "" : "s");
    f = finding_add(a, "one-direction-captured", FINDING_WARNING, CALL_NONE, CALL_NONE, CALL_NONE,
                    "Only one direction was captured between %s and %s: %llu SIP messages of the "
                    "former, none of the latter, which must have sent some%s.",
                    addr_ip_text(&pair->host[side], heard),
                    addr_ip_text(&pair->host[!side], silent),
                    (unsigned long long)pair->from[side].messages, more);
    finding_place(f, pair->from[side].time, pair->from[side].frame);
}

/* Marks the paths of lonely sides, and says it once. */
static int judge(struct fosip_analysis *a, const struct pairs *p)
{
    const struct pair *first = NULL;
    size_t lonely = 0;

    for (size_t i = 0; i < p->list.n; i++) {
        const struct pair *pair = &p->list.v[i];
        unsigned side = lonely_side(pair);

        if (side < 2 && !lonely++)
            first = pair;
    }
    if (!lonely)
        return 0;
    a->one_way = calloc(call_path_count(a->calls), sizeof *a->one_way);
    if (!a->one_way)
        return -ENOMEM;
    for (size_t i = 0; i < call_path_count(a->calls); i++)
        a->one_way[i] = lonely_side(&p->list.v[p->of_path[i] / 2]) < 2;
    if (!a->is_part) /* another may have the other direction */
        report(a, first, lonely_side(first), lonely - 1);
    return 0;
}

static bool goes_back(const struct path *path, const struct path *back)
{
    return addr_same_ip(&path->src, &back->dst) && addr_same_ip(&path->dst, &back->src);
}

/* The way back of the path among those that were met soon before or after it, n: none. */
static uint32_t way_back(const struct fosip_analysis *a, uint32_t i, uint32_t n)
{
    enum { NEAR = 64 };
    const struct path *path = call_path(a->calls, i);

    for (uint32_t k = i; k < n && k - i < NEAR; k++)
        if (goes_back(path, call_path(a->calls, k)))
            return k;
    for (uint32_t k = i; k-- > 0 && i - k < NEAR;)
        if (goes_back(path, call_path(a->calls, k)))
            return k;
    return n;
}

/* Whether each path's way back was met near it, as where all is well: each of them has a
 * message, but for those of logs, whose ends may have been mended. */
static bool all_go_back(const struct fosip_analysis *a)
{
    uint32_t n = (uint32_t)call_path_count(a->calls), i = 0, back;
    bool *known = call_is_logged(a->calls) ? NULL : calloc(n + 1, sizeof *known);

    if (!known)
        return false;
    for (; i < n; i++) {
        back = known[i] ? 0 : way_back(a, i, n);
        if (back == n)
            break;
        known[back] = known[back] || !known[i];
    }
    free(known);
    return i == n;
}

int findings_direction(struct fosip_analysis *a)
{
    struct pairs p = {.seed = hash_seed()};
    int r;

    if (all_go_back(a))
        return 0;
    r = sort_paths(&p, a) ? 0 : -ENOMEM;

    for (size_t i = 0; r == 0 && i < call_count(a->calls); i++) {
        const struct call *call = call_at(a->calls, i);

        call_ask_ahead(a->calls, i);
        for (size_t k = 0; k < call->messages.n; k++)
            count_message(&p, call, &call->messages.v[k]);
    }
    if (r == 0)
        r = judge(a, &p);
    vec_free(&p.list);
    table_free(&p.by_hosts);
    free(p.of_path);
    return r;
}

bool findings_is_one_way(const struct fosip_analysis *a, uint32_t path)
{
    return a->one_way && a->one_way[path];
}
