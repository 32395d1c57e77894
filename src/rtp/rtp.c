/* RTP headers (RFC 3550 §5.1) and what else shares their ports (RFC 7983,
 * RFC 5761 §4). */
#include "rtp/rtp.h"

#include "base/cursor.h"

enum { RTP_HEADER = 12, RTCP_FIRST = 192, RTCP_LAST = 223 };

/* The first packet of a compound must fit the datagram. */
static bool is_rtcp(const uint8_t *data, size_t len)
{
    return len >= 8 && data[1] >= RTCP_FIRST && data[1] <= RTCP_LAST &&
           ((size_t)be16(data + 2) + 1) * 4 <= len;
}

/* RFC 8489 §5; the older form (RFC 3489) has no cookie, so its length and its
 * message type have to fit. */
static bool is_stun(const uint8_t *data, size_t n, size_t len)
{
    size_t length;

    if (n < 20)
        return false;
    length = be16(data + 2);
    if (be32(data + 4) == 0x2112a442)
        return length % 4 == 0 && length + 20 <= len;
    return length + 20 == len && (be16(data) & 0x3eef) <= 4;
}

enum rtp_kind rtp_classify(const uint8_t *data, size_t n, size_t len)
{
    if (n < 4)
        return RTP_NOT;
    switch (data[0] >> 6) {
    case 2:
        if (is_rtcp(data, len))
            return RTP_CONTROL;
        return n >= RTP_HEADER ? RTP_MEDIA : RTP_NOT;
    case 1:
        /* letters (SIP) stand in the same range; the caller looks first */
        if (data[0] <= 0x4f && (size_t)be16(data + 2) + 4 <= len &&
            (size_t)be16(data + 2) + 8 > len)
            return RTP_TURN_CHANNEL;
        return RTP_NOT;
    case 0:
        if (data[0] < 4 && is_stun(data, n, len))
            return RTP_STUN;
        if (data[0] >= 16 && data[0] <= 19 && n >= 8 && be32(data + 4) == 0x5a525450)
            return RTP_ZRTP;
        if (data[0] >= 20 && data[0] <= 63 && data[1] == 0xfe)
            return RTP_DTLS;
        return RTP_NOT;
    default:
        return RTP_NOT;
    }
}

bool rtp_parse(struct rtp_header *h, const uint8_t *data, size_t n, size_t len)
{
    size_t header, padding = 0;

    if (n < RTP_HEADER || data[0] >> 6 != 2)
        return false;
    h->padding = data[0] & 0x20;
    h->extension = data[0] & 0x10;
    h->csrc_count = data[0] & 15;
    h->marker = data[1] & 0x80;
    h->pt = data[1] & 0x7f;
    h->sequence = be16(data + 2);
    h->timestamp = be32(data + 4);
    h->ssrc = be32(data + 8);
    header = RTP_HEADER + (size_t)h->csrc_count * 4;
    if (h->extension) {
        /* its length is beyond the snap length: count it as payload */
        if (header + 4 <= n)
            header += 4 + (size_t)be16(data + header + 2) * 4;
        else if (n == len)
            return false;
    }
    if (header > len)
        return false;
    if (h->padding && n == len)
        padding = data[len - 1];
    if (padding > len - header)
        return false;
    h->header_bytes = (uint32_t)header;
    h->payload_bytes = (uint32_t)(len - header - padding);
    return true;
}
