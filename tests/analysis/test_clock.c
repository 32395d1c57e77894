/* Time that goes by packets, whatever they say. */
#include "../capture/file.h"
#include "analysis/clock.h"
#include "base/time.h"

static const int64_t SECOND = 1000000000, START = (int64_t)1700000000 * 1000000000;

static struct clock c;

static void set_up(void)
{
    c = clock_start(16 * SECOND, 4 * SECOND);
}

static unsigned beats(int64_t from, int64_t step, unsigned n)
{
    unsigned count = 0;

    for (unsigned i = 0; i < n; i++)
        count += clock_tick(&c, START + from + i * step);
    return count;
}

START_TEST(beats_come_by_packets)
{
    ck_assert_uint_eq(beats(0, SECOND, 101), 25);
    ck_assert(c.now == 100 * SECOND);
}
END_TEST

START_TEST(a_long_step_counts_up_to_the_limit)
{
    ck_assert_uint_eq(beats(0, 3600 * SECOND, 11), 10);
    ck_assert(c.now == 160 * SECOND);
}
END_TEST

START_TEST(two_clocks_side_by_side_are_one)
{
    unsigned count = 0;

    for (unsigned i = 0; i < 5000; i++) /* 10 ms each, 1000 s apart */
        count += clock_tick(&c, START + i * SECOND / 100 + (i % 2 ? 1000 * SECOND : 0));
    ck_assert_uint_ge(count, 12);
    ck_assert_uint_le(count, 18);
    ck_assert(c.now <= 70 * SECOND);
}
END_TEST

START_TEST(one_packet_from_the_future_stops_it_for_a_while)
{
    beats(0, SECOND, 10);
    clock_tick(&c, START + 1000000 * SECOND);
    ck_assert(c.now == 25 * SECOND);
    beats(10 * SECOND, SECOND / 10, 900);
    ck_assert(c.now == 25 * SECOND);
    ck_assert_uint_ge(beats(100 * SECOND, SECOND, 400), 70);
}
END_TEST

START_TEST(a_little_back_is_nothing)
{
    beats(0, SECOND, 100);
    ck_assert_uint_eq(beats(70 * SECOND, 0, 5000), 0);
    ck_assert(c.latest == START + 99 * SECOND);
}
END_TEST

START_TEST(times_without_a_date_do_not_count)
{
    ck_assert(!clock_tick(&c, TIME_OF_DAY + 5));
    ck_assert(!clock_tick(&c, TIME_UNKNOWN));
    ck_assert(c.latest == -1);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("clock");

    tcase_add_checked_fixture(tcase, set_up, NULL);
    tcase_add_test(tcase, beats_come_by_packets);
    tcase_add_test(tcase, a_long_step_counts_up_to_the_limit);
    tcase_add_test(tcase, two_clocks_side_by_side_are_one);
    tcase_add_test(tcase, one_packet_from_the_future_stops_it_for_a_while);
    tcase_add_test(tcase, a_little_back_is_nothing);
    tcase_add_test(tcase, times_without_a_date_do_not_count);
    return run_suite("clock", tcase);
}
