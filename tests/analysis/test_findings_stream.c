/* Rules about one stream, on packets made for each. */
#include "analysis/findings.h"

#include "../stream/suite.h"

static struct sender s;
static struct fosip_analysis a;

/* Both sides said PCMU, 20 ms a packet. */
static void setup(void)
{
    static const struct rtp_format formats[] = {{.pt = 0, .clock_rate = 8000,
                                                 .codec = SLICE("PCMU")}};

    s = announced_sender(audio_map(false, 1, formats));
    a = (struct fosip_analysis){.calls = call_table_new(NULL, NULL), .streams = s.table};
    ck_assert_ptr_nonnull(a.calls);
}

static void teardown(void)
{
    for (size_t i = 0; i < a.findings.n; i++)
        free(a.findings.v[i].text);
    vec_free(&a.findings);
    call_table_free(a.calls);
    stream_table_free(s.table);
}

/* The rules that were broken, parted by blanks. */
static const char *rules(void)
{
    static char text[512];

    finish(&s);
    stream_bind(stream_at(s.table, 0), STREAM_NO_CALL, STREAM_TO_CALLEE);
    findings_stream(&a, 0);
    *text = 0;
    for (size_t i = 0; i < a.findings.n; i++) {
        strcat(text, i ? " " : "");
        strcat(text, a.findings.v[i].rule);
        ck_assert_int_eq(a.findings.v[i].text[strlen(a.findings.v[i].text) - 1], '.');
    }
    return text;
}

static void said(size_t i, const char *part)
{
    ck_assert_uint_lt(i, a.findings.n);
    ck_assert_msg(strstr(a.findings.v[i].text, part) != NULL, "no '%s' in '%s'", part,
                  a.findings.v[i].text);
}

START_TEST(a_good_stream)
{
    for (unsigned i = 0; i < 500; i++)
        rtp(&s, 20.0 * i, i, 160 * i);
    ck_assert_str_eq(rules(), "");
}
END_TEST

START_TEST(too_short_to_judge)
{
    for (unsigned i = 0; i < 40; i += 2)
        rtp(&s, 20.0 * i, i, 160 * i);
    ck_assert_str_eq(rules(), "");
}
END_TEST

START_TEST(other_ptime)
{
    s.payload = (const uint8_t[240]){0};
    s.payload_n = 240;
    for (unsigned i = 0; i < 500; i++)
        rtp(&s, 30.0 * i, i, 240 * i);
    ck_assert_str_eq(rules(), "ptime-mismatch");
    said(0, "hold 30 ms of sound each, though the session description asks for 20 ms");
}
END_TEST

/* GSM's 33 octets under the number of PCMU. */
START_TEST(other_size)
{
    s.payload = (const uint8_t[33]){0xd0};
    s.payload_n = 33;
    for (unsigned i = 0; i < 500; i++)
        rtp(&s, 20.0 * i, i, 160 * i);
    ck_assert_str_eq(rules(), "payload-size");
    said(0, "PCMU and hold 33 octets for 20 ms of sound where 160 were expected");
}
END_TEST

START_TEST(number_that_nobody_gave)
{
    s.pt = 96;
    for (unsigned i = 0; i < 10; i++)
        rtp(&s, 20.0 * i, i, 160 * i);
    ck_assert_str_eq(rules(), "payload-type-not-negotiated");
    said(0, "10 packets from the caller have payload type 96, which");
}
END_TEST

/* 10 packets of 1000 in a row: 200 ms, one percent. */
START_TEST(drop_out)
{
    for (unsigned i = 0; i < 1000; i++)
        if (i < 500 || i >= 510)
            rtp(&s, 20.0 * i, i, 160 * i);
    ck_assert_str_eq(rules(), "packet-loss loss-burst");
    said(0, "1.00 % of the packets from the caller are missing (10 of 1000)");
    said(1, "Up to 10 packets from the caller are missing in a row: 200 ms");
}
END_TEST

/* One less is below both bounds. */
START_TEST(short_gap)
{
    for (unsigned i = 0; i < 1000; i++)
        if (i < 500 || i >= 509)
            rtp(&s, 20.0 * i, i, 160 * i);
    ck_assert_str_eq(rules(), "");
}
END_TEST

/* J += (|D| - J) / 16: the last packet comes 480 ms late, which makes 30 ms, the bound. */
START_TEST(jitter_at_its_bound)
{
    for (unsigned i = 0; i < 200; i++)
        rtp(&s, 20.0 * i + (i == 199 ? 480 : 0), i, 160 * i);
    ck_assert_str_eq(rules(), "jitter");
    said(0, "interarrival jitter reaches 30.0 ms");
}
END_TEST

START_TEST(jitter_below_it)
{
    for (unsigned i = 0; i < 200; i++)
        rtp(&s, 20.0 * i + (i == 199 ? 479.99 : 0), i, 160 * i);
    ck_assert_str_eq(rules(), "");
}
END_TEST

/* Each twentieth packet is 100 ms late and comes behind five others. */
START_TEST(late_ones)
{
    for (unsigned i = 0; i < 600; i++) {
        if (i % 20 != 10)
            rtp(&s, 20.0 * i, i, 160 * i);
        if (i % 20 == 15)
            rtp(&s, 20.0 * i + 1, i - 5, 160 * (i - 5));
    }
    ck_assert_str_eq(rules(), "late-packets low-mos");
    said(0, "30 packets from the caller (5.00 %) come too late for a jitter buffer of 60 ms");
    said(1, "(R 42 of 100)"); /* 93.2 - 95 * 5 / (5 + 4.3) */
}
END_TEST

START_TEST(slow_clock)
{
    for (unsigned i = 0; i < 3000; i++)
        rtp(&s, 20.003 * i, i, 160 * i); /* 150 ppm */
    ck_assert_str_eq(rules(), "clock-skew");
    said(0, "is 150 ppm slow (9 ms a minute): the receiver must now and then invent sound");
}
END_TEST

START_TEST(clock_within_its_bounds)
{
    for (unsigned i = 0; i < 3000; i++)
        rtp(&s, 20.0016 * i, i, 160 * i); /* 80 ppm */
    ck_assert_str_eq(rules(), "");
}
END_TEST

/* A queue's delay that wanders by some ms: the line through it is steep, and
 * says nothing of a clock. */
START_TEST(jitter_is_no_clock)
{
    for (unsigned i = 0; i < 600; i++)
        rtp(&s, 20.0 * i + (i / 50 * 7 % 5) * 2.0, i, 160 * i);
    ck_assert_str_eq(rules(), "");
    ck_assert(!isnan(s.f.clock_ppm));
    ck_assert_double_gt(s.f.clock_error_ppm, 50);
}
END_TEST

/* Every fifth is lost: R = 93.2 - 95 * 20 / (20 + 4.3) = 15.0; MOS is
 * 1 + 0.035 * 15 + 7e-6 * 15 * (15 - 60) * (100 - 15) = 1.12. */
START_TEST(hard_to_understand)
{
    for (unsigned i = 0; i < 500; i++)
        if (i % 5 != 3)
            rtp(&s, 20.0 * i, i, 160 * i);
    ck_assert_str_eq(rules(), "packet-loss low-mos");
    said(1, "MOS 1.1 of 4.5 (R 15 of 100): 20.0 % of its packets are missing or come too late");
}
END_TEST

START_TEST(another_ssrc)
{
    for (unsigned i = 0; i < 100; i++) {
        s.ssrc = i < 60 ? 0x1234 : 0x5678;
        rtp(&s, 20.0 * i, i < 60 ? i : 7000 + i, 160 * i);
    }
    ck_assert_str_eq(rules(), "ssrc-change");
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("findings about streams");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_good_stream);
    tcase_add_test(t, too_short_to_judge);
    tcase_add_test(t, other_ptime);
    tcase_add_test(t, other_size);
    tcase_add_test(t, number_that_nobody_gave);
    tcase_add_test(t, drop_out);
    tcase_add_test(t, short_gap);
    tcase_add_test(t, jitter_at_its_bound);
    tcase_add_test(t, jitter_below_it);
    tcase_add_test(t, late_ones);
    tcase_add_test(t, slow_clock);
    tcase_add_test(t, clock_within_its_bounds);
    tcase_add_test(t, jitter_is_no_clock);
    tcase_add_test(t, hard_to_understand);
    tcase_add_test(t, another_ssrc);
    return run_suite("findings about streams", t);
}
