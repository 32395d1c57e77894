/* ChannelData and Send/Data indications: RFC 8656 §11, §12. */
#include "rtp/turn.h"

#include "base/cursor.h"

enum {
    STUN_HEADER = 20,
    SEND_INDICATION = 0x0016,
    DATA_INDICATION = 0x0017,
    ATTRIBUTE_DATA = 0x0013,
};

static const uint8_t *cut(const uint8_t *data, size_t n, size_t at, size_t length,
                          size_t *data_n, size_t *data_len)
{
    if (at > n)
        return NULL;
    *data_n = n - at < length ? n - at : length;
    *data_len = length;
    return data + at;
}

static const uint8_t *channel_data(const uint8_t *data, size_t n, size_t len, size_t *data_n,
                                   size_t *data_len)
{
    size_t length = be16(data + 2);

    /* Over UDP the padding to four octets may be there or not. */
    if (length + 4 > len || len - length - 4 > 3)
        return NULL;
    return cut(data, n, 4, length, data_n, data_len);
}

static const uint8_t *indication(const uint8_t *data, size_t n, size_t *data_n, size_t *data_len)
{
    size_t at = STUN_HEADER;

    while (at + 4 <= n) {
        size_t length = be16(data + at + 2);

        if (be16(data + at) == ATTRIBUTE_DATA)
            return cut(data, n, at + 4, length, data_n, data_len);
        at += 4 + (length + 3) / 4 * 4;
    }
    return NULL;
}

const uint8_t *turn_payload(const uint8_t *data, size_t n, size_t len, size_t *data_n,
                            size_t *data_len)
{
    if (n < 4)
        return NULL;
    if (data[0] >= 0x40 && data[0] <= 0x4f)
        return channel_data(data, n, len, data_n, data_len);
    if (n >= STUN_HEADER && be32(data + 4) == 0x2112a442 &&
        (be16(data) == SEND_INDICATION || be16(data) == DATA_INDICATION))
        return indication(data, n, data_n, data_len);
    return NULL;
}
