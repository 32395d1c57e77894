/* What text logs leave unsaid: the addresses that messages had, and that two
 * logs tell of one message.
 *
 * A log may say nothing of addresses, or that of the other side alone.  What it
 * says is kept; the rest is taken from the messages of the transaction, best
 * source first (RFC 3261 §18.2, RFC 3581): the client is where the top Via says
 * that its request came from, the server where the request was to go next.  An
 * address that is a name, or that nothing tells, stays unknown. */
#include <errno.h>
#include <stdlib.h>

#include "base/time.h"
#include "call/table.h"
#include "sip/header.h"

/* ---- two logs of one message ------------------------------------------------ */

enum { LOOK_BACK = 256 };

static bool same_direction(const struct path *a, const struct path *b)
{
    return a->logged == b->logged &&
           (a->logged == NET_LOGGED_SENT || a->logged == NET_LOGGED_RECEIVED);
}

/* One side sent what the other received; clocks of two hosts differ. */
static bool is_copy(const struct incoming *in, const struct path *path, const struct message *m)
{
    const struct path *other = call_path(in->table, m->path);
    struct slice text = in->msg->text;

    if (m->flags & MESSAGE_COPIED || m->length != text.n || (!path->logged && !other->logged) ||
        (path->logged && other->logged && path->log == other->log))
        return false;
    if (same_direction(path, other) && time_between(m->time, in->datagram->packet->time) != 0)
        return false;
    return memcmp(m->text, text.p, text.n) == 0;
}

/* Both know something of the way. */
static struct path merged(const struct path *kept, const struct path *copy)
{
    struct path path = *kept;

    if (path.src.family == NET_UNKNOWN)
        path.src = copy->src;
    if (path.dst.family == NET_UNKNOWN)
        path.dst = copy->dst;
    if (path.transport == NET_LOG)
        path.transport = copy->transport;
    return path;
}

int logged_copy(const struct incoming *in, const struct path *path, uint32_t *index)
{
    uint32_t n = (uint32_t)in->call->messages.n;

    *index = CALL_NONE;
    for (uint32_t i = n > LOOK_BACK ? n - LOOK_BACK : 0; i < n; i++) {
        struct message *m = &in->call->messages.v[i];
        struct path both;

        if (!is_copy(in, path, m))
            continue;
        both = merged(call_path(in->table, m->path), path);
        m->path = call_intern_path(in->table, &both);
        m->flags |= MESSAGE_COPIED;
        *index = i;
        return m->path == CALL_NONE ? -ENOMEM : 0;
    }
    return 0;
}

/* ---- addresses ---------------------------------------------------------------- */

/* Where an address comes from, best first. */
enum source { NOWHERE, LOG, OWN, RECEIVED, NEXT_HOP, SENT_BY, CONTACT };

struct guess {
    struct net_addr addr;
    uint8_t from; /* enum source */
};

struct ends {
    struct guess client, server;
    bool said;         /* a message's transport */
    uint8_t transport; /* that one */
};

/* What a Via's sent-by turned out to be for who received it. */
struct alias {
    struct net_addr sent_by, received;
};

struct filling {
    struct call_table *table;
    struct call *call;
    struct ends *ends; /* one a transaction */
    VEC(struct alias) aliases;
    struct sip_msg *msg;
};

static void offer(struct guess *guess, const struct net_addr *addr, enum source from)
{
    if (addr->family == NET_UNKNOWN || (guess->from && guess->from <= from))
        return;
    guess->addr = *addr;
    guess->from = (uint8_t)from;
}

/* An address that is no name; unknown when it is one. */
static struct net_addr literal(struct slice host, uint16_t port, bool secure)
{
    enum { SIP_PORT = 5060, SIPS_PORT = 5061 };
    struct net_addr addr;

    memset(&addr, 0, sizeof addr);
    addr_parse_ip(host, port ? port : secure ? SIPS_PORT : SIP_PORT, &addr);
    if (addr_is_zero(&addr))
        memset(&addr, 0, sizeof addr);
    return addr;
}

static struct net_addr sent_by(const struct sip_via *via)
{
    return literal(via->host, via->port, slice_ieq(via->transport, SLICE("TLS")));
}

/* What the next hop wrote into the Via (RFC 3261 §18.2.1, RFC 3581 §4). */
static struct net_addr received(const struct sip_via *via)
{
    uint32_t port = 0;
    struct net_addr none;

    if (slice_u32(via->rport, &port) && port && port <= UINT16_MAX)
        return literal(via->received.p ? via->received : via->host, (uint16_t)port, false);
    if (via->received.p)
        return literal(via->received, via->port, slice_ieq(via->transport, SLICE("TLS")));
    memset(&none, 0, sizeof none);
    return none;
}

static struct net_addr of_uri(const struct sip_uri *uri)
{
    return literal(uri->host, uri->port, slice_ieq(uri->scheme, SLICE("sips")));
}

static struct net_addr of_name_addr(struct slice list)
{
    struct slice element;
    struct sip_addr addr;
    struct net_addr none;

    if (sip_list_next(&list, &element) && sip_addr_parse(&addr, element))
        return of_uri(&addr.uri);
    memset(&none, 0, sizeof none);
    return none;
}

/* Where the request goes: the first Route, unless that is a strict router, whose
 * address is the Request-URI already (RFC 3261 §16.6, item 6). */
static struct net_addr next_hop(const struct sip_msg *msg)
{
    const struct sip_header *route = sip_header(msg, SIP_H_ROUTE, 0);
    struct slice rest, element, nothing;
    struct sip_addr addr;
    struct sip_uri uri;

    if (route) {
        rest = route->value;
        if (sip_list_next(&rest, &element) && sip_addr_parse(&addr, element) &&
            sip_param(addr.uri.params, SLICE("lr"), &nothing))
            return of_uri(&addr.uri);
    }
    sip_uri_parse(&uri, msg->uri);
    return of_uri(&uri);
}

/* ---- whose log it is ------------------------------------------------------------ */

static struct own_address *own_of(struct call_table *table, uint32_t log)
{
    struct own_address *own;

    for (size_t i = 0; i < table->own.n; i++)
        if (table->own.v[i].log == log)
            return &table->own.v[i];
    own = vec_add(&table->own);
    if (own)
        *own = (struct own_address){.log = log};
    return own;
}

static int note_own(struct call_table *table, uint32_t log, const struct net_addr *addr)
{
    struct own_address *own;

    if (addr->family == NET_UNKNOWN)
        return 0;
    own = own_of(table, log);
    if (!own)
        return -ENOMEM;
    if (own->addr.family == NET_UNKNOWN)
        own->addr = *addr;
    else if (!addr_eq(&own->addr, addr))
        own->several = true;
    return 0;
}

/* A host puts its own address into the Via of what it sends. */
static int find_own(struct filling *f)
{
    for (size_t i = 0; i < f->call->messages.n; i++) {
        const struct message *m = &f->call->messages.v[i];
        const struct path *p = call_path(f->table, m->path);
        struct net_addr addr = p->src;
        struct sip_via via;

        if (p->logged != NET_LOGGED_SENT || m->status)
            continue;
        if (addr.family == NET_UNKNOWN && message_parse(m, f->msg) && sip_via_at(f->msg, 0, &via))
            addr = sent_by(&via);
        if (note_own(f->table, p->log, &addr) < 0)
            return -ENOMEM;
    }
    return 0;
}

static struct net_addr own_address(const struct call_table *table, uint32_t log)
{
    struct net_addr none;

    for (size_t i = 0; i < table->own.n; i++)
        if (table->own.v[i].log == log && !table->own.v[i].several)
            return table->own.v[i].addr;
    memset(&none, 0, sizeof none);
    return none;
}

/* ---- the addresses of a call ------------------------------------------------------ */

static int note_alias(struct filling *f, const struct net_addr *by, const struct net_addr *seen)
{
    struct alias *alias;

    if (by->family == NET_UNKNOWN || seen->family == NET_UNKNOWN || addr_eq(by, seen))
        return 0;
    for (size_t i = 0; i < f->aliases.n; i++)
        if (addr_eq(&f->aliases.v[i].sent_by, by))
            return 0;
    alias = vec_add(&f->aliases);
    if (!alias)
        return -ENOMEM;
    *alias = (struct alias){*by, *seen};
    return 0;
}

static int guess_client(struct filling *f, struct guess *client, const struct path *p, bool request)
{
    struct sip_via via;
    struct net_addr by, seen, contact;
    bool ours = p->logged == (request ? NET_LOGGED_SENT : NET_LOGGED_RECEIVED);

    if (!sip_via_at(f->msg, 0, &via))
        return 0;
    by = sent_by(&via);
    seen = received(&via);
    offer(client, &by, ours ? OWN : SENT_BY);
    offer(client, &seen, RECEIVED);
    if (request && sip_via_count(f->msg) == 1) {
        contact = of_name_addr(f->msg->contact);
        offer(client, &contact, CONTACT);
    }
    return note_alias(f, &by, &seen);
}

static void guess_server(struct filling *f, struct guess *server, const struct path *p,
                         bool request)
{
    struct net_addr addr;

    if (p->logged == (request ? NET_LOGGED_RECEIVED : NET_LOGGED_SENT)) {
        addr = own_address(f->table, p->log);
        offer(server, &addr, OWN);
    }
    if (request) {
        addr = next_hop(f->msg);
        offer(server, &addr, NEXT_HOP);
        return;
    }
    /* Who answers is the one that Contact names, where no proxy is between. */
    if (f->msg->status > 100 && f->msg->status < 300 && sip_via_count(f->msg) == 1 &&
        !sip_header(f->msg, SIP_H_RECORD_ROUTE, 0)) {
        addr = of_name_addr(f->msg->contact);
        offer(server, &addr, CONTACT);
    }
}

static int guess_ends(struct filling *f)
{
    for (size_t i = 0; i < f->call->messages.n; i++) {
        const struct message *m = &f->call->messages.v[i];
        const struct path *p = call_path(f->table, m->path);
        struct ends *ends;

        if (m->transaction == CALL_NONE || !message_parse(m, f->msg))
            continue;
        ends = &f->ends[m->transaction];
        if (!ends->said && p->transport != NET_LOG) {
            ends->said = true;
            ends->transport = p->transport;
        }
        offer(&ends->client, m->status ? &p->dst : &p->src, LOG);
        offer(&ends->server, m->status ? &p->src : &p->dst, LOG);
        guess_server(f, &ends->server, p, !m->status);
        if (guess_client(f, &ends->client, p, !m->status) < 0)
            return -ENOMEM;
    }
    return 0;
}

/* An ACK has no response that would say where it came from: its Via is that of
 * other requests. */
static void apply_aliases(struct filling *f)
{
    for (size_t x = 0; x < f->call->transactions.n; x++) {
        struct guess *client = &f->ends[x].client;

        for (size_t i = 0; client->from == SENT_BY && i < f->aliases.n; i++)
            if (addr_eq(&client->addr, &f->aliases.v[i].sent_by))
                offer(client, &f->aliases.v[i].received, RECEIVED);
    }
}

/* The path with what was unknown of it filled in. */
static uint32_t filled(struct filling *f, uint32_t number, const struct ends *ends, bool request)
{
    struct path path = *call_path(f->table, number);
    const struct net_addr *from = request ? &ends->client.addr : &ends->server.addr;
    const struct net_addr *to = request ? &ends->server.addr : &ends->client.addr;

    if (!path.logged)
        return number;
    if (path.transport == NET_LOG && ends->said)
        path.transport = ends->transport;
    if (path.src.family == NET_UNKNOWN)
        path.src = *from;
    if (path.dst.family == NET_UNKNOWN)
        path.dst = *to;
    return call_intern_path(f->table, &path);
}

static int fill_paths(struct filling *f)
{
    struct call *call = f->call;

    for (size_t i = 0; i < call->messages.n; i++) {
        struct message *m = &call->messages.v[i];

        if (m->transaction == CALL_NONE)
            continue;
        m->path = filled(f, m->path, &f->ends[m->transaction], !m->status);
        if (m->path == CALL_NONE)
            return -ENOMEM;
    }
    for (size_t i = 0; i < call->transactions.n; i++) {
        struct transaction *x = &call->transactions.v[i];

        if (x->request != CALL_NONE)
            x->path = call->messages.v[x->request].path;
        else
            x->path = filled(f, x->path, &f->ends[i], true);
        if (x->path == CALL_NONE)
            return -ENOMEM;
    }
    call->first_path = call->messages.v[0].path;
    return 0;
}

static bool is_logged(const struct call_table *table, const struct call *call)
{
    for (size_t i = 0; i < call->messages.n; i++)
        if (call_path(table, call->messages.v[i].path)->logged)
            return true;
    return false;
}

static int fill_call(struct filling *f)
{
    struct ends *ends = calloc(f->call->transactions.n + 1, sizeof *ends);
    int r = -ENOMEM;

    f->ends = ends;
    if (ends && guess_ends(f) == 0) {
        apply_aliases(f);
        r = fill_paths(f);
    }
    free(ends);
    vec_free(&f->aliases);
    return r;
}

int logged_finish(struct call_table *table)
{
    struct filling f = {.table = table, .msg = &table->scratch};
    int r = 0;

    if (!table->logged)
        return 0;
    for (size_t i = 0; i < table->calls.n && r == 0; i++) {
        f.call = table->calls.v[i];
        r = find_own(&f);
    }
    for (size_t i = 0; i < table->calls.n && r == 0; i++) {
        f.call = table->calls.v[i];
        if (is_logged(table, f.call))
            r = fill_call(&f);
    }
    for (size_t i = 0; i < table->hints.n; i++) {
        struct hint *hint = &table->hints.v[i];

        hint->path = table->calls.v[hint->call]->messages.v[hint->message].path;
    }
    return r;
}
