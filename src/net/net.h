/* Packets to datagrams: link layers, tags, tunnels, IP, UDP, TCP.
 *
 * net_packet() takes a packet apart and calls back with what it carries: a
 * whole UDP datagram (after reassembly where it came in fragments), or octets
 * of a TCP stream in order.  Layers are rows of tables; see net/layer.h. */
#ifndef NET_NET_H
#define NET_NET_H

#include "capture/capture.h"
#include "net/addr.h"

enum net_transport { NET_UDP, NET_TCP, NET_TLS, NET_SCTP, NET_WS, NET_WSS, NET_LOG };

/* "udp", "tcp", ... as contract.md names them. */
const char *net_transport_name(enum net_transport transport);

/* Whether it comes from a text log, and how the program that wrote the log saw
 * it.  The addresses of a logged one may be unknown. */
enum net_logged { NET_NOT_LOGGED, NET_LOGGED, NET_LOGGED_RECEIVED, NET_LOGGED_SENT };

/* Not known: of a log, or of what a capture agent wrapped without it. */
enum { NET_NO_DSCP = 64 };

/* A transport payload with its addresses (the innermost ones of a tunnel). */
struct datagram {
    const struct packet *packet; /* the one that completed it */
    struct net_addr src, dst;
    const uint8_t *data; /* the payload's captured octets, borrowed */
    uint32_t caplen;     /* how many were captured */
    uint32_t len;        /* how many there were, by the UDP length */
    uint32_t ip_bytes;   /* octets on the wire from the innermost IP header on,
                            all fragments together */
    uint32_t link_bytes; /* octets on the wire of the whole frame(s) */
    uint8_t transport;   /* enum net_transport */
    uint8_t dscp;        /* innermost IP header's (RFC 2474), or NET_NO_DSCP */
    uint8_t ttl;         /* or hop limit */
    uint16_t ip_id;      /* identification of an IPv4 packet, else 0 */
    uint32_t sequence;   /* of octets of a TCP stream in clear: that of the first; else
                            not defined */
    bool stable;         /* data stays until the capture is closed */
    bool relayed;        /* was wrapped by TURN */
    bool duplicate;      /* the capture has it twice, it was sent once; never set
                            for RTP (see net_origin) */
    uint8_t logged;      /* enum net_logged */
};

/* A part of a byte stream's octets, or what was wrapped in them: `ip_bytes` and
 * `link_bytes` become what the part would have needed in a packet of its own
 * with the same headers. */
static inline struct datagram datagram_part(const struct datagram *whole, const uint8_t *data,
                                            uint32_t n, bool stable)
{
    struct datagram d = *whole;

    d.data = data;
    d.caplen = d.len = n;
    d.stable = stable;
    d.ip_bytes = (whole->ip_bytes > whole->len ? whole->ip_bytes - whole->len : 0) + n;
    d.link_bytes = (whole->link_bytes > whole->len ? whole->link_bytes - whole->len : 0) + n;
    return d;
}

/* Where a datagram was captured: what differs between two captures of one packet
 * and does not between a packet and its duplicate in the network; see net/origin.h. */
struct net_origin {
    uint32_t link; /* hash of MAC addresses, VLAN tags, TTL */
    uint16_t tap;  /* file and interface */
};

/* An ICMP error (RFC 792, RFC 4443) and what it says of the packet that it
 * quotes, as far as it quotes it: addresses, transport (UDP or TCP) and the
 * first octets of the payload.  It is no datagram: nobody sent it twice.
 * quoted->duplicate: the capture holds the error twice. */
struct net_icmp {
    const struct datagram *quoted;
    struct net_addr reporter; /* who sent the error; port 0 */
    uint8_t type, code;       /* of ICMP, or of ICMPv6 where reporter is IPv6 */
};

/* Octets that were sent and that the capture does not hold. */
struct net_missing {
    enum { NET_MISSING_FRAGMENTS, NET_MISSING_SEGMENTS } kind;
    /* Of fragments: what came of the packet; ports and data (the beginning of a
     * datagram, caplen < len) where its first fragment came.  Of TCP segments:
     * the addresses, and the packet behind the hole. */
    const struct datagram *where;
    uint32_t octets; /* of TCP: how many are missing */
};

/* What became of a TLS connection. */
enum net_tls_outcome {
    NET_TLS_OPENING,       /* its handshake is not over, or nothing came after it */
    NET_TLS_DECRYPTED,     /* at least in part */
    NET_TLS_NO_KEYS,       /* its secrets are not known */
    NET_TLS_WRONG_KEYS,    /* those known open none of its records */
    NET_TLS_NO_HANDSHAKE,  /* it began before the capture, or its beginning is not whole */
    NET_TLS_NOT_SUPPORTED, /* its version, cipher or compression */
    NET_TLS_NO_LIBRARY,    /* this build has no cryptography */
    NET_TLS_OUTCOMES,
};

/* How many connections came to what. */
struct net_tls_counts {
    uint64_t of[NET_TLS_OUTCOMES];
};

/* A TLS connection that stays encrypted. */
struct net_tls {
    struct net_addr client, server; /* without a handshake by their ports */
    int64_t time;                   /* of its first packet that was seen, ns */
    uint64_t frame;
    uint16_t version, suite; /* as the ServerHello says; version 0: not known */
    uint8_t outcome;         /* enum net_tls_outcome */
    char server_name[256];   /* RFC 6066 §3, printable octets; "" for none */
    char protocol[32];       /* of ALPN: chosen, or the first offered */
};

/* Octets of a TCP stream in clear that belong together, and what of them is a payload:
 * for who wants to know where in the stream a message lies. */
struct net_frame {
    enum {
        NET_FRAME_HEAD,   /* a WebSocket's opening handshake */
        NET_FRAME_WHOLE,  /* a frame that is a message */
        NET_FRAME_PART,   /* any other frame of a WebSocket */
        NET_FRAME_BINARY, /* a message behind its length (RFC 4571), and the like */
    } kind;
    const struct datagram *run;
    size_t at, n;           /* where in run->data */
    size_t payload, length; /* where in these n octets */
    uint8_t mask[4];        /* of the payload: RFC 6455 §5.3; zero: none */
};

struct decoded; /* net/layer.h */

struct net_sink {
    void *ctx;
    /* A whole datagram of a transport that keeps message boundaries. */
    void (*datagram)(void *ctx, const struct datagram *datagram);
    /* Octets of a byte stream, in order; data/len are all that is not yet
     * consumed.  `last` says that nothing follows them: octets are missing
     * behind, or the stream ends.  Returns how many of them it is done with, 0
     * when it needs more; what is left comes again in front of the next ones,
     * up to a bound (net/tcp.c). */
    size_t (*stream)(void *ctx, const struct datagram *run, bool last);
    /* An ICMP error; the packet counts as NET_OTHER.  May be NULL. */
    void (*icmp)(void *ctx, const struct net_icmp *icmp);
    /* May be NULL. */
    void (*missing)(void *ctx, const struct net_missing *missing);
    /* A TLS connection that cannot be decrypted, told once, when that turns
     * out.  May be NULL. */
    void (*encrypted)(void *ctx, const struct net_tls *connection);
    /* Told before a message that does not lie bare in its TCP stream is.  May be NULL. */
    void (*frame)(void *ctx, const struct net_frame *frame);
    /* Told before what was put together from fragments is: their frames, the last
     * that of the packet which completed it, unless it never was whole; and the IP
     * packet's payload.  May be NULL. */
    void (*fragments)(void *ctx, const uint64_t *frames, size_t count,
                      const struct decoded *whole);
};

/* What became of a packet, for the capture's counts. */
enum net_verdict {
    NET_PASSED,    /* called back, or kept for reassembly */
    NET_OTHER,     /* well-formed but nothing for us (ARP, ICMP, an empty ACK) */
    NET_UNDECODED, /* unknown link layer, or cut or malformed below transport */
};

struct net;

/* NULL when memory is short. */
struct net *net_new(const struct net_sink *sink);
/* Takes in TLS secrets, for connections whose packets follow: whole lines of a
 * key log (SSLKEYLOGFILE).  How many secrets there were, or -ENOMEM. */
long net_add_secrets(struct net *net, const char *text, size_t n);

enum net_verdict net_packet(struct net *net, const struct packet *packet);
/* At the end of the capture: hands over what still waits for missing TCP segments,
 * and says what is missing. */
void net_flush(struct net *net);
void net_free(struct net *net);

/* The TLS connections so far. */
struct net_tls_counts net_tls_counts(const struct net *net);

/* Of each DSCP, and of none known, how many packets so far had it in their innermost
 * IP header, not that of a packet that an ICMP error quotes: NET_NO_DSCP + 1 numbers,
 * borrowed. */
const uint64_t *net_dscp_counts(const struct net *net);

/* "EF", "AF31", "CS3", "BE", ... (RFC 2474, 2597, 3246, 5865, 8622); NULL for one that
 * has no name. */
const char *net_dscp_name(unsigned dscp);

/* The LINKTYPE_ name ("ETHERNET" prints as "EN10MB", as libpcap's DLT names),
 * NULL for a number that is not decoded. */
const char *net_link_name(uint32_t link);

/* The name of a link type that is known and not decoded ("USB_LINUX"), NULL
 * for any other. */
const char *net_link_refused(uint32_t link);

#endif
