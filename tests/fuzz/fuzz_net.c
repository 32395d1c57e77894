/* Packets of any link type, one after another, through all that net/ has.
 *
 * Input: an octet for the consumer's ways, then packets: link type (16 bits,
 * or the number of a row of the table), milliseconds since the last, octets
 * not captured, length (16 bits), octets. */
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "net/layer.h"
#include "net/plain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct consumer {
    unsigned ways;
    uint64_t sum; /* so that every octet is looked at */
};

static void look(struct consumer *c, const struct datagram *d)
{
    char text[ADDR_TEXT];

    if (d->caplen > d->len || !d->packet)
        abort();
    for (uint32_t i = 0; i < d->caplen; i++)
        c->sum += d->data[i];
    c->sum += strlen(addr_text(&d->src, text)) + strlen(addr_text(&d->dst, text));
    c->sum += (uint64_t)d->packet->time + d->packet->frame;
    c->sum += strlen(net_transport_name(d->transport));
}

static void on_datagram(void *ctx, const struct datagram *d)
{
    look(ctx, d);
}

static size_t on_stream(void *ctx, const struct datagram *run, bool last)
{
    struct consumer *c = ctx;

    look(c, run);
    if (!run->caplen)
        abort();
    if (c->ways & 1 || last)
        return run->caplen;
    return c->ways & 2 ? 0 : run->data[0] % (run->caplen + 1);
}

static void on_icmp(void *ctx, const struct net_icmp *icmp)
{
    look(ctx, icmp->quoted);
}

static uint32_t link_of(uint16_t number)
{
    static const uint32_t usual[] = {1, 113, 276, 101, 0, 228, 229, 108, 9, 50, 51, 104, 105, 107};

    if (number & 0x8000)
        return usual[(number & 0x7fff) % (sizeof usual / sizeof usual[0])];
    return number;
}

static bool next_packet(struct cursor *at, struct packet *packet)
{
    const uint8_t *head = cursor_take(at, 6);
    uint32_t n;

    if (!head)
        return false;
    n = be16(head + 4);
    if (n > at->left)
        n = (uint32_t)at->left;
    packet->link = link_of(be16(head));
    packet->time += head[2] * (int64_t)1000000;
    packet->caplen = n;
    packet->len = n + head[3];
    packet->frame++;
    packet->data = cursor_take(at, n);
    return true;
}

/* The short way for plain media must say what the general one says. */
static void compare_ways(const struct packet *packet)
{
    struct decoded decoded;
    struct datagram plain;

    if (!net_plain_datagram(packet, &plain))
        return;
    net_decode(packet, &decoded);
    if (decoded.kind != DECODED_DATAGRAM || !addr_eq(&plain.src, &decoded.datagram.src) ||
        !addr_eq(&plain.dst, &decoded.datagram.dst) || plain.data != decoded.datagram.data ||
        plain.caplen != decoded.datagram.caplen || plain.len != decoded.datagram.len ||
        plain.ip_bytes != decoded.datagram.ip_bytes)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor at = cursor_make(data, size);
    struct consumer consumer = {0};
    struct net_sink sink = {
        .ctx = &consumer, .datagram = on_datagram, .stream = on_stream, .icmp = on_icmp};
    struct packet packet = {0};
    struct net *net;
    uint8_t ways = 0;

    cursor_u8(&at, &ways);
    consumer.ways = ways;
    net = net_new(&sink);
    if (!net)
        return 0;
    while (next_packet(&at, &packet)) {
        /* A block of its own, gone before the next. */
        uint8_t *block = malloc(packet.caplen ? packet.caplen : 1);

        if (packet.caplen)
            memcpy(block, packet.data, packet.caplen);
        packet.data = block;
        compare_ways(&packet);
        net_packet(net, &packet);
        free(block);
    }
    net_flush(net);
    net_free(net);
    return 0;
}
