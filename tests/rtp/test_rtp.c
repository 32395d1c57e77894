/* RTP headers and what shares their ports: RFC 3550 §5.1, RFC 7983. */
#include <stdlib.h>
#include <string.h>

#include "rtp/codec.h"
#include "rtp/rtp.h"
#include "support/suite.h"

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

/* Each field has its bits: 2 of version, 1, 1, 4 (15 sources at most), 1, 7, 16, 32, 32. */
START_TEST(every_field)
{
    uint8_t o[12 + 15 * 4 + 4 + 8] = {0};

    for (unsigned version = 0; version < 4; version++) {
        o[0] = (uint8_t)(version << 6);
        ck_assert_int_eq(rtp_classify(o, sizeof o, sizeof o) == RTP_MEDIA, version == 2);
    }
    for (unsigned first = 0; first < 256; first++) {
        bool padding = first & 0x20, extension = first & 0x10;
        unsigned sources = first & 15, header = 12 + 4 * sources + (extension ? 4 : 0);

        memset(o, 0, sizeof o);
        o[0] = (uint8_t)first;
        o[sizeof o - 1] = 3; /* of padding, where there is any */
        ck_assert_int_eq(rtp_parse(&h, o, sizeof o, sizeof o), first >> 6 == 2);
        if (first >> 6 != 2)
            continue;
        ck_assert_uint_eq(h.header_bytes, header);
        ck_assert_uint_eq(h.payload_bytes, sizeof o - header - (padding ? 3 : 0));
    }
    o[0] = 0x80;
    for (unsigned second = 0; second < 256; second++) {
        o[1] = (uint8_t)second;
        ck_assert(rtp_parse(&h, o, sizeof o, sizeof o));
        ck_assert_uint_eq(h.marker, second / 128);
        ck_assert_uint_eq(h.pt, second % 128);
    }
    for (unsigned bit = 0; bit < 80; bit++) { /* from the last one of the SSRC */
        memset(o + 2, 0, 10);
        o[11 - bit / 8] = (uint8_t)(1 << bit % 8);
        ck_assert(rtp_parse(&h, o, sizeof o, sizeof o));
        ck_assert_uint_eq(h.ssrc, bit < 32 ? 1u << bit : 0);
        ck_assert_uint_eq(h.timestamp, bit >= 32 && bit < 64 ? 1u << (bit - 32) : 0);
        ck_assert_uint_eq(h.sequence, bit >= 64 ? 1u << (bit - 64) : 0);
    }
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

/* RFC 3551, tables 4 and 5; all other types are dynamic, reserved or not assigned. */
static const struct assigned {
    uint8_t pt;
    const char *codec, *media;
    uint32_t clock_rate;
} table[] = {
    {0, "PCMU", "audio", 8000},   {3, "GSM", "audio", 8000},   {4, "G723", "audio", 8000},
    {5, "DVI4", "audio", 8000},   {6, "DVI4", "audio", 16000}, {7, "LPC", "audio", 8000},
    {8, "PCMA", "audio", 8000},   {9, "G722", "audio", 8000},  {10, "L16", "audio", 44100},
    {11, "L16", "audio", 44100},  {12, "QCELP", "audio", 8000}, {13, "CN", "audio", 8000},
    {14, "MPA", "audio", 90000},  {15, "G728", "audio", 8000}, {16, "DVI4", "audio", 11025},
    {17, "DVI4", "audio", 22050}, {18, "G729", "audio", 8000}, {25, "CelB", "video", 90000},
    {26, "JPEG", "video", 90000}, {28, "nv", "video", 90000},  {31, "H261", "video", 90000},
    {32, "MPV", "video", 90000},  {33, "MP2T", NULL, 90000},   {34, "H263", "video", 90000},
};

START_TEST(whole_table)
{
    size_t next = 0;

    for (unsigned pt = 0; pt < 128; pt++) {
        const struct rtp_format *format = rtp_static_format((uint8_t)pt);

        if (next == sizeof table / sizeof table[0] || table[next].pt != pt) {
            /* 19 was comfort noise in drafts, and is sent as such */
            ck_assert_msg(!format || pt == 19, "%u has a meaning", pt);
            continue;
        }
        ck_assert_ptr_nonnull(format);
        ck_assert_msg(slice_eq(format->codec, slice_str(table[next].codec)), "%u is %.*s", pt,
                      SLICE_ARG(format->codec));
        ck_assert_uint_eq(format->clock_rate, table[next].clock_rate);
        if (table[next].media)
            ck_assert_str_eq(rtp_static_media((uint8_t)pt), table[next].media);
        next++;
    }
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("rtp");

    tcase_add_test(t, plain_header);
    tcase_add_test(t, csrc_extension_padding);
    tcase_add_test(t, every_field);
    tcase_add_test(t, cut_by_the_snap_length);
    tcase_add_test(t, classes);
    tcase_add_test(t, static_types);
    tcase_add_test(t, whole_table);
    return run_suite("rtp", t);
}
