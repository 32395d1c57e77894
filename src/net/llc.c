/* IEEE 802.2 LLC and SNAP, and the links that carry them or their kin: FDDI,
 * token ring, Fibre Channel (RFC 2625), ATM (RFC 2684), Frame Relay
 * (RFC 2427). */
#include "net/layer.h"

/* Network layer protocol identifiers (ISO/IEC TR 9577). */
static void layer_snap(struct walk *walk);

static const struct layer_row nlpids[] = {
    {0xcc, layer_ip4, "IPv4"},
    {0x8e, layer_ip6, "IPv6"},
    {0x80, layer_snap, "SNAP"},
    {0xcf, layer_ppp, "PPP"},
};

static void walk_nlpid(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 1);

    if (p && *p == 0) /* a pad that aligns what follows */
        p = walk_header(walk, 1);
    if (p)
        walk_table(walk, ROWS(nlpids), *p);
}

/* An organization and a type of its own. */
static void layer_snap(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 5);
    uint32_t organization;

    if (!p)
        return;
    organization = be32(p) >> 8;
    if (organization == 0) {
        walk_ethertype(walk, be16(p + 3));
    } else if (organization == 0x0080c2 && (be16(p + 3) == 1 || be16(p + 3) == 7)) {
        /* Ethernet, with or without its frame check (RFC 2684 §5.2) */
        if (walk_skip(walk, 2))
            walk->next = layer_ethernet;
    } else {
        walk_end(walk, DECODED_OTHER);
    }
}

/* Destination and source service access point, control. */
void layer_llc(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 3);

    if (!p)
        return;
    switch (be32((const uint8_t[]){0, p[0], p[1], p[2]})) {
    case 0xaaaa03:
        walk->next = layer_snap;
        break;
    case 0xfefe03:
        walk_nlpid(walk);
        break;
    case 0x060603:
        walk->next = layer_ip4;
        break;
    default:
        walk_end(walk, DECODED_OTHER);
        break;
    }
}

/* Frame control and two addresses. */
void layer_fddi(struct walk *walk)
{
    if (walk_skip(walk, 13))
        walk->next = layer_llc;
}

/* Access and frame control, two addresses, and the route if the source says
 * that there is one. */
void layer_token_ring(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 14);
    uint8_t route = 0;

    if (!p)
        return;
    if (p[8] & 0x80 && walk->at.left)
        route = walk->at.p[0] & 0x1f;
    if (walk_skip(walk, route))
        walk->next = layer_llc;
}

/* A network header of two addresses. */
void layer_ip_fc(struct walk *walk)
{
    if (walk_skip(walk, 16))
        walk->next = layer_llc;
}

/* RFC 2684: LLC, or the packet alone; then nothing says what it is. */
void layer_atm(struct walk *walk)
{
    if (walk_is_ip(walk))
        walk->next = layer_ip;
    else
        walk->next = layer_llc;
}

/* Direction and kind, path and channel. */
void layer_sunatm(struct walk *walk)
{
    enum { LAN_EMULATION = 1, LOGICAL_LINK = 2 };
    const uint8_t *p = walk_header(walk, 4);

    if (!p)
        return;
    if ((p[0] & 15) == LOGICAL_LINK)
        walk->next = layer_llc;
    else if ((p[0] & 15) != LAN_EMULATION)
        walk_end(walk, DECODED_OTHER);
    else if (walk_skip(walk, 2))
        walk->next = layer_ethernet;
}

/* Two to four octets of address (Q.922), the last of them odd; then a control
 * octet and a protocol identifier, or an EtherType as Cisco has it. */
void layer_frame_relay(struct walk *walk)
{
    enum { UNNUMBERED = 3 };
    const uint8_t *p = NULL;

    for (unsigned i = 0; i < 4 && (!p || !(*p & 1)); i++) {
        p = walk_header(walk, 1);
        if (!p)
            return;
    }
    if (walk->at.left && walk->at.p[0] == UNNUMBERED) {
        if (walk_skip(walk, 1))
            walk_nlpid(walk);
        return;
    }
    p = walk_header(walk, 2);
    if (p)
        walk_ethertype(walk, be16(p));
}

void layer_frame_relay_direction(struct walk *walk)
{
    if (walk_skip(walk, 1))
        walk->next = layer_frame_relay;
}
