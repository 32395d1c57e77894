/* Owns the list of flows on which two ends agreed on keys for SRTP, by packets that
 * share the ports of media (RFC 7983). */
#include "base/hash.h"
#include "stream/exchange.h"

enum { MOST_EXCHANGES = 1 << 20 };

static uint64_t flow_hash(uint64_t seed, const struct net_addr *src, const struct net_addr *dst)
{
    return hash_bytes(hash_bytes(seed, src, sizeof *src), dst, sizeof *dst);
}

static struct exchange *find(const struct exchanges *x, uint64_t seed, const struct net_addr *src,
                             const struct net_addr *dst)
{
    struct table_walk walk = table_walk(&x->by_flow, flow_hash(seed, src, dst));
    uint32_t i;

    while (table_next(&walk, &i))
        if (addr_eq(&x->list.v[i].src, src) && addr_eq(&x->list.v[i].dst, dst))
            return &x->list.v[i];
    return NULL;
}

void exchanges_add(struct exchanges *x, uint64_t seed, const struct net_addr *src,
                   const struct net_addr *dst, enum rtp_exchange kind)
{
    struct exchange *e = find(x, seed, src, dst);

    if (e) {
        e->kind = (uint8_t)kind;
        return;
    }
    e = x->list.n < MOST_EXCHANGES ? vec_add(&x->list) : NULL;
    if (!e)
        return;
    *e = (struct exchange){.src = *src, .dst = *dst, .kind = (uint8_t)kind};
    if (table_put(&x->by_flow, flow_hash(seed, src, dst), (uint32_t)(x->list.n - 1)) < 0)
        x->list.n--;
}

enum rtp_exchange exchanges_between(const struct exchanges *x, uint64_t seed,
                                    const struct net_addr *a, const struct net_addr *b)
{
    const struct exchange *e;

    if (!x->list.n)
        return RTP_KEYS_UNKNOWN;
    e = find(x, seed, a, b);
    if (!e)
        e = find(x, seed, b, a);
    return e ? (enum rtp_exchange)e->kind : RTP_KEYS_UNKNOWN;
}

void exchanges_free(struct exchanges *x)
{
    vec_free(&x->list);
    table_free(&x->by_flow);
}
