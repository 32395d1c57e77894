/* LINKTYPE_WIRESHARK_UPPER_PDU: what a dissector of Wireshark was given, with
 * its name and addresses as tags of type and length before it. */
#include "net/layer.h"

enum {
    TAG_END = 0,
    TAG_DISSECTOR = 12,
    TAG_IP4_SRC = 20,
    TAG_IP4_DST = 21,
    TAG_IP6_SRC = 22,
    TAG_IP6_DST = 23,
    TAG_PORT_TYPE = 24,
    TAG_SRC_PORT = 25,
    TAG_DST_PORT = 26,
};

/* Dissectors below transport; what another one was given is a payload. */
static const struct {
    const char *name;
    layer_decoder *decode;
} dissectors[] = {
    {"eth", layer_ethernet}, {"eth_withoutfcs", layer_ethernet},
    {"ip", layer_ip},        {"ipv4", layer_ip},
    {"ipv6", layer_ip},      {"udp", layer_udp},
    {"tcp", layer_tcp},
};

static layer_decoder *dissector(const uint8_t *name, size_t n)
{
    while (n && !name[n - 1]) /* padding */
        n--;
    for (size_t i = 0; i < sizeof dissectors / sizeof dissectors[0]; i++)
        if (strlen(dissectors[i].name) == n && memcmp(dissectors[i].name, name, n) == 0)
            return dissectors[i].decode;
    return NULL;
}

static void set_ip(struct net_addr *addr, enum net_family family, const uint8_t *value)
{
    memcpy(addr->ip, value, family == NET_IP4 ? 4 : 16);
    addr->family = (uint8_t)family;
}

static enum net_transport transport_of(uint32_t port_type)
{
    enum { SCTP = 1, TCP = 2 };

    return port_type == SCTP ? NET_SCTP : port_type == TCP ? NET_TCP : NET_UDP;
}

static void take_tag(struct datagram *d, unsigned tag, const uint8_t *value, size_t n)
{
    if (tag == TAG_IP4_SRC && n >= 4)
        set_ip(&d->src, NET_IP4, value);
    else if (tag == TAG_IP4_DST && n >= 4)
        set_ip(&d->dst, NET_IP4, value);
    else if (tag == TAG_IP6_SRC && n >= 16)
        set_ip(&d->src, NET_IP6, value);
    else if (tag == TAG_IP6_DST && n >= 16)
        set_ip(&d->dst, NET_IP6, value);
    else if (tag == TAG_PORT_TYPE && n >= 4)
        d->transport = (uint8_t)transport_of(be32(value));
    else if (tag == TAG_SRC_PORT && n >= 4)
        d->src.port = (uint16_t)be32(value);
    else if (tag == TAG_DST_PORT && n >= 4)
        d->dst.port = (uint16_t)be32(value);
}

void layer_upper_pdu(struct walk *walk)
{
    struct datagram *d = &walk->out->datagram;
    layer_decoder *decode = NULL;
    const uint8_t *p, *value;

    while ((p = walk_header(walk, 4)) && be16(p) != TAG_END) {
        size_t n = be16(p + 2);

        value = walk->at.p;
        if (!walk_skip(walk, n))
            return;
        if (be16(p) == TAG_DISSECTOR)
            decode = dissector(value, n);
        else
            take_tag(d, be16(p), value, n);
    }
    if (!p || !walk_skip(walk, be16(p + 2)))
        return;
    if (decode) {
        walk->next = decode;
        return;
    }
    d->ip_bytes = walk->wire;
    walk_end_payload(walk, DECODED_DATAGRAM);
}
