/* HEP, versions 1 to 3. */
#include "frame.h"
#include "net/net.h"

enum { IP = 101 };

static struct frame f;
static struct frame_result r;
static const struct datagram *d = &r.decoded.datagram;

static void in_udp(unsigned port)
{
    frame_udp(&f, 40000, port);
    frame_ip4(&f, 17, "192.0.2.1", "192.0.2.2");
}

static void in_hep3(const char *chunks, unsigned port)
{
    uint8_t *p;
    size_t n;

    frame_hex(&f, chunks);
    n = frame_size(&f) + 6;
    p = frame_front(&f, 6);
    memcpy(p, "HEP3", 4);
    put16(p + 4, (unsigned)n);
    in_udp(port);
}

#define FAMILY_UDP "0000 0001 0007 02 0000 0002 0007 11 "
#define FAMILY_TCP "0000 0001 0007 02 0000 0002 0007 06 "
#define IP4        "0000 0003 000a 0a000001 0000 0004 000a 0a000002 "
#define PORTS      "0000 0007 0008 13c4 0000 0008 0008 13ce "
#define TIME       "0000 0009 000a 65000000 0000 000a 000a 000f423f "
#define HELLO      "0000 000f 000b" /* in front of the payload */

static void expect_message(void)
{
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    expect_addresses(d, "10.0.0.1:5060", "10.0.0.2:5070");
    ck_assert_uint_eq(d->len, 5);
    ck_assert_uint_eq(d->caplen, 5);
    ck_assert_mem_eq(r.payload, "hello", 5);
}

START_TEST(version_3)
{
    static const unsigned ports[] = {9060, 9063, 5060, 12345};

    for (size_t i = 0; i < 4; i++) { /* it shows itself on any port */
        frame_text(&f, "hello");
        in_hep3(FAMILY_UDP IP4 PORTS TIME "0000 000b 0007 01 0001 0001 000a 11223344 " HELLO,
                ports[i]);
        frame_decode(&f, IP, &r);
        expect_message();
        ck_assert_int_eq(d->transport, NET_UDP);
        ck_assert(r.decoded.timed);
        ck_assert_int_eq(r.decoded.time, 0x65000000LL * 1000000000 + 999999000);
    }
    frame_text(&f, "hello");
    in_hep3(FAMILY_TCP IP4 PORTS HELLO, 9060);
    frame_decode(&f, IP, &r);
    expect_message();
    ck_assert_int_eq(d->transport, NET_TCP);
    ck_assert(!r.decoded.timed);
    frame_text(&f, "hello");
    in_hep3("0000 0001 0007 0a 0000 0002 0007 11 "
            "0000 0005 0016 20010db8000000000000000000000001 "
            "0000 0006 0016 20010db8000000000000000000000002 " PORTS HELLO,
            9060);
    frame_decode(&f, IP, &r);
    expect_addresses(d, "[2001:db8::1]:5060", "[2001:db8::2]:5070");
}
END_TEST

START_TEST(payload_before_the_rest)
{
    /* chunks come in any order */
    frame_text(&f, "hello");
    frame_back(&f, "\0\0\0\7\0\10\23\304\0\0\0\10\0\10\23\316", 16);
    in_hep3(FAMILY_UDP IP4 HELLO, 9060);
    frame_decode(&f, IP, &r);
    expect_message();
}
END_TEST

START_TEST(cut_by_snaplen)
{
    size_t n;

    frame_text(&f, "hello");
    in_hep3(FAMILY_UDP IP4 PORTS TIME HELLO, 9060);
    n = frame_size(&f);
    frame_decode_cut(&f, IP, n - 2, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    expect_addresses(d, "10.0.0.1:5060", "10.0.0.2:5070");
    ck_assert_uint_eq(d->caplen, 3);
    ck_assert_uint_eq(d->len, 5);
    for (size_t i = 28; i < n - 5; i++) { /* no payload: the datagram as it is */
        frame_decode_cut(&f, IP, i, &r);
        ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
        if (i < n - 5 - 6)
            expect_addresses(d, "192.0.2.1:40000", "192.0.2.2:9060");
    }
}
END_TEST

static void expect_plain(void)
{
    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    expect_addresses(d, "192.0.2.1:40000", "192.0.2.2:9060");
}

START_TEST(malformed)
{
    frame_payload(&f, "", 0);
    in_hep3("", 9060);
    expect_plain();
    frame_text(&f, "hello");
    in_hep3(FAMILY_UDP IP4 "0000 0001 0000", 9060); /* a chunk without length */
    expect_plain();
    frame_text(&f, "x");
    in_hep3(FAMILY_UDP IP4 "0000 000f ea60", 9060); /* longer than the datagram */
    expect_plain();
    frame_text(&f, "HEP");
    in_udp(9060);
    expect_plain();
}
END_TEST

START_TEST(versions_1_and_2)
{
    static const struct {
        const char *head;
        int64_t time;
    } cases[] = {
        {"01 10 02 11 13c4 13ce 0a000001 0a000002", 0},
        {"02 1c 02 11 13c4 13ce 0a000001 0a000002 00f15365 40420f00 0065 0000",
         0x6553f100LL * 1000000000},
        {"02 1a 02 11 13c4 13ce 0a000001 0a000002 6553f100 000f423f 0065",
         0x6553f100LL * 1000000000 + 999999000},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct packet packet;

        frame_text(&f, "hello");
        frame_hex(&f, cases[i].head);
        in_udp(9060);
        packet = frame_packet(&f, IP);
        packet.time = 0x6553f101LL * 1000000000;
        net_decode(&packet, &r.decoded);
        memcpy(r.payload, d->data, 5);
        expect_message();
        ck_assert_int_eq(r.decoded.timed, cases[i].time != 0);
        if (cases[i].time)
            ck_assert_int_eq(r.decoded.time, cases[i].time);
    }
    frame_text(&f, "hello");
    frame_hex(&f, "01 28 0a 11 13c4 13ce 20010db8000000000000000000000001"
                  "20010db8000000000000000000000002");
    in_udp(9060);
    frame_decode(&f, IP, &r);
    expect_addresses(d, "[2001:db8::1]:5060", "[2001:db8::2]:5070");
    frame_text(&f, "hello");
    frame_hex(&f, "01 11 02 11 13c4 13ce 0a000001 0a000002"); /* a length that lies */
    in_udp(9060);
    expect_plain();
}
END_TEST

static void note_time(void *ctx, const struct datagram *datagram)
{
    *(int64_t *)ctx = datagram->packet->time;
}

static size_t ignore(void *ctx, const struct datagram *run, bool last)
{
    (void)ctx;
    (void)last;
    return run->caplen;
}

/* The sink sees the message's own time. */
START_TEST(time_of_the_message)
{
    int64_t seen = 0;
    struct net_sink sink = {.ctx = &seen, .datagram = note_time, .stream = ignore};
    struct net *net = net_new(&sink);
    struct packet packet;

    frame_text(&f, "hello");
    in_hep3(FAMILY_UDP IP4 PORTS TIME HELLO, 9060);
    packet = frame_packet(&f, IP);
    packet.time = 77;
    ck_assert_int_eq(net_packet(net, &packet), NET_PASSED);
    ck_assert_int_eq(seen, 0x65000000LL * 1000000000 + 999999000);
    ck_assert_int_eq(packet.time, 77);
    frame_hello(&f);
    packet = frame_packet(&f, IP);
    packet.time = 78;
    net_packet(net, &packet);
    ck_assert_int_eq(seen, 78);
    net_free(net);
}
END_TEST

RUN_TESTS("hep", version_3, payload_before_the_rest, cut_by_snaplen, malformed, versions_1_and_2,
          time_of_the_message)
