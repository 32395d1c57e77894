/* The whole way from packets to datagrams and streams. */
#include "net/net.h"

#include "frame.h"

static struct frame f;

struct heard {
    unsigned datagrams, runs, errors, missing;
    char text[8192]; /* of the last */
    uint32_t caplen, len, ip_bytes;
    struct net_addr src, dst, reporter;
    uint64_t frame;
    uint32_t octets; /* missing */
};

static void hear(struct heard *h, const struct datagram *d)
{
    ck_assert_uint_lt(d->caplen, sizeof h->text);
    memcpy(h->text, d->data, d->caplen);
    h->text[d->caplen] = 0;
    h->caplen = d->caplen;
    h->len = d->len;
    h->ip_bytes = d->ip_bytes;
    h->src = d->src;
    h->dst = d->dst;
    h->frame = d->packet->frame;
}

static void on_datagram(void *ctx, const struct datagram *d)
{
    hear(ctx, d);
    ((struct heard *)ctx)->datagrams++;
}

static size_t on_stream(void *ctx, const struct datagram *run, bool last)
{
    (void)last;
    hear(ctx, run);
    ((struct heard *)ctx)->runs++;
    return run->caplen;
}

static void on_icmp(void *ctx, const struct net_icmp *icmp)
{
    struct heard *h = ctx;

    hear(h, icmp->quoted);
    h->reporter = icmp->reporter;
    h->errors++;
}

static void on_missing(void *ctx, const struct net_missing *missing)
{
    struct heard *h = ctx;

    hear(h, missing->where);
    h->missing++;
    h->octets = missing->octets;
}

static struct heard heard;
static struct net *net;

static void begin(void)
{
    struct net_sink sink = {.ctx = &heard,
                            .datagram = on_datagram,
                            .stream = on_stream,
                            .icmp = on_icmp,
                            .missing = on_missing};

    memset(&heard, 0, sizeof heard);
    net = net_new(&sink);
    ck_assert_ptr_nonnull(net);
}

static enum net_verdict feed(uint64_t number, int64_t time)
{
    struct packet packet = frame_packet(&f, 101);

    packet.frame = number;
    packet.time = time;
    return net_packet(net, &packet);
}

START_TEST(verdicts)
{
    begin();
    frame_hello(&f);
    ck_assert_int_eq(feed(1, 0), NET_PASSED);
    ck_assert_str_eq(heard.text, "hello");
    frame_text(&f, "hello");
    frame_hex(&f, "13c4 13ce 01020304 05060708 50 18 ffff 0000 0000");
    frame_ip4(&f, 6, "10.0.0.1", "10.0.0.2");
    ck_assert_int_eq(feed(2, 0), NET_PASSED);
    ck_assert_uint_eq(heard.runs, 1);
    frame_text(&f, "hello");
    frame_ip4(&f, 89, "10.0.0.1", "10.0.0.2");
    ck_assert_int_eq(feed(3, 0), NET_OTHER);
    frame_text(&f, "hello");
    ck_assert_int_eq(feed(4, 0), NET_UNDECODED);
    ck_assert_uint_eq(heard.datagrams, 1);
    net_free(net);
}
END_TEST

START_TEST(icmp)
{
    char text[ADDR_TEXT];

    begin();
    frame_hello(&f);
    frame_hex(&f, "0303 0000 00000000");
    frame_ip4(&f, 1, "10.0.0.9", "10.0.0.1");
    ck_assert_int_eq(feed(1, 0), NET_OTHER);
    ck_assert_uint_eq(heard.errors, 1);
    ck_assert_uint_eq(heard.datagrams, 0); /* nobody sent it */
    ck_assert_str_eq(addr_text(&heard.dst, text), "10.0.0.2:5070");
    ck_assert_str_eq(addr_ip_text(&heard.reporter, text), "10.0.0.9");
    net_free(net);
}
END_TEST

/* A piece of a UDP datagram of 100 letters. */
static void frame_fragment(unsigned id, unsigned at, unsigned n)
{
    static struct frame all;
    char text[101];

    memset(text, 'x', 100);
    text[100] = 0;
    frame_text(&all, text);
    frame_udp(&all, 5060, 5070);
    frame_payload(&f, frame_data(&all) + at, n);
    frame_ip4(&f, 17, "10.0.0.1", "10.0.0.2");
    put16(frame_data(&f) + 4, id);
    put16(frame_data(&f) + 6, (at + n < 108 ? 0x2000 : 0) | at / 8);
}

START_TEST(fragments_make_a_datagram)
{
    char text[ADDR_TEXT];

    begin();
    frame_fragment(7, 64, 44);
    ck_assert_int_eq(feed(1, 0), NET_PASSED);
    frame_fragment(7, 0, 64);
    ck_assert_int_eq(feed(2, 0), NET_PASSED);
    ck_assert_uint_eq(heard.datagrams, 1);
    ck_assert_uint_eq(heard.len, 100);
    ck_assert_uint_eq(heard.caplen, 100);
    ck_assert_uint_eq(heard.ip_bytes, 148);
    ck_assert_uint_eq(heard.frame, 2);
    ck_assert_str_eq(addr_text(&heard.src, text), "10.0.0.1:5060");
    net_flush(net);
    ck_assert_uint_eq(heard.datagrams, 1);
    net_free(net);
}
END_TEST

/* A first piece alone is no datagram; after a while, or at the end, it is said that
 * the rest is missing. */
START_TEST(fragment_lost)
{
    begin();
    frame_fragment(7, 0, 64);
    feed(1, 1000);
    ck_assert_uint_eq(heard.missing, 0);
    frame_hello(&f);
    feed(2, 3000000000);
    ck_assert_uint_eq(heard.datagrams, 1);
    ck_assert_uint_eq(heard.missing, 1);
    frame_fragment(8, 0, 64);
    feed(3, 3000000001);
    net_flush(net);
    ck_assert_uint_eq(heard.datagrams, 1);
    ck_assert_uint_eq(heard.missing, 2);
    ck_assert_uint_eq(heard.frame, 3);
    ck_assert_uint_eq(heard.caplen, 56);
    ck_assert_uint_eq(heard.len, 100); /* by the UDP header */
    ck_assert_uint_eq(heard.src.port, 5060);
    frame_fragment(9, 64, 44); /* its beginning never comes */
    feed(4, 3000000002);
    net_flush(net);
    ck_assert_uint_eq(heard.missing, 3);
    ck_assert_uint_eq(heard.caplen, 0);
    net_free(net);
}
END_TEST

/* A tunnel's packet in fragments: what the first one holds whole is there. */
START_TEST(whole_in_the_first_fragment)
{
    begin();
    frame_hello(&f);
    frame_payload(&f, frame_data(&f), frame_size(&f));
    frame_back(&f, "\0\0\0\0\0\0\0", 7); /* 33 octets and padding: five grains */
    frame_ip4(&f, 4, "192.0.2.1", "192.0.2.2");
    put16(frame_data(&f) + 6, 0x2000);
    feed(1, 0);
    net_flush(net);
    ck_assert_uint_eq(heard.datagrams, 1);
    ck_assert_uint_eq(heard.missing, 0);
    ck_assert_str_eq(heard.text, "hello");
    net_free(net);
}
END_TEST

static void feed_segment(uint32_t sequence, const char *text)
{
    char head[64];

    frame_text(&f, text);
    snprintf(head, sizeof head, "13c4 13ce %08x 05060708 50 18 ffff 0000 0000", sequence);
    frame_hex(&f, head);
    frame_ip4(&f, 6, "10.0.0.1", "10.0.0.2");
    feed(sequence, 0);
}

START_TEST(segment_lost)
{
    char text[ADDR_TEXT];

    begin();
    feed_segment(100, "12345");
    feed_segment(112, "x");
    ck_assert_uint_eq(heard.missing, 0);
    net_flush(net);
    ck_assert_uint_eq(heard.missing, 1);
    ck_assert_uint_eq(heard.octets, 7);
    ck_assert_uint_eq(heard.runs, 2);
    ck_assert_str_eq(heard.text, "x"); /* which comes behind */
    ck_assert_uint_eq(heard.frame, 112);
    ck_assert_str_eq(addr_text(&heard.src, text), "10.0.0.1:5060");
    net_free(net);
}
END_TEST

/* Fragments of a tunnel packet that is itself a fragment. */
START_TEST(fragments_of_fragments)
{
    struct frame inner;

    begin();
    for (unsigned i = 0; i < 2; i++) {
        frame_fragment(7, i ? 64 : 0, i ? 44 : 64);
        inner = f;
        for (unsigned k = 0; k < 2; k++) {
            size_t at = k ? 40 : 0, n = k ? frame_size(&inner) - 40 : 40;

            frame_payload(&f, frame_data(&inner) + at, n);
            frame_ip4(&f, 4, "192.0.2.1", "192.0.2.2");
            put16(frame_data(&f) + 4, 100 + i);
            put16(frame_data(&f) + 6, (k ? 0 : 0x2000) | (unsigned)at / 8);
            ck_assert_uint_eq(heard.datagrams, 0);
            ck_assert_int_eq(feed(1, 0), NET_PASSED);
        }
    }
    ck_assert_uint_eq(heard.datagrams, 1);
    ck_assert_uint_eq(heard.caplen, 100);
    net_free(net);
}
END_TEST

START_TEST(transport_names)
{
    ck_assert_str_eq(net_transport_name(NET_UDP), "udp");
    ck_assert_str_eq(net_transport_name(NET_TCP), "tcp");
    ck_assert_str_eq(net_transport_name(NET_TLS), "tls");
    ck_assert_str_eq(net_transport_name(NET_SCTP), "sctp");
    ck_assert_str_eq(net_transport_name(NET_WS), "ws");
    ck_assert_str_eq(net_transport_name(NET_WSS), "wss");
    ck_assert_str_eq(net_transport_name(NET_LOG), "log");
}
END_TEST

RUN_TESTS("net", verdicts, icmp, fragments_make_a_datagram, fragment_lost,
          whole_in_the_first_fragment, segment_lost, fragments_of_fragments, transport_names)
