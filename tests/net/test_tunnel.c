/* Tunnels in UDP: those that are, and ports that only look so. */
#include "frame.h"

enum { IP = 101 };

static struct frame f;

static void expect_in_udp(const char *header, unsigned port)
{
    frame_hex(&f, header);
    frame_udp(&f, 50000, port);
    frame_ip4(&f, 17, "192.0.2.1", "192.0.2.2");
    expect_hello(&f, IP);
}

/* Asserts that the payload is taken as that of the outer datagram. */
static void expect_plain(unsigned port)
{
    struct frame_result r;
    size_t n = frame_size(&f);
    char src[32];

    frame_udp(&f, port, 50000);
    frame_ip4(&f, 17, "192.0.2.1", "192.0.2.2");
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    snprintf(src, sizeof src, "192.0.2.1:%u", port);
    expect_addresses(&r.decoded.datagram, src, "192.0.2.2:50000");
    ck_assert_uint_eq(r.decoded.datagram.len, n);
    ck_assert_uint_eq(r.decoded.datagram.ip_bytes, n + 28);
    ck_assert_mem_eq(r.payload, frame_data(&f) + 28, n);
    ck_assert(!r.decoded.quoted);
    ck_assert(!r.decoded.timed);
}

static void hello_in_ethernet(void)
{
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
}

static void hello_over_ip6(void)
{
    frame_hello(&f);
    frame_ip6(&f, 4, "2001:db8::1", "2001:db8::2");
}

START_TEST(vxlan)
{
    hello_in_ethernet();
    expect_in_udp("08000000 00006300", 4789);
    hello_in_ethernet();
    expect_in_udp("08000000 00006300", 8472);
    hello_in_ethernet();
    expect_in_udp("88000001 00006300", 4789); /* with a group policy */
    frame_hello(&f);
    expect_in_udp("0c000001 00006300", 4790); /* VXLAN-GPE */
    hello_in_ethernet();
    expect_in_udp("0c000003 00006300", 4790);
}
END_TEST

START_TEST(geneve)
{
    hello_in_ethernet();
    expect_in_udp("00006558 00006300", 6081);
    hello_in_ethernet();
    expect_in_udp("02006558 00006300 0102800100000001", 6081); /* an option */
    frame_hello(&f);
    expect_in_udp("00000800 00006300", 6081);
}
END_TEST

START_TEST(lisp)
{
    frame_hello(&f);
    expect_in_udp("80000001 00000001", 4341);
    hello_over_ip6();
    expect_in_udp("80000001 00000001", 4341);
}
END_TEST

START_TEST(teredo)
{
    hello_over_ip6();
    expect_in_udp("", 3544);
    hello_over_ip6();
    expect_in_udp("0000 1234 c0000201", 3544);
    hello_over_ip6();
    expect_in_udp("0001 00 00 0000000000000000 00 0000 1234 c0000201", 3544);
    hello_over_ip6();
    expect_in_udp("0001 02 03 1122 334455 0000000000000000 00", 3544);
}
END_TEST

START_TEST(tzsp)
{
    hello_in_ethernet();
    expect_in_udp("01 00 0001 01", 37008);
    hello_in_ethernet();
    expect_in_udp("01 00 0001 0a 01 cf 00 00 12 01 06 01", 37008);
    frame_hello(&f);
    frame_hex(&f, "aaaa03 000000 0800");
    frame_hex(&f, "0801 0000 020000000001 020000000002 020000000003 2031");
    expect_in_udp("01 00 0012 01", 37008);
}
END_TEST

START_TEST(mpls)
{
    frame_hello(&f);
    expect_in_udp("0001e1ff", 6635);
}
END_TEST

START_TEST(ports_only_hint)
{
    static const unsigned ports[] = {2152, 4789, 8472, 4790,  6081, 1701, 3544,
                                     4341, 4500, 9060, 37008, 6635, 9063};

    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        frame_text(&f, "OPTIONS sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1\r\n\r\n");
        expect_plain(ports[i]);
        /* RTP */
        frame_text(&f, "12345678901234567890123456789012345678901234567890");
        frame_hex(&f, "8000 0001 000000a0 11223344");
        expect_plain(ports[i]);
        frame_payload(&f, "", 0);
        expect_plain(ports[i]);
        for (unsigned octet = 0; octet < 256; octet++) {
            frame_payload(&f, (uint8_t[]){(uint8_t)octet}, 1);
            expect_plain(ports[i]);
            frame_payload(&f, (uint8_t[]){(uint8_t)octet, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 10);
            expect_plain(ports[i]);
        }
    }
}
END_TEST

/* What is in the tunnel but cannot be used leaves the outer datagram. */
START_TEST(nothing_within)
{
    frame_text(&f, "who has 10.0.0.2, tell 10.0.0.1");
    frame_ethernet(&f, 0x0806);
    frame_hex(&f, "08000000 00006300");
    expect_plain(4789);
    frame_hello(&f);
    frame_hex(&f, "0303 0000 00000000"); /* an ICMP error quoting nonsense */
    frame_data(&f)[8] = 0xff;
    frame_ip4(&f, 1, "10.0.0.9", "10.0.0.1");
    frame_hex(&f, "80000001 00000001");
    expect_plain(4341);
}
END_TEST

START_TEST(tunnels_in_tunnels)
{
    frame_hello(&f);
    for (unsigned i = 0; i < 12; i++) {
        frame_ethernet(&f, 0x0800);
        frame_hex(&f, "08000000 00006300");
        frame_udp(&f, 5000, 4789);
        frame_ip4(&f, 17, "192.0.2.1", "192.0.2.2");
    }
    expect_hello(&f, IP);
}
END_TEST

START_TEST(fragments_within)
{
    struct frame_result r;

    frame_hello(&f);
    put16(frame_data(&f) + 6, 0x2000);
    frame_ethernet(&f, 0x0800);
    frame_hex(&f, "08000000 00006300");
    frame_udp(&f, 5000, 4789);
    frame_ip4(&f, 17, "192.0.2.1", "192.0.2.2");
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_FRAGMENT);
    expect_addresses(&r.decoded.datagram, "10.0.0.1:0", "10.0.0.2:0");
}
END_TEST

RUN_TESTS("tunnel", vxlan, geneve, lisp, teredo, tzsp, mpls, ports_only_hint, nothing_within,
          tunnels_in_tunnels, fragments_within)
