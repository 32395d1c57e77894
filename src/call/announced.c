/* Which call a stream is of, by the addresses that session descriptions announced. */
#include "call/table.h"

const struct announcement *call_announced(const struct call_table *table,
                                          const struct net_addr *addr)
{
    const struct media_addr *entry = media_find(&table->media, table->seed, addr);

    return entry && entry->count ? media_newest(entry) : NULL;
}

void call_ask_for_announced(const struct call_table *table, const struct net_addr *dst)
{
    media_ask_for(&table->media, table->seed, dst);
}

/* How well the announcement fits a stream of that time: 0 is within the call,
 * else how far away it is. */
static int64_t distance(const struct call_table *table, const struct announcement *a, int64_t start,
                        int64_t end)
{
    const struct call *call = table->calls.v[a->call];

    if (end < call->start)
        return call->start - end;
    if (start > call->end)
        return start - call->end;
    return 0;
}

/* How many announcements around a stream's start are weighed. */
enum { NEIGHBOURS = 16 };

/* The last announcement at or before `time`, 0 when all are later. */
static size_t last_before(const struct announcement *v, size_t n, int64_t time)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (v[middle].time <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : 0;
}

static const struct announcement *
best_of(const struct call_table *table, const struct media_addr *entry, int64_t start, int64_t end)
{
    const struct announcement *v = media_announcements(entry), *best;
    size_t at = last_before(v, entry->count, start);
    size_t from = at > NEIGHBOURS ? at - NEIGHBOURS : 0;
    size_t to = entry->count - at > NEIGHBOURS ? at + NEIGHBOURS : entry->count;
    int64_t least;

    best = &v[at];
    least = distance(table, best, start, end);
    for (size_t i = from; least > 0 && i < to; i++) {
        int64_t away = distance(table, &v[i], start, end);

        if (away < least) {
            least = away;
            best = &v[i];
        }
    }
    return best;
}

static const struct announcement *best_for(const struct call_table *table,
                                           const struct net_addr *addr, int64_t start, int64_t end)
{
    const struct media_addr *entry = media_find(&table->media, table->seed, addr);

    if (!entry || !entry->count)
        return NULL;
    return entry->count == 1 ? media_announcements(entry) : best_of(table, entry, start, end);
}

uint32_t call_of_stream(const struct call_table *table, const struct net_addr *src,
                        const struct net_addr *dst, int64_t start, int64_t end, enum call_side *to)
{
    const struct announcement *a = best_for(table, dst, start, end);

    if (a) {
        *to = a->side;
        return a->call;
    }
    /* Symmetric RTP: who announced the source sends from there (RFC 4961). */
    a = best_for(table, src, start, end);
    if (!a)
        return CALL_NONE;
    *to = a->side == SIDE_CALLER ? SIDE_CALLEE : SIDE_CALLER;
    return a->call;
}
