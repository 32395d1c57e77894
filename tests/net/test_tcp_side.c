/* One direction of TCP: order, overlaps, holes, what the consumer leaves. */
#include "stream.h"
#include "support/suite.h"

static struct streams t;

static void set_up(void)
{
    streams_begin(&t);
}

static void tear_down(void)
{
    tcp_free(t.tcp);
}

#define SEND(...)      streams_send(&t, (struct sent){__VA_ARGS__})
#define EXPECT(string) ck_assert_str_eq(t.side[0].text, string)

START_TEST(in_order)
{
    SEND(.seq = 99, .flags = TCP_SYN);
    SEND(.seq = 100, .text = "one ");
    SEND(.seq = 104, .text = "two ");
    EXPECT("one two ");
    ck_assert_uint_eq(t.side[0].runs, 2);
    SEND(.seq = 108, .text = "three", .flags = TCP_FIN);
    EXPECT("one two three");
    tcp_flush(t.tcp);
    EXPECT("one two three");
}
END_TEST

START_TEST(out_of_order)
{
    SEND(.seq = 99, .flags = TCP_SYN);
    SEND(.seq = 112, .text = "dddd");
    SEND(.seq = 104, .text = "bbbb");
    SEND(.seq = 108, .text = "cccc");
    EXPECT("");
    SEND(.seq = 100, .text = "aaaa");
    EXPECT("aaaabbbbccccdddd");
    /* the packet that completed it */
    ck_assert_uint_eq(t.side[0].frame, 5);
}
END_TEST

START_TEST(retransmitted_and_overlapping)
{
    SEND(.seq = 99, .flags = TCP_SYN);
    SEND(.seq = 100, .text = "abcd");
    SEND(.seq = 100, .text = "abcd");
    SEND(.seq = 102, .text = "XXef");
    SEND(.seq = 100, .text = "XXXXXXgh");
    EXPECT("abcdefgh");
    SEND(.seq = 112, .text = "mn");
    SEND(.seq = 112, .text = "mn");
    SEND(.seq = 110, .text = "klXX");
    SEND(.seq = 108, .text = "ij");
    EXPECT("abcdefghijklXX"); /* of what waits, what lies first in the stream */
}
END_TEST

START_TEST(wraps)
{
    SEND(.seq = UINT32_MAX - 3, .flags = TCP_SYN);
    SEND(.seq = 3, .text = "ghi");
    SEND(.seq = UINT32_MAX - 2, .text = "abcdef");
    SEND(.seq = 6, .text = "jkl");
    EXPECT("abcdefghijkl");
}
END_TEST

START_TEST(begins_within)
{
    SEND(.seq = 5000, .text = "abc");
    SEND(.seq = 5003, .text = "def");
    EXPECT("abcdef");
}
END_TEST

START_TEST(keep_alives)
{
    SEND(.seq = 4999, .ack = 1);              /* without data */
    SEND(.seq = 4999, .text = "?", .ack = 1); /* with an octet of old */
    SEND(.seq = 5000, .text = "abc", .ack = 1);
    SEND(.seq = 5002, .text = "?", .ack = 1);
    SEND(.seq = 5002, .ack = 1);
    SEND(.seq = 5003, .text = "def", .ack = 1);
    EXPECT("abcdef");
}
END_TEST

/* The SYN may come after the first octets, or twice; data may come with it. */
START_TEST(syn)
{
    SEND(.seq = 100, .text = "abc");
    SEND(.seq = 99, .flags = TCP_SYN);
    SEND(.seq = 103, .text = "def");
    SEND(.seq = 99, .flags = TCP_SYN);
    SEND(.seq = 106, .text = "ghi");
    EXPECT("abcdefghi");
    SEND(.seq = 700000, .text = "new", .flags = TCP_SYN);
    SEND(.seq = 700004, .text = "er");
    EXPECT("abcdefghinewer");
}
END_TEST

START_TEST(lost_and_acknowledged)
{
    SEND(.seq = 99, .flags = TCP_SYN);
    SEND(.seq = 100, .text = "abc\nde");
    SEND(.seq = 110, .text = "klm");
    SEND(.back = true, .seq = 1, .ack = 106); /* the hole is not received yet */
    t.now += 1000 * MILLISECOND;
    SEND(.back = true, .seq = 1, .ack = 113);
    EXPECT("abc\nde"); /* captured a little late, perhaps */
    t.now += 200 * MILLISECOND;
    SEND(.seq = 113, .text = "nop");
    EXPECT("abc\ndeklmnop");
}
END_TEST

START_TEST(acknowledged_before_it_came)
{
    SEND(.seq = 99, .flags = TCP_SYN);
    SEND(.seq = 103, .text = "def");
    SEND(.back = true, .seq = 1, .ack = 106);
    t.now += 5 * MILLISECOND;
    SEND(.seq = 100, .text = "abc");
    EXPECT("abcdef");
    t.now += 200 * MILLISECOND;
    SEND(.seq = 110, .text = "klm"); /* a new hole has a new patience */
    EXPECT("abcdef");
}
END_TEST

START_TEST(hole_at_the_end)
{
    t.line = 1;
    SEND(.seq = 99, .flags = TCP_SYN);
    SEND(.seq = 100, .text = "abc\nde");
    SEND(.seq = 110, .text = "kl\nmn");
    SEND(.seq = 120, .text = "xy\n");
    EXPECT("abc\n");
    tcp_flush(t.tcp);
    /* what has no end is shown as such before the hole */
    EXPECT("abc\nde|kl\nmn|xy\n");
    ck_assert_uint_eq(t.side[0].frame, 4); /* in its own packet */
    tcp_flush(t.tcp);
    EXPECT("abc\nde|kl\nmn|xy\n");
}
END_TEST

START_TEST(left_comes_again)
{
    t.line = 1;
    SEND(.seq = 99, .flags = TCP_SYN);
    SEND(.seq = 100, .text = "ab");
    SEND(.seq = 102, .text = "cd");
    SEND(.seq = 104, .text = "e\nfg\nhi");
    EXPECT("abcde\nfg\n");
    SEND(.seq = 111, .text = "j\n");
    EXPECT("abcde\nfg\nhij\n");
    ck_assert(!t.side[0].stable);
    SEND(.seq = 113, .text = "k", .flags = TCP_FIN);
    EXPECT("abcde\nfg\nhij\nk|");
}
END_TEST

START_TEST(reset)
{
    t.line = 1;
    SEND(.seq = 100, .text = "abc");
    SEND(.back = true, .seq = 500, .text = "xyz", .flags = TCP_RST);
    EXPECT("abc|");
    ck_assert_str_eq(t.side[1].text, "xyz|");
}
END_TEST

START_TEST(fin_before_the_last_octets)
{
    t.line = 1;
    SEND(.seq = 100, .text = "ab");
    SEND(.seq = 104, .text = "ef", .flags = TCP_FIN);
    EXPECT("");
    SEND(.seq = 102, .text = "cd");
    EXPECT("abcdef|");
}
END_TEST

START_TEST(cut_by_snaplen)
{
    t.line = 1;
    SEND(.seq = 100, .text = "abcdefgh", .cut = 3);
    SEND(.seq = 108, .text = "ij\n");
    EXPECT("abcde|ij\n");
}
END_TEST

START_TEST(stable_packets_are_not_copied)
{
    t.stable = true;
    SEND(.seq = 99, .flags = TCP_SYN);
    SEND(.seq = 103, .text = "def");
    SEND(.seq = 100, .text = "abc");
    EXPECT("abcdef");
    ck_assert(t.side[0].stable);
    SEND(.seq = 106, .text = "ghi");
    ck_assert(t.side[0].stable);
}
END_TEST

START_TEST(far_away)
{
    SEND(.seq = 100, .text = "abc");
    SEND(.seq = 0x80000000, .text = "def");
    SEND(.seq = 0x80000003, .text = "ghi");
    EXPECT("abcdefghi");
}
END_TEST

/* The ports are used again, and the SYN was missed. */
START_TEST(goes_on_after_its_end)
{
    SEND(.seq = 100, .text = "abc", .flags = TCP_FIN);
    SEND(.seq = 100, .text = "abc", .flags = TCP_FIN);
    SEND(.seq = 9000, .text = "def");
    SEND(.seq = 9003, .text = "ghi");
    EXPECT("abcdefghi");
}
END_TEST

/* Too much behind a hole: the hole is given up. */
START_TEST(too_much_held)
{
    static char block[1000];

    memset(block, 'x', sizeof block);
    SEND(.seq = 99, .flags = TCP_SYN);
    for (uint32_t i = 0; i < 1000; i++)
        SEND(.seq = 200 + i * 1000, .text = block, .n = 1000);
    ck_assert_uint_gt(t.side[0].n, 700000);
    /* and with a hole before each */
    SEND(.seq = 5000000, .flags = TCP_SYN);
    t.side[0].n = 0;
    for (uint32_t i = 0; i < 10000; i++)
        SEND(.seq = 5000200 + i * 20, .text = block, .n = 10);
    ck_assert_uint_gt(t.side[0].n, 90000);
}
END_TEST

/* A consumer that always wants more is told the end at the bound. */
START_TEST(too_much_left)
{
    static char block[1000];

    t.line = 1;
    memset(block, 'x', sizeof block);
    for (uint32_t i = 0; i < 600; i++)
        SEND(.seq = 100 + i * 1000, .text = block, .n = 1000);
    ck_assert_uint_gt(t.side[0].n, 500000);
    tcp_flush(t.tcp);
    ck_assert_uint_eq(t.side[0].n - 600000, 3); /* '|' after each 256 KiB, and at the end */
}
END_TEST

/* Where nothing was left, a hole is told by a run of no octets: but only to
 * who keeps a state. */
START_TEST(tells_of_holes)
{
    SEND(.seq = 100, .text = "abc\n");
    SEND(.seq = 110, .text = "def\n");
    SEND(.seq = 120, .text = "ghi\n");
    ck_assert_uint_eq(t.gaps, 0);
    tcp_flush(t.tcp);
    ck_assert_uint_eq(t.gaps, 4); /* two holes; the end of each direction */
    EXPECT("abc\ndef\nghi\n");
}
END_TEST

/* Octet by octet, a consumer that always wants more is not shown all of it
 * each time for ever. */
START_TEST(octet_by_octet)
{
    t.line = 1;
    for (uint32_t i = 0; i < 100000; i++)
        SEND(.seq = 102 + i, .text = "x", .n = 1);
    ck_assert_uint_lt(t.side[0].runs, 4000);
    SEND(.seq = 102 + 100000, .text = "\n");
    tcp_flush(t.tcp);
    ck_assert_uint_eq(t.side[0].n - 1, 100000); /* but for the first, a keep-alive */
}
END_TEST

/* A run says where it begins, whatever is left in front of it. */
START_TEST(sequence_numbers)
{
    t.line = 1;
    SEND(.seq = 100, .text = "abc");
    ck_assert_uint_eq(t.side[0].sequence, 100);
    SEND(.seq = 103, .text = "d\nef");
    ck_assert_uint_eq(t.side[0].sequence, 100);
    SEND(.seq = 120, .text = "xy\nz"); /* behind a hole */
    SEND(.seq = 107, .text = "g\n");
    ck_assert_uint_eq(t.side[0].sequence, 105);
    SEND(.seq = 109, .text = "0123456789\n");
    ck_assert_uint_eq(t.side[0].sequence, 120);
    ck_assert_str_eq(t.side[0].text, "abcd\nefg\n0123456789\nxy\n");
    tcp_flush(t.tcp); /* gives on what is left, "z" */
    ck_assert_uint_eq(t.side[0].sequence, 123);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("tcp_side");
    const TTest *const tests[] = {in_order,
                                  out_of_order,
                                  retransmitted_and_overlapping,
                                  wraps,
                                  begins_within,
                                  keep_alives,
                                  syn,
                                  lost_and_acknowledged,
                                  acknowledged_before_it_came,
                                  hole_at_the_end,
                                  left_comes_again,
                                  reset,
                                  fin_before_the_last_octets,
                                  cut_by_snaplen,
                                  stable_packets_are_not_copied,
                                  far_away,
                                  goes_on_after_its_end,
                                  too_much_held,
                                  too_much_left,
                                  tells_of_holes,
                                  octet_by_octet,
                                  sequence_numbers};

    tcase_add_checked_fixture(c, set_up, tear_down);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(c, tests[i]);
    return run_suite("tcp_side", c);
}
