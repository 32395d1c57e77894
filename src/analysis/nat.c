/* Owns the table of NAT bindings.
 *
 * Where a response's received and rport (RFC 3581) are not where it went, the capture
 * was made inside; where the Via's sent-by is not where its sender's packets come
 * from, outside.  A request alone does not say which, because a client that has
 * learnt its outside address writes that into its Via: so STUN is read first, then
 * responses, then requests. */
#include "analysis/nat.h"

#include <errno.h>
#include <stdlib.h>

#include "analysis/ice.h"
#include "base/hash.h"
#include "sip/header.h"

struct nat_table {
    uint64_t seed;
    VEC(struct nat_binding) v;
    struct table by_all;    /* by inside, outside and server */
    struct table by_hosts;  /* by the IP addresses of inside and outside */
    struct table by_inside; /* the first of each inside IP address */
};

const char *nat_evidence_name(enum nat_evidence evidence)
{
    return evidence == NAT_BY_STUN ? "stun" : "via";
}

static uint64_t hash_all(const struct nat_table *nat, const struct nat_binding *b)
{
    const struct net_addr key[] = {b->inside, b->outside, b->server};

    return hash_bytes(nat->seed, key, sizeof key);
}

static uint64_t hash_host(uint64_t seed, const struct net_addr *addr)
{
    return hash_bytes(seed, addr->ip, sizeof addr->ip);
}

static uint64_t hash_hosts(const struct nat_table *nat, const struct net_addr *inside,
                           const struct net_addr *outside)
{
    return hash_host(hash_host(nat->seed, inside), outside);
}

static bool knows_hosts(const struct nat_table *nat, const struct net_addr *inside,
                        const struct net_addr *outside)
{
    struct table_walk walk = table_walk(&nat->by_hosts, hash_hosts(nat, inside, outside));
    uint32_t i;

    while (table_next(&walk, &i))
        if (addr_same_ip(&nat->v.v[i].inside, inside) &&
            addr_same_ip(&nat->v.v[i].outside, outside))
            return true;
    return false;
}

const struct nat_binding *nat_of_inside(const struct nat_table *nat, const struct net_addr *addr)
{
    struct table_walk walk;
    uint32_t i;

    if (!nat)
        return NULL;
    walk = table_walk(&nat->by_inside, hash_host(nat->seed, addr));
    while (table_next(&walk, &i))
        if (addr_same_ip(&nat->v.v[i].inside, addr))
            return &nat->v.v[i];
    return NULL;
}

static int add(struct nat_table *nat, const struct nat_binding *b, uint64_t hash)
{
    bool new_hosts = !knows_hosts(nat, &b->inside, &b->outside);
    bool new_inside = !nat_of_inside(nat, &b->inside);
    struct nat_binding *slot = vec_add(&nat->v);
    uint32_t i = (uint32_t)(nat->v.n - 1);

    if (!slot)
        return -ENOMEM;
    *slot = *b;
    if (table_put(&nat->by_all, hash, i) < 0 ||
        (new_hosts &&
         table_put(&nat->by_hosts, hash_hosts(nat, &b->inside, &b->outside), i) < 0) ||
        (new_inside && table_put(&nat->by_inside, hash_host(nat->seed, &b->inside), i) < 0))
        return -ENOMEM;
    return 0;
}

static int note(struct nat_table *nat, const struct nat_binding *b)
{
    uint64_t hash = hash_all(nat, b);
    struct table_walk walk = table_walk(&nat->by_all, hash);
    uint32_t i;

    while (table_next(&walk, &i)) {
        struct nat_binding *known = &nat->v.v[i];

        if (!addr_eq(&known->inside, &b->inside) || !addr_eq(&known->outside, &b->outside) ||
            !addr_eq(&known->server, &b->server))
            continue;
        known->count += b->count;
        if (b->frame < known->frame)
            known->frame = b->frame;
        return 0;
    }
    return nat->v.n < NAT_MOST_BINDINGS ? add(nat, b, hash) : 0;
}

static bool is_loopback(const struct net_addr *addr)
{
    static const uint8_t one[16] = {[15] = 1};

    return addr->family == NET_IP4 ? addr->ip[0] == 127 : memcmp(addr->ip, one, sizeof one) == 0;
}

/* Whether a host can have that address in a network. */
static bool is_unicast(const struct net_addr *addr)
{
    return addr->family != NET_UNKNOWN && !addr_is_zero(addr) && !is_loopback(addr) &&
           !addr_is_multicast(addr);
}

/* Whether one can be the translation of the other: NAT64 is not told from a wrong
 * Via. */
static bool is_pair(const struct net_addr *a, const struct net_addr *b)
{
    return a->family == b->family && !addr_same_ip(a, b) && is_unicast(a) && is_unicast(b);
}

static int read_stun(struct nat_table *nat, const struct ice_table *ice)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < ice_path_count(ice); i++) {
        const struct ice_path *p = ice_path(ice, i);
        struct nat_binding b = {.inside = p->src, .outside = p->mapped, .server = p->dst,
                                .frame = p->frame, .count = p->successes,
                                .evidence = NAT_BY_STUN};

        /* inside TURN it is the relay's address that the peer sees */
        if (p->successes && !p->in_turn && is_pair(&b.inside, &b.outside))
            r = note(nat, &b);
    }
    return r;
}

/* Unknown when it is a name. */
static struct net_addr literal(struct slice host, uint16_t port)
{
    struct net_addr addr;

    memset(&addr, 0, sizeof addr);
    addr_parse_ip(host, port, &addr);
    return addr;
}

/* A client's sent-by; over a connection its port is where it listens, which is not
 * the connection's. */
static struct net_addr sent_by(const struct sip_via *via, const struct path *path)
{
    enum { SIP_PORT = 5060 };

    return literal(via->host, path->transport != NET_UDP ? 0 : via->port ? via->port : SIP_PORT);
}

static bool top_via(const struct message *m, struct sip_via *via)
{
    struct slice rest = message_header(m, SLICE("Via")), element;

    if (!rest.n)
        rest = message_header(m, SLICE("v"));
    return sip_list_next(&rest, &element) && sip_via_parse(via, element);
}

static int note_via(struct nat_table *nat, const struct message *m, const struct net_addr *inside,
                    const struct net_addr *outside, const struct net_addr *server)
{
    struct nat_binding b = {.inside = *inside, .outside = *outside, .server = *server,
                            .frame = m->frame, .count = 1, .evidence = NAT_BY_VIA};

    /* A host that names another of its public addresses has several, which is no NAT. */
    return is_pair(inside, outside) && addr_is_private(inside) ? note(nat, &b) : 0;
}

static int read_response(struct nat_table *nat, const struct message *m, const struct path *path,
                         const struct sip_via *via)
{
    struct net_addr outside, inside = sent_by(via, path);
    uint32_t rport = 0;

    if (!slice_u32(via->rport, &rport) || rport > UINT16_MAX)
        rport = 0;
    if (!rport && !via->received.p)
        return 0;
    outside = literal(via->received.p ? via->received : via->host, (uint16_t)rport);
    if (!addr_same_ip(&path->dst, &outside))
        return note_via(nat, m, &path->dst, &outside, &path->src);
    /* Without rport the response goes to the port of sent-by, bound or not. */
    return rport ? note_via(nat, m, &inside, &outside, &path->src) : 0;
}

static int read_request(struct nat_table *nat, const struct message *m, const struct path *path,
                        const struct sip_via *via)
{
    struct net_addr told = sent_by(via, path);

    return knows_hosts(nat, &path->src, &told)
               ? note_via(nat, m, &path->src, &told, &path->dst)
               : note_via(nat, m, &told, &path->src, &path->dst);
}

static int read_messages(struct nat_table *nat, const struct call_table *calls, bool responses)
{
    size_t n = call_flags(calls) & MESSAGE_TELLS_ADDRESS ? call_count(calls) : 0;
    int r = 0;

    for (size_t i = 0; i < n; i++) {
        const struct call *call = call_at(calls, i);
        size_t count = call->flags & MESSAGE_TELLS_ADDRESS ? call->messages.n : 0;

        for (size_t k = 0; r == 0 && k < count; k++) {
            const struct message *m = &call->messages.v[k];
            const struct path *path = call_path(calls, m->path);
            struct sip_via via;

            /* what a log does not say of addresses was read off the Via */
            if (!(m->flags & MESSAGE_TELLS_ADDRESS) || (m->status != 0) != responses ||
                path->logged || !top_via(m, &via))
                continue;
            r = responses ? read_response(nat, m, path, &via) : read_request(nat, m, path, &via);
        }
    }
    return r;
}

static int by_frame(const void *pa, const void *pb)
{
    const struct nat_binding *a = pa, *b = pb;
    int order;

    if (a->frame != b->frame)
        return a->frame < b->frame ? -1 : 1;
    order = memcmp(&a->outside, &b->outside, sizeof a->outside);
    return order ? order : memcmp(&a->inside, &b->inside, sizeof a->inside);
}

/* The tables hold places: they are made again. */
static int put_in_order(struct nat_table *nat)
{
    struct nat_table ordered = {.seed = nat->seed};
    int r = 0;

    if (!nat->v.n)
        return 0;
    qsort(nat->v.v, nat->v.n, sizeof nat->v.v[0], by_frame);
    for (size_t i = 0; r == 0 && i < nat->v.n; i++)
        r = note(&ordered, &nat->v.v[i]);
    vec_free(&nat->v);
    table_free(&nat->by_all);
    table_free(&nat->by_hosts);
    table_free(&nat->by_inside);
    *nat = ordered;
    return r;
}

int nat_finish(struct fosip_analysis *a)
{
    struct nat_table *nat = a->nat ? a->nat : calloc(1, sizeof *nat);
    int r;

    if (!nat)
        return -ENOMEM;
    if (!a->nat)
        nat->seed = hash_seed();
    a->nat = nat;
    r = a->ice ? read_stun(nat, a->ice) : 0;
    if (r == 0)
        r = read_messages(nat, a->calls, true);
    if (r == 0)
        r = read_messages(nat, a->calls, false);
    return r < 0 ? r : put_in_order(nat);
}

void nat_table_free(struct nat_table *nat)
{
    if (!nat)
        return;
    vec_free(&nat->v);
    table_free(&nat->by_all);
    table_free(&nat->by_hosts);
    table_free(&nat->by_inside);
    free(nat);
}

size_t nat_count(const struct nat_table *nat)
{
    return nat ? nat->v.n : 0;
}

const struct nat_binding *nat_at(const struct nat_table *nat, size_t i)
{
    return &nat->v.v[i];
}
