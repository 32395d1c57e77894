/* ESP with null encryption. */
#include "frame.h"

enum { IP = 101 };

static struct frame f;

/* Puts the trailer behind and the header in front. */
static void wrap(uint8_t next, size_t check)
{
    static const uint8_t octets[32] = {0xc3, 0x99, 0x07, 0x5e, 0x21, 0xf0, 0x88, 0x12,
                                       0xa7, 0x3b, 0xd4, 0x66, 0x90, 0x1f, 0xee, 0x45};
    uint8_t padding = (uint8_t)((4 - (frame_size(&f) + 2) % 4) % 4);

    for (uint8_t i = 1; i <= padding; i++)
        frame_back(&f, &i, 1);
    frame_back(&f, &padding, 1);
    frame_back(&f, &next, 1);
    frame_back(&f, octets, check);
    frame_hex(&f, "00001001 00000001");
}

static const size_t checks[] = {0, 12, 16, 24, 32};

START_TEST(in_ip)
{
    for (size_t i = 0; i < 5; i++) {
        frame_hello(&f);
        wrap(4, checks[i]);
        frame_ip4(&f, 50, "192.0.2.1", "192.0.2.2");
        frame_data(&f)[9] = 50;
        struct frame_result r;

        frame_decode(&f, IP, &r);
        ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
        expect_addresses(&r.decoded.datagram, "10.0.0.1:5060", "10.0.0.2:5070");
        ck_assert_uint_eq(r.decoded.datagram.len, 5);
    }
}
END_TEST

/* Transport mode, as mobile phones use it for SIP. */
START_TEST(transport_mode)
{
    struct frame_result r;

    for (size_t i = 0; i < 5; i++) {
        frame_text(&f, "hello");
        frame_udp(&f, 5060, 5070);
        wrap(17, checks[i]);
        frame_ip6(&f, 50, "2001:db8::1", "2001:db8::2");
        frame_decode(&f, IP, &r);
        ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
        expect_addresses(&r.decoded.datagram, "[2001:db8::1]:5060", "[2001:db8::2]:5070");
        ck_assert_uint_eq(r.decoded.datagram.len, 5);
        frame_text(&f, "hello");
        frame_hex(&f, "13c4 13ce 01020304 05060708 50 18 ffff 0000 0000");
        wrap(6, checks[i]);
        frame_ip4(&f, 50, "10.0.0.1", "10.0.0.2");
        frame_decode(&f, IP, &r);
        ck_assert_int_eq(r.decoded.kind, DECODED_SEGMENT);
        ck_assert_uint_eq(r.decoded.datagram.len, 5);
    }
}
END_TEST

START_TEST(in_udp)
{
    for (size_t i = 0; i < 5; i++) {
        frame_hello(&f);
        wrap(4, checks[i]);
        frame_udp(&f, 4500, 4500);
        frame_ip4(&f, 17, "192.0.2.1", "192.0.2.2");
        struct frame_result r;

        frame_decode(&f, IP, &r);
        expect_addresses(&r.decoded.datagram, "10.0.0.1:5060", "10.0.0.2:5070");
    }
}
END_TEST

START_TEST(encrypted)
{
    uint8_t noise[200];
    uint32_t random = 7;
    struct frame_result r;

    for (unsigned k = 0; k < 2000; k++) {
        for (size_t i = 0; i < sizeof noise; i++) {
            random = random * 1103515245 + 12345;
            noise[i] = (uint8_t)(random >> 16);
        }
        frame_payload(&f, noise, sizeof noise);
        frame_hex(&f, "00001001 00000001");
        frame_ip4(&f, 50, "192.0.2.1", "192.0.2.2");
        frame_decode(&f, IP, &r);
        ck_assert_int_eq(r.decoded.kind, DECODED_OTHER);
    }
    /* key exchange on the same port */
    frame_payload(&f, noise, 28);
    frame_hex(&f, "00000000");
    frame_udp(&f, 4500, 4500);
    frame_ip4(&f, 17, "192.0.2.1", "192.0.2.2");
    frame_decode(&f, IP, &r);
    expect_addresses(&r.decoded.datagram, "192.0.2.1:4500", "192.0.2.2:4500");
}
END_TEST

/* Without the trailer nobody knows. */
START_TEST(cut)
{
    struct frame_result r;

    frame_hello(&f);
    wrap(4, 12);
    frame_ip4(&f, 50, "192.0.2.1", "192.0.2.2");
    for (size_t n = 28; n < frame_size(&f); n++) {
        frame_decode_cut(&f, IP, n, &r);
        ck_assert_int_eq(r.decoded.kind, DECODED_OTHER);
    }
}
END_TEST

RUN_TESTS("esp", in_ip, transport_mode, in_udp, encrypted, cut)
