/* GRE (RFC 2784, RFC 2890, RFC 2637) and what mirrors and bridges put in it:
 * ERSPAN I to III, NVGRE (RFC 7637), WCCP; EtherIP (RFC 3378). */
#include "net/layer.h"

enum {
    CHECKSUM = 0x8000,
    ROUTING = 0x4000,
    KEY = 0x2000,
    SEQUENCE = 0x1000,
    ACKNOWLEDGEMENT = 0x0080,
    VERSION = 0x0007,
    ERSPAN = 0x88be,
};

/* Type II: version 1, VLAN, session, index. */
static void layer_erspan2(struct walk *walk)
{
    if (walk_skip(walk, 8))
        walk->next = layer_ethernet;
}

/* Type III: ends with the frame's type and whether 8 octets more of the
 * platform's own follow. */
static void layer_erspan3(struct walk *walk)
{
    enum { ETHERNET = 0, IP = 2 };
    const uint8_t *p = walk_header(walk, 12);
    unsigned flags, type;

    if (!p)
        return;
    flags = be16(p + 10);
    type = flags >> 10 & 0x1f;
    if (flags & 1 && !walk_skip(walk, 8))
        return;
    if (type == ETHERNET)
        walk->next = layer_ethernet;
    else if (type == IP)
        walk->next = layer_ip;
    else
        walk_end(walk, DECODED_OTHER);
}

/* Version 2 has a redirect header of four octets, version 1 has none. */
static void layer_wccp(struct walk *walk)
{
    if (!walk_is_ip(walk) && !walk_skip(walk, 4))
        return;
    walk->next = layer_ip;
}

static const struct layer_row payloads[] = {
    {0x6558, layer_ethernet, "Ethernet"},
    {0x880b, layer_ppp, "PPP"},
    {0x883e, layer_wccp, "WCCP"},
    {0x22eb, layer_erspan3, "ERSPAN type III"},
};

static void walk_payload(struct walk *walk, unsigned flags, uint16_t type)
{
    /* Type I has neither a header nor GRE's sequence number. */
    if (type == ERSPAN)
        walk->next = flags & SEQUENCE ? layer_erspan2 : layer_ethernet;
    else if (ethertype_is_known(type))
        walk_ethertype(walk, type);
    else
        walk_table(walk, ROWS(payloads), type);
}

/* Source routes (RFC 1701): family, offset, length; an empty one ends them. */
static bool skip_routes(struct walk *walk)
{
    const uint8_t *p;

    do {
        p = walk_header(walk, 4);
        if (!p || !walk_skip(walk, p[3]))
            return false;
    } while (p[3]);
    return true;
}

void layer_gre(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 4);
    unsigned flags;
    size_t optional = 0;

    if (!p)
        return;
    flags = be16(p);
    if ((flags & VERSION) > 1) {
        walk_end(walk, DECODED_OTHER);
        return;
    }
    if (flags & (CHECKSUM | ROUTING))
        optional += 4;
    if (flags & KEY)
        optional += 4;
    if (flags & SEQUENCE)
        optional += 4;
    if ((flags & VERSION) == 1 && flags & ACKNOWLEDGEMENT)
        optional += 4;
    if (!walk_skip(walk, optional) || (flags & ROUTING && !skip_routes(walk)))
        return;
    if (walk->wire)
        walk_payload(walk, flags, be16(p + 2));
    else
        walk_end(walk, DECODED_OTHER); /* an acknowledgement or keep-alive */
}

void layer_etherip(struct walk *walk)
{
    if (walk_skip(walk, 2))
        walk->next = layer_ethernet;
}
