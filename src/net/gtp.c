/* GTP-U (3GPP TS 29.281): the user plane of mobile networks. */
#include "net/layer.h"

enum { EXTENSION = 0x04, SEQUENCE = 0x02, NPDU = 0x01, USER_PACKET = 255 };

/* The octets that any of the three flags adds end with the type of the first
 * extension header; each of those ends with the type of the next. */
static bool skip_options(struct walk *walk, uint8_t flags)
{
    const uint8_t *p;
    uint8_t next;

    if (!(flags & (EXTENSION | SEQUENCE | NPDU)))
        return true;
    p = walk_header(walk, 4);
    if (!p)
        return false;
    next = flags & EXTENSION ? p[3] : 0;
    while (next) {
        if (!walk->at.left || !walk->at.p[0]) {
            walk_end(walk, DECODED_BAD);
            return false;
        }
        p = walk_header(walk, walk->at.p[0] * 4u);
        if (!p)
            return false;
        next = p[p[0] * 4u - 1];
    }
    return true;
}

void layer_gtp(struct walk *walk)
{
    enum { VERSION_AND_TYPE = 0xf0, ONE_AND_GTP = 0x30 };
    const uint8_t *p = walk_header(walk, 8);

    if (!p)
        return;
    if ((p[0] & VERSION_AND_TYPE) != ONE_AND_GTP || p[1] != USER_PACKET) {
        walk_end(walk, DECODED_OTHER);
        return;
    }
    walk_trim(walk, be16(p + 2));
    if (!skip_options(walk, p[0]))
        return;
    if (walk->at.left >= 14 && !walk_is_ip(walk) && ethertype_is_known(be16(walk->at.p + 12)))
        walk->next = layer_ethernet; /* 5G carries that, too */
    else
        walk_guessed_ip(walk);
}
