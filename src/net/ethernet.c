/* Ethernet (IEEE 802.3) with its tags (802.1Q), Linux cooked captures, and the
 * table of EtherTypes. */
#include "net/layer.h"

enum { SMALLEST_ETHERTYPE = 0x600 }; /* below it the field is a length */

static void ethertype_or_length(struct walk *walk, uint16_t value)
{
    if (value >= SMALLEST_ETHERTYPE) {
        walk_ethertype(walk, value);
        return;
    }
    walk_trim(walk, value);
    walk->next = layer_llc;
}

void layer_ethernet(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 14);

    if (p)
        ethertype_or_length(walk, be16(p + 12));
}

/* The tag control, then the type of what is tagged. */
void layer_vlan(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 4);

    if (p)
        ethertype_or_length(walk, be16(p + 2));
}

void layer_cooked(struct walk *walk)
{
    enum { COOKED_LLC = 4 }; /* the protocol field's number for "802.2 follows" */
    const uint8_t *p = walk_header(walk, 16);

    if (p && be16(p + 14) == COOKED_LLC)
        walk->next = layer_llc;
    else if (p)
        walk_ethertype(walk, be16(p + 14));
}

void layer_cooked2(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 20);

    if (p)
        walk_ethertype(walk, be16(p));
}

/* Redundancy tags (IEC 62439-3, IEEE 802.1CB): four octets and a type. */
static void layer_redundancy(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 6);

    if (p)
        ethertype_or_length(walk, be16(p + 4));
}

/* Provider backbone bridges (IEEE 802.1ah): a service's number, then a frame. */
static void layer_backbone(struct walk *walk)
{
    if (walk_skip(walk, 4))
        walk->next = layer_ethernet;
}

/* Service function chaining (RFC 8300): length in words, next protocol. */
static void layer_nsh(struct walk *walk)
{
    static const struct layer_row protocols[] = {
        {1, layer_ip4, "IPv4"},
        {2, layer_ip6, "IPv6"},
        {3, layer_ethernet, "Ethernet"},
        {5, layer_mpls, "MPLS"},
    };
    const uint8_t *p = walk_header(walk, 8);
    size_t length;

    if (!p)
        return;
    length = (p[1] & 0x3fu) * 4;
    if (length < 8)
        walk_end(walk, DECODED_BAD);
    else if (walk_skip(walk, length - 8))
        walk_table(walk, ROWS(protocols), p[3]);
}

static const struct layer_row ethertypes[] = {
    {0x0800, layer_ip4, "IPv4"},
    {0x86dd, layer_ip6, "IPv6"},
    {0x8100, layer_vlan, "802.1Q"},
    {0x88a8, layer_vlan, "802.1ad"},
    {0x9100, layer_vlan, "QinQ"},
    {0x9200, layer_vlan, "QinQ"},
    {0x8864, layer_pppoe, "PPPoE session"},
    {0x8847, layer_mpls, "MPLS"},
    {0x8848, layer_mpls, "MPLS multicast"},
    {0x88e7, layer_backbone, "802.1ah"},
    {0x892f, layer_redundancy, "HSR"},
    {0xf1c1, layer_redundancy, "802.1CB"},
    {0x894f, layer_nsh, "NSH"},
};

bool ethertype_is_known(uint16_t type)
{
    for (size_t i = 0; i < sizeof ethertypes / sizeof ethertypes[0]; i++)
        if (ethertypes[i].number == type)
            return true;
    return false;
}

void walk_ethertype(struct walk *walk, uint16_t type)
{
    walk_table(walk, ROWS(ethertypes), type);
}
