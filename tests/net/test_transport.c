/* UDP and TCP headers, ICMP errors. */
#include "frame.h"

enum { IP = 101 };

static struct frame f;
static struct frame_result r;
static const struct datagram *d = &r.decoded.datagram;

static void decode_udp(unsigned length)
{
    frame_hello(&f);
    put16(frame_data(&f) + 24, length);
    frame_decode(&f, IP, &r);
}

START_TEST(udp_lengths)
{
    decode_udp(13);
    ck_assert_uint_eq(d->len, 5);
    decode_udp(0); /* left to the card */
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    ck_assert_uint_eq(d->len, 5);
    decode_udp(11); /* shorter than the IP packet */
    ck_assert_uint_eq(d->len, 3);
    ck_assert_uint_eq(d->caplen, 3);
    decode_udp(8);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    ck_assert_uint_eq(d->len, 0);
    decode_udp(65000); /* longer than it */
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    ck_assert_uint_eq(d->len, 64992);
    ck_assert_uint_eq(d->caplen, 5);
    for (unsigned n = 1; n < 8; n++) {
        decode_udp(n);
        ck_assert_int_eq(r.decoded.kind, DECODED_BAD);
    }
}
END_TEST

START_TEST(udp_cut_by_snaplen)
{
    frame_hello(&f);
    frame_decode_cut(&f, IP, frame_size(&f) - 2, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    ck_assert_uint_eq(d->len, 5);
    ck_assert_uint_eq(d->caplen, 3);
    frame_decode_cut(&f, IP, 28, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    ck_assert_uint_eq(d->caplen, 0);
    frame_decode_cut(&f, IP, 27, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_BAD);
}
END_TEST

static void frame_segment(unsigned offset, const char *options)
{
    frame_text(&f, "hello");
    if (options)
        frame_hex(&f, options);
    frame_hex(&f, "13c4 13ce 01020304 05060708 50 18 ffff 0000 0000");
    frame_data(&f)[12] = (uint8_t)(offset << 4);
    frame_ip4(&f, 6, "10.0.0.1", "10.0.0.2");
}

START_TEST(tcp_header)
{
    frame_segment(5, NULL);
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_SEGMENT);
    expect_addresses(d, "10.0.0.1:5060", "10.0.0.2:5070");
    ck_assert_uint_eq(r.decoded.sequence, 0x01020304);
    ck_assert_uint_eq(r.decoded.acknowledged, 0x05060708);
    ck_assert_uint_eq(r.decoded.tcp_flags, 0x18);
    ck_assert_uint_eq(d->len, 5);
    ck_assert_mem_eq(r.payload, "hello", 5);
    frame_segment(8, "0101080a 00000001 00000002");
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_SEGMENT);
    ck_assert_mem_eq(r.payload, "hello", 5);
    frame_segment(4, NULL);
    expect_kind(&f, IP, DECODED_BAD);
    frame_segment(7, NULL); /* 28 octets of 25 */
    expect_kind(&f, IP, DECODED_BAD);
}
END_TEST

/* "Port unreachable" for the hello, with n octets of it quoted. */
static void frame_icmp(size_t n, unsigned type)
{
    frame_hello(&f);
    f.end = f.at + n;
    frame_hex(&f, "0303 0000 00000000");
    frame_data(&f)[0] = (uint8_t)type;
    frame_ip4(&f, 1, "10.0.0.9", "10.0.0.1");
}

START_TEST(icmp_quotes)
{
    char text[ADDR_TEXT];

    frame_icmp(33, 3);
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_QUOTE);
    ck_assert_uint_eq(r.decoded.icmp_type, 3);
    ck_assert_uint_eq(r.decoded.icmp_code, 3);
    ck_assert_str_eq(addr_ip_text(&r.decoded.reporter, text), "10.0.0.9");
    expect_addresses(d, "10.0.0.1:5060", "10.0.0.2:5070");
    ck_assert_uint_eq(d->caplen, 5);
    frame_icmp(28, 11); /* no more than RFC 792 asks for */
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_QUOTE);
    expect_addresses(d, "10.0.0.1:5060", "10.0.0.2:5070");
    ck_assert_uint_eq(d->caplen, 0);
    ck_assert_uint_eq(d->len, 5);
    frame_icmp(27, 3);
    expect_kind(&f, IP, DECODED_OTHER);
    frame_icmp(33, 8); /* an echo request quotes nothing */
    expect_kind(&f, IP, DECODED_OTHER);
}
END_TEST

/* Fragments that never came together (RFC 792, type 11, code 1): the first one is
 * quoted. */
START_TEST(icmp_quotes_a_fragment)
{
    frame_icmp(33, 11);
    put16(frame_data(&f) + 20 + 8 + 6, 0x2000);
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_QUOTE);
    expect_addresses(d, "10.0.0.1:5060", "10.0.0.2:5070");
    put16(frame_data(&f) + 20 + 8 + 6, 0x2001); /* a later one has no ports */
    expect_kind(&f, IP, DECODED_OTHER);
}
END_TEST

START_TEST(icmp_quotes_tcp)
{
    frame_segment(5, NULL);
    f.end = f.at + 28;
    frame_hex(&f, "030a 0000 00000000");
    frame_ip4(&f, 1, "10.0.0.9", "10.0.0.1");
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_QUOTE);
    ck_assert_int_eq(d->transport, NET_TCP);
    expect_addresses(d, "10.0.0.1:5060", "10.0.0.2:5070");
}
END_TEST

START_TEST(icmp6_quotes)
{
    frame_text(&f, "hello");
    frame_udp(&f, 1, 2);
    frame_ip6(&f, 17, "2001:db8::1", "2001:db8::2");
    frame_hex(&f, "0104 0000 00000000");
    frame_ip6(&f, 58, "2001:db8::9", "2001:db8::1");
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_QUOTE);
    expect_addresses(d, "[2001:db8::1]:1", "[2001:db8::2]:2");
    frame_data(&f)[40] = 0x87; /* neighbour solicitation */
    expect_kind(&f, IP, DECODED_OTHER);
}
END_TEST

/* A quote within a quote says nothing that could be trusted. */
START_TEST(icmp_quotes_icmp)
{
    frame_icmp(33, 3);
    frame_hex(&f, "0303 0000 00000000");
    frame_ip4(&f, 1, "10.0.0.9", "10.0.0.1");
    expect_kind(&f, IP, DECODED_OTHER);
}
END_TEST

RUN_TESTS("transport", udp_lengths, udp_cut_by_snaplen, tcp_header, icmp_quotes,
          icmp_quotes_a_fragment, icmp_quotes_tcp,
          icmp6_quotes, icmp_quotes_icmp)
