/* What RTCP says of streams: counted, matched, compared with what passed. */
#include "suite.h"

static struct sender s; /* 192.0.2.1:4000 to 192.0.2.2:5000, SSRC 0x1234 */
static uint8_t octets[256];
static size_t length;

static void setup(void)
{
    s = announced_sender(NULL);
    length = 0;
}

static void teardown(void)
{
    stream_table_free(s.table);
}

static void put(uint32_t x)
{
    ck_assert_uint_le(length + 4, sizeof octets);
    for (unsigned i = 0; i < 4; i++)
        octets[length++] = (uint8_t)(x >> (24 - 8 * i));
}

static void head(unsigned type, unsigned count, unsigned words)
{
    put((uint32_t)(0x80 | count) << 24 | type << 16 | words);
}

static void sender_report(uint32_t ssrc, uint64_t ntp, uint32_t timestamp, unsigned blocks)
{
    head(RTCP_SENDER_REPORT, blocks, 6 + 6 * blocks);
    put(ssrc);
    put((uint32_t)(ntp >> 32));
    put((uint32_t)ntp);
    put(timestamp);
    put(0);
    put(0);
}

static void block(uint32_t about, unsigned fraction, int lost, uint32_t jitter, uint32_t last_sr,
                  uint32_t delay)
{
    put(about);
    put(fraction << 24 | ((uint32_t)lost & 0xffffff));
    put(0);
    put(jitter);
    put(last_sr);
    put(delay);
}

/* Sends what was put, from the stream's sender or to it, `ports` above RTP. */
static void control(double ms, bool from_sender, unsigned ports)
{
    struct packet packet = {.time = (int64_t)llround(ms * 1e6), .frame = ++s.frame};
    struct datagram d = {.packet = &packet, .data = octets, .caplen = (uint32_t)length,
                         .len = (uint32_t)length};
    struct net_addr *near = from_sender ? &d.src : &d.dst, *far = from_sender ? &d.dst : &d.src;

    addr_parse_ip(SLICE("192.0.2.1"), (uint16_t)(4000 + ports), near);
    addr_parse_ip(SLICE("192.0.2.2"), (uint16_t)(5000 + ports), far);
    ck_assert_int_eq(rtp_classify(octets, length, length), RTP_CONTROL);
    stream_control(s.table, &d);
    length = 0;
}

static void media(unsigned from, unsigned n, unsigned without)
{
    for (unsigned i = from; i < from + n; i++)
        if (!without || i % without)
            rtp(&s, 20.0 * i, i, 160 * i);
}

START_TEST(reports_are_counted)
{
    media(0, 50, 0);
    sender_report(0x1234, 0x1111000000000000, 8000, 0);
    head(RTCP_DESCRIPTION, 1, 3);
    put(0x1234);
    put(0x01040000 | 'a' << 8 | 'b');
    put((uint32_t)'c' << 24 | 'd' << 16);
    control(1000, true, 1);
    head(RTCP_RECEIVER_REPORT, 1, 7);
    put(0x9999);
    block(0x1234, 26, 3, 80, 0, 0);
    control(1100, false, 1);
    head(RTCP_BYE, 1, 1);
    put(0x1234);
    control(1200, true, 0); /* on the RTP port: rtcp-mux */
    finish(&s);
    ck_assert_uint_eq(s.f.rtcp_packets, 3);
    ck_assert_uint_eq(s.f.sender_reports, 1);
    ck_assert_uint_eq(s.f.receiver_reports, 1);
    ck_assert_uint_eq(s.f.rtcp.descriptions, 1);
    ck_assert_uint_eq(s.f.rtcp.byes, 1);
    ck_assert_int_eq(s.f.rtcp.bye_time, 1200000000);
    ck_assert_str_eq(s.f.rtcp.cname, "abcd");
    ck_assert_near(s.f.reported_loss_pct, 100.0 * 3 / 50);
    ck_assert_near(s.f.reported_jitter_ms, 10);
    ck_assert_near(s.f.rtcp.worst_loss_pct, 100.0 * 26 / 256);
    ck_assert_uint_eq(stream_packets_counted(s.table), 50); /* RTCP is no RTP */
}
END_TEST

/* Arrival less the time in the report: by hand, 25 and 31 ms. */
START_TEST(one_way_delay)
{
    static const uint64_t since_1900 = 2208988800;

    media(0, 50, 0);
    sender_report(0x1234, (since_1900 + 1) << 32, 8000, 0);
    control(1025, true, 1);
    sender_report(0x1234, (since_1900 + 6) << 32 | 0x80000000, 8000, 0);
    control(6531, true, 1);
    finish(&s);
    ck_assert_near(s.f.rtcp.one_way_ms.min, 25);
    ck_assert_near(s.f.rtcp.one_way_ms.mean, 28);
    ck_assert_near(s.f.rtcp.one_way_ms.max, 31);
}
END_TEST

/* Same SSRC in both directions, as some senders do: told apart by addresses. */
START_TEST(of_the_other_direction)
{
    media(0, 50, 0);
    head(RTCP_RECEIVER_REPORT, 1, 7);
    put(0x9999);
    block(0x1234, 0, 0, 0, 0, 0);
    control(1000, true, 1); /* the sender cannot report on itself */
    sender_report(0x1234, 1, 0, 0);
    control(1100, false, 1);
    finish(&s);
    ck_assert_uint_eq(s.f.rtcp_packets, 0);
    ck_assert(isnan(s.f.reported_loss_pct));
    ck_assert_int_eq(s.f.rtcp.lost_where, STREAM_SIDE_UNKNOWN);
}
END_TEST

/* RFC 3550 §6.4.1: A 0xb7108000, LSR 0xb7052000, DLSR 0x00054000 make 6.125 s. */
START_TEST(round_trip)
{
    media(0, 50, 0);
    sender_report(0x1234, 0x0000b70520000000, 0, 0);
    control(1000, true, 1);
    head(RTCP_RECEIVER_REPORT, 1, 7);
    put(0x9999);
    block(0x1234, 0, 0, 0, 0xb7052000, 0x54000);
    control(1000 + 11375, false, 1);
    finish(&s);
    ck_assert_near(s.f.round_trip_ms.mean, 6125);
    ck_assert(s.f.delay_measured);
    ck_assert_near(s.f.delay_ms, 6125 / 2.0);
}
END_TEST

START_TEST(round_trips)
{
    media(0, 50, 0);
    for (unsigned i = 1; i <= 20; i++) { /* more than are remembered */
        sender_report(0x1234, (uint64_t)i << 32, 0, 0);
        control(1000 * i, true, 1);
        head(RTCP_RECEIVER_REPORT, 1, 7);
        put(0x9999);
        block(0x1234, 0, 0, 0, i << 16, 6554); /* 100 ms */
        control(1000 * i + 100 + 10 + i, false, 1);
    }
    head(RTCP_RECEIVER_REPORT, 1, 7);
    put(0x9999);
    block(0x1234, 0, 0, 0, 77 << 16, 0); /* of a sender report that did not pass */
    control(22000, false, 1);
    finish(&s);
    ck_assert_double_eq_tol(s.f.round_trip_ms.min, 11, 0.01);
    ck_assert_double_eq_tol(s.f.round_trip_ms.mean, 20.5, 0.01);
    ck_assert_double_eq_tol(s.f.round_trip_ms.max, 30, 0.01);
}
END_TEST

/* A receiver whose clock rounds: a little less than nothing is nothing. */
START_TEST(round_trip_below_zero)
{
    media(0, 50, 0);
    sender_report(0x1234, (uint64_t)1 << 32, 0, 0);
    control(1000, true, 1);
    for (unsigned i = 0; i < 2; i++) {
        head(RTCP_RECEIVER_REPORT, 1, 7);
        put(0x9999);
        block(0x1234, 0, 0, 0, 1 << 16, i ? 65536 : 660);
        control(1009 + i, false, 1);
    }
    finish(&s);
    ck_assert_near(s.f.round_trip_ms.min, 0);
    ck_assert_near(s.f.round_trip_ms.max, 0);
}
END_TEST

/* One packet of ten was lost before here; the receiver missed 12 of 100. */
START_TEST(lost_on_either_side)
{
    stream_set_origin(s.table, -5000000000); /* the stream begins in the capture */
    media(1, 99, 10);
    head(RTCP_RECEIVER_REPORT, 1, 7);
    put(0x9999);
    block(0x1234, 0, 12, 0, 0, 0);
    control(2000, false, 1);
    media(100, 100, 0);
    finish(&s);
    ck_assert_near(s.f.rtcp.lost_before, 9);
    ck_assert_near(s.f.rtcp.lost_after, 3);
    ck_assert_int_eq(s.f.rtcp.lost_where, STREAM_BOTH_SIDES);
    ck_assert_int_eq(s.f.rtcp.reported_lost, 12);
    ck_assert_uint_eq(s.f.lost, 9);
}
END_TEST

/* The capture begins amid the stream: what was lost before is left out. */
START_TEST(lost_since_the_capture_began)
{
    media(1, 49, 0);
    head(RTCP_RECEIVER_REPORT, 1, 7);
    put(0x9999);
    block(0x1234, 0, 500, 0, 0, 0);
    control(1000, false, 1);
    media(50, 50, 0);
    head(RTCP_RECEIVER_REPORT, 1, 7);
    put(0x9999);
    block(0x1234, 0, 507, 0, 0, 0);
    control(2000, false, 1);
    finish(&s);
    ck_assert_near(s.f.rtcp.lost_before, 0);
    ck_assert_near(s.f.rtcp.lost_after, 7);
    ck_assert_int_eq(s.f.rtcp.lost_where, STREAM_AFTER);
}
END_TEST

/* A mirror gave every packet of ten twice; the receiver got all of them once. */
START_TEST(duplicates_are_no_difference)
{
    stream_set_origin(s.table, -5000000000);
    for (unsigned i = 0; i < 100; i++) {
        rtp(&s, 20.0 * i, i, 160 * i);
        if (i % 10 == 0)
            rtp(&s, 20.0 * i + 1, i, 160 * i);
    }
    head(RTCP_RECEIVER_REPORT, 1, 7);
    put(0x9999);
    block(0x1234, 0, 0, 0, 0, 0);
    control(2000, false, 1);
    finish(&s);
    ck_assert_uint_eq(s.f.duplicates, 10);
    ck_assert_near(s.f.rtcp.lost_after, 0);
    ck_assert_near(s.f.rtcp.not_captured, 0);
    ck_assert_int_eq(s.f.rtcp.lost_where, STREAM_NO_SIDE);
}
END_TEST

/* The receiver got what is missing here: 9 of 99 were not captured. */
START_TEST(lost_by_the_capture)
{
    stream_set_origin(s.table, -5000000000);
    media(1, 99, 10);
    head(RTCP_RECEIVER_REPORT, 1, 7);
    put(0x9999);
    block(0x1234, 0, 0, 0, 0, 0);
    control(2000, false, 1);
    finish(&s);
    ck_assert_near(s.f.rtcp.not_captured, 9);
    ck_assert_near(s.f.rtcp.lost_before, 0);
    ck_assert_near(s.f.rtcp.lost_after, 0);
    ck_assert_int_eq(s.f.rtcp.lost_where, STREAM_NOT_CAPTURED);
}
END_TEST

/* The media clock counts 8008 a second of the wall clock: 1000 ppm. */
START_TEST(media_clock)
{
    media(0, 50, 0);
    for (unsigned i = 0; i <= 12; i++) {
        sender_report(0x1234, (uint64_t)(100 + 10 * i) << 32, 80080 * i, 0);
        control(10000 * i, true, 1);
    }
    finish(&s);
    ck_assert_double_eq_tol(s.f.rtcp.media_clock_ppm, 1000, 0.01);
}
END_TEST

START_TEST(feedback_and_extended)
{
    media(0, 50, 0);
    head(RTCP_TRANSPORT_FEEDBACK, 1, 3);
    put(0x9999);
    put(0x1234);
    put(0x00050000);
    head(RTCP_PAYLOAD_FEEDBACK, 1, 2);
    put(0x9999);
    put(0x1234);
    control(1000, false, 1);
    head(RTCP_EXTENDED_REPORT, 0, 10);
    put(0x9999);
    put(0x07000008);
    put(0x1234);
    for (unsigned i = 0; i < 4; i++)
        put(0);
    put(0x52287f7f | 0); /* R 82 */
    put(0x80000000);     /* enhanced concealment */
    put(0);
    control(1100, false, 1);
    finish(&s);
    ck_assert_uint_eq(s.f.rtcp.feedback[RTCP_NACK], 1);
    ck_assert_uint_eq(s.f.rtcp.feedback[RTCP_PLI], 1);
    ck_assert_uint_eq(s.f.rtcp_packets, 2);
    ck_assert(s.f.rtcp.has_metrics);
    ck_assert_uint_eq(s.f.rtcp.metrics.r_factor, 0x52);
}
END_TEST

/* RTCP of reduced size (RFC 5506), each by itself, about the stream: as many as its
 * number says, to the port above or to the media's own. */
static void feedback_of(enum rtcp_feedback kind)
{
    switch (kind) {
    case RTCP_NACK:
        head(RTCP_TRANSPORT_FEEDBACK, 1, 3), put(0x9999), put(0x1234), put(0x00050000);
        return;
    case RTCP_PLI:
        head(RTCP_PAYLOAD_FEEDBACK, 1, 2), put(0x9999), put(0x1234);
        return;
    case RTCP_FIR:
        head(RTCP_PAYLOAD_FEEDBACK, 4, 4), put(0x9999), put(0), put(0x1234), put(0x01000000);
        return;
    case RTCP_REMB: /* about another one, too */
        head(RTCP_PAYLOAD_FEEDBACK, 15, 6), put(0x9999), put(0), put(0x52454d42), put(0x02080000);
        put(0x5678), put(0x1234);
        return;
    case RTCP_TRANSPORT_CC:
        head(RTCP_TRANSPORT_FEEDBACK, 15, 5), put(0x9999), put(0x1234), put(0x00010001);
        put(0x00000100), put(0x20010400);
        return;
    case RTCP_CONGESTION_CONTROL:
        head(RTCP_TRANSPORT_FEEDBACK, 11, 5), put(0x9999), put(0x1234), put(0x00090001);
        put(0x80010000), put(0x00001234);
        return;
    default: /* TMMBR */
        head(RTCP_TRANSPORT_FEEDBACK, 3, 2), put(0x9999), put(0x1234);
    }
}

START_TEST(feedback_is_counted)
{
    media(0, 50, 0);
    for (unsigned kind = 0; kind < RTCP_FEEDBACK_KINDS; kind++)
        for (unsigned i = 0; i < kind + 2; i++) {
            feedback_of((enum rtcp_feedback)kind);
            control(1000 + kind, false, i & 1);
        }
    feedback_of(RTCP_NACK);
    control(2000, true, 1); /* by the stream's own sender, about another one of that name */
    finish(&s);
    for (unsigned kind = 0; kind < RTCP_FEEDBACK_KINDS; kind++)
        ck_assert_uint_eq(s.f.rtcp.feedback[kind], kind + 2);
    ck_assert_uint_eq(s.f.receiver_reports, 0);
    ck_assert_uint_eq(s.f.rtcp_packets, 2 + 3 + 4 + 5 + 6 + 7 + 8);
}
END_TEST

/* The receiver conceals losses, and says so: G.113's value for that. */
START_TEST(concealment)
{
    media(1, 199, 100);
    head(RTCP_EXTENDED_REPORT, 0, 10);
    put(0x9999);
    put(0x07000008);
    put(0x1234);
    for (unsigned i = 0; i < 5; i++)
        put(0);
    put(0xc0000000);
    put(0);
    control(1100, false, 1);
    finish(&s);
    ck_assert_uint_eq(s.f.expected, 199);
    ck_assert_double_eq_tol(s.f.r_factor, 93.2 - 95 * (100.0 / 199) / (100.0 / 199 + 25.1), 0.001);
}
END_TEST

/* SRTCP: who reports can be read, what cannot. */
START_TEST(encrypted)
{
    media(0, 50, 0);
    sender_report(0x1234, 1, 0, 1);
    block(0x1234, 255, 1000, 1000, 0, 0);
    put(0x80000001); /* E and index */
    put(0xdeadbeef);
    put(0xdeadbeef);
    control(1000, true, 1);
    finish(&s);
    ck_assert_uint_eq(s.f.sender_reports, 1);
    ck_assert_uint_eq(s.f.receiver_reports, 0);
    ck_assert(isnan(s.f.reported_loss_pct));
    ck_assert_uint_eq(s.f.rtcp.encrypted, 1);
}
END_TEST

/* Of reduced size: whom the feedback is about is encrypted, who sends it is not. */
START_TEST(encrypted_feedback)
{
    media(0, 50, 0);
    head(RTCP_PAYLOAD_FEEDBACK, 1, 2);
    put(0x1234);
    put(0xdeadbeef);
    put(0x80000002);
    put(0xdeadbeef);
    put(0xdeadbeef);
    control(1000, true, 0);
    finish(&s);
    ck_assert_uint_eq(s.f.rtcp.encrypted, 1);
    ck_assert_uint_eq(s.f.rtcp_packets, 1);
    ck_assert_uint_eq(s.f.rtcp.feedback[RTCP_PLI], 0);
}
END_TEST

static bool none_announced(void *ctx, const struct net_addr *src, const struct net_addr *dst,
                           const struct rtp_map **map)
{
    (void)ctx;
    (void)src;
    (void)dst;
    *map = NULL;
    return false;
}

/* Two packets are no stream, unless RTCP speaks of it. */
START_TEST(confirms_a_stream)
{
    teardown();
    s = (struct sender){.table = stream_table_new(none_announced, NULL), .ssrc = 0x1234};
    media(0, 2, 0);
    ck_assert_uint_eq(stream_count(s.table), 0);
    sender_report(0x7777, 1, 0, 0); /* of another */
    control(30, true, 1);
    ck_assert_uint_eq(stream_count(s.table), 0);
    sender_report(0x1234, 1, 0, 0);
    control(40, true, 1);
    finish(&s);
    ck_assert_int_eq(s.f.found_by, STREAM_BY_RTCP);
    ck_assert_uint_eq(s.f.packets, 2);
    ck_assert_uint_eq(s.f.sender_reports, 1);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("stream rtcp");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, reports_are_counted);
    tcase_add_test(t, one_way_delay);
    tcase_add_test(t, of_the_other_direction);
    tcase_add_test(t, round_trip);
    tcase_add_test(t, round_trips);
    tcase_add_test(t, round_trip_below_zero);
    tcase_add_test(t, lost_on_either_side);
    tcase_add_test(t, duplicates_are_no_difference);
    tcase_add_test(t, lost_by_the_capture);
    tcase_add_test(t, lost_since_the_capture_began);
    tcase_add_test(t, media_clock);
    tcase_add_test(t, feedback_and_extended);
    tcase_add_test(t, feedback_is_counted);
    tcase_add_test(t, concealment);
    tcase_add_test(t, encrypted);
    tcase_add_test(t, encrypted_feedback);
    tcase_add_test(t, confirms_a_stream);
    return run_suite("stream rtcp", t);
}
