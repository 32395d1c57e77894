/* Owns the TCP connections: puts segments in order and gives their octets on.
 *
 * Octets go on straight from the packet while nothing waits; only what the
 * consumer leaves, and what lies behind a hole, is copied.  A hole is given up
 * when the receiver acknowledges past it (then the capture missed it) or when
 * too much waits behind it.  Connections are bounded: the one that was silent
 * longest makes room. */
#include "net/tcp.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/table.h"
#include "base/vec.h"

enum {
    MAX_CONNECTIONS = 65536,
    MAX_HELD = 256 * 1024,     /* octets behind a hole, a direction */
    MAX_LEFT = 256 * 1024,     /* octets that the consumer wants to see again */
    MAX_SEGMENTS = 512,        /* segments behind a hole, a direction */
    FAR = 16 * 1024 * 1024,    /* further away than any window: another stream */
};

struct segment {
    uint32_t sequence, length, captured;
    uint8_t *data;
};

struct side {
    uint32_t next;             /* sequence number expected */
    bool started;
    uint32_t held;             /* octets in segments */
    VEC(struct segment) segments; /* by sequence number */
    uint8_t *left;             /* what the consumer wants to see again */
    uint32_t left_n, left_room;
};

struct connection {
    struct net_addr addr[2];   /* side 0 sends from addr[0] */
    struct side side[2];
    uint32_t older, newer;     /* by last activity; NONE at the ends */
};

enum { NONE = UINT32_MAX };

struct tcp {
    uint64_t seed;
    struct table table;
    VEC(struct connection) connections;
    uint32_t oldest, newest;
    struct packet last;        /* time and frame of the last segment */
};

/* A stretch of octets being given on. */
struct run {
    const struct net_sink *sink;
    struct datagram datagram;
};

struct tcp *tcp_new(void)
{
    struct tcp *tcp = calloc(1, sizeof *tcp);

    if (!tcp)
        return NULL;
    tcp->seed = hash_seed();
    tcp->oldest = tcp->newest = NONE;
    return tcp;
}

static void clear(struct side *side)
{
    for (size_t i = 0; i < side->segments.n; i++)
        free(side->segments.v[i].data);
    vec_free(&side->segments);
    free(side->left);
    *side = (struct side){0};
}

void tcp_free(struct tcp *tcp)
{
    if (!tcp)
        return;
    for (size_t i = 0; i < tcp->connections.n; i++) {
        clear(&tcp->connections.v[i].side[0]);
        clear(&tcp->connections.v[i].side[1]);
    }
    vec_free(&tcp->connections);
    table_free(&tcp->table);
    free(tcp);
}

/* One key for both directions. */
static uint64_t key_of(const struct tcp *tcp, const struct net_addr *a, const struct net_addr *b)
{
    return hash_bytes(tcp->seed, a, sizeof *a) + hash_bytes(tcp->seed, b, sizeof *b);
}

static void unlink_connection(struct tcp *tcp, uint32_t i)
{
    struct connection *c = &tcp->connections.v[i];

    if (c->older == NONE)
        tcp->oldest = c->newer;
    else
        tcp->connections.v[c->older].newer = c->newer;
    if (c->newer == NONE)
        tcp->newest = c->older;
    else
        tcp->connections.v[c->newer].older = c->older;
}

static void link_newest(struct tcp *tcp, uint32_t i)
{
    struct connection *c = &tcp->connections.v[i];

    c->older = tcp->newest;
    c->newer = NONE;
    if (tcp->newest == NONE)
        tcp->oldest = i;
    else
        tcp->connections.v[tcp->newest].newer = i;
    tcp->newest = i;
}

static uint32_t take_slot(struct tcp *tcp)
{
    struct connection *c;
    uint32_t i;

    if (tcp->connections.n < MAX_CONNECTIONS) {
        c = vec_add(&tcp->connections);
        return c ? (uint32_t)(tcp->connections.n - 1) : NONE;
    }
    i = tcp->oldest;
    c = &tcp->connections.v[i];
    unlink_connection(tcp, i);
    table_remove(&tcp->table, key_of(tcp, &c->addr[0], &c->addr[1]), i);
    clear(&c->side[0]);
    clear(&c->side[1]);
    return i;
}

/* The connection of the segment, and which side sent it. */
static struct connection *find(struct tcp *tcp, const struct datagram *d, unsigned *from)
{
    uint64_t key = key_of(tcp, &d->src, &d->dst);
    struct table_walk walk = table_walk(&tcp->table, key);
    struct connection *c;
    uint32_t i;

    while (table_next(&walk, &i)) {
        c = &tcp->connections.v[i];
        if (addr_eq(&c->addr[0], &d->src) && addr_eq(&c->addr[1], &d->dst))
            *from = 0;
        else if (addr_eq(&c->addr[1], &d->src) && addr_eq(&c->addr[0], &d->dst))
            *from = 1;
        else
            continue;
        if (tcp->newest != i) {
            unlink_connection(tcp, i);
            link_newest(tcp, i);
        }
        return c;
    }
    i = take_slot(tcp);
    if (i == NONE)
        return NULL;
    c = &tcp->connections.v[i];
    *c = (struct connection){.addr = {d->src, d->dst}};
    link_newest(tcp, i);
    if (table_put(&tcp->table, key, i) < 0) {
        unlink_connection(tcp, i);
        return NULL;
    }
    *from = 0;
    return c;
}

static bool keep(struct side *side, const uint8_t *data, uint32_t n)
{
    uint32_t room = side->left_room ? side->left_room : 2048;
    uint8_t *grown;

    while (room < n)
        room *= 2;
    if (room != side->left_room) {
        grown = realloc(side->left, room);
        if (!grown)
            return false;
        side->left = grown;
        side->left_room = room;
    }
    memcpy(side->left + side->left_n, data, n - side->left_n);
    return true;
}

static void forget_left(struct side *side)
{
    free(side->left);
    side->left = NULL;
    side->left_n = side->left_room = 0;
}

/* Shows the consumer the octets and keeps what it wants to see again. */
static void show(struct side *side, struct run *run, const uint8_t *data, uint32_t n, bool last)
{
    bool own = data == side->left;
    size_t used;

    run->datagram.data = data;
    run->datagram.caplen = run->datagram.len = n;
    run->datagram.stable = run->datagram.stable && !own;
    used = run->sink->stream(run->sink->ctx, &run->datagram, last);
    if (used >= n || last || n - used > MAX_LEFT) {
        forget_left(side);
        return;
    }
    if (own) {
        memmove(side->left, side->left + used, n - used);
        side->left_n = (uint32_t)(n - used);
    } else {
        side->left_n = 0;
        side->left_n = keep(side, data + used, (uint32_t)(n - used)) ? (uint32_t)(n - used) : 0;
    }
}

/* Gives on octets that are next in order. */
static void give(struct side *side, struct run *run, const uint8_t *data, uint32_t n)
{
    if (!n)
        return;
    if (!side->left_n) {
        show(side, run, data, n, false);
        return;
    }
    if (!keep(side, data, side->left_n + n)) {
        forget_left(side);
        return;
    }
    side->left_n += n;
    show(side, run, side->left, side->left_n, false);
}

/* Octets are missing: what is left will never be completed. */
static void give_up_left(struct side *side, struct run *run)
{
    if (side->left_n)
        show(side, run, side->left, side->left_n, true);
}

/* Gives on a piece that begins at or before side->next, without what was seen
 * already. */
static void advance(struct side *side, struct run *run, uint32_t sequence, const uint8_t *data,
                    uint32_t captured, uint32_t length)
{
    uint32_t seen = side->next - sequence;

    if (seen >= length)
        return;
    if (captured > seen)
        give(side, run, data + seen, captured - seen);
    side->next = sequence + length;
    if (captured < length) /* the snap length cut it */
        give_up_left(side, run);
}

static void drop_first(struct side *side)
{
    side->held -= side->segments.v[0].captured;
    free(side->segments.v[0].data);
    side->segments.n--;
    memmove(&side->segments.v[0], &side->segments.v[1],
            side->segments.n * sizeof side->segments.v[0]);
}

/* Gives on the held segments that the stream has reached. */
static void catch_up(struct side *side, struct run *run)
{
    while (side->segments.n) {
        struct segment s = side->segments.v[0];

        if ((int32_t)(s.sequence - side->next) > 0)
            return;
        run->datagram.stable = false;
        advance(side, run, s.sequence, s.data, s.captured, s.length);
        drop_first(side);
    }
}

static void skip_hole(struct side *side, struct run *run)
{
    give_up_left(side, run);
    side->next = side->segments.v[0].sequence;
    catch_up(side, run);
}

static void hold(struct side *side, const struct decoded *d)
{
    struct segment *slot;
    uint8_t *copy;
    size_t at = side->segments.n;

    while (at && (int32_t)(side->segments.v[at - 1].sequence - d->sequence) > 0)
        at--;
    copy = malloc(d->datagram.caplen ? d->datagram.caplen : 1);
    slot = copy ? vec_add(&side->segments) : NULL;
    if (!slot) {
        free(copy);
        return;
    }
    memcpy(copy, d->datagram.data, d->datagram.caplen);
    memmove(&side->segments.v[at + 1], &side->segments.v[at],
            (side->segments.n - 1 - at) * sizeof *slot);
    side->segments.v[at] =
        (struct segment){d->sequence, d->datagram.len, d->datagram.caplen, copy};
    side->held += d->datagram.caplen;
}

static void add_data(struct side *side, const struct decoded *d, struct run *run)
{
    int32_t ahead = (int32_t)(d->sequence - side->next);

    if (ahead > FAR || ahead < -FAR) { /* another connection on the same ports */
        while (side->segments.n)
            skip_hole(side, run);
        give_up_left(side, run);
        side->next = d->sequence;
        ahead = 0;
    }
    if (ahead > 0) {
        hold(side, d);
        if (side->held > MAX_HELD || side->segments.n > MAX_SEGMENTS)
            skip_hole(side, run);
        return;
    }
    advance(side, run, d->sequence, d->datagram.data, d->datagram.caplen, d->datagram.len);
    catch_up(side, run);
}

static void start(struct side *side, const struct decoded *d, struct run *run)
{
    if (d->tcp_flags & TCP_SYN) {
        if (side->started && side->next != d->sequence + 1) {
            while (side->segments.n)
                skip_hole(side, run);
            give_up_left(side, run);
        }
        side->next = d->sequence + 1;
    } else if (!side->started) { /* the capture began within the connection */
        side->next = d->sequence;
    }
    side->started = true;
}

/* The other side has received what the capture has not: it will not come. */
static void acknowledge(struct side *side, uint32_t acknowledged, const struct decoded *d,
                        const struct net_sink *sink)
{
    struct run run = {.sink = sink, .datagram = d->datagram};

    if (!side->segments.n || (int32_t)(acknowledged - side->segments.v[0].sequence) <= 0)
        return;
    run.datagram.src = d->datagram.dst;
    run.datagram.dst = d->datagram.src;
    skip_hole(side, &run);
}

void tcp_segment(struct tcp *tcp, const struct decoded *d, const struct net_sink *sink)
{
    struct run run = {.sink = sink, .datagram = d->datagram};
    struct connection *c;
    unsigned from;

    tcp->last.time = d->datagram.packet->time;
    tcp->last.frame = d->datagram.packet->frame;
    c = find(tcp, &d->datagram, &from);
    if (!c)
        return;
    start(&c->side[from], d, &run);
    if (d->tcp_flags & TCP_ACK)
        acknowledge(&c->side[!from], d->acknowledged, d, sink);
    if (d->datagram.len && !(d->tcp_flags & TCP_SYN))
        add_data(&c->side[from], d, &run);
    if (d->tcp_flags & (TCP_RST | TCP_FIN) && !c->side[from].segments.n)
        give_up_left(&c->side[from], &run);
}

void tcp_flush(struct tcp *tcp, const struct net_sink *sink)
{
    for (uint32_t i = tcp->oldest; i != NONE; i = tcp->connections.v[i].newer)
        for (unsigned from = 0; from < 2; from++) {
            struct connection *c = &tcp->connections.v[i];
            struct side *side = &c->side[from];
            struct run run = {.sink = sink,
                              .datagram = {.packet = &tcp->last,
                                           .src = c->addr[from],
                                           .dst = c->addr[!from],
                                           .transport = NET_TCP}};

            while (side->segments.n)
                skip_hole(side, &run);
            give_up_left(side, &run);
        }
}
