/* User input of H.245 (annex B, UserInputIndication), in aligned packed encoding
 * (ITU-T X.691), as far as keys need. */
#include "rtp/h245.h"

#include <string.h>

#include "base/cursor.h"

enum {
    Q931 = 0x08,       /* protocol discriminator of H.225.0 call signalling */
    /* MultimediaSystemControlMessage: indication (of four, "extended" bit clear);
     * IndicationMessage: userInput, the last of 14: 0 11 0 1101 */
    USER_INPUT = 0x6d,
    /* UserInputIndication: the second of two; of the extensions the second and the
     * fourth, which have a length before them */
    ALPHANUMERIC = 0x40,
    SIGNAL = 0x81,
    EXTENDED = 0x83,
};

enum tpkt tpkt_frame(const uint8_t *data, size_t n, size_t *length)
{
    static const uint8_t version[] = {3, 0};

    if (!n || memcmp(data, version, n < 2 ? n : 2) != 0)
        return TPKT_NO;
    if (n < TPKT_HEADER)
        return TPKT_MORE;
    *length = be16(data + 2);
    if (*length <= TPKT_HEADER)
        return TPKT_NO;
    return n < *length ? TPKT_MORE : TPKT_YES;
}

static bool is_key(uint8_t c)
{
    return c && strchr("0123456789*#ABCD", c);
}

/* GeneralString: a length, and characters, all of which have to be keys. */
static bool read_string(struct h245_keys *keys, struct cursor *c)
{
    const uint8_t *text;
    uint8_t length;

    if (!cursor_u8(c, &length) || !length || length > H245_MOST_KEYS)
        return false;
    text = cursor_take(c, length);
    for (unsigned i = 0; text && i < length; i++) {
        if (!is_key(text[i]))
            return false;
        keys->keys[i] = (char)text[i];
    }
    keys->count = length;
    keys->how = H245_ALPHANUMERIC;
    return text != NULL;
}

static bool read_extended(struct h245_keys *keys, struct cursor c)
{
    uint8_t bits; /* extensions, rtpPayloadIndication */

    return cursor_u8(&c, &bits) && !(bits & 0x3f) && read_string(keys, &c);
}

/* Extensions, duration and rtp or not, and the character of signalType, at once behind
 * these three bits. */
static bool read_signal(struct h245_keys *keys, struct cursor c)
{
    uint16_t bits, duration;
    uint8_t key;

    if (!cursor_u16(&c, &bits))
        return false;
    key = (uint8_t)(bits >> 5);
    if (!is_key(key))
        return false;
    keys->duration_ms = 0;
    if (bits & 0x4000) {
        if (!cursor_u16(&c, &duration))
            return false;
        keys->duration_ms = duration + 1u;
    }
    keys->keys[0] = (char)key;
    keys->count = 1;
    keys->how = H245_SIGNAL;
    return true;
}

/* An H.245 message that is as long as `n`. */
static bool read_message(struct h245_keys *keys, const uint8_t *data, size_t n)
{
    struct cursor c = cursor_make(data, n), body;
    uint8_t kind, what, length;

    if (!cursor_u8(&c, &kind) || kind != USER_INPUT || !cursor_u8(&c, &what))
        return false;
    if (what == ALPHANUMERIC)
        return read_string(keys, &c) && !c.left;
    if ((what != SIGNAL && what != EXTENDED) || !cursor_u8(&c, &length) || length != c.left)
        return false;
    body = c;
    return what == SIGNAL ? read_signal(keys, body) : read_extended(keys, body);
}

/* In call signalling, each H.245 message stands behind its length (h245Control). */
static bool find_tunnelled(struct h245_keys *keys, const uint8_t *data, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        size_t length = data[i - 1];

        if (data[i] == USER_INPUT && length <= n - i && read_message(keys, data + i, length))
            return true;
    }
    return false;
}

bool h245_keys(struct h245_keys *keys, const uint8_t *data, size_t n)
{
    memset(keys, 0, sizeof *keys);
    if (n <= TPKT_HEADER)
        return false;
    data += TPKT_HEADER;
    n -= TPKT_HEADER;
    keys->tunnelled = data[0] == Q931;
    return keys->tunnelled ? find_tunnelled(keys, data, n) : read_message(keys, data, n);
}
