/* Owns what tells a packet that was captured twice (a mirror port, the "any"
 * interface, two taps, overlapping files) from one that was sent twice.
 *
 * Both copies have the same identification, addresses, ports, length and
 * octets (those that are compared), and lie a few milliseconds apart.  Whoever sends a message
 * again does so later (RFC 3261 §17: after 500 ms) and in a packet with another identification.
 * RTP is left alone: networks do duplicate packets, and that is what the figures of a stream
 * count (stream/copies.c tells the two apart there).  RTCP is taken for a copy only where it was
 * captured elsewhere.
 *
 * The table remembers one packet a slot: it may miss a copy, but never takes
 * two packets for one. */
#include "net/twin.h"

#include <stdlib.h>

#include "base/hash.h"
#include "net/origin.h"

enum {
    SLOTS = 1024,
    SAMPLE = 64, /* octets at the beginning, middle and end */
};
enum { BEGINNING = 1, MIDDLE, END }; /* where their hashes start from */

static const int64_t NEAR = 5 * (int64_t)1000000;

struct slot {
    uint64_t hash;
    int64_t time;
    struct net_origin origin;
    bool used;
};

/* Which copies push one another out must be the same at every run: the hash has
 * no random seed.  Who makes them collide hides copies of his own packets. */
struct twins {
    struct slot slots[SLOTS];
};

struct twins *twins_new(void)
{
    return calloc(1, sizeof(struct twins));
}

void twins_free(struct twins *t)
{
    free(t);
}

/* With an identification a sample will do.  Its parts need not wait for one another. */
static uint64_t hash_payload(uint64_t h, const struct decoded *decoded)
{
    const uint8_t *data = decoded->datagram.data;
    uint32_t n = decoded->datagram.caplen;

    if (n <= 3 * SAMPLE || !decoded->fragment_id)
        return hash_bytes(h, data, n);
    h = hash_pair(h, hash_bytes(BEGINNING, data, SAMPLE),
                  hash_bytes(MIDDLE, data + n / 2 - SAMPLE / 2, SAMPLE));
    return hash_u64(h, hash_bytes(END, data + n - SAMPLE, SAMPLE));
}

static uint64_t hash_of(const struct decoded *decoded)
{
    const struct datagram *d = &decoded->datagram;
    uint64_t h = hash_u64(0, (uint64_t)decoded->fragment_id << 32 | d->len);

    if (decoded->quoted) /* the error is another packet than the one it quotes */
        h = hash_bytes(h, &decoded->reporter, sizeof decoded->reporter);
    h = hash_bytes(h, &d->src, sizeof d->src);
    h = hash_bytes(h, &d->dst, sizeof d->dst);
    return hash_payload(h, decoded);
}

static bool rtp_version(uint8_t first)
{
    return first >> 6 == 2;
}

static bool is_rtcp(const struct datagram *d)
{
    return d->caplen > 1 && rtp_version(d->data[0]) && d->data[1] >= 192 && d->data[1] <= 223;
}

/* Whether the one before was captured elsewhere. */
static bool is_elsewhere(const struct slot *slot, const struct net_origin *origin)
{
    return slot->origin.tap != origin->tap || slot->origin.link != origin->link;
}

bool twins_note(struct twins *t, const struct decoded *decoded)
{
    const struct datagram *d = &decoded->datagram;
    int64_t time = decoded->timed ? decoded->time : d->packet->time;
    bool rtcp = is_rtcp(d) && !decoded->quoted, again;
    struct net_origin origin = {0};
    struct slot *slot;
    uint64_t hash;

    if (!d->caplen || (rtp_version(d->data[0]) && !rtcp && !decoded->quoted))
        return false;
    if (rtcp)
        origin = net_origin(d->packet, d->ttl);
    hash = hash_of(decoded);
    slot = &t->slots[hash % SLOTS];
    again = slot->used && slot->hash == hash && time - slot->time <= NEAR &&
            slot->time - time <= NEAR && (!rtcp || is_elsewhere(slot, &origin));
    *slot = (struct slot){.hash = hash, .time = time, .origin = origin, .used = true};
    return again;
}
