/* Owns the IP packets that wait for the rest of their fragments.
 *
 * Pieces may come in any order, twice, or overlap: of overlapping octets the
 * first that came stand (as most hosts and Wireshark have it).  The table is
 * small and bounded: the packet that waited longest makes room.  Where only
 * the beginning came it is handed over cut short, because the headers of a SIP
 * message are worth having without its body. */
#include "net/fragment.h"

#include <stdlib.h>

enum {
    SLOTS = 256,          /* packets that wait at once */
    MAX_PAYLOAD = 65535,
    GRAIN = 8,            /* fragments lie on multiples of 8 octets */
    MAX_RANGES = 64,      /* runs of octets that were captured */
};
static const int64_t PATIENCE = 30 * (int64_t)1000000000;

struct range {
    uint32_t from, to;
};

struct pending {
    bool used;
    struct net_addr src, dst;
    uint32_t id;
    uint8_t protocol;
    uint64_t age;            /* order of arrival, for making room */
    int64_t time;            /* of the last piece */
    uint32_t total;          /* octets in all, 0: the last piece has not come */
    uint32_t ip_bytes, link_bytes;
    struct decoded last;     /* lengths and addresses of the newest piece */
    struct packet packet;    /* that it came in */
    unsigned range_count;
    struct range ranges[MAX_RANGES]; /* sorted, not touching */
    uint32_t room;
    uint8_t *data;
};

struct fragments {
    uint64_t clock;
    struct pending slots[SLOTS];
};

struct fragments *fragments_new(void)
{
    return calloc(1, sizeof(struct fragments));
}

void fragments_free(struct fragments *f)
{
    if (!f)
        return;
    for (unsigned i = 0; i < SLOTS; i++)
        free(f->slots[i].data);
    free(f);
}

static void hand_over(struct pending *p, fragments_done *done, void *ctx)
{
    struct decoded whole = p->last;
    uint32_t have = p->range_count && p->ranges[0].from == 0 ? p->ranges[0].to : 0;

    whole.protocol = p->protocol;
    whole.datagram.packet = &p->packet;
    whole.datagram.ip_bytes = p->ip_bytes;
    whole.datagram.link_bytes = p->link_bytes;
    whole.datagram.stable = false;
    if (have)
        done(ctx, &whole, p->data, have, p->total > have ? p->total : have);
    p->used = false;
}

static bool is_same(const struct pending *p, const struct decoded *piece)
{
    return p->used && p->id == piece->fragment_id && p->protocol == piece->protocol &&
           addr_eq(&p->src, &piece->datagram.src) && addr_eq(&p->dst, &piece->datagram.dst);
}

static struct pending *slot_for(struct fragments *f, const struct decoded *piece,
                                fragments_done *done, void *ctx)
{
    struct pending *best = &f->slots[0];

    for (unsigned i = 0; i < SLOTS; i++) {
        struct pending *p = &f->slots[i];

        if (p->used && piece->datagram.packet->time - p->time > PATIENCE)
            hand_over(p, done, ctx);
        if (is_same(p, piece))
            return p;
        if (!p->used ? best->used : best->used && p->age < best->age)
            best = p;
    }
    if (best->used)
        hand_over(best, done, ctx);
    best->used = true;
    best->src = piece->datagram.src;
    best->dst = piece->datagram.dst;
    best->id = piece->fragment_id;
    best->protocol = piece->protocol;
    best->age = ++f->clock;
    best->total = best->ip_bytes = best->link_bytes = 0;
    best->range_count = 0;
    return best;
}

/* Copies what is new of the piece: octets that were there already stand. */
static void copy_new(struct pending *p, const uint8_t *data, uint32_t from, uint32_t to)
{
    uint32_t at = from;

    for (unsigned i = 0; i < p->range_count && at < to; i++) {
        const struct range *r = &p->ranges[i];

        if (r->to <= at)
            continue;
        if (r->from > at) {
            uint32_t end = r->from < to ? r->from : to;

            memcpy(p->data + at, data + (at - from), end - at);
        }
        if (r->to > at)
            at = r->to;
    }
    if (at < to)
        memcpy(p->data + at, data + (at - from), to - at);
}

static void add_range(struct pending *p, uint32_t from, uint32_t to)
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
        return; /* more holes than a sane sender makes */
    memmove(&p->ranges[first + 1], &p->ranges[last],
            (p->range_count - last) * sizeof p->ranges[0]);
    p->range_count = p->range_count - (last - first) + 1;
    p->ranges[first] = (struct range){from, to};
}

static bool make_room(struct pending *p, uint32_t n)
{
    uint32_t room = p->room ? p->room : 4096;
    uint8_t *grown;

    if (n <= p->room)
        return true;
    while (room < n)
        room *= 2;
    grown = realloc(p->data, room);
    if (!grown)
        return false;
    p->data = grown;
    p->room = room;
    return true;
}

void fragments_add(struct fragments *f, const struct decoded *piece, fragments_done *done,
                   void *ctx)
{
    const struct datagram *d = &piece->datagram;
    uint32_t to = piece->fragment_at + d->caplen;
    struct pending *p;

    if (piece->fragment_at + d->len > MAX_PAYLOAD || (piece->fragment_more && d->len % GRAIN))
        return; /* cannot be part of an IP packet (RFC 791 §3.2) */
    p = slot_for(f, piece, done, ctx);
    if (!make_room(p, to ? to : 1)) {
        p->used = false;
        return;
    }
    if (d->caplen) {
        copy_new(p, d->data, piece->fragment_at, to);
        add_range(p, piece->fragment_at, to);
    }
    p->time = d->packet->time;
    p->last = *piece;
    p->packet = *d->packet;
    p->ip_bytes += d->ip_bytes;
    p->link_bytes += d->link_bytes;
    if (!piece->fragment_more)
        p->total = piece->fragment_at + d->len;
    if (p->total && p->range_count == 1 && !p->ranges[0].from && p->ranges[0].to >= p->total)
        hand_over(p, done, ctx);
}

void fragments_flush(struct fragments *f, fragments_done *done, void *ctx)
{
    for (;;) {
        struct pending *oldest = NULL;

        for (unsigned i = 0; i < SLOTS; i++)
            if (f->slots[i].used && (!oldest || f->slots[i].age < oldest->age))
                oldest = &f->slots[i];
        if (!oldest)
            return;
        hand_over(oldest, done, ctx);
    }
}
