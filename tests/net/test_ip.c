/* IPv4 and IPv6. */
#include "frame.h"

enum { IP = 101 };

static struct frame f;
static struct frame_result r;
static const struct datagram *d = &r.decoded.datagram;

START_TEST(fields)
{
    frame_hello(&f);
    frame_decode(&f, IP, &r);
    ck_assert_uint_eq(d->dscp, 46);
    ck_assert_uint_eq(d->ttl, 64);
    ck_assert_uint_eq(d->ip_bytes, 20 + 8 + 5);
    frame_text(&f, "hello");
    frame_udp(&f, 1000, 2000);
    frame_ip6(&f, 17, "2001:db8::1", "2001:db8::2");
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    expect_addresses(d, "[2001:db8::1]:1000", "[2001:db8::2]:2000");
    ck_assert_uint_eq(d->dscp, 46);
    ck_assert_uint_eq(d->ttl, 63);
    ck_assert_uint_eq(d->ip_bytes, 40 + 8 + 5);
}
END_TEST

START_TEST(padding_is_trimmed)
{
    frame_hello(&f);
    frame_back(&f, "padding and a frame check sequence", 34);
    expect_hello(&f, IP);
    frame_text(&f, "hello");
    frame_udp(&f, 1, 2);
    frame_ip6(&f, 17, "::1", "::2");
    frame_back(&f, "padding", 7);
    frame_decode(&f, IP, &r);
    ck_assert_uint_eq(d->len, 5);
}
END_TEST

START_TEST(ip4_options)
{
    frame_text(&f, "hello");
    frame_udp(&f, 5060, 5070);
    frame_hex(&f, "94040000");
    frame_ip4(&f, 17, "10.0.0.1", "10.0.0.2");
    frame_data(&f)[0] = 0x46;
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    ck_assert_mem_eq(r.payload, "hello", 5);
    ck_assert_uint_eq(d->ip_bytes, 37);
}
END_TEST

START_TEST(ip4_length_zero)
{
    frame_hello(&f);
    put16(frame_data(&f) + 2, 0);
    expect_hello(&f, IP);
}
END_TEST

START_TEST(ip4_malformed)
{
    frame_hello(&f);
    frame_data(&f)[0] = 0x44; /* header of 16 octets */
    expect_kind(&f, IP, DECODED_BAD);
    frame_data(&f)[0] = 0x4f; /* of 60: more than there is */
    expect_kind(&f, IP, DECODED_BAD);
    frame_data(&f)[0] = 0x55;
    expect_kind(&f, 228, DECODED_BAD);
    frame_data(&f)[0] = 0x45;
    put16(frame_data(&f) + 2, 10); /* shorter than its header */
    expect_kind(&f, IP, DECODED_BAD);
    put16(frame_data(&f) + 2, 20); /* a header alone */
    expect_kind(&f, IP, DECODED_BAD);
}
END_TEST

/* Files that were cut without saying so: what is there is used. */
START_TEST(ip4_longer_than_frame)
{
    frame_hello(&f);
    put16(frame_data(&f) + 2, 1000);
    put16(frame_data(&f) + 24, 980);
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    ck_assert_uint_eq(d->caplen, 5);
    ck_assert_uint_eq(d->len, 972);
    ck_assert_uint_eq(d->ip_bytes, 1000);
}
END_TEST

START_TEST(ip4_fragment)
{
    frame_text(&f, "0123456789abcdef");
    frame_ip4(&f, 17, "10.0.0.1", "10.0.0.2");
    put16(frame_data(&f) + 4, 0xbeef);
    put16(frame_data(&f) + 6, 0x2000 | 185);
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_FRAGMENT);
    ck_assert_uint_eq(r.decoded.fragment_id, 0xbeef);
    ck_assert_uint_eq(r.decoded.fragment_at, 1480);
    ck_assert(r.decoded.fragment_more);
    ck_assert_uint_eq(r.decoded.protocol, 17);
    ck_assert_uint_eq(d->len, 16);
    /* "don't fragment" is no fragment */
    frame_hello(&f);
    put16(frame_data(&f) + 6, 0x4000);
    expect_hello(&f, IP);
}
END_TEST

START_TEST(ip6_extension_headers)
{
    frame_text(&f, "hello");
    frame_udp(&f, 1, 2);
    frame_hex(&f, "11 00 010400000000"); /* destination options */
    frame_hex(&f, "3c 04 0000 00000000 00000000 000000000000000000000000"); /* AH, 24 */
    frame_hex(&f, "33 00 0000 00000000");                                   /* atomic fragment */
    frame_hex(&f, "2c 02 0004 00000000 00112233445566778899aabbccddeeff");  /* routing */
    frame_hex(&f, "2b 00 050200000000");                                    /* hop by hop */
    frame_ip6(&f, 0, "::1", "::2");
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    ck_assert_uint_eq(d->len, 5);
    ck_assert_mem_eq(r.payload, "hello", 5);
    for (size_t n = 0; n < frame_size(&f) - 5; n++) {
        frame_decode_cut(&f, IP, n, &r);
        ck_assert_int_eq(r.decoded.kind, DECODED_BAD);
    }
}
END_TEST

START_TEST(ip6_malformed)
{
    frame_payload(&f, "", 0);
    frame_hex(&f, "00 00 000000000000"); /* its own next header */
    frame_ip6(&f, 0, "::1", "::2");
    expect_kind(&f, IP, DECODED_BAD);
    frame_text(&f, "xxxxxxxx");
    frame_ip6(&f, 59, "::1", "::2"); /* no next header */
    expect_kind(&f, IP, DECODED_OTHER);
    frame_data(&f)[0] = 0x40;
    expect_kind(&f, 229, DECODED_BAD);
}
END_TEST

START_TEST(ip6_fragment)
{
    frame_text(&f, "0123456789abcdef");
    frame_hex(&f, "11 00 05c9 12345678");
    frame_ip6(&f, 44, "::1", "::2");
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_FRAGMENT);
    ck_assert_uint_eq(r.decoded.fragment_id, 0x12345678);
    ck_assert_uint_eq(r.decoded.fragment_at, 0x5c8);
    ck_assert(r.decoded.fragment_more);
    ck_assert_uint_eq(r.decoded.protocol, 17);
    ck_assert_uint_eq(d->len, 16);
}
END_TEST

START_TEST(ip_in_ip)
{
    frame_hello(&f);
    frame_ip4(&f, 4, "192.0.2.1", "192.0.2.2");
    expect_hello(&f, IP);
    frame_ip6(&f, 4, "2001:db8::1", "2001:db8::2");
    expect_hello(&f, IP);
    frame_text(&f, "hello");
    frame_udp(&f, 1, 2);
    frame_ip6(&f, 17, "::1", "::2");
    frame_ip4(&f, 41, "192.0.2.1", "192.0.2.2"); /* 6in4 */
    frame_decode(&f, IP, &r);
    expect_addresses(d, "[::1]:1", "[::2]:2");
    ck_assert_uint_eq(d->ip_bytes, 53);
}
END_TEST

RUN_TESTS("ip", fields, padding_is_trimmed, ip4_options, ip4_length_zero, ip4_malformed,
          ip4_longer_than_frame, ip4_fragment, ip6_extension_headers, ip6_malformed, ip6_fragment,
          ip_in_ip)
