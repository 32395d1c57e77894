/* Session timers, subscriptions, registrations, attempts made again. */
#include "feed.h"

#include "call/usage.h"

static struct feed f;

static void setup(void)
{
    feed_open(&f);
}

static void teardown(void)
{
    feed_close(&f);
}

static void agree(double at, const char *cseq, const char *branch, const char *timer)
{
    SAY(&f, .at = at, .line = INVITE_LINE, .cseq = cseq, .branch = branch, .to_tag = "b");
    ANSWER(&f, .at = at, .line = "SIP/2.0 200 OK", .to_tag = "b", .cseq = cseq, .branch = branch,
           .extra = timer);
}

static void bye(double at)
{
    SAY(&f, .at = at, .line = "BYE sip:b SIP/2.0", .branch = "z9hG4bKbye", .to_tag = "b",
        .cseq = "9 BYE");
}

static struct session_timer timer(double end)
{
    struct session_timer t;

    ck_assert(session_timer_read(call_at(f.table, 0), (int64_t)(end * 1e9), &t));
    return t;
}

START_TEST(session_timer)
{
    struct session_timer t;

    agree(0, "1 INVITE", "z9hG4bK1", "Session-Expires: 180;refresher=uas\r\n");
    t = timer(10);
    ck_assert_uint_eq(t.interval_s, 180);
    ck_assert_int_eq(t.refresher, SIDE_CALLEE);
    ck_assert_uint_eq(t.refreshes, 0);
    ck_assert_int_eq(t.expires, 180000000000);
    ck_assert(!t.ran_out);
    agree(90, "2 INVITE", "z9hG4bK2", "Session-Expires: 180;refresher=uac\r\n");
    t = timer(100);
    ck_assert_uint_eq(t.refreshes, 1);
    ck_assert_int_eq(t.refresher, SIDE_CALLER);
    ck_assert_int_eq(t.expires, 270000000000);
    ck_assert(!t.ran_out);
}
END_TEST

/* RFC 4028 §10: the side that waits sends BYE 32 s, or a third, before the end. */
START_TEST(session_timer_ran_out)
{
    agree(0, "1 INVITE", "z9hG4bK1", "Session-Expires: 180;refresher=uac\r\n");
    bye(148);
    ck_assert(timer(200).ran_out);
    ck_assert_int_eq(timer(200).ended, 148000000000);
}
END_TEST

START_TEST(session_ended_in_time)
{
    agree(0, "1 INVITE", "z9hG4bK1", "Session-Expires: 180;refresher=uac\r\n");
    bye(140);
    ck_assert(!timer(200).ran_out);
}
END_TEST

START_TEST(no_session_timer)
{
    struct session_timer t;

    agree(0, "1 INVITE", "z9hG4bK1", NULL);
    ck_assert(!session_timer_read(call_at(f.table, 0), 0, &t));
}
END_TEST

static void notify(double at, const char *branch, const char *cseq, const char *extra)
{
    SAY(&f, .src = "10.0.0.2", .dst = "10.0.0.1", .at = at, .line = "NOTIFY sip:a SIP/2.0",
        .branch = branch, .from_tag = "s", .to_tag = "a", .cseq = cseq, .extra = extra);
}

static struct subscription subscription(void)
{
    struct subscription s[4];

    ck_assert_uint_eq(subscriptions_read(call_at(f.table, 0), s, 4), 1);
    return s[0];
}

START_TEST(subscription_state_and_expiry)
{
    struct subscription s;

    SAY(&f, .line = "SUBSCRIBE sip:b SIP/2.0", .cseq = "1 SUBSCRIBE",
        .extra = "Event: presence\r\nExpires: 600\r\n");
    ANSWER(&f, .at = 1, .line = "SIP/2.0 200 OK", .to_tag = "s", .cseq = "1 SUBSCRIBE",
           .extra = "Expires: 300\r\n");
    s = subscription();
    ck_assert_int_eq(s.expires, 301000000000);
    ck_assert_uint_eq(s.state.n, 0);
    notify(2, "z9hG4bKn", "1 NOTIFY",
           "Event: presence\r\nSubscription-State: active;expires=299\r\n");
    SAY(&f, .at = 100, .line = "SUBSCRIBE sip:b SIP/2.0", .cseq = "2 SUBSCRIBE", .to_tag = "s",
        .branch = "z9hG4bK2", .extra = "Event: presence\r\n");
    s = subscription();
    ck_assert(slice_eq(s.event, SLICE("presence")));
    ck_assert(slice_eq(s.state, SLICE("active")));
    ck_assert_uint_eq(s.refreshes, 1);
    ck_assert_uint_eq(s.notifies, 1);
    ck_assert_int_eq(s.end, -1);
    notify(200, "z9hG4bKo", "2 NOTIFY",
           "Event: presence\r\nSubscription-State: terminated;reason=timeout\r\n");
    s = subscription();
    ck_assert(slice_eq(s.reason, SLICE("timeout")));
    ck_assert_int_eq(s.end, 200000000000);
}
END_TEST

START_TEST(unsubscribing_is_no_refresh)
{
    SAY(&f, .line = "SUBSCRIBE sip:b SIP/2.0", .cseq = "1 SUBSCRIBE",
        .extra = "Event: presence\r\n");
    SAY(&f, .at = 100, .line = "SUBSCRIBE sip:b SIP/2.0", .cseq = "2 SUBSCRIBE", .to_tag = "s",
        .branch = "z9hG4bK2", .extra = "Event: presence\r\nExpires: 0\r\n");
    ck_assert_uint_eq(subscription().refreshes, 0);
}
END_TEST

/* Over two hops each message comes twice. */
START_TEST(refer_implies_a_subscription)
{
    static const char *const fragments[] = {"SIP/2.0 100 Trying\r\n", "SIP/2.0 503 Full\r\n"};
    struct subscription s;

    for (int hop = 0; hop < 2; hop++)
        SAY(&f, .line = "REFER sip:b SIP/2.0", .branch = hop ? "z9hG4bK1" : "z9hG4bK2",
            .cseq = "5 REFER", .to_tag = "s", .extra = "Refer-To: <sip:c@d>\r\n");
    for (int i = 0; i < 4; i++) {
        char extra[256], branch[24];

        snprintf(extra, sizeof extra,
                 "Event: refer;id=5\r\nSubscription-State: %s\r\nContent-Type: message/sipfrag\r\n",
                 i < 2 ? "active;expires=60" : "terminated;reason=noresource");
        snprintf(branch, sizeof branch, "z9hG4bKn%d", i);
        SAY(&f, .src = "10.0.0.2", .dst = "10.0.0.1", .at = 1 + i, .line = "NOTIFY sip:a SIP/2.0",
            .branch = branch, .from_tag = "s", .to_tag = "a",
            .cseq = i < 2 ? "7 NOTIFY" : "8 NOTIFY", .extra = extra, .body = fragments[i / 2]);
    }
    s = subscription();
    ck_assert(s.by_refer);
    ck_assert_uint_eq(s.message, 0);
    ck_assert_uint_eq(s.notifies, 2);
    ck_assert_uint_eq(s.progress_count, 2);
    ck_assert_uint_eq(s.progress[0].status, 100);
    ck_assert_uint_eq(s.progress[1].status, 503);
    ck_assert(slice_eq(s.progress[1].phrase, SLICE("Full")));
    ck_assert(slice_eq(s.state, SLICE("terminated")));
}
END_TEST

#define REGISTER(number, b, more) \
    SAY(&f, .line = "REGISTER sip:example.com SIP/2.0", .cseq = number " REGISTER", \
        .branch = b, .extra = more)
#define REGISTERED(number, b, status, more) \
    ANSWER(&f, .line = "SIP/2.0 " status, .to_tag = "r", .cseq = number " REGISTER", \
           .branch = b, .extra = more)
#define CONTACT "Contact: <sip:alice@10.0.0.1>\r\n"
#define CREDENTIALS "Authorization: Digest username=\"alice\", nonce=\"n\"\r\n"
#define CHALLENGE "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"
#define STALE "WWW-Authenticate: Digest realm=\"r\", nonce=\"m\", stale=true\r\n"

START_TEST(registration_from_challenge_to_end)
{
    struct registration r[8];
    struct call *call;

    REGISTER("1", "z9hG4bK1", CONTACT);
    REGISTERED("1", "z9hG4bK1", "401 Unauthorized", CHALLENGE);
    REGISTER("2", "z9hG4bK2", CONTACT CREDENTIALS);
    REGISTERED("2", "z9hG4bK2", "200 OK", "Contact: <sip:alice@10.0.0.1>;expires=60\r\n");
    REGISTER("3", "z9hG4bK3", CONTACT CREDENTIALS);
    REGISTERED("3", "z9hG4bK3", "401 Unauthorized", STALE);
    REGISTER("4", "z9hG4bK4", CREDENTIALS);
    REGISTERED("4", "z9hG4bK4", "200 OK", CONTACT);
    REGISTER("5", "z9hG4bK5", "Contact: *\r\nExpires: 0\r\n" CREDENTIALS);
    REGISTERED("5", "z9hG4bK5", "200 OK", "");
    call = call_at(f.table, 0);
    ck_assert_uint_eq(registrations_read(call, r, 8), 5);
    ck_assert_uint_eq(r[0].action, REGISTRATION_REGISTER);
    ck_assert(!r[0].credentials);
    ck_assert(r[1].credentials);
    ck_assert_uint_eq(r[1].contacts, 1);
    ck_assert_uint_eq(r[1].expires_s, 60);
    ck_assert_uint_eq(r[2].action, REGISTRATION_REFRESH);
    ck_assert(r[2].stale);
    ck_assert_uint_eq(r[3].action, REGISTRATION_QUERY);
    ck_assert_uint_eq(r[4].action, REGISTRATION_UNREGISTER);
    ck_assert_uint_eq(r[4].contacts, 0);
    ck_assert_uint_eq(transaction_retries(f.table, call, 1), 0);
    ck_assert_uint_eq(transaction_retries(f.table, call, 2), CALL_NONE);
    ck_assert_int_eq(credentials_refusal(call, 0), REFUSAL_NONE);
    ck_assert_int_eq(credentials_refusal(call, 2), REFUSAL_STALE);
}
END_TEST

START_TEST(wrong_password)
{
    REGISTER("1", "z9hG4bK1", CONTACT CREDENTIALS);
    REGISTERED("1", "z9hG4bK1", "401 Unauthorized", CHALLENGE);
    ck_assert_int_eq(credentials_refusal(call_at(f.table, 0), 0), REFUSAL_WRONG);
}
END_TEST

START_TEST(redirection_is_followed)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 302 Moved Temporarily", .to_tag = "r");
    SAY(&f, .line = "INVITE sip:new@10.0.0.9 SIP/2.0", .cseq = "2 INVITE", .branch = "z9hG4bK2",
        .dst = "10.0.0.9");
    ck_assert_uint_eq(transaction_retries(f.table, call_at(f.table, 0), 1), 0);
}
END_TEST

START_TEST(answered_calls_end_their_early_dialogs)
{
    struct call *call;

    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 180 Ringing", .to_tag = "b");
    ANSWER(&f, .line = "SIP/2.0 180 Ringing", .to_tag = "c");
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "c");
    call = feed_finish(&f, 60);
    ck_assert_uint_eq(call->dialogs.v[0].state, DIALOG_TERMINATED);
    ck_assert_uint_eq(call->dialogs.v[1].state, DIALOG_CONFIRMED);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("usage");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, session_timer);
    tcase_add_test(t, session_timer_ran_out);
    tcase_add_test(t, session_ended_in_time);
    tcase_add_test(t, no_session_timer);
    tcase_add_test(t, subscription_state_and_expiry);
    tcase_add_test(t, unsubscribing_is_no_refresh);
    tcase_add_test(t, refer_implies_a_subscription);
    tcase_add_test(t, registration_from_challenge_to_end);
    tcase_add_test(t, wrong_password);
    tcase_add_test(t, redirection_is_followed);
    tcase_add_test(t, answered_calls_end_their_early_dialogs);
    return run_suite("usage", t);
}
