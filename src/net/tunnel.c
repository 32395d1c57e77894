/* The table of tunnels in UDP, and the simple ones: VXLAN (RFC 7348), GENEVE
 * (RFC 8926), LISP (RFC 9300), Teredo (RFC 4380), TZSP, MPLS (RFC 7510), SCTP (RFC 6951).
 *
 * A port only hints.  Each decoder looks whether its header and the packet in
 * it make sense and ends the walk if not: then the datagram is just that. */
#include "net/layer.h"
#include "net/plain.h"

static void layer_mpls_udp(struct walk *walk)
{
    walk->next = layer_mpls;
}

/* Two arrays, because each UDP packet's ports are compared with all of these:
 * one register's width of them at a time. */
enum { TUNNELS = 16 };
static const uint16_t ports[TUNNELS] = {
    2152, 4789, 8472, 4790, 6081, 1701, 3544, 37008, 4341, 4500, 6635, 9060, 9061, 9062, 9063, 9899,
};
static layer_decoder *const decoders[TUNNELS] = {
    layer_gtp,    layer_vxlan, layer_vxlan, layer_vxlan,    layer_geneve,   layer_l2tp,
    layer_teredo, layer_tzsp,  layer_lisp,  layer_esp_udp,  layer_mpls_udp, layer_hep,
    layer_hep,    layer_hep,   layer_hep,   layer_sctp_udp,
};

static layer_decoder *decoder(uint16_t src, uint16_t dst, const uint8_t *data, size_t n)
{
    uint16_t hits = 0;

    if (n >= 4 && memcmp(data, "HEP3", 4) == 0)
        return layer_hep;
    if (plain_port_is_free(src) && plain_port_is_free(dst))
        return NULL;
    for (size_t i = 0; i < TUNNELS; i++)
        hits |= (uint16_t)((ports[i] == src) | (ports[i] == dst));
    if (!hits)
        return NULL;
    for (size_t i = 0; i < TUNNELS; i++)
        if (ports[i] == dst || ports[i] == src)
            return decoders[i];
    return NULL;
}

layer_decoder *tunnel_decoder(const struct datagram *d)
{
    return decoder(d->src.port, d->dst.port, d->data, d->caplen);
}

bool net_may_be_tunnel(uint16_t src, uint16_t dst, const uint8_t *data, size_t n)
{
    return decoder(src, dst, data, n) != NULL;
}

/* Flags, three reserved octets or with VXLAN-GPE the kind of packet, network
 * identifier. */
void layer_vxlan(struct walk *walk)
{
    enum { HAS_IDENTIFIER = 0x08, HAS_PROTOCOL = 0x04 };
    static const struct layer_row protocols[] = {
        {1, layer_ip4, "IPv4"},
        {2, layer_ip6, "IPv6"},
        {3, layer_ethernet, "Ethernet"},
        {5, layer_mpls, "MPLS"},
    };
    const uint8_t *p = walk_header(walk, 8);

    if (!p)
        return;
    if (!(p[0] & HAS_IDENTIFIER) || p[7])
        walk_end(walk, DECODED_BAD);
    else if (p[0] & HAS_PROTOCOL)
        walk_table(walk, ROWS(protocols), p[3]);
    else
        walk->next = layer_ethernet;
}

/* Version and length of options, flags, EtherType, network identifier. */
void layer_geneve(struct walk *walk)
{
    enum { ETHERNET = 0x6558 };
    const uint8_t *p = walk_header(walk, 8);

    if (!p)
        return;
    if (p[0] >> 6 || p[7])
        walk_end(walk, DECODED_BAD);
    else if (!walk_skip(walk, (p[0] & 0x3fu) * 4))
        return;
    else if (be16(p + 2) == ETHERNET)
        walk->next = layer_ethernet;
    else
        walk_ethertype(walk, be16(p + 2));
}

/* Flags and nonce, status bits. */
void layer_lisp(struct walk *walk)
{
    if (walk_skip(walk, 8))
        walk_guessed_ip(walk);
}

/* Authentication and origin may stand before the IPv6 packet. */
void layer_teredo(struct walk *walk)
{
    enum { ORIGIN = 0, AUTHENTICATION = 1 };
    const uint8_t *p;

    if (walk->at.left >= 4 && be16(walk->at.p) == AUTHENTICATION) {
        p = walk_header(walk, 4); /* lengths of identifier and of its proof */
        if (!walk_skip(walk, (size_t)p[2] + p[3] + 9))
            return;
    }
    if (walk->at.left >= 2 && be16(walk->at.p) == ORIGIN && !walk_skip(walk, 8))
        return;
    if (walk_is_ip(walk) && walk->at.p[0] >> 4 == 6)
        walk->next = layer_ip6;
    else
        walk_end(walk, DECODED_BAD);
}

/* Version, type, encapsulation; then tags until the one that ends them. */
void layer_tzsp(struct walk *walk)
{
    enum { PADDING = 0, END = 1 };
    static const struct layer_row encapsulations[] = {
        {1, layer_ethernet, "Ethernet"},
        {18, layer_wifi, "802.11"},
        {119, layer_prism, "Prism"},
        {127, layer_avs, "AVS"},
    };
    const uint8_t *head = walk_header(walk, 4), *p;

    if (!head)
        return;
    if (head[0] != 1 || head[1] > 1) {
        walk_end(walk, DECODED_BAD);
        return;
    }
    while ((p = walk_header(walk, 1)) && *p != END) {
        if (*p == PADDING)
            continue;
        p = walk_header(walk, 1);
        if (!p || !walk_skip(walk, *p))
            return;
    }
    if (p)
        walk_table(walk, ROWS(encapsulations), be16(head + 2));
}
