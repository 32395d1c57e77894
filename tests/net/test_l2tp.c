/* L2TP, versions 2 and 3. */
#include "frame.h"

enum { IP = 101 };

static struct frame f;

static void in_l2tp(const char *head)
{
    frame_hex(&f, head);
    frame_udp(&f, 1701, 1701);
    frame_ip4(&f, 17, "192.0.2.1", "192.0.2.2");
}

START_TEST(version_2)
{
    static const char *const heads[] = {
        "0002 0001 0002",                     /* tunnel and session alone */
        "4002 002d 0001 0002",                /* length */
        "4802 0031 0001 0002 0005 0006",      /* sequence numbers */
        "0202 0001 0002 0004 deadbeef",       /* offset */
        "4b02 0033 0001 0002 0005 0006 0000", /* all, and priority */
    };

    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        frame_hello(&f);
        frame_hex(&f, "ff03 0021");
        in_l2tp(heads[i]);
        expect_hello(&f, IP);
    }
}
END_TEST

START_TEST(control)
{
    struct frame_result r;

    frame_payload(&f, "", 0);
    in_l2tp("c802 000c 0001 0000 0001 0002");
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    expect_addresses(&r.decoded.datagram, "192.0.2.1:1701", "192.0.2.2:1701");
}
END_TEST

START_TEST(version_3)
{
    static const char *const heads[] = {"00000007", "00000007 11223344",
                                        "00000007 1122334455667788",
                                        "00000007 1122334455667788 40000001"};

    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        frame_hello(&f);
        frame_ethernet(&f, 0x0800);
        frame_hex(&f, heads[i]);
        frame_ip4(&f, 115, "192.0.2.1", "192.0.2.2");
        expect_hello(&f, IP);
    }
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    frame_hex(&f, "00000000"); /* control */
    frame_ip4(&f, 115, "192.0.2.1", "192.0.2.2");
    expect_kind(&f, IP, DECODED_OTHER);
}
END_TEST

RUN_TESTS("l2tp", version_2, control, version_3)
