/* RTP and RTCP headers: RFC 3550 §5.1, §6.4; what else shares their ports
 * (RFC 7983). */
#ifndef RTP_RTP_H
#define RTP_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"

enum rtp_kind {
    RTP_NOT,     /* nothing of ours */
    RTP_MEDIA,   /* an RTP header that could be real */
    RTP_CONTROL, /* RTCP: version 2, packet type 192 to 223, length plausible */
    RTP_STUN,    /* RFC 8489, or the older form without the cookie */
    RTP_DTLS,
    RTP_ZRTP,
    RTP_TURN_CHANNEL, /* ChannelData (RFC 8656 §12.4) */
};

/* What a UDP payload may be by its first octets.  `n` captured octets of
 * `len`. */
static inline enum rtp_kind rtp_classify(const uint8_t *data, size_t n, size_t len);

struct rtp_header {
    uint8_t pt;
    bool marker;
    uint16_t sequence;
    uint32_t timestamp, ssrc;
    uint32_t header_bytes;  /* with CSRCs and extension */
    uint32_t payload_bytes; /* without padding; by the datagram's length, so it
                               is right for snaplen-cut packets too */
};

/* False when the octets do not hold a whole RTP header (12 octets must be
 * captured; lengths of CSRC, extension and padding must fit `len`). */
static inline bool rtp_parse(struct rtp_header *header, const uint8_t *data, size_t n, size_t len);

/* ---- asked of every packet, so written here ----------------------------------- */

enum { RTP_HEADER = 12, RTCP_FIRST = 192, RTCP_LAST = 223 };

/* What is not of version 2, of 4 octets at least. */
enum rtp_kind rtp_classify_other(const uint8_t *data, size_t n, size_t len);
/* Header and payload octets where there is more than the fixed header. */
bool rtp_parse_rest(uint32_t *header_bytes, uint32_t *payload_bytes, const uint8_t *data, size_t n,
                    size_t len);

/* The first packet of a compound must fit the datagram. */
static inline bool rtp_is_control(const uint8_t *data, size_t len)
{
    return len >= 8 && data[1] >= RTCP_FIRST && data[1] <= RTCP_LAST &&
           ((size_t)be16(data + 2) + 1) * 4 <= len;
}

/* Of the first octet of RTP and RTCP (RFC 3550 §5.1): version 2. */
static inline bool rtp_has_version(uint8_t first)
{
    return first >> 6 == 2;
}

static inline enum rtp_kind rtp_classify(const uint8_t *data, size_t n, size_t len)
{
    if (n < 4)
        return RTP_NOT;
    if (!rtp_has_version(data[0]))
        return rtp_classify_other(data, n, len);
    if (rtp_is_control(data, len))
        return RTP_CONTROL;
    return n >= RTP_HEADER ? RTP_MEDIA : RTP_NOT;
}

static inline bool rtp_parse(struct rtp_header *h, const uint8_t *data, size_t n, size_t len)
{
    uint32_t header = RTP_HEADER, payload = (uint32_t)len - RTP_HEADER;

    if (n < RTP_HEADER || len < n || data[0] >> 6 != 2)
        return false;
    if (data[0] != 0x80 && !rtp_parse_rest(&header, &payload, data, n, len))
        return false;
    h->marker = data[1] & 0x80;
    h->pt = data[1] & 0x7f;
    h->sequence = be16(data + 2);
    h->timestamp = be32(data + 4);
    h->ssrc = be32(data + 8);
    h->header_bytes = header;
    h->payload_bytes = payload;
    return true;
}

#endif
