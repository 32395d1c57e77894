/* Owns what is wanted of TCP connections.
 *
 * Segments that hold octets of a chosen message are wanted whole.  Of the others
 * around them only the headers are, as if the capture's snap length had cut
 * them: so no sequence number is missing, and nothing of other calls is told. */
#include "extract/connections.h"

#include <errno.h>

#include "base/hash.h"
#include "base/time.h"

enum { NO_USE = UINT32_MAX };
enum { MOST_LOOKED_AT = 512 }; /* ranges before and behind a segment's time */

/* How long before the first message, and after the last, a connection is followed:
 * timer F (RFC 3261 §17.1.2.2) and the handshake of one opened for a call. */
static const int64_t AROUND = 32 * TIME_SECOND;

/* For how long messages in a row are one range: much shorter, as its time is that of
 * the last, and a segment's owner is looked for around its own. */
static const int64_t TOGETHER = 8 * TIME_SECOND;

static bool is_low(const struct net_addr *a, const struct net_addr *b)
{
    return memcmp(a, b, sizeof *a) <= 0;
}

static struct connection_key key_of(const struct net_addr *a, const struct net_addr *b)
{
    return is_low(a, b) ? (struct connection_key){*a, *b} : (struct connection_key){*b, *a};
}

static uint64_t hash_of(const struct connections *c, const struct connection_key *key)
{
    return hash_bytes(hash_bytes(c->seed, &key->low, sizeof key->low), &key->high,
                      sizeof key->high);
}

/* The number of the connection, NO_USE without one. */
static uint32_t find(const struct connections *c, const struct connection_key *key, uint64_t hash)
{
    struct table_walk walk = table_walk(&c->table, hash);
    uint32_t i;

    while (table_next(&walk, &i))
        if (addr_eq(&c->keys.v[i].low, &key->low) && addr_eq(&c->keys.v[i].high, &key->high))
            return i;
    return NO_USE;
}

static uint32_t enter(struct connections *c, const struct connection_key *key, uint64_t hash)
{
    struct connection_key *slot = vec_add(&c->keys);
    uint32_t *first = slot ? vec_add(&c->first) : NULL;

    if (!first || table_put(&c->table, hash, (uint32_t)(c->keys.n - 1)) < 0)
        return NO_USE;
    *slot = *key;
    *first = NO_USE;
    return (uint32_t)(c->keys.n - 1);
}

void connections_free(struct connections *c)
{
    for (size_t i = 0; i < c->uses.n; i++) {
        vec_free(&c->uses.v[i].ranges[0]);
        vec_free(&c->uses.v[i].ranges[1]);
    }
    vec_free(&c->uses);
    vec_free(&c->keys);
    vec_free(&c->first);
    table_free(&c->table);
}

struct connection_use *connections_use(struct connections *c, const struct net_addr *src,
                                       const struct net_addr *dst, uint32_t file, int64_t time)
{
    struct connection_key key = key_of(src, dst);
    uint64_t hash = hash_of(c, &key);
    uint32_t number = find(c, &key, hash);
    struct connection_use *use;

    if (number == NO_USE)
        number = enter(c, &key, hash);
    if (number == NO_USE)
        return NULL;
    for (uint32_t i = c->first.v[number]; i != NO_USE; i = c->uses.v[i].next) {
        use = &c->uses.v[i];
        if (use->file != file)
            continue;
        use->end = time > use->end ? time : use->end;
        return use;
    }
    use = vec_add(&c->uses);
    if (!use)
        return NULL;
    *use = (struct connection_use){.file = file, .next = c->first.v[number], .end = time};
    c->first.v[number] = (uint32_t)(c->uses.n - 1);
    return use;
}

int connections_range(struct connections *c, const struct net_addr *src,
                      const struct net_addr *dst, uint32_t file,
                      const struct connection_range *range)
{
    struct connection_use *use = connections_use(c, src, dst, file, range->time);

    return use ? connections_add_range(use, src, dst, range) : -ENOMEM;
}

int connections_add_range(struct connection_use *use, const struct net_addr *src,
                          const struct net_addr *dst, const struct connection_range *range)
{
    unsigned way = !is_low(src, dst);
    struct connection_range *slot;

    if (use->ranges[way].n) {
        slot = &use->ranges[way].v[use->ranges[way].n - 1];
        if (!range->octets && slot->to == range->from && range->time - slot->begun < TOGETHER) {
            slot->to = range->to;
            slot->time = range->time;
            return 0;
        }
    }
    slot = vec_add(&use->ranges[way]);
    if (!slot)
        return -ENOMEM;
    *slot = *range;
    slot->begun = range->time;
    return 0;
}

const struct connection_use *connections_first(const struct connections *c,
                                               const struct net_addr *src,
                                               const struct net_addr *dst)
{
    struct connection_key key = key_of(src, dst);
    uint32_t number = find(c, &key, hash_of(c, &key));

    if (number == NO_USE || c->first.v[number] == NO_USE)
        return NULL;
    return &c->uses.v[c->first.v[number]];
}

const struct connection_use *connections_next(const struct connections *c,
                                              const struct connection_use *use)
{
    return use->next == NO_USE ? NULL : &c->uses.v[use->next];
}

static bool is_in(const struct connection_range *r, uint32_t sequence, uint32_t n)
{
    return (int32_t)(sequence - r->to) < 0 && (int32_t)(r->from - (sequence + n)) < 0;
}

/* The first range that was whole at that time or later. */
static size_t first_since(const struct connection_use *use, unsigned way, int64_t time)
{
    size_t low = 0, high = use->ranges[way].n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (use->ranges[way].v[middle].time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_near(const struct connection_use *use, unsigned way, size_t i, int64_t time)
{
    return i < use->ranges[way].n && use->ranges[way].v[i].time >= time - AROUND &&
           use->ranges[way].v[i].time <= time + AROUND;
}

/* A segment's octets are in what was whole next; those of one sent again, before.
 * Sequence numbers are used again, by later connections and after 4 GB. */
static bool is_wanted(const struct connection_use *use, unsigned way, uint32_t sequence,
                      uint32_t n, int64_t time)
{
    const struct connection_range *ranges = use->ranges[way].v;
    size_t at = first_since(use, way, time);

    for (size_t i = at; i < at + MOST_LOOKED_AT && is_near(use, way, i, time); i++)
        if (is_in(&ranges[i], sequence, n))
            return true;
    for (size_t i = at; i > 0 && at - i < MOST_LOOKED_AT && is_near(use, way, i - 1, time); i--)
        if (is_in(&ranges[i - 1], sequence, n))
            return true;
    return false;
}

static void put_range(const struct connection_range *r, uint32_t sequence, uint8_t *octets,
                      uint32_t n)
{
    uint32_t from = (int32_t)(r->from - sequence) > 0 ? r->from : sequence;
    uint32_t to = (int32_t)(r->to - (sequence + n)) < 0 ? r->to : sequence + n;

    memcpy(octets + (from - sequence), r->octets + (from - r->from), to - from);
}

bool connection_octets(const struct connection_use *use, const struct net_addr *src,
                       const struct net_addr *dst, uint32_t sequence, uint8_t *octets, uint32_t n,
                       int64_t time)
{
    unsigned way = !is_low(src, dst);
    const struct connection_range *ranges = use->ranges[way].v;
    size_t at = first_since(use, way, time);
    bool any = false;

    for (size_t i = at; i > 0 && at - i < MOST_LOOKED_AT && is_near(use, way, i - 1, time); i--)
        if (ranges[i - 1].octets && is_in(&ranges[i - 1], sequence, n)) {
            put_range(&ranges[i - 1], sequence, octets, n);
            any = true;
        }
    for (size_t i = at; i < at + MOST_LOOKED_AT && is_near(use, way, i, time); i++)
        if (ranges[i].octets && is_in(&ranges[i], sequence, n)) {
            put_range(&ranges[i], sequence, octets, n);
            any = true;
        }
    return any;
}

bool connection_covers(const struct connection_use *use, const struct net_addr *src,
                       const struct net_addr *dst, uint32_t sequence, uint32_t n, int64_t time)
{
    return is_wanted(use, !is_low(src, dst), sequence, n, time);
}

static bool is_around(const struct connection_use *use, int64_t time)
{
    for (unsigned way = 0; way < 2; way++) {
        size_t at = first_since(use, way, time);

        if (is_near(use, way, at, time) || (at && is_near(use, way, at - 1, time)))
            return true;
    }
    return false;
}

enum connection_want connection_wants(const struct connection_use *use,
                                      const struct net_addr *src, const struct net_addr *dst,
                                      uint32_t sequence, uint32_t n, int64_t time)
{
    if (use->whole)
        return time <= use->end + AROUND ? CONNECTION_SEGMENT : CONNECTION_NOTHING;
    if (n && is_wanted(use, !is_low(src, dst), sequence, n, time))
        return CONNECTION_SEGMENT;
    if (!is_around(use, time))
        return CONNECTION_NOTHING;
    return n ? CONNECTION_HEADERS : CONNECTION_SEGMENT;
}
