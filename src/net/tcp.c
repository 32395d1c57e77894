/* Owns the TCP connections: which there are, and when one makes room for
 * another.  What is in order within one is net/tcp_side.c.
 *
 * Connections are bounded: the one that was silent longest is let go.  A SYN
 * with another initial sequence number begins a new connection on the same
 * addresses (RFC 9293 §3.6.1). */
#include "net/tcp.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/table.h"
#include "base/vec.h"
#include "net/lru.h"
#include "net/tcp_side.h"

enum { MAX_CONNECTIONS = 32768 };

struct connection {
    struct net_addr addr[2]; /* side 0 sends from addr[0] */
    struct tcp_side side[2];
    void *state; /* the consumer's */
};

struct tcp {
    uint64_t seed;
    struct tcp_consumer consumer;
    struct tcp_budget budget;
    struct table table;
    VEC(struct connection) connections;
    struct lru lru;     /* of connections */
    struct packet last; /* the newest segment's, without its octets */
};

struct tcp *tcp_new(const struct tcp_consumer *consumer)
{
    struct tcp *tcp = calloc(1, sizeof *tcp);

    if (!tcp)
        return NULL;
    tcp->seed = hash_seed();
    tcp->consumer = *consumer;
    lru_init(&tcp->lru);
    return tcp;
}

static void forget(struct tcp *tcp, struct connection *c)
{
    tcp_side_clear(&c->side[0], &tcp->budget);
    tcp_side_clear(&c->side[1], &tcp->budget);
    if (c->state)
        tcp->consumer.forget(tcp->consumer.ctx, c->state);
    c->state = NULL;
}

void tcp_free(struct tcp *tcp)
{
    if (!tcp)
        return;
    for (size_t i = 0; i < tcp->connections.n; i++)
        forget(tcp, &tcp->connections.v[i]);
    vec_free(&tcp->connections);
    lru_free(&tcp->lru);
    table_free(&tcp->table);
    free(tcp);
}

/* One key for both directions. */
static uint64_t key_of(const struct tcp *tcp, const struct net_addr *a, const struct net_addr *b)
{
    return hash_bytes(tcp->seed, a, sizeof *a) + hash_bytes(tcp->seed, b, sizeof *b);
}

/* The way of octets from one side of a connection to the consumer. */
static struct tcp_run run_of(struct tcp *tcp, struct connection *c, unsigned from,
                             const struct packet *packet)
{
    return (struct tcp_run){
        .consumer = &tcp->consumer,
        .budget = &tcp->budget,
        .state = &c->state,
        .side = from,
        .datagram = {
            .packet = packet, .src = c->addr[from], .dst = c->addr[!from], .transport = NET_TCP,
            .dscp = NET_NO_DSCP}};
}

/* Hands over all that waits on both sides: nothing will follow it. */
static void finish(struct tcp *tcp, struct connection *c)
{
    for (unsigned from = 0; from < 2; from++) {
        struct tcp_run run = run_of(tcp, c, from, &tcp->last);

        tcp_side_finish(&c->side[from], &run);
    }
}

static uint32_t take_slot(struct tcp *tcp)
{
    struct connection *c;
    uint32_t i;

    if (tcp->connections.n < MAX_CONNECTIONS) {
        if (!lru_reserve(&tcp->lru, (uint32_t)tcp->connections.n + 1))
            return LRU_NONE;
        c = vec_add(&tcp->connections);
        if (!c)
            return LRU_NONE;
        *c = (struct connection){0};
        return (uint32_t)(tcp->connections.n - 1);
    }
    i = tcp->lru.oldest;
    c = &tcp->connections.v[i];
    finish(tcp, c);
    forget(tcp, c);
    lru_remove(&tcp->lru, i);
    table_remove(&tcp->table, key_of(tcp, &c->addr[0], &c->addr[1]), i);
    return i;
}

static struct connection *begin(struct tcp *tcp, uint64_t key, const struct datagram *d)
{
    uint32_t i = take_slot(tcp);
    struct connection *c;

    if (i == LRU_NONE)
        return NULL;
    c = &tcp->connections.v[i];
    *c = (struct connection){.addr = {d->src, d->dst}};
    lru_add(&tcp->lru, i);
    table_put(&tcp->table, key, i); /* not found again when memory is short */
    return c;
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
        lru_touch(&tcp->lru, i);
        return c;
    }
    *from = 0;
    return begin(tcp, key, d);
}

/* The addresses are used again: what stands above begins anew as well. */
static void restart(struct tcp *tcp, struct connection *c)
{
    finish(tcp, c);
    forget(tcp, c);
}

void tcp_segment(struct tcp *tcp, const struct decoded *d)
{
    const struct packet *packet = d->datagram.packet;
    struct tcp_run run, back;
    struct connection *c;
    unsigned from;

    c = find(tcp, &d->datagram, &from);
    if (!c)
        return;
    if (tcp_side_is_restart(&c->side[from], d))
        restart(tcp, c);
    tcp->last = *packet;
    tcp->last.data = NULL;
    tcp->last.caplen = 0;
    if (d->tcp_flags & TCP_ACK) {
        back = run_of(tcp, c, !from, packet);
        tcp_side_acknowledged(&c->side[!from], &back, d->acknowledged);
    }
    run = run_of(tcp, c, from, packet);
    run.datagram = d->datagram;
    tcp_side_segment(&c->side[from], &run, d);
    if (d->tcp_flags & TCP_RST)
        finish(tcp, c);
}

void tcp_flush(struct tcp *tcp)
{
    for (uint32_t i = tcp->lru.oldest; i != LRU_NONE; i = lru_newer(&tcp->lru, i))
        finish(tcp, &tcp->connections.v[i]);
}
