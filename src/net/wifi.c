/* IEEE 802.11 data frames, and what capturing software puts in front of
 * frames: radiotap, Prism, AVS, PPI. */
#include "net/layer.h"

enum {
    TO_DS = 0x01,
    FROM_DS = 0x02,
    MORE_FRAGMENTS = 0x04,
    PROTECTED = 0x40,
    ORDER = 0x80,
};

/* Of an aggregate the first packet: addresses, length, LLC. */
static void layer_aggregate(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 14);

    if (!p)
        return;
    walk_trim(walk, be16(p + 12));
    walk->next = layer_llc;
}

/* Some drivers align what follows the header to four octets. */
static void skip_padding(struct walk *walk, size_t header)
{
    static const uint8_t snap[] = {0xaa, 0xaa, 0x03};

    if (header % 4 == 2 && walk->at.left >= 5 && memcmp(walk->at.p, snap, 3) != 0 &&
        memcmp(walk->at.p + 2, snap, 3) == 0)
        walk_skip(walk, 2);
}

void layer_wifi(struct walk *walk)
{
    const uint8_t *start = walk->at.p, *p = walk_header(walk, 24);
    size_t header = 24;
    bool is_data, has_qos, is_aggregate = false;

    if (!p)
        return;
    is_data = (p[0] & 0x0c) == 0x08 && !(p[0] & 0x40); /* the type, not "no data" */
    has_qos = p[0] & 0x80;
    if (!is_data || p[1] & (PROTECTED | MORE_FRAGMENTS) || p[22] & 15) { /* fragment number */
        walk_end(walk, DECODED_OTHER);
        return;
    }
    if ((p[1] & TO_DS) && (p[1] & FROM_DS))
        header += 6; /* a fourth address */
    if (has_qos)
        header += p[1] & ORDER ? 6 : 2; /* with or without the field for high throughput */
    if (!walk_skip(walk, header - 24))
        return;
    if (has_qos)
        is_aggregate = start[p[1] & TO_DS && p[1] & FROM_DS ? 30 : 24] & 0x80;
    skip_padding(walk, header);
    walk->next = is_aggregate ? layer_aggregate : layer_llc;
}

void layer_radiotap(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 4);
    uint16_t length;

    if (!p)
        return;
    length = le16(p + 2);
    if (length < 4)
        walk_end(walk, DECODED_BAD);
    else if (walk_skip(walk, length - 4u))
        walk->next = layer_wifi;
}

void layer_avs(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 8);
    uint32_t length;

    if (!p)
        return;
    length = be32(p + 4);
    if (length < 8)
        walk_end(walk, DECODED_BAD);
    else if (walk_skip(walk, length - 8))
        walk->next = layer_wifi;
}

/* Drivers that say Prism may mean AVS. */
void layer_prism(struct walk *walk)
{
    enum { PRISM_HEADER = 144 };

    if (walk->at.left >= 4 && be32(walk->at.p) >> 4 == 0x8021100)
        walk->next = layer_avs;
    else if (walk_skip(walk, PRISM_HEADER))
        walk->next = layer_wifi;
}

/* Version, flags, length, link type of what follows; little-endian. */
void layer_ppi(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 8);
    const struct layer_row *row;
    uint16_t length;

    if (!p)
        return;
    length = le16(p + 2);
    row = link_row(le32(p + 4));
    if (length < 8 || !row)
        walk_end(walk, DECODED_BAD);
    else if (walk_skip(walk, length - 8u))
        walk->next = row->decode;
}
