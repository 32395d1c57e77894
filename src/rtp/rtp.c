/* RTP headers (RFC 3550 §5.1) and what else shares their ports (RFC 7983,
 * RFC 5761 §4). */
#include "rtp/rtp.h"

#include "base/cursor.h"

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

enum rtp_kind rtp_classify_other(const uint8_t *data, size_t n, size_t len)
{
    switch (data[0] >> 6) {
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

/* CSRCs, an extension, padding. */
bool rtp_parse_rest(uint32_t *header_bytes, uint32_t *payload_bytes, const uint8_t *data, size_t n,
                    size_t len)
{
    size_t header = RTP_HEADER + (size_t)(data[0] & 15) * 4, padding = 0;

    if (data[0] & 0x10) {
        /* its length is beyond the snap length: count it as payload */
        if (header + 4 <= n)
            header += 4 + (size_t)be16(data + header + 2) * 4;
        else if (n == len)
            return false;
    }
    if (header > len)
        return false;
    if (data[0] & 0x20 && n == len)
        padding = data[len - 1];
    if (padding > len - header)
        return false;
    *header_bytes = (uint32_t)header;
    *payload_bytes = (uint32_t)(len - header - padding);
    return true;
}
