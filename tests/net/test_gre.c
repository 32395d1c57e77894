/* GRE and what is carried in it. */
#include "frame.h"

enum { IP = 101 };

static struct frame f;

static void expect_in_gre(const char *header)
{
    frame_hex(&f, header);
    frame_ip4(&f, 47, "192.0.2.1", "192.0.2.2");
    expect_hello(&f, IP);
}

START_TEST(flags)
{
    static const char *const headers[] = {
        "0000 0800",
        "8000 0800 12340000",
        "2000 0800 00000007",
        "1000 0800 00000001",
        "b000 0800 12340000 00000007 00000001",
        "4000 0800 00000000 0800 00 04 0a000001 0000 00 00",
    };

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        frame_hello(&f);
        expect_in_gre(headers[i]);
    }
}
END_TEST

START_TEST(payloads)
{
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    expect_in_gre("2000 6558 00006400"); /* NVGRE */
    frame_hello(&f);
    frame_hex(&f, "0001e1ff");
    expect_in_gre("0000 8847");
    frame_hello(&f);
    frame_hex(&f, "ff03 0021");
    expect_in_gre("3001 880b 00250001 00000001"); /* PPTP */
    frame_hello(&f);
    frame_hex(&f, "21");
    expect_in_gre("3081 880b 00220001 00000001 00000001");
    frame_hello(&f);
    expect_in_gre("0000 883e");
    frame_hello(&f);
    frame_hex(&f, "00000000");
    expect_in_gre("0000 883e");
    frame_text(&f, "?");
    frame_hex(&f, "0000 9999");
    frame_ip4(&f, 47, "192.0.2.1", "192.0.2.2");
    expect_kind(&f, IP, DECODED_OTHER);
    frame_payload(&f, "", 0);
    frame_hex(&f, "2081 880b 00000001 00000001"); /* PPTP, an acknowledgement alone */
    frame_ip4(&f, 47, "192.0.2.1", "192.0.2.2");
    expect_kind(&f, IP, DECODED_OTHER);
    frame_text(&f, "?");
    frame_hex(&f, "0002 0800");
    frame_ip4(&f, 47, "192.0.2.1", "192.0.2.2");
    expect_kind(&f, IP, DECODED_OTHER);
}
END_TEST

START_TEST(erspan)
{
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    expect_in_gre("0000 88be"); /* type I */
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    frame_hex(&f, "1001 0064 00000001");
    expect_in_gre("1000 88be 00000001"); /* type II */
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    frame_hex(&f, "2001 0064 00000001 0000 0000");
    expect_in_gre("1000 22eb 00000001"); /* type III */
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    frame_hex(&f, "2001 0064 00000001 0000 0001 0400000000000000");
    expect_in_gre("1000 22eb 00000001"); /* with the platform's own */
    frame_hello(&f);
    frame_hex(&f, "2001 0064 00000001 0000 0800");
    expect_in_gre("1000 22eb 00000001"); /* an IP packet alone */
}
END_TEST

START_TEST(etherip)
{
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    frame_hex(&f, "3000");
    frame_ip4(&f, 97, "192.0.2.1", "192.0.2.2");
    expect_hello(&f, IP);
}
END_TEST

START_TEST(route_without_end)
{
    frame_payload(&f, "", 0);
    for (unsigned i = 0; i < 100; i++)
        frame_hex(&f, "0800 00 04 0a000001");
    frame_hex(&f, "4000 0800 00000000");
    frame_ip4(&f, 47, "192.0.2.1", "192.0.2.2");
    expect_kind(&f, IP, DECODED_BAD);
}
END_TEST

START_TEST(tunnels_in_tunnels)
{
    frame_hello(&f);
    for (unsigned i = 0; i < 30; i++) {
        frame_ethernet(&f, 0x0800);
        frame_hex(&f, "0000 6558");
        frame_ip4(&f, 47, "192.0.2.1", "192.0.2.2");
    }
    expect_hello(&f, IP);
}
END_TEST

RUN_TESTS("gre", flags, payloads, erspan, etherip, route_without_end, tunnels_in_tunnels)
