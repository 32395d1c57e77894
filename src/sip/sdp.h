/* SDP: RFC 4566 / RFC 8866, as slices of the body. */
#ifndef SIP_SDP_H
#define SIP_SDP_H

#include "base/slice.h"
#include "net/addr.h"
#include "rtp/codec.h"

enum sdp_direction { SDP_SENDRECV, SDP_SENDONLY, SDP_RECVONLY, SDP_INACTIVE };
const char *sdp_direction_name(enum sdp_direction direction);

enum { SDP_MAX_MEDIA = 16, SDP_MAX_FORMATS = 64 };

/* One format of an m= line with its rtpmap and fmtp. */
struct sdp_format {
    struct slice id;    /* as in the m= line: "0", "101", "t38" */
    int pt;             /* RTP payload type, -1 where the protocol is not RTP */
    struct slice codec; /* by rtpmap, else the static type's name, else empty */
    uint32_t clock_rate; /* Hz, 0: unknown */
    uint32_t channels;   /* 0: not said */
    struct slice fmtp;
};

struct sdp_media {
    struct slice type;     /* "audio", "video", "image", ... */
    struct slice address;  /* c= of the media, else of the session; no TTL */
    struct slice protocol; /* "RTP/AVP", "RTP/SAVP", "udptl", ... */
    uint16_t port;         /* 0: rejected (RFC 3264 §6) */
    uint16_t rtcp_port;    /* a=rtcp, else port + 1; 0 when unknown or muxed */
    struct slice rtcp_address; /* of a=rtcp, p NULL: as address */
    bool rtcp_mux, secure; /* a=rtcp-mux; SAVP or a=crypto or a=fingerprint */
    bool udptl;            /* T.38 over UDPTL (ITU-T T.38 annex D) */
    uint32_t fax_version;  /* T38FaxVersion, 0: or not said */
    bool zrtp;             /* a=zrtp-hash: it may become secure (RFC 6189 §8) */
    enum sdp_direction direction; /* media's, else session's, else sendrecv */
    uint32_t ptime, maxptime; /* ms, 0: not said */
    uint32_t bandwidth_as;    /* b=AS, kbit/s, 0: not said */
    uint32_t bandwidth_tias;  /* b=TIAS, bit/s */
    struct slice mid, crypto, fingerprint, setup; /* first of each */
    unsigned candidates;      /* how many a=candidate lines */
    uint32_t ssrc;            /* of the first a=ssrc */
    bool has_ssrc;
    struct slice lines;       /* its part of the text, m= line and on */
    uint32_t line;            /* number of its m= line, from 1 */
    unsigned format_count;
    struct sdp_format formats[SDP_MAX_FORMATS];
};

struct sdp_session {
    struct slice text;
    struct slice origin;       /* o= value */
    struct slice origin_user, origin_id, origin_version, origin_address;
    struct slice name;         /* s= */
    struct slice address;      /* session's c=, p NULL: none */
    struct slice fingerprint;  /* a= of the session, for sections without one */
    uint32_t bandwidth_as;
    enum sdp_direction direction;
    bool has_direction;
    unsigned media_count;
    const char *problem;       /* NULL, or a literal that says what is wrong */
    uint32_t problem_line;     /* from 1 */
    struct sdp_media media[SDP_MAX_MEDIA];
};

/* Reads a session description; lines may end with LF alone.  Always fills
 * `sdp` with what could be read; false when there is nothing of SDP in it.
 * Large struct (some 100 KB): keep one and reuse it.  Does not allocate. */
bool sdp_parse(struct sdp_session *sdp, struct slice body);

/* How the section would have its keys agreed on; RTP_KEYS_UNKNOWN: not said. */
enum rtp_exchange sdp_exchange(const struct sdp_media *media);

/* Iterates over the a= lines of a media's or session's text: name and value
 * (p NULL without ':'). */
bool sdp_attribute_next(struct slice *rest, struct slice *name, struct slice *value);

/* An a=candidate line (RFC 8839 §5.1) with an address, not a name. */
struct sdp_candidate {
    struct net_addr addr;
    uint32_t component; /* 1 RTP, 2 RTCP */
    struct slice type;  /* "host", "srflx", "prflx", "relay" */
};
/* The next one of the a= lines; false at their end. */
bool sdp_candidate_next(struct slice *rest, struct sdp_candidate *candidate);

#endif
