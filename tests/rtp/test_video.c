/* Key frames by the payload headers: the octets that the RFCs' figures give. */
#include "rtp/video.h"

#include <stdlib.h>

#include "support/suite.h"

#define KEY(codec, ...) \
    ck_assert(video_is_key(codec, (const uint8_t[]){__VA_ARGS__}, \
                           sizeof((const uint8_t[]){__VA_ARGS__})))
#define NO_KEY(codec, ...) \
    ck_assert(!video_is_key(codec, (const uint8_t[]){__VA_ARGS__}, \
                            sizeof((const uint8_t[]){__VA_ARGS__})))

START_TEST(names)
{
    ck_assert_int_eq(video_codec(SLICE("h264")), VIDEO_H264);
    ck_assert_int_eq(video_codec(SLICE("VP9")), VIDEO_VP9);
    ck_assert_int_eq(video_codec(SLICE("H263-1998")), VIDEO_OTHER);
    ck_assert_int_eq(video_codec(SLICE("rtx")), VIDEO_NONE);
    ck_assert_int_eq(video_codec(SLICE("ulpfec")), VIDEO_NONE);
}
END_TEST

/* RFC 6184 §5.6 to §5.8: NAL types 5 (IDR), 1 (no IDR), 7 and 8 (parameters). */
START_TEST(h264)
{
    KEY(VIDEO_H264, 0x65, 0x88);
    NO_KEY(VIDEO_H264, 0x41, 0x9a);
    NO_KEY(VIDEO_H264, 0x67, 0x42);
    KEY(VIDEO_H264, 0x7c, 0x85, 0x88);    /* FU-A, first fragment */
    KEY(VIDEO_H264, 0x7c, 0x05, 0x88);    /* a middle one */
    NO_KEY(VIDEO_H264, 0x7c, 0x81, 0x9a); /* of another frame */
    KEY(VIDEO_H264, 0x78, 0, 2, 0x67, 0x42, 0, 1, 0x68, 0, 2, 0x65, 0x88); /* STAP-A */
    NO_KEY(VIDEO_H264, 0x78, 0, 2, 0x67, 0x42, 0, 1, 0x68);
    NO_KEY(VIDEO_H264, 0x78, 0, 9, 0x67, 0x42, 0, 1, 0x65); /* a length that lies */
    NO_KEY(VIDEO_H264, 0x78, 0, 0, 0, 0, 0);
    KEY(VIDEO_H264, 0x79, 0, 1, 0, 2, 0x65, 0x88); /* STAP-B */
    NO_KEY(VIDEO_H264, 0x7c);
    ck_assert(!video_is_key(VIDEO_H264, NULL, 0));
}
END_TEST

/* RFC 7798 §4.4: types 19 (IDR_W_RADL), 21 (CRA), 1 (trailing), 32 (VPS). */
START_TEST(h265)
{
    KEY(VIDEO_H265, 19 << 1, 1, 0xaf);
    KEY(VIDEO_H265, 21 << 1, 1, 0xaf);
    NO_KEY(VIDEO_H265, 1 << 1, 1, 0xd0);
    NO_KEY(VIDEO_H265, 32 << 1, 1, 0x0c);
    NO_KEY(VIDEO_H265, 22 << 1, 1); /* reserved */
    KEY(VIDEO_H265, 49 << 1, 1, 0x80 | 19, 0xaf);
    NO_KEY(VIDEO_H265, 49 << 1, 1, 0x80 | 1, 0xaf);
    KEY(VIDEO_H265, 48 << 1, 1, 0, 2, 32 << 1, 1, 0, 3, 20 << 1, 1, 0xaf);
    NO_KEY(VIDEO_H265, 48 << 1, 1, 0, 2, 32 << 1, 1);
    NO_KEY(VIDEO_H265, 49 << 1, 1);
}
END_TEST

/* RFC 7741 §4.2, §4.3: the P bit of the frame's own header is 0 in a key frame. */
START_TEST(vp8)
{
    KEY(VIDEO_VP8, 0x10, 0x50);
    NO_KEY(VIDEO_VP8, 0x10, 0x51);
    NO_KEY(VIDEO_VP8, 0x00, 0x50);             /* not the frame's beginning */
    NO_KEY(VIDEO_VP8, 0x11, 0x50);             /* second partition */
    KEY(VIDEO_VP8, 0x90, 0x80, 0x11, 0x50);    /* picture number of 7 bits */
    KEY(VIDEO_VP8, 0x90, 0x80, 0x91, 0x11, 0x50); /* of 15 bits */
    NO_KEY(VIDEO_VP8, 0x90, 0x80, 0x91, 0x50, 0x11);
    KEY(VIDEO_VP8, 0x90, 0xf0, 0x91, 0x11, 5, 0x23, 0x50); /* I, L, T and K */
    NO_KEY(VIDEO_VP8, 0x90, 0xf0, 0x91, 0x11, 5, 0x23);    /* cut short */
    NO_KEY(VIDEO_VP8, 0x90);
}
END_TEST

/* RFC 9628 §4.2: I P L F B E V Z. */
START_TEST(vp9)
{
    KEY(VIDEO_VP9, 0x08, 0x82);
    KEY(VIDEO_VP9, 0x8c, 0x91, 0x11, 0x82);
    NO_KEY(VIDEO_VP9, 0x48, 0x82);                /* predicted */
    NO_KEY(VIDEO_VP9, 0x04, 0x82);                /* not the frame's beginning */
    KEY(VIDEO_VP9, 0xa8, 0x11, 0x00, 0x00);       /* lowest spatial layer */
    NO_KEY(VIDEO_VP9, 0xa8, 0x11, 0x02, 0x00);    /* the next one */
    NO_KEY(VIDEO_VP9, 0xa8, 0x11);
    NO_KEY(VIDEO_VP9, 0x88);
}
END_TEST

START_TEST(av1)
{
    KEY(VIDEO_AV1, 0x18, 0x0a);    /* W 1, N */
    NO_KEY(VIDEO_AV1, 0x10, 0x32);
    ck_assert(!video_is_key(VIDEO_AV1, NULL, 0));
    NO_KEY(VIDEO_OTHER, 0x18);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("video");

    tcase_add_test(t, names);
    tcase_add_test(t, h264);
    tcase_add_test(t, h265);
    tcase_add_test(t, vp8);
    tcase_add_test(t, vp9);
    tcase_add_test(t, av1);
    return run_suite("video", t);
}
