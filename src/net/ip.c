/* IPv4 (RFC 791), IPv6 (RFC 8200) with its extension headers, and the table of
 * IP protocols.
 *
 * Checksums are not verified: captures made where packets are sent hold wrong
 * ones, which the card would have filled in. */
#include "net/layer.h"

static void set_addresses(struct datagram *d, enum net_family family, const uint8_t *src,
                          const uint8_t *dst)
{
    size_t n = family == NET_IP4 ? 4 : 16;

    d->src = (struct net_addr){.family = (uint8_t)family};
    d->dst = (struct net_addr){.family = (uint8_t)family};
    memcpy(d->src.ip, src, n);
    memcpy(d->dst.ip, dst, n);
}

static void end_as_fragment(struct walk *walk, uint32_t id, uint32_t at, bool more,
                            uint8_t protocol)
{
    struct decoded *out = walk->out;

    if (out->quoted && !at) { /* no more than the beginning is ever quoted */
        walk_protocol(walk, protocol);
        return;
    }

    out->fragment_id = id;
    out->fragment_at = at;
    out->fragment_more = more;
    out->protocol = protocol;
    walk_end_payload(walk, DECODED_FRAGMENT);
}

/* Raw IP of either version. */
void layer_ip(struct walk *walk)
{
    unsigned version = walk->at.left ? walk->at.p[0] >> 4 : 0;

    if (version == 4)
        walk->next = layer_ip4;
    else if (version == 6)
        walk->next = layer_ip6;
    else
        walk_end(walk, DECODED_BAD);
}

bool walk_is_ip(const struct walk *walk)
{
    const uint8_t *p = walk->at.p;
    uint32_t header, total;

    if (walk->at.left >= 20 && p[0] >> 4 == 4) {
        header = (p[0] & 15u) * 4;
        total = be16(p + 2);
        return header >= 20 && total >= header && total <= walk->wire;
    }
    return walk->at.left >= 40 && p[0] >> 4 == 6 && 40u + be16(p + 4) <= walk->wire;
}

void walk_guessed_ip(struct walk *walk)
{
    if (walk_is_ip(walk))
        walk->next = layer_ip;
    else
        walk_end(walk, DECODED_BAD);
}

void walk_family(struct walk *walk, uint32_t family)
{
    static const struct layer_row families[] = {
        {2, layer_ip4, "AF_INET"},
        {10, layer_ip6, "AF_INET6 of Linux"},
        {23, layer_ip6, "AF_INET6 of Windows"},
        {24, layer_ip6, "AF_INET6 of NetBSD and OpenBSD"},
        {28, layer_ip6, "AF_INET6 of FreeBSD"},
        {30, layer_ip6, "AF_INET6 of macOS"},
    };

    walk_table(walk, ROWS(families), family);
}

void layer_ip4(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 20);
    struct datagram *d = &walk->out->datagram;
    uint32_t header, total, fragment;

    if (!p)
        return;
    header = (uint32_t)(p[0] & 15) * 4;
    total = be16(p + 2);
    if (!total) /* left to the card that cuts large segments */
        total = walk->wire + 20;
    if (p[0] >> 4 != 4 || header < 20 || total < header) {
        walk_end(walk, DECODED_BAD);
        return;
    }
    walk_limit(walk, total - 20);
    if (!walk_skip(walk, header - 20))
        return;
    set_addresses(d, NET_IP4, p + 12, p + 16);
    d->ip_bytes = total;
    d->dscp = p[1] >> 2;
    d->ttl = p[8];
    d->ip_id = be16(p + 4);
    walk->out->fragment_id = be16(p + 4);
    fragment = be16(p + 6);
    if (fragment & 0x3fff)
        end_as_fragment(walk, be16(p + 4), (fragment & 0x1fff) * 8, fragment & 0x2000, p[9]);
    else
        walk_protocol(walk, p[9]);
}

void layer_ip6(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 40);
    struct datagram *d = &walk->out->datagram;
    uint32_t length;

    if (!p)
        return;
    if (p[0] >> 4 != 6) {
        walk_end(walk, DECODED_BAD);
        return;
    }
    length = be16(p + 4);
    if (!length) /* a jumbogram, or left to the card */
        length = walk->wire;
    walk_limit(walk, length);
    set_addresses(d, NET_IP6, p + 8, p + 24);
    d->ip_bytes = 40 + length;
    d->dscp = (uint8_t)((be16(p) >> 6) & 0x3f);
    d->ttl = p[7];
    d->ip_id = 0;
    walk->out->fragment_id = 0;
    walk_protocol(walk, p[6]);
}

/* Hop-by-hop options, routing, destination options, mobility: next header, and
 * length in 8 octets beyond the first (RFC 8200 §4). */
static void layer_ip6_options(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 8);

    if (p && walk_skip(walk, p[1] * 8u))
        walk_protocol(walk, p[0]);
}

/* Authentication header (RFC 4302 §2): length in 4 octets beyond two. */
static void layer_authentication(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 8);

    if (p && walk_skip(walk, p[1] * 4u))
        walk_protocol(walk, p[0]);
}

/* RFC 8200 §4.5.  A fragment that is the whole packet (RFC 6946) is none. */
static void layer_ip6_fragment(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 8);

    if (!p)
        return;
    if (be16(p + 2) & 0xfff9)
        end_as_fragment(walk, be32(p + 4), be16(p + 2) & 0xfff8u, p[3] & 1, p[0]);
    else
        walk_protocol(walk, p[0]);
}

static const struct layer_row protocols[] = {
    {17, layer_udp, "UDP"},
    {6, layer_tcp, "TCP"},
    {1, layer_icmp4, "ICMP"},
    {58, layer_icmp6, "ICMPv6"},
    {44, layer_ip6_fragment, "IPv6 fragment"},
    {0, layer_ip6_options, "hop-by-hop options"},
    {43, layer_ip6_options, "routing"},
    {60, layer_ip6_options, "destination options"},
    {135, layer_ip6_options, "mobility"},
    {139, layer_ip6_options, "host identity"},
    {140, layer_ip6_options, "shim6"},
    {51, layer_authentication, "authentication"},
    {4, layer_ip4, "IPv4 in IP"},
    {41, layer_ip6, "IPv6 in IP"},
    {132, layer_sctp, "SCTP"},
    {47, layer_gre, "GRE"},
    {50, layer_esp, "ESP"},
    {97, layer_etherip, "EtherIP"},
    {115, layer_l2tp3, "L2TPv3"},
    {136, layer_udp_lite, "UDP-Lite"},
    {137, layer_mpls, "MPLS in IP"},
};

void walk_protocol(struct walk *walk, uint8_t protocol)
{
    walk_table(walk, ROWS(protocols), protocol);
}
