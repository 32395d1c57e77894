/* RFC 6076's measures, against figures worked out by hand. */
#include "analysis/statistics.h"

#include <math.h>

#include "../call/feed.h"

static struct feed f;
static struct fosip_analysis a;

static void setup(void)
{
    feed_open(&f);
    a = (struct fosip_analysis){.calls = f.table};
}

static void teardown(void)
{
    feed_close(&f);
}

/* A call to which `line` is the final answer after a second. */
static void attempt(double at, const char *call_id, const char *line)
{
    SAY(&f, .at = at, .call_id = call_id, .line = INVITE_LINE);
    ANSWER(&f, .at = at + 1, .call_id = call_id, .line = line, .to_tag = "b");
}

static void hang_up(double at, const char *call_id, double took)
{
    SAY(&f, .at = at, .call_id = call_id, .line = "BYE sip:b SIP/2.0", .branch = "z9hG4bKbye",
        .to_tag = "b", .cseq = "2 BYE");
    ANSWER(&f, .at = at + took, .call_id = call_id, .line = "SIP/2.0 200 OK",
           .branch = "z9hG4bKbye", .to_tag = "b", .cseq = "2 BYE");
}

static struct statistics statistics(void)
{
    static struct statistics s;

    feed_finish(&f, 1000);
    statistics_read(&a, NULL, NULL, true, &s);
    return s;
}

/* Ten attempts: 4 answered (3 of them ended), 2 busy, 1 moved, 1 failed, 1
 * without credentials, 1 not found. */
START_TEST(ratios)
{
    static const char *const answers[] = {
        "SIP/2.0 200 OK", "SIP/2.0 200 OK", "SIP/2.0 200 OK", "SIP/2.0 200 OK",
        "SIP/2.0 486 Busy Here", "SIP/2.0 600 Busy Everywhere", "SIP/2.0 302 Moved",
        "SIP/2.0 503 Service Unavailable", "SIP/2.0 407 Proxy Authentication Required",
        "SIP/2.0 404 Not Found",
    };
    struct statistics s;

    for (int i = 0; i < 10; i++) {
        char call_id[16];

        snprintf(call_id, sizeof call_id, "c%d", i);
        attempt(i * 20, call_id, answers[i]);
        if (i < 3)
            hang_up(i * 20 + 11, call_id, 0.1 * (i + 1));
    }
    s = statistics();
    ck_assert_uint_eq(s.attempts, 10);
    ck_assert_double_eq_tol(s.ser, 100.0 * 4 / 9, 1e-9);
    ck_assert_double_eq_tol(s.seer, 100.0 * 6 / 8, 1e-9);
    ck_assert_double_eq_tol(s.isa, 10.0, 1e-9);
    ck_assert_double_eq_tol(s.scr, 30.0, 1e-9);
    ck_assert_uint_eq(s.request_delay_ok.count, 4);
    ck_assert_int_eq(spread_mean(&s.request_delay_ok), 1000000000);
    ck_assert_uint_eq(s.disconnect_delay.count, 3);
    ck_assert_int_eq(s.disconnect_delay.min, 100000000);
    ck_assert_int_le(llabs(s.disconnect_delay.max - 300000000), 1);
    ck_assert_int_le(llabs(spread_mean(&s.disconnect_delay) - 200000000), 1);
    ck_assert_uint_eq(s.duration.count, 3);
    ck_assert_int_eq(spread_mean(&s.duration), 10000000000);
    ck_assert_uint_eq(s.methods[SIP_INVITE], 10);
    ck_assert_uint_eq(s.methods[SIP_BYE], 3);
    ck_assert_uint_eq(s.statuses[200], 7);
    ck_assert_uint_eq(s.statuses[486], 1);
}
END_TEST

START_TEST(nothing)
{
    struct statistics s = statistics();

    ck_assert(isnan(s.ser) && isnan(s.seer) && isnan(s.isa) && isnan(s.scr));
    ck_assert_int_eq(spread_mean(&s.duration), -1);
}
END_TEST

START_TEST(repetitions_are_not_counted)
{
    struct statistics s;

    SAY(&f, .line = INVITE_LINE);
    SAY(&f, .at = 0.5, .line = INVITE_LINE);
    s = statistics();
    ck_assert_uint_eq(s.methods[SIP_INVITE], 1);
    ck_assert_uint_eq(s.attempts, 0);
}
END_TEST

START_TEST(registration_delay)
{
    struct statistics s;

    SAY(&f, .line = "REGISTER sip:x SIP/2.0", .cseq = "1 REGISTER");
    ANSWER(&f, .at = 0.5, .line = "SIP/2.0 401 Unauthorized", .cseq = "1 REGISTER",
           .to_tag = "r");
    SAY(&f, .at = 1, .line = "REGISTER sip:x SIP/2.0", .cseq = "2 REGISTER",
        .branch = "z9hG4bK2");
    ANSWER(&f, .at = 1.25, .line = "SIP/2.0 200 OK", .cseq = "2 REGISTER", .to_tag = "r",
           .branch = "z9hG4bK2");
    s = statistics();
    ck_assert_uint_eq(s.registration_delay.count, 1);
    ck_assert_int_eq(s.registration_delay.min, 250000000);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("statistics");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, ratios);
    tcase_add_test(t, nothing);
    tcase_add_test(t, repetitions_are_not_counted);
    tcase_add_test(t, registration_delay);
    return feed_run("statistics", t);
}
