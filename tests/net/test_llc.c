/* LLC, SNAP and the links that carry them. */
#include "frame.h"

static struct frame f;

static const char *const snap_ip4 = "aaaa03 000000 0800";

START_TEST(fddi)
{
    frame_hello(&f);
    frame_hex(&f, snap_ip4);
    frame_hex(&f, "50 020000000001 020000000002");
    expect_hello(&f, 10);
}
END_TEST

START_TEST(token_ring)
{
    frame_hello(&f);
    frame_hex(&f, snap_ip4);
    frame_hex(&f, "10 40 020000000001 020000000002");
    expect_hello(&f, 6);
    frame_hello(&f);
    frame_hex(&f, snap_ip4);
    frame_hex(&f, "0690 0011 0020"); /* a route of 6 octets */
    frame_hex(&f, "10 40 020000000001 820000000002");
    expect_hello(&f, 6);
}
END_TEST

START_TEST(fibre_channel)
{
    frame_hello(&f);
    frame_hex(&f, snap_ip4);
    frame_hex(&f, "1000020000000001 1000020000000002");
    expect_hello(&f, 122);
}
END_TEST

START_TEST(atm)
{
    frame_hello(&f);
    expect_hello(&f, 100); /* the packet alone */
    frame_hex(&f, snap_ip4);
    expect_hello(&f, 100);
    expect_hello(&f, 11);
    frame_hex(&f, "02 00 0064"); /* LLC */
    expect_hello(&f, 123);
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    frame_hex(&f, "aaaa03 0080c2 0007 0000"); /* bridged Ethernet */
    expect_hello(&f, 100);
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    frame_hex(&f, "0001"); /* LAN emulation client */
    frame_hex(&f, "01 00 0064");
    expect_hello(&f, 123);
    frame_hello(&f);
    frame_hex(&f, "05 00 0005"); /* signalling */
    expect_kind(&f, 123, DECODED_OTHER);
}
END_TEST

START_TEST(frame_relay)
{
    static const char *const heads[] = {"1841 03 cc", "1841 0800", "1841 03 00 80 000000 0800",
                                        "18400041 03 cc", "1841 03 80 000000 0800"};

    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        frame_hello(&f);
        frame_hex(&f, heads[i]);
        expect_hello(&f, 107);
        frame_hex(&f, "01");
        expect_hello(&f, 206);
    }
    frame_hello(&f);
    frame_hex(&f, "1841 03 cf 0021");
    expect_hello(&f, 107);
    frame_text(&f, "local management");
    frame_hex(&f, "0001 03 08");
    expect_kind(&f, 107, DECODED_OTHER);
}
END_TEST

START_TEST(service_access_points)
{
    frame_hello(&f);
    frame_hex(&f, "060603");
    expect_hello(&f, 100);
    frame_hello(&f);
    frame_hex(&f, "fefe03 cc");
    expect_hello(&f, 100);
    frame_hello(&f);
    frame_hex(&f, "aaaa03 00000c 2000"); /* Cisco discovery */
    expect_kind(&f, 100, DECODED_OTHER);
}
END_TEST

RUN_TESTS("llc", fddi, token_ring, fibre_channel, atm, frame_relay, service_access_points)
