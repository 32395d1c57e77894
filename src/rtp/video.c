/* What each payload format says of key frames. */
#include "rtp/video.h"

#include "base/cursor.h"

enum video_codec video_codec(struct slice name)
{
    static const struct {
        struct slice name;
        enum video_codec codec;
    } codecs[] = {
        {SLICE("H264"), VIDEO_H264}, {SLICE("H265"), VIDEO_H265},
        {SLICE("HEVC"), VIDEO_H265}, {SLICE("VP8"), VIDEO_VP8},
        {SLICE("VP9"), VIDEO_VP9},   {SLICE("AV1"), VIDEO_AV1},
        /* RFC 4588, RFC 5109, RFC 8627 */
        {SLICE("rtx"), VIDEO_NONE},  {SLICE("ulpfec"), VIDEO_NONE},
        {SLICE("flexfec"), VIDEO_NONE}, {SLICE("flexfec-03"), VIDEO_NONE},
    };

    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
        if (slice_ieq(name, codecs[i].name))
            return codecs[i].codec;
    return VIDEO_OTHER;
}

/* ---- H.264 and H.265: units of the network abstraction layer -------------------- */

static bool is_key_unit(enum video_codec codec, uint8_t type)
{
    if (codec == VIDEO_H264)
        return type == 5; /* IDR (RFC 6184, table 1; H.264, table 7-1) */
    return type >= 16 && type <= 21; /* BLA, IDR, CRA (H.265, table 7-1) */
}

static uint8_t unit_type(enum video_codec codec, uint8_t first)
{
    return codec == VIDEO_H264 ? first & 0x1f : first >> 1 & 0x3f;
}

/* Several units, each behind its length. */
static bool any_key_unit(enum video_codec codec, struct cursor c)
{
    uint16_t n;

    while (cursor_u16(&c, &n)) {
        if (c.left && n && is_key_unit(codec, unit_type(codec, *c.p)))
            return true;
        if (!cursor_take(&c, n))
            break;
    }
    return false;
}

static bool is_key_h264(struct cursor c)
{
    enum { STAP_A = 24, STAP_B = 25, FU_A = 28, FU_B = 29 };
    uint8_t first, fragment;

    if (!cursor_u8(&c, &first))
        return false;
    switch (first & 0x1f) {
    case STAP_A:
        return any_key_unit(VIDEO_H264, c);
    case STAP_B: /* with a decoding order number */
        return cursor_take(&c, 2) && any_key_unit(VIDEO_H264, c);
    case FU_A:
    case FU_B:
        return cursor_u8(&c, &fragment) && is_key_unit(VIDEO_H264, fragment & 0x1f);
    default:
        return is_key_unit(VIDEO_H264, first & 0x1f);
    }
}

/* Without decoding order numbers, which need sprop-max-don-diff. */
static bool is_key_h265(struct cursor c)
{
    enum { AGGREGATION = 48, FRAGMENTATION = 49 };
    uint8_t first, second, fragment;

    if (!cursor_u8(&c, &first) || !cursor_u8(&c, &second))
        return false;
    switch (unit_type(VIDEO_H265, first)) {
    case AGGREGATION:
        return any_key_unit(VIDEO_H265, c);
    case FRAGMENTATION:
        return cursor_u8(&c, &fragment) && is_key_unit(VIDEO_H265, fragment & 0x3f);
    default:
        return is_key_unit(VIDEO_H265, unit_type(VIDEO_H265, first));
    }
}

/* ---- VP8, VP9, AV1 --------------------------------------------------------------- */

/* RFC 7741 §4.2: X R N S R PID, then what X, I, L, T and K announce; the frame's
 * own header begins in the first packet of its first partition. */
static bool is_key_vp8(struct cursor c)
{
    enum { X = 0x80, S = 0x10, PID = 7, I = 0x80, L = 0x40, T = 0x20, K = 0x10, M = 0x80, P = 1 };
    uint8_t first, extension = 0, x;

    if (!cursor_u8(&c, &first) || !(first & S) || first & PID)
        return false;
    if (first & X && !cursor_u8(&c, &extension))
        return false;
    if (extension & I && (!cursor_u8(&c, &x) || (x & M && !cursor_take(&c, 1))))
        return false;
    if (extension & L && !cursor_take(&c, 1))
        return false;
    if (extension & (T | K) && !cursor_take(&c, 1))
        return false;
    return cursor_u8(&c, &x) && !(x & P);
}

/* RFC 9628 §4.2: I P L F B E V Z.  A picture's first frame that is predicted from
 * no other. */
static bool is_key_vp9(struct cursor c)
{
    enum { I = 0x80, P = 0x40, L = 0x20, B = 0x08, M = 0x80, SID = 0x0e };
    uint8_t first, x;

    if (!cursor_u8(&c, &first) || first & P || !(first & B))
        return false;
    if (first & I && (!cursor_u8(&c, &x) || (x & M && !cursor_take(&c, 1))))
        return false;
    return !(first & L) || (cursor_u8(&c, &x) && !(x & SID));
}

/* The aggregation header's N: the first packet of a coded video sequence. */
static bool is_key_av1(struct cursor c)
{
    uint8_t first;

    return cursor_u8(&c, &first) && first & 0x08;
}

bool video_is_key(enum video_codec codec, const uint8_t *payload, size_t n)
{
    struct cursor c = cursor_make(payload, n);

    switch (codec) {
    case VIDEO_H264: return is_key_h264(c);
    case VIDEO_H265: return is_key_h265(c);
    case VIDEO_VP8: return is_key_vp8(c);
    case VIDEO_VP9: return is_key_vp9(c);
    case VIDEO_AV1: return is_key_av1(c);
    default: return false;
    }
}
