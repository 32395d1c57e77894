/* Figures by intervals of time. */
#include "suite.h"

static struct sender s;
static const struct stream_interval *rows;
static size_t count;

static void setup(void)
{
    s = announced_sender(NULL);
    stream_configure(s.table, &(struct stream_settings){.buffer_ms = 60, .interval = 1000000000});
}

static void teardown(void)
{
    stream_table_free(s.table);
}

static void read_rows(void)
{
    finish(&s);
    count = stream_intervals(stream_at(s.table, 0), &rows);
}

START_TEST(seconds)
{
    for (unsigned i = 0; i < 150; i++)
        if (i != 60 && i != 61 && i != 100)
            rtp(&s, 20.0 * i, i, 160 * i);
    read_rows();
    ck_assert_uint_eq(count, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(rows[i].number, (int64_t)i);
    ck_assert_uint_eq(rows[0].packets, 50);
    ck_assert_uint_eq(rows[0].lost, 0);
    ck_assert_uint_eq(rows[1].packets, 48);
    ck_assert_uint_eq(rows[1].lost, 2);
    ck_assert_uint_eq(rows[2].packets, 49);
    ck_assert_uint_eq(rows[2].lost, 1); /* the first of it */
    ck_assert_uint_eq(rows[1].payload_bytes, 48 * 160);
    ck_assert_uint_eq(rows[1].rtp_bytes, 48 * 172);
    ck_assert_uint_eq(rows[1].ip_bytes, 48 * 200);
    ck_assert_uint_eq(rows[1].link_bytes, 48 * 214);
    ck_assert_near(rows[0].delta_max_ms, 20);
    ck_assert_near(rows[1].delta_max_ms, 60);
}
END_TEST

/* A row's MOS is that of G.711 with its loss: 2 of 50. */
START_TEST(mos)
{
    for (unsigned i = 0; i < 100; i++)
        if (i != 60 && i != 61)
            rtp(&s, 20.0 * i, i, 160 * i);
    read_rows();
    ck_assert_double_eq_tol(stream_interval_mos(&s.f, &rows[0]), 4.409, 0.001);
    ck_assert_double_eq_tol(93.2 - 95 * 4 / (4 + 4.3), 47.417, 0.001);
    ck_assert_double_eq_tol(stream_interval_mos(&s.f, &rows[1]),
                            1 + 0.035 * 47.417 + 7e-6 * 47.417 * (47.417 - 60) * (100 - 47.417),
                            0.001);
}
END_TEST

START_TEST(late_packets_and_duplicates)
{
    static const unsigned numbers[] = {0, 1, 3, 2, 4, 4, 5, 9};

    for (unsigned i = 0; i < 8; i++)
        rtp(&s, 20.0 * i, numbers[i], 160 * numbers[i]);
    read_rows();
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(rows[0].packets, 8);
    ck_assert_uint_eq(rows[0].duplicates, 1);
    ck_assert_uint_eq(rows[0].lost, 3);
}
END_TEST

START_TEST(silence_makes_no_rows)
{
    rtp(&s, 100, 0, 0);
    rtp(&s, 3600000, 1, 160);
    read_rows();
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(rows[1].number, 3600);
}
END_TEST

START_TEST(numbers_begin_anew)
{
    for (unsigned i = 0; i < 20; i++)
        if (i != 5)
            rtp(&s, 20.0 * i, i, 160 * i);
    for (unsigned i = 0; i < 20; i++)
        if (i != 7)
            rtp(&s, 400 + 20.0 * i, 40000 + i, 99999 + 160 * i);
    read_rows();
    ck_assert_uint_eq(s.f.sequence_resets, 1);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(rows[0].lost, 2);
    ck_assert_uint_eq(s.f.lost, 2);
}
END_TEST

START_TEST(not_asked_for)
{
    teardown();
    s = announced_sender(NULL);
    rtp(&s, 0, 0, 0);
    read_rows();
    ck_assert_uint_eq(count, 0);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("interval");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, seconds);
    tcase_add_test(t, mos);
    tcase_add_test(t, late_packets_and_duplicates);
    tcase_add_test(t, silence_makes_no_rows);
    tcase_add_test(t, numbers_begin_anew);
    tcase_add_test(t, not_asked_for);
    return run_suite("interval", t);
}
