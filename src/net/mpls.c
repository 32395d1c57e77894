/* MPLS label stacks (RFC 3032) and the pseudowires in them (RFC 4448).
 *
 * Labels do not say what they lead to.  An IP packet shows itself by its
 * version and lengths; Ethernet, behind a control word (RFC 4385) or without
 * one, by a known EtherType in its place. */
#include "net/layer.h"

static bool is_ethernet(const struct walk *walk, size_t at)
{
    return walk->at.left >= at + 14 && ethertype_is_known(be16(walk->at.p + at + 12));
}

static void layer_labelled(struct walk *walk)
{
    enum { CONTROL_WORD = 4 };

    if (walk_is_ip(walk)) {
        walk->next = layer_ip;
    } else if (is_ethernet(walk, CONTROL_WORD) && walk->at.p[0] >> 4 == 0) {
        if (walk_skip(walk, CONTROL_WORD))
            walk->next = layer_ethernet;
    } else if (is_ethernet(walk, 0)) {
        walk->next = layer_ethernet;
    } else {
        walk_end(walk, DECODED_OTHER);
    }
}

void layer_mpls(struct walk *walk)
{
    const uint8_t *p;

    do {
        p = walk_header(walk, 4);
        if (!p)
            return;
    } while (!(p[2] & 1)); /* bottom of stack */
    walk->next = layer_labelled;
}
