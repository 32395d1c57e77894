/* Which packets are a stream: announced ones at once, others on trial. */
#include "suite.h"

static struct sender s;

static bool none_announced(void *ctx, const struct net_addr *src, const struct net_addr *dst,
                           const struct rtp_map **map)
{
    (void)ctx;
    (void)src;
    (void)dst;
    *map = NULL;
    return false;
}

static void setup(void)
{
    s = (struct sender){.table = stream_table_new(none_announced, NULL), .ssrc = 0x1234};
}

static void teardown(void)
{
    stream_table_free(s.table);
}

START_TEST(four_in_a_row_are_a_stream)
{
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_uint_eq(stream_count(s.table), 0);
        ck_assert(rtp(&s, 20.0 * i, i + 7, 160 * i));
    }
    ck_assert_uint_eq(stream_count(s.table), 1);
    finish(&s);
    ck_assert_uint_eq(s.f.packets, 4); /* those on trial are counted, too */
    ck_assert_uint_eq(s.f.first_frame, 1);
    ck_assert_int_eq(s.f.found_by, STREAM_BY_HEURISTIC);
    ck_assert_uint_eq(stream_packets_counted(s.table), 4);
}
END_TEST

START_TEST(loss_duplicates_and_reordering_on_trial)
{
    static const unsigned numbers[] = {5, 6, 6, 8, 7, 9, 10};

    for (unsigned i = 0; i < 7; i++)
        rtp(&s, 20.0 * i, numbers[i], 160 * numbers[i]);
    finish(&s);
    ck_assert_uint_eq(s.f.packets, 7);
    ck_assert_uint_eq(s.f.duplicates, 1);
    ck_assert_uint_eq(s.f.lost, 0);
}
END_TEST

START_TEST(noise_is_no_stream)
{
    uint32_t x = 12345;

    for (unsigned i = 0; i < 5000; i++) {
        x = x * 1103515245u + 12345u;
        s.ssrc = x % 7; /* a field that repeats */
        s.pt = x >> 20 & 0x7f;
        rtp(&s, i, x >> 8 & 0xffff, x * 2654435761u);
    }
    stream_finish(s.table);
    ck_assert_uint_eq(stream_count(s.table), 0);
    ck_assert_uint_eq(stream_packets_counted(s.table), 0);
}
END_TEST

START_TEST(rtcp_types_are_no_payload_types)
{
    s.pt = 72;
    for (unsigned i = 0; i < 20; i++)
        rtp(&s, 20.0 * i, i, 160 * i);
    ck_assert_uint_eq(stream_count(s.table), 0);
}
END_TEST

/* RFC 4588: timestamps of what is sent again jump to and fro. */
START_TEST(retransmission_streams_by_number_alone)
{
    s.pt = 97;
    for (unsigned i = 0; i < 12; i++)
        rtp(&s, 20.0 * i, i, i % 3 * 5000000u);
    ck_assert_uint_eq(stream_count(s.table), 1);
}
END_TEST

START_TEST(a_million_flows_cost_no_memory)
{
    for (uint32_t i = 0; i < 1000000; i++) {
        s.ssrc = i;
        s.port = (uint16_t)i;
        rtp(&s, i, i & 0xffff, i);
    }
    ck_assert_uint_eq(stream_count(s.table), 0);
    s.ssrc = 0x1234;
    for (unsigned i = 0; i < 4; i++)
        rtp(&s, 1e6 + 20.0 * i, i, 160 * i);
    ck_assert_uint_eq(stream_count(s.table), 1);
}
END_TEST

START_TEST(ssrc_changes)
{
    stream_table_free(s.table);
    s = announced_sender(NULL);
    rtp(&s, 0, 1, 0);
    s.ssrc = 0x5678;
    rtp(&s, 20, 1, 0);
    s.ssrc = 0x9abc;
    s.port = 4002;
    rtp(&s, 40, 1, 0);
    finish(&s);
    ck_assert_uint_eq(stream_count(s.table), 3);
    ck_assert_uint_eq(s.f.ssrc_changes, 1);
    stream_figures(stream_at(s.table, 1), &s.f);
    ck_assert_uint_eq(s.f.ssrc_changes, 0);
}
END_TEST

START_TEST(description_that_comes_later)
{
    static const struct rtp_format speex = {97, false, 16000, {"speex", 5}};
    struct net_addr dst;

    s.pt = 97;
    for (unsigned i = 0; i < 10; i++) {
        rtp(&s, 20.0 * i, i, 320 * i);
        if (i == 5) {
            ck_assert(addr_parse_ip(SLICE("192.0.2.2"), 5000, &dst));
            stream_set_map(s.table, &dst, audio_map(true, 1, &speex));
        }
    }
    finish(&s);
    ck_assert_int_eq(s.f.found_by, STREAM_BY_SDP);
    ck_assert(slice_eq(s.f.codec, SLICE("speex")));
    ck_assert_uint_eq(s.f.clock_rate, 16000);
    ck_assert(s.f.encrypted);
    ck_assert_near(s.f.jitter_ms.max, 100.0 / 16); /* its first packet after: as in Wireshark */
}
END_TEST

/* 0: none more; the port is used by another call then. */
START_TEST(another_description_after_it)
{
    static const struct rtp_map narrow = {.media = {"audio", 5}}, wide = {.media = {"video", 5}};
    const unsigned more = (unsigned)_i;
    struct net_addr dst;

    teardown();
    s = announced_sender(&narrow);
    for (unsigned i = 0; i < 5 + more; i++) {
        rtp(&s, 20.0 * i, i, 160 * i);
        if (i != 4)
            continue;
        ck_assert(addr_parse_ip(SLICE("192.0.2.2"), 5000, &dst));
        stream_set_map(s.table, &dst, &wide);
    }
    finish(&s);
    ck_assert(slice_eq(s.f.media, more ? wide.media : narrow.media));
    ck_assert_uint_eq(s.f.pt_count, 1);
    ck_assert_uint_eq(s.f.pts[0].packets, 5 + more);
}
END_TEST

/* The port of a stream whose next packet comes late: what was described last holds then. */
START_TEST(descriptions_while_it_rests)
{
    static const struct rtp_map first = {.media = {"audio", 5}}, second = {.media = {"video", 5}},
                                third = {.media = {"text", 4}};
    struct net_addr dst;

    teardown();
    s = announced_sender(&first);
    ck_assert(addr_parse_ip(SLICE("192.0.2.2"), 5000, &dst));
    for (unsigned round = 0; round < 3; round++) {
        rtp(&s, 1000.0 * round, 10 + round, 160 * round);
        s.ssrc++;
        rtp(&s, 1000.0 * round, 10, 160); /* another, that has one packet */
        s.ssrc--;
        stream_set_map(s.table, &dst, &second);
        stream_set_map(s.table, &dst, round ? &first : &third);
    }
    rtp(&s, 3000, 13, 480);
    stream_finish(s.table);
    stream_figures(stream_at(s.table, 0), &s.f);
    ck_assert(slice_eq(s.f.media, first.media));
    stream_figures(stream_at(s.table, 1), &s.f);
    ck_assert_uint_eq(s.f.packets, 3);
    ck_assert(slice_eq(s.f.media, first.media));
}
END_TEST

/* Without any, it is explained by the first one; the next holds from its next packet on. */
START_TEST(two_descriptions_after_it)
{
    static const struct rtp_map first = {.media = {"audio", 5}}, second = {.media = {"video", 5}};
    const bool more = _i;
    struct net_addr dst;

    for (unsigned i = 0; i < 4; i++)
        rtp(&s, 20.0 * i, i, 160 * i);
    ck_assert(addr_parse_ip(SLICE("192.0.2.2"), 5000, &dst));
    stream_set_map(s.table, &dst, &first);
    stream_set_map(s.table, &dst, &second);
    if (more)
        rtp(&s, 80, 4, 640);
    finish(&s);
    ck_assert_int_eq(s.f.found_by, STREAM_BY_SDP);
    ck_assert(slice_eq(s.f.media, more ? second.media : first.media));
}
END_TEST

START_TEST(in_order_of_first_packet)
{
    for (unsigned i = 0; i < 8; i++) {
        s.ssrc = 1;
        rtp(&s, 20.0 * i, i == 2 ? 900 : i, 160 * i);
        s.ssrc = 2;
        rtp(&s, 20.0 * i + 1, i, 160 * i);
    }
    stream_finish(s.table);
    ck_assert_uint_eq(stream_count(s.table), 2);
    stream_figures(stream_at(s.table, 0), &s.f);
    ck_assert_uint_eq(s.f.ssrc, 2); /* the other began anew after a jump */
}
END_TEST

/* Two packets, then the answer that announces them, and nothing more. */
static bool announced_late;

static bool announced_by_then(void *ctx, const struct net_addr *src, const struct net_addr *dst,
                              const struct rtp_map **map)
{
    (void)src;
    (void)dst;
    *map = ctx;
    return announced_late;
}

START_TEST(announced_after_its_last_packet)
{
    teardown();
    announced_late = false;
    s = (struct sender){.table = stream_table_new(announced_by_then, NULL), .ssrc = 1};
    rtp(&s, 0, 10, 0);
    rtp(&s, 20, 11, 160);
    ck_assert_uint_eq(stream_count(s.table), 0);
    announced_late = true;
    finish(&s);
    ck_assert_uint_eq(stream_count(s.table), 1);
    ck_assert_uint_eq(s.f.packets, 2);
    ck_assert_int_eq(s.f.found_by, STREAM_BY_SDP);
}
END_TEST

/* Audio and video of a bundle share addresses: neither takes the other over. */
START_TEST(side_by_side)
{
    teardown();
    s = announced_sender(NULL);
    for (unsigned i = 0; i < 100; i++) {
        s.ssrc = 1 + i % 2;
        rtp(&s, 20.0 * i, i / 2, 160 * i);
    }
    finish(&s);
    ck_assert_uint_eq(stream_count(s.table), 2);
    ck_assert_uint_eq(s.f.ssrc_changes, 0);
}
END_TEST

/* A sender that changes its SSRC twice; its last packets overlap. */
START_TEST(taken_over)
{
    teardown();
    s = announced_sender(NULL);
    for (unsigned i = 0; i < 90; i++) {
        s.ssrc = 1 + i / 30;
        if (i == 31)
            s.ssrc = 1;
        rtp(&s, 20.0 * i, i, 160 * i);
    }
    finish(&s);
    ck_assert_uint_eq(stream_count(s.table), 3);
    ck_assert_uint_eq(s.f.ssrc_changes, 1);
    stream_figures(stream_at(s.table, 1), &s.f);
    ck_assert_uint_eq(s.f.ssrc_changes, 1);
    stream_figures(stream_at(s.table, 2), &s.f);
    ck_assert_uint_eq(s.f.ssrc_changes, 0);
}
END_TEST

/* Many senders to one place with one SSRC: each packet finds its own. */
START_TEST(one_ssrc_for_all)
{
    enum { MANY = 60000 };

    teardown();
    s = announced_sender(NULL);
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < MANY; i++) {
            s.port = (uint16_t)(1024 + i);
            rtp(&s, 20.0 * round, round, 160 * round);
        }
    stream_finish(s.table);
    ck_assert_uint_eq(stream_count(s.table), MANY);
    for (unsigned i = 0; i < MANY; i += 997) {
        stream_figures(stream_at(s.table, i), &s.f);
        ck_assert_uint_eq(s.f.packets, 2);
        ck_assert_uint_eq(s.f.src.port, 1024 + i);
    }
}
END_TEST

/* More payload types than are listed: the last row stands for the rest. */
START_TEST(many_payload_types)
{
    teardown();
    s = announced_sender(NULL);
    for (unsigned i = 0; i < 40; i++) {
        s.pt = (uint8_t)(77 + i);
        rtp(&s, 20.0 * i, i, 160 * i);
    }
    finish(&s);
    ck_assert_uint_eq(s.f.pt_count, STREAM_MAX_PTS);
    for (unsigned i = 0; i < STREAM_MAX_PTS - 1; i++) {
        ck_assert_uint_eq(s.f.pts[i].pt, 77 + i);
        ck_assert_uint_eq(s.f.pts[i].packets, 1);
    }
    ck_assert_uint_eq(s.f.pts[STREAM_MAX_PTS - 1].packets, 40 - (STREAM_MAX_PTS - 1));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("table");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, four_in_a_row_are_a_stream);
    tcase_add_test(t, loss_duplicates_and_reordering_on_trial);
    tcase_add_test(t, noise_is_no_stream);
    tcase_add_test(t, rtcp_types_are_no_payload_types);
    tcase_add_test(t, retransmission_streams_by_number_alone);
    tcase_add_test(t, a_million_flows_cost_no_memory);
    tcase_add_test(t, ssrc_changes);
    tcase_add_test(t, description_that_comes_later);
    tcase_add_loop_test(t, another_description_after_it, 0, 2);
    tcase_add_test(t, descriptions_while_it_rests);
    tcase_add_loop_test(t, two_descriptions_after_it, 0, 2);
    tcase_add_test(t, in_order_of_first_packet);
    tcase_add_test(t, announced_after_its_last_packet);
    tcase_add_test(t, side_by_side);
    tcase_add_test(t, taken_over);
    tcase_add_test(t, one_ssrc_for_all);
    tcase_add_test(t, many_payload_types);
    return run_suite("table", t);
}
