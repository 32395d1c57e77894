/* SCTP: messages in chunks, several in a packet, one in several, sent twice. */
#include "net/sctp.h"

#include "frame.h"
#include "support/suite.h"

enum { IP = 101, WHOLE = 3, FIRST = 2, MIDDLE = 0, LAST = 1 };

static struct frame f;
static struct sctp *sctp;

static struct {
    char text[70000]; /* all messages, each with '|' behind it */
    size_t n;
    uint32_t len;
    bool stable;
} heard;

static void on_datagram(void *ctx, const struct datagram *d)
{
    (void)ctx;
    ck_assert_int_eq(d->transport, NET_SCTP);
    ck_assert_uint_eq(d->src.port, 5060);
    memcpy(heard.text + heard.n, d->data, d->caplen);
    heard.n += d->caplen;
    heard.text[heard.n++] = '|';
    heard.text[heard.n] = 0;
    heard.len = d->len;
    heard.stable = d->stable;
}

static void set_up(void)
{
    memset(&heard, 0, sizeof heard);
    sctp = sctp_new();
    ck_assert_ptr_nonnull(sctp);
    frame_payload(&f, "", 0);
}

static void tear_down(void)
{
    sctp_free(sctp);
}

/* Puts a chunk behind those that the packet has. */
static void chunk(uint32_t tsn, unsigned flags, const char *text)
{
    uint8_t head[16] = {0, (uint8_t)flags};
    size_t n = strlen(text);

    put16(head + 2, (unsigned)n + 16);
    put32(head + 4, tsn);
    frame_back(&f, head, 16);
    frame_back(&f, text, n);
    frame_back(&f, "\0\0\0", (4 - n % 4) % 4);
}

/* Sends the packet, `cut` octets of it not captured, and begins another. */
static bool send_cut(uint32_t tag, size_t cut)
{
    struct net_sink sink = {.datagram = on_datagram};
    struct decoded decoded;
    struct packet packet;
    uint8_t *p = frame_front(&f, 12), *block;
    bool has_data;

    put16(p, 5060);
    put16(p + 2, 5070);
    put32(p + 4, tag);
    frame_ip4(&f, 132, "10.0.0.1", "10.0.0.2");
    packet = frame_packet(&f, IP);
    packet.caplen -= (uint32_t)cut;
    block = malloc(packet.caplen);
    memcpy(block, packet.data, packet.caplen);
    packet.data = block;
    net_decode(&packet, &decoded);
    ck_assert_int_eq(decoded.kind, DECODED_CHUNKS);
    has_data = sctp_packet(sctp, &decoded, &sink);
    free(block);
    frame_payload(&f, "", 0);
    return has_data;
}

static bool send_packet(uint32_t tag)
{
    return send_cut(tag, 0);
}

START_TEST(one_message)
{
    chunk(100, WHOLE, "hello");
    ck_assert(send_packet(7));
    ck_assert_str_eq(heard.text, "hello|");
    ck_assert(heard.stable);
}
END_TEST

START_TEST(several_in_a_packet)
{
    chunk(100, WHOLE, "one");
    frame_back(&f, "\3\0\0\20\0\0\0\1\0\1\0\0\0\0\0\0", 16); /* a SACK between them */
    chunk(101, WHOLE, "two");
    chunk(102, WHOLE, "three");
    ck_assert(send_packet(7));
    ck_assert_str_eq(heard.text, "one|two|three|");
}
END_TEST

START_TEST(without_data)
{
    frame_back(&f, "\4\0\0\10\0\1\0\4", 8); /* heartbeat */
    ck_assert(!send_packet(7));
    frame_back(&f, "\0\3\0\0", 4); /* a chunk of no length */
    ck_assert(!send_packet(7));
    frame_back(&f, "\0\3\0\10\0\0\0\1", 8); /* shorter than its head */
    ck_assert(!send_packet(7));
    ck_assert(!send_packet(7));
    ck_assert_str_eq(heard.text, "");
}
END_TEST

START_TEST(message_in_pieces)
{
    chunk(100, FIRST, "one ");
    send_packet(7);
    chunk(101, MIDDLE, "two ");
    send_packet(7);
    ck_assert_str_eq(heard.text, "");
    chunk(102, LAST, "three");
    chunk(103, WHOLE, "next");
    send_packet(7);
    ck_assert_str_eq(heard.text, "one two three|next|");
    ck_assert(heard.stable);
}
END_TEST

START_TEST(pieces_out_of_order)
{
    chunk(UINT32_MAX, FIRST, "a");
    chunk(4, LAST, "f");
    chunk(3, FIRST, "e");
    send_packet(7);
    ck_assert_str_eq(heard.text, "ef|");
    chunk(2, LAST, "d");
    chunk(1, MIDDLE, "c");
    send_packet(7);
    ck_assert_str_eq(heard.text, "ef|");
    chunk(0, MIDDLE, "b");
    send_packet(7);
    ck_assert_str_eq(heard.text, "ef|abcd|");
    ck_assert(!heard.stable);
}
END_TEST

START_TEST(sent_twice)
{
    chunk(100, WHOLE, "one");
    send_packet(7);
    chunk(102, WHOLE, "three");
    send_packet(7);
    chunk(100, WHOLE, "one");
    chunk(101, WHOLE, "two");
    chunk(102, WHOLE, "three");
    send_packet(7);
    ck_assert_str_eq(heard.text, "one|three|two|");
    /* another direction or association has its own numbers */
    chunk(100, WHOLE, "four");
    send_packet(8);
    ck_assert_str_eq(heard.text, "one|three|two|four|");
    /* far away: begun anew */
    chunk(900000, WHOLE, "five");
    send_packet(7);
    chunk(100, WHOLE, "six");
    send_packet(7);
    ck_assert_str_eq(heard.text, "one|three|two|four|five|six|");
}
END_TEST

START_TEST(interleaved)
{
    uint8_t head[20] = {64, WHOLE, 0, 23};

    put32(head + 4, 100);
    frame_back(&f, head, 20);
    frame_back(&f, "abc\0", 4);
    ck_assert(send_packet(7));
    ck_assert_str_eq(heard.text, "abc|");
}
END_TEST

START_TEST(cut_by_snaplen)
{
    chunk(100, WHOLE, "hello world!");
    send_cut(7, 7);
    ck_assert_str_eq(heard.text, "hello|");
    ck_assert_uint_eq(heard.len, 12);
    chunk(101, FIRST, "abcdefgh");
    send_cut(7, 4);
    chunk(102, LAST, "ijkl");
    send_packet(7);
    ck_assert_str_eq(heard.text, "hello|abcd|"); /* what follows a hole is left out */
    ck_assert_uint_eq(heard.len, 12);
}
END_TEST

/* Pieces without end, associations without end: bounded, and no harm done. */
START_TEST(too_many)
{
    for (uint32_t i = 0; i < 2000; i++) {
        chunk(i * 2, FIRST, "never finished");
        send_packet(7);
    }
    for (uint32_t tag = 100; tag < 3000; tag++) {
        chunk(1, FIRST, "never finished");
        send_packet(tag);
    }
    ck_assert_str_eq(heard.text, "");
    chunk(1, WHOLE, "hello");
    send_packet(5000);
    ck_assert_str_eq(heard.text, "hello|");
}
END_TEST

START_TEST(in_udp)
{
    struct frame_result r;

    chunk(100, WHOLE, "hello");
    frame_hex(&f, "13c4 13ce 00000007 00000000");
    frame_udp(&f, 9899, 9899);
    frame_ip4(&f, 17, "10.0.0.1", "10.0.0.2");
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_CHUNKS);
    expect_addresses(&r.decoded.datagram, "10.0.0.1:5060", "10.0.0.2:5070");
    frame_text(&f, "something else on that port");
    frame_udp(&f, 9899, 9899);
    frame_ip4(&f, 17, "10.0.0.1", "10.0.0.2");
    expect_kind(&f, IP, DECODED_DATAGRAM);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("sctp");
    const TTest *const tests[] = {
        one_message, several_in_a_packet, without_data,   message_in_pieces, pieces_out_of_order,
        sent_twice,  interleaved,         cut_by_snaplen, too_many,          in_udp};

    tcase_add_checked_fixture(t, set_up, tear_down);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(t, tests[i]);
    return run_suite("sctp", t);
}
