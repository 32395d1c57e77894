/* Owns the table of STUN paths: requests and their answers, one by one. */
#include "analysis/ice.h"

#include <stdlib.h>

#include "analysis/ice_table.h"
#include "base/hash.h"

enum { MOST_PATHS = 1 << 17 };

const char *ice_type_name(enum ice_type type)
{
    static const char *const names[] = {NULL, "host", "srflx", "prflx", "relay"};

    return names[type];
}

struct ice_table *ice_table_new(void)
{
    struct ice_table *ice = calloc(1, sizeof *ice);

    if (ice)
        ice->seed = hash_seed();
    return ice;
}

void ice_table_free(struct ice_table *ice)
{
    if (!ice)
        return;
    vec_free(&ice->paths);
    table_free(&ice->by_flow);
    free(ice->order);
    free(ice);
}

static uint64_t flow_hash(const struct ice_table *ice, const struct net_addr *src,
                          const struct net_addr *dst)
{
    return hash_bytes(hash_bytes(ice->seed, src, sizeof *src), dst, sizeof *dst);
}

/* Enters a path as it is. */
static bool enter(struct ice_table *ice, const struct ice_path *path)
{
    struct ice_path *slot = vec_add(&ice->paths);

    if (!slot)
        return false;
    *slot = *path;
    return table_put(&ice->by_flow, flow_hash(ice, &path->src, &path->dst),
                     (uint32_t)(ice->paths.n - 1)) == 0;
}

struct ice_table *ice_copy(const struct ice_table *ice)
{
    struct ice_table *copy = ice_table_new();
    bool whole = copy != NULL;

    for (size_t i = 0; whole && i < ice->paths.n; i++)
        whole = enter(copy, &ice->paths.v[i]);
    if (whole)
        return copy;
    ice_table_free(copy);
    return NULL;
}

struct ice_table *ice_part(struct ice_table *ice, const struct ice_table *copy,
                           const bool *call_leaves, int64_t before)
{
    struct ice_table *part = ice_table_new(), stays = {.seed = ice->seed};
    bool whole = part != NULL;

    for (size_t i = 0; whole && i < ice->paths.n; i++) {
        uint32_t call = copy->paths.v[i].call;

        if (call != CALL_NONE)
            whole = enter(call_leaves[call] ? part : &stays, &ice->paths.v[i]);
        else if (ice->paths.v[i].last >= before)
            whole = enter(&stays, &ice->paths.v[i]);
    }
    vec_free(&ice->paths);
    table_free(&ice->by_flow);
    *ice = stays;
    if (whole)
        return part;
    ice_table_free(part);
    return NULL;
}

static bool same_user(const struct ice_path *p, struct slice username)
{
    return slice_eq(slice_make(p->username, p->username_n), slice_upto(username, ICE_USERNAME));
}

static struct ice_path *path_of(struct ice_table *ice, const struct datagram *d,
                                const struct stun_msg *msg)
{
    uint64_t hash = flow_hash(ice, &d->src, &d->dst);
    struct table_walk walk = table_walk(&ice->by_flow, hash);
    struct slice user = slice_upto(msg->username, ICE_USERNAME);
    struct ice_path *p;
    unsigned seen = 0;
    uint32_t i;

    /* many users on one flow: the newest of few that are told apart */
    for (p = NULL; seen < ICE_USERS && table_next(&walk, &i);) {
        if (!addr_eq(&ice->paths.v[i].src, &d->src) || !addr_eq(&ice->paths.v[i].dst, &d->dst))
            continue;
        p = &ice->paths.v[i];
        if (p->method == msg->method && same_user(p, msg->username))
            return p;
        seen++;
    }
    if (seen == ICE_USERS)
        return p;
    p = ice->paths.n < MOST_PATHS ? vec_add(&ice->paths) : NULL;
    if (!p)
        return NULL;
    *p = (struct ice_path){.src = d->src, .dst = d->dst, .first = d->packet->time,
                           .nominated = -1, .round_trip = -1, .frame = d->packet->frame,
                           .method = (uint8_t)msg->method, .username_n = (uint8_t)user.n,
                           .call = CALL_NONE, .in_turn = d->relayed};
    if (user.n)
        memcpy(p->username, user.p, user.n);
    if (table_put(&ice->by_flow, hash, (uint32_t)(ice->paths.n - 1)) == 0)
        return p;
    ice->paths.n--;
    return NULL;
}

static bool is_pending(const struct ice_path *p, const uint8_t *id, unsigned *which)
{
    for (unsigned i = 0; i < ICE_PENDING; i++)
        if (p->pending[i].waits && memcmp(p->pending[i].id, id, STUN_ID) == 0) {
            *which = i;
            return true;
        }
    return false;
}

static void note_request(struct ice_table *ice, const struct datagram *d,
                         const struct stun_msg *msg)
{
    struct ice_path *p = path_of(ice, d, msg);
    unsigned i;

    if (!p)
        return;
    p->last = d->packet->time;
    if (is_pending(p, msg->id, &i)) {
        p->repeats++;
        return;
    }
    p->requests++;
    p->controlling = p->controlling || msg->controlling;
    i = p->next++ % ICE_PENDING;
    memcpy(p->pending[i].id, msg->id, STUN_ID);
    p->pending[i].waits = true;
    p->pending[i].nominates = msg->nominates;
    p->pending[i].time = d->packet->time;
}

static void note_answer(struct ice_path *p, unsigned i, const struct datagram *d,
                        const struct stun_msg *msg)
{
    int64_t took = d->packet->time - p->pending[i].time;

    p->pending[i].waits = false;
    if (p->round_trip < 0 || took < p->round_trip)
        p->round_trip = took;
    if (msg->kind == STUN_ERROR) {
        p->errors++;
        p->error = msg->error;
        return;
    }
    p->successes++;
    if (msg->mapped.family != NET_UNKNOWN)
        p->mapped = msg->mapped;
    if (msg->relayed.family != NET_UNKNOWN)
        p->relayed = msg->relayed;
    if (p->pending[i].nominates && p->nominated < 0)
        p->nominated = d->packet->time;
}

/* Of the path against it whose transaction has that id (RFC 8489 §6.3.3). */
static void find_request(struct ice_table *ice, const struct datagram *d,
                         const struct stun_msg *msg)
{
    struct table_walk walk = table_walk(&ice->by_flow, flow_hash(ice, &d->dst, &d->src));
    unsigned seen = 0, which;
    uint32_t i;

    while (seen < 2 * ICE_USERS && table_next(&walk, &i)) {
        struct ice_path *p = &ice->paths.v[i];

        seen++;
        if (addr_eq(&p->src, &d->dst) && addr_eq(&p->dst, &d->src) &&
            is_pending(p, msg->id, &which)) {
            note_answer(p, which, d, msg);
            return;
        }
    }
}

void ice_note(struct ice_table *ice, const struct datagram *d)
{
    struct stun_msg msg;

    if (!stun_parse(&msg, d->data, d->caplen) ||
        (msg.method != STUN_BINDING && msg.method != STUN_ALLOCATE))
        return;
    if (msg.kind == STUN_REQUEST)
        note_request(ice, d, &msg);
    else if (msg.kind != STUN_INDICATION)
        find_request(ice, d, &msg);
}

const struct ice_path *ice_at(const struct ice_table *ice, size_t i)
{
    return &ice->paths.v[ice->order[i]];
}

size_t ice_path_count(const struct ice_table *ice)
{
    return ice->paths.n;
}

const struct ice_path *ice_path(const struct ice_table *ice, size_t i)
{
    return &ice->paths.v[i];
}

/* The first in order whose call is that one or a later one. */
static size_t first_from(const struct ice_table *ice, uint32_t call)
{
    size_t low = 0, high = ice->bound;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (ice_at(ice, middle)->call < call)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t ice_of_call(const struct ice_table *ice, uint32_t call, size_t *first)
{
    *first = first_from(ice, call);
    return first_from(ice, call + 1) - *first;
}

/* The newest path of a call; `won`: of those that won. */
static const struct ice_path *find_bound(const struct ice_table *ice, const struct net_addr *src,
                                         const struct net_addr *dst, bool won)
{
    struct table_walk walk = table_walk(&ice->by_flow, flow_hash(ice, src, dst));
    const struct ice_path *found = NULL;
    unsigned seen = 0;
    uint32_t i;

    while (seen++ < 2 * ICE_USERS && table_next(&walk, &i)) {
        const struct ice_path *p = &ice->paths.v[i];

        if (p->call != CALL_NONE && (p->won || !won) && addr_eq(&p->src, src) &&
            addr_eq(&p->dst, dst) && (!found || p->first > found->first))
            found = p;
    }
    return found;
}

const struct ice_path *ice_of_flow(const struct ice_table *ice, const struct net_addr *src,
                                   const struct net_addr *dst)
{
    const struct ice_path *p = find_bound(ice, src, dst, true);

    return p ? p : find_bound(ice, dst, src, true);
}

uint32_t ice_call_of_flow(const struct ice_table *ice, const struct net_addr *src,
                          const struct net_addr *dst, enum call_side *from)
{
    const struct ice_path *p = find_bound(ice, src, dst, false);

    if (p) {
        *from = (enum call_side)p->by;
        return p->call;
    }
    p = find_bound(ice, dst, src, false);
    if (!p)
        return CALL_NONE;
    *from = p->by == SIDE_CALLER ? SIDE_CALLEE : SIDE_CALLER;
    return p->call;
}

static const struct net_addr *allocated(const struct ice_table *ice, const struct net_addr *client,
                                        const struct net_addr *server)
{
    struct table_walk walk = table_walk(&ice->by_flow, flow_hash(ice, client, server));
    unsigned seen = 0;
    uint32_t i;

    while (seen++ < 2 * ICE_USERS && table_next(&walk, &i)) {
        const struct ice_path *p = &ice->paths.v[i];

        if (p->relayed.family != NET_UNKNOWN && addr_eq(&p->src, client) &&
            addr_eq(&p->dst, server))
            return &p->relayed;
    }
    return NULL;
}

const struct net_addr *ice_relayed_on(const struct ice_table *ice, const struct net_addr *src,
                                      const struct net_addr *dst)
{
    const struct net_addr *relayed;

    if (!ice->paths.n)
        return NULL;
    relayed = allocated(ice, src, dst);
    return relayed ? relayed : allocated(ice, dst, src);
}
