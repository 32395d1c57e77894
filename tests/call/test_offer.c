/* Offers, answers, hold and resume (RFC 3264), and whose media it is. */
#include "feed.h"

#include "call/media.h"

static struct feed f;

static void setup(void)
{
    feed_open(&f);
}

static void teardown(void)
{
    feed_close(&f);
}

static void talk(void)
{
    SAY(&f, .line = INVITE_LINE, .sdp = SDP_TEXT("10.0.0.1", "4000", "sendrecv"));
    ANSWER(&f, .at = 1, .line = "SIP/2.0 200 OK", .to_tag = "b",
           .sdp = SDP_TEXT("10.0.0.2", "5000", "sendrecv"));
}

static void re_invite(double at, const char *branch, const char *cseq, const char *direction)
{
    char sdp[512];

    snprintf(sdp, sizeof sdp, SDP_TEXT("10.0.0.1", "4000", "%s"), direction);
    SAY(&f, .at = at, .line = "INVITE sip:bob@10.0.0.2 SIP/2.0", .branch = branch,
        .to_tag = "b", .cseq = cseq, .sdp = sdp);
}

START_TEST(hold_and_resume)
{
    struct call *call;

    talk();
    re_invite(5, "z9hG4bKh", "2 INVITE", "sendonly");
    ANSWER(&f, .at = 5.1, .line = "SIP/2.0 200 OK", .branch = "z9hG4bKh", .to_tag = "b",
           .cseq = "2 INVITE", .sdp = SDP_TEXT("10.0.0.2", "5000", "recvonly"));
    call = call_at(f.table, 0);
    ck_assert_uint_eq(call->holds.n, 1);
    ck_assert_int_eq(call->holds.v[0].end, -1);
    ck_assert_uint_eq(call->holds.v[0].by, SIDE_CALLER);
    re_invite(9, "z9hG4bKr", "3 INVITE", "sendrecv");
    ck_assert_uint_eq(call->holds.n, 1);
    ck_assert_int_eq(call->holds.v[0].start, 5000000000);
    ck_assert_int_eq(call->holds.v[0].end, 9000000000);
}
END_TEST

START_TEST(hold_of_rfc_2543)
{
    talk();
    SAY(&f, .at = 5, .line = "INVITE sip:bob@10.0.0.2 SIP/2.0", .branch = "z9hG4bKh",
        .to_tag = "b", .cseq = "2 INVITE", .sdp = SDP_TEXT("0.0.0.0", "4000", "sendrecv"));
    ck_assert_uint_eq(call_at(f.table, 0)->holds.n, 1);
}
END_TEST

START_TEST(a_repeated_hold_is_one)
{
    talk();
    re_invite(5, "z9hG4bKh", "2 INVITE", "inactive");
    re_invite(5.5, "z9hG4bKh", "2 INVITE", "inactive");
    re_invite(7, "z9hG4bKi", "3 INVITE", "sendonly");
    ck_assert_uint_eq(call_at(f.table, 0)->holds.n, 1);
}
END_TEST

START_TEST(delayed_offer)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b",
           .sdp = SDP_TEXT("10.0.0.2", "5000", "sendrecv"));
    SAY(&f, .line = "ACK sip:bob@10.0.0.2 SIP/2.0", .branch = "z9hG4bK2", .to_tag = "b",
        .cseq = "1 ACK", .sdp = SDP_TEXT("10.0.0.1", "4000", "sendrecv"));
    ck_assert_uint_eq(feed_finish(&f, 1)->offer, OFFER_DELAYED);
}
END_TEST

START_TEST(no_offer_at_all)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 486 Busy Here", .to_tag = "b");
    ck_assert_uint_eq(feed_finish(&f, 1)->offer, OFFER_NONE);
}
END_TEST

START_TEST(streams_find_their_call_and_direction)
{
    struct net_addr a = feed_addr("10.0.0.1", 4000), b = feed_addr("10.0.0.2", 5000);
    struct net_addr other = feed_addr("192.0.2.9", 6000);
    enum call_side to;

    talk();
    ck_assert_uint_eq(call_of_stream(f.table, &a, &b, 0, 2000000000, &to), 0);
    ck_assert_uint_eq(to, SIDE_CALLEE);
    ck_assert_uint_eq(call_of_stream(f.table, &b, &a, 0, 2000000000, &to), 0);
    ck_assert_uint_eq(to, SIDE_CALLER);
    /* behind a NAT: only the sender's own address was announced */
    ck_assert_uint_eq(call_of_stream(f.table, &a, &other, 0, 2000000000, &to), 0);
    ck_assert_uint_eq(to, SIDE_CALLEE);
    ck_assert_uint_eq(call_of_stream(f.table, &other, &other, 0, 1, &to), CALL_NONE);
}
END_TEST

START_TEST(a_port_used_again_belongs_to_the_call_of_that_time)
{
    struct net_addr a = feed_addr("10.0.0.1", 4000), b = feed_addr("10.0.0.2", 5000);
    enum call_side to;

    for (int i = 0; i < 100; i++) {
        char call_id[16];

        snprintf(call_id, sizeof call_id, "call%d", i);
        SAY(&f, .at = i * 10, .call_id = call_id, .line = INVITE_LINE,
            .sdp = SDP_TEXT("10.0.0.1", "4000", "sendrecv"));
        ANSWER(&f, .at = i * 10 + 5, .call_id = call_id, .line = "SIP/2.0 200 OK",
               .to_tag = "b", .sdp = SDP_TEXT("10.0.0.2", "5000", "sendrecv"));
    }
    for (int i = 0; i < 100; i++) {
        int64_t start = i * 10000000000 + 4900000000;

        ck_assert_uint_eq(
            call_of_stream(f.table, &a, &b, start, start + 4000000000, &to), (uint32_t)i);
        ck_assert_uint_eq(
            call_of_stream(f.table, &b, &a, start, start + 4000000000, &to), (uint32_t)i);
    }
}
END_TEST

START_TEST(equal_maps_are_kept_once)
{
    const struct announcement *one, *two;
    struct net_addr a = feed_addr("10.0.0.1", 4000), b = feed_addr("10.0.0.2", 5000);

    talk();
    one = call_announced(f.table, &a);
    two = call_announced(f.table, &b);
    ck_assert_ptr_nonnull(one);
    ck_assert_ptr_eq(one->map, two->map);
    ck_assert_uint_eq(one->map->count, 2);
    ck_assert(one->map->formats[1].event);
    ck_assert_uint_eq(one->map->formats[0].clock_rate, 8000);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("offer");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, hold_and_resume);
    tcase_add_test(t, hold_of_rfc_2543);
    tcase_add_test(t, a_repeated_hold_is_one);
    tcase_add_test(t, delayed_offer);
    tcase_add_test(t, no_offer_at_all);
    tcase_add_test(t, streams_find_their_call_and_direction);
    tcase_add_test(t, a_port_used_again_belongs_to_the_call_of_that_time);
    tcase_add_test(t, equal_maps_are_kept_once);
    return run_suite("offer", t);
}
