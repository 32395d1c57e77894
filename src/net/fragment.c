/* Owns the IP packets that wait for the rest of their fragments.
 *
 * Pieces may come in any order, twice, or overlap: of overlapping octets the
 * first that came stand.  The end is where the first last piece says, and what
 * lies behind it is ignored.  How many wait, and with how many octets, is
 * bounded: the packet that began to wait first is let go.  Where only the
 * beginning came it is handed over cut short, so that it can be said what is
 * missing.  A piece that comes once more after its packet was whole (two taps) is
 * no sign of another packet. */
#include "net/fragment.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/table.h"
#include "base/vec.h"
#include "net/lru.h"

enum {
    SLOTS = 1024,                 /* packets that wait at once */
    MAX_OCTETS = 8 * 1024 * 1024, /* in all of them */
    MAX_PAYLOAD = 65535,
    GRAIN = 8,       /* fragments lie on multiples of 8 octets */
    MAX_RANGES = 32, /* runs of octets with holes between them */
    WHOLE = 1024,    /* packets remembered that were whole */
    MAX_FRAMES = 512, /* noted of a packet */
    FIRST_ROOM = 4096,
};

/* Fragments leave their sender back to back.  A host waits for 15 to 60 s, but
 * the sooner a message that lost a piece is seen, the better is its place. */
static const int64_t PATIENCE = 2 * (int64_t)1000000000;

struct range {
    uint32_t from, to;
};

struct pending {
    uint8_t protocol; /* by the piece that came first, then at offset 0 */
    uint32_t id;
    struct net_addr src, dst;
    uint64_t hash;
    uint32_t next_free;
    int64_t time;   /* of the first piece */
    bool ends;      /* total is known */
    uint32_t total; /* octets in all */
    uint32_t cut;   /* from here on some were not captured */
    uint32_t ip_bytes, link_bytes;
    struct decoded last;  /* the newest piece */
    struct packet packet; /* that it came in */
    unsigned range_count;
    struct range ranges[MAX_RANGES]; /* on the wire: sorted, not touching */
    uint32_t room;
    uint8_t *data;
    VEC(uint64_t) frames; /* of its pieces, if they are wanted */
};

struct fragments {
    uint64_t seed;
    struct table table;
    struct lru order;   /* by arrival of the first piece */
    uint32_t next_free; /* the first of the slots given back, linked */
    uint32_t fresh;     /* how many were ever used */
    uint32_t waiting;
    size_t octets;        /* room of all that wait */
    struct packet packet; /* of what was handed over last */
    uint8_t *handed;      /* its octets */
    bool note_frames;
    VEC(uint64_t) handed_frames;
    struct {
        uint64_t name; /* 0: none */
        int64_t time;
    } whole[WHOLE]; /* the last of each slot that was whole */
    struct pending slots[SLOTS];
};

struct fragments *fragments_new(bool frames)
{
    struct fragments *f = calloc(1, sizeof *f);

    if (!f)
        return NULL;
    f->seed = hash_seed();
    f->note_frames = frames;
    f->next_free = LRU_NONE;
    lru_init(&f->order);
    if (!lru_reserve(&f->order, SLOTS)) {
        free(f);
        return NULL;
    }
    return f;
}

void fragments_free(struct fragments *f)
{
    if (!f)
        return;
    for (uint32_t i = 0; i < f->fresh; i++) {
        free(f->slots[i].data);
        vec_free(&f->slots[i].frames);
    }
    vec_free(&f->handed_frames);
    free(f->handed);
    table_free(&f->table);
    lru_free(&f->order);
    free(f);
}

static uint64_t hash_of(const struct fragments *f, const struct decoded *piece)
{
    const struct datagram *d = &piece->datagram;
    uint64_t h = hash_u64(f->seed, piece->fragment_id);

    h = hash_bytes(h, d->src.ip, sizeof d->src.ip);
    return hash_bytes(h, d->dst.ip, sizeof d->dst.ip);
}

/* IPv6 knows a packet by addresses and identification, IPv4 by the protocol as
 * well.  Ports are zero: a fragment's addresses have none. */
static bool is_same(const struct pending *p, const struct decoded *piece)
{
    const struct datagram *d = &piece->datagram;

    return p->id == piece->fragment_id && addr_same_ip(&p->src, &d->src) &&
           addr_same_ip(&p->dst, &d->dst) &&
           (p->src.family == NET_IP6 || p->protocol == piece->protocol);
}

static void release(struct fragments *f, uint32_t i)
{
    struct pending *p = &f->slots[i];

    table_remove(&f->table, p->hash, i);
    lru_remove(&f->order, i);
    f->octets -= p->room;
    free(p->data);
    vec_free(&p->frames);
    *p = (struct pending){.next_free = f->next_free};
    f->next_free = i;
    f->waiting--;
}

/* Octets at the beginning without a hole, by the wire. */
static uint32_t beginning(const struct pending *p)
{
    return p->range_count && p->ranges[0].from == 0 ? p->ranges[0].to : 0;
}

static bool is_complete(const struct pending *p)
{
    return p->ends && beginning(p) >= p->total;
}

/* A packet's name, the same at every run: what is remembered decides what is
 * said. */
static uint64_t name_of(const struct pending *p)
{
    uint64_t h = hash_u64(p->protocol, p->id);

    h = hash_bytes(h, p->src.ip, sizeof p->src.ip);
    return hash_bytes(h, p->dst.ip, sizeof p->dst.ip) | 1;
}

static void remember_whole(struct fragments *f, const struct pending *p)
{
    uint64_t name = name_of(p);

    f->whole[name / 2 % WHOLE].name = name;
    f->whole[name / 2 % WHOLE].time = p->packet.time;
}

/* Whether the packet was whole shortly before. */
static bool was_whole(const struct fragments *f, const struct pending *p)
{
    uint64_t name = name_of(p);

    return f->whole[name / 2 % WHOLE].name == name &&
           p->time - f->whole[name / 2 % WHOLE].time <= PATIENCE;
}

/* Gives the packet away with its octets and frees the slot. */
static void hand_over(struct fragments *f, uint32_t i, struct decoded *whole)
{
    struct pending *p = &f->slots[i];
    struct datagram *d = &whole->datagram;
    uint32_t have = beginning(p);
    uint32_t end = p->range_count ? p->ranges[p->range_count - 1].to : 0;

    if (p->ends && have > p->total)
        have = p->total;
    *whole = p->last;
    f->packet = p->packet;
    whole->protocol = p->protocol;
    d->packet = &f->packet;
    d->ip_bytes = p->ip_bytes;
    d->link_bytes = p->link_bytes;
    d->stable = false;
    d->data = p->data;
    d->caplen = have < p->cut ? have : p->cut;
    /* Without the last piece: there is more, of unknown length. */
    d->len = p->ends ? p->total : end > have ? end : have + 1;
    free(f->handed);
    f->handed = p->data;
    p->data = NULL;
    vec_free(&f->handed_frames);
    f->handed_frames.v = p->frames.v;
    f->handed_frames.n = p->frames.n;
    f->handed_frames.room = p->frames.room;
    p->frames.v = NULL;
    release(f, i);
}

/* As hand_over; false, and nothing given, of a packet that was whole before. */
static bool let_go(struct fragments *f, uint32_t i, struct decoded *whole)
{
    if (was_whole(f, &f->slots[i])) {
        release(f, i);
        return false;
    }
    hand_over(f, i, whole);
    f->packet.data = NULL; /* long gone, if it does not stay */
    f->packet.caplen = 0;
    return true;
}

static uint32_t find(const struct fragments *f, uint64_t hash, const struct decoded *piece)
{
    struct table_walk walk = table_walk(&f->table, hash);
    uint32_t i;

    while (table_next(&walk, &i))
        if (is_same(&f->slots[i], piece))
            return i;
    return LRU_NONE;
}

static uint32_t begin(struct fragments *f, uint64_t hash, const struct decoded *piece)
{
    uint32_t i = f->next_free != LRU_NONE ? f->next_free : f->fresh;
    struct pending *p = &f->slots[i];

    if (i == SLOTS || table_put(&f->table, hash, i))
        return LRU_NONE;
    if (i == f->next_free)
        f->next_free = p->next_free;
    else
        f->fresh++;
    *p = (struct pending){.protocol = piece->protocol,
                          .id = piece->fragment_id,
                          .src = piece->datagram.src,
                          .dst = piece->datagram.dst,
                          .hash = hash,
                          .cut = UINT32_MAX,
                          .time = piece->datagram.packet->time};
    lru_add(&f->order, i);
    f->waiting++;
    return i;
}

static bool make_room(struct fragments *f, struct pending *p, uint32_t n)
{
    uint32_t room = p->room ? p->room : FIRST_ROOM;
    uint8_t *grown;

    if (n <= p->room)
        return true;
    while (room < n)
        room *= 2;
    grown = realloc(p->data, room);
    if (!grown)
        return false;
    f->octets += room - p->room;
    p->data = grown;
    p->room = room;
    return true;
}

/* Copies what is new of the piece, octets that were there already stand, and
 * returns how many were new.  Of `to - from` octets `captured` are there. */
static uint32_t copy_new(struct pending *p, const uint8_t *data, uint32_t from, uint32_t captured,
                         uint32_t to)
{
    uint32_t at = from, news = 0;

    for (unsigned i = 0; i <= p->range_count && at < to; i++) {
        bool behind = i == p->range_count; /* all ranges */
        uint32_t end = behind || p->ranges[i].from > to ? to : p->ranges[i].from;

        if (end > at) {
            uint32_t copied = end < from + captured ? end : from + captured;

            if (copied > at)
                memcpy(p->data + at, data + (at - from), copied - at);
            news += end - at;
        }
        if (!behind && p->ranges[i].to > at)
            at = p->ranges[i].to;
    }
    return news;
}

/* False when there would be more holes than a sane sender makes. */
static bool add_range(struct pending *p, uint32_t from, uint32_t to)
{
    unsigned first = 0, last;

    while (first < p->range_count && p->ranges[first].to < from)
        first++;
    for (last = first; last < p->range_count && p->ranges[last].from <= to; last++) {
        if (p->ranges[last].from < from)
            from = p->ranges[last].from;
        if (p->ranges[last].to > to)
            to = p->ranges[last].to;
    }
    if (last == first && p->range_count == MAX_RANGES)
        return false;
    memmove(&p->ranges[first + 1], &p->ranges[last], (p->range_count - last) * sizeof p->ranges[0]);
    p->range_count = p->range_count - (last - first) + 1;
    p->ranges[first] = (struct range){from, to};
    return true;
}

/* Puts the piece's octets in their place; false when it added nothing. */
static bool put(struct fragments *f, struct pending *p, const struct decoded *piece)
{
    const struct datagram *d = &piece->datagram;
    uint32_t from = piece->fragment_at, to = from + d->len;
    bool news = false;

    if (!piece->fragment_more && !p->ends) {
        p->ends = news = true;
        p->total = to;
    }
    if (from == 0)
        p->protocol = piece->protocol;
    if (from == to || !make_room(f, p, from + d->caplen))
        return news;
    news |= copy_new(p, d->data, from, d->caplen, to) > 0 && add_range(p, from, to);
    if (d->caplen < d->len && from + d->caplen < p->cut)
        p->cut = from + d->caplen;
    return news;
}

/* A piece that adds nothing is noted, too: it was sent. */
static void note_frame(struct fragments *f, struct pending *p, uint64_t frame)
{
    uint64_t *slot = f->note_frames && p->frames.n < MAX_FRAMES ? vec_add(&p->frames) : NULL;

    if (slot)
        *slot = frame;
}

bool fragments_add(struct fragments *f, const struct decoded *piece, struct decoded *whole)
{
    const struct datagram *d = &piece->datagram;
    uint64_t hash;
    uint32_t i;
    struct pending *p;

    if (d->len > MAX_PAYLOAD || piece->fragment_at + d->len > MAX_PAYLOAD ||
        (piece->fragment_more && d->len % GRAIN))
        return false; /* cannot be part of an IP packet (RFC 791 §3.2) */
    hash = hash_of(f, piece);
    i = find(f, hash, piece);
    if (i == LRU_NONE)
        i = begin(f, hash, piece);
    if (i == LRU_NONE)
        return false;
    p = &f->slots[i];
    note_frame(f, p, d->packet->frame);
    if (!put(f, p, piece))
        return false; /* a duplicate */
    p->last = *piece;
    p->packet = *d->packet;
    p->ip_bytes += d->ip_bytes;
    p->link_bytes += d->link_bytes;
    if (!is_complete(p))
        return false;
    remember_whole(f, p);
    hand_over(f, i, whole);
    return true;
}

size_t fragments_frames(const struct fragments *f, const uint64_t **frames)
{
    *frames = f->handed_frames.v;
    return f->handed_frames.n;
}

int64_t fragments_deadline(const struct fragments *f)
{
    return f->order.oldest == LRU_NONE ? INT64_MAX : f->slots[f->order.oldest].time + PATIENCE;
}

bool fragments_expire(struct fragments *f, int64_t now, struct decoded *whole)
{
    while (f->order.oldest != LRU_NONE &&
           (now > fragments_deadline(f) || f->waiting == SLOTS || f->octets > MAX_OCTETS))
        if (let_go(f, f->order.oldest, whole))
            return true;
    return false;
}

bool fragments_flush(struct fragments *f, struct decoded *whole)
{
    while (f->order.oldest != LRU_NONE)
        if (let_go(f, f->order.oldest, whole))
            return true;
    return false;
}
