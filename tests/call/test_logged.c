/* Addresses that logs do not say, and messages that two logs tell. */
#include "base/time.h"
#include "feed.h"

static struct feed f;
static uint32_t file; /* the log that tells */

static void setup(void)
{
    feed_open(&f);
    file = 0;
}

static void teardown(void)
{
    feed_close(&f);
}

struct told {
    enum net_logged logged;
    const char *src, *dst; /* "192.0.2.1"; NULL: not said */
    const char *line;      /* start line */
    const char *via;       /* the Via lines' values, one or "a\r\nVia: b" */
    const char *cseq;      /* "1 INVITE" */
    const char *extra;     /* further header lines */
    int64_t time;          /* 0: unknown */
};

static void tell(struct told t)
{
    static struct sip_msg msg;
    char text[4096];
    struct packet packet = {
        .time = t.time ? t.time : TIME_UNKNOWN, .frame = ++f.frame, .file = file};
    struct datagram d = {.packet = &packet, .transport = NET_LOG, .logged = (uint8_t)t.logged};
    int n = snprintf(text, sizeof text,
                     "%s\r\nVia: SIP/2.0/UDP %s\r\nFrom: <sip:a@x>;tag=a\r\nTo: <sip:b@x>%s\r\n"
                     "Call-ID: call\r\nCSeq: %s\r\n%sContent-Length: 0\r\n\r\n",
                     t.line, t.via, strncmp(t.line, "INVITE", 6) ? ";tag=b" : "",
                     t.cseq ? t.cseq : "1 INVITE", t.extra ? t.extra : "");

    ck_assert_int_lt(n, (int)sizeof text);
    if (t.src)
        d.src = feed_addr(t.src, 5060);
    if (t.dst)
        d.dst = feed_addr(t.dst, 5060);
    d.data = (const uint8_t *)text;
    d.caplen = d.len = (uint32_t)n;
    ck_assert(sip_parse(&msg, text, (size_t)n, (size_t)n));
    f.call = call_add(f.table, &msg, &d, &f.index);
    ck_assert_uint_ne(f.call, CALL_NONE);
}
#define TELL(...) tell((struct told){__VA_ARGS__})

static struct call *finish(void)
{
    ck_assert_int_eq(call_finish(f.table, TIME_UNKNOWN), 0);
    return call_at(f.table, 0);
}

static void expect(uint32_t message, const char *src, const char *dst)
{
    const struct call *call = call_at(f.table, 0);
    const struct path *p = call_path(f.table, call->messages.v[message].path);
    char text[ADDR_TEXT];

    ck_assert_str_eq(addr_text(&p->src, text), src);
    ck_assert_str_eq(addr_text(&p->dst, text), dst);
}

#define INVITE(uri) "INVITE " uri " SIP/2.0"
#define VIA_A       "192.0.2.1;branch=z9hG4bK1"

START_TEST(from_via_and_request_uri)
{
    TELL(.logged = NET_LOGGED, .line = INVITE("sip:b@192.0.2.2:5070"), .via = VIA_A);
    TELL(.logged = NET_LOGGED, .line = "SIP/2.0 200 OK", .via = VIA_A);
    finish();
    expect(0, "192.0.2.1:5060", "192.0.2.2:5070");
    expect(1, "192.0.2.2:5070", "192.0.2.1:5060");
}
END_TEST

START_TEST(names_stay_unknown)
{
    TELL(.logged = NET_LOGGED, .line = INVITE("sip:b@b.example.net"),
         .via = "a.example.net;branch=z9hG4bK1");
    TELL(.logged = NET_LOGGED, .line = "SIP/2.0 200 OK", .via = "a.example.net;branch=z9hG4bK1");
    ck_assert_uint_eq(finish()->state, CALL_ESTABLISHED);
    expect(0, "-", "-");
    expect(1, "-", "-");
}
END_TEST

/* Behind a NAT, the Via of all its requests is what received says of one. */
START_TEST(received_and_rport)
{
    TELL(.logged = NET_LOGGED, .line = INVITE("sip:192.0.2.2"),
         .via = "10.0.0.1:7;rport;branch=z9hG4bK1");
    TELL(.logged = NET_LOGGED, .line = "SIP/2.0 200 OK",
         .via = "10.0.0.1:7;rport=9;received=192.0.2.9;branch=z9hG4bK1");
    TELL(.logged = NET_LOGGED, .line = "ACK sip:192.0.2.2 SIP/2.0", .cseq = "1 ACK",
         .via = "10.0.0.1:7;rport;branch=z9hG4bK2");
    finish();
    expect(0, "192.0.2.9:9", "192.0.2.2:5060");
    expect(1, "192.0.2.2:5060", "192.0.2.9:9");
    expect(2, "192.0.2.9:9", "192.0.2.2:5060");
}
END_TEST

/* Who wrote the log sent it from where its own Via says. */
START_TEST(own_address_of_a_sender)
{
    TELL(.logged = NET_LOGGED_SENT, .line = INVITE("sip:192.0.2.2"),
         .via = "10.0.0.1:7;rport;branch=z9hG4bK1");
    TELL(.logged = NET_LOGGED_RECEIVED, .line = "SIP/2.0 200 OK",
         .via = "10.0.0.1:7;rport=9;received=192.0.2.9;branch=z9hG4bK1");
    finish();
    expect(0, "10.0.0.1:7", "192.0.2.2:5060");
    expect(1, "192.0.2.2:5060", "10.0.0.1:7");
}
END_TEST

/* A proxy's log: what it received came to the address that it sends from, not
 * to the one that the Request-URI names. */
START_TEST(own_address_of_a_receiver)
{
    TELL(.logged = NET_LOGGED_RECEIVED, .line = INVITE("sip:b@192.0.2.2"), .via = VIA_A);
    TELL(.logged = NET_LOGGED_SENT, .line = INVITE("sip:b@192.0.2.2"),
         .via = "192.0.2.5;branch=z9hG4bK5\r\nVia: SIP/2.0/UDP " VIA_A);
    TELL(.logged = NET_LOGGED_RECEIVED, .line = "SIP/2.0 200 OK",
         .via = "192.0.2.5;branch=z9hG4bK5\r\nVia: SIP/2.0/UDP " VIA_A);
    TELL(.logged = NET_LOGGED_SENT, .line = "SIP/2.0 200 OK", .via = VIA_A);
    finish();
    expect(0, "192.0.2.1:5060", "192.0.2.5:5060");
    expect(1, "192.0.2.5:5060", "192.0.2.2:5060");
    expect(2, "192.0.2.2:5060", "192.0.2.5:5060");
    expect(3, "192.0.2.5:5060", "192.0.2.1:5060");
}
END_TEST

START_TEST(next_hop_is_the_loose_route)
{
    TELL(.logged = NET_LOGGED, .line = INVITE("sip:b@192.0.2.2"), .via = VIA_A,
         .extra = "Route: <sip:192.0.2.5;lr>, <sip:192.0.2.6;lr>\r\n");
    finish();
    expect(0, "192.0.2.1:5060", "192.0.2.5:5060");
}
END_TEST

START_TEST(next_hop_is_the_strict_router)
{
    TELL(.logged = NET_LOGGED, .line = INVITE("sip:192.0.2.6"), .via = VIA_A,
         .extra = "Route: <sip:192.0.2.5>\r\n");
    finish();
    expect(0, "192.0.2.1:5060", "192.0.2.6:5060");
}
END_TEST

START_TEST(contact_at_last)
{
    TELL(.logged = NET_LOGGED, .line = INVITE("sips:b@b.example.net"), .via = VIA_A);
    TELL(.logged = NET_LOGGED, .line = "SIP/2.0 200 OK", .via = VIA_A,
         .extra = "Contact: <sips:b@192.0.2.2>\r\n");
    finish();
    expect(1, "192.0.2.2:5061", "192.0.2.1:5060");
}
END_TEST

START_TEST(contact_behind_a_proxy_says_nothing)
{
    TELL(.logged = NET_LOGGED, .line = INVITE("sip:b@b.example.net"), .via = VIA_A);
    TELL(.logged = NET_LOGGED, .line = "SIP/2.0 200 OK", .via = VIA_A,
         .extra = "Contact: <sip:b@192.0.2.2>\r\nRecord-Route: <sip:p.example.net;lr>\r\n");
    finish();
    expect(1, "-", "192.0.2.1:5060");
}
END_TEST

START_TEST(what_the_log_says_is_kept)
{
    TELL(.logged = NET_LOGGED_RECEIVED, .src = "198.51.100.7", .line = INVITE("sip:b@192.0.2.2"),
         .via = VIA_A);
    TELL(.logged = NET_LOGGED_SENT, .dst = "198.51.100.7", .line = "SIP/2.0 200 OK", .via = VIA_A);
    finish();
    expect(0, "198.51.100.7:5060", "192.0.2.2:5060");
    expect(1, "192.0.2.2:5060", "198.51.100.7:5060");
}
END_TEST

/* What one log has as sent and another as received was sent once; the second
 * sending is a retransmission, though both logs have it. */
START_TEST(two_logs)
{
    const struct call *call;

    for (unsigned i = 0; i < 2; i++) {
        file = 0;
        TELL(.logged = NET_LOGGED_SENT, .dst = "192.0.2.2", .line = INVITE("sip:b@b.example.net"),
             .via = VIA_A, .time = TIME_OF_DAY + 1 + i);
        ck_assert_uint_eq(f.index, i);
        file = 1;
        TELL(.logged = NET_LOGGED_RECEIVED, .src = "192.0.2.1",
             .line = INVITE("sip:b@b.example.net"), .via = VIA_A, .time = TIME_OF_DAY + 5 + i);
        ck_assert_uint_eq(f.index, i);
    }
    call = finish();
    ck_assert_uint_eq(call->messages.n, 2);
    ck_assert_uint_eq(call->transactions.n, 1);
    ck_assert_uint_eq(call->messages.v[1].retransmission_of, 0);
    expect(0, "192.0.2.1:5060", "192.0.2.2:5060");
}
END_TEST

/* In one log, and twice in one direction, equal messages were sent again. */
START_TEST(no_copies)
{
    TELL(.logged = NET_LOGGED_SENT, .line = INVITE("sip:b@b"), .via = VIA_A, .time = 1);
    TELL(.logged = NET_LOGGED_SENT, .line = INVITE("sip:b@b"), .via = VIA_A, .time = 1);
    file = 1;
    TELL(.logged = NET_LOGGED_SENT, .line = INVITE("sip:b@b"), .via = VIA_A, .time = 2);
    ck_assert_uint_eq(finish()->messages.n, 3);
}
END_TEST

START_TEST(the_same_log_twice)
{
    TELL(.logged = NET_LOGGED_SENT, .line = INVITE("sip:b@b"), .via = VIA_A, .time = 1);
    file = 1;
    TELL(.logged = NET_LOGGED_SENT, .line = INVITE("sip:b@b"), .via = VIA_A, .time = 1);
    ck_assert_uint_eq(finish()->messages.n, 1);
}
END_TEST

START_TEST(a_log_and_a_capture)
{
    TELL(.logged = NET_NOT_LOGGED, .src = "192.0.2.1", .dst = "192.0.2.2",
         .line = INVITE("sip:b@b"), .via = VIA_A, .time = 1);
    TELL(.logged = NET_LOGGED_SENT, .line = INVITE("sip:b@b"), .via = VIA_A, .time = TIME_OF_DAY);
    ck_assert_uint_eq(finish()->messages.n, 1);
    expect(0, "192.0.2.1:5060", "192.0.2.2:5060");
}
END_TEST

/* Durations between unknown times are unknown, and nothing has timed out. */
START_TEST(no_times)
{
    const struct call *call;

    TELL(.logged = NET_LOGGED, .line = INVITE("sip:b@192.0.2.2"), .via = VIA_A);
    TELL(.logged = NET_LOGGED, .line = "SIP/2.0 180 Ringing", .via = VIA_A, .time = TIME_OF_DAY);
    TELL(.logged = NET_LOGGED, .line = "SIP/2.0 200 OK", .via = VIA_A);
    call = finish();
    ck_assert_uint_eq(call->state, CALL_ESTABLISHED);
    ck_assert_int_lt(call->delay, 0);
    ck_assert_int_lt(call->answer, 0);
    ck_assert_int_eq(call->start, TIME_OF_DAY);
    ck_assert_int_eq(call->end, TIME_OF_DAY);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("logged");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, from_via_and_request_uri);
    tcase_add_test(tcase, names_stay_unknown);
    tcase_add_test(tcase, received_and_rport);
    tcase_add_test(tcase, own_address_of_a_sender);
    tcase_add_test(tcase, own_address_of_a_receiver);
    tcase_add_test(tcase, next_hop_is_the_loose_route);
    tcase_add_test(tcase, next_hop_is_the_strict_router);
    tcase_add_test(tcase, contact_at_last);
    tcase_add_test(tcase, contact_behind_a_proxy_says_nothing);
    tcase_add_test(tcase, what_the_log_says_is_kept);
    tcase_add_test(tcase, two_logs);
    tcase_add_test(tcase, no_copies);
    tcase_add_test(tcase, the_same_log_twice);
    tcase_add_test(tcase, a_log_and_a_capture);
    tcase_add_test(tcase, no_times);
    return run_suite("logged", tcase);
}
