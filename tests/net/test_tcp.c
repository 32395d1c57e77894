/* Which connections there are. */
#include "stream.h"

static struct streams t;

#define SEND(...) streams_send(&t, (struct sent){__VA_ARGS__})

START_TEST(two_directions)
{
    streams_begin(&t);
    SEND(.seq = 100, .text = "abc");
    SEND(.back = true, .seq = 900, .text = "xyz");
    SEND(.seq = 103, .text = "def");
    SEND(.back = true, .seq = 903, .text = "uvw");
    ck_assert_str_eq(t.side[0].text, "abcdef");
    ck_assert_str_eq(t.side[1].text, "xyzuvw");
    tcp_free(t.tcp);
    ck_assert_uint_eq(t.forgotten, 1); /* one state for both */
}
END_TEST

START_TEST(used_again)
{
    streams_begin(&t);
    t.line = 1;
    SEND(.seq = 99, .flags = TCP_SYN);
    SEND(.back = true, .seq = 899, .flags = TCP_SYN, .ack = 100);
    SEND(.seq = 100, .text = "abc");
    SEND(.back = true, .seq = 900, .text = "xyz");
    SEND(.seq = 5000, .flags = TCP_SYN);
    /* both directions are new, whatever their numbers */
    ck_assert_str_eq(t.side[0].text, "abc|");
    ck_assert_str_eq(t.side[1].text, "xyz|");
    ck_assert_uint_eq(t.forgotten, 1);
    SEND(.back = true, .seq = 901, .flags = TCP_SYN, .ack = 5001);
    SEND(.back = true, .seq = 902, .text = "u\n");
    ck_assert_str_eq(t.side[1].text, "xyz|u\n");
    tcp_free(t.tcp);
    ck_assert_uint_eq(t.forgotten, 2);
}
END_TEST

/* However many connections there are, few are known at once: the one that was
 * silent longest is handed over and forgotten. */
START_TEST(too_many)
{
    enum { PORTS = 60000 };

    streams_begin(&t);
    t.line = 1;
    SEND(.src_port = 1000, .seq = 100, .text = "abc");
    for (uint16_t port = 2000; port < PORTS; port++) {
        SEND(.src_port = port, .seq = 1, .text = "x\n");
        if (port == 20000)
            SEND(.src_port = 1000, .seq = 103, .text = "def");
    }
    ck_assert_str_eq(t.side[0].text, "abcdef|");
    ck_assert_uint_gt(t.forgotten, 20000);
    SEND(.src_port = 1000, .seq = 106, .text = "ghi\n");
    ck_assert_str_eq(t.side[0].text, "abcdef|ghi\n");
    tcp_free(t.tcp);
    ck_assert_uint_eq(t.forgotten, PORTS - 2000 + 2);
}
END_TEST

RUN_TESTS("tcp", two_directions, used_again, too_many)
