/* The walk over layers: its depth has a bound. */
#include "frame.h"

static struct frame f;

START_TEST(nested_deeply)
{
    frame_hello(&f);
    for (unsigned i = 0; i < 30; i++)
        frame_ip4(&f, 4, "192.0.2.1", "192.0.2.2");
    expect_hello(&f, 101);
}
END_TEST

START_TEST(nested_too_deeply)
{
    frame_hello(&f);
    for (unsigned i = 0; i < LAYER_MAX_DEPTH; i++)
        frame_hex(&f, "0064 8100");
    frame_ethernet(&f, 0x8100);
    expect_kind(&f, 1, DECODED_BAD);
}
END_TEST

/* Whatever a packet held before, nothing of it stays. */
START_TEST(nothing_is_remembered)
{
    struct frame_result r;

    memset(&r, 0xff, sizeof r);
    frame_hello(&f);
    frame_decode(&f, 101, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    ck_assert(!r.decoded.quoted);
    ck_assert(!r.decoded.datagram.relayed);
    expect_addresses(&r.decoded.datagram, "10.0.0.1:5060", "10.0.0.2:5070");
}
END_TEST

RUN_TESTS("decode", nested_deeply, nested_too_deeply, nothing_is_remembered)
