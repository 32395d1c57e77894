/* WebSocket: handshake, masks, fragments, control frames, missing octets. */
#include "net/websocket.h"

#include "frame.h"
#include "support/suite.h"

static const char *const request = "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                                   "Connection: Upgrade\r\nSec-WebSocket-Protocol: sip\r\n\r\n";
static const char *const answer = "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\n"
                                  "Connection: Upgrade\r\n\r\n";

static struct {
    char text[4096]; /* all messages, each with '|' behind it */
    size_t n;
    uint8_t transport;
} heard;

static struct websocket *ws;
static size_t octets;
static uint8_t stream[400000]; /* what was sent and not yet taken */
static size_t waiting;

static void on_datagram(void *ctx, const struct datagram *d)
{
    (void)ctx;
    ck_assert_uint_lt(heard.n + d->caplen + 2, sizeof heard.text);
    memcpy(heard.text + heard.n, d->data, d->caplen);
    heard.n += d->caplen;
    heard.text[heard.n++] = '|';
    heard.text[heard.n] = 0;
    heard.transport = d->transport;
}

static void set_up(void)
{
    memset(&heard, 0, sizeof heard);
    octets = waiting = 0;
    ws = websocket_new(&octets);
    ck_assert_ptr_nonnull(ws);
}

static void tear_down(void)
{
    websocket_free(ws);
    ck_assert_uint_eq(octets, 0);
}

static void run(size_t n, bool last)
{
    struct net_sink sink = {.datagram = on_datagram};
    struct packet packet = {.frame = 1};
    uint8_t *block = malloc(n ? n : 1);
    struct datagram d = {.packet = &packet,
                         .data = block,
                         .caplen = (uint32_t)n,
                         .len = (uint32_t)n,
                         .transport = NET_TCP};
    size_t done;

    memcpy(block, stream, n);
    done = websocket_run(ws, 0, &d, last, &sink);
    free(block);
    ck_assert_uint_le(done, n);
    if (last)
        done = n;
    memmove(stream, stream + done, waiting - done);
    waiting -= done;
}

static void add(const void *data, size_t n)
{
    ck_assert_uint_le(waiting + n, sizeof stream);
    memcpy(stream + waiting, data, n);
    waiting += n;
}

static void frame(unsigned first, const char *mask, const char *text)
{
    size_t n = strlen(text);
    uint8_t head[8] = {(uint8_t)first, (uint8_t)((mask ? 0x80 : 0) | (n < 126 ? n : 126))};

    put16(head + 2, (unsigned)n);
    add(head, n < 126 ? 2 : 4);
    if (mask)
        add(mask, 4);
    for (size_t i = 0; i < n; i++) {
        char c = (char)(text[i] ^ (mask ? mask[i % 4] : 0));

        add(&c, 1);
    }
}

START_TEST(handshake)
{
    ck_assert_int_eq(websocket_opening((const uint8_t *)request, strlen(request)), WEBSOCKET_YES);
    ck_assert_int_eq(websocket_opening((const uint8_t *)answer, strlen(answer)), WEBSOCKET_YES);
    ck_assert_int_eq(websocket_opening((const uint8_t *)request, 40), WEBSOCKET_MORE);
    ck_assert_int_eq(websocket_opening((const uint8_t *)"GET / HTTP/1.1\r\n\r\n", 18),
                     WEBSOCKET_NO);
    ck_assert_int_eq(websocket_opening((const uint8_t *)"INVITE sip:", 11), WEBSOCKET_NO);
    ck_assert_int_eq(websocket_opening((const uint8_t *)"\r\n\r\n", 4), WEBSOCKET_NO);
    ck_assert_int_eq(websocket_opening((const uint8_t *)"", 0), WEBSOCKET_NO);
    add(request, strlen(request));
    frame(0x81, NULL, "hello");
    run(waiting, false);
    ck_assert_str_eq(heard.text, "hello|");
    ck_assert_int_eq(heard.transport, NET_WS);
    ck_assert_uint_eq(waiting, 0);
}
END_TEST

START_TEST(endless_handshake)
{
    static uint8_t head[20000] = "GET /";

    memset(head + 5, 'x', sizeof head - 5);
    ck_assert_int_eq(websocket_opening(head, sizeof head), WEBSOCKET_NO);
    add(head, sizeof head);
    run(waiting, false);
    ck_assert_uint_eq(waiting, 0);
}
END_TEST

START_TEST(frames)
{
    frame(0x81, "\1\2\3\4", "masked");
    frame(0x89, NULL, "ping");
    frame(0x82, NULL, "binary");
    frame(0x8a, "\1\2\3\4", "pong");
    frame(0x81, NULL, "");
    frame(0x88, NULL, "bye");
    run(waiting, false);
    ck_assert_str_eq(heard.text, "masked|binary||");
}
END_TEST

START_TEST(fragments)
{
    frame(0x01, "abcd", "one ");
    frame(0x89, NULL, "ping between");
    frame(0x00, NULL, "two ");
    run(waiting, false);
    ck_assert_str_eq(heard.text, "");
    ck_assert_uint_gt(octets, 0);
    frame(0x80, "wxyz", "three");
    frame(0x80, NULL, "a continuation of nothing");
    frame(0x81, NULL, "next");
    run(waiting, false);
    ck_assert_str_eq(heard.text, "one two three|next|");
    ck_assert_uint_eq(octets, 0);
}
END_TEST

/* However the stream is cut into runs, the messages are the same. */
START_TEST(octet_by_octet)
{
    char text[301];
    char expected[400];
    size_t n, seen = 0;

    memset(text, 'x', 300);
    text[300] = 0;
    snprintf(expected, sizeof expected, "first|%s|last|", text);
    add(answer, strlen(answer));
    frame(0x81, NULL, "first");
    frame(0x81, "\1\2\3\4", text);
    frame(0x81, "\1\2\3\4", "last");
    n = waiting;
    for (size_t sent = 1; sent <= n; sent++) {
        size_t before = waiting;

        seen++;
        run(seen, false);
        seen -= before - waiting;
    }
    ck_assert_uint_eq(waiting, 0);
    ck_assert_str_eq(heard.text, expected);
}
END_TEST

START_TEST(compressed)
{
    frame(0xc1, NULL, "deflated");
    frame(0x81, NULL, "plain");
    frame(0x41, NULL, "deflated in");
    frame(0x80, NULL, "two frames");
    frame(0x81, NULL, "plain again");
    run(waiting, false);
    ck_assert_str_eq(heard.text, "plain|plain again|");
}
END_TEST

START_TEST(huge_frames_are_passed_over)
{
    uint8_t head[10] = {0x82, 127, 0, 0, 0, 0, 0, 4, 0, 0}; /* 262144 octets */

    add(head, 10);
    memset(stream + waiting, 0x81, 262144);
    waiting += 262144;
    frame(0x81, NULL, "after");
    while (waiting) {
        size_t before = waiting;

        run(waiting < 1000 ? waiting : 1000, false);
        ck_assert_uint_lt(waiting, before);
    }
    ck_assert_str_eq(heard.text, "after|");
    ck_assert_uint_eq(octets, 0);
}
END_TEST

START_TEST(missing_octets)
{
    frame(0x81, NULL, "first message");
    frame(0x01, NULL, "begun");
    run(waiting, false);
    run(0, true); /* octets are missing here */
    ck_assert_uint_eq(octets, 0);
    add("rest of some frame", 18);
    run(waiting, false);
    ck_assert_uint_eq(waiting, 0);
    frame(0x81, "\1\2\3\4", "second message");
    run(waiting, false);
    frame(0x81, NULL, "3");
    run(waiting, false);
    ck_assert_str_eq(heard.text, "first message|second message|3|");
}
END_TEST

START_TEST(malformed)
{
    static const uint8_t bad[][10] = {
        {0xb1, 5}, /* a reserved bit */
        {0x83, 5},
        {0x8b, 5},           /* reserved kinds */
        {0x09, 5},           /* a control frame in pieces */
        {0x89, 126, 0, 200}, /* a long one */
        {0x81, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        add(bad[i], 10);
        run(waiting, false);
        ck_assert_uint_eq(waiting, 0);
        frame(0x81, NULL, "message again");
        run(waiting, false);
    }
    ck_assert_str_eq(heard.text, "message again|message again|message again|message again|"
                                 "message again|message again|");
}
END_TEST

/* The handshake was not captured. */
START_TEST(begins_within)
{
    frame(0x81, "\1\2\3\4", "OPTIONS sip:bob SIP/2.0");
    ck_assert_int_eq(websocket_opening(stream, waiting), WEBSOCKET_YES);
    ck_assert_int_eq(websocket_opening(stream, waiting - 1), WEBSOCKET_NO);
    frame(0x8a, NULL, "");
    ck_assert_int_eq(websocket_opening(stream, waiting), WEBSOCKET_YES);
    add("x", 1);
    waiting = 0;
    frame(0x81, NULL, "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17");
    ck_assert_int_eq(websocket_opening(stream, waiting), WEBSOCKET_NO);
    waiting = 0;
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("websocket");
    const TTest *const tests[] = {
        handshake,      endless_handshake, frames,    fragments,
        octet_by_octet, compressed,        malformed, huge_frames_are_passed_over,
        missing_octets, begins_within};

    tcase_add_checked_fixture(t, set_up, tear_down);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(t, tests[i]);
    return run_suite("websocket", t);
}
