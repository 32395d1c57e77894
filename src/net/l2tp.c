/* L2TP version 2 (RFC 2661) over UDP, version 3 (RFC 3931) over IP. */
#include "net/layer.h"

void layer_l2tp(struct walk *walk)
{
    enum {
        CONTROL = 0x8000,
        LENGTH = 0x4000,
        SEQUENCE = 0x0800,
        OFFSET = 0x0200,
        RESERVED = 0x34f0,
        VERSION = 0x000f,
    };
    const uint8_t *p = walk_header(walk, 2);
    unsigned flags;

    if (!p)
        return;
    flags = be16(p);
    if (flags & (CONTROL | RESERVED) || (flags & VERSION) != 2) {
        walk_end(walk, DECODED_OTHER);
        return;
    }
    if (flags & LENGTH) {
        p = walk_header(walk, 2);
        if (!p)
            return;
        if (be16(p) >= 4)
            walk_trim(walk, be16(p) - 4u);
    }
    if (!walk_skip(walk, flags & SEQUENCE ? 8 : 4)) /* tunnel and session first */
        return;
    if (flags & OFFSET) {
        p = walk_header(walk, 2);
        if (!p || !walk_skip(walk, be16(p)))
            return;
    }
    walk->next = layer_ppp;
}

/* Session; then, as both sides agreed and nobody else knows, a cookie of up to
 * 8 octets and a sublayer of 4.  Ethernet shows itself by a known EtherType. */
void layer_l2tp3(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 4);

    if (!p)
        return;
    for (size_t at = 0; be32(p) && at <= 12 && walk->at.left >= at + 14; at += 4)
        if (ethertype_is_known(be16(walk->at.p + at + 12))) {
            if (walk_skip(walk, at))
                walk->next = layer_ethernet;
            return;
        }
    walk_end(walk, DECODED_OTHER);
}
