/* Sequence numbers: loss, duplicates, order (RFC 3550 A.1, A.3). */
#include "suite.h"

static struct sender s;

static void setup(void)
{
    s = announced_sender(NULL);
}

static void teardown(void)
{
    stream_table_free(s.table);
}

static void send(const unsigned *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rtp(&s, 20.0 * (double)i, numbers[i], 160 * (uint32_t)i);
    finish(&s);
}
#define SEND(...) \
    send((const unsigned[]){__VA_ARGS__}, sizeof((unsigned[]){__VA_ARGS__}) / sizeof(unsigned))

static void expect(uint64_t packets, uint64_t expected, uint64_t lost, uint64_t duplicates,
                   uint64_t reordered)
{
    ck_assert_uint_eq(s.f.packets, packets);
    ck_assert_uint_eq(s.f.expected, expected);
    ck_assert_uint_eq(s.f.lost, lost);
    ck_assert_uint_eq(s.f.duplicates, duplicates);
    ck_assert_uint_eq(s.f.reordered, reordered);
}

START_TEST(whole)
{
    SEND(7, 8, 9, 10);
    expect(4, 4, 0, 0, 0);
    ck_assert_near(s.f.loss_pct, 0);
}
END_TEST

START_TEST(lost)
{
    SEND(1, 2, 5, 6, 8);
    expect(5, 8, 3, 0, 0);
    ck_assert_near(s.f.loss_pct, 37.5);
    ck_assert_int_eq(s.f.cumulative_lost, 3);
    ck_assert_uint_eq(s.f.longest_loss, 2);
}
END_TEST

/* Wireshark would say -1 lost. */
START_TEST(duplicate)
{
    SEND(1, 2, 2, 3);
    expect(4, 3, 0, 1, 0);
    ck_assert_int_eq(s.f.cumulative_lost, -1);
}
END_TEST

START_TEST(duplicates_do_not_hide_losses)
{
    SEND(1, 2, 2, 4, 4, 4);
    expect(6, 4, 1, 3, 0);
}
END_TEST

START_TEST(reordered)
{
    SEND(1, 3, 2, 4);
    expect(4, 4, 0, 0, 1);
    ck_assert_uint_eq(s.f.bursts, 0);
    ck_assert_uint_eq(s.f.longest_loss, 0);
}
END_TEST

START_TEST(late_last_packet_does_not_shrink_expected)
{
    SEND(1, 2, 4, 3);
    expect(4, 4, 0, 0, 1);
}
END_TEST

START_TEST(older_than_the_first)
{
    SEND(5, 4, 6, 4);
    expect(4, 3, 0, 1, 1);
}
END_TEST

START_TEST(wrap)
{
    SEND(65533, 65534, 65535, 0, 1);
    expect(5, 5, 0, 0, 0);
}
END_TEST

START_TEST(loss_and_reordering_over_the_wrap)
{
    SEND(65533, 65535, 1, 65534, 2, 1);
    expect(6, 6, 1, 1, 1);
}
END_TEST

START_TEST(many_wraps)
{
    for (unsigned i = 0; i < 200000; i++)
        if (i % 100 != 50)
            rtp(&s, i, i & 0xffff, 160 * i);
    finish(&s);
    expect(198000, 200000, 2000, 0, 0);
    ck_assert_uint_eq(s.f.bursts, 0);
    ck_assert_near(s.f.gap_loss_pct, 1);
}
END_TEST

/* RFC 3611 §4.7.2: 16 packets received end a burst. */
static void pattern(const char *p)
{
    for (unsigned i = 0; p[i]; i++)
        if (p[i] == '.')
            rtp(&s, 20.0 * i, i, 160 * i);
    finish(&s);
}

START_TEST(isolated_loss_is_in_a_gap)
{
    pattern("................x................");
    ck_assert_uint_eq(s.f.bursts, 0);
    ck_assert_near(s.f.gap_loss_pct, 100.0 / 33);
    ck_assert_near(s.f.burst_loss_pct, 0);
}
END_TEST

START_TEST(fifteen_received_do_not_end_a_burst)
{
    pattern("................x...............x................");
    ck_assert_uint_eq(s.f.bursts, 1);
    ck_assert_near(s.f.burst_loss_pct, 100.0 * 2 / 17);
    ck_assert_near(s.f.gap_loss_pct, 0);
}
END_TEST

START_TEST(sixteen_received_end_it)
{
    pattern("................x................x................");
    ck_assert_uint_eq(s.f.bursts, 0);
    ck_assert_near(s.f.gap_loss_pct, 100.0 * 2 / 50);
}
END_TEST

START_TEST(two_bursts)
{
    pattern(".xxx.x....................xx.......x...................x....................");
    ck_assert_uint_eq(s.f.bursts, 2);
    ck_assert_uint_eq(s.f.longest_loss, 3);
    /* xxx.x is 5 packets with 4 lost, xx.......x is 10 with 3 */
    ck_assert_near(s.f.burst_loss_pct, 100.0 * 7 / 15);
    ck_assert_near(s.f.gap_loss_pct, 100.0 * 1 / (76 - 15));
}
END_TEST

START_TEST(an_outage_is_one_burst)
{
    rtp(&s, 0, 1, 0);
    rtp(&s, 20, 2, 160);
    rtp(&s, 100000, 5002, 800160);
    rtp(&s, 100020, 5003, 800320);
    finish(&s);
    expect(4, 5003, 4999, 0, 0);
    ck_assert_uint_eq(s.f.bursts, 1);
    ck_assert_uint_eq(s.f.longest_loss, 4999);
    ck_assert_near(s.f.longest_gap_ms, 99980);
    ck_assert_uint_eq(s.f.outages, 1);
    ck_assert_near(s.f.outage_ms, 99980);
    ck_assert_near(s.f.longest_outage_ms, 99980);
}
END_TEST

/* 10 packets are lost in 220 ms, 9 in 200, 8 in 180; a pause of a second loses none, and
 * one that comes late ends none. */
START_TEST(outages)
{
    unsigned number = 0;

    for (unsigned i = 0; i < 400; i++) {
        if (i >= 150 && i < 200) /* silence */
            continue;
        number++;
        if ((i >= 50 && i < 60) || (i >= 70 && i < 79) || (i >= 100 && i < 108))
            continue;
        rtp(&s, 20.0 * i, number, 160 * i);
    }
    finish(&s);
    expect(323, 350, 27, 0, 0);
    ck_assert_uint_eq(s.f.outages, 2);
    ck_assert_near(s.f.outage_ms, 220 + 200);
    ck_assert_near(s.f.longest_outage_ms, 220);
}
END_TEST

/* RFC 3550 A.1: numbers from nowhere, confirmed by the next one, begin anew. */
static void sent(unsigned from, unsigned n, uint32_t timestamp, double at)
{
    for (unsigned i = 0; i < n; i++)
        rtp(&s, at + 20.0 * i, from + i, timestamp + 160 * i);
}

START_TEST(sender_begins_anew)
{
    sent(1000, 100, 0, 0);
    sent(42000, 100, 777777, 2000);
    sent(7, 100, 5, 4000); /* and downwards */
    finish(&s);
    expect(300, 300, 0, 0, 0);
    ck_assert_uint_eq(s.f.sequence_resets, 2);
    ck_assert_uint_eq(s.f.longest_loss, 0);
}
END_TEST

START_TEST(losses_of_both_parts)
{
    sent(1000, 50, 0, 0);
    sent(1052, 50, 52 * 160, 1040);
    sent(30000, 50, 777777, 2040);
    sent(30053, 50, 777777 + 53 * 160, 3100);
    finish(&s);
    expect(200, 205, 5, 0, 0);
    ck_assert_uint_eq(s.f.sequence_resets, 1);
}
END_TEST

/* One damaged number is neither a loss of thousands nor a new beginning. */
START_TEST(stray_number)
{
    sent(1000, 50, 0, 0);
    rtp(&s, 1000, 20000, 50 * 160);
    sent(1051, 50, 51 * 160, 1020);
    rtp(&s, 2020, 1900, 101 * 160); /* not that far */
    sent(1102, 50, 102 * 160, 2040);
    finish(&s);
    expect(152, 152, 2, 0, 0);
    ck_assert_uint_eq(s.f.sequence_resets, 0);
}
END_TEST

/* Numbers jump as far, and media time with them: an outage. */
START_TEST(long_outage_is_loss)
{
    sent(1000, 100, 0, 0);
    sent(1000 + 5000, 100, 5000 * 160, 100000);
    finish(&s);
    expect(200, 5100, 4900, 0, 0);
    ck_assert_uint_eq(s.f.sequence_resets, 0);
    ck_assert_uint_eq(s.f.longest_loss, 4900);
}
END_TEST

/* Two captures whose clocks differ by 3 s, merged by time. */
START_TEST(interleaved_halves)
{
    sent(1000, 150, 0, 0);
    for (unsigned i = 0; i < 150; i++) {
        rtp(&s, 3000 + 20.0 * i, 1150 + 150 + i, (300 + i) * 160);
        rtp(&s, 3010 + 20.0 * i, 1150 + i, (150 + i) * 160);
    }
    finish(&s);
    expect(450, 450, 0, 0, 150);
    ck_assert_uint_eq(s.f.sequence_resets, 0);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("sequence");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, whole);
    tcase_add_test(t, lost);
    tcase_add_test(t, duplicate);
    tcase_add_test(t, duplicates_do_not_hide_losses);
    tcase_add_test(t, reordered);
    tcase_add_test(t, late_last_packet_does_not_shrink_expected);
    tcase_add_test(t, older_than_the_first);
    tcase_add_test(t, wrap);
    tcase_add_test(t, loss_and_reordering_over_the_wrap);
    tcase_add_test(t, many_wraps);
    tcase_add_test(t, isolated_loss_is_in_a_gap);
    tcase_add_test(t, fifteen_received_do_not_end_a_burst);
    tcase_add_test(t, sixteen_received_end_it);
    tcase_add_test(t, two_bursts);
    tcase_add_test(t, an_outage_is_one_burst);
    tcase_add_test(t, outages);
    tcase_add_test(t, sender_begins_anew);
    tcase_add_test(t, losses_of_both_parts);
    tcase_add_test(t, stray_number);
    tcase_add_test(t, long_outage_is_loss);
    tcase_add_test(t, interleaved_halves);
    return run_suite("sequence", t);
}
