/* Owns what is known of participants.
 *
 * A request that goes on from its receiver, under the same Call-ID, CSeq and
 * method, was passed on by a proxy; one that does not, and is answered, ended
 * there.  Messages are parsed again for a few of each participant alone. */
#include "analysis/participants.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"
#include "sip/header.h"

enum {
    LOOK_AHEAD = 64, /* transactions of a call: what is passed on follows soon */
    MOST_LOOKS = 4,  /* messages parsed of one participant */
    MOST_STREAMS = 256, /* of a call, that are compared */
    MOST_IN_PARTS = 1 << 16, /* participants; those of more addresses are one, not shown */
};

const char *role_name(unsigned i)
{
    static const char *const names[ROLE_COUNT] = {"user-agent",      "registrar", "proxy",
                                                  "redirect-server", "b2bua",     "media-relay"};

    return names[i];
}

static uint64_t hash_of(const struct participants *p, const struct net_addr *addr)
{
    return hash_bytes(p->seed, addr, sizeof *addr);
}

static struct net_addr host_of(const struct net_addr *addr)
{
    struct net_addr host = *addr;

    host.port = 0;
    return host;
}

static bool is_one_of_shared(const struct participants *p, const struct net_addr *addr)
{
    struct net_addr host = host_of(addr);
    struct table_walk walk;
    uint32_t i;

    walk = table_walk(&p->hosts, hash_of(p, &host));
    while (table_next(&walk, &i))
        if (addr_eq(&p->shared.v[i], &host))
            return true;
    return false;
}

static bool is_shared(const struct participants *p, const struct net_addr *addr)
{
    return p->shared.n && is_one_of_shared(p, addr);
}

/* In parts there may be no end of them. */
static bool is_full(const struct participants *p, size_t n)
{
    return p->in_parts && n >= MOST_IN_PARTS;
}

static int note_shared(struct participants *p, const struct path *path)
{
    struct net_addr host = host_of(&path->src), *slot;

    if (!addr_same_ip(&path->src, &path->dst) || is_shared(p, &host) || is_full(p, p->shared.n))
        return 0;
    slot = vec_add(&p->shared);
    if (!slot || table_put(&p->hosts, hash_of(p, &host), (uint32_t)(p->shared.n - 1)) < 0)
        return -ENOMEM;
    *slot = host;
    return 0;
}

static int read_paths(struct participants *p, const struct fosip_analysis *analysis)
{
    p->analysis = analysis;
    free(p->ends);
    p->ends = calloc(call_path_count(analysis->calls) + 1, sizeof *p->ends);
    if (!p->ends)
        return -ENOMEM;
    for (uint32_t i = 0; i < call_path_count(analysis->calls); i++)
        if (note_shared(p, call_path(analysis->calls, i)) < 0)
            return -ENOMEM;
    return 0;
}

int participants_open(struct participants *p, const struct fosip_analysis *analysis)
{
    *p = (struct participants){.seed = hash_seed()};
    return read_paths(p, analysis);
}

void participants_begin(struct participants *p)
{
    *p = (struct participants){.seed = hash_seed(), .in_parts = true};
}

int participants_go_on(struct participants *p, const struct fosip_analysis *part)
{
    return read_paths(p, part);
}

void participants_close(struct participants *p)
{
    vec_free(&p->v);
    vec_free(&p->shared);
    arena_free(&p->arena);
    free(p->ends);
    table_free(&p->by_addr);
    table_free(&p->hosts);
}

/* Under what it is known: its host alone, unless that is shared. */
static struct net_addr key_of(const struct participants *p, const struct net_addr *addr,
                              bool *by_port)
{
    *by_port = is_shared(p, addr);
    return *by_port ? *addr : host_of(addr);
}

static struct participating *find_under(const struct participants *p, const struct net_addr *addr,
                                        bool by_port, uint64_t hash)
{
    struct table_walk walk = table_walk(&p->by_addr, hash);
    uint32_t i;

    while (table_next(&walk, &i)) {
        struct participating *one = &p->v.v[i];

        /* all that are unknown are one, which is not shown */
        if (addr->family == NET_UNKNOWN && one->addr.family == NET_UNKNOWN)
            return one;
        if (addr_same_ip(&one->addr, addr) && (!by_port || one->addr.port == addr->port))
            return one;
    }
    return NULL;
}

static struct participating *find(const struct participants *p, const struct net_addr *addr)
{
    bool by_port;
    struct net_addr key = key_of(p, addr, &by_port);

    return find_under(p, addr, by_port, hash_of(p, &key));
}

const struct participating *participants_find(const struct participants *p,
                                              const struct net_addr *addr)
{
    return find(p, addr);
}

static struct participating *add(struct participants *p, const struct net_addr *addr,
                                 bool by_port, uint64_t hash)
{
    struct participating *one = vec_add(&p->v);

    if (!one || table_put(&p->by_addr, hash, (uint32_t)(p->v.n - 1)) < 0)
        return NULL;
    *one = (struct participating){.addr = *addr, .by_port = by_port};
    return one;
}

/* The same as find, entered if need be; NULL when memory is short. */
static struct participating *get(struct participants *p, const struct net_addr *addr)
{
    static const struct net_addr nobody;
    bool by_port;
    struct net_addr key = key_of(p, addr, &by_port);
    uint64_t hash = hash_of(p, &key);
    struct participating *one = find_under(p, addr, by_port, hash);

    if (one)
        return one;
    if (!is_full(p, p->v.n))
        return add(p, addr, by_port, hash);
    one = find(p, &nobody);
    return one ? one : add(p, &nobody, false, hash_of(p, &nobody));
}

static const struct path *path_of(const struct participants *p, uint32_t path)
{
    return call_path(p->analysis->calls, path);
}

static uint32_t place_of(const struct participants *p, const struct participating *one)
{
    return (uint32_t)(one - p->v.v) + 1;
}

static struct participating *client_of(const struct participants *p, uint32_t path)
{
    uint32_t place = p->ends[path].src;

    return place ? &p->v.v[place - 1] : find(p, &path_of(p, path)->src);
}

static struct participating *server_of(const struct participants *p, uint32_t path)
{
    uint32_t place = p->ends[path].dst;

    return place ? &p->v.v[place - 1] : find(p, &path_of(p, path)->dst);
}

static bool same_one(const struct participants *p, const struct net_addr *a,
                     const struct net_addr *b)
{
    return addr_same_ip(a, b) && (a->port == b->port || !is_shared(p, a));
}

static bool is_request(const struct transaction *x)
{
    return x->request != CALL_NONE && x->method != SIP_ACK && x->method != SIP_CANCEL;
}

/* y is x, on its next hop. */
static bool goes_on_as(const struct participants *p, const struct call *call,
                       const struct transaction *x, const struct transaction *y)
{
    return is_request(y) && transaction_same_request(call, x, y) &&
           same_one(p, &path_of(p, x->path)->dst, &path_of(p, y->path)->src);
}

/* The User-Agent of a request, the Server of a response, that it made. */
static void read_agent(struct participants *p, struct participating *one, const struct call *call,
                       uint32_t message)
{
    const struct message *m = message == CALL_NONE ? NULL : &call->messages.v[message];
    struct slice first = SLICE("User-Agent"), second = SLICE("Server");

    if (!m || one->user_agent.n || one->looked >= MOST_LOOKS)
        return;
    one->looked++;
    if (!(m->flags & MESSAGE_HAS_AGENT))
        return;
    one->user_agent = message_header(m, m->status ? second : first);
    if (!one->user_agent.n)
        one->user_agent = message_header(m, m->status ? first : second);
    if (p->in_parts && one->user_agent.n) /* the message will be gone */
        one->user_agent = arena_dup(&p->arena, one->user_agent);
}

static uint32_t final_of(const struct call *call, uint32_t transaction)
{
    const struct transaction *x = &call->transactions.v[transaction];

    for (uint32_t i = x->first_message; i < call->messages.n && i < x->first_message + 1024; i++)
        if (call->messages.v[i].transaction == transaction &&
            call->messages.v[i].status == x->status)
            return i;
    return CALL_NONE;
}

static void note_answer(struct participants *p, struct participating *one,
                        const struct call *call, uint32_t transaction)
{
    const struct transaction *x = &call->transactions.v[transaction];

    if (x->method == SIP_OPTIONS)
        one->keeps_alive = true;
    else if (x->method == SIP_REGISTER)
        one->roles |= ROLE_REGISTRAR;
    else if (x->status / 100 == 3)
        one->roles |= ROLE_REDIRECT_SERVER;
    else if (x->status / 100 == 2)
        one->roles |= ROLE_USER_AGENT;
    read_agent(p, one, call, final_of(call, transaction));
}

static unsigned record_routes(const struct call *call, const struct transaction *x,
                              struct sip_msg *msg)
{
    unsigned n = 0;

    if (!message_fields(&call->messages.v[x->request], msg))
        return 0;
    while (sip_header(msg, SIP_H_RECORD_ROUTE, n))
        n++;
    return n;
}

static void note_passed_on(struct participating *one, const struct call *call,
                           const struct transaction *x, const struct transaction *y)
{
    struct sip_msg msg;

    one->roles |= ROLE_PROXY;
    if (one->roles & PROXY_RECORD_ROUTING || one->looked >= MOST_LOOKS ||
        !(call->messages.v[x->request].flags & MESSAGE_OUT_OF_DIALOG))
        return;
    one->looked++;
    if (record_routes(call, y, &msg) > record_routes(call, x, &msg))
        one->roles |= PROXY_RECORD_ROUTING;
}

/* To how many others the request goes on. */
static unsigned pass_on(const struct participants *p, struct participating *server,
                        const struct call *call, uint32_t transaction)
{
    const struct transaction *x = &call->transactions.v[transaction];
    unsigned onward = 0;

    for (uint32_t i = 0; i < call->transactions.n && i < transaction + LOOK_AHEAD; i++) {
        const struct transaction *y = &call->transactions.v[i];

        if (i + LOOK_AHEAD < transaction || i == transaction || !goes_on_as(p, call, x, y))
            continue;
        if (!onward++ && server)
            note_passed_on(server, call, x, y);
    }
    return onward;
}

/* What the receiver of the request did with it. */
static void judge_server(struct participants *p, const struct call *call, uint32_t transaction,
                         bool hops)
{
    const struct transaction *x = &call->transactions.v[transaction];
    struct participating *server = server_of(p, x->path);
    unsigned onward = hops ? pass_on(p, server, call, transaction) : 0;

    if (!server)
        return;
    if (onward > 1)
        server->roles |= PROXY_FORKING | PROXY_STATEFUL;
    if (!onward && x->status)
        note_answer(p, server, call, transaction);
}

static bool was_passed_on(const struct participants *p, const struct call *call,
                          uint32_t transaction)
{
    const struct transaction *x = &call->transactions.v[transaction];

    for (uint32_t i = transaction > LOOK_AHEAD ? transaction - LOOK_AHEAD : 0;
         i < call->transactions.n && i < transaction + LOOK_AHEAD; i++)
        if (i != transaction && is_request(&call->transactions.v[i]) &&
            goes_on_as(p, call, &call->transactions.v[i], x))
            return true;
    return false;
}

/* Whether its sender made the request, and did not pass it on. */
static void judge_client(struct participants *p, const struct call *call, uint32_t transaction,
                         bool hops)
{
    const struct transaction *x = &call->transactions.v[transaction];
    struct participating *client = client_of(p, x->path);

    if (!client || (hops && was_passed_on(p, call, transaction)))
        return;
    if (x->method == SIP_OPTIONS)
        client->keeps_alive = true;
    else
        client->roles |= ROLE_USER_AGENT;
    read_agent(p, client, call, x->request);
}

/* Whether some request of the call may have gone more than one hop: two of them have the
 * same bit, by method and CSeq.  Of most calls none has. */
static bool may_have_hops(const struct call *call)
{
    uint64_t met = 0;

    for (size_t i = 0; i < call->transactions.n; i++) {
        const struct transaction *x = &call->transactions.v[i];
        uint64_t bit = (uint64_t)is_request(x) << (x->cseq * 16u + x->method) % 64;

        if (met & bit)
            return true;
        met |= bit;
    }
    return false;
}

/* A message's end; one that uses several ports is known by its host alone. */
static struct participating *get_end(struct participants *p, const struct net_addr *addr)
{
    struct participating *one = get(p, addr);

    if (one && one->addr.port != addr->port && !one->by_port)
        one->addr.port = 0;
    return one;
}

static bool goes_back(const struct path *path, const struct path *before)
{
    return addr_eq(&path->src, &before->dst) && addr_eq(&path->dst, &before->src);
}

/* `before` is the path of the call's message before, or this one. */
static int add_path(struct participants *p, uint32_t path, uint32_t before)
{
    struct participant_ends *ends = &p->ends[path];
    struct participating *one;

    if (before != path && goes_back(path_of(p, path), path_of(p, before))) {
        *ends = (struct participant_ends){p->ends[before].dst, p->ends[before].src};
        return 0;
    }
    one = get_end(p, &path_of(p, path)->src);
    if (!one)
        return -ENOMEM;
    ends->src = place_of(p, one);
    one = get_end(p, &path_of(p, path)->dst);
    if (!one)
        return -ENOMEM;
    ends->dst = place_of(p, one);
    return 0;
}

static int add_paths(struct participants *p, const struct call *call)
{
    uint32_t before = call->messages.n ? call->messages.v[0].path : CALL_NONE;

    for (size_t i = 0; i < call->messages.n; i++) {
        uint32_t path = call->messages.v[i].path;

        if (!p->ends[path].src && add_path(p, path, before) < 0)
            return -ENOMEM;
        p->v.v[p->ends[path].src - 1].sent++;
        before = path;
    }
    return 0;
}

/* A 100 goes one hop (RFC 3261 §16.7): the proxy that sends it keeps state. */
static void note_stateful(struct participants *p, const struct call *call)
{
    for (size_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];
        struct participating *src;

        if (m->status != 100)
            continue;
        src = client_of(p, m->path);
        if (src && src->roles & ROLE_PROXY)
            src->roles |= PROXY_STATEFUL;
    }
}

/* Who receives the call's first request at its last hop. */
static const struct path *last_hop(const struct participants *p, const struct call *call)
{
    const struct transaction *last = NULL;

    for (size_t i = 0; i < call->transactions.n && i < LOOK_AHEAD; i++) {
        const struct transaction *x = &call->transactions.v[i];

        if (x->method == call->method && is_request(x) &&
            (!last || goes_on_as(p, call, last, x)))
            last = x;
    }
    return last ? path_of(p, last->path) : NULL;
}

/* Between two calls that are not a transfer stands a B2BUA: where the earlier
 * one ends and the later one begins. */
static int judge_joins(struct participants *p, uint32_t number)
{
    const struct call *call = call_at(p->analysis->calls, number);

    for (size_t i = 0; i < call->joins.n && i < LOOK_AHEAD; i++) {
        const struct call_join *join = &call->joins.v[i];
        const struct call *other = call_at(p->analysis->calls, join->call);
        bool first = call->start < other->start ||
                     (call->start == other->start && number < join->call);
        const struct path *end = last_hop(p, first ? call : other);
        struct participating *one;

        if (join->evidence == EVIDENCE_REPLACES || join->evidence == EVIDENCE_REFER || !end)
            continue;
        one = get(p, &end->dst);
        if (!one)
            return -ENOMEM;
        one->roles |= ROLE_B2BUA;
        one = get(p, &path_of(p, (first ? other : call)->first_path)->src);
        if (!one)
            return -ENOMEM;
        one->roles |= ROLE_B2BUA;
    }
    return 0;
}

static const struct stream *stream_of(const struct participants *p, uint32_t number)
{
    return stream_at(p->analysis->streams, number);
}

static bool carries_on(const struct stream *s, const struct stream *on)
{
    return stream_ssrc(s) == stream_ssrc(on) && addr_same_ip(stream_dst(s), stream_src(on)) &&
           !addr_same_ip(stream_src(s), stream_src(on)) &&
           !addr_same_ip(stream_src(s), stream_dst(on)) &&
           !addr_same_ip(stream_src(on), stream_dst(on)) &&
           stream_start(s) <= stream_end(on) && stream_start(on) <= stream_end(s);
}

static int judge_streams(struct participants *p, const struct call *call,
                         const struct call *other)
{
    for (size_t i = 0; i < call->streams.n && i < MOST_STREAMS; i++)
        for (size_t k = 0; k < other->streams.n && k < MOST_STREAMS; k++) {
            const struct stream *on = stream_of(p, other->streams.v[k]);
            struct net_addr addr = host_of(stream_src(on));
            struct participating *relay;

            if (!carries_on(stream_of(p, call->streams.v[i]), on))
                continue;
            relay = get(p, is_shared(p, &addr) ? stream_src(on) : &addr);
            if (!relay)
                return -ENOMEM;
            relay->roles |= ROLE_MEDIA_RELAY;
        }
    return 0;
}

/* Whether some stream carries on one of the call's: it would have the same SSRC. */
static bool may_be_relayed(const struct fosip_analysis *a, const struct call *call)
{
    bool any = !a->lone_ssrcs && !a->same_ssrc;

    for (size_t i = 0; a->same_ssrc && i < call->streams.n && !any; i++)
        any = a->same_ssrc[call->streams.v[i]];
    return any;
}

static int judge_media(struct participants *p, const struct call *call)
{
    if (!may_be_relayed(p->analysis, call))
        return 0;
    if (judge_streams(p, call, call) < 0)
        return -ENOMEM;
    for (size_t i = 0; i < call->joins.n && i < LOOK_AHEAD; i++)
        if (judge_streams(p, call, call_at(p->analysis->calls, call->joins.v[i].call)) < 0)
            return -ENOMEM;
    return 0;
}

unsigned participant_roles(const struct participating *one)
{
    unsigned roles = one->roles;

    if (!roles && one->keeps_alive)
        roles = ROLE_USER_AGENT;
    /* Both halves of a B2BUA are user agents: the word says it. */
    if (roles & ROLE_B2BUA)
        roles &= ~(unsigned)ROLE_USER_AGENT;
    return roles;
}

int participants_add(struct participants *p, uint32_t number)
{
    const struct call *call = call_at(p->analysis->calls, number);
    bool hops = may_have_hops(call);

    if (add_paths(p, call) < 0)
        return -ENOMEM;
    for (uint32_t i = 0; i < call->transactions.n; i++) {
        if (!is_request(&call->transactions.v[i]))
            continue;
        judge_server(p, call, i, hops);
        judge_client(p, call, i, hops);
    }
    note_stateful(p, call);
    if (judge_joins(p, number) < 0)
        return -ENOMEM;
    return judge_media(p, call);
}
