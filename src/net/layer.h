/* Layers: how a packet is taken apart, one small decoder at a time.
 *
 * A decoder reads its header through the walk's cursor and names the decoder
 * of what follows, or ends the walk with a verdict.  Which decoder stands
 * behind which number is said by tables (link types, EtherTypes, IP protocols,
 * UDP ports), so a new layer is a new row.  Decoding keeps no state: what has
 * to be put together again (fragments, TCP) is handed on as it lies. */
#ifndef NET_LAYER_H
#define NET_LAYER_H

#include "base/cursor.h"
#include "net/net.h"

enum decoded_kind {
    DECODED_OTHER,    /* well-formed, nothing for us */
    DECODED_BAD,      /* unknown link layer, or cut or malformed below transport */
    DECODED_DATAGRAM, /* a whole datagram */
    DECODED_FRAGMENT, /* a piece of an IP packet */
    DECODED_SEGMENT,  /* a TCP segment */
    DECODED_CHUNKS,   /* an SCTP packet's chunks */
    DECODED_QUOTE,    /* an ICMP error and the packet that it quotes */
};

/* What one packet holds. */
struct decoded {
    enum decoded_kind kind;
    /* Addresses and, but for a fragment, payload.  Of a quote: the quoted
     * packet's, whose payload may be a few octets only. */
    struct datagram datagram;
    /* of a fragment: what it is a piece of; the identification of an IPv4
     * packet in any case, 0 for others */
    uint32_t fragment_id;
    uint32_t fragment_at; /* octets from the start of the IP payload */
    bool fragment_more;
    uint8_t protocol;     /* what the whole IP payload is */
    /* of a segment */
    uint32_t sequence, acknowledged;
    uint8_t tcp_flags;
    /* of chunks */
    uint32_t sctp_tag; /* verification tag */
    /* of a quote */
    bool quoted;
    uint8_t icmp_type, icmp_code;
    struct net_addr reporter; /* who sent the ICMP message; port 0 */
    uint8_t reporter_dscp;    /* what it is marked with, as in struct datagram */
    /* of a datagram that was captured elsewhere */
    bool timed;
    int64_t time; /* when; as in struct packet */
};

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

struct walk;
typedef void layer_decoder(struct walk *walk);

struct walk {
    struct cursor at;    /* the captured octets left */
    uint32_t wire;       /* octets left on the wire, at.left at least */
    layer_decoder *next; /* NULL: the walk has ended */
    struct decoded *out;
    /* The last UDP datagram whose port hints at a tunnel: what the packet
     * holds if no packet is found in it. */
    bool hinted;
    struct decoded plain;
};

/* Headers one in another, all kinds together, before a packet is given up as
 * malformed. */
enum { LAYER_MAX_DEPTH = 128 };

/* Takes a packet apart.  Keeps no state, reads nothing but the packet. */
void net_decode(const struct packet *packet, struct decoded *out);

/* What was read on the way, from the outside in: the octets that were left where a
 * decoder began. */
struct layer_step {
    layer_decoder *decode;
    const uint8_t *at;
    uint32_t left;
};
struct layer_trace {
    struct layer_step steps[LAYER_MAX_DEPTH];
    unsigned n;
};
/* As net_decode and net_decode_payload, and says how they came there. */
void net_trace(const struct packet *packet, struct decoded *out, struct layer_trace *trace);
void net_trace_payload(struct decoded *out, struct layer_trace *trace);

/* Decodes the payload of an IP packet that was put together from fragments:
 * what out->datagram points to.  out->protocol and the addresses and lengths
 * are those of the packet. */
void net_decode_payload(struct decoded *out);

/* Ends the walk. */
static inline void walk_end(struct walk *walk, enum decoded_kind kind)
{
    walk->out->kind = kind;
    walk->next = NULL;
}

/* Ends the walk with what is left as the payload. */
static inline void walk_end_payload(struct walk *walk, enum decoded_kind kind)
{
    struct datagram *d = &walk->out->datagram;

    d->data = walk->at.p;
    d->caplen = (uint32_t)walk->at.left;
    d->len = walk->wire;
    walk_end(walk, kind);
}

/* Takes n octets of header, or ends the walk as cut and gives NULL. */
static inline const uint8_t *walk_header(struct walk *walk, size_t n)
{
    const uint8_t *p = cursor_take(&walk->at, n);

    if (!p) {
        walk_end(walk, DECODED_BAD);
        return NULL;
    }
    walk->wire -= (uint32_t)n;
    return p;
}

/* Passes over n octets, 0 too; false, with the walk ended, if they are not
 * all there. */
static inline bool walk_skip(struct walk *walk, size_t n)
{
    return n == 0 || walk_header(walk, n) != NULL;
}

/* The header's length field says that n octets follow.  What is behind them
 * (padding, frame check) goes away; where the packet has fewer, the field is
 * believed and the rest counts as not captured. */
static inline void walk_limit(struct walk *walk, uint32_t n)
{
    walk->wire = n;
    if (walk->at.left > n)
        walk->at.left = n;
}

/* As walk_limit, for a layer within which another one says its length, too: a
 * length beyond what there is is not believed. */
static inline void walk_trim(struct walk *walk, uint32_t n)
{
    if (n < walk->wire)
        walk_limit(walk, n);
}

/* What stands behind a number. */
struct layer_row {
    uint32_t number;
    layer_decoder *decode;
    const char *name;
};

/* Goes on with the decoder that the table has for the number; ends the walk
 * as of no interest where it lists none. */
void walk_table(struct walk *walk, const struct layer_row *rows, size_t count, uint32_t number);
void walk_ethertype(struct walk *walk, uint16_t type);
void walk_protocol(struct walk *walk, uint8_t protocol);

/* The row of a link type, NULL when it is not decoded. */
const struct layer_row *link_row(uint32_t link);

#define ROWS(table) table, sizeof(table) / sizeof(table)[0]

/* Whether walk_ethertype() knows the type. */
bool ethertype_is_known(uint16_t type);

/* Whether what is next can be an IP packet: version, lengths.  For layers that
 * do not say what they carry, and for ports that only hint at a tunnel. */
bool walk_is_ip(const struct walk *walk);

/* Ends the walk as malformed unless an IP packet is next. */
void walk_guessed_ip(struct walk *walk);

/* Goes on with the IP version that an address family of BSD, Linux, Windows or
 * macOS stands for. */
void walk_family(struct walk *walk, uint32_t family);

/* The decoder of the tunnel that the datagram may be, by its ports or its first
 * octets; NULL for none.  The decoder has to look whether it is one. */
layer_decoder *tunnel_decoder(const struct datagram *datagram);

/* ethernet.c */
layer_decoder layer_ethernet, layer_vlan, layer_cooked, layer_cooked2;
/* llc.c */
layer_decoder layer_llc, layer_fddi, layer_token_ring, layer_ip_fc, layer_atm, layer_sunatm;
layer_decoder layer_frame_relay, layer_frame_relay_direction;
/* ppp.c */
layer_decoder layer_ppp, layer_ppp_direction, layer_pppoe, layer_hdlc, layer_hdlc_direction;
/* mpls.c */
layer_decoder layer_mpls;
/* wifi.c */
layer_decoder layer_wifi, layer_radiotap, layer_prism, layer_avs, layer_ppi;
/* filter_log.c */
layer_decoder layer_nflog, layer_pflog, layer_enc;
/* upper_pdu.c, text.c */
layer_decoder layer_upper_pdu, layer_text;
/* ip.c */
layer_decoder layer_ip, layer_ip4, layer_ip6;
/* transport.c */
layer_decoder layer_udp, layer_udp_lite, layer_tcp;
layer_decoder layer_sctp, layer_sctp_udp, layer_icmp4, layer_icmp6;
/* gre.c */
layer_decoder layer_gre, layer_etherip;
/* tunnel.c */
layer_decoder layer_vxlan, layer_geneve, layer_lisp, layer_teredo, layer_tzsp;
/* gtp.c, l2tp.c, esp.c, hep.c */
layer_decoder layer_gtp, layer_l2tp, layer_l2tp3, layer_esp, layer_esp_udp, layer_hep;

#endif
