/* Owns how streams are found: by their key, and by parts of it in chains.
 *
 * A chain: the newest stream of each key is in a table, and each one names the
 * one before it.  So many streams of one key cost a table one entry.  Most streams are
 * alone at their destination, and no RTCP speaks of most: what only others need is
 * entered when there are others, and what is seldom asked for before the end when it is
 * asked for. */
#include "base/hash.h"
#include "stream/table.h"

enum { STREAM_NONE = STREAM_NO_NUMBER, ANY_SSRC = 0 };

static struct stream *at(const struct stream_table *t, size_t number)
{
    return stream_numbered(t, number);
}

typedef bool same_key(const struct stream *a, const struct stream *b);

static bool same_flow(const struct stream *a, const struct stream *b)
{
    return addr_eq(&a->key.src, &b->key.src) && addr_eq(&a->key.dst, &b->key.dst);
}

static bool same_dst(const struct stream *a, const struct stream *b)
{
    return addr_eq(&a->key.dst, &b->key.dst);
}

static bool same_hosts_ssrc(const struct stream *a, const struct stream *b)
{
    return a->key.ssrc == b->key.ssrc && addr_same_ip(&a->key.src, &b->key.src) &&
           addr_same_ip(&a->key.dst, &b->key.dst);
}

/* Hangs the stream into its chain; gives the one that was its head, or
 * STREAM_NONE. */
static uint32_t chain(struct stream_table *t, struct table *table, uint64_t hash, uint32_t number,
                      same_key *same)
{
    struct table_walk walk = table_walk(table, hash);
    uint32_t i;

    while (table_next(&walk, &i)) {
        if (!same(at(t, i), at(t, number)))
            continue;
        table_remove(table, hash, i);
        table_put(table, hash, number);
        return i;
    }
    table_put(table, hash, number);
    return STREAM_NONE;
}

static uint64_t dst_hash(const struct stream_table *t, const struct net_addr *dst)
{
    return hash_bytes(t->context.seed[0], dst, sizeof *dst);
}

static uint64_t flow_hash(const struct stream_table *t, const struct net_addr *src,
                          const struct net_addr *dst)
{
    return stream_hash(&t->context, src, dst, ANY_SSRC);
}

static uint64_t ssrc_hash(const struct stream_table *t, uint32_t ssrc, const struct net_addr *src,
                          const struct net_addr *dst)
{
    uint64_t h = hash_bytes(t->context.seed[0], src->ip, sizeof src->ip);

    return hash_u64(hash_bytes(h, dst->ip, sizeof dst->ip), ssrc);
}

static uint32_t chain_flow(struct stream_table *t, const struct stream *s)
{
    return chain(t, &t->by_flow, flow_hash(t, &s->key.src, &s->key.dst), s->number, same_flow);
}

/* Behind the stream that flowed to its destination before it. */
static uint32_t enter_flow(struct stream_table *t, const struct stream *s)
{
    const struct stream *before;

    if (s->next_to_dst == STREAM_NONE)
        return STREAM_NONE;
    before = at(t, s->next_to_dst);
    if (before->next_to_dst == STREAM_NONE) /* it was alone there */
        chain_flow(t, before);
    return chain_flow(t, s);
}

/* Asks for what enter_flow will read of that stream. */
static void ask_for_flow(const struct stream_table *t, size_t number)
{
    const struct stream *s;

    if (number >= t->streams.n || (s = at(t, number))->next_to_dst == STREAM_NONE)
        return;
    __builtin_prefetch(&at(t, s->next_to_dst)->next_to_dst);
    table_prefetch(&t->by_flow, flow_hash(t, &s->key.src, &s->key.dst));
}

void stream_enter_flows(struct stream_table *t, size_t count)
{
    enum { AHEAD = 8 };

    for (; t->by_flow_count < count; t->by_flow_count++) {
        struct stream *s = at(t, t->by_flow_count);

        ask_for_flow(t, t->by_flow_count + AHEAD);
        s->before_on_flow = enter_flow(t, s);
    }
}

bool stream_enter(struct stream_table *t, struct stream *s, uint64_t hash)
{
    uint32_t number = (uint32_t)(t->streams.n - 1);

    if (!s->closed && table_put(&t->by_key, hash, number) < 0)
        return false;
    s->number = number;
    s->next_to_dst = chain(t, &t->by_dst, dst_hash(t, &s->key.dst), number, same_dst);
    destination_enter(t, s);
    return true;
}

void stream_ask_for_newest(const struct stream_table *t, const struct net_addr *dst)
{
    table_prefetch(&t->by_dst, dst_hash(t, dst));
}

uint32_t stream_newest_to(const struct stream_table *t, const struct net_addr *dst)
{
    struct table_walk walk = table_walk(&t->by_dst, dst_hash(t, dst));
    uint32_t i;

    while (table_next(&walk, &i))
        if (addr_eq(&at(t, i)->key.dst, dst))
            return i;
    return STREAM_NONE;
}

static uint32_t newest_on_flow(struct stream_table *t, const struct net_addr *src,
                               const struct net_addr *dst)
{
    struct table_walk walk;
    uint32_t i;

    stream_enter_flows(t, t->streams.n);
    walk = table_walk(&t->by_flow, flow_hash(t, src, dst));
    while (table_next(&walk, &i))
        if (addr_eq(&at(t, i)->key.src, src) && addr_eq(&at(t, i)->key.dst, dst))
            return i;
    i = stream_newest_to(t, dst); /* one that is alone there */
    return i != STREAM_NONE && addr_eq(&at(t, i)->key.src, src) ? i : STREAM_NONE;
}

uint32_t stream_flowing(struct stream_table *t, const struct net_addr *src,
                        const struct net_addr *dst, int64_t time)
{
    uint32_t i = newest_on_flow(t, src, dst);

    for (unsigned seen = 0; i != STREAM_NONE && seen < STREAM_MANY; seen++) {
        const struct stream *s = at(t, i);

        if (s->start <= time || s->before_on_flow == STREAM_NONE)
            return i;
        i = s->before_on_flow;
    }
    return i;
}

/* Those that came since RTCP was asked about last. */
static void enter_by_ssrc(struct stream_table *t)
{
    for (; t->by_ssrc_count < t->streams.n; t->by_ssrc_count++) {
        const struct stream *s = at(t, t->by_ssrc_count);

        chain(t, &t->by_ssrc, ssrc_hash(t, s->key.ssrc, &s->key.src, &s->key.dst), s->number,
              same_hosts_ssrc);
    }
}

struct stream *stream_by_ssrc(struct stream_table *t, uint32_t ssrc, const struct net_addr *a,
                              const struct net_addr *b)
{
    struct table_walk walk;
    uint32_t i;

    enter_by_ssrc(t);
    walk = table_walk(&t->by_ssrc, ssrc_hash(t, ssrc, a, b));
    while (table_next(&walk, &i)) {
        struct stream *s = at(t, i);

        if (s->key.ssrc != ssrc || !addr_same_ip(&s->key.src, a) || !addr_same_ip(&s->key.dst, b))
            continue;
        if (!s->alone)
            regular_settle(s);
        return s;
    }
    return NULL;
}
