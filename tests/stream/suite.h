/* RTP packets written by tests, and what the tests of streams share. */
#ifndef TESTS_STREAM_SUITE_H
#define TESTS_STREAM_SUITE_H

#include <math.h>
#include <stdlib.h>

#include "stream/stream.h"
#include "support/suite.h"

#define ck_assert_near(x, y) \
    ck_assert_msg(fabs((x) - (y)) < 0.0005, "%s is %.6f, not %.6f", #x, (double)(x), (double)(y))

struct sender {
    struct stream_table *table;
    uint64_t frame;
    uint8_t pt;
    bool marker;
    uint32_t ssrc;
    uint16_t port; /* of the source */
    const uint8_t *payload; /* NULL: 160 zeros */
    size_t payload_n;       /* of it, 500 at most */
    struct stream_figures f;
};

/* One packet with 160 octets of payload, or those of `payload`: at `ms`, numbered,
 * stamped. */
static inline bool rtp(struct sender *s, double ms, unsigned sequence, uint32_t timestamp)
{
    uint8_t octets[512] = {0x80, (uint8_t)(s->pt | (s->marker ? 0x80 : 0))};
    uint32_t n = 12 + (uint32_t)(s->payload ? s->payload_n : 160);
    struct packet packet = {.time = (int64_t)llround(ms * 1e6), .frame = ++s->frame};
    struct datagram d = {.packet = &packet, .data = octets, .caplen = n, .len = n,
                         .ip_bytes = n + 28, .link_bytes = n + 42, .transport = NET_UDP};
    struct stream_look look;

    if (s->payload)
        memcpy(octets + 12, s->payload, s->payload_n);

    octets[2] = (uint8_t)(sequence >> 8);
    octets[3] = (uint8_t)sequence;
    for (unsigned i = 0; i < 4; i++) {
        octets[4 + i] = (uint8_t)(timestamp >> (24 - 8 * i));
        octets[8 + i] = (uint8_t)(s->ssrc >> (24 - 8 * i));
    }
    addr_parse_ip(SLICE("192.0.2.1"), s->port ? s->port : 4000, &d.src);
    addr_parse_ip(SLICE("192.0.2.2"), 5000, &d.dst);
    return stream_look(s->table, &d, &look) && stream_media(s->table, &look);
}

static inline bool any_announced(void *ctx, const struct net_addr *src, const struct net_addr *dst,
                                 const struct rtp_map **map)
{
    (void)src;
    (void)dst;
    *map = ctx;
    return true;
}

/* What an m=audio section maps; the next call overwrites it. */
static inline const struct rtp_map *audio_map(bool secure, unsigned count,
                                              const struct rtp_format *formats)
{
    static _Alignas(struct rtp_map) char room[1024];
    struct rtp_map *map = (struct rtp_map *)room;

    *map = (struct rtp_map){.media = SLICE("audio"), .ptime = 20, .secure = secure, .count = count};
    for (unsigned i = 0; i < count; i++)
        map->formats[i] = formats[i];
    return map;
}

/* A sender whose packets count from the first one on. */
static inline struct sender announced_sender(const struct rtp_map *map)
{
    struct sender s = {.table = stream_table_new(any_announced, (void *)map), .ssrc = 0x1234};

    ck_assert_ptr_nonnull(s.table);
    return s;
}

static inline void finish(struct sender *s)
{
    stream_finish(s->table);
    ck_assert_uint_ge(stream_count(s->table), 1);
    stream_figures(stream_at(s->table, 0), &s->f);
}

#endif
