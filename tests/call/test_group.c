/* Groups: which Call-IDs are one end-to-end call, and by what evidence. */
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

/* The phone at 10.0.0.1 calls the B2BUA at 10.0.0.2, which calls 10.0.0.3. */
#define LEG_A .src = "10.0.0.1", .dst = "10.0.0.2", .call_id = "first-leg"
#define LEG_B .src = "10.0.0.2", .dst = "10.0.0.3", .call_id = "other"

static const struct call_join *join_of(uint32_t call, uint32_t other,
                                       enum call_evidence evidence)
{
    const struct call *c = call_at(f.table, call);

    for (size_t i = 0; i < c->joins.n; i++)
        if (c->joins.v[i].call == other && c->joins.v[i].evidence == evidence)
            return &c->joins.v[i];
    return NULL;
}

static bool joined(enum call_evidence evidence)
{
    return join_of(0, 1, evidence) && join_of(1, 0, evidence) &&
           call_at(f.table, 1)->group == 0 && call_at(f.table, 0)->group == 0;
}

static bool apart(void)
{
    return call_at(f.table, 1)->group == 1 && call_at(f.table, 0)->joins.n == 0 &&
           call_at(f.table, 1)->joins.n == 0;
}

#define UUID_A "ab30317f1a784dc48ff824d0d3715d86"
#define UUID_B "47755a9de7794ba387653f2099600ef2"
#define NIL "00000000000000000000000000000000"

/* Users that say nothing, so that only what is tested can join. */
#define STRANGERS .from = "carol", .to = "dave"

START_TEST(session_id_of_the_caller)
{
    SAY(&f, LEG_A, .line = INVITE_LINE, .extra = "Session-ID: " UUID_A ";remote=" NIL "\r\n");
    SAY(&f, LEG_B, STRANGERS, .at = 0.1, .line = INVITE_LINE,
        .extra = "Session-ID: " UUID_A ";remote=" NIL "\r\n");
    feed_finish(&f, 10);
    ck_assert(joined(EVIDENCE_SESSION_ID));
    ck_assert(slice_eq(join_of(1, 0, EVIDENCE_SESSION_ID)->detail, SLICE(UUID_A)));
}
END_TEST

/* One leg's local UUID is the other's remote one. */
START_TEST(session_id_in_the_other_order)
{
    SAY(&f, LEG_A, .line = INVITE_LINE, .extra = "Session-ID: " UUID_A ";remote=" NIL "\r\n");
    ANSWER(&f, .call_id = "first-leg", .at = 1, .line = "SIP/2.0 200 OK", .to_tag = "b",
           .extra = "Session-ID: " UUID_B ";remote=" UUID_A "\r\n");
    SAY(&f, LEG_B, STRANGERS, .at = 1.1, .line = INVITE_LINE,
        .extra = "Session-ID: " UUID_B ";remote=" NIL "\r\n");
    feed_finish(&f, 10);
    ck_assert(joined(EVIDENCE_SESSION_ID));
}
END_TEST

START_TEST(no_session_id_yet_joins_nothing)
{
    SAY(&f, LEG_A, .line = INVITE_LINE, .extra = "Session-ID: " NIL "\r\n");
    SAY(&f, LEG_B, STRANGERS, .line = INVITE_LINE, .extra = "Session-ID: " NIL "\r\n");
    feed_finish(&f, 10);
    ck_assert(apart());
}
END_TEST

/* A UUID seen again an hour later is another call of a careless sender. */
START_TEST(session_ids_need_one_time)
{
    SAY(&f, LEG_A, .line = INVITE_LINE, .extra = "Session-ID: " UUID_A "\r\n");
    SAY(&f, LEG_B, STRANGERS, .at = 3600, .line = INVITE_LINE,
        .extra = "Session-ID: " UUID_A "\r\n");
    feed_finish(&f, 4000);
    ck_assert(apart());
}
END_TEST

START_TEST(header_that_names_the_other)
{
    SAY(&f, LEG_A, .line = INVITE_LINE);
    SAY(&f, LEG_B, STRANGERS, .at = 0.1, .line = INVITE_LINE, .extra = "X-CID: first-leg\r\n");
    feed_finish(&f, 10);
    ck_assert(joined(EVIDENCE_HEADER));
    ck_assert(slice_eq(join_of(0, 1, EVIDENCE_HEADER)->detail, SLICE("X-CID: first-leg")));
}
END_TEST

/* Also when the leg that names comes first in the capture. */
START_TEST(header_that_names_a_later_call)
{
    SAY(&f, LEG_B, STRANGERS, .line = INVITE_LINE, .extra = "P-Orig-Call-ID: first-leg\r\n");
    SAY(&f, LEG_A, .at = 0.1, .line = INVITE_LINE);
    feed_finish(&f, 10);
    ck_assert(joined(EVIDENCE_HEADER));
}
END_TEST

START_TEST(header_that_names_nobody)
{
    SAY(&f, LEG_A, .line = INVITE_LINE, .extra = "X-CID: unknown-call\r\n");
    SAY(&f, LEG_B, STRANGERS, .line = INVITE_LINE, .extra = "X-CID: unknown-call\r\n");
    feed_finish(&f, 10);
    ck_assert(apart());
}
END_TEST

static void two_call_ids(const char *one, const char *two)
{
    SAY(&f, .src = "10.0.0.1", .dst = "10.0.0.2", .call_id = one, .line = INVITE_LINE);
    SAY(&f, STRANGERS, .src = "10.0.0.2", .dst = "10.0.0.3", .call_id = two, .at = 0.1,
        .line = INVITE_LINE);
    feed_finish(&f, 10);
}

START_TEST(call_id_with_a_suffix)
{
    two_call_ids("a84b4c76e66710", "a84b4c76e66710-b2b_1");
    ck_assert(joined(EVIDENCE_CALL_ID));
}
END_TEST

START_TEST(call_id_with_a_suffix_before_the_host)
{
    two_call_ids("a84b4c76e66710@pc33.example.com", "a84b4c76e66710_2@10.0.0.2");
    ck_assert(joined(EVIDENCE_CALL_ID));
}
END_TEST

START_TEST(call_id_with_a_prefix)
{
    two_call_ids("a84b4c76e66710@pc33.example.com", "B2B.9.a84b4c76e66710@pc33.example.com");
    ck_assert(joined(EVIDENCE_CALL_ID));
}
END_TEST

START_TEST(call_id_with_another_host)
{
    two_call_ids("a84b4c76e66710aa@10.0.0.1", "a84b4c76e66710aa@10.0.0.2");
    ck_assert(joined(EVIDENCE_CALL_ID));
}
END_TEST

/* As load generators count them. */
START_TEST(counted_call_ids_are_no_evidence)
{
    two_call_ids("1-4711@10.0.0.1", "1-4711@10.0.0.2");
    ck_assert(apart());
}
END_TEST

START_TEST(sisters_of_one_prefix_are_no_evidence)
{
    two_call_ids("a84b4c76e66710-1", "a84b4c76e66710-2");
    ck_assert(apart());
}
END_TEST

#define SDP_OF(user, id, ip, port) \
    "v=0\r\no=" user " " id " 1 IN IP4 " ip "\r\ns=-\r\nc=IN IP4 " ip "\r\nt=0 0\r\nm=audio " port \
    " RTP/AVP 0\r\n"

START_TEST(origin_passed_on)
{
    SAY(&f, LEG_A, .line = INVITE_LINE, .sdp = SDP_OF("-", "4004442331", "10.0.0.1", "4000"));
    SAY(&f, LEG_B, STRANGERS, .at = 0.1, .line = INVITE_LINE,
        .sdp = "v=0\r\no=- 4004442331 2 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\n"
               "m=audio 9000 RTP/AVP 0\r\n");
    feed_finish(&f, 10);
    ck_assert(joined(EVIDENCE_SDP_ORIGIN));
    ck_assert_ptr_null(join_of(0, 1, EVIDENCE_MEDIA_ADDRESS));
    ck_assert(slice_eq(join_of(0, 1, EVIDENCE_SDP_ORIGIN)->detail,
                       SLICE("o=- 4004442331 10.0.0.1")));
}
END_TEST

START_TEST(media_address_passed_on)
{
    SAY(&f, LEG_A, .line = INVITE_LINE, .sdp = SDP_OF("a", "1", "10.0.0.1", "4000"));
    SAY(&f, LEG_B, STRANGERS, .at = 0.1, .line = INVITE_LINE,
        .sdp = SDP_OF("sbc", "2", "10.0.0.1", "4000"));
    feed_finish(&f, 10);
    ck_assert(joined(EVIDENCE_MEDIA_ADDRESS));
}
END_TEST

/* A load generator describes all of its calls in the same words. */
START_TEST(a_constant_description_is_no_evidence)
{
    char call_id[16];

    for (int i = 0; i < 20; i++) {
        snprintf(call_id, sizeof call_id, "in%d", i);
        SAY(&f, .src = "10.0.0.1", .dst = "10.0.0.2", .at = i * 0.1, .call_id = call_id,
            .line = INVITE_LINE, .sdp = SDP_OF("user1", "53655765", "10.0.0.1", "6000"));
        snprintf(call_id, sizeof call_id, "out%d", i);
        SAY(&f, STRANGERS, .src = "10.0.0.2", .dst = "10.0.0.3", .at = i * 0.1 + 0.01,
            .call_id = call_id, .line = INVITE_LINE,
            .sdp = SDP_OF("user1", "53655765", "10.0.0.1", "6000"));
    }
    feed_finish(&f, 10);
    for (uint32_t i = 0; i < 40; i++)
        ck_assert_uint_eq(call_at(f.table, i)->group, i);
}
END_TEST

/* A media server answers two phones from one address. */
START_TEST(two_callers_of_one_server_are_apart)
{
    SAY(&f, .src = "10.0.0.1", .dst = "10.0.0.9", .line = INVITE_LINE, .call_id = "one",
        .from = "alice", .to = "echo");
    SAY(&f, .src = "10.0.0.9", .dst = "10.0.0.1", .at = 0.1, .line = "SIP/2.0 200 OK",
        .call_id = "one", .to_tag = "x", .from = "alice", .to = "echo", .via = "10.0.0.1",
        .sdp = SDP_OF("srv", "1234567", "10.0.0.9", "7000"));
    SAY(&f, .src = "10.0.0.2", .dst = "10.0.0.9", .at = 0.2, .line = INVITE_LINE,
        .call_id = "two", .from = "bob", .to = "echo");
    SAY(&f, .src = "10.0.0.9", .dst = "10.0.0.2", .at = 0.3, .line = "SIP/2.0 200 OK",
        .call_id = "two", .to_tag = "y", .from = "bob", .to = "echo", .via = "10.0.0.2",
        .sdp = SDP_OF("srv", "1234567", "10.0.0.9", "7000"));
    feed_finish(&f, 10);
    ck_assert(apart());
}
END_TEST

START_TEST(user_and_time)
{
    SAY(&f, LEG_A, .line = INVITE_LINE, .from = "1001", .to = "1002");
    SAY(&f, LEG_B, .at = 1.2, .line = INVITE_LINE, .from = "pbx", .to = "1002");
    feed_finish(&f, 60);
    ck_assert(joined(EVIDENCE_USERS));
    ck_assert(slice_eq(join_of(1, 0, EVIDENCE_USERS)->detail,
                       SLICE("To user 1002 within 1.200 s")));
}
END_TEST

START_TEST(numbers_with_a_prefix_are_the_same_user)
{
    SAY(&f, LEG_A, .line = INVITE_LINE, .from = "x", .to = "+496912345678");
    SAY(&f, LEG_B, .at = 1, .line = INVITE_LINE, .from = "y", .to = "06912345678");
    feed_finish(&f, 60);
    ck_assert(joined(EVIDENCE_USERS));
}
END_TEST

START_TEST(time_alone_joins_nothing)
{
    SAY(&f, LEG_A, .line = INVITE_LINE, .from = "1001", .to = "1002");
    SAY(&f, LEG_B, .at = 0.01, .line = INVITE_LINE, .from = "pbx", .to = "1003");
    feed_finish(&f, 60);
    ck_assert(apart());
}
END_TEST

START_TEST(users_alone_join_nothing)
{
    SAY(&f, LEG_A, .line = INVITE_LINE);
    SAY(&f, LEG_B, .at = 30, .line = INVITE_LINE);
    feed_finish(&f, 60);
    ck_assert(apart());
}
END_TEST

START_TEST(users_after_the_answer_join_nothing)
{
    SAY(&f, LEG_A, .line = INVITE_LINE);
    ANSWER(&f, .at = 1, .call_id = "first-leg", .line = "SIP/2.0 200 OK", .to_tag = "b");
    SAY(&f, LEG_B, .at = 3, .line = INVITE_LINE);
    feed_finish(&f, 60);
    ck_assert(apart());
}
END_TEST

START_TEST(two_that_fit_join_nothing)
{
    SAY(&f, LEG_A, .line = INVITE_LINE, .from = "x", .to = "bob");
    SAY(&f, .src = "10.0.0.4", .dst = "10.0.0.2", .call_id = "second", .at = 0.5,
        .line = INVITE_LINE, .from = "y", .to = "bob");
    SAY(&f, LEG_B, .at = 1, .line = INVITE_LINE, .from = "z", .to = "bob");
    feed_finish(&f, 60);
    for (uint32_t i = 0; i < 3; i++)
        ck_assert_uint_eq(call_at(f.table, i)->group, i);
}
END_TEST

/* A border controller with an address on each side. */
START_TEST(both_users_on_another_network)
{
    SAY(&f, LEG_A, .line = INVITE_LINE);
    SAY(&f, .src = "192.0.2.1", .dst = "192.0.2.2", .call_id = "out", .at = 0.1,
        .line = INVITE_LINE);
    feed_finish(&f, 60);
    ck_assert(joined(EVIDENCE_USERS));
}
END_TEST

START_TEST(replaces)
{
    SAY(&f, LEG_A, .line = INVITE_LINE);
    SAY(&f, .src = "10.0.0.7", .dst = "10.0.0.1", STRANGERS, .call_id = "new", .at = 100,
        .line = INVITE_LINE, .extra = "Replaces: first-leg;to-tag=b;from-tag=a\r\n");
    feed_finish(&f, 200);
    ck_assert(joined(EVIDENCE_REPLACES));
}
END_TEST

static void refer(double at, const char *refer_to)
{
    char extra[256];

    snprintf(extra, sizeof extra, "Refer-To: <%s>\r\n", refer_to);
    SAY(&f, LEG_A, .at = at, .line = "REFER sip:bob@10.0.0.2 SIP/2.0", .branch = "z9hG4bKr",
        .to_tag = "b", .cseq = "2 REFER", .extra = extra);
}

START_TEST(refer_makes_a_call)
{
    SAY(&f, LEG_A, .line = INVITE_LINE);
    refer(50, "sip:carol@Example.com");
    SAY(&f, STRANGERS, LEG_B, .at = 50.2, .line = "INVITE sip:carol@example.com SIP/2.0");
    feed_finish(&f, 100);
    ck_assert(joined(EVIDENCE_REFER));
    ck_assert(slice_eq(join_of(1, 0, EVIDENCE_REFER)->detail,
                       SLICE("Refer-To: carol@Example.com")));
}
END_TEST

START_TEST(calls_before_the_refer_are_not_made_by_it)
{
    SAY(&f, LEG_A, .line = INVITE_LINE);
    SAY(&f, STRANGERS, LEG_B, .at = 20, .line = "INVITE sip:carol@example.com SIP/2.0");
    refer(50, "sip:carol@example.com");
    feed_finish(&f, 100);
    ck_assert(apart());
}
END_TEST

START_TEST(others_call_the_target_too)
{
    SAY(&f, LEG_A, .line = INVITE_LINE);
    refer(50, "sip:carol@example.com");
    SAY(&f, STRANGERS, .src = "10.0.0.8", .dst = "10.0.0.9", .call_id = "stranger", .at = 50.2,
        .line = "INVITE sip:carol@example.com SIP/2.0");
    feed_finish(&f, 100);
    ck_assert(apart());
}
END_TEST

START_TEST(attended_transfer_is_one_group)
{
    SAY(&f, LEG_A, .line = INVITE_LINE);
    SAY(&f, STRANGERS, .src = "10.0.0.1", .dst = "10.0.0.3", .call_id = "consult", .at = 10,
        .line = INVITE_LINE);
    refer(20, "sip:carol@10.0.0.3?Replaces=consult%3Bto-tag%3Dy%3Bfrom-tag%3Dx");
    SAY(&f, .from = "e", .to = "f", .src = "10.0.0.2", .dst = "10.0.0.3", .call_id = "third",
        .at = 20.1, .line = "INVITE sip:carol@10.0.0.3 SIP/2.0",
        .extra = "Replaces: consult;to-tag=y;from-tag=x\r\n");
    feed_finish(&f, 100);
    ck_assert_ptr_nonnull(join_of(0, 1, EVIDENCE_REPLACES));
    ck_assert_ptr_nonnull(join_of(2, 1, EVIDENCE_REPLACES));
    ck_assert_ptr_nonnull(join_of(2, 0, EVIDENCE_REFER));
    for (uint32_t i = 0; i < 3; i++)
        ck_assert_uint_eq(call_at(f.table, i)->group, 0);
}
END_TEST

/* Many calls of one key must not take quadratic time nor memory. */
START_TEST(many_of_one_key_stay_cheap)
{
    char call_id[32];

    for (int i = 0; i < 20000; i++) {
        snprintf(call_id, sizeof call_id, "c%d", i);
        SAY(&f, .call_id = call_id, .at = i * 1e-6, .line = INVITE_LINE,
            .extra = "Session-ID: " UUID_A "\r\n");
    }
    feed_finish(&f, 10);
    for (uint32_t i = 0; i < 20000; i++) {
        ck_assert_uint_eq(call_at(f.table, i)->group, 0);
        ck_assert_uint_le(call_at(f.table, i)->joins.n, 2);
    }
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("group");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, session_id_of_the_caller);
    tcase_add_test(t, session_id_in_the_other_order);
    tcase_add_test(t, no_session_id_yet_joins_nothing);
    tcase_add_test(t, session_ids_need_one_time);
    tcase_add_test(t, header_that_names_the_other);
    tcase_add_test(t, header_that_names_a_later_call);
    tcase_add_test(t, header_that_names_nobody);
    tcase_add_test(t, call_id_with_a_suffix);
    tcase_add_test(t, call_id_with_a_suffix_before_the_host);
    tcase_add_test(t, call_id_with_a_prefix);
    tcase_add_test(t, call_id_with_another_host);
    tcase_add_test(t, counted_call_ids_are_no_evidence);
    tcase_add_test(t, sisters_of_one_prefix_are_no_evidence);
    tcase_add_test(t, origin_passed_on);
    tcase_add_test(t, media_address_passed_on);
    tcase_add_test(t, a_constant_description_is_no_evidence);
    tcase_add_test(t, two_callers_of_one_server_are_apart);
    tcase_add_test(t, user_and_time);
    tcase_add_test(t, numbers_with_a_prefix_are_the_same_user);
    tcase_add_test(t, time_alone_joins_nothing);
    tcase_add_test(t, users_alone_join_nothing);
    tcase_add_test(t, users_after_the_answer_join_nothing);
    tcase_add_test(t, two_that_fit_join_nothing);
    tcase_add_test(t, both_users_on_another_network);
    tcase_add_test(t, replaces);
    tcase_add_test(t, refer_makes_a_call);
    tcase_add_test(t, calls_before_the_refer_are_not_made_by_it);
    tcase_add_test(t, others_call_the_target_too);
    tcase_add_test(t, attended_transfer_is_one_group);
    tcase_add_test(t, many_of_one_key_stay_cheap);
    return run_suite("group", t);
}
