/* RTP headers and what shares their ports: RFC 3550 §5.1, RFC 7983. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "rtp/codec.h"
#include "rtp/rtp.h"

static struct rtp_header h;

START_TEST(plain_header)
{
    const uint8_t octets[172] = {0x80, 0x88, 0x12, 0x34, 0, 1, 0xe2, 0x40, 0xde, 0xad, 0xbe, 0xef};

    ck_assert(rtp_parse(&h, octets, sizeof octets, sizeof octets));
    ck_assert_uint_eq(h.pt, 8);
    ck_assert(h.marker);
    ck_assert_uint_eq(h.sequence, 0x1234);
    ck_assert_uint_eq(h.timestamp, 123456);
    ck_assert_uint_eq(h.ssrc, 0xdeadbeef);
    ck_assert_uint_eq(h.header_bytes, 12);
    ck_assert_uint_eq(h.payload_bytes, 160);
}
END_TEST

START_TEST(csrc_extension_padding)
{
    /* two CSRCs, an extension of one word, 3 octets of payload, 5 of padding */
    uint8_t octets[36] = {0xb2, 0x00};

    octets[20] = 0xbe;
    octets[21] = 0xde;
    octets[23] = 1;
    octets[35] = 5;
    ck_assert(rtp_parse(&h, octets, 36, 36));
    ck_assert_uint_eq(h.header_bytes, 28);
    ck_assert_uint_eq(h.payload_bytes, 3);
    octets[35] = 9; /* more padding than there is payload */
    ck_assert(!rtp_parse(&h, octets, 36, 36));
    octets[35] = 5;
    octets[23] = 200; /* an extension beyond the end */
    ck_assert(!rtp_parse(&h, octets, 36, 36));
}
END_TEST

START_TEST(cut_by_the_snap_length)
{
    const uint8_t octets[12] = {0x80, 0x00};

    ck_assert(rtp_parse(&h, octets, 12, 172));
    ck_assert_uint_eq(h.payload_bytes, 160);
    ck_assert(!rtp_parse(&h, octets, 11, 172));
}
END_TEST

START_TEST(classes)
{
    uint8_t o[64] = {0x80, 0x00};
    static const uint8_t stun[20] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42};
    static const uint8_t old_stun[28] = {0, 1, 0, 8, 1, 2, 3};

    ck_assert_int_eq(rtp_classify(o, 64, 64), RTP_MEDIA);
    ck_assert_int_eq(rtp_classify(o, 11, 11), RTP_NOT);
    o[1] = 200;
    o[3] = 6; /* 28 octets */
    ck_assert_int_eq(rtp_classify(o, 64, 64), RTP_CONTROL);
    o[3] = 200; /* longer than the datagram: RTP of type 72 with marker */
    ck_assert_int_eq(rtp_classify(o, 64, 64), RTP_MEDIA);
    ck_assert_int_eq(rtp_classify(stun, 20, 20), RTP_STUN);
    ck_assert_int_eq(rtp_classify(old_stun, 28, 28), RTP_STUN);
    ck_assert_int_eq(rtp_classify(old_stun, 27, 27), RTP_NOT);
    memcpy(o, "\x16\xfe\xff", 3);
    ck_assert_int_eq(rtp_classify(o, 64, 64), RTP_DTLS);
    memcpy(o, "\x10\x00\x00\x00ZRTP", 8);
    ck_assert_int_eq(rtp_classify(o, 64, 64), RTP_ZRTP);
    memcpy(o, "\x40\x00\x00\x3c", 4);
    ck_assert_int_eq(rtp_classify(o, 64, 64), RTP_TURN_CHANNEL);
    ck_assert_int_eq(rtp_classify((const uint8_t *)"INVITE sip:", 11, 11), RTP_NOT);
    ck_assert_int_eq(rtp_classify(o, 0, 0), RTP_NOT);
}
END_TEST

START_TEST(static_types)
{
    ck_assert(slice_eq(rtp_static_format(0)->codec, SLICE("PCMU")));
    ck_assert(slice_eq(rtp_static_format(34)->codec, SLICE("H263")));
    ck_assert_uint_eq(rtp_static_format(9)->clock_rate, 8000);
    ck_assert_uint_eq(rtp_static_format(26)->clock_rate, 90000);
    ck_assert_ptr_null(rtp_static_format(1));
    ck_assert_ptr_null(rtp_static_format(96));
    ck_assert_str_eq(rtp_static_media(8), "audio");
    ck_assert_str_eq(rtp_static_media(31), "video");
    ck_assert_uint_eq(rtp_codec_clock_rate(SLICE("OPUS")), 48000);
    ck_assert_uint_eq(rtp_codec_clock_rate(SLICE("AMR-WB")), 16000);
    ck_assert_uint_eq(rtp_codec_clock_rate(SLICE("bv32")), 16000);
    ck_assert_uint_eq(rtp_codec_clock_rate(SLICE("3gpp-tt")), 1000);
    ck_assert_uint_eq(rtp_codec_clock_rate(SLICE("nobody")), 0);
    ck_assert(rtp_is_comfort_noise(13) && rtp_is_comfort_noise(19) && !rtp_is_comfort_noise(0));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rtp");
    TCase *t = tcase_create("rtp");
    SRunner *runner;
    int failed;

    tcase_add_test(t, plain_header);
    tcase_add_test(t, csrc_extension_padding);
    tcase_add_test(t, cut_by_the_snap_length);
    tcase_add_test(t, classes);
    tcase_add_test(t, static_types);
    suite_add_tcase(suite, t);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
