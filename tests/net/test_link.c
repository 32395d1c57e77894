/* Link types: their table, and those without a header of their own. */
#include "frame.h"

static struct frame f;

START_TEST(raw_ip)
{
    static const uint32_t links[] = {12, 14, 101, 228};

    for (size_t i = 0; i < 4; i++) {
        frame_hello(&f);
        expect_hello(&f, links[i]);
    }
    frame_text(&f, "hello");
    frame_udp(&f, 1, 2);
    frame_ip6(&f, 17, "2001:db8::1", "2001:db8::2");
    expect_kind(&f, 101, DECODED_DATAGRAM);
    expect_kind(&f, 229, DECODED_DATAGRAM);
    expect_kind(&f, 228, DECODED_BAD); /* that is for IPv4 alone */
    frame_text(&f, "\x55 neither version");
    expect_kind(&f, 101, DECODED_BAD);
    frame_payload(&f, "", 0);
    expect_kind(&f, 101, DECODED_BAD);
}
END_TEST

START_TEST(loopback)
{
    static const char *const ip6[] = {"18000000", "1c000000", "1e000000", "0a000000",
                                      "17000000", "00000018", "0000001c", "0000001e"};

    frame_hello(&f);
    frame_hex(&f, "02000000");
    expect_hello(&f, 0);
    frame_hello(&f);
    frame_hex(&f, "00000002");
    expect_hello(&f, 0);
    expect_hello(&f, 108);
    for (size_t i = 0; i < sizeof ip6 / sizeof ip6[0]; i++) {
        frame_text(&f, "hello");
        frame_udp(&f, 1, 2);
        frame_ip6(&f, 17, "::1", "::1");
        frame_hex(&f, ip6[i]);
        expect_kind(&f, 0, DECODED_DATAGRAM);
    }
    frame_hello(&f);
    frame_hex(&f, "63000000");
    expect_kind(&f, 0, DECODED_OTHER);
}
END_TEST

START_TEST(infiniband_and_firewire)
{
    frame_hello(&f);
    frame_hex(&f, "0800 0000");
    frame_front(&f, 40);
    expect_hello(&f, 242);
    frame_hello(&f);
    frame_hex(&f, "0102030405060708 0807060504030201 0800");
    expect_hello(&f, 138);
}
END_TEST

START_TEST(names)
{
    ck_assert_str_eq(net_link_name(1), "EN10MB");
    ck_assert_str_eq(net_link_name(113), "LINUX_SLL");
    ck_assert_str_eq(net_link_name(276), "LINUX_SLL2");
    ck_assert_str_eq(net_link_name(101), "RAW");
    ck_assert_str_eq(net_link_name(0), "NULL");
    ck_assert_ptr_null(net_link_name(65000));
    ck_assert_str_eq(net_link_refused(189), "USB_LINUX");
    ck_assert_ptr_null(net_link_refused(1));
    ck_assert_ptr_null(net_link_refused(65000));
    for (uint32_t link = 0; link < 1000; link++)
        ck_assert(!net_link_name(link) || !net_link_refused(link));
}
END_TEST

START_TEST(unknown)
{
    frame_hello(&f);
    expect_kind(&f, 65000, DECODED_BAD);
    expect_kind(&f, UINT32_MAX, DECODED_BAD);
}
END_TEST

RUN_TESTS("link", raw_ip, loopback, infiniband_and_firewire, names, unknown)
