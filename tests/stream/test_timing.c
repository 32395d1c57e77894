/* Delta, jitter, skew, bandwidth: figures worked out by hand. */
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

START_TEST(steady)
{
    for (unsigned i = 0; i < 100; i++)
        rtp(&s, 20.0 * i, i, 160 * i);
    finish(&s);
    ck_assert_near(s.f.delta_ms.min, 20);
    ck_assert_near(s.f.delta_ms.mean, 20);
    ck_assert_near(s.f.delta_ms.max, 20);
    ck_assert_near(s.f.jitter_ms.max, 0);
    ck_assert_near(s.f.skew_max_ms, 0);
    ck_assert_near(s.f.ptime_ms, 20);
    /* G.711 at 20 ms: the rates that every textbook has */
    ck_assert_near(s.f.payload_kbps, 64.0);
    ck_assert_near(s.f.rtp_kbps, 68.8);
    ck_assert_near(s.f.ip_kbps, 80.0);
    ck_assert_near(s.f.link_kbps, 85.6);
    ck_assert_uint_eq(s.f.payload_bytes, 16000);
    ck_assert_uint_eq(s.f.link_bytes, 21400);
}
END_TEST

/* Arrivals 0, 25, 38, 60 of packets stamped 0, 20, 40, 60 ms:
 * d = 5, 7, 2; jitter = 5/16 = 0.3125, then (15 * 0.3125 + 7) / 16 = 0.73046875,
 * then (15 * 0.73046875 + 2) / 16 = 0.80981445. */
START_TEST(by_hand)
{
    rtp(&s, 0, 1, 0);
    rtp(&s, 25, 2, 160);
    rtp(&s, 38, 3, 320);
    rtp(&s, 60, 4, 480);
    finish(&s);
    ck_assert_near(s.f.delta_ms.min, 13);
    ck_assert_near(s.f.delta_ms.max, 25);
    ck_assert_near(s.f.delta_ms.mean, 20);
    ck_assert_near(s.f.jitter_ms.min, 0.3125);
    ck_assert_near(s.f.jitter_ms.max, 0.80981445);
    ck_assert_near(s.f.jitter_ms.mean, (0.3125 + 0.73046875 + 0.80981445) / 3);
    ck_assert_near(s.f.rfc_jitter_last_ms, 0.80981445);
    ck_assert_near(s.f.rfc_jitter_max_ms, 0.80981445);
    ck_assert_near(s.f.skew_min_ms, -5);
    ck_assert_near(s.f.skew_max_ms, 2);
}
END_TEST

/* Packets with the marker count in neither least nor greatest, but in the
 * mean's denominator: (20 + 20) / 2, then the marked one is left out, then
 * (20 * 3 + 60) / 4. */
START_TEST(marker_packets_are_not_regular)
{
    rtp(&s, 0, 1, 0);
    rtp(&s, 20, 2, 160);
    rtp(&s, 40, 3, 320);
    s.marker = true;
    rtp(&s, 1040, 4, 8320);
    s.marker = false;
    rtp(&s, 1100, 5, 8480);
    finish(&s);
    ck_assert_near(s.f.delta_ms.max, 60);
    ck_assert_near(s.f.delta_ms.mean, 30);
}
END_TEST

/* Neither comfort noise nor the packet after it is regular. */
START_TEST(comfort_noise)
{
    rtp(&s, 0, 1, 0);
    rtp(&s, 20, 2, 160);
    s.pt = 13;
    rtp(&s, 500, 3, 4000);
    s.pt = 0;
    rtp(&s, 700, 4, 5600);
    rtp(&s, 730, 5, 5760);
    finish(&s);
    ck_assert_near(s.f.delta_ms.min, 20);
    ck_assert_near(s.f.delta_ms.max, 30);
    ck_assert_uint_eq(s.f.pt_count, 2);
    ck_assert(slice_eq(s.f.codec, SLICE("PCMU")));
}
END_TEST

/* An older packet changes neither the reference nor the nominal time. */
START_TEST(out_of_time_sequence)
{
    rtp(&s, 0, 10, 8000);
    rtp(&s, 20, 11, 8160);
    rtp(&s, 30, 9, 7840);
    rtp(&s, 40, 12, 8320);
    finish(&s);
    ck_assert_near(s.f.delta_ms.min, 20);
    ck_assert_near(s.f.delta_ms.max, 20);
    ck_assert_near(s.f.jitter_ms.max, 0);
}
END_TEST

START_TEST(timestamp_wrap)
{
    for (unsigned i = 0; i < 10; i++)
        rtp(&s, 20.0 * i, i, 0xfffffe00u + 160 * i);
    finish(&s);
    ck_assert_near(s.f.jitter_ms.max, 0);
    ck_assert_near(s.f.delta_ms.max, 20);
}
END_TEST

/* Digits share one timestamp: they must not look like a bad network. */
START_TEST(events_do_not_spoil_rfc3550)
{
    static const struct rtp_format formats[] = {{0, false, 8000, {"PCMU", 4}},
                                                {101, true, 8000, {"telephone-event", 15}}};

    stream_table_free(s.table);
    s = announced_sender(audio_map(false, 2, formats));
    for (unsigned i = 0; i < 50; i++) {
        s.pt = i >= 20 && i < 30 ? 101 : 0;
        rtp(&s, 20.0 * i, i, s.pt ? 160 * 20 : 160 * i);
    }
    finish(&s);
    ck_assert_near(s.f.rfc_jitter_max_ms, 0);
    ck_assert_uint_eq(s.f.pts[1].packets, 10);
    ck_assert(s.f.pts[0].negotiated && s.f.pts[1].negotiated);
    ck_assert(slice_eq(s.f.codec, SLICE("PCMU")));
}
END_TEST

/* 44100 Hz divides as 44 ticks a ms, as in Wireshark; A.8 uses the true rate. */
START_TEST(clock_rates_that_are_no_whole_khz)
{
    s.pt = 10;
    for (unsigned i = 0; i < 3; i++)
        rtp(&s, 20.0 * i, i, 882 * i);
    finish(&s);
    ck_assert_near(s.f.rfc_jitter_max_ms, 0);
    ck_assert_near(s.f.jitter_ms.min, (882.0 / 44 - 20) / 16);
}
END_TEST

START_TEST(unknown_clock_rate)
{
    s.pt = 97;
    for (unsigned i = 0; i < 5; i++)
        rtp(&s, 20.0 * i, i, 160 * i);
    finish(&s);
    ck_assert_near(s.f.delta_ms.max, 20);
    ck_assert(isnan(s.f.jitter_ms.max));
    ck_assert(isnan(s.f.skew_max_ms));
    ck_assert(isnan(s.f.rfc_jitter_max_ms));
    ck_assert_uint_eq(s.f.clock_rate, 0);
    ck_assert_uint_eq(s.f.codec.n, 0);
}
END_TEST

START_TEST(one_packet)
{
    rtp(&s, 0, 1, 0);
    finish(&s);
    ck_assert(isnan(s.f.delta_ms.max));
    ck_assert(isnan(s.f.payload_kbps));
    ck_assert_uint_eq(s.f.expected, 1);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("timing");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, steady);
    tcase_add_test(t, by_hand);
    tcase_add_test(t, marker_packets_are_not_regular);
    tcase_add_test(t, comfort_noise);
    tcase_add_test(t, out_of_time_sequence);
    tcase_add_test(t, timestamp_wrap);
    tcase_add_test(t, events_do_not_spoil_rfc3550);
    tcase_add_test(t, clock_rates_that_are_no_whole_khz);
    tcase_add_test(t, unknown_clock_rate);
    tcase_add_test(t, one_packet);
    return run_suite("timing", t);
}
