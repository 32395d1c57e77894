/* Owns how binary messages on a byte stream are told from text and from one
 * another.  Text of SIP, HTTP and RTSP begins with a letter; what is binary
 * begins below 0x20, but for ChannelData, whose channel numbers are letters
 * too: its length field, which text would fill with two more characters, tells
 * them apart. */
#include "net/framed.h"

#include "base/cursor.h"
#include "base/slice.h"

enum {
    STUN_HEADER = 20,
    STUN_TYPES = 0x3f, /* the first octet of a STUN message, at most */
    CHANNEL_FIRST = 0x40,
    CHANNEL_LAST = 0x4f,
    SHORTEST_TEXT = 0x20, /* the first character */
    LEAST_MEDIA = 8,      /* an RTCP packet without a report */
    MOST_MEDIA = 8192,    /* of a message that nothing announced */
    MAX_RTSP = 64 * 1024,
};

static bool is_stun(const uint8_t *p, size_t n)
{
    return n >= 8 && p[0] <= STUN_TYPES && p[3] % 4 == 0 && be32(p + 4) == 0x2112a442;
}

/* Whether RTP or RTCP may begin so. */
static bool is_media(const uint8_t *p, size_t n)
{
    return n && p[0] >> 6 == 2;
}

static enum framed_result cut(struct framed_message *m, size_t n, size_t at, size_t length,
                              size_t whole)
{
    *m = (struct framed_message){.at = at, .n = length, .whole = whole};
    return n < whole ? FRAMED_MORE : FRAMED_YES;
}

static enum framed_result look_stun(struct framed *f, const uint8_t *p, size_t n,
                                    struct framed_message *m)
{
    f->stun = true;
    return cut(m, n, 0, STUN_HEADER + (size_t)be16(p + 2), STUN_HEADER + (size_t)be16(p + 2));
}

static enum framed_result look_channel(const uint8_t *p, size_t n, struct framed_message *m)
{
    size_t length;

    if (n < 4)
        return n == 3 && p[2] >= SHORTEST_TEXT ? FRAMED_NO : FRAMED_MORE;
    if (p[2] >= SHORTEST_TEXT)
        return FRAMED_NO;
    length = be16(p + 2);
    return cut(m, n, 0, 4 + length, 4 + (length + 3) / 4 * 4);
}

/* Whether another message behind its length begins here, as far as is seen. */
static bool goes_on(const uint8_t *p, size_t n)
{
    if (n >= 2 && be16(p) < LEAST_MEDIA)
        return false;
    return n < 3 || is_media(p + 2, n - 2) || p[2] <= STUN_TYPES;
}

static enum framed_result look_length(struct framed *f, const uint8_t *p, size_t n,
                                      struct framed_message *m)
{
    size_t length;
    bool stun;

    if (n < 3)
        return FRAMED_MORE;
    length = be16(p);
    stun = is_stun(p + 2, n - 2);
    if (length < LEAST_MEDIA || (!f->lengths && length > MOST_MEDIA))
        return FRAMED_NO;
    if (!is_media(p + 2, n - 2) && !stun)
        return p[2] <= STUN_TYPES && n < 10 && p[2] < 2 ? FRAMED_MORE : FRAMED_NO;
    if (n >= 2 + length && !f->lengths && !stun && !goes_on(p + 2 + length, n - 2 - length))
        return FRAMED_NO;
    f->lengths = f->lengths || (n >= 2 + length);
    return cut(m, n, 2, length, 2 + length);
}

/* Below 0x20: STUN, or a length. */
static enum framed_result look_binary(struct framed *f, const uint8_t *p, size_t n,
                                      struct framed_message *m)
{
    if (!f->lengths && is_stun(p, n))
        return look_stun(f, p, n, m);
    if (!f->lengths && n < 8 && p[0] < 2)
        return FRAMED_MORE;
    return look_length(f, p, n, m);
}

static enum framed_result look_interleaved(const struct framed *f, const uint8_t *p, size_t n,
                                           struct framed_message *m)
{
    size_t length;

    if (n < 5)
        return f->rtsp ? FRAMED_MORE : FRAMED_NO;
    length = be16(p + 2);
    /* Not announced: media, and another message behind it. */
    if (!f->rtsp && (!is_media(p + 4, n - 4) || length < LEAST_MEDIA || n < 4 + length ||
                     (n > 4 + length && p[4 + length] != '$')))
        return FRAMED_NO;
    return cut(m, n, 4, length, 4 + length);
}

static bool begins_rtsp(struct slice line)
{
    size_t space = slice_find(slice_upto(line, 16), ' ');

    return slice_istarts(line, SLICE("RTSP/1.0 ")) || slice_istarts(line, SLICE("RTSP/2.0 ")) ||
           slice_istarts(slice_from(line, space), SLICE(" rtsp://"));
}

static size_t content_length(struct slice head)
{
    while (head.n) {
        struct slice line = slice_upto(head, slice_find(head, '\n'));
        uint32_t value;

        head = slice_from(head, line.n + 1);
        if (slice_istarts(line, SLICE("content-length:")) &&
            slice_u32(slice_trim(slice_from(line, 15)), &value))
            return value;
    }
    return 0;
}

/* A message of RTSP is passed over whole, so that what follows it is found. */
static enum framed_result look_rtsp(struct framed *f, const uint8_t *p, size_t n,
                                    struct framed_message *m)
{
    const uint8_t *end = memmem(p, n < MAX_RTSP ? n : MAX_RTSP, "\r\n\r\n", 4);
    size_t head;

    f->rtsp = true;
    if (!end)
        return n < MAX_RTSP ? FRAMED_MORE : FRAMED_NO;
    head = (size_t)(end - p) + 4;
    return cut(m, n, 0, 0, head + content_length(slice_make((const char *)p, head)));
}

enum framed_result framed_look(struct framed *f, const uint8_t *p, size_t n,
                               struct framed_message *m)
{
    if (!n)
        return FRAMED_NO;
    if (p[0] < SHORTEST_TEXT && p[0] != '\r' && p[0] != '\n')
        return look_binary(f, p, n, m);
    if (f->stun && p[0] >= CHANNEL_FIRST && p[0] <= CHANNEL_LAST)
        return look_channel(p, n, m);
    if (p[0] == '$')
        return look_interleaved(f, p, n, m);
    if (begins_rtsp(slice_make((const char *)p, n)))
        return look_rtsp(f, p, n, m);
    return FRAMED_NO;
}
