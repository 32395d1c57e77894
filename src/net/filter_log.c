/* What packet filters log: Linux (NFLOG), BSD (pflog), OpenBSD's enc. */
#include "net/layer.h"

/* Family, version, resource; then attributes of length (with its head), type
 * and value, padded to four octets, in the byte order of the machine. */
void layer_nflog(struct walk *walk)
{
    enum { PAYLOAD = 9 };
    const uint8_t *p = walk_header(walk, 4);
    uint8_t family;

    if (!p)
        return;
    family = p[0];
    while ((p = walk_header(walk, 4))) {
        bool little = le16(p + 2) < 256;
        uint16_t length = little ? le16(p) : be16(p), type = little ? le16(p + 2) : be16(p + 2);

        if (length < 4) {
            walk_end(walk, DECODED_BAD);
            return;
        }
        if ((type & 0x7fff) == PAYLOAD) {
            walk_trim(walk, length - 4u);
            walk_family(walk, family);
            return;
        }
        if (!walk_skip(walk, ((length + 3u) & ~3u) - 4))
            return;
    }
}

/* Length of the header without its padding, address family. */
void layer_pflog(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 4);
    size_t length;

    if (!p)
        return;
    length = (p[0] + 3u) & ~3u;
    if (length < 4)
        walk_end(walk, DECODED_BAD);
    else if (walk_skip(walk, length - 4))
        walk_family(walk, p[1]);
}

/* Address family in the byte order of the machine, security association,
 * flags. */
void layer_enc(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 12);

    if (p)
        walk_family(walk, le32(p) > 0xffff ? be32(p) : le32(p));
}
