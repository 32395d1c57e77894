/* Arbitrary octets as RTCP about streams that flow, and as telephone events and
 * audio of one: the first octet says which. */
#include <stdlib.h>

#include "rtp/event.h"
#include "rtp/rtcp.h"
#include "stream/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct rtp_map *map;

static void make_map(void)
{
    static const struct rtp_format formats[] = {{0, false, 8000, {"PCMU", 4}},
                                                {101, true, 8000, {"telephone-event", 15}}};

    map = calloc(1, sizeof *map + sizeof formats);
    if (!map)
        abort();
    map->media = SLICE("audio");
    map->count = 2;
    memcpy(map->formats, formats, sizeof formats);
}

static bool announced(void *ctx, const struct net_addr *src, const struct net_addr *dst,
                      const struct rtp_map **out)
{
    (void)ctx;
    (void)src;
    (void)dst;
    *out = map;
    return true;
}

static void media(struct stream_table *table, struct datagram *d, uint8_t pt, uint16_t number,
                  const uint8_t *payload, size_t n)
{
    uint8_t octets[12 + 400] = {0x80, pt, (uint8_t)(number >> 8), (uint8_t)number};
    struct stream_look look;

    n = n < 400 ? n : 400;
    octets[6] = (uint8_t)(number * 160 >> 8);
    octets[7] = (uint8_t)(number * 160);
    octets[11] = 1; /* SSRC */
    if (n)
        memcpy(octets + 12, payload, n);
    d->data = octets;
    d->caplen = d->len = (uint32_t)(12 + n);
    if (stream_look(table, d, &look))
        stream_media(table, &look);
}

/* Everything that a reader of RTCP asks of a packet. */
static void read_all(const uint8_t *data, size_t n)
{
    struct rtcp_walk walk = rtcp_walk(data, n);
    struct rtcp_voip_metrics metrics;
    struct rtcp_sender_info info;
    struct rtcp_report report;
    struct rtcp_packet packet;
    struct rtcp_sources about;
    struct rtcp_block block;
    uint32_t ssrc;

    while (rtcp_next(&walk, &packet)) {
        struct cursor blocks = rtcp_blocks(&packet);
        struct slice name = rtcp_cname(&packet, &ssrc);

        if (name.n && ((const uint8_t *)name.p < data ||
                       (const uint8_t *)name.p + name.n > data + n))
            abort();
        rtcp_sender_info(&packet, &info);
        for (unsigned i = 0; rtcp_report(&packet, i, &report); i++)
            rtcp_sender(&packet, &ssrc);
        if (rtcp_feedback(&packet, &about) >= RTCP_FEEDBACK_KINDS)
            abort();
        while (rtcp_next_source(&about, &ssrc))
            if (about.at.left > n)
                abort();
        while (rtcp_next_block(&blocks, &block))
            rtcp_voip_metrics(&block, &metrics);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct stream_table *table = stream_table_new(announced, NULL);
    struct packet packet = {.frame = 1};
    struct stream_figures f;
    uint16_t number = 0;

    if (!map)
        make_map();
    if (!table)
        return 0;
    read_all(data, n);
    stream_configure(table, &(struct stream_settings){.buffer_ms = 60, .interval = 1000000000});
    while (n > 1) {
        size_t size = data[1] < n - 2 ? data[1] : n - 2;
        struct datagram d = {.packet = &packet, .data = data + 2, .caplen = (uint32_t)size,
                             .len = (uint32_t)size};

        packet.frame++;
        packet.time += 20000000;
        switch (data[0] % 4) {
        case 0: /* from the sender, or to it */
            d.src.port = data[0] & 4 ? 1 : 0;
            if (size >= 8)
                stream_control(table, &d);
            break;
        case 1:
            media(table, &d, 101, ++number, data + 2, size);
            break;
        case 2:
            media(table, &d, 0, ++number, data + 2, size);
            break;
        default:
            number = (uint16_t)(number + data[0] * 97);
            break;
        }
        data += 2 + size;
        n -= 2 + size;
    }
    stream_finish(table);
    for (size_t i = 0; i < stream_count(table); i++)
        stream_figures(stream_at(table, i), &f);
    stream_table_free(table);
    return 0;
}
