/* Packets of any link type, anonymized: no octet beyond the packet is touched, and the
 * same packet gives the same one.
 *
 * Input: link type (16 bits, or the number of a row of the table), octets not captured,
 * what it is (a packet, the payload of an IP packet, a message), the octets. */
#include <stdlib.h>
#include <string.h>

#include "anonymize/anonymize.h"
#include "base/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool known(void *ctx, const struct decoded *part, uint8_t *payload)
{
    (void)ctx;
    memset(payload, 'k', part->datagram.caplen);
    return true;
}

static uint32_t link_of(uint16_t number)
{
    static const uint32_t usual[] = {1, 113, 276, 101, 228, 229, 108, 9, 105, 127, 252, 6, 10};

    if (number & 0x8000)
        return usual[(number & 0x7fff) % (sizeof usual / sizeof usual[0])];
    return number;
}

static const uint8_t *change(struct anonymize *a, unsigned what, const struct packet *packet)
{
    struct decoded whole = {.kind = DECODED_FRAGMENT};

    switch (what % 3) {
    case 0:
        return anonymize_packet(a, packet, known, NULL);
    case 1:
        whole.protocol = (uint8_t)(what / 3);
        whole.datagram = (struct datagram){.packet = packet,
                                           .data = packet->data,
                                           .caplen = packet->caplen,
                                           .len = packet->len,
                                           .src.family = what & 0x80 ? NET_IP4 : NET_IP6,
                                           .dst.family = what & 0x80 ? NET_IP4 : NET_IP6};
        return anonymize_whole(a, &whole);
    default:
        return anonymize_message(a, packet->data, packet->caplen);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor at = cursor_make(data, size);
    struct packet packet = {.frame = 1};
    uint8_t missing = 0, what = 0, *block, *first;
    const uint8_t *out;
    uint16_t link = 0;
    struct anonymize a;
    size_t n;

    cursor_u16(&at, &link);
    cursor_u8(&at, &missing);
    cursor_u8(&at, &what);
    n = at.left;
    if (anonymize_init(&a, "key", 3) < 0)
        return 0;
    block = malloc(n ? n : 1);
    first = malloc(n ? n : 1);
    if (n)
        memcpy(block, at.p, n);
    packet.link = link_of(link);
    packet.data = block;
    packet.caplen = (uint32_t)n;
    packet.len = (uint32_t)n + missing;
    out = change(&a, what, &packet);
    if (n)
        memcpy(first, out, n);
    out = change(&a, what, &packet);
    if (n && memcmp(first, out, n) != 0)
        abort();
    if (n && memcmp(block, at.p, n) != 0)
        abort();
    anonymize_free(&a);
    free(block);
    free(first);
    return 0;
}
