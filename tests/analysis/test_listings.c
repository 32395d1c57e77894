/* Listings of a tutorial, which have no times and stand close together: what is
 * known of each call, counted by hand. */
#include <stdlib.h>
#include <string.h>

#include "analysis/model.h"
#include "base/time.h"
#include "call/negotiation.h"
#include "call/usage.h"
#include "sip/body.h"
#include "sip/header.h"
#include "sip/sdp.h"
#include "support/suite.h"

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

static struct slice header(uint32_t message, const char *name)
{
    return sip_header_named(parsed(message), slice_str(name));
}

static unsigned listed(uint32_t message, const char *name)
{
    struct slice rest = header(message, name), element;
    unsigned n = 0;

    while (sip_list_next(&rest, &element))
        n++;
    return n;
}

static unsigned lines_of_body(uint32_t message)
{
    struct slice body = parsed(message)->body;
    unsigned n = 0;

    for (size_t i = 0; i < body.n; i++)
        n += body.p[i] == '\n';
    return n;
}

static bool is(struct slice s, const char *text)
{
    return slice_eq(s, slice_str(text));
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

/* Three transactions, each with its branch; the ACK of a 200 is one of its own. */
START_TEST(its_transactions)
{
    static const char *const branches[] = {"z9hG4bKPj15728c40ffd34c83b084dc67d9e93d9c",
                                           "z9hG4bKPj7547c750e9514daf911980bf590fcfae",
                                           "z9hG4bKPja096382a15374b02ae4f3e3928adc9f5"};
    static const unsigned methods[] = {SIP_INVITE, SIP_ACK, SIP_BYE};
    static const uint32_t of[] = {0, 0, 0, 0, 1, 2, 2};

    open_listing("listing-call.md");
    for (uint32_t i = 0; i < 3; i++) {
        ck_assert(is(call->transactions.v[i].branch, branches[i]));
        ck_assert_uint_eq(call->transactions.v[i].method, methods[i]);
        ck_assert_uint_eq(call->transactions.v[i].state, TRANSACTION_COMPLETED);
    }
    for (uint32_t i = 0; i < 7; i++)
        ck_assert_uint_eq(call->messages.v[i].transaction, of[i]);
    ck_assert_uint_eq(call->transactions.v[0].status, 200);
    ck_assert_uint_eq(call->transactions.v[1].status, 0);
    ck_assert_uint_eq(call->transactions.v[2].status, 200);
}
END_TEST

/* The caller cannot know the To tag, and a 100 needs none: the 180 has it first. */
START_TEST(its_dialog)
{
    open_listing("listing-call.md");
    for (uint32_t i = 0; i < 7; i++) {
        bool first_two = i < 2;

        ck_assert_uint_eq(parsed(i)->to_tag.n == 0, first_two);
        ck_assert_uint_eq(call->messages.v[i].dialog, first_two ? CALL_NONE : 0);
        ck_assert(is(msg.from_tag, "cb9e96b542084e3db354b9a6e98e5527"));
    }
    ck_assert(is(call->dialogs.v[0].local_tag, "cb9e96b542084e3db354b9a6e98e5527"));
    ck_assert(is(call->dialogs.v[0].remote_tag, "9d6ab2e6da5e4ad09aea771ed6a12343"));
    ck_assert_uint_eq(call->dialogs.v[0].state, DIALOG_TERMINATED);
}
END_TEST

/* Via and SDP have the address inside, the response where the request came from. */
START_TEST(its_addresses)
{
    struct sip_via via;

    open_listing("listing-call.md");
    ck_assert(sip_via_at(parsed(1), 0, &via));
    ck_assert(is(via.sent_by, "192.168.71.146:50952"));
    ck_assert(is(via.received, "192.168.80.11"));
    ck_assert(is(via.rport, "50952"));
    ck_assert(is(header(0, "Contact"), "<sip:192.168.80.11:50952;ob>"));
    ck_assert(is(described(0)->origin_address, "192.168.71.146"));
    ck_assert(is(sdp.media[0].address, "192.168.71.146"));
}
END_TEST

/* The caller refreshes; due after half of it, over after 1800 s. */
START_TEST(its_session_timer)
{
    struct session_timer timer;
    struct sip_session_expires expires;

    open_listing("listing-call.md");
    ck_assert(session_timer_read(call, a->last_time, &timer));
    ck_assert_uint_eq(timer.interval_s, 1800);
    ck_assert_uint_eq(timer.min_se_s, 90);
    ck_assert_uint_eq(timer.refresher, SIDE_CALLER);
    ck_assert_uint_eq(timer.refreshes, 0);
    ck_assert(!timer.ran_out);
    ck_assert(sip_session_expires_parse(header(3, "Session-Expires"), &expires));
    ck_assert(is(expires.refresher, "uac"));
    ck_assert(is(header(3, "Require"), "timer"));
}
END_TEST

START_TEST(its_negotiation)
{
    static struct sdp_session answer;
    struct negotiation n;
    struct agreed_media media;
    struct slice body;

    open_listing("listing-call.md");
    ck_assert_uint_eq(lines_of_body(0), 16);
    ck_assert_uint_eq(lines_of_body(3), 15);
    ck_assert_uint_eq(negotiations_read(a->calls, call, &n, 1), 1);
    ck_assert_uint_eq(n.offer, 0);
    ck_assert_uint_eq(n.answer, 3);
    ck_assert_uint_eq(n.state, NEGOTIATION_AGREED);
    ck_assert(n.by_caller);
    ck_assert(sip_body_find(parsed(3), SLICE("application/sdp"), &body));
    ck_assert(sdp_parse(&answer, body));
    ck_assert(negotiation_media(described(0), &answer, 0, &media));
    ck_assert(is(media.codec->codec, "PCMA"));
    ck_assert_uint_eq(media.codec->clock_rate, 8000);
    ck_assert_uint_eq(media.format_count, 2);
    ck_assert(is(media.formats[1]->codec, "telephone-event"));
    ck_assert(is(media.formats[1]->fmtp, "0-16"));
    ck_assert_uint_eq(media.flow, FLOW_BOTH);
    ck_assert(is(sdp.name, "pjmedia"));
    ck_assert_uint_eq(sdp.bandwidth_as, 84);
    ck_assert_uint_eq(sdp.media[0].bandwidth_tias, 64000);
    ck_assert_uint_eq(sdp.media[0].ssrc, 1913920969);
    ck_assert_uint_eq(answer.media[0].ssrc, 1170553184);
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
    ck_assert_uint_eq(parsed(0)->content_length, 5);
    ck_assert(is(msg.content_type, "text/plain"));
    /* answered without state: the To tag is the branch */
    ck_assert(slice_eq(parsed(1)->to_tag, msg.branch));
    ck_assert_uint_eq(call->state, CALL_COMPLETED);
    ck_assert_uint_eq(a->findings.n, 0);
}
END_TEST

START_TEST(options)
{
    open_listing("listing-options.md");
    ck_assert_uint_eq(call->kind, CALL_OPTIONS);
    STATUSES(0, 200);
    ck_assert_uint_eq(call->messages.v[0].cseq, 101);
    expect_path(0, "192.168.80.100:5060", "192.168.80.11:5060");
    ck_assert(is(call->call_id, "1e55d000-1ef16899-13-6450a8c0@192.168.80.100"));
    /* 0 is right for who answers: it is not passed on */
    ck_assert(is(header(0, "Max-Forwards"), "0"));
    ck_assert_uint_eq(msg.problem_count, 0);
    ck_assert(is(header(0, "User-Agent"), "Cisco-CUCM14.0"));
    ck_assert(is(header(0, "Date"), "Sun, 03 Sep 2023 20:11:53 GMT"));
    ck_assert_uint_eq(listed(1, "Allow"), 12);
    ck_assert_uint_eq(listed(1, "Accept"), 7);
    ck_assert_uint_eq(listed(1, "Supported"), 5);
    ck_assert_uint_eq(listed(1, "Allow-Events"), 3);
    ck_assert_uint_eq(a->findings.n, 0);
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
    ck_assert_uint_eq(call->messages.v[0].cseq, 24081);
    ck_assert_uint_eq(call->messages.v[3].cseq, 24082);
    ck_assert_uint_eq(transaction_retries(a->calls, call, 1), 0);
    call = call_at(a->calls, 1);
    STATUSES(0);
    ck_assert(slice_eq(parsed(0)->body, SLICE("Messages-Waiting: no\r\n")));
    ck_assert_uint_eq(msg.content_length, 22);
    ck_assert_uint_eq(call->kind, CALL_SUBSCRIPTION);
    /* one 401 is how digest works, and the listing ends before the NOTIFY's answer */
    ck_assert_uint_eq(a->findings.n, 0);
}
END_TEST

static void expect_param(const struct sip_auth *auth, const char *name, const char *want)
{
    struct slice value;

    ck_assert(sip_auth_param(auth, slice_str(name), &value));
    ck_assert_msg(is(value, want), "%s: %.*s", name, SLICE_ARG(value));
}

/* The user of the credentials is not that of the address, and there is no qop. */
START_TEST(its_digest)
{
    struct sip_auth auth;
    struct slice value;

    open_listing("listing-register.md");
    ck_assert(sip_auth_parse(header(2, "WWW-Authenticate"), &auth));
    expect_param(&auth, "realm", "ccmsipline");
    expect_param(&auth, "nonce", "vP42jVSdIItGRD5nYmE71/4JD/ZYUQvL");
    ck_assert(sip_auth_parse(header(3, "Authorization"), &auth));
    ck_assert(is(auth.scheme, "Digest"));
    expect_param(&auth, "username", "microsip01");
    expect_param(&auth, "realm", "ccmsipline");
    expect_param(&auth, "nonce", "vP42jVSdIItGRD5nYmE71/4JD/ZYUQvL");
    expect_param(&auth, "uri", "sip:192.168.80.100");
    expect_param(&auth, "response", "b70fca7c592084c62c51f1a5143ea339");
    expect_param(&auth, "algorithm", "MD5");
    ck_assert(!sip_auth_param(&auth, SLICE("qop"), &value));
    ck_assert(is(call->from.user, "10001"));
}
END_TEST

/* 300 s were asked for, 120 granted. */
START_TEST(its_binding)
{
    struct registration r[4];

    open_listing("listing-register.md");
    ck_assert_uint_eq(registrations_read(call, r, 4), 2);
    ck_assert(!r[0].credentials && r[1].credentials);
    ck_assert_uint_eq(r[1].action, REGISTRATION_REGISTER);
    ck_assert(is(header(3, "Expires"), "300"));
    ck_assert_uint_eq(r[1].expires_s, 120);
    ck_assert_uint_eq(r[1].contacts, 1);
    ck_assert(slice_icontains(header(5, "Contact"), SLICE(";x-cisco-newreg")));
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
    ck_assert(is(call->call_id, "8218e100-1ef1690b-2dc-6450a8c0@192.168.80.100"));
    ck_assert(is(header(5, "Refer-To"), "<sip:10003@192.168.80.100>"));
    ck_assert(is(header(5, "Referred-By"), "<sip:10001@192.168.80.100>"));
    ck_assert(is(header(3, "Content-Length"), "387"));
    ck_assert_uint_eq(lines_of_body(3), 18);
    ck_assert_uint_eq(lines_of_body(4), 19);
}
END_TEST

/* 202, and a BYE in the same second: nobody said how the transfer went. */
START_TEST(its_outcome)
{
    struct subscription s;

    open_listing("listing-refer.md");
    ck_assert(is(header(0, "Date"), "Mon, 04 Sep 2023 09:50:43 GMT"));
    ck_assert(is(header(6, "Date"), "Mon, 04 Sep 2023 09:51:00 GMT"));
    ck_assert(is(header(7, "Date"), "Mon, 04 Sep 2023 09:51:00 GMT"));
    ck_assert_uint_eq(subscriptions_read(call, &s, 1), 1);
    ck_assert(s.by_refer);
    ck_assert_uint_eq(s.notifies, 0);
    ck_assert_uint_eq(a->findings.n, 1);
    ck_assert_str_eq(a->findings.v[0].rule, "transfer-outcome-unknown");
    ck_assert_str_eq(a->findings.v[0].text,
                     "The transfer to 10003@192.168.80.100 was accepted (202), but no NOTIFY said "
                     "what became of it.");
}
END_TEST

/* The offer is the called phone's; the answer's media are on another host than the
 * server, and video is refused on both sides. */
START_TEST(its_media)
{
    static struct sdp_session answer;
    struct negotiation n;
    struct agreed_media media;
    struct slice body;

    open_listing("listing-refer.md");
    ck_assert_uint_eq(negotiations_read(a->calls, call, &n, 1), 1);
    ck_assert_uint_eq(n.offer, 3);
    ck_assert_uint_eq(n.answer, 4);
    ck_assert(!n.by_caller);
    ck_assert(sip_body_find(parsed(4), SLICE("application/sdp"), &body));
    ck_assert(sdp_parse(&answer, body));
    ck_assert(is(answer.origin_address, "192.168.80.100"));
    ck_assert(is(answer.media[0].address, "192.168.80.12"));
    ck_assert_uint_eq(answer.media[0].port, 4070);
    ck_assert_uint_eq(answer.media[0].rtcp_port, 4071);
    ck_assert_uint_eq(answer.media[1].port, 0);
    ck_assert_uint_eq(answer.media[1].format_count, 4);
    ck_assert_uint_eq(answer.media[1].direction, SDP_INACTIVE);
    ck_assert(negotiation_media(described(3), &answer, 0, &media));
    ck_assert_uint_eq(sdp.media[0].rtcp_port, 4029);
    ck_assert(is(media.codec->codec, "PCMU"));
    ck_assert(is(media.formats[1]->fmtp, "0-15"));
    ck_assert(is(sdp.media[0].formats[2].fmtp, "0-16"));
    ck_assert(negotiation_media(&sdp, &answer, 1, &media));
    ck_assert(media.refused);
}
END_TEST

START_TEST(its_headers)
{
    open_listing("listing-refer.md");
    ck_assert(is(header(0, "Session-ID"),
                 "87881cd24ddf6a92abd7cfe7eab22129;remote=00000000000000000000000000000000"));
    ck_assert(is(header(4, "Session-ID"),
                 "87881cd24ddf6a92abd7cfe7eab22129;remote=a3a189dd08a5f9750c5045c3eaa22130"));
    ck_assert(slice_eq(header(7, "Session-ID"), header(4, "Session-ID")));
    ck_assert(is(header(0, "Remote-Party-ID"),
                 "<sip:192.168.80.100>;party=calling;screen=yes;privacy=off"));
    ck_assert(is(header(0, "Alert-Info"), "<file://Bellcore-dr2/>"));
    ck_assert(is(header(0, "Send-Info"), "conference, x-cisco-conference"));
    ck_assert(is(header(0, "Expires"), "180"));
    ck_assert(is(header(0, "Min-SE"), "1800"));
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
    ck_assert_uint_eq(a->findings.n, 1);
    ck_assert_str_eq(a->findings.v[0].rule, "request-unanswered");
    ck_assert_int_eq(a->findings.v[0].severity, FINDING_ERROR);
    ck_assert_str_eq(a->findings.v[0].text,
                     "The INVITE was sent again: 192.168.80.254 received it 2 times and did not "
                     "answer, not even with 100 Trying; a gateway most often has no dial-peer or "
                     "route for such a call: look at the configuration of the called side.");
    ck_assert_str_eq(a->findings.v[0].reference, "RFC 3261 §17.2.1");
    ck_assert_uint_eq(a->findings.v[0].message, 0);
    ck_assert_uint_eq(call->messages.v[0].cseq, 13513);
    ck_assert_uint_eq(parsed(0)->body.n, 346);
    ck_assert_uint_eq(parsed(1)->body.n, 346);
    expect_path(0, "192.168.71.146:50555", "192.168.80.254:5060");
    /* public in From, behind it two addresses of the phone */
    ck_assert(is(call->from.host, "31.145.1.90"));
    ck_assert(is(msg.sent_by, "192.168.71.146:50555"));
    ck_assert(is(header(0, "Contact"), "<sip:192.168.80.11:50555;ob>"));
    ck_assert(is(msg.branch, "z9hG4bKPj4c1fe50f616945f5b4b9c4a4103efcec"));
    ck_assert_uint_eq(call->transactions.n, 1);
    ck_assert_uint_eq(call->transactions.v[0].retransmissions, 1);
    ck_assert_uint_eq(call->transactions.v[0].status, 0);
    ck_assert_uint_eq(lines_of_body(0), 16);
    ck_assert_uint_eq(described(0)->media[0].port, 4022);
    ck_assert_uint_eq(sdp.media[0].rtcp_port, 4023);
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
    TCase *tcase = tcase_create("listings");

    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, a_whole_call);
    tcase_add_test(tcase, its_transactions);
    tcase_add_test(tcase, its_dialog);
    tcase_add_test(tcase, its_addresses);
    tcase_add_test(tcase, its_session_timer);
    tcase_add_test(tcase, its_negotiation);
    tcase_add_test(tcase, its_offer_and_answer);
    tcase_add_test(tcase, a_message_glued_to_its_answer);
    tcase_add_test(tcase, options);
    tcase_add_test(tcase, a_registration_with_digest);
    tcase_add_test(tcase, its_digest);
    tcase_add_test(tcase, its_binding);
    tcase_add_test(tcase, a_transfer);
    tcase_add_test(tcase, its_outcome);
    tcase_add_test(tcase, its_media);
    tcase_add_test(tcase, its_headers);
    tcase_add_test(tcase, debug_output);
    tcase_add_test(tcase, messages_that_the_log_cut);
    return run_suite("listings", tcase);
}
