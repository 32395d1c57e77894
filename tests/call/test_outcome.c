/* What became of a call, and how long each step took (RFC 6076). */
#include "feed.h"

static struct feed f;

static void setup(void)
{
    feed_open(&f);
}

static void teardown(void)
{
    feed_close(&f);
}

static void answered_call(double at)
{
    SAY(&f, .at = at, .line = INVITE_LINE, .sdp = SDP_TEXT("10.0.0.1", "4000", "sendrecv"));
    ANSWER(&f, .at = at + 0.05, .line = "SIP/2.0 100 Trying");
    ANSWER(&f, .at = at + 0.25, .line = "SIP/2.0 180 Ringing", .to_tag = "b");
    ANSWER(&f, .at = at + 2, .line = "SIP/2.0 200 OK", .to_tag = "b",
           .sdp = SDP_TEXT("10.0.0.2", "5000", "sendrecv"));
    SAY(&f, .at = at + 2.01, .line = "ACK sip:bob@10.0.0.2 SIP/2.0", .branch = "z9hG4bK2",
        .to_tag = "b", .cseq = "1 ACK");
}

START_TEST(completed_by_the_caller)
{
    struct call *call;

    answered_call(10);
    SAY(&f, .at = 20, .line = "BYE sip:bob@10.0.0.2 SIP/2.0", .branch = "z9hG4bK3",
        .to_tag = "b", .cseq = "2 BYE");
    ANSWER(&f, .at = 20.5, .line = "SIP/2.0 200 OK", .branch = "z9hG4bK3", .to_tag = "b",
           .cseq = "2 BYE");
    call = feed_finish(&f, 21);
    ck_assert_uint_eq(call->state, CALL_COMPLETED);
    ck_assert_uint_eq(call->status, 200);
    ck_assert_uint_eq(call->released_by, SIDE_CALLER);
    ck_assert_uint_eq(call->offer, OFFER_EARLY);
    ck_assert_int_eq(call->trying, 50000000);
    ck_assert_int_eq(call->delay, 250000000);
    ck_assert_int_eq(call->answer, 2000000000);
    ck_assert_int_eq(call->talk, 8000000000);
    ck_assert_int_eq(call->end - call->start, 10500000000);
    ck_assert(slice_eq(call->from.display, SLICE("Alice")));
    ck_assert(slice_eq(call->from.user, SLICE("alice")));
    ck_assert(slice_eq(call->to.tag, SLICE("b")));
}
END_TEST

START_TEST(established_when_the_capture_ends_first)
{
    answered_call(0);
    ck_assert_uint_eq(feed_finish(&f, 5)->state, CALL_ESTABLISHED);
}
END_TEST

/* The 200 was not captured; the ACK, a transaction of its own, is for nothing else. */
START_TEST(answered_by_what_followed)
{
    struct call *call;

    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .at = 0.25, .line = "SIP/2.0 180 Ringing", .to_tag = "b");
    SAY(&f, .at = 2, .line = "ACK sip:bob@10.0.0.2 SIP/2.0", .branch = "z9hG4bK2", .to_tag = "b",
        .cseq = "1 ACK");
    call = feed_finish(&f, 3);
    ck_assert_uint_eq(call->state, CALL_ESTABLISHED);
    ck_assert_uint_eq(call->status, 0);
    ck_assert_int_eq(call->answer, -1);
}
END_TEST

/* A re-INVITE's 200 is not the call's answer. */
START_TEST(answer_of_a_re_invite)
{
    struct call *call;

    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .at = 0.25, .line = "SIP/2.0 180 Ringing", .to_tag = "b");
    SAY(&f, .at = 5, .line = INVITE_LINE, .branch = "z9hG4bK5", .to_tag = "b",
        .cseq = "2 INVITE");
    ANSWER(&f, .at = 6, .line = "SIP/2.0 200 OK", .branch = "z9hG4bK5", .to_tag = "b",
           .cseq = "2 INVITE");
    call = feed_finish(&f, 7);
    ck_assert_int_eq(call->answer, -1);
    ck_assert_int_eq(call->delay, 250000000);
}
END_TEST

START_TEST(released_by_the_callee)
{
    answered_call(0);
    SAY(&f, .at = 5, .src = "10.0.0.2", .dst = "10.0.0.1",
        .line = "BYE sip:alice@10.0.0.1 SIP/2.0", .branch = "z9hG4bKb", .from_tag = "b",
        .to_tag = "a", .cseq = "1 BYE");
    ck_assert_uint_eq(feed_finish(&f, 6)->released_by, SIDE_CALLEE);
}
END_TEST

START_TEST(challenge_and_retry_are_one_attempt)
{
    struct call *call;

    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .at = 0.1, .line = "SIP/2.0 407 Proxy Authentication Required", .to_tag = "p");
    SAY(&f, .at = 0.1, .line = "ACK sip:bob@example.com SIP/2.0", .to_tag = "p",
        .cseq = "1 ACK");
    SAY(&f, .at = 0.2, .line = INVITE_LINE, .branch = "z9hG4bK2", .cseq = "2 INVITE");
    ANSWER(&f, .at = 1, .line = "SIP/2.0 180 Ringing", .branch = "z9hG4bK2", .to_tag = "b",
           .cseq = "2 INVITE");
    ANSWER(&f, .at = 3, .line = "SIP/2.0 486 Busy Here", .branch = "z9hG4bK2", .to_tag = "b",
           .cseq = "2 INVITE");
    call = feed_finish(&f, 4);
    ck_assert_uint_eq(call->status, 486);
    ck_assert_uint_eq(call->state, CALL_REJECTED);
    ck_assert_int_eq(call->delay, 1000000000);
    ck_assert_int_eq(call->answer, -1);
    ck_assert(slice_eq(call->reason, SLICE("Busy Here")));
}
END_TEST

START_TEST(cancelled)
{
    struct call *call;

    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .at = 1, .line = "SIP/2.0 180 Ringing", .to_tag = "b");
    SAY(&f, .at = 5, .line = "CANCEL sip:bob@example.com SIP/2.0", .cseq = "1 CANCEL");
    ANSWER(&f, .at = 5.1, .line = "SIP/2.0 200 OK", .cseq = "1 CANCEL");
    ANSWER(&f, .at = 5.2, .line = "SIP/2.0 487 Request Terminated", .to_tag = "b");
    call = feed_finish(&f, 6);
    ck_assert_uint_eq(call->state, CALL_CANCELLED);
    ck_assert_uint_eq(call->status, 487);
    ck_assert_uint_eq(call->released_by, SIDE_CALLER);
}
END_TEST

START_TEST(a_forks_loser_is_not_the_calls_answer)
{
    struct call *call;

    SAY(&f, .line = INVITE_LINE);
    SAY(&f, .at = 0.1, .src = "10.0.0.2", .dst = "10.0.0.3", .branch = "z9hG4bKf1",
        .line = INVITE_LINE);
    SAY(&f, .at = 0.1, .src = "10.0.0.2", .dst = "10.0.0.4", .branch = "z9hG4bKf2",
        .line = INVITE_LINE);
    SAY(&f, .at = 2, .src = "10.0.0.2", .dst = "10.0.0.4", .branch = "z9hG4bKf2",
        .line = "CANCEL sip:bob@example.com SIP/2.0", .cseq = "1 CANCEL");
    SAY(&f, .at = 2.1, .src = "10.0.0.4", .dst = "10.0.0.2", .via = "10.0.0.2",
        .branch = "z9hG4bKf2", .line = "SIP/2.0 487 Request Terminated", .to_tag = "d");
    ANSWER(&f, .at = 2.2, .line = "SIP/2.0 200 OK", .to_tag = "c");
    call = feed_finish(&f, 3);
    ck_assert_uint_eq(call->status, 200);
    ck_assert_uint_eq(call->state, CALL_ESTABLISHED);
    ck_assert_uint_eq(call->released_by, SIDE_UNKNOWN);
}
END_TEST

START_TEST(redirected_then_followed)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 302 Moved Temporarily", .to_tag = "r");
    ck_assert_uint_eq(feed_finish(&f, 1)->state, CALL_REDIRECTED);
    SAY(&f, .line = "INVITE sip:bob@10.0.0.9 SIP/2.0", .branch = "z9hG4bK2",
        .cseq = "2 INVITE", .dst = "10.0.0.9");
    SAY(&f, .src = "10.0.0.9", .dst = "10.0.0.1", .via = "10.0.0.1", .branch = "z9hG4bK2",
        .line = "SIP/2.0 200 OK", .to_tag = "c", .cseq = "2 INVITE");
    ck_assert_uint_eq(feed_finish(&f, 2)->state, CALL_ESTABLISHED);
    ck_assert_uint_eq(call_at(f.table, 0)->status, 200);
}
END_TEST

START_TEST(no_answer_at_all)
{
    SAY(&f, .line = INVITE_LINE);
    ck_assert_uint_eq(feed_finish(&f, 10)->state, CALL_SETUP);
    ck_assert_uint_eq(feed_finish(&f, 33)->state, CALL_UNANSWERED);
    ck_assert_uint_eq(call_at(f.table, 0)->status, 0);
}
END_TEST

START_TEST(ringing_at_the_end)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 180 Ringing", .to_tag = "b");
    ck_assert_uint_eq(feed_finish(&f, 60)->state, CALL_RINGING);
}
END_TEST

START_TEST(start_not_captured)
{
    struct call *call;

    SAY(&f, .line = "BYE sip:bob@10.0.0.2 SIP/2.0", .to_tag = "b", .cseq = "2 BYE");
    call = feed_finish(&f, 1);
    ck_assert_uint_eq(call->kind, CALL_CALL);
    ck_assert_uint_eq(call->state, CALL_PARTIAL);
    ck_assert_uint_eq(call->released_by, SIDE_CALLER);
    ck_assert_uint_eq(call->offer, OFFER_UNKNOWN);
}
END_TEST

START_TEST(re_invite_is_not_the_initial_one)
{
    SAY(&f, .line = INVITE_LINE, .to_tag = "b", .cseq = "3 INVITE");
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b", .cseq = "3 INVITE");
    ck_assert_uint_eq(feed_finish(&f, 1)->state, CALL_PARTIAL);
}
END_TEST

START_TEST(registration_after_challenge)
{
    struct call *call;

    SAY(&f, .line = "REGISTER sip:example.com SIP/2.0", .cseq = "1 REGISTER");
    ANSWER(&f, .line = "SIP/2.0 401 Unauthorized", .to_tag = "r", .cseq = "1 REGISTER");
    ck_assert_uint_eq(feed_finish(&f, 1)->state, CALL_REJECTED);
    SAY(&f, .line = "REGISTER sip:example.com SIP/2.0", .branch = "z9hG4bK2",
        .cseq = "2 REGISTER");
    ANSWER(&f, .line = "SIP/2.0 200 OK", .branch = "z9hG4bK2", .to_tag = "r",
           .cseq = "2 REGISTER");
    call = feed_finish(&f, 1);
    ck_assert_uint_eq(call->kind, CALL_REGISTRATION);
    ck_assert_uint_eq(call->status, 200);
    ck_assert_uint_eq(call->state, CALL_COMPLETED);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("outcome");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, completed_by_the_caller);
    tcase_add_test(t, established_when_the_capture_ends_first);
    tcase_add_test(t, answered_by_what_followed);
    tcase_add_test(t, answer_of_a_re_invite);
    tcase_add_test(t, released_by_the_callee);
    tcase_add_test(t, challenge_and_retry_are_one_attempt);
    tcase_add_test(t, cancelled);
    tcase_add_test(t, a_forks_loser_is_not_the_calls_answer);
    tcase_add_test(t, redirected_then_followed);
    tcase_add_test(t, no_answer_at_all);
    tcase_add_test(t, ringing_at_the_end);
    tcase_add_test(t, start_not_captured);
    tcase_add_test(t, re_invite_is_not_the_initial_one);
    tcase_add_test(t, registration_after_challenge);
    return run_suite("outcome", t);
}
