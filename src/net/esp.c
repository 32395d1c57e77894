/* ESP (RFC 4303) with null encryption (RFC 2410), in IP and in UDP (RFC 3948).
 *
 * Nothing says that a packet is not encrypted, nor how long its integrity
 * check is.  It is taken as plain where, with one of the usual lengths, padding
 * and next header are as they must be and the packet in it has the length that
 * it says. */
#include "net/layer.h"

static bool is_padding(const uint8_t *end, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (end[-(ptrdiff_t)i - 1] != n - i)
            return false;
    return true;
}

/* Whether the payload is as the next header says; false for what is of no
 * interest. */
static bool fits(const uint8_t *p, size_t n, uint8_t next)
{
    switch (next) {
    case 4:
        return n >= 20 && p[0] >> 4 == 4 && be16(p + 2) == n;
    case 41:
        return n >= 40 && p[0] >> 4 == 6 && be16(p + 4) + 40u == n;
    case 17:
        return n >= 8 && be16(p + 4) == n;
    case 6:
        return n >= 20 && p[12] >> 4 >= 5 && (p[12] >> 4) * 4u <= n && (p[12] & 15) == 0 &&
               (p[13] & 0xc0) == 0;
    default:
        return false;
    }
}

void layer_esp(struct walk *walk)
{
    static const uint8_t checks[] = {12, 16, 0, 24, 32};
    const uint8_t *p = walk_header(walk, 8); /* security parameters index, sequence number */

    if (!p)
        return;
    if (walk->at.left < walk->wire) { /* the trailer was not captured */
        walk_end(walk, DECODED_OTHER);
        return;
    }
    for (size_t i = 0; i < sizeof checks; i++) {
        const uint8_t *trailer;
        size_t n = walk->at.left, padding;

        if (n < checks[i] + 2u)
            continue;
        n -= checks[i] + 2u;
        trailer = walk->at.p + n;
        padding = trailer[0];
        if (padding > n || (n + 2) % 4 || !is_padding(trailer, padding) ||
            !fits(walk->at.p, n - padding, trailer[1]))
            continue;
        walk_limit(walk, (uint32_t)(n - padding));
        walk_protocol(walk, trailer[1]);
        return;
    }
    walk_end(walk, DECODED_OTHER);
}

/* Four zeroes mark key exchange on the same port. */
void layer_esp_udp(struct walk *walk)
{
    if (walk->at.left < 4 || be32(walk->at.p) == 0)
        walk_end(walk, DECODED_OTHER);
    else
        walk->next = layer_esp;
}
