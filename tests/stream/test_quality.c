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
START_TEST(simplified_delay)
{
    EXPECT(r_of("PCMU", 160, 20, 0, 150), 89.60, 4.33);
    EXPECT(r_of("PCMU", 160, 20, 0, 400), 59.10, 3.05);
    EXPECT(r_of("PCMU", 160, 20, 0, 177.3), 88.94, 4.31);
}
END_TEST

/* ---- the whole of G.107 ---------------------------------------------------------- */

static double decibels(double x)
{
    return 10 * log10(x);
}

static double power(double db)
{
    return pow(10, db / 10);
}

/* R of a connection whose parameters are those of G.107's table of defaults, but for the
 * delay, which all three paths share (T = Ta = Tr / 2), clauses 7.2 to 7.5. */
struct model {
    double ro, is, idte, idle, idd;
};

static double noise_dbm0p(void)
{
    const double ps = 35, pr = 35, slr = 8, rlr = 2, lstr = 18, ds = 3;
    double nos = ps - slr - ds - 100 + 0.004 * pow(ps - (slr + rlr) - ds - 14, 2);
    double pre = pr + decibels(1 + power(10 - lstr));
    double nor = rlr - 121 + pre + 0.008 * pow(pre - 35, 2);

    return decibels(power(-70) + power(nos) + power(nor) + power(-64 + rlr));
}

/* Loudness, sidetone and quantizing. */
static double simultaneous(double ro, double no, double delay)
{
    const double slr = 8, rlr = 2, stmr = 15, telr = 65, qdu = 1;
    double xolr = slr + rlr + 0.2 * (64 + no - rlr);
    double stmro = -decibels(power(-stmr) + exp(-delay / 4) * power(-telr));
    double q = 37 - 15 * log10(qdu), g = 1.07 + 0.258 * q + 0.0602 * q * q;
    double y = (ro - 100) / 15 + 46 / 8.4 - g / 9, z = 46 / 30.0 - g / 40;

    return 20 * (pow(1 + pow(xolr / 8, 8), 1 / 8.0) - xolr / 8) +
           12 * pow(1 + pow((stmro - 13) / 6, 8), 1 / 8.0) -
           28 * pow(1 + pow((stmro + 1) / 19.4, 35), 1 / 35.0) -
           13 * pow(1 + pow((stmro - 3) / 33, 13), 1 / 13.0) + 29 +
           15 * log10(1 + pow(10, y) + pow(10, z));
}

static struct model model_at(double delay)
{
    const double rlr = 2, slr = 8, telr = 65, wepl = 110;
    double no = noise_dbm0p(), ro = 15 - 1.5 * (slr + no);
    double terv = telr - 40 * log10((1 + delay / 10) / (1 + delay / 150)) +
                  6 * exp(-0.3 * delay * delay);
    double roe = -1.5 * (no - rlr), re = 80 + 2.5 * (terv - 14);
    double rle = 10.5 * (wepl + 7) * pow(2 * delay + 1, -0.25);
    double x = log10(delay / 100) / log10(2);

    return (struct model){
        .ro = ro,
        .is = simultaneous(ro, no, delay),
        .idte = ((roe - re) / 2 + sqrt(pow(roe - re, 2) / 4 + 100) - 1) * (1 - exp(-delay)),
        .idle = (ro - rle) / 2 + sqrt(pow(ro - rle, 2) / 4 + 169),
        .idd = delay <= 100 ? 0
                            : 25 * (pow(1 + pow(x, 6), 1 / 6.0) -
                                    3 * pow(1 + pow(x / 3, 6), 1 / 6.0) + 2),
    };
}

static double model_r(double delay)
{
    struct model m = model_at(delay);

    return m.ro - m.is - m.idte - m.idle - m.idd;
}

/* "Under the default values, R = 93.2." */
START_TEST(model_with_its_defaults)
{
    ck_assert_double_eq_tol(model_r(0), 93.2, 0.05);
    ck_assert_double_eq_tol(r_of("PCMU", 160, 20, 0, 0), model_r(0), 0.05);
}
END_TEST

/* Idd alone: X is 1 at 200 ms, 25 * (2^(1/6) - 3 * (1 + 3^-6)^(1/6) + 2), 2 at 400, and 3
 * at 800, 25 * (730^(1/6) - 3 * 2^(1/6) + 2). */
START_TEST(model_of_absolute_delay)
{
    ck_assert_double_eq_tol(model_at(100).idd, 0, 0.001);
    ck_assert_double_eq_tol(model_at(150).idd, 0.16, 0.005);
    ck_assert_double_eq_tol(model_at(200).idd, 3.04, 0.005);
    ck_assert_double_eq_tol(model_at(400).idd, 24.07, 0.005);
    ck_assert_double_eq_tol(model_at(800).idd, 40.83, 0.005);
}
END_TEST

/* What the common simplification of Id is worth: up to 300 ms it is within 1 of R, and
 * above it sees things darker: by 3 at 400 ms, by 9 at 500. */
START_TEST(delay_against_the_model)
{
    for (double delay = 0; delay <= 320; delay += 2.5)
        ck_assert_msg(fabs(r_of("PCMU", 160, 20, 0, delay) - model_r(delay)) < 1, "at %g ms",
                      delay);
    ck_assert_double_eq_tol(model_r(400) - r_of("PCMU", 160, 20, 0, 400), 3.1, 0.1);
    ck_assert_double_eq_tol(model_r(500) - r_of("PCMU", 160, 20, 0, 500), 9.1, 0.1);
}
END_TEST

/* Loss and codec lower the whole model as they do the simplified one. */
START_TEST(loss_against_the_model)
{
    static const struct {
        const char *codec;
        unsigned octets, frame;
        double ie, bpl;
    } rows[] = {{"PCMA", 160, 20, 0, 4.3}, {"G729", 20, 20, 11, 19}, {"G723", 24, 30, 15, 16.1},
                {"GSM-EFR", 31, 20, 5, 10}};

    for (unsigned i = 0; i < 4; i++)
        for (double loss = 0; loss <= 20; loss += 0.25) {
            double ie = rows[i].ie + (95 - rows[i].ie) * loss / (loss + rows[i].bpl);
            double r = r_of(rows[i].codec, rows[i].octets, rows[i].frame, loss, 150);
            double want = model_r(150) - ie;

            ck_assert_msg(fabs(r - (want < 0 ? 0 : want)) < 0.1, "%s at %g %%", rows[i].codec,
                          loss);
        }
}
END_TEST

/* G.113 table I.1: what each codec takes off R without loss. */
static const struct published {
    const char *codec;
    unsigned octets, frame;
    double ie;
} published[] = {
    {"PCMU", 160, 20, 0},     {"PCMA", 80, 10, 0},       {"G726-40", 100, 20, 2},
    {"G726-32", 80, 20, 7},   {"G726-24", 60, 20, 25},   {"G726-16", 40, 20, 50},
    {"G728", 40, 20, 7},      {"G728", 32, 20, 20},      {"G729", 20, 20, 11},
    {"G723", 24, 30, 15},     {"G723", 20, 30, 19},      {"GSM", 33, 20, 20},
    {"GSM-HR-08", 14, 20, 23}, {"GSM-EFR", 31, 20, 5},   {"AMR", 32, 20, 5},
    {"EVRC", 23, 20, 6},      {"EVRC0", 22, 20, 6},
};

START_TEST(equipment_impairments)
{
    const struct published *p = &published[_i];

    ck_assert_double_eq_tol(93.2 - r_of(p->codec, p->octets, p->frame, 0, 0), p->ie, 1e-9);
}
END_TEST

/* Bursts weigh more: 95 * 5 / (5 / 2 + 4.3) = 69.85 */
START_TEST(bursts)
{
    struct codec_quality q = {.ie = 0, .bpl = 4.3};

    ck_assert_double_eq_tol(quality_r(&q, 5, 2, 0), 93.2 - 69.853, 0.001);
}
END_TEST

/* Annex B's table: 90, 80, 70, 60, 50 are 4.34, 4.03, 3.60, 3.10, 2.58. */
START_TEST(mos_of_r)
{
    static const double table[] = {2.58, 3.10, 3.60, 4.03, 4.34};

    for (unsigned i = 0; i < 5; i++)
        ck_assert_double_eq_tol(quality_mos(50 + 10 * i), table[i], 0.0061);
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
    tcase_add_test(t, simplified_delay);
    tcase_add_test(t, model_with_its_defaults);
    tcase_add_test(t, model_of_absolute_delay);
    tcase_add_test(t, delay_against_the_model);
    tcase_add_test(t, loss_against_the_model);
    tcase_add_loop_test(t, equipment_impairments, 0,
                        (int)(sizeof published / sizeof published[0]));
    tcase_add_test(t, bursts);
    tcase_add_test(t, mos_of_r);
    tcase_add_test(t, wideband);
    tcase_add_test(t, not_published);
    tcase_add_test(t, of_a_stream);
    tcase_add_test(t, of_too_few_packets);
    return run_suite("quality", t);
}
