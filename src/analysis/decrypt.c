/* Owns the keys of flows that are decrypted. */
#include "analysis/decrypt.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"
#include "call/media.h"
#include "rtp/sdes.h"
#include "sip/body.h"

enum {
    MOST_FLOWS = 1 << 20,
    MOST_KEYS = 64,     /* of one call, tried for one flow */
    MOST_PACKET = 65536,
};

struct flow {
    struct net_addr src, dst;
    struct sdes_opener *opener; /* NULL: none yet */
    uint32_t call;              /* whose keys were tried, CALL_NONE */
    size_t messages;            /* that it had then */
};

struct decrypt {
    const struct call_table *calls;
    uint64_t seed;
    VEC(struct flow) flows;
    struct table by_flow;
    struct sip_msg msg;     /* scratch */
    struct sdp_session sdp;
    uint8_t clear[MOST_PACKET + SDES_SLACK];
};

struct decrypt *decrypt_new(const struct call_table *calls)
{
    struct decrypt *x = calloc(1, sizeof *x);

    if (!x)
        return NULL;
    x->calls = calls;
    x->seed = hash_seed();
    return x;
}

void decrypt_free(struct decrypt *x)
{
    if (!x)
        return;
    for (size_t i = 0; i < x->flows.n; i++)
        sdes_opener_free(x->flows.v[i].opener);
    vec_free(&x->flows);
    table_free(&x->by_flow);
    free(x);
}

/* Of the datagram, entered if need be; NULL when there are too many. */
static struct flow *flow_of(struct decrypt *x, const struct datagram *d)
{
    uint64_t hash = hash_bytes(hash_bytes(x->seed, &d->src, sizeof d->src), &d->dst,
                               sizeof d->dst);
    struct table_walk walk = table_walk(&x->by_flow, hash);
    struct flow *flow;
    uint32_t i;

    while (table_next(&walk, &i))
        if (addr_eq(&x->flows.v[i].src, &d->src) && addr_eq(&x->flows.v[i].dst, &d->dst))
            return &x->flows.v[i];
    flow = x->flows.n < MOST_FLOWS ? vec_add(&x->flows) : NULL;
    if (!flow)
        return NULL;
    *flow = (struct flow){.src = d->src, .dst = d->dst, .call = CALL_NONE};
    if (table_put(&x->by_flow, hash, (uint32_t)(x->flows.n - 1)) == 0)
        return flow;
    x->flows.n--;
    return NULL;
}

/* RTCP flows a port above its RTP, if not with it. */
static const struct announcement *announced(const struct decrypt *x, struct net_addr addr,
                                            bool control)
{
    const struct announcement *a = call_announced(x->calls, &addr);

    if (a || !control || !addr.port)
        return a;
    addr.port--;
    return call_announced(x->calls, &addr);
}

static uint32_t call_of(const struct decrypt *x, const struct datagram *d, bool control)
{
    const struct announcement *a = announced(x, d->dst, control);

    if (!a)
        a = announced(x, d->src, control);
    return a ? a->call : CALL_NONE;
}

static size_t try_key(struct decrypt *x, struct flow *flow, const struct datagram *d,
                      bool control, const struct sdes_key *key)
{
    struct sdes_opener *opener = sdes_opener_new(key);
    size_t n = opener ? sdes_open(opener, control, d->data, d->caplen, x->clear) : 0;

    if (!n) {
        sdes_opener_free(opener);
        return 0;
    }
    sdes_opener_free(flow->opener);
    flow->opener = opener;
    return n;
}

/* The keys of the message's session description, *left more of them. */
static size_t try_message(struct decrypt *x, struct flow *flow, const struct datagram *d,
                          bool control, const struct message *m, unsigned *left)
{
    struct slice body, rest, name, value;
    struct sdes_key key;
    size_t n = 0;

    if (!message_parse(m, &x->msg) ||
        !sip_body_find(&x->msg, SLICE("application/sdp"), &body) || !sdp_parse(&x->sdp, body))
        return 0;
    rest = body;
    while (!n && *left && sdp_attribute_next(&rest, &name, &value)) {
        if (!slice_eq(name, SLICE("crypto")) || !sdes_key_parse(&key, value))
            continue;
        --*left;
        n = try_key(x, flow, d, control, &key);
    }
    return n;
}

/* All keys of the call that it is of, the newest first: each side's is good for
 * what it sends (RFC 4568 §5.1.1), and which it is the packet's tag tells. */
static size_t find_key(struct decrypt *x, struct flow *flow, const struct datagram *d,
                       bool control)
{
    uint32_t number = call_of(x, d, control);
    const struct call *call;
    unsigned left = MOST_KEYS;
    size_t n = 0;

    if (number == CALL_NONE)
        return 0;
    call = call_at(x->calls, number);
    if (flow->call == number && flow->messages == call->messages.n)
        return 0; /* nothing new since the last attempt */
    flow->call = number;
    flow->messages = call->messages.n;
    for (size_t i = call->messages.n; !n && left && i-- > 0;) {
        const struct message *m = &call->messages.v[i];

        if (m->flags & MESSAGE_HAS_SDP && m->retransmission_of == CALL_NONE)
            n = try_message(x, flow, d, control, m, &left);
    }
    return n;
}

int decrypt_let_go(struct decrypt *x)
{
    size_t n = x->flows.n;
    int r = 0;

    table_clear(&x->by_flow);
    x->flows.n = 0;
    for (size_t i = 0; i < n; i++) { /* those kept lie before the one looked at */
        struct flow flow = x->flows.v[i];
        uint64_t hash = hash_bytes(hash_bytes(x->seed, &flow.src, sizeof flow.src), &flow.dst,
                                   sizeof flow.dst);

        if (!announced(x, flow.dst, true) && !announced(x, flow.src, true)) {
            sdes_opener_free(flow.opener);
            continue;
        }
        flow.call = CALL_NONE; /* numbers have changed: its keys may be tried again */
        x->flows.v[x->flows.n++] = flow;
        if (table_put(&x->by_flow, hash, (uint32_t)(x->flows.n - 1)) < 0)
            r = -ENOMEM;
    }
    return r;
}

bool decrypt_packet(struct decrypt *x, const struct datagram *d, bool control,
                    struct datagram *clear, bool *first)
{
    struct flow *flow;
    size_t n = 0;

    *first = false;
    if (d->caplen < d->len || d->caplen > MOST_PACKET)
        return false;
    flow = flow_of(x, d);
    if (!flow)
        return false;
    if (flow->opener)
        n = sdes_open(flow->opener, control, d->data, d->caplen, x->clear);
    if (!n) {
        n = find_key(x, flow, d, control);
        *first = n > 0;
    }
    if (!n)
        return false;
    *clear = *d;
    clear->data = x->clear;
    clear->caplen = clear->len = (uint32_t)n;
    return true;
}
