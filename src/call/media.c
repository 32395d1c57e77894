/* Owns the announcements of media addresses and the payload type maps. */
#include "call/media.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"
#include "call/call.h"

enum { FEW = 4 }; /* maps that are looked through before the table is */

static uint64_t addr_hash(uint64_t seed, const struct net_addr *addr)
{
    return hash_bytes(seed, addr, sizeof *addr);
}

static uint64_t map_hash(uint64_t seed, const struct sdp_media *section)
{
    uint64_t h = hash_bytes(seed, section->type.p, section->type.n);

    h = hash_u64(h, (uint64_t)section->ptime << 3 | sdp_exchange(section) * 2u | section->secure);
    h = hash_u64(h, section->fax_version * 2u | section->udptl);
    for (unsigned i = 0; i < section->format_count; i++) {
        const struct sdp_format *f = &section->formats[i];

        h = hash_bytes(h, f->codec.p, f->codec.n);
        h = hash_u64(h, (uint64_t)f->clock_rate << 16 | (uint8_t)f->pt);
    }
    return h;
}

static bool is_format(const struct sdp_format *f)
{
    return f->pt >= 0 && f->pt < 128;
}

static unsigned formats_in(const struct sdp_media *section)
{
    unsigned n = 0;

    for (unsigned i = 0; i < section->format_count; i++)
        n += is_format(&section->formats[i]);
    return n;
}

static bool map_says(const struct rtp_map *map, const struct sdp_media *section)
{
    unsigned n = 0;

    if (map->count != formats_in(section) || map->ptime != section->ptime ||
        map->secure != section->secure || map->exchange != sdp_exchange(section) ||
        map->udptl != section->udptl || map->fax_version != (uint8_t)section->fax_version ||
        !slice_eq(map->media, section->type))
        return false;
    for (unsigned i = 0; i < section->format_count; i++) {
        const struct sdp_format *f = &section->formats[i];

        if (!is_format(f))
            continue;
        if (map->formats[n].pt != f->pt || map->formats[n].clock_rate != f->clock_rate ||
            !slice_eq(map->formats[n].codec, f->codec))
            return false;
        n++;
    }
    return true;
}

static struct rtp_map *make_map(struct arena *arena, const struct sdp_media *section)
{
    unsigned count = formats_in(section);
    struct rtp_map *map = arena_alloc(arena, sizeof *map + count * sizeof map->formats[0]);
    unsigned n = 0;

    if (!map)
        return NULL;
    map->media = arena_dup(arena, section->type);
    map->ptime = section->ptime;
    map->secure = section->secure;
    map->exchange = (uint8_t)sdp_exchange(section);
    map->udptl = section->udptl;
    map->fax_version = (uint8_t)section->fax_version;
    map->count = count;
    for (unsigned i = 0; i < section->format_count; i++) {
        const struct sdp_format *f = &section->formats[i];

        if (!is_format(f))
            continue;
        map->formats[n].pt = (uint8_t)f->pt;
        map->formats[n].event = slice_ieq(f->codec, SLICE("telephone-event"));
        map->formats[n].clock_rate = f->clock_rate;
        map->formats[n].codec = arena_dup(arena, f->codec);
        n++;
    }
    return map;
}

/* Calls of one network offer the same few lists of codecs: each is kept once. */
static const struct rtp_map *intern_map(struct media_table *media, uint64_t seed,
                                        const struct sdp_media *section)
{
    const struct rtp_map **slot;
    struct table_walk walk;
    struct rtp_map *map;
    uint64_t hash;
    uint32_t i;

    for (i = 0; i < FEW && i < media->maps.n; i++)
        if (map_says(media->maps.v[i], section))
            return media->maps.v[i];
    hash = map_hash(seed, section);
    walk = table_walk(&media->by_map, hash);
    while (table_next(&walk, &i))
        if (map_says(media->maps.v[i], section))
            return media->maps.v[i];
    map = make_map(&media->arena, section);
    slot = map ? vec_add(&media->maps) : NULL;
    if (!slot)
        return NULL;
    *slot = map;
    return table_put(&media->by_map, hash, (uint32_t)(media->maps.n - 1)) == 0 ? map : NULL;
}

static struct media_addr *find(const struct media_table *media, uint64_t hash,
                               const struct net_addr *addr)
{
    struct table_walk walk = table_walk(&media->by_addr, hash);
    uint32_t i;

    while (table_next(&walk, &i))
        if (addr_eq(&media->addrs.v[i].addr, addr))
            return &media->addrs.v[i];
    return NULL;
}

static struct media_addr *enter(struct media_table *media, uint64_t hash,
                                const struct net_addr *addr)
{
    struct media_addr *entry = vec_add(&media->addrs);

    if (!entry)
        return NULL;
    *entry = (struct media_addr){.addr = *addr};
    if (table_put(&media->by_addr, hash, (uint32_t)(media->addrs.n - 1)) < 0) {
        media->addrs.n--;
        return NULL;
    }
    return entry;
}

static struct announcement *add_to_all(struct media_addr *entry)
{
    struct announcement *all = entry->all;

    if (!vec_reserve((void **)&entry->all, &entry->room, entry->count + (size_t)1, sizeof *all))
        return NULL;
    if (!all)
        entry->all[0] = entry->only;
    return &entry->all[entry->count++];
}

static struct announcement *add_announcement(struct media_addr *entry)
{
    if (entry->count)
        return add_to_all(entry);
    entry->count = 1;
    return &entry->only;
}

static struct announcement *newest(struct media_addr *entry)
{
    return entry->all ? &entry->all[entry->count - 1] : &entry->only;
}

int media_announce(struct media_table *media, uint64_t seed, const struct net_addr *addr,
                   const struct sdp_media *section, uint32_t call, uint8_t side, int64_t time,
                   const struct rtp_map **map)
{
    uint64_t hash = addr_hash(seed, addr);
    struct announcement *last;
    struct media_addr *entry;

    table_prefetch(&media->by_addr, hash);
    *map = intern_map(media, seed, section);
    if (!*map)
        return -ENOMEM;
    entry = find(media, hash, addr);
    if (!entry)
        entry = enter(media, hash, addr);
    if (!entry)
        return -ENOMEM;
    last = newest(entry);
    if (!entry->count || last->call != call || last->side != side) {
        last = add_announcement(entry);
        if (!last)
            return -ENOMEM;
        *last = (struct announcement){.time = time, .call = call, .side = side};
    }
    last->map = *map;
    return 0;
}

int media_enter(struct media_table *media, uint64_t seed, const struct net_addr *addr,
                const struct announcement *announcement, uint32_t call)
{
    uint64_t hash = addr_hash(seed, addr);
    struct media_addr *entry = find(media, hash, addr);
    struct announcement *slot;

    if (!entry)
        entry = enter(media, hash, addr);
    slot = entry ? add_announcement(entry) : NULL;
    if (!slot)
        return -ENOMEM;
    *slot = *announcement;
    slot->call = call;
    return 0;
}

int media_turn_maps(struct media_table *media)
{
    struct media_past *past = vec_add(&media->past);

    if (!past)
        return -ENOMEM;
    *past = (struct media_past){media->arena, media->maps.n};
    media->arena = (struct arena){0};
    media->maps.n = 0;
    table_clear(&media->by_map);
    return 0;
}

void media_forget_maps(struct media_table *media)
{
    arena_free(&media->past.v[0].arena);
    media->past.n--;
    memmove(media->past.v, media->past.v + 1, media->past.n * sizeof *media->past.v);
}

void media_hand_on_maps(struct media_table *from, struct media_table *to)
{
    to->past.v = from->past.v;
    to->past.n = from->past.n;
    to->past.room = from->past.room;
    from->past.v = NULL;
    from->past.n = from->past.room = 0;
    to->arena = from->arena;
    to->by_map = from->by_map;
    to->maps.v = from->maps.v;
    to->maps.n = from->maps.n;
    to->maps.room = from->maps.room;
    from->arena = (struct arena){0};
    from->by_map = (struct table){0};
    from->maps.v = NULL;
    from->maps.n = from->maps.room = 0;
}

void media_ask_for(const struct media_table *media, uint64_t seed, const struct net_addr *addr)
{
    table_prefetch(&media->by_addr, addr_hash(seed, addr));
}

const struct media_addr *media_find(const struct media_table *media, uint64_t seed,
                                    const struct net_addr *addr)
{
    return find(media, addr_hash(seed, addr), addr);
}

void media_free(struct media_table *media)
{
    for (size_t i = 0; i < media->addrs.n; i++)
        vec_release((void **)&media->addrs.v[i].all, media->addrs.v[i].room,
                    sizeof *media->addrs.v[i].all);
    vec_free(&media->addrs);
    vec_free(&media->maps);
    for (size_t i = 0; i < media->past.n; i++)
        arena_free(&media->past.v[i].arena);
    vec_free(&media->past);
    table_free(&media->by_addr);
    table_free(&media->by_map);
    arena_free(&media->arena);
}
