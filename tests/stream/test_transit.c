/* RFC 3550's jitter, the jitter buffer, the sender's clock. */
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

/* D is 5, then 10 ms: J = 5/16, then J + (10 - J)/16. */
START_TEST(jitter_by_hand)
{
    rtp(&s, 0, 1, 0);
    rtp(&s, 25, 2, 160);
    rtp(&s, 35, 3, 320);
    finish(&s);
    ck_assert_near(s.f.rfc_jitter_last_ms, 0.3125 + (10 - 0.3125) / 16);
    ck_assert_near(s.f.rfc_jitter_max_ms, s.f.rfc_jitter_last_ms);
    ck_assert_near(s.f.rfc_jitter_mean_ms, (0.3125 + s.f.rfc_jitter_last_ms) / 2);
}
END_TEST

/* Late packets and duplicates are not the network's rhythm. */
START_TEST(jitter_of_packets_in_order_alone)
{
    static const struct {
        double ms;
        unsigned number;
    } sent[] = {{0, 0}, {20, 1}, {60, 3}, {70, 2}, {80, 4}, {81, 4}, {100, 5}};

    for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++)
        rtp(&s, sent[i].ms, sent[i].number, 160 * sent[i].number);
    finish(&s);
    ck_assert_near(s.f.rfc_jitter_max_ms, 0);
}
END_TEST

/* A sender that pauses without counting media time, then goes on. */
START_TEST(pause_is_no_jitter)
{
    for (unsigned i = 0; i < 50; i++)
        rtp(&s, 20.0 * i + (i < 25 ? 0 : 5000), i, 160 * i);
    finish(&s);
    ck_assert_near(s.f.rfc_jitter_max_ms, 0);
    ck_assert_uint_eq(s.f.clock_restarts, 1);
    ck_assert_uint_eq(s.f.discarded, 0);
    ck_assert_near(s.f.jitter_ms.max, 5000.0 / 16); /* Wireshark's has it */
}
END_TEST

START_TEST(buffer_of_60_ms)
{
    for (unsigned i = 0; i < 200; i++) {
        double late = i == 50 ? 60 : i == 100 ? 60.5 : i == 150 ? 80 : 0;

        rtp(&s, 20.0 * i + late, i, 160 * i);
    }
    finish(&s);
    ck_assert_uint_eq(s.f.discarded, 2);
    ck_assert_uint_eq(s.f.lost, 0);
    ck_assert_near(s.f.buffer_ms, 60);
    /* a depth of 20 ms, its least: all three are too late, and by order the
     * packets behind them come in time */
    ck_assert_uint_eq(s.f.discarded_adaptive, 3);
}
END_TEST

START_TEST(buffer_of_other_depth)
{
    stream_configure(s.table, &(struct stream_settings){.buffer_ms = 100});
    for (unsigned i = 0; i < 200; i++)
        rtp(&s, 20.0 * i + (i == 50 ? 99 : i == 100 ? 101 : 0), i, 160 * i);
    finish(&s);
    ck_assert_uint_eq(s.f.discarded, 1);
    ck_assert_near(s.f.buffer_ms, 100);
}
END_TEST

/* A reordered packet is played if it comes in time. */
START_TEST(reordered_and_late)
{
    for (unsigned i = 0; i < 100; i++) {
        if (i != 30 && i != 60)
            rtp(&s, 20.0 * i, i, 160 * i);
        if (i == 31)
            rtp(&s, 20.0 * 31 + 5, 30, 160 * 30); /* 25 ms late */
        if (i == 64)
            rtp(&s, 20.0 * 64 + 5, 60, 160 * 60); /* 85 ms */
    }
    finish(&s);
    ck_assert_uint_eq(s.f.reordered, 2);
    ck_assert_uint_eq(s.f.discarded, 1);
}
END_TEST

/* Delay that grows for good: the buffer follows after some seconds. */
START_TEST(buffer_follows_the_path)
{
    for (unsigned i = 0; i < 3000; i++)
        rtp(&s, 20.0 * i + (i < 500 ? 0 : 100), i, 160 * i);
    finish(&s);
    ck_assert_uint_ge(s.f.discarded, 350);
    ck_assert_uint_le(s.f.discarded, 450);
}
END_TEST

/* RFC 3611: packets discarded are as good as lost: x and o in a burst. */
START_TEST(discarded_within_bursts)
{
    static const char p[] = "................xoox..................o.................";

    for (unsigned i = 0; p[i]; i++)
        if (p[i] != 'x')
            rtp(&s, 20.0 * i + (p[i] == 'o' ? 100 : 0), i, 160 * i);
    finish(&s);
    ck_assert_uint_eq(s.f.discarded, 3);
    ck_assert_uint_eq(s.f.lost, 2);
    ck_assert_uint_eq(s.f.longest_loss, 1);
    ck_assert_uint_eq(s.f.bursts, 1);
    ck_assert_near(s.f.burst_loss_pct, 100);
    ck_assert_near(s.f.gap_loss_pct, 100.0 / (sizeof p - 1 - 4));
    ck_assert_near(s.f.burst_ms, 80);
    ck_assert_near(s.f.gap_ms, (sizeof p - 1 - 4) / 2.0 * 20);
}
END_TEST

/* Asked for alone, it is that of the figures. */
static void check_clock(void)
{
    double error, ppm = stream_clock_ppm(stream_at(s.table, 0), &error);

    ck_assert(ppm == s.f.clock_ppm || (isnan(ppm) && isnan(s.f.clock_ppm)));
    ck_assert(error == s.f.clock_error_ppm || (isnan(error) && isnan(s.f.clock_error_ppm)));
}

static void drift(double ppm, double noise_ms)
{
    uint32_t x = 1;

    for (unsigned i = 0; i < 2000; i++) {
        x = x * 1664525u + 1013904223u;
        /* the faster the sender's clock, the sooner its packets come */
        rtp(&s, 20.0 * i / (1 + ppm * 1e-6) + noise_ms * (x >> 8) / (1 << 24), i, 160 * i);
    }
    finish(&s);
    ck_assert_double_eq_tol(s.f.clock_ppm, ppm, 10);
    check_clock();
}

START_TEST(fast_clock)
{
    drift(200, 0);
}
END_TEST

START_TEST(slow_clock_behind_jitter)
{
    drift(-150, 10);
}
END_TEST

START_TEST(too_short_for_a_clock)
{
    for (unsigned i = 0; i < 200; i++)
        rtp(&s, 20.0 * i, i, 160 * i);
    finish(&s);
    ck_assert(isnan(s.f.clock_ppm));
    check_clock();
}
END_TEST

START_TEST(one_packet_has_no_clock)
{
    double error;

    rtp(&s, 0, 0, 0);
    finish(&s);
    ck_assert(isnan(stream_clock_ppm(stream_at(s.table, 0), &error)));
    ck_assert(isnan(s.f.clock_ppm));
}
END_TEST

/* A queue fills: two per cent slower than real time. */
START_TEST(congestion_is_no_clock)
{
    for (unsigned i = 0; i < 2000; i++)
        rtp(&s, 20.4 * i, i, 160 * i);
    finish(&s);
    ck_assert(isnan(s.f.clock_ppm));
}
END_TEST

/* 100 packets in the first second, 50 in the others. */
START_TEST(peak_second)
{
    double at = 0;

    for (unsigned i = 0; i < 250; i++, at += i <= 100 ? 10 : 20)
        rtp(&s, at, i, 160 * i);
    finish(&s);
    ck_assert_near(s.f.peak_kbps.payload, 128);
    ck_assert_near(s.f.peak_kbps.rtp, 100 * 172 * 8 / 1000.0);
    ck_assert_near(s.f.peak_kbps.ip, 160);
    ck_assert_near(s.f.peak_kbps.link, 171.2);
}
END_TEST

/* G.711 at 20 ms: 160 + 12 + 8 + 20 + 14 = 214 octets. */
START_TEST(bandwidth_of_g711)
{
    for (unsigned i = 0; i < 500; i++)
        rtp(&s, 20.0 * i, i, 160 * i);
    finish(&s);
    ck_assert_near(s.f.payload_kbps, 64);
    ck_assert_near(s.f.rtp_kbps, 68.8);
    ck_assert_near(s.f.ip_kbps, 80);
    ck_assert_near(s.f.link_kbps, 85.6);
    ck_assert_uint_eq(s.f.packet.payload, 160);
    ck_assert_uint_eq(s.f.packet.whole, 160 + 12 + 8 + 20 + 14);
    ck_assert_uint_eq(s.f.packet.udp + s.f.packet.ip, 28);
    ck_assert_uint_eq(s.f.packet.other, 0);
    ck_assert_near(s.f.ptime_ms, 20);
    ck_assert_near(s.f.peak_kbps.link, 85.6);
}
END_TEST

/* Two streams side by side, one 4 s after the other: 14 s, 1000 packets. */
START_TEST(bandwidth_of_a_call)
{
    struct stream_rates r;

    for (unsigned i = 0; i < 700; i++) {
        s.ssrc = 1;
        s.port = 4000;
        if (i < 500)
            rtp(&s, 20.0 * i, i, 160 * i);
        s.ssrc = 2;
        s.port = 4002;
        if (i >= 200)
            rtp(&s, 20.0 * i + 3, i, 160 * i);
    }
    finish(&s);
    r = stream_rates_together(s.table, (uint32_t[]){0, 1}, 2);
    ck_assert_double_eq_tol(r.link, 1000 * 214 * 8 / 14.003 / 1000, 0.001);
    ck_assert_double_eq_tol(r.payload, 1000 * 160 * 8 / 14.003 / 1000, 0.001);
    r = stream_rates_together(s.table, (uint32_t[]){0}, 1);
    ck_assert_near(r.link, 85.6);
    ck_assert(isnan(stream_rates_together(s.table, NULL, 0).ip));
}
END_TEST

/* Talkspurts: media time goes on while no packets come. */
START_TEST(silence_suppression)
{
    unsigned number = 0;

    for (unsigned i = 0; i < 300; i++) {
        if (i % 100 >= 50)
            continue;
        s.marker = i % 100 == 0;
        rtp(&s, 20.0 * i, number++, 160 * i);
    }
    finish(&s);
    ck_assert(s.f.silence_suppressed);
    ck_assert_uint_eq(s.f.talkspurts, 3);
    ck_assert_uint_eq(s.f.lost, 0);
    ck_assert_near(s.f.rfc_jitter_max_ms, 0);
}
END_TEST

START_TEST(loss_is_no_silence)
{
    for (unsigned i = 0; i < 300; i++)
        if (i < 100 || i >= 150)
            rtp(&s, 20.0 * i, i, 160 * i);
    finish(&s);
    ck_assert(!s.f.silence_suppressed);
    ck_assert_uint_eq(s.f.lost, 50);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("transit");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, jitter_by_hand);
    tcase_add_test(t, jitter_of_packets_in_order_alone);
    tcase_add_test(t, pause_is_no_jitter);
    tcase_add_test(t, buffer_of_60_ms);
    tcase_add_test(t, buffer_of_other_depth);
    tcase_add_test(t, reordered_and_late);
    tcase_add_test(t, buffer_follows_the_path);
    tcase_add_test(t, discarded_within_bursts);
    tcase_add_test(t, fast_clock);
    tcase_add_test(t, slow_clock_behind_jitter);
    tcase_add_test(t, too_short_for_a_clock);
    tcase_add_test(t, one_packet_has_no_clock);
    tcase_add_test(t, congestion_is_no_clock);
    tcase_add_test(t, peak_second);
    tcase_add_test(t, bandwidth_of_g711);
    tcase_add_test(t, bandwidth_of_a_call);
    tcase_add_test(t, silence_suppression);
    tcase_add_test(t, loss_is_no_silence);
    return run_suite("transit", t);
}
