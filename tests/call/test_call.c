/* What a message is noted for while it is taken in. */
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

static bool tells(const char *src, const char *sent_by)
{
    struct message *m = SAY(&f, .src = src, .line = INVITE_LINE, .via = sent_by);

    return m->flags & MESSAGE_TELLS_ADDRESS;
}

/* Each request is judged by its own sent-by, whatever was met on its path before. */
START_TEST(requests_that_name_another_address)
{
    ck_assert(!tells("10.0.0.1", "10.0.0.1"));
    ck_assert(tells("10.0.0.1", "192.0.2.1:5060"));
    ck_assert(!tells("10.0.0.1", "10.0.0.1"));
    ck_assert(tells("10.0.0.1", "192.0.2.1:5060"));
    ck_assert(!tells("10.0.0.1", "10.0.0.1:5080"));
    ck_assert(!tells("10.0.0.1", "alice.example.com"));
    ck_assert(!tells("10.0.0.1", "Alice.Example.COM"));
    ck_assert(tells("10.0.0.1", "10.0.0.10"));
    ck_assert(tells("10.0.0.3", "10.0.0.1"));
    ck_assert(!tells("10.0.0.3", "10.0.0.3"));
    ck_assert(!tells("2001:db8::1", "[2001:db8::1]"));
    ck_assert(!tells("2001:db8::1", "[2001:DB8::1]"));
    ck_assert(tells("2001:db8::1", "[2001:db8::2]"));
}
END_TEST

static bool answer_tells(const char *sent_by, const char *params)
{
    char branch[64];
    struct message *m;

    snprintf(branch, sizeof branch, "z9hG4bK1%s", params);
    m = SAY(&f, .src = "10.0.0.2", .dst = "10.0.0.1", .line = "SIP/2.0 200 OK", .via = sent_by,
            .branch = branch);
    return m->flags & MESSAGE_TELLS_ADDRESS;
}

START_TEST(responses_that_name_another_address)
{
    struct message *m;

    SAY(&f, .line = INVITE_LINE);
    m = ANSWER(&f, .line = "SIP/2.0 180 Ringing");
    ck_assert(!(m->flags & MESSAGE_TELLS_ADDRESS));
    m = ANSWER(&f, .line = "SIP/2.0 200 OK", .branch = "z9hG4bK1;received=192.0.2.1");
    ck_assert(m->flags & MESSAGE_TELLS_ADDRESS);
    ck_assert(answer_tells("10.0.0.1", ";received=192.0.2.1;rport=9"));
    ck_assert(!answer_tells("10.0.0.1", ";received=10.0.0.1"));
    ck_assert(!answer_tells("10.0.0.1:5070", ";rport=5060;received=10.0.0.1"));
    ck_assert(!answer_tells("10.0.0.1", ";rport=6000"));
    ck_assert(!answer_tells("alice.example.com", ";rport=6000"));
    ck_assert(answer_tells("10.0.0.10", ";received=10.0.0.1"));
    ck_assert(answer_tells("10.0.0.10", ";received=10.0.0.10"));
    ck_assert(answer_tells("192.0.2.7", ";rport=6000"));
    ck_assert(answer_tells("10.0.0.1", ";received=10.0.0.1;received=10.0.0.2"));
    /* of no ordinary form: may be anything */
    ck_assert(answer_tells("[10.0.0.1]", ";received=[10.0.0.1]"));
    ck_assert(answer_tells("10.0.0.1", " ;received = 10.0.0.1"));
}
END_TEST

static bool private_media(const char *sdp)
{
    static unsigned calls;
    char id[16];

    snprintf(id, sizeof id, "%u", calls++);
    SAY(&f, .line = INVITE_LINE, .call_id = id, .sdp = sdp);
    return call_at(f.table, f.call)->flags & CALL_TELLS_PRIVATE;
}

/* In any section that is not refused. */
START_TEST(descriptions_of_private_addresses)
{
    ck_assert(private_media(SDP_TEXT("192.168.0.9", "4000", "sendrecv")));
    ck_assert(private_media(SDP_TEXT("192.0.2.9", "4000", "sendrecv")
                            "m=video 4002 RTP/AVP 31\r\nc=IN IP4 10.1.2.3\r\n"));
    ck_assert(!private_media(SDP_TEXT("192.0.2.9", "4000", "sendrecv")
                             "m=video 0 RTP/AVP 31\r\nc=IN IP4 10.1.2.3\r\n"));
    ck_assert(!private_media(SDP_TEXT("192.0.2.9", "4000", "sendrecv")));
    ck_assert(!private_media(SDP_TEXT("alice.example.com", "4000", "sendrecv")));
    ck_assert(!private_media(NULL));
}
END_TEST

/* Header lines are found as they stand; the body has none. */
START_TEST(header_lines)
{
    struct message *m = SAY(&f, .line = INVITE_LINE,
                            .extra = "X:1\r\nUSER-AGENT:  one \r\nUser-Agent: two\r\nEmpty:\r\n",
                            .body = "Server: none\r\n");

    ck_assert(slice_eq(message_header(m, SLICE("User-Agent")), SLICE("one")));
    ck_assert(slice_eq(message_header(m, SLICE("cseq")), SLICE("1 INVITE")));
    ck_assert_uint_eq(message_header(m, SLICE("Empty")).n, 0);
    ck_assert_uint_eq(message_header(m, SLICE("User")).n, 0);
    ck_assert_uint_eq(message_header(m, SLICE("Server")).n, 0);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("call");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, requests_that_name_another_address);
    tcase_add_test(t, responses_that_name_another_address);
    tcase_add_test(t, descriptions_of_private_addresses);
    tcase_add_test(t, header_lines);
    return run_suite("call", t);
}
