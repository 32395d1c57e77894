/* Dialogs: RFC 3261 §12. */
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

START_TEST(early_confirmed_terminated)
{
    struct call *call;

    SAY(&f, .line = INVITE_LINE);
    call = call_at(f.table, 0);
    ck_assert_uint_eq(call->dialogs.n, 0);
    ANSWER(&f, .line = "SIP/2.0 180 Ringing", .to_tag = "b");
    ck_assert_uint_eq(call->dialogs.v[0].state, DIALOG_EARLY);
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b");
    ck_assert_uint_eq(call->dialogs.v[0].state, DIALOG_CONFIRMED);
    SAY(&f, .src = "10.0.0.2", .dst = "10.0.0.1", .line = "BYE sip:alice@10.0.0.1 SIP/2.0",
        .branch = "z9hG4bKx", .from_tag = "b", .to_tag = "a", .cseq = "1 BYE");
    ck_assert_uint_eq(call->dialogs.v[0].state, DIALOG_TERMINATED);
    ck_assert_uint_eq(call->dialogs.n, 1);
    ck_assert(slice_eq(call->dialogs.v[0].local_tag, SLICE("a")));
    ck_assert(slice_eq(call->dialogs.v[0].remote_tag, SLICE("b")));
}
END_TEST

START_TEST(trying_opens_none)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 100 Trying", .to_tag = "x");
    ck_assert_uint_eq(call_at(f.table, 0)->dialogs.n, 0);
}
END_TEST

START_TEST(forks_are_apart)
{
    struct call *call;

    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 180 Ringing", .to_tag = "b");
    ANSWER(&f, .line = "SIP/2.0 180 Ringing", .to_tag = "c");
    ANSWER(&f, .line = "SIP/2.0 487 Request Terminated", .to_tag = "b");
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "c");
    call = call_at(f.table, 0);
    ck_assert_uint_eq(call->dialogs.n, 2);
    ck_assert_uint_eq(call->dialogs.v[0].state, DIALOG_TERMINATED);
    ck_assert_uint_eq(call->dialogs.v[1].state, DIALOG_CONFIRMED);
    ck_assert_uint_eq(call->messages.v[4].dialog, 1);
}
END_TEST

/* Each fork finds its dialog again, the first ones and those behind. */
START_TEST(many_forks)
{
    enum { MANY = 40 };
    char tag[16];

    SAY(&f, .line = INVITE_LINE);
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < MANY; i++) {
            struct message *m;

            snprintf(tag, sizeof tag, "b%u", i);
            m = ANSWER(&f, .line = round ? "SIP/2.0 200 OK" : "SIP/2.0 180 Ringing",
                       .to_tag = tag);
            ck_assert_uint_eq(m->dialog, i);
        }
    ck_assert_uint_eq(call_at(f.table, 0)->dialogs.n, MANY);
    for (unsigned i = 0; i < MANY; i++)
        ck_assert_uint_eq(call_at(f.table, 0)->dialogs.v[i].state, DIALOG_CONFIRMED);
}
END_TEST

START_TEST(middle_of_a_call_shows_its_dialog)
{
    struct call *call;

    SAY(&f, .line = "INFO sip:bob@10.0.0.2 SIP/2.0", .to_tag = "b", .cseq = "5 INFO");
    call = call_at(f.table, 0);
    ck_assert_uint_eq(call->dialogs.n, 1);
    ck_assert_uint_eq(call->dialogs.v[0].state, DIALOG_CONFIRMED);
    ck_assert_uint_eq(call->messages.v[0].dialog, 0);
}
END_TEST

START_TEST(refused_requests_open_none)
{
    SAY(&f, .line = "REGISTER sip:example.com SIP/2.0", .cseq = "1 REGISTER");
    ANSWER(&f, .line = "SIP/2.0 401 Unauthorized", .to_tag = "r", .cseq = "1 REGISTER");
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "r", .cseq = "1 REGISTER");
    ck_assert_uint_eq(call_at(f.table, 0)->dialogs.n, 0);
}
END_TEST

START_TEST(notify_ends_a_subscription)
{
    struct call *call;

    SAY(&f, .line = "SUBSCRIBE sip:bob@example.com SIP/2.0", .cseq = "1 SUBSCRIBE");
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "s", .cseq = "1 SUBSCRIBE");
    call = call_at(f.table, 0);
    ck_assert_uint_eq(call->dialogs.v[0].state, DIALOG_CONFIRMED);
    SAY(&f, .src = "10.0.0.2", .dst = "10.0.0.1", .line = "NOTIFY sip:alice@10.0.0.1 SIP/2.0",
        .branch = "z9hG4bKn", .from_tag = "s", .to_tag = "a", .cseq = "1 NOTIFY",
        .extra = "Subscription-State: terminated;reason=timeout\r\n");
    ck_assert_uint_eq(call->dialogs.v[0].state, DIALOG_TERMINATED);
    ck_assert_uint_eq(call->dialogs.n, 1);
}
END_TEST

START_TEST(each_side_is_known)
{
    struct message *m;

    m = SAY(&f, .line = INVITE_LINE);
    ck_assert(m->flags & MESSAGE_FROM_CALLER);
    m = ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b");
    ck_assert(!(m->flags & MESSAGE_FROM_CALLER));
    m = SAY(&f, .src = "10.0.0.2", .dst = "10.0.0.1", .line = "BYE sip:alice@10.0.0.1 SIP/2.0",
            .branch = "z9hG4bKx", .from_tag = "b", .to_tag = "a", .cseq = "1 BYE");
    ck_assert(!(m->flags & MESSAGE_FROM_CALLER));
    m = SAY(&f, .line = "SIP/2.0 200 OK", .via = "10.0.0.2", .branch = "z9hG4bKx",
            .from_tag = "b", .to_tag = "a", .cseq = "1 BYE");
    ck_assert(m->flags & MESSAGE_FROM_CALLER);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("dialog");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, early_confirmed_terminated);
    tcase_add_test(t, trying_opens_none);
    tcase_add_test(t, forks_are_apart);
    tcase_add_test(t, many_forks);
    tcase_add_test(t, middle_of_a_call_shows_its_dialog);
    tcase_add_test(t, refused_requests_open_none);
    tcase_add_test(t, notify_ends_a_subscription);
    tcase_add_test(t, each_side_is_known);
    return run_suite("dialog", t);
}
