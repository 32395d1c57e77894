/* Findings about answered calls whose media the capture does not hold: where their
 * session descriptions point to. */
#include "analysis/findings.h"

#include "../call/feed.h"
#include "analysis/fax.h"

static struct feed f;
static struct fosip_analysis a;

static void setup(void)
{
    feed_open(&f);
    a = (struct fosip_analysis){.calls = f.table,
                                .streams = stream_table_new(NULL, NULL),
                                .faxes = fax_table_new()};
    ck_assert_ptr_nonnull(a.streams);
    ck_assert_ptr_nonnull(a.faxes);
}

static void teardown(void)
{
    for (size_t i = 0; i < a.findings.n; i++)
        free(a.findings.v[i].text);
    vec_free(&a.findings);
    fax_table_free(a.faxes);
    stream_table_free(a.streams);
    feed_close(&f);
}

/* What is said of a call from 10.0.0.1 to the server, which ends 5 s after its answer. */
static const char *said_of(const char *server, const char *offer, const char *answer)
{
    SAY(&f, .dst = server, .line = INVITE_LINE, .sdp = offer);
    SAY(&f, .src = server, .dst = "10.0.0.1", .via = "10.0.0.1", .at = 1, .to_tag = "b",
        .line = "SIP/2.0 200 OK", .sdp = answer);
    SAY(&f, .dst = server, .at = 1, .line = "ACK sip:b SIP/2.0", .cseq = "1 ACK",
        .branch = "z9hG4bKa", .to_tag = "b");
    SAY(&f, .dst = server, .at = 6, .line = "BYE sip:b SIP/2.0", .cseq = "2 BYE",
        .branch = "z9hG4bKb", .to_tag = "b");
    feed_finish(&f, 6);
    a.last_time = 6 * (int64_t)1000000000;
    findings_media(&a, 0);
    ck_assert_uint_eq(a.findings.n, 1);
    ck_assert_str_eq(a.findings.v[0].rule, "no-media");
    ck_assert_int_eq(a.findings.v[0].severity, FINDING_NOTE);
    return a.findings.v[0].text;
}

#define NONE "The call was answered for 5.0 s and none of its media is in the capture: "

START_TEST(around_the_server)
{
    ck_assert_str_eq(
        said_of("10.0.0.2", SDP_TEXT("10.0.0.1", "4000", "sendrecv"),
                SDP_TEXT("10.0.0.3", "4002", "sendrecv")),
        NONE "the session descriptions point to 10.0.0.1:4000 (caller) and 10.0.0.3:4002 (callee), "
             "and what goes between them does not pass the point of capture (flow-around: media "
             "goes directly, not through 10.0.0.2 as signalling does), or was never sent.");
}
END_TEST

START_TEST(through_the_server)
{
    ck_assert_str_eq(
        said_of("10.0.0.2", SDP_TEXT("10.0.0.1", "4000", "sendrecv"),
                SDP_TEXT("10.0.0.2", "4002", "sendrecv")),
        NONE "the session descriptions point to 10.0.0.1:4000 (caller) and 10.0.0.2:4002 (callee), "
             "and what goes between them does not pass the point of capture, or was never sent.");
}
END_TEST

/* A phone behind NAT tells its inner address: that is no other way. */
START_TEST(callee_behind_nat)
{
    const char *text = said_of("192.0.2.2", SDP_TEXT("10.0.0.1", "4000", "sendrecv"),
                               SDP_TEXT("192.168.1.9", "4002", "sendrecv"));

    ck_assert_ptr_nonnull(strstr(text, "192.168.1.9:4002 (callee)"));
    ck_assert_ptr_null(strstr(text, "flow-around"));
}
END_TEST

/* The offer is in the 200, so that the callee offers and the caller answers. */
START_TEST(delayed_offer)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .at = 1, .line = "SIP/2.0 200 OK", .to_tag = "b",
           .sdp = SDP_TEXT("10.0.0.3", "4002", "sendrecv"));
    SAY(&f, .at = 1, .line = "ACK sip:b SIP/2.0", .cseq = "1 ACK", .branch = "z9hG4bKa",
        .to_tag = "b", .sdp = SDP_TEXT("10.0.0.1", "4000", "sendrecv"));
    feed_finish(&f, 6);
    a.last_time = 6 * (int64_t)1000000000;
    findings_media(&a, 0);
    ck_assert_uint_eq(a.findings.n, 1);
    ck_assert_ptr_nonnull(strstr(a.findings.v[0].text,
                                 "10.0.0.1:4000 (caller) and 10.0.0.3:4002 (callee)"));
    ck_assert_ptr_nonnull(strstr(a.findings.v[0].text, "not through 10.0.0.2 as"));
}
END_TEST

/* Refused or held by address: nothing points anywhere. */
START_TEST(nowhere)
{
    ck_assert_str_eq(said_of("10.0.0.2", SDP_TEXT("10.0.0.1", "4000", "sendrecv"),
                             SDP_TEXT("0.0.0.0", "4002", "sendrecv")),
                     NONE "it does not pass the point of capture, or was never sent.");
}
END_TEST

START_TEST(refused)
{
    ck_assert_str_eq(said_of("10.0.0.2", SDP_TEXT("10.0.0.1", "4000", "sendrecv"),
                             SDP_TEXT("10.0.0.3", "0", "sendrecv")),
                     NONE "it does not pass the point of capture, or was never sent.");
}
END_TEST

START_TEST(host_names)
{
    const char *text = said_of("10.0.0.2", SDP_TEXT("10.0.0.1", "4000", "sendrecv"),
                               "v=0\r\no=- 1 1 IN IP4 pbx.example\r\ns=-\r\n"
                               "c=IN IP4 pbx.example\r\nt=0 0\r\nm=audio 4002 RTP/AVP 0\r\n");

    ck_assert_ptr_nonnull(strstr(text, "and pbx.example:4002 (callee)"));
    ck_assert_ptr_null(strstr(text, "flow-around"));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("findings of media");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, around_the_server);
    tcase_add_test(t, through_the_server);
    tcase_add_test(t, callee_behind_nat);
    tcase_add_test(t, delayed_offer);
    tcase_add_test(t, nowhere);
    tcase_add_test(t, refused);
    tcase_add_test(t, host_names);
    return run_suite("findings of media", t);
}
