/* Offers and answers: which messages hold them, and what they agree. */
#include "feed.h"

#include "call/negotiation.h"

static struct feed f;
static struct negotiation v[8];
static size_t count;

static void setup(void)
{
    feed_open(&f);
}

static void teardown(void)
{
    feed_close(&f);
}

#define A SDP_TEXT("10.0.0.1", "4000", "sendrecv")
#define B SDP_TEXT("10.0.0.2", "5000", "sendrecv")
#define NONE CALL_NONE

static void read_all(size_t expected)
{
    count = negotiations_read(f.table, call_at(f.table, 0), v, 8);
    ck_assert_uint_eq(count, expected);
}

static void is(size_t i, uint32_t offer, uint32_t answer, enum negotiation_state state)
{
    ck_assert_uint_eq(v[i].offer, offer);
    ck_assert_uint_eq(v[i].answer, answer);
    ck_assert_uint_eq(v[i].state, state);
}

START_TEST(early_offer)
{
    SAY(&f, .line = INVITE_LINE, .sdp = A);
    ANSWER(&f, .line = "SIP/2.0 180 Ringing", .to_tag = "b");
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b", .sdp = B);
    read_all(1);
    is(0, 0, 2, NEGOTIATION_AGREED);
    ck_assert(v[0].by_caller);
    ck_assert_uint_eq(v[0].early_answer, NONE);
}
END_TEST

/* RFC 3261 §13.2.1: an unreliable provisional response only previews. */
START_TEST(early_media)
{
    SAY(&f, .line = INVITE_LINE, .sdp = A);
    ANSWER(&f, .line = "SIP/2.0 183 Session Progress", .to_tag = "b", .sdp = B);
    read_all(1);
    is(0, 0, NONE, NEGOTIATION_EARLY);
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b", .sdp = B);
    read_all(1);
    is(0, 0, 2, NEGOTIATION_AGREED);
    ck_assert_uint_eq(v[0].early_answer, 1);
}
END_TEST

START_TEST(delayed_offer)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b", .sdp = B);
    SAY(&f, .line = "ACK sip:b SIP/2.0", .branch = "z9hG4bK2", .to_tag = "b", .cseq = "1 ACK",
        .sdp = A);
    read_all(1);
    is(0, 1, 2, NEGOTIATION_AGREED);
    ck_assert(!v[0].by_caller);
}
END_TEST

#define PRACK \
    .line = "PRACK sip:b SIP/2.0", .branch = "z9hG4bKp", .to_tag = "b", .cseq = "2 PRACK", \
    .extra = "RAck: 1 1 INVITE\r\n"
#define RELIABLE \
    .line = "SIP/2.0 183 Session Progress", .to_tag = "b", \
    .extra = "Require: 100rel\r\nRSeq: 1\r\n"

/* RFC 6337 §2.2, pattern 5: offer in the 183, answer in the PRACK. */
START_TEST(answer_in_prack)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, RELIABLE, .sdp = B);
    SAY(&f, PRACK, .sdp = A);
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b");
    read_all(1);
    is(0, 1, 2, NEGOTIATION_AGREED);
    ck_assert(!v[0].by_caller);
}
END_TEST

/* A reliable 183 answers; the PRACK then makes another offer. */
START_TEST(offer_in_prack)
{
    SAY(&f, .line = INVITE_LINE, .sdp = A);
    ANSWER(&f, RELIABLE, .sdp = B);
    SAY(&f, PRACK, .sdp = A);
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b", .branch = "z9hG4bKp", .cseq = "2 PRACK",
           .sdp = B);
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b");
    read_all(2);
    is(0, 0, 1, NEGOTIATION_AGREED);
    is(1, 2, 3, NEGOTIATION_AGREED);
}
END_TEST

START_TEST(update_by_the_callee)
{
    SAY(&f, .line = INVITE_LINE, .sdp = A);
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b", .sdp = B);
    SAY(&f, .src = "10.0.0.2", .dst = "10.0.0.1", .line = "UPDATE sip:a SIP/2.0",
        .branch = "z9hG4bKu", .from_tag = "b", .to_tag = "a", .cseq = "1 UPDATE", .sdp = B);
    SAY(&f, .line = "SIP/2.0 200 OK", .via = "10.0.0.2", .branch = "z9hG4bKu", .from_tag = "b",
        .to_tag = "a", .cseq = "1 UPDATE", .sdp = A);
    read_all(2);
    is(1, 2, 3, NEGOTIATION_AGREED);
    ck_assert(!v[1].by_caller);
}
END_TEST

START_TEST(refused)
{
    SAY(&f, .line = INVITE_LINE, .sdp = A);
    ANSWER(&f, .line = "SIP/2.0 488 Not Acceptable Here", .to_tag = "b");
    read_all(1);
    is(0, 0, NONE, NEGOTIATION_REFUSED);
    ck_assert_uint_eq(v[0].status, 488);
}
END_TEST

/* Two branches of a fork answer one offer. */
START_TEST(forked)
{
    SAY(&f, .line = INVITE_LINE, .sdp = A);
    ANSWER(&f, .line = "SIP/2.0 183 Session Progress", .to_tag = "b", .sdp = B);
    ANSWER(&f, .line = "SIP/2.0 183 Session Progress", .to_tag = "c",
           .sdp = SDP_TEXT("10.0.0.3", "6000", "sendrecv"));
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "c",
           .sdp = SDP_TEXT("10.0.0.3", "6000", "sendrecv"));
    read_all(2);
    is(0, 0, NONE, NEGOTIATION_EARLY);
    is(1, 0, 3, NEGOTIATION_AGREED);
    ck_assert_uint_eq(v[0].dialog, 0);
    ck_assert_uint_eq(v[1].dialog, 1);
}
END_TEST

static struct sdp_session offer, answer;
static struct agreed_media m;

static bool agree(const char *one, const char *two, unsigned n)
{
    ck_assert(sdp_parse(&offer, slice_str(one)));
    ck_assert(sdp_parse(&answer, slice_str(two)));
    return negotiation_media(&offer, &answer, n, &m);
}

#define HEAD "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"

/* The answer's order counts; numbers may differ (RFC 3264 §6.1). */
START_TEST(codec)
{
    ck_assert(agree(HEAD "m=audio 4000 RTP/AVP 0 8 97 101\r\na=rtpmap:97 opus/48000/2\r\n"
                         "a=rtpmap:101 telephone-event/8000\r\n",
                    HEAD "m=audio 5000 RTP/AVP 102 111 8 18\r\na=rtpmap:111 opus/48000/2\r\n"
                         "a=rtpmap:102 telephone-event/8000\r\n", 0));
    ck_assert(slice_eq(m.codec->codec, SLICE("opus")));
    ck_assert_uint_eq(m.format_count, 3);
    ck_assert(slice_eq(m.formats[2]->codec, SLICE("PCMA")));
    ck_assert_int_eq(m.flow, FLOW_BOTH);
    ck_assert(!agree(HEAD "m=audio 4000 RTP/AVP 0\r\n", HEAD "m=audio 5000 RTP/AVP 0\r\n", 1));
}
END_TEST

START_TEST(directions)
{
    static const struct {
        const char *offered, *answered;
        enum media_flow flow;
    } cases[] = {
        {"sendrecv", "sendrecv", FLOW_BOTH},        {"sendonly", "recvonly", FLOW_TO_ANSWERER},
        {"recvonly", "sendonly", FLOW_TO_OFFERER},  {"sendonly", "inactive", FLOW_NONE},
        {"sendrecv", "recvonly", FLOW_TO_ANSWERER}, {"inactive", "inactive", FLOW_NONE},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char one[256], two[256];

        snprintf(one, sizeof one, HEAD "m=audio 4000 RTP/AVP 0\r\na=%s\r\n", cases[i].offered);
        snprintf(two, sizeof two, HEAD "m=audio 5000 RTP/AVP 0\r\na=%s\r\n", cases[i].answered);
        ck_assert(agree(one, two, 0));
        ck_assert_int_eq(m.flow, cases[i].flow);
    }
    agree(HEAD "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n", HEAD "m=audio 5 RTP/AVP 0\r\n", 0);
    ck_assert_int_eq(m.flow, FLOW_TO_ANSWERER);
}
END_TEST

START_TEST(refused_section)
{
    ck_assert(agree(HEAD "m=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 31\r\n",
                    HEAD "m=audio 5000 RTP/AVP 0\r\nm=video 0 RTP/AVP 31\r\n", 1));
    ck_assert(m.refused);
    ck_assert_int_eq(m.flow, FLOW_NONE);
    agree(HEAD "m=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 31\r\n",
          HEAD "m=audio 5000 RTP/AVP 0\r\n", 1);
    ck_assert(m.refused);
    ck_assert_ptr_null(m.answer);
}
END_TEST

#define WEB(setup) \
    HEAD "a=group:BUNDLE 0 1\r\na=fingerprint:sha-256 AA:BB\r\na=setup:" setup "\r\n" \
    "m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=rtcp-mux\r\n" \
    "a=candidate:1 1 UDP 1 10.0.0.1 4000 typ host\r\n"

START_TEST(web)
{
    agree(WEB("actpass"), WEB("active"), 0);
    ck_assert(m.dtls);
    ck_assert(m.answerer_starts);
    ck_assert(m.bundled);
    ck_assert(m.rtcp_mux);
    ck_assert(m.ice);
    agree(WEB("actpass"), HEAD "m=audio 4000 RTP/AVP 0\r\na=mid:0\r\n", 0);
    ck_assert(!m.dtls && !m.bundled && !m.rtcp_mux && !m.ice);
}
END_TEST

START_TEST(sdes)
{
    agree(HEAD "m=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n",
          HEAD "m=audio 5000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:y\r\n", 0);
    ck_assert(slice_eq(m.suite, SLICE("AES_CM_128_HMAC_SHA1_80")));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("negotiation");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, early_offer);
    tcase_add_test(t, early_media);
    tcase_add_test(t, delayed_offer);
    tcase_add_test(t, answer_in_prack);
    tcase_add_test(t, offer_in_prack);
    tcase_add_test(t, update_by_the_callee);
    tcase_add_test(t, refused);
    tcase_add_test(t, forked);
    tcase_add_test(t, codec);
    tcase_add_test(t, directions);
    tcase_add_test(t, refused_section);
    tcase_add_test(t, web);
    tcase_add_test(t, sdes);
    return run_suite("negotiation", t);
}
