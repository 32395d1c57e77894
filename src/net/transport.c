/* The heads of UDP (RFC 768), TCP (RFC 9293) and SCTP (RFC 9260), and of ICMP
 * errors (RFC 792, RFC 4443), which quote the packet that caused them. */
#include "net/layer.h"

static void set_ports(struct datagram *d, enum net_transport transport, const uint8_t *ports)
{
    d->src.port = be16(ports);
    d->dst.port = be16(ports + 2);
    d->transport = (uint8_t)transport;
}

void layer_udp(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 8);
    uint32_t length;

    if (!p)
        return;
    length = be16(p + 4);
    if (!length) /* a jumbogram (RFC 2675 §4), or left to the card */
        length = walk->wire + 8;
    if (length < 8) {
        walk_end(walk, DECODED_BAD);
        return;
    }
    walk_limit(walk, length - 8);
    set_ports(&walk->out->datagram, NET_UDP, p);
    walk_end_payload(walk, DECODED_DATAGRAM);
    walk->next = tunnel_decoder(&walk->out->datagram);
    if (walk->next) {
        walk->hinted = true;
        walk->plain = *walk->out;
    }
}

/* RFC 3828: in place of the length how much of it the checksum covers. */
void layer_udp_lite(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, 8);

    if (!p)
        return;
    set_ports(&walk->out->datagram, NET_UDP, p);
    walk_end_payload(walk, DECODED_DATAGRAM);
}

void layer_tcp(struct walk *walk)
{
    struct decoded *out = walk->out;
    /* An ICMP error may quote no more than the ports and the sequence number. */
    const uint8_t *p = walk_header(walk, out->quoted ? 8 : 20);
    uint32_t header;

    if (!p)
        return;
    set_ports(&out->datagram, NET_TCP, p);
    out->sequence = be32(p + 4);
    if (!out->quoted) {
        out->acknowledged = be32(p + 8);
        out->tcp_flags = p[13];
        header = (uint32_t)(p[12] >> 4) * 4;
        if (header < 20) {
            walk_end(walk, DECODED_BAD);
            return;
        }
        if (!walk_skip(walk, header - 20))
            return;
    }
    walk_end_payload(walk, DECODED_SEGMENT);
}

void layer_sctp(struct walk *walk)
{
    const uint8_t *p = walk_header(walk, walk->out->quoted ? 8 : 12);

    if (!p)
        return;
    set_ports(&walk->out->datagram, NET_SCTP, p);
    walk->out->sctp_tag = be32(p + 4);
    walk_end_payload(walk, DECODED_CHUNKS);
}

/* RFC 6951: the port only hints; a first chunk has to fit. */
void layer_sctp_udp(struct walk *walk)
{
    const uint8_t *p = walk->at.p;

    if (walk->at.left < 16 || be16(p + 14) < 4 || be16(p + 14) > walk->wire - 12)
        walk_end(walk, DECODED_BAD);
    else
        walk->next = layer_sctp;
}

/* Type, code, checksum, four octets that depend on the type, then as much of
 * the packet as fits. */
static void quote(struct walk *walk, bool error)
{
    const uint8_t *p = error && !walk->out->quoted ? walk_header(walk, 8) : NULL;

    if (!p) {
        walk_end(walk, DECODED_OTHER);
        return;
    }
    walk->out->quoted = true;
    walk->out->icmp_type = p[0];
    walk->out->icmp_code = p[1];
    walk->out->reporter = walk->out->datagram.src;
    walk->out->reporter_dscp = walk->out->datagram.dscp;
    walk->next = layer_ip;
}

/* Destination unreachable, source quench, redirect, time exceeded, parameter
 * problem. */
void layer_icmp4(struct walk *walk)
{
    unsigned type = walk->at.left ? walk->at.p[0] : 0;

    quote(walk, type == 3 || type == 4 || type == 5 || type == 11 || type == 12);
}

/* Destination unreachable, packet too big, time exceeded, parameter problem. */
void layer_icmp6(struct walk *walk)
{
    unsigned type = walk->at.left ? walk->at.p[0] : 0;

    quote(walk, type >= 1 && type <= 4);
}
