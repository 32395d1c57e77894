/* Frames of video, told by their timestamps. */
#include "suite.h"

static struct sender s;
static unsigned number;

static void begin(const char *media, const char *codec, bool secure)
{
    static struct rtp_format formats[1];
    struct rtp_map *map;

    formats[0] = (struct rtp_format){.pt = 96, .clock_rate = 90000, .codec = slice_str(codec)};
    map = (struct rtp_map *)audio_map(secure, 1, formats);
    map->media = slice_str(media);
    s = announced_sender(map);
    s.pt = 96;
    number = 0;
}

static void teardown(void)
{
    stream_table_free(s.table);
}

/* A frame of `packets` packets in VP8 at `ms`. */
static void frame(double ms, unsigned packets, bool key)
{
    for (unsigned i = 0; i < packets; i++) {
        uint8_t payload[2] = {i ? 0x00 : 0x10, (uint8_t)!key};

        s.payload = payload;
        s.payload_n = 2;
        s.marker = i + 1 == packets;
        rtp(&s, ms + i * 0.1, number++, (uint32_t)(90 * ms));
    }
}

/* 25 a second for two seconds and a frame, a key frame every 20. */
START_TEST(frames)
{
    begin("video", "VP8", false);
    for (unsigned i = 0; i <= 50; i++)
        frame(40.0 * i, 1 + i % 3, i % 20 == 0);
    finish(&s);
    ck_assert_uint_eq(s.f.video.frames, 51);
    ck_assert(s.f.video.keys_known);
    ck_assert_uint_eq(s.f.video.keys, 3);
    ck_assert_near(s.f.video.rate, 25);
    ck_assert_near(s.f.video.key_interval_s, 0.8);
    ck_assert_uint_eq(s.f.lost, 0);
}
END_TEST

/* A packet that comes behind the next frame's is no frame of its own. */
START_TEST(out_of_order)
{
    begin("video", "VP8", false);
    frame(0, 1, true);
    frame(40, 1, false);
    number = 3;
    frame(120, 1, false);
    number = 2;
    frame(80, 1, false);
    number = 4;
    frame(160, 1, false);
    finish(&s);
    ck_assert_uint_eq(s.f.reordered, 1);
    ck_assert_uint_eq(s.f.video.frames, 4); /* the late one's is not counted */
    ck_assert_uint_eq(s.f.video.keys, 1);
}
END_TEST

START_TEST(timestamps_wrap)
{
    begin("video", "VP8", false);
    for (unsigned i = 0; i < 10; i++) {
        static const uint8_t payload[2] = {0x10, 0x01};

        s.payload = payload;
        s.payload_n = 2;
        rtp(&s, 40.0 * i, i, 0xffffffff - 3600 * 5 + 3600 * i);
    }
    finish(&s);
    ck_assert_uint_eq(s.f.video.frames, 10);
    ck_assert_uint_eq(s.f.video.keys, 0);
    ck_assert(isnan(s.f.video.key_interval_s));
}
END_TEST

/* What SRTP encrypts tells of frames, not of their kind. */
START_TEST(encrypted)
{
    begin("video", "VP8", true);
    for (unsigned i = 0; i < 10; i++)
        frame(40.0 * i, 2, true);
    finish(&s);
    ck_assert_uint_eq(s.f.video.frames, 10);
    ck_assert(!s.f.video.keys_known);
    ck_assert_uint_eq(s.f.video.keys, 0);
}
END_TEST

START_TEST(no_video)
{
    begin("audio", "VP8", false);
    frame(0, 1, true);
    finish(&s);
    ck_assert_uint_eq(s.f.video.frames, 0);
    teardown();
    begin("video", "rtx", false);
    frame(0, 1, true);
    finish(&s);
    ck_assert_uint_eq(s.f.video.frames, 0);
    teardown();
    begin("video", "H263", false);
    frame(0, 1, true);
    finish(&s);
    ck_assert_uint_eq(s.f.video.frames, 1);
    ck_assert(!s.f.video.keys_known);
    ck_assert(isnan(s.f.video.rate));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("video");

    tcase_add_checked_fixture(t, NULL, teardown);
    tcase_add_test(t, frames);
    tcase_add_test(t, out_of_order);
    tcase_add_test(t, timestamps_wrap);
    tcase_add_test(t, encrypted);
    tcase_add_test(t, no_video);
    return run_suite("video", t);
}
