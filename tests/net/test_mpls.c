/* MPLS: labels, and what is behind them. */
#include "frame.h"

enum { ETHERNET = 1, MPLS = 219 };

static struct frame f;

START_TEST(labels)
{
    frame_hello(&f);
    frame_hex(&f, "0001e1ff");
    expect_hello(&f, MPLS);
    frame_hex(&f, "0001e0ff");
    frame_hex(&f, "0001e0ff");
    expect_hello(&f, MPLS);
    frame_ethernet(&f, 0x8847);
    expect_hello(&f, ETHERNET);
    frame_data(&f)[13] = 0x48;
    expect_hello(&f, ETHERNET);
    frame_text(&f, "hello");
    frame_udp(&f, 1, 2);
    frame_ip6(&f, 17, "::1", "::2");
    frame_hex(&f, "0001e1ff");
    expect_kind(&f, MPLS, DECODED_DATAGRAM);
}
END_TEST

START_TEST(without_a_bottom)
{
    frame_payload(&f, "", 0);
    for (unsigned i = 0; i < 60; i++)
        frame_hex(&f, "0001e0ff");
    expect_kind(&f, MPLS, DECODED_BAD);
}
END_TEST

START_TEST(pseudowire)
{
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    frame_hex(&f, "0001e1ff");
    expect_hello(&f, MPLS);
    frame_hello(&f);
    frame_hex(&f, "0064 0800");
    frame_ethernet(&f, 0x8100);
    frame_hex(&f, "00000007"); /* control word */
    frame_hex(&f, "0001e1ff");
    expect_hello(&f, MPLS);
    /* an address that begins as an IPv4 packet does */
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    frame_data(&f)[0] = 0x45;
    frame_hex(&f, "0001e1ff");
    expect_hello(&f, MPLS);
    frame_text(&f, "neither of them can this be");
    frame_hex(&f, "0001e1ff");
    expect_kind(&f, MPLS, DECODED_OTHER);
}
END_TEST

RUN_TESTS("mpls", labels, without_a_bottom, pseudowire)
