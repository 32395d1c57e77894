/* Findings about signalling, on calls of a few messages: what went wrong is said,
 * and its opposite is not. */
#include "analysis/findings.h"

#include "../call/feed.h"

static struct feed f;
static struct fosip_analysis a;

static void setup(void)
{
    feed_open(&f);
    a = (struct fosip_analysis){.calls = f.table, .streams = stream_table_new(NULL, NULL)};
}

static void teardown(void)
{
    for (size_t i = 0; i < a.findings.n; i++)
        free(a.findings.v[i].text);
    vec_free(&a.findings);
    stream_table_free(a.streams);
    feed_close(&f);
}

/* The finding of that rule, NULL when there is none. */
static const struct finding *said(double end, const char *rule)
{
    feed_finish(&f, end);
    a.last_time = (int64_t)(end * 1e9);
    for (uint32_t i = 0; i < call_count(f.table); i++)
        findings_signalling(&a, i);
    for (size_t i = 0; i < a.findings.n; i++)
        if (strcmp(a.findings.v[i].rule, rule) == 0)
            return &a.findings.v[i];
    return NULL;
}

#define HAS(finding, part) \
    do { \
        ck_assert_ptr_nonnull(finding); \
        ck_assert_ptr_nonnull(strstr((finding)->text, part)); \
    } while (0)

START_TEST(loop)
{
    const struct finding *found;

    SAY(&f, .line = INVITE_LINE);
    SAY(&f, .src = "10.0.0.2", .dst = "10.0.0.3", .branch = "z9hG4bK2", .line = INVITE_LINE);
    SAY(&f, .src = "10.0.0.3", .dst = "10.0.0.2", .branch = "z9hG4bK3", .line = INVITE_LINE,
        .extra = "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK2\r\n");
    found = said(1, "loop");
    HAS(found, "came back to 10.0.0.2:5060");
    ck_assert_uint_eq(found->message, 2);
}
END_TEST

static void ring_twice(void)
{
    SAY(&f, .line = INVITE_LINE);
    for (int i = 0; i < 2; i++)
        ANSWER(&f, .at = i * 0.5, .line = "SIP/2.0 180 Ringing", .to_tag = "b",
               .extra = "Require: 100rel\r\nRSeq: 7\r\n");
}

START_TEST(session_descriptions)
{
    SAY(&f, .line = INVITE_LINE, .sdp = SDP_TEXT("10.0.0.1", "4000", "sendrecv"));
    ck_assert_ptr_null(said(1, "malformed-sdp"));
    SAY(&f, .line = INVITE_LINE, .branch = "z9hG4bK2", .cseq = "2 INVITE",
        .sdp = "v=0\r\ns=-\r\no=- 1 1 IN IP4 10.0.0.1\r\nt=0 0\r\n");
    HAS(said(1, "malformed-sdp"), "in its line 3: a line out of the order");
}
END_TEST

START_TEST(no_session_description)
{
    SAY(&f, .line = INVITE_LINE, .sdp = "hello");
    HAS(said(1, "malformed-sdp"), "is none");
}
END_TEST

START_TEST(prack_missing)
{
    ring_twice();
    HAS(said(5, "prack-missing"), "RSeq 7");
}
END_TEST

START_TEST(prack_there)
{
    ring_twice();
    SAY(&f, .at = 1, .line = "PRACK sip:b SIP/2.0", .branch = "z9hG4bKp", .to_tag = "b",
        .cseq = "2 PRACK", .extra = "RAck: 7 1 INVITE\r\n");
    ck_assert_ptr_null(said(5, "prack-missing"));
}
END_TEST

static void talk_until(double end)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b",
           .extra = "Session-Expires: 90;refresher=uac\r\n");
    SAY(&f, .line = "ACK sip:b SIP/2.0", .cseq = "1 ACK", .branch = "z9hG4bKa", .to_tag = "b");
    SAY(&f, .src = "10.0.0.2", .dst = "10.0.0.1", .at = end, .line = "BYE sip:a SIP/2.0",
        .branch = "z9hG4bKbye", .from_tag = "b", .to_tag = "a", .cseq = "1 BYE");
}

START_TEST(session_expired)
{
    talk_until(60);
    HAS(said(61, "session-expired"), "90 s ran out: the caller did not refresh");
}
END_TEST

START_TEST(session_ended_by_choice)
{
    talk_until(57);
    ck_assert_ptr_null(said(61, "session-expired"));
}
END_TEST

static void refuse(const char *challenge)
{
    SAY(&f, .line = "REGISTER sip:x SIP/2.0", .cseq = "1 REGISTER",
        .extra = "Authorization: Digest username=\"alice\", nonce=\"n\"\r\n");
    ANSWER(&f, .line = "SIP/2.0 401 Unauthorized", .cseq = "1 REGISTER", .to_tag = "r",
           .extra = challenge);
}

START_TEST(stale_nonce)
{
    refuse("WWW-Authenticate: Digest realm=\"r\", nonce=\"m\", stale=TRUE\r\n");
    HAS(said(1, "stale-nonce"), "nonce was too old");
    for (size_t i = 0; i < a.findings.n; i++)
        ck_assert_str_ne(a.findings.v[i].rule, "credentials-refused");
}
END_TEST

START_TEST(wrong_password)
{
    refuse("WWW-Authenticate: Digest realm=\"r\", nonce=\"m\"\r\n");
    HAS(said(1, "credentials-refused"), "password");
}
END_TEST

START_TEST(offer_refused)
{
    talk_until(57);
    SAY(&f, .at = 20, .line = INVITE_LINE, .cseq = "2 INVITE", .branch = "z9hG4bKr",
        .to_tag = "b");
    ANSWER(&f, .at = 20, .line = "SIP/2.0 488 Not Acceptable Here", .cseq = "2 INVITE",
           .branch = "z9hG4bKr", .to_tag = "b");
    HAS(said(61, "offer-refused"), "INVITE offered was refused with 488");
}
END_TEST

/* A call that never began is refused, not changed. */
START_TEST(call_refused)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 488 Not Acceptable Here", .to_tag = "b");
    ck_assert_ptr_null(said(61, "offer-refused"));
}
END_TEST

/* Sent again after 0.5 s; the capture ends before a client gives up, or after. */
START_TEST(no_response_at_all)
{
    const struct finding *found;

    SAY(&f, .line = INVITE_LINE);
    SAY(&f, .at = 0.5, .line = INVITE_LINE);
    found = said(1, "request-retransmitted");
    HAS(found, "The INVITE was sent 2 times within 0.5 s and no response was captured, not even "
               "100 Trying: 10.0.0.2 did not receive it or did not answer, or its answer was "
               "lost.");
    ck_assert_str_eq(found->reference, "RFC 3261 §17.1.1.2");
}
END_TEST

START_TEST(no_response_until_the_client_gave_up)
{
    SAY(&f, .line = "OPTIONS sip:b SIP/2.0", .cseq = "1 OPTIONS");
    SAY(&f, .at = 0.5, .line = "OPTIONS sip:b SIP/2.0", .cseq = "1 OPTIONS");
    HAS(said(40, "request-unanswered"), "The OPTIONS was sent 2 times within 0.5 s and no response "
                                        "was captured: 10.0.0.2 did");
}
END_TEST

/* A 100 is a response; who took the INVITE then lets it time out. */
START_TEST(nothing_but_trying)
{
    SAY(&f, .line = INVITE_LINE);
    SAY(&f, .at = 0.5, .line = INVITE_LINE);
    ANSWER(&f, .at = 0.6, .line = "SIP/2.0 100 Trying");
    ck_assert_ptr_null(said(1, "request-retransmitted"));
    HAS(said(40, "request-unanswered"), "got no final response: it was sent 2 times");
}
END_TEST

/* Two copies of one packet are no retransmission. */
START_TEST(copied)
{
    SAY(&f, .line = INVITE_LINE);
    SAY(&f, .at = 0.001, .line = INVITE_LINE);
    ck_assert_ptr_null(said(1, "request-retransmitted"));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("findings of signalling");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, loop);
    tcase_add_test(t, session_descriptions);
    tcase_add_test(t, no_session_description);
    tcase_add_test(t, prack_missing);
    tcase_add_test(t, prack_there);
    tcase_add_test(t, session_expired);
    tcase_add_test(t, session_ended_by_choice);
    tcase_add_test(t, stale_nonce);
    tcase_add_test(t, wrong_password);
    tcase_add_test(t, offer_refused);
    tcase_add_test(t, call_refused);
    tcase_add_test(t, no_response_at_all);
    tcase_add_test(t, no_response_until_the_client_gave_up);
    tcase_add_test(t, nothing_but_trying);
    tcase_add_test(t, copied);
    return run_suite("findings of signalling", t);
}
