/* Payload headers of video: which packets begin a key frame, one that can be
 * decoded without others before it.  H.264 (RFC 6184), H.265 (RFC 7798), VP8
 * (RFC 7741), VP9 (RFC 9628), AV1 (the AOM's RTP payload format). */
#ifndef RTP_VIDEO_H
#define RTP_VIDEO_H

#include "base/slice.h"

enum video_codec {
    VIDEO_NONE,  /* no video, or packets that repeat or protect others */
    VIDEO_OTHER, /* video whose payload header is not read */
    VIDEO_H264,
    VIDEO_H265,
    VIDEO_VP8,
    VIDEO_VP9,
    VIDEO_AV1,
};

/* By the encoding name of an m=video section or of a static payload type. */
enum video_codec video_codec(struct slice name);

/* Whether the payload, of which `n` octets were captured, holds part of a key
 * frame, as far as its own header tells: in VP8, VP9 and AV1 only a frame's first
 * packet does. */
bool video_is_key(enum video_codec codec, const uint8_t *payload, size_t n);

#endif
