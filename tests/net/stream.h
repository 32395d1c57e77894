/* Sends hand-made TCP segments and notes what comes out in order. */
#ifndef TESTS_NET_STREAM_H
#define TESTS_NET_STREAM_H

#include <stdbool.h>

#include "frame.h"
#include "net/tcp.h"

enum { SEEN_ROOM = 1 << 20, MILLISECOND = 1000000 };

/* One direction's octets as the consumer accepted them.  '|' stands where
 * nothing follows for certain: a hole, or the end. */
struct seen {
    char text[SEEN_ROOM];
    size_t n;
    unsigned runs;  /* how often something was shown */
    uint64_t frame; /* of the packet of the last run */
    uint32_t sequence; /* of its first octet */
    bool stable;
};

struct streams {
    struct tcp *tcp;
    struct seen side[2]; /* 0: from 10.0.0.1:1000, 1: back */
    size_t line;         /* accept only whole lines (1), all (0) */
    int64_t now;
    uint64_t frame;
    bool stable;        /* segments lie in packets that stay */
    unsigned gaps;      /* told of where nothing was left */
    unsigned forgotten; /* states */
};

static inline void seen_add(struct seen *s, const uint8_t *data, size_t n, bool last)
{
    ck_assert_uint_lt(s->n + n + 1, SEEN_ROOM);
    memcpy(s->text + s->n, data, n);
    s->n += n;
    if (last)
        s->text[s->n++] = '|';
    s->text[s->n] = 0;
}

static inline size_t streams_run(void *ctx, void **state, unsigned side, const struct datagram *run,
                                 bool last)
{
    struct streams *t = ctx;
    struct seen *s = &t->side[run->src.port == 1000 ? 0 : 1];
    size_t n = run->caplen;

    (void)side;
    ck_assert_uint_eq(run->caplen, run->len);
    ck_assert_int_eq(run->transport, NET_TCP);
    *state = t;
    if (!run->caplen) {
        t->gaps += last;
        return 0;
    }
    s->runs++;
    s->frame = run->packet->frame;
    s->sequence = run->sequence;
    s->stable = run->stable;
    while (t->line && !last && n && run->data[n - 1] != '\n')
        n--;
    seen_add(s, run->data, n, last);
    return n;
}

static inline void streams_forget(void *ctx, void *state)
{
    struct streams *t = ctx;

    ck_assert_ptr_eq(state, t);
    t->forgotten++;
}

static inline void streams_begin(struct streams *t)
{
    struct tcp_consumer consumer = {.ctx = t, .run = streams_run, .forget = streams_forget};

    memset(t, 0, sizeof *t);
    t->tcp = tcp_new(&consumer);
    ck_assert_ptr_nonnull(t->tcp);
}

struct sent {
    uint32_t seq, ack;
    const char *text;
    uint8_t flags;
    bool back;         /* from the other side */
    uint32_t cut;      /* octets not captured */
    uint16_t src_port; /* 1000 */
    size_t n;          /* strlen(text) */
};

/* Sends a segment from a block of its exact size, which is gone afterwards
 * unless packets stay. */
static inline void streams_send(struct streams *t, struct sent s)
{
    size_t len = s.n ? s.n : s.text ? strlen(s.text) : 0, n = len - s.cut;
    uint8_t *block = malloc(n ? n : 1);
    struct packet packet = {.time = t->now, .frame = ++t->frame, .stable = t->stable};
    struct decoded d = {.kind = DECODED_SEGMENT,
                        .sequence = s.seq,
                        .acknowledged = s.ack,
                        .tcp_flags = (uint8_t)(s.flags | (s.ack ? TCP_ACK : 0)),
                        .datagram = {.packet = &packet,
                                     .src = {.ip = {10, 0, 0, 1}, .family = NET_IP4, .port = 1000},
                                     .dst = {.ip = {10, 0, 0, 2}, .family = NET_IP4, .port = 5060},
                                     .data = block,
                                     .caplen = (uint32_t)n,
                                     .len = (uint32_t)len,
                                     .transport = NET_TCP,
                                     .stable = t->stable}};

    if (s.src_port)
        d.datagram.src.port = s.src_port;
    if (s.back) {
        struct net_addr a = d.datagram.src;

        d.datagram.src = d.datagram.dst;
        d.datagram.dst = a;
    }
    if (n)
        memcpy(block, s.text, n);
    if (t->stable)
        d.datagram.data = (const uint8_t *)s.text;
    tcp_segment(t->tcp, &d);
    free(block);
}

#endif
