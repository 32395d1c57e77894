/* Owns what tells a packet that was captured twice (a mirror port, the "any"
 * interface, two taps, overlapping files) from one that was sent twice.
 *
 * Both copies have the same identification, addresses, ports, length and
 * octets, and lie a few milliseconds apart; whoever sends a packet again gives
 * it another identification.  But networks duplicate packets, too, and media
 * figures have to count those.  So a copy of a media packet is one of the
 * capture only where it comes from another file or where many of the packets
 * around it are there twice: no network doubles a quarter of them.
 *
 * The table remembers the last packets of each of its slots: it may miss a
 * copy, but never takes two packets for one. */
#include "net/twin.h"

#include <stdlib.h>

#include "base/hash.h"

enum {
    SLOTS = 4096,
    SAMPLE = 64,     /* octets looked at, at the beginning, middle and end */
    MEDIA_HEAD = 16, /* RTP: sequence number, time stamp and source are in it */
    TICK = 20,       /* bits: about a millisecond */
    NEAR = 5,        /* ticks */
};

struct slot {
    uint32_t tag;  /* of the hash */
    uint16_t tick; /* when */
    uint16_t file;
};

struct twins {
    uint64_t seed;
    uint64_t recent; /* bit n: of the datagrams before, the n-th was there twice */
    unsigned count;  /* of bits that mean something */
    struct slot slots[SLOTS];
};

struct twins *twins_new(void)
{
    struct twins *t = calloc(1, sizeof *t);

    if (t)
        t->seed = hash_seed();
    return t;
}

void twins_free(struct twins *t)
{
    free(t);
}

static bool is_media(const struct datagram *d)
{
    return d->caplen && d->data[0] >> 6 == 2; /* version 2 of RTP and RTCP */
}

static uint64_t hash_octets(uint64_t h, const struct decoded *decoded)
{
    const struct datagram *d = &decoded->datagram;

    if (is_media(d))
        return hash_bytes(h, d->data, d->caplen < MEDIA_HEAD ? d->caplen : MEDIA_HEAD);
    if (d->caplen <= 3 * SAMPLE || !decoded->fragment_id)
        return d->caplen ? hash_bytes(h, d->data, d->caplen) : h;
    h = hash_bytes(h, d->data, SAMPLE);
    h = hash_bytes(h, d->data + d->caplen / 2 - SAMPLE / 2, SAMPLE);
    return hash_bytes(h, d->data + d->caplen - SAMPLE, SAMPLE);
}

static uint64_t hash_of(const struct twins *t, const struct decoded *decoded)
{
    const struct datagram *d = &decoded->datagram;
    uint64_t h = hash_u64(t->seed, (uint64_t)decoded->fragment_id << 32 | d->len);
    size_t n = d->src.family == NET_IP4 ? 4 : 16;

    h = hash_bytes(h, d->src.ip, n);
    h = hash_bytes(h, d->dst.ip, n);
    h = hash_u64(h, (uint32_t)d->src.port << 16 | d->dst.port);
    return hash_octets(h, decoded);
}

static bool are_many_doubled(const struct twins *t)
{
    return (unsigned)__builtin_popcountll(t->recent) * 4 >= t->count;
}

bool twins_note(struct twins *t, const struct decoded *decoded)
{
    const struct packet *packet = decoded->datagram.packet;
    uint64_t hash = hash_of(t, decoded);
    struct slot *slot = &t->slots[hash % SLOTS];
    struct slot now = {.tag = (uint32_t)(hash >> 32),
                       .tick = (uint16_t)((uint64_t)packet->time >> TICK),
                       .file = (uint16_t)packet->file};
    /* Ticks wrap; times may run backwards a little where files are merged. */
    bool again =
        slot->tag == now.tag && (uint16_t)(now.tick - slot->tick + NEAR) <= 2 * NEAR && t->count;
    bool other_file = slot->file != now.file;

    *slot = now;
    t->recent = t->recent << 1 | again;
    if (t->count < 64)
        t->count++;
    return again && (other_file || !is_media(&decoded->datagram) || are_many_doubled(t));
}
