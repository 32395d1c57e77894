/* Link layers: Ethernet and its tags, Linux cooked, BSD loopback, raw IP, and
 * the tables that say what stands behind a number. */
#include "net/layer.h"

void layer_ethernet(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 14);
    uint16_t type;

    if (!p)
        return;
    type = be16(p + 12);
    if (type < 0x600) /* IEEE 802.3: a length, LLC follows */
        walk_end(walk, DECODED_OTHER);
    else
        walk_ethertype(walk, type);
}

/* 802.1Q and 802.1ad: the tag control, then the type of what is tagged. */
void layer_vlan(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 4);

    if (p)
        walk_ethertype(walk, be16(p + 2));
}

void layer_cooked(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 16);

    if (p)
        walk_ethertype(walk, be16(p + 14));
}

void layer_cooked2(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 20);

    if (p)
        walk_ethertype(walk, be16(p));
}

/* The address family in the byte order of the machine that captured, or in
 * network order (LINKTYPE_LOOP).  IPv6 is 24, 28 or 30, after the BSD. */
void layer_null(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 4);
    uint32_t family;

    if (!p)
        return;
    family = le32(p);
    if (family > 0xffff)
        family = be32(p);
    if (family == 2)
        walk->next = layer_ip4;
    else if (family == 24 || family == 28 || family == 30 || family == 10)
        walk->next = layer_ip6;
    else
        walk_end(walk, DECODED_OTHER);
}

void layer_raw_ip(struct walk *walk)
{
    if (!walk->at.left)
        walk_end(walk, DECODED_BAD);
    else if (walk->at.p[0] >> 4 == 4)
        walk->next = layer_ip4;
    else if (walk->at.p[0] >> 4 == 6)
        walk->next = layer_ip6;
    else
        walk_end(walk, DECODED_BAD);
}

static const struct layer_row links[] = {
    {1, layer_ethernet, "EN10MB"},
    {0, layer_null, "NULL"},
    {108, layer_null, "LOOP"},
    {113, layer_cooked, "LINUX_SLL"},
    {276, layer_cooked2, "LINUX_SLL2"},
    {101, layer_raw_ip, "RAW"},
    {12, layer_raw_ip, "RAW"},
    {14, layer_raw_ip, "RAW"},
    {228, layer_ip4, "IPV4"},
    {229, layer_ip6, "IPV6"},
};

static const struct layer_row ethertypes[] = {
    {0x0800, layer_ip4, "IPv4"},   {0x86dd, layer_ip6, "IPv6"},   {0x8100, layer_vlan, "802.1Q"},
    {0x88a8, layer_vlan, "802.1ad"}, {0x9100, layer_vlan, "QinQ"},
};

const struct layer_row *link_row(uint32_t link)
{
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        if (links[i].number == link)
            return &links[i];
    return NULL;
}

const char *net_link_name(uint32_t link)
{
    const struct layer_row *row = link_row(link);

    return row ? row->name : NULL;
}

void walk_ethertype(struct walk *walk, uint16_t type)
{
    for (size_t i = 0; i < sizeof ethertypes / sizeof ethertypes[0]; i++)
        if (ethertypes[i].number == type) {
            walk->next = ethertypes[i].decode;
            return;
        }
    walk_end(walk, DECODED_OTHER);
}
