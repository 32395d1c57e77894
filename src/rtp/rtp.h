/* RTP and RTCP headers: RFC 3550 §5.1, §6.4; what else shares their ports
 * (RFC 7983). */
#ifndef RTP_RTP_H
#define RTP_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
enum rtp_kind rtp_classify(const uint8_t *data, size_t n, size_t len);

struct rtp_header {
    uint8_t pt;
    bool marker, padding, extension;
    uint8_t csrc_count;
    uint16_t sequence;
    uint32_t timestamp, ssrc;
    uint32_t header_bytes;  /* with CSRCs and extension */
    uint32_t payload_bytes; /* without padding; by the datagram's length, so it
                               is right for snaplen-cut packets too */
};

/* False when the octets do not hold a whole RTP header (12 octets must be
 * captured; lengths of CSRC, extension and padding must fit `len`). */
bool rtp_parse(struct rtp_header *header, const uint8_t *data, size_t n, size_t len);

#endif
