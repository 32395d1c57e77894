/* Payload types and codecs: RFC 3551 tables 4 and 5, and what SDP maps. */
#ifndef RTP_CODEC_H
#define RTP_CODEC_H

#include "base/slice.h"

/* How the two ends of SRTP agree on keys. */
enum rtp_exchange {
    RTP_KEYS_UNKNOWN, /* in clear, or not known */
    RTP_KEYS_SDES,    /* RFC 4568: in the session description */
    RTP_KEYS_DTLS,    /* RFC 5764: a handshake on the media's own flow */
    RTP_KEYS_ZRTP,    /* RFC 6189: the same */
};
/* "sdes", "dtls", "zrtp"; NULL for RTP_KEYS_UNKNOWN. */
const char *rtp_exchange_name(enum rtp_exchange exchange);

/* What a payload type number means on one side of a session. */
struct rtp_format {
    uint8_t pt;
    bool event;          /* telephone-event (RFC 4733) and its like: no media clock */
    uint32_t clock_rate; /* Hz; 0: unknown */
    struct slice codec;  /* encoding name, as SDP or RFC 3551 writes it */
};

/* The payload types of one m= section, as its SDP maps them.  Made and kept by
 * whoever read the SDP; streams borrow it. */
struct rtp_map {
    struct slice media; /* "audio", "video" ... */
    uint32_t ptime;     /* announced, ms; 0: not said */
    bool secure;        /* SRTP was negotiated */
    uint8_t exchange;   /* enum rtp_exchange, as the description offers it */
    bool udptl;         /* no RTP, but faxes by T.38 */
    uint8_t fax_version; /* T38FaxVersion */
    unsigned count;
    struct rtp_format formats[];
};

/* What `pt` means: by the map (which may be NULL), else by the static table;
 * NULL when neither says. */
const struct rtp_format *rtp_map_format(const struct rtp_map *map, unsigned pt);

/* The static meaning of a payload type (RFC 3551); NULL for dynamic and
 * unassigned ones. */
const struct rtp_format *rtp_static_format(unsigned pt);
/* "audio" or "video" for a static type, NULL otherwise. */
const char *rtp_static_media(unsigned pt);
/* The clock rate that an encoding name implies when nothing says it (G722
 * 8000, opus 48000, H264 90000 ...); 0 when unknown. */
uint32_t rtp_codec_clock_rate(struct slice codec);
/* Comfort noise: payload types 13 and 19 (RFC 3389). */
bool rtp_is_comfort_noise(unsigned pt);

#endif
