/* Layers: how a packet is taken apart, one small decoder at a time.
 *
 * A decoder reads its header through the walk's cursor and names the decoder
 * of what follows, or ends the walk with a verdict.  Which decoder stands
 * behind which number is said by tables (link types, EtherTypes, IP protocols),
 * so a new layer is a new row.  Decoding keeps no state: what has to be put
 * together again (fragments, TCP) is handed on as it lies. */
#ifndef NET_LAYER_H
#define NET_LAYER_H

#include "base/cursor.h"
#include "net/net.h"

enum decoded_kind {
    DECODED_OTHER,     /* well-formed, nothing for us */
    DECODED_BAD,       /* cut or malformed below transport */
    DECODED_DATAGRAM,  /* a whole datagram */
    DECODED_FRAGMENT,  /* a piece of an IP packet */
    DECODED_SEGMENT,   /* a TCP segment */
};

/* What one packet holds. */
struct decoded {
    enum decoded_kind kind;
    struct datagram datagram; /* addresses and, but for a fragment, payload */
    /* of a fragment: what it is a piece of */
    uint32_t fragment_id;
    uint32_t fragment_at;    /* octets from the start of the IP payload */
    bool fragment_more;
    uint8_t protocol;        /* what the whole IP payload is */
    /* of a segment */
    uint32_t sequence, acknowledged;
    uint8_t tcp_flags;
};

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

struct walk;
typedef void layer_decoder(struct walk *walk);

struct walk {
    struct cursor at;          /* the captured octets left */
    uint32_t wire;             /* octets left on the wire, at.left at least */
    layer_decoder *next;       /* NULL: the walk has ended */
    struct decoded *out;
};

enum { LAYER_MAX_DEPTH = 24 };

/* Takes a packet apart.  Keeps no state, reads nothing but the packet. */
void net_decode(const struct packet *packet, struct decoded *out);

/* Decodes the payload of an IP packet that was put together from fragments;
 * out->datagram holds its addresses and the other lengths. */
void net_decode_payload(struct decoded *out, const uint8_t *data, uint32_t caplen, uint32_t len);

/* Ends the walk. */
static inline void walk_end(struct walk *walk, enum decoded_kind kind)
{
    walk->out->kind = kind;
    walk->next = NULL;
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

/* Lets the layer's payload end after n octets (padding and checks behind it go
 * away); false, with the walk ended, if the wire had fewer. */
static inline bool walk_limit(struct walk *walk, uint32_t n)
{
    if (n > walk->wire) {
        walk_end(walk, DECODED_BAD);
        return false;
    }
    walk->wire = n;
    if (walk->at.left > n)
        walk->at.left = n;
    return true;
}

/* Goes on with the decoder that the table has for the number; what it does not
 * list is of no interest. */
struct layer_row {
    uint32_t number;
    layer_decoder *decode;
    const char *name;
};
void walk_ethertype(struct walk *walk, uint16_t type);
void walk_protocol(struct walk *walk, uint8_t protocol);

layer_decoder layer_ethernet, layer_vlan, layer_cooked, layer_cooked2, layer_null, layer_raw_ip;
layer_decoder layer_ip4, layer_ip6, layer_udp, layer_tcp;

/* The decoder and name of a link type, NULL when it is not known. */
const struct layer_row *link_row(uint32_t link);

#endif
