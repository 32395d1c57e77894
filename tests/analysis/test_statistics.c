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
    ck_assert_double_eq_tol(s.ser, 100.0 * 4 / 8, 1e-9);
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
    ck_assert_uint_eq(s.attempts, 1);
}
END_TEST

/* Ten attempts: 5 answered, 302, 401, 407, 486, 503.  Of the denominator of SER and
 * SEER the first three of the rest are no part: 5 of 7, 6 of 7; ISA 1 of 10. */
START_TEST(denominators)
{
    static const char *const answers[] = {
        "SIP/2.0 200 OK", "SIP/2.0 200 OK", "SIP/2.0 200 OK", "SIP/2.0 200 OK", "SIP/2.0 200 OK",
        "SIP/2.0 302 Moved", "SIP/2.0 401 Unauthorized",
        "SIP/2.0 407 Proxy Authentication Required", "SIP/2.0 486 Busy Here",
        "SIP/2.0 503 Service Unavailable",
    };
    struct statistics s;

    for (int i = 0; i < 10; i++) {
        char call_id[16];

        snprintf(call_id, sizeof call_id, "c%d", i);
        attempt(i * 20, call_id, answers[i]);
    }
    s = statistics();
    ck_assert_double_eq_tol(s.ser, 500.0 / 7, 1e-9);
    ck_assert_double_eq_tol(s.seer, 600.0 / 7, 1e-9);
    ck_assert_double_eq_tol(s.isa, 10.0, 1e-9);
    ck_assert_double_eq_tol(s.scr, 0.0, 1e-9);
    /* 486 and 503: neither redirections nor challenges fail (§4.3.2) */
    ck_assert_uint_eq(s.request_delay_failed.count, 2);
}
END_TEST

/* The caller tries again with credentials: one attempt, from its first INVITE on. */
START_TEST(a_challenge_is_no_attempt)
{
    struct statistics s;

    attempt(0, "c", "SIP/2.0 407 Proxy Authentication Required");
    SAY(&f, .at = 2, .call_id = "c", .line = INVITE_LINE, .cseq = "2 INVITE",
        .branch = "z9hG4bK2");
    ANSWER(&f, .at = 2.5, .call_id = "c", .line = "SIP/2.0 180 Ringing", .cseq = "2 INVITE",
           .branch = "z9hG4bK2", .to_tag = "b");
    ANSWER(&f, .at = 4, .call_id = "c", .line = "SIP/2.0 486 Busy Here", .cseq = "2 INVITE",
           .branch = "z9hG4bK2", .to_tag = "b");
    s = statistics();
    ck_assert_uint_eq(s.attempts, 1);
    ck_assert_double_eq_tol(s.ser, 0.0, 1e-9);
    ck_assert_double_eq_tol(s.seer, 100.0, 1e-9);
    /* the first provisional response counts for a failure, too */
    ck_assert_uint_eq(s.request_delay_failed.count, 1);
    ck_assert_int_eq(s.request_delay_failed.min, 2500000000);
    ck_assert_uint_eq(s.request_delay_ok.count, 0);
}
END_TEST

/* A 302 that is followed: one answered attempt, whose delay the 302 does not end. */
START_TEST(a_redirection_followed)
{
    struct statistics s;

    attempt(0, "c", "SIP/2.0 302 Moved Temporarily");
    SAY(&f, .at = 2, .call_id = "c", .line = INVITE_LINE, .cseq = "2 INVITE",
        .branch = "z9hG4bK2");
    ANSWER(&f, .at = 5, .call_id = "c", .line = "SIP/2.0 200 OK", .cseq = "2 INVITE",
           .branch = "z9hG4bK2", .to_tag = "b");
    s = statistics();
    ck_assert_uint_eq(s.attempts, 1);
    ck_assert_uint_eq(s.redirected, 0);
    ck_assert_double_eq_tol(s.ser, 100.0, 1e-9);
    ck_assert_int_eq(s.request_delay_ok.min, 5000000000);
}
END_TEST

/* Nobody answers the INVITE until timer B: as if a 408 had come (RFC 3261
 * §8.1.3.1).  One that may still be answered is no attempt yet. */
START_TEST(no_answer_at_all)
{
    struct statistics s;

    SAY(&f, .call_id = "c", .line = INVITE_LINE);
    SAY(&f, .at = 990, .call_id = "d", .line = INVITE_LINE);
    s = statistics();
    ck_assert_uint_eq(s.attempts, 1);
    ck_assert_double_eq_tol(s.ser, 0.0, 1e-9);
    ck_assert_double_eq_tol(s.isa, 100.0, 1e-9);
}
END_TEST

/* A BYE that nobody answers: the session fails to complete, 32 s (timer F) after
 * the BYE, and stands apart from those that completed. */
START_TEST(a_failed_disconnect)
{
    struct statistics s;

    attempt(0, "c", "SIP/2.0 200 OK");
    SAY(&f, .at = 11, .call_id = "c", .line = "BYE sip:b SIP/2.0", .branch = "z9hG4bKbye",
        .to_tag = "b", .cseq = "2 BYE");
    s = statistics();
    ck_assert_uint_eq(s.answered, 1);
    ck_assert_uint_eq(s.completed, 0);
    ck_assert_double_eq_tol(s.scr, 0.0, 1e-9);
    ck_assert_uint_eq(s.duration.count, 0);
    ck_assert_uint_eq(s.disconnect_delay.count, 0);
    ck_assert_int_eq(s.disconnect_delay_failed.sum, 32000000000);
    ck_assert_int_eq(s.duration_failed.sum, 42000000000);
}
END_TEST

static void registering(double at, const char *call_id, const char *cseq, const char *branch,
                        const char *answer)
{
    bool first = strcmp(cseq, "1 REGISTER") == 0;

    SAY(&f, .at = at, .call_id = call_id, .line = "REGISTER sip:x SIP/2.0", .cseq = cseq,
        .branch = branch,
        .extra = first ? NULL : "Authorization: Digest username=\"a\", realm=\"x\"\r\n");
    if (answer)
        ANSWER(&f, .at = at + 0.25, .call_id = call_id, .line = answer, .cseq = cseq,
               .branch = branch, .to_tag = "r");
}

/* Of four attempts one was forbidden and one not answered; a challenge is neither
 * (§4.2), and a refresh is an attempt of its own. */
START_TEST(ineffective_registrations)
{
    struct statistics s;

    registering(0, "a", "1 REGISTER", "z9hG4bK1", "SIP/2.0 401 Unauthorized");
    registering(1, "a", "2 REGISTER", "z9hG4bK2", "SIP/2.0 200 OK");
    registering(60, "a", "3 REGISTER", "z9hG4bK3", "SIP/2.0 200 OK");
    registering(2, "b", "1 REGISTER", "z9hG4bK4", "SIP/2.0 403 Forbidden");
    registering(3, "c", "1 REGISTER", "z9hG4bK5", NULL);
    s = statistics();
    ck_assert_uint_eq(s.registrations, 4);
    ck_assert_uint_eq(s.registrations_failed, 2);
    ck_assert_double_eq_tol(s.ira, 50.0, 1e-9);
    ck_assert_uint_eq(s.registration_delay.count, 2);
    ck_assert_int_eq(s.registration_delay.max, 1250000000);
    ck_assert_int_eq(s.registration_delay.min, 250000000);
}
END_TEST

/* Credentials refused, once more, and at last right: one attempt that succeeded; those
 * of another client stay refused. */
START_TEST(refused_credentials)
{
    struct statistics s;

    registering(0, "a", "1 REGISTER", "z9hG4bK1", "SIP/2.0 401 Unauthorized");
    registering(1, "a", "2 REGISTER", "z9hG4bK2", "SIP/2.0 401 Unauthorized");
    registering(2, "a", "3 REGISTER", "z9hG4bK3", "SIP/2.0 200 OK");
    registering(0, "b", "1 REGISTER", "z9hG4bK4", "SIP/2.0 401 Unauthorized");
    registering(1, "b", "2 REGISTER", "z9hG4bK5", "SIP/2.0 401 Unauthorized");
    s = statistics();
    ck_assert_uint_eq(s.registrations, 2);
    ck_assert_uint_eq(s.registrations_failed, 1);
    ck_assert_int_eq(s.registration_delay.max, 2250000000);
}
END_TEST

/* A session description, one with ISUP beside it, and a fragment; repeated ones and
 * requests without a body are none. */
START_TEST(bodies)
{
    static const char parts[] = "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n"
                                "--b\r\nContent-Type: application/ISUP;version=itu\r\n\r\nx\r\n"
                                "--b--\r\n";
    struct statistics s;

    SAY(&f, .line = INVITE_LINE, .sdp = SDP_TEXT("10.0.0.1", "4000", "sendrecv"));
    SAY(&f, .at = 0.5, .line = INVITE_LINE, .sdp = SDP_TEXT("10.0.0.1", "4000", "sendrecv"));
    SAY(&f, .at = 1, .line = INVITE_LINE, .call_id = "d", .body = parts,
        .extra = "Content-Type: multipart/mixed;boundary=b\r\n");
    SAY(&f, .at = 2, .line = "NOTIFY sip:b SIP/2.0", .cseq = "5 NOTIFY", .branch = "z9hG4bK9",
        .extra = "Content-Type: message/sipfrag;version=2.0\r\n", .body = "SIP/2.0 200 OK\r\n");
    SAY(&f, .at = 3, .line = "OPTIONS sip:b SIP/2.0", .cseq = "6 OPTIONS", .branch = "z9hG4bK10");
    s = statistics();
    ck_assert_uint_eq(s.body_types, 3);
    ck_assert(slice_eq(s.bodies[0].type, SLICE("application/sdp")));
    ck_assert_uint_eq(s.bodies[0].count, 2);
    ck_assert(slice_eq(s.bodies[1].type, SLICE("message/sipfrag")));
    ck_assert_uint_eq(s.bodies[1].count, 1);
    ck_assert(slice_eq(s.bodies[2].type, SLICE("application/ISUP")));
    ck_assert_uint_eq(s.bodies[2].count, 1);
}
END_TEST

/* Max-Forwards 70 at the first hop and 68 at the last: three hops. */
START_TEST(hops)
{
    static const char *const forwards[] = {"70", "69", "68"};
    static const char *const hosts[] = {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"};
    struct statistics s;

    for (int i = 0; i < 3; i++) {
        char branch[32];

        snprintf(branch, sizeof branch, "z9hG4bK%d", i);
        SAY(&f, .at = i * 0.01, .src = hosts[i], .dst = hosts[i + 1], .line = INVITE_LINE,
            .branch = branch, .max_forwards = forwards[i]);
    }
    ANSWER(&f, .at = 1, .line = "SIP/2.0 200 OK", .branch = "z9hG4bK0", .to_tag = "b");
    s = statistics();
    ck_assert_uint_eq(s.hop_calls, 1);
    ck_assert_uint_eq(s.hops, 3);
}
END_TEST

/* The challenge is part of the request (§4.1). */
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
    ck_assert_int_eq(s.registration_delay.min, 1250000000);
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
    tcase_add_test(t, denominators);
    tcase_add_test(t, a_challenge_is_no_attempt);
    tcase_add_test(t, a_redirection_followed);
    tcase_add_test(t, no_answer_at_all);
    tcase_add_test(t, a_failed_disconnect);
    tcase_add_test(t, ineffective_registrations);
    tcase_add_test(t, refused_credentials);
    tcase_add_test(t, bodies);
    tcase_add_test(t, hops);
    return run_suite("statistics", t);
}
