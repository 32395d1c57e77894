/* Transactions: RFC 3261 §17.1.3, §17.2.3. */
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

START_TEST(basic_call_has_three)
{
    struct call *call;

    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 180 Ringing", .to_tag = "b");
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b");
    SAY(&f, .line = "ACK sip:bob@10.0.0.2 SIP/2.0", .branch = "z9hG4bK2", .to_tag = "b",
        .cseq = "1 ACK");
    SAY(&f, .line = "BYE sip:bob@10.0.0.2 SIP/2.0", .branch = "z9hG4bK3", .to_tag = "b",
        .cseq = "2 BYE");
    ANSWER(&f, .line = "SIP/2.0 200 OK", .branch = "z9hG4bK3", .to_tag = "b", .cseq = "2 BYE");
    call = feed_finish(&f, 1);
    ck_assert_uint_eq(call->transactions.n, 3);
    ck_assert_uint_eq(call->messages.v[1].transaction, 0);
    ck_assert_uint_eq(call->messages.v[2].transaction, 0);
    ck_assert_uint_eq(call->messages.v[3].transaction, 1);
    ck_assert_uint_eq(call->messages.v[5].transaction, 2);
    ck_assert_uint_eq(call->transactions.v[0].status, 200);
    ck_assert_uint_eq(call->transactions.v[1].state, TRANSACTION_COMPLETED);
    ck_assert_uint_eq(call->transactions.v[2].method, SIP_BYE);
}
END_TEST

START_TEST(ack_of_a_refusal_belongs_to_the_invite)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 486 Busy Here", .to_tag = "b");
    SAY(&f, .line = "ACK sip:bob@example.com SIP/2.0", .to_tag = "b", .cseq = "1 ACK");
    ck_assert_uint_eq(call_at(f.table, 0)->transactions.n, 1);
}
END_TEST

/* The refusal was not captured: the INVITE's branch says what the ACK is for. */
START_TEST(ack_of_a_refusal_not_captured)
{
    SAY(&f, .line = INVITE_LINE);
    SAY(&f, .line = "ACK sip:bob@example.com SIP/2.0", .to_tag = "b", .cseq = "1 ACK");
    ck_assert_uint_eq(call_at(f.table, 0)->transactions.n, 1);
}
END_TEST

START_TEST(ack_of_a_2xx_with_the_invites_branch_is_its_own)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b");
    SAY(&f, .line = "ACK sip:bob@example.com SIP/2.0", .to_tag = "b", .cseq = "1 ACK");
    ck_assert_uint_eq(call_at(f.table, 0)->transactions.n, 2);
}
END_TEST

START_TEST(cancel_stands_beside_the_invite)
{
    SAY(&f, .line = INVITE_LINE);
    SAY(&f, .line = "CANCEL sip:bob@example.com SIP/2.0", .cseq = "1 CANCEL");
    ANSWER(&f, .line = "SIP/2.0 200 OK", .cseq = "1 CANCEL");
    ANSWER(&f, .line = "SIP/2.0 487 Request Terminated", .to_tag = "b");
    ck_assert_uint_eq(call_at(f.table, 0)->transactions.n, 2);
    ck_assert_uint_eq(call_at(f.table, 0)->transactions.v[0].status, 487);
    ck_assert_uint_eq(call_at(f.table, 0)->transactions.v[1].status, 200);
}
END_TEST

START_TEST(retransmission_is_marked_and_not_counted_twice)
{
    struct message *m;

    SAY(&f, .line = INVITE_LINE);
    m = SAY(&f, .at = 0.5, .line = INVITE_LINE);
    ck_assert_uint_eq(m->retransmission_of, 0);
    m = SAY(&f, .at = 1.5, .line = INVITE_LINE);
    ck_assert_uint_eq(m->retransmission_of, 0);
    ck_assert_uint_eq(call_at(f.table, 0)->transactions.n, 1);
    ck_assert_uint_eq(call_at(f.table, 0)->transactions.v[0].retransmissions, 2);
}
END_TEST

/* Each request finds its transaction again, the first ones and those behind. */
START_TEST(many_in_one_call)
{
    enum { MANY = 40 };
    struct call *call;
    char branch[32], cseq[32];

    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < MANY; i++) {
            struct message *m;

            snprintf(branch, sizeof branch, "z9hG4bK%u", i);
            snprintf(cseq, sizeof cseq, "%u OPTIONS", i + 1);
            m = round ? ANSWER(&f, .line = "SIP/2.0 200 OK", .branch = branch, .cseq = cseq)
                      : SAY(&f, .line = "OPTIONS sip:bob@example.com SIP/2.0", .branch = branch,
                            .cseq = cseq);
            ck_assert_uint_eq(m->transaction, i);
        }
    call = call_at(f.table, 0);
    ck_assert_uint_eq(call->transactions.n, MANY);
    for (unsigned i = 0; i < MANY; i++)
        ck_assert_uint_eq(call->transactions.v[i].status, 200);
}
END_TEST

START_TEST(next_hop_is_no_retransmission)
{
    struct message *m;

    SAY(&f, .line = INVITE_LINE);
    m = SAY(&f, .at = 0.01, .src = "10.0.0.2", .dst = "10.0.0.3", .branch = "z9hG4bKproxy",
            .line = INVITE_LINE);
    ck_assert_uint_eq(m->retransmission_of, CALL_NONE);
    ck_assert_uint_eq(call_at(f.table, 0)->transactions.n, 2);
}
END_TEST

START_TEST(same_branch_seen_elsewhere_is_no_retransmission)
{
    struct message *m;

    SAY(&f, .line = INVITE_LINE);
    m = SAY(&f, .at = 0.01, .src = "192.0.2.1", .via = "10.0.0.1", .line = INVITE_LINE);
    ck_assert_uint_eq(m->retransmission_of, CALL_NONE);
    ck_assert_uint_eq(m->transaction, 0);
}
END_TEST

START_TEST(forks_answers_are_no_retransmissions)
{
    struct message *m;

    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 180 Ringing", .to_tag = "b");
    m = ANSWER(&f, .line = "SIP/2.0 180 Ringing", .to_tag = "c");
    ck_assert_uint_eq(m->retransmission_of, CALL_NONE);
    m = ANSWER(&f, .line = "SIP/2.0 180 Ringing", .to_tag = "b");
    ck_assert_uint_eq(m->retransmission_of, 1);
}
END_TEST

START_TEST(without_cookie_the_cseq_tells)
{
    SAY(&f, .branch = "", .line = INVITE_LINE);
    ANSWER(&f, .branch = "", .line = "SIP/2.0 401 Unauthorized", .to_tag = "b");
    SAY(&f, .branch = "", .line = INVITE_LINE, .cseq = "2 INVITE");
    ANSWER(&f, .branch = "", .line = "SIP/2.0 200 OK", .to_tag = "b", .cseq = "2 INVITE");
    ck_assert_uint_eq(call_at(f.table, 0)->transactions.n, 2);
    ck_assert_uint_eq(call_at(f.table, 0)->transactions.v[0].status, 401);
    ck_assert_uint_eq(call_at(f.table, 0)->transactions.v[1].status, 200);
}
END_TEST

START_TEST(response_alone_knows_client_and_server)
{
    const struct path *path;

    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b");
    SAY(&f, .line = "BYE sip:bob@10.0.0.2 SIP/2.0", .branch = "z9hG4bK9", .to_tag = "b",
        .cseq = "2 BYE");
    ANSWER(&f, .line = "SIP/2.0 200 OK", .branch = "z9hG4bK8", .to_tag = "b", .cseq = "3 INFO");
    path = call_path(f.table, call_at(f.table, 0)->transactions.v[2].path);
    ck_assert_uint_eq(path->src.ip[3], 1);
    ck_assert_uint_eq(path->dst.ip[3], 2);
}
END_TEST

START_TEST(unanswered_times_out_after_64_t1)
{
    SAY(&f, .line = "OPTIONS sip:bob@example.com SIP/2.0", .cseq = "1 OPTIONS");
    feed_finish(&f, 31.9);
    ck_assert_uint_eq(call_at(f.table, 0)->transactions.v[0].state, TRANSACTION_PROCEEDING);
    feed_finish(&f, 32.0);
    ck_assert_uint_eq(call_at(f.table, 0)->transactions.v[0].state, TRANSACTION_TIMEOUT);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("transaction");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, basic_call_has_three);
    tcase_add_test(t, ack_of_a_refusal_belongs_to_the_invite);
    tcase_add_test(t, ack_of_a_refusal_not_captured);
    tcase_add_test(t, ack_of_a_2xx_with_the_invites_branch_is_its_own);
    tcase_add_test(t, cancel_stands_beside_the_invite);
    tcase_add_test(t, retransmission_is_marked_and_not_counted_twice);
    tcase_add_test(t, many_in_one_call);
    tcase_add_test(t, next_hop_is_no_retransmission);
    tcase_add_test(t, same_branch_seen_elsewhere_is_no_retransmission);
    tcase_add_test(t, forks_answers_are_no_retransmissions);
    tcase_add_test(t, without_cookie_the_cseq_tells);
    tcase_add_test(t, response_alone_knows_client_and_server);
    tcase_add_test(t, unanswered_times_out_after_64_t1);
    return run_suite("transaction", t);
}
