/* Listings of a tutorial, which have no times and stand close together: what is
 * known of each call, counted by hand. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/model.h"
#include "base/time.h"
#include "sip/body.h"
#include "sip/header.h"
#include "sip/sdp.h"

static struct fosip_analysis *a;
static const struct call *call;
static struct sip_msg msg;
static struct sdp_session sdp;

static void open_listing(const char *name)
{
    const char *testdata = getenv("TESTDATA");
    struct fosip_error err;
    char path[256];
    const char *paths = path;

    snprintf(path, sizeof path, "%s/logs/%s", testdata ? testdata : "testdata", name);
    ck_assert_msg(fosip_analyse(&a, NULL, &paths, 1, &err) == 0, "%s", err.text);
    ck_assert_uint_eq(fosip_readable(a), 1);
    ck_assert_uint_eq(a->counts.sip_malformed, 0);
    call = call_at(a->calls, 0);
}

static void teardown(void)
{
    fosip_free(a);
    a = NULL;
}

/* The statuses of the call's messages in order, 0 for a request. */
static void expect_statuses(const unsigned *statuses, size_t n)
{
    ck_assert_uint_eq(call->messages.n, n);
    for (size_t i = 0; i < n; i++) {
        ck_assert_uint_eq(call->messages.v[i].status, statuses[i]);
        ck_assert_int_eq(call->messages.v[i].time, TIME_UNKNOWN);
    }
}
#define STATUSES(...)                                                                              \
    expect_statuses((const unsigned[]){__VA_ARGS__},                                               \
                    sizeof((const unsigned[]){__VA_ARGS__}) / sizeof(unsigned))

static const struct sip_msg *parsed(uint32_t message)
{
    ck_assert(message_parse(&call->messages.v[message], &msg));
    return &msg;
}

static const struct sdp_session *described(uint32_t message)
{
    struct slice body;

    ck_assert(sip_body_find(parsed(message), SLICE("application/sdp"), &body));
    ck_assert(sdp_parse(&sdp, body));
    ck_assert_ptr_null(sdp.problem);
    return &sdp;
}

static void expect_path(uint32_t message, const char *src, const char *dst)
{
    const struct path *p = call_path(a->calls, call->messages.v[message].path);
    char text[ADDR_TEXT];

    ck_assert_str_eq(addr_text(&p->src, text), src);
    ck_assert_str_eq(addr_text(&p->dst, text), dst);
    ck_assert_uint_eq(p->transport, NET_LOG);
}

START_TEST(a_whole_call)
{
    open_listing("listing-call.md");
    ck_assert_uint_eq(call_count(a->calls), 1);
    STATUSES(0, 100, 180, 200, 0, 0, 200);
    ck_assert_uint_eq(call->transactions.n, 3);
    ck_assert_uint_eq(call->dialogs.n, 1);
    ck_assert_uint_eq(call->state, CALL_COMPLETED);
    ck_assert_uint_eq(call->released_by, SIDE_CALLER);
    ck_assert_uint_eq(call->offer, OFFER_EARLY);
    ck_assert(slice_eq(call->call_id, SLICE("6c46d346e3084913a77014b523c9e389")));
    ck_assert_uint_eq(call->messages.v[0].cseq, 6521);
    ck_assert_uint_eq(call->messages.v[5].cseq, 6522);
    /* Via says 192.168.71.146; what came from there was seen as this: */
    expect_path(0, "192.168.80.11:50952", "192.168.80.12:5060");
    expect_path(4, "192.168.80.11:50952", "192.168.80.12:63043");
    ck_assert_uint_eq(a->findings.n, 0);
}
END_TEST

/* The bodies have their Content-Length with CRLF alone. */
START_TEST(its_offer_and_answer)
{
    open_listing("listing-call.md");
    ck_assert_uint_eq(parsed(0)->content_length, 346);
    ck_assert_uint_eq(msg.body.n, 346);
    ck_assert_uint_eq(parsed(3)->content_length, 319);
    ck_assert_uint_eq(msg.body.n, 319);
    ck_assert_uint_eq(described(0)->media_count, 1);
    ck_assert_uint_eq(sdp.media[0].format_count, 3);
    ck_assert_uint_eq(sdp.media[0].port, 4008);
    ck_assert_uint_eq(sdp.media[0].rtcp_port, 4009);
    ck_assert(slice_eq(sdp.media[0].formats[0].codec, SLICE("PCMA")));
    ck_assert_uint_eq(described(3)->media[0].format_count, 2);
}
END_TEST

/* "selamSIP/2.0 200 OK": the next message begins where the body ends. */
START_TEST(a_message_glued_to_its_answer)
{
    open_listing("listing-message.md");
    ck_assert_uint_eq(call->kind, CALL_MESSAGE);
    STATUSES(0, 200);
    ck_assert(slice_eq(parsed(0)->body, SLICE("selam")));
    ck_assert_uint_eq(call->messages.v[0].cseq, 11151);
    ck_assert_uint_eq(call->transactions.n, 1);
}
END_TEST

START_TEST(options)
{
    open_listing("listing-options.md");
    ck_assert_uint_eq(call->kind, CALL_OPTIONS);
    STATUSES(0, 200);
    ck_assert_uint_eq(call->messages.v[0].cseq, 101);
    expect_path(0, "192.168.80.100:5060", "192.168.80.11:5060");
}
END_TEST

START_TEST(a_registration_with_digest)
{
    open_listing("listing-register.md");
    ck_assert_uint_eq(call_count(a->calls), 2);
    ck_assert_uint_eq(call->kind, CALL_REGISTRATION);
    STATUSES(0, 100, 401, 0, 100, 200);
    ck_assert_uint_eq(call->transactions.n, 2);
    ck_assert_uint_eq(call->status, 200);
    call = call_at(a->calls, 1);
    STATUSES(0);
    ck_assert(slice_eq(parsed(0)->body, SLICE("Messages-Waiting: no\r\n")));
}
END_TEST

/* The offer is in the 200, the answer in the ACK. */
START_TEST(a_transfer)
{
    open_listing("listing-refer.md");
    ck_assert_uint_eq(call_count(a->calls), 1);
    STATUSES(0, 100, 180, 200, 0, 0, 202, 0, 200);
    ck_assert_uint_eq(call->offer, OFFER_DELAYED);
    ck_assert_uint_eq(call->released_by, SIDE_CALLER);
    ck_assert_uint_eq(parsed(3)->body.n, 387);
    ck_assert_uint_eq(parsed(4)->body.n, 420);
    ck_assert_uint_eq(described(3)->media_count, 2);
    ck_assert_uint_eq(sdp.media[0].port, 4028);
    ck_assert_uint_eq(sdp.media[1].port, 0);
    ck_assert_uint_eq(described(4)->media[0].port, 4070);
    ck_assert(slice_eq(sdp.media[0].address, SLICE("192.168.80.12")));
    ck_assert_uint_eq(call->messages.v[5].method, SIP_REFER);
    ck_assert_uint_eq(call->messages.v[5].cseq, 15038);
    ck_assert_uint_eq(call->messages.v[7].cseq, 102);
}
END_TEST

/* The first block has lost its time; the second says a day without a year. */
START_TEST(debug_output)
{
    open_listing("listing-ccsip.md");
    ck_assert_uint_eq(call->messages.n, 2);
    ck_assert_uint_eq(call->messages.v[1].retransmission_of, 0);
    ck_assert_int_eq(call->messages.v[0].time, TIME_UNKNOWN);
    ck_assert_int_eq(call->messages.v[1].time,
                     TIME_OF_YEAR + 249 * TIME_DAY +
                         (int64_t)25030746 * 1000000); /* Sep 7 06:57:10.746 */
    ck_assert_uint_eq(call->state, CALL_SETUP);
    ck_assert_uint_eq(a->findings.n, 0);
    ck_assert_uint_eq(call->messages.v[0].cseq, 13513);
    ck_assert_uint_eq(parsed(0)->body.n, 346);
    ck_assert_uint_eq(parsed(1)->body.n, 346);
    expect_path(0, "192.168.71.146:50555", "192.168.80.254:5060");
}
END_TEST

/* ngrep has the first fragment of three INVITEs. */
START_TEST(messages_that_the_log_cut)
{
    open_listing("07a_ngrep.txt");
    ck_assert_uint_eq(a->counts.sip, 34);
    ck_assert_uint_eq(a->findings.n, 1);
    ck_assert_str_eq(a->findings.v[0].rule, "messages-cut");
    ck_assert(strstr(a->findings.v[0].text, "of 3 SIP messages, first in frame 13"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("listings");
    TCase *tcase = tcase_create("listings");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, a_whole_call);
    tcase_add_test(tcase, its_offer_and_answer);
    tcase_add_test(tcase, a_message_glued_to_its_answer);
    tcase_add_test(tcase, options);
    tcase_add_test(tcase, a_registration_with_digest);
    tcase_add_test(tcase, a_transfer);
    tcase_add_test(tcase, debug_output);
    tcase_add_test(tcase, messages_that_the_log_cut);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
