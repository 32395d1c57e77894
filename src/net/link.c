/* The table of link types, and those that put IP right behind an address
 * family or nothing at all. */
#include "net/layer.h"

/* The address family in the byte order of the machine that captured, or in
 * network order (LINKTYPE_LOOP).  IPv6 is 10, 24, 28 or 30, after the system. */
static void layer_null(struct walk *walk)
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
    else if (family == 10 || family == 24 || family == 28 || family == 30)
        walk->next = layer_ip6;
    else
        walk_end(walk, DECODED_OTHER);
}

static const struct layer_row links[] = {
    {1, layer_ethernet, "EN10MB"},
    {113, layer_cooked, "LINUX_SLL"},
    {276, layer_cooked2, "LINUX_SLL2"},
    {101, layer_ip, "RAW"},
    {12, layer_ip, "RAW"},
    {14, layer_ip, "RAW"},
    {228, layer_ip4, "IPV4"},
    {229, layer_ip6, "IPV6"},
    {0, layer_null, "NULL"},
    {108, layer_null, "LOOP"},
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
