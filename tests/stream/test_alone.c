/* Streams of one packet: kept in little room, with the figures that the packet has, whatever is
 * said of them before another one comes. */
#include "stream/table.h"
#include "suite.h"

static struct sender s; /* 192.0.2.1:4000 to 192.0.2.2:5000, SSRC 0x1234 */

static void setup(void)
{
    s = announced_sender(NULL);
    s.marker = true;
    stream_set_origin(s.table, 0);
    rtp(&s, 1000, 7, 160);
    s.marker = false;
}

static void teardown(void)
{
    stream_table_free(s.table);
}

static bool is_alone(void)
{
    return stream_numbered(s.table, 0)->alone;
}

static void has_one_packet(void)
{
    struct stream_marking marks[STREAM_MARKINGS];
    const struct stream *stream = stream_at(s.table, 0);

    ck_assert_uint_eq(stream_packets(stream), 1);
    ck_assert_int_eq(stream_start(stream), 1000000000);
    ck_assert_int_eq(stream_end(stream), 1000000000);
    ck_assert_uint_eq(stream_captured_twice(stream), 0);
    ck_assert_uint_eq(stream_markings(stream, marks), 1);
    ck_assert_uint_eq(marks[0].packets, 1);
    ck_assert(stream_flows_within(stream, 1000000000, 1000000000));
    ck_assert(!stream_flows_within(stream, 1000000001, 2000000000));
    ck_assert_uint_eq(s.f.packets, 1);
    ck_assert_uint_eq(s.f.expected, 1);
    ck_assert_uint_eq(s.f.lost, 0);
    ck_assert_uint_eq(s.f.first_frame, 1);
    ck_assert_uint_eq(s.f.talkspurts, 1);
    ck_assert_uint_eq(s.f.payload_bytes, 160);
    ck_assert_uint_eq(s.f.link_bytes, 160 + 12 + 42);
    ck_assert_int_eq(s.f.extended_highest, 7);
    ck_assert_uint_eq(s.f.pts[0].packets, 1);
    ck_assert(slice_eq(s.f.codec, SLICE("PCMU")));
    ck_assert_near(s.f.peak_kbps.payload, 1.28);
    ck_assert(isnan(s.f.delta_ms.mean) && isnan(s.f.ptime_ms));
}

static void is_listed(void)
{
    struct stream_figures f;

    stream_list_figures(stream_at(s.table, 0), &f);
    ck_assert_uint_eq(f.packets, 1);
    ck_assert_uint_eq(f.lost + f.duplicates + f.reordered, 0);
    ck_assert(f.loss_pct == 0);
    ck_assert(isnan(f.delta_ms.mean) && isnan(f.delta_ms.max) && isnan(f.jitter_ms.mean));
    ck_assert(isnan(f.jitter_ms.max) && isnan(f.ip_kbps) && isnan(f.mos));
    ck_assert(slice_eq(f.codec, SLICE("PCMU")));
    ck_assert_uint_eq(f.pt_count, 1);
    ck_assert_uint_eq(f.pts[0].packets, 1);
    ck_assert_uint_eq(f.pts[0].clock_rate, 8000);
    ck_assert(!f.pts[0].negotiated);
    ck_assert_int_eq(f.start, 1000000000);
    ck_assert_int_eq(f.end, 1000000000);
    ck_assert_uint_eq(f.ssrc, s.f.ssrc);
    ck_assert_uint_eq(f.src.port, s.f.src.port);
    ck_assert_uint_eq(f.dst.port, s.f.dst.port);
}

START_TEST(one_packet)
{
    uint32_t number = 0;

    ck_assert(is_alone());
    finish(&s);
    ck_assert(is_alone());
    has_one_packet();
    is_listed();
    ck_assert_near(stream_peak_together(s.table, &number, 1).payload, 1.28);
}
END_TEST

/* The same where all is kept at once. */
START_TEST(one_packet_of_several_files)
{
    teardown();
    s = announced_sender(NULL);
    stream_expect_copies(s.table);
    s.marker = true;
    rtp(&s, 1000, 7, 160);
    ck_assert(!is_alone());
    finish(&s);
    has_one_packet();
    is_listed();
}
END_TEST

START_TEST(another_packet)
{
    rtp(&s, 1020, 8, 320);
    rtp(&s, 1060, 10, 640);
    ck_assert(!is_alone());
    finish(&s);
    ck_assert_uint_eq(s.f.packets, 3);
    ck_assert_uint_eq(s.f.lost, 1);
    ck_assert_near(s.f.delta_ms.min, 20);
    ck_assert_near(s.f.delta_ms.max, 40);
    ck_assert_uint_eq(s.f.talkspurts, 1);
    ck_assert_int_eq(s.f.start, 1000000000);
}
END_TEST

START_TEST(a_copy)
{
    rtp(&s, 1000, 7, 160);
    finish(&s);
    ck_assert_uint_eq(s.f.packets, 2);
    ck_assert_uint_eq(s.f.duplicates, 1);
}
END_TEST

/* No packet follows it. */
START_TEST(a_description_that_comes_later)
{
    static const struct rtp_map map = {.media = {"audio", 5}, .secure = true};
    struct net_addr dst;

    ck_assert(addr_parse_ip(SLICE("192.0.2.2"), 5000, &dst));
    stream_set_map(s.table, &dst, &map);
    finish(&s);
    ck_assert(s.f.encrypted);
    has_one_packet();
}
END_TEST

/* A receiver report about it. */
START_TEST(its_receiver_speaks)
{
    static const uint8_t octets[32] = {0x81, 201, 0, 7, [10] = 0x12, 0x34, 64, [19] = 9};
    struct packet packet = {.time = 1500000000, .frame = ++s.frame};
    struct datagram d = {.packet = &packet, .data = octets, .caplen = 32, .len = 32};

    addr_parse_ip(SLICE("192.0.2.2"), 5001, &d.src);
    addr_parse_ip(SLICE("192.0.2.1"), 4001, &d.dst);
    stream_control(s.table, &d);
    finish(&s);
    ck_assert_uint_eq(s.f.receiver_reports, 1);
    ck_assert_near(s.f.rtcp.worst_loss_pct, 25);
    has_one_packet();
}
END_TEST

static bool keeps_none(void *ctx, const struct net_addr *src, const struct net_addr *dst)
{
    (void)ctx;
    (void)src;
    (void)dst;
    return false;
}

/* It leaves with a part, or stays and goes on. */
START_TEST(parts)
{
    const bool leaves = _i;
    struct stream_table *part = stream_part(s.table, &leaves, keeps_none, NULL);

    ck_assert_ptr_nonnull(part);
    ck_assert_uint_eq(stream_count(part), leaves);
    if (leaves) {
        stream_table_free(s.table);
        s.table = part;
        finish(&s);
        has_one_packet();
        return;
    }
    stream_table_free(part);
    rtp(&s, 1020, 8, 320);
    finish(&s);
    ck_assert_uint_eq(s.f.packets, 2);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("alone");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, one_packet);
    tcase_add_test(t, one_packet_of_several_files);
    tcase_add_test(t, another_packet);
    tcase_add_test(t, a_copy);
    tcase_add_test(t, a_description_that_comes_later);
    tcase_add_test(t, its_receiver_speaks);
    tcase_add_loop_test(t, parts, 0, 2);
    return run_suite("alone", t);
}
