/* ICMP errors and what they are about: tied by Call-ID, by way, by stream. */
#include "analysis/icmp.h"

#include "call/feed.h"
#include "rtp/rtp.h"

static struct icmp_table *icmp;
static struct stream_table *streams;
static struct feed calls;
static struct sip_msg scratch;
static uint64_t frame;

static void begin(void)
{
    icmp = icmp_table_new();
    streams = stream_table_new(NULL, NULL);
    ck_assert(icmp && streams);
    feed_open(&calls);
    frame = 0;
}

static void end(void)
{
    icmp_table_free(icmp);
    stream_table_free(streams);
    feed_close(&calls);
}

/* An error from `reporter` about the first octets of a datagram to `dst`. */
struct said_error {
    const char *reporter, *dst; /* of 10.0.0.1 */
    uint16_t sport, dport;      /* 5060 */
    uint8_t type, code;
    const void *octets;
    uint32_t n, whole;
    double at;
    bool twin;
};

static void note(struct said_error e)
{
    struct packet packet = {.time = (int64_t)(e.at * 1e9), .frame = ++frame};
    struct datagram d = {.packet = &packet, .data = e.octets ? e.octets : "", .caplen = e.n,
                         .len = e.whole, .transport = NET_UDP, .duplicate = e.twin};
    struct net_icmp error = {.quoted = &d, .reporter = feed_addr(e.reporter, 0), .type = e.type,
                             .code = e.code};
    bool six = error.reporter.family == NET_IP6;

    d.src = feed_addr(six ? "2001:db8::1" : "10.0.0.1", e.sport ? e.sport : 5060);
    d.dst = feed_addr(e.dst ? e.dst : e.reporter, e.dport ? e.dport : 5060);
    icmp_note(icmp, &error, calls.table, streams, &scratch);
}

static size_t finish(const struct icmp_row **rows)
{
    stream_finish(streams);
    icmp_finish(icmp, calls.table, streams);
    return icmp_rows(icmp, rows);
}

/* RFC 792, 1812 and 4443: each code says something of its own. */
START_TEST(kinds)
{
    static const struct {
        const char *reporter;
        uint8_t type, code;
        const char *name; /* NULL: no packet was thrown away */
    } known[] = {
        {"10.0.0.2", 3, 0, "network-unreachable"},   {"10.0.0.2", 3, 1, "host-unreachable"},
        {"10.0.0.2", 3, 2, "protocol-unreachable"},  {"10.0.0.2", 3, 3, "port-unreachable"},
        {"10.0.0.2", 3, 4, "too-big"},               {"10.0.0.2", 3, 5, "unreachable"},
        {"10.0.0.2", 3, 7, "host-unreachable"},      {"10.0.0.2", 3, 9, "prohibited"},
        {"10.0.0.2", 3, 10, "prohibited"},           {"10.0.0.2", 3, 13, "prohibited"},
        {"10.0.0.2", 11, 0, "time-exceeded"},
        {"10.0.0.2", 11, 1, "reassembly-time-exceeded"},
        {"10.0.0.2", 12, 0, "parameter-problem"},    {"10.0.0.2", 5, 1, NULL},
        {"10.0.0.2", 4, 0, NULL},                    {"2001:db8::2", 1, 0, "network-unreachable"},
        {"2001:db8::2", 1, 1, "prohibited"},         {"2001:db8::2", 1, 3, "host-unreachable"},
        {"2001:db8::2", 1, 4, "port-unreachable"},   {"2001:db8::2", 1, 5, "prohibited"},
        {"2001:db8::2", 2, 0, "too-big"},            {"2001:db8::2", 3, 0, "time-exceeded"},
        {"2001:db8::2", 3, 1, "reassembly-time-exceeded"},
        {"2001:db8::2", 4, 1, "parameter-problem"},
    };
    const struct icmp_row *rows;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        begin();
        note((struct said_error){known[i].reporter, .type = known[i].type, .code = known[i].code});
        ck_assert_uint_eq(finish(&rows), known[i].name != NULL);
        if (known[i].name)
            ck_assert_str_eq(icmp_kind_name((enum icmp_kind)rows[0].kind), known[i].name);
        end();
    }
}
END_TEST

/* RFC 792 asks for the UDP header alone: the newest message on the way is it. */
START_TEST(short_quote)
{
    const struct icmp_row *rows;

    begin();
    SAY(&calls, .at = 1, .line = INVITE_LINE, .call_id = "one");
    SAY(&calls, .at = 2, .line = INVITE_LINE, .call_id = "two");
    note((struct said_error){"10.0.0.2", .type = 3, .code = 3, .whole = 300, .at = 2.01});
    ck_assert_uint_eq(finish(&rows), 1);
    ck_assert_uint_eq(rows[0].call, 1);
    ck_assert_uint_eq(rows[0].message, 0);
    ck_assert_str_eq(rows[0].method, "INVITE");
    ck_assert_int_eq(rows[0].cargo, ICMP_SIP);
    end();
}
END_TEST

/* The Call-ID says more than the way. */
START_TEST(quoted_call_id)
{
    static const char text[] = INVITE_LINE "\r\nCall-ID: one\r\nFrom: <sip:a@example.com>\r\n";
    static const char cut[] = INVITE_LINE "\r\nCall-ID: tw";
    static const char other[] = "BYE sip:b SIP/2.0\r\nCall-ID: none of these\r\nFrom: <sip:a";
    const struct icmp_row *rows;

    begin();
    SAY(&calls, .at = 1, .line = INVITE_LINE, .call_id = "one");
    SAY(&calls, .at = 2, .line = INVITE_LINE, .call_id = "two");
    note((struct said_error){"10.0.0.2", .type = 3, .code = 3, .octets = text,
                             .n = sizeof text - 1, .whole = 600, .at = 3});
    note((struct said_error){"10.0.0.2", .type = 3, .code = 3, .octets = cut,
                             .n = sizeof cut - 1, .whole = 600, .at = 3});
    note((struct said_error){"10.0.0.2", .type = 3, .code = 3, .octets = other,
                             .n = sizeof other - 1, .whole = 600, .at = 3});
    ck_assert_uint_eq(finish(&rows), 3);
    ck_assert_uint_eq(rows[0].call, 0);
    ck_assert_uint_eq(rows[1].call, 1);
    ck_assert_uint_eq(rows[2].call, CALL_NONE);
    ck_assert_uint_eq(rows[2].message, CALL_NONE);
    ck_assert_str_eq(rows[2].method, "BYE");
    ck_assert_uint_eq(icmp_rows_of_call(icmp, 1, &rows), 1);
    ck_assert_uint_eq(rows[0].frames[0], 2);
    ck_assert_uint_eq(icmp_rows_of_call(icmp, 7, &rows), 0);
    end();
}
END_TEST

static void rtp_packet(double at, uint16_t sequence, uint16_t port)
{
    uint8_t octets[172] = {0x80, 0, (uint8_t)(sequence >> 8), (uint8_t)sequence, 0, 0,
                           (uint8_t)(sequence * 160 >> 8), (uint8_t)(sequence * 160), 1, 2, 3, 4};
    struct packet packet = {.time = (int64_t)(at * 1e9), .frame = ++frame};
    struct datagram d = {.packet = &packet, .data = octets, .caplen = 172, .len = 172,
                         .src = feed_addr("10.0.0.1", 4000), .dst = feed_addr("10.0.0.2", port)};
    struct stream_look look;

    stream_look(streams, &d, &look);
    stream_media(streams, &look);
}

/* Errors about RTP that was not yet known for a stream, and later ones, are one
 * row; the ports of RTCP are one higher; what is about neither goes. */
START_TEST(media)
{
    static const uint8_t octets[12] = {0x80, 0, 0, 1};
    const struct icmp_row *rows;

    begin();
    for (uint16_t i = 0; i < 20; i++) {
        rtp_packet(i * 0.02, i, 6000);
        if (i % 2)
            note((struct said_error){"10.0.0.2", .sport = 4000, .dport = 6000, .type = 3,
                                     .code = 3, .octets = octets, .n = 12, .whole = 172,
                                     .at = i * 0.02 + 0.001});
    }
    note((struct said_error){"10.0.0.2", .sport = 4000, .dport = 6000, .type = 3, .code = 3,
                             .octets = octets, .n = 12, .whole = 172, .at = 0.4, .twin = true});
    note((struct said_error){"10.0.0.2", .sport = 4001, .dport = 6001, .type = 3, .code = 3,
                             .whole = 50, .at = 0.4});
    note((struct said_error){"10.0.0.2", .sport = 4000, .dport = 53, .type = 3, .code = 3,
                             .whole = 50, .at = 0.4});
    ck_assert_uint_eq(finish(&rows), 2);
    ck_assert_uint_eq(rows[0].count, 10);
    ck_assert_int_eq(rows[0].cargo, ICMP_RTP);
    ck_assert_uint_eq(rows[0].stream, 0);
    for (unsigned i = 0; i < ICMP_FRAMES; i++)
        ck_assert_uint_eq(rows[0].frames[i], 3 + 3 * i);
    ck_assert_int_eq(rows[1].cargo, ICMP_RTCP);
    ck_assert_uint_eq(rows[1].stream, 0);
    ck_assert_uint_eq(icmp_count_of_stream(icmp, CALL_NONE, 0), 11);
    ck_assert_uint_eq(icmp_count_of_stream(icmp, CALL_NONE, 1), 0);
    end();
}
END_TEST

/* A scan of all ports is no reason to keep a row each without end. */
START_TEST(bounded)
{
    const struct icmp_row *rows;

    begin();
    for (unsigned i = 1; i < 20000; i++)
        note((struct said_error){"10.0.0.2", .dport = (uint16_t)i, .type = 3, .code = 3});
    ck_assert_uint_eq(finish(&rows), 4096);
    end();
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("icmp");

    tcase_add_test(t, kinds);
    tcase_add_test(t, short_quote);
    tcase_add_test(t, quoted_call_id);
    tcase_add_test(t, media);
    tcase_add_test(t, bounded);
    return run_suite("icmp", t);
}
