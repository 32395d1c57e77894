/* PPP (RFC 1661, RFC 1662) and Cisco HDLC on serial lines, PPP over Ethernet
 * (RFC 2516). */
#include "net/layer.h"

/* Multilink (RFC 1990) with long sequence numbers: of use where the packet is
 * whole. */
static void layer_multilink(struct walk *walk)
{
    enum { BEGINS_AND_ENDS = 0xc0 };
    const uint8_t *p = walk_header(walk, 4);

    if (!p)
        return;
    if ((p[0] & BEGINS_AND_ENDS) == BEGINS_AND_ENDS)
        walk->next = layer_ppp;
    else
        walk_end(walk, DECODED_OTHER);
}

static const struct layer_row protocols[] = {
    {0x0021, layer_ip4, "IPv4"},
    {0x0057, layer_ip6, "IPv6"},
    {0x0281, layer_mpls, "MPLS"},
    {0x0283, layer_mpls, "MPLS multicast"},
    {0x003d, layer_multilink, "multilink"},
};

/* The protocol number: one octet if that is odd, else two. */
static void walk_ppp_protocol(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 1);
    uint32_t number;

    if (!p)
        return;
    number = *p;
    if (!(number & 1)) {
        p = walk_header(walk, 1);
        if (!p)
            return;
        number = number << 8 | *p;
    }
    walk_table(walk, ROWS(protocols), number);
}

/* Address and control may have been left out; captures of serial lines said to
 * be PPP may be Cisco HDLC. */
void layer_ppp(struct walk *walk)
{
    const uint8_t *p = walk->at.p;

    if (walk->at.left >= 2 && p[1] == 0 && (p[0] == 0x0f || p[0] == 0x8f)) {
        walk->next = layer_hdlc;
        return;
    }
    if (walk->at.left >= 2 && p[0] == 0xff && p[1] == 0x03)
        walk_skip(walk, 2);
    walk_ppp_protocol(walk);
}

/* A direction stands before the address or in place of it. */
void layer_ppp_direction(struct walk *walk)
{
    if (!walk_skip(walk, 1))
        return;
    if (walk->at.left && walk->at.p[0] == 0x03)
        walk_skip(walk, 1);
    walk->next = layer_ppp;
}

void layer_pppoe(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 6);

    if (!p)
        return;
    if (p[0] != 0x11 || p[1] != 0) { /* version and type; code: session data */
        walk_end(walk, DECODED_OTHER);
        return;
    }
    walk_trim(walk, be16(p + 4));
    walk->next = layer_ppp;
}

/* Cisco HDLC: unicast or broadcast, a zero, an EtherType. */
void layer_hdlc(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 4);

    if (p)
        walk_ethertype(walk, be16(p + 2));
}

void layer_hdlc_direction(struct walk *walk)
{
    if (walk_skip(walk, 1))
        walk->next = layer_hdlc;
}
