/* The E-model against values worked out from G.107 and G.113. */
#include "suite.h"

#include "stream/quality.h"

static double r_of(const char *codec, unsigned octets, double ptime, double loss, double delay)
{
    struct codec_quality q;

    ck_assert(quality_codec(slice_str(codec), octets, ptime, &q));
    return quality_r(&q, loss, 1, delay);
}

static void expect(double r, double mos, double want_r, double want_mos)
{
    ck_assert_double_eq_tol(r, want_r, 0.005);
    ck_assert_double_eq_tol(mos, want_mos, 0.005);
}
#define EXPECT(r, want_r, want_mos) expect(r, quality_mos(r), want_r, want_mos)

/* Ie,eff = 95 * 1 / (1 + 4.3) = 17.92 at one percent. */
START_TEST(g711)
{
    EXPECT(r_of("PCMU", 160, 20, 0, 0), 93.20, 4.41);
    EXPECT(r_of("PCMA", 160, 20, 1, 0), 75.28, 3.83);
    EXPECT(r_of("PCMA", 160, 20, 2, 0), 63.04, 3.26);
    EXPECT(r_of("PCMA", 160, 20, 5, 0), 42.12, 2.17);
}
END_TEST

START_TEST(g711_with_concealment)
{
    struct codec_quality q = {.ie = 0, .bpl = 25.1};

    EXPECT(quality_r(&q, 1, 1, 0), 89.56, 4.33);
    EXPECT(quality_r(&q, 2, 1, 0), 86.19, 4.23);
    EXPECT(quality_r(&q, 5, 1, 0), 77.42, 3.92);
    EXPECT(quality_r(&q, 1, 1, 150), 85.96, 4.23);
    EXPECT(quality_r(&q, 1, 1, 400), 55.46, 2.86);
}
END_TEST

START_TEST(other_codecs)
{
    EXPECT(r_of("G729", 20, 20, 0, 0), 82.20, 4.10);
    EXPECT(r_of("G729", 20, 20, 1, 0), 78.00, 3.95);
    EXPECT(r_of("g729", 20, 20, 2, 0), 74.20, 3.79);
    EXPECT(r_of("G729", 20, 20, 5, 0), 64.70, 3.34);
    EXPECT(r_of("G723", 24, 30, 0, 0), 78.20, 3.95);
    EXPECT(r_of("G723", 48, 60, 2, 0), 69.36, 3.57);
    EXPECT(r_of("G723", 20, 30, 0, 0), 74.20, 3.79);
    EXPECT(r_of("GSM-EFR", 31, 20, 0, 0), 88.20, 4.29);
    EXPECT(r_of("GSM-EFR", 31, 20, 5, 0), 58.20, 3.01);
    EXPECT(r_of("AMR", 32, 20, 5, 0), 58.20, 3.01);
    EXPECT(r_of("GSM", 33, 20, 0, 0), 73.20, 3.74);
}
END_TEST

/* 93.2 - 0.024 * 150 = 89.6; 93.2 - 9.6 - 0.11 * 222.7 = 59.1 */
START_TEST(delay)
{
    EXPECT(r_of("PCMU", 160, 20, 0, 150), 89.60, 4.33);
    EXPECT(r_of("PCMU", 160, 20, 0, 400), 59.10, 3.05);
    EXPECT(r_of("PCMU", 160, 20, 0, 177.3), 88.94, 4.31);
}
END_TEST

/* Bursts weigh more: 95 * 5 / (5 / 2 + 4.3) = 69.85 */
START_TEST(bursts)
{
    struct codec_quality q = {.ie = 0, .bpl = 4.3};

    ck_assert_double_eq_tol(quality_r(&q, 5, 2, 0), 93.2 - 69.853, 0.001);
}
END_TEST

START_TEST(mos_of_r)
{
    ck_assert_double_eq_tol(quality_mos(90), 4.339, 0.0005);
    ck_assert_double_eq_tol(quality_mos(80), 4.024, 0.0005);
    ck_assert_double_eq_tol(quality_mos(70), 3.597, 0.0005);
    ck_assert_double_eq_tol(quality_mos(60), 3.100, 0.0005);
    ck_assert_double_eq_tol(quality_mos(50), 2.575, 0.0005);
    ck_assert(quality_mos(0) == 1);
    ck_assert(quality_mos(3) == 1); /* the polynomial is below 1 here */
    ck_assert(quality_mos(100) == 4.5);
    ck_assert(isnan(quality_mos(NAN)));
}
END_TEST

/* G.107.1: (129 - 13) / 1.29 = 89.92; loss cannot be rated. */
START_TEST(wideband)
{
    EXPECT(r_of("G722", 160, 20, 0, 0), 89.92, 4.34);
    EXPECT(r_of("AMR-WB", 61, 20, 0, 0), 93.80, 4.42);
    EXPECT(r_of("AMR-WB", 18, 20, 0, 0), 68.22, 3.51);
    ck_assert(isnan(r_of("G722", 160, 20, 1, 0)));
}
END_TEST

START_TEST(not_published)
{
    struct codec_quality q;

    ck_assert(!quality_codec(SLICE("opus"), 100, 20, &q));
    ck_assert(!quality_codec(SLICE("iLBC"), 38, 20, &q));
    ck_assert(!quality_codec(SLICE("speex"), 70, 20, &q));
    ck_assert(!quality_codec(SLICE("AMR"), 14, 20, &q)); /* 4.75 kbit/s */
    ck_assert(!quality_codec(SLICE("G723"), 24, NAN, &q));
    ck_assert(isnan(r_of("GSM", 33, 20, 1, 0)));
    ck_assert(isnan(r_of("G726-32", 80, 20, 1, 0)));
}
END_TEST

static void send(struct sender *s, unsigned n, unsigned lost_from, unsigned lost)
{
    for (unsigned i = 0; i < n; i++)
        if (i < lost_from || i >= lost_from + lost)
            rtp(s, 20.0 * i, i, 160 * i);
    finish(s);
}

/* One run of 5 lost of 500: BurstR = 5 * (1 - 0.01) = 4.95;
 * Ie,eff = 95 * 1 / (1 / 4.95 + 4.3) = 21.10 */
START_TEST(of_a_stream)
{
    struct sender s = announced_sender(NULL);

    send(&s, 500, 100, 5);
    ck_assert_near(s.f.burst_ratio, 4.95);
    ck_assert_double_eq_tol(s.f.r_factor, 93.2 - 21.101, 0.001);
    ck_assert(!s.f.delay_measured);
    ck_assert(!s.f.wideband);
    stream_table_free(s.table);
}
END_TEST

START_TEST(of_too_few_packets)
{
    struct sender s = announced_sender(NULL);

    send(&s, 15, 0, 0);
    ck_assert(isnan(s.f.r_factor));
    ck_assert(isnan(s.f.mos));
    stream_table_free(s.table);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("quality");

    tcase_add_test(t, g711);
    tcase_add_test(t, g711_with_concealment);
    tcase_add_test(t, other_codecs);
    tcase_add_test(t, delay);
    tcase_add_test(t, bursts);
    tcase_add_test(t, mos_of_r);
    tcase_add_test(t, wideband);
    tcase_add_test(t, not_published);
    tcase_add_test(t, of_a_stream);
    tcase_add_test(t, of_too_few_packets);
    return run_suite("quality", t);
}
