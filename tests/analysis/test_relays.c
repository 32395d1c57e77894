/* Calls joined by the SSRC that a relay passes on. */
#include "analysis/relays.h"

#include <stdlib.h>

#include "../call/feed.h"

static struct feed f;
static struct fosip_analysis a;
static uint64_t frame;

static bool any(void *ctx, const struct net_addr *src, const struct net_addr *dst,
                const struct rtp_map **map)
{
    (void)ctx;
    (void)src;
    (void)dst;
    *map = NULL;
    return true;
}

static void setup(void)
{
    static const char *const calls[] = {"one", "two", "three", "four"};

    feed_open(&f);
    a = (struct fosip_analysis){.calls = f.table, .streams = stream_table_new(any, NULL)};
    for (unsigned i = 0; i < 4; i++)
        SAY(&f, .call_id = calls[i], .from = calls[i], .to = calls[i], .line = INVITE_LINE);
    ck_assert_int_eq(call_finish(f.table, 10000000000), 0);
}

static void teardown(void)
{
    stream_table_free(a.streams);
    free(a.same_ssrc);
    feed_close(&f);
}

/* Two seconds of packets from second `at` on. */
static void send(const char *src, const char *dst, uint16_t port, uint32_t ssrc, double at)
{
    for (unsigned i = 0; i < 100; i++) {
        uint8_t octets[172] = {0x80, 0, 0, (uint8_t)i};
        struct packet packet = {.time = (int64_t)((at + i * 0.02) * 1e9), .frame = ++frame};
        struct datagram d = {.packet = &packet, .data = octets, .caplen = 172, .len = 172,
                             .ip_bytes = 200, .link_bytes = 214, .transport = NET_UDP,
                             .src = feed_addr(src, port), .dst = feed_addr(dst, port)};
        struct stream_look look;

        octets[6] = (uint8_t)(i * 160 >> 8);
        octets[7] = (uint8_t)(i * 160);
        for (unsigned b = 0; b < 4; b++)
            octets[8 + b] = (uint8_t)(ssrc >> (24 - 8 * b));
        stream_look(a.streams, &d, &look);
        ck_assert(stream_media(a.streams, &look));
    }
}

/* The streams, in their order, belong to those calls. */
static void join(unsigned count, const uint32_t *calls)
{
    stream_finish(a.streams);
    ck_assert_uint_eq(stream_count(a.streams), count);
    for (unsigned i = 0; i < count; i++)
        stream_bind(stream_at(a.streams, i), calls[i], STREAM_TO_CALLEE);
    ck_assert_int_eq(relays_join(&a), 0);
    ck_assert_int_eq(call_group(f.table), 0);
}

#define JOIN(...) \
    join(sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), (uint32_t[]){__VA_ARGS__})

START_TEST(a_relay_carries_on)
{
    const struct call *two = call_at(f.table, 1);

    send("10.0.0.1", "10.0.0.5", 4000, 0xcafe0001, 0);
    send("10.0.0.5", "10.0.0.2", 6000, 0xcafe0001, 0.001);
    JOIN(0, 1);
    ck_assert_uint_eq(two->group, 0);
    ck_assert_uint_eq(two->joins.n, 1);
    ck_assert_uint_eq(two->joins.v[0].evidence, EVIDENCE_MEDIA_SSRC);
    ck_assert(slice_eq(two->joins.v[0].detail, SLICE("0xcafe0001")));
}
END_TEST

START_TEST(another_place_is_chance)
{
    send("10.0.0.1", "10.0.0.5", 4000, 7, 0);
    send("10.0.0.6", "10.0.0.2", 6000, 7, 0.001);
    JOIN(0, 1);
    ck_assert_uint_eq(call_at(f.table, 1)->group, 1);
}
END_TEST

START_TEST(another_time_is_chance)
{
    send("10.0.0.1", "10.0.0.5", 4000, 7, 0);
    send("10.0.0.5", "10.0.0.2", 6000, 7, 60);
    JOIN(0, 1);
    ck_assert_uint_eq(call_at(f.table, 1)->group, 1);
}
END_TEST

START_TEST(an_echo_is_no_relay)
{
    send("10.0.0.1", "10.0.0.5", 4000, 7, 0);
    send("10.0.0.5", "10.0.0.1", 6000, 7, 0.001);
    JOIN(0, 1);
    ck_assert_uint_eq(call_at(f.table, 1)->group, 1);
}
END_TEST

/* A load generator that gives all its streams one SSRC. */
START_TEST(a_constant_ssrc_is_no_evidence)
{
    send("10.0.0.1", "10.0.0.5", 4000, 7, 0);
    send("10.0.0.1", "10.0.0.5", 4002, 7, 0.0001);
    send("10.0.0.5", "10.0.0.2", 6000, 7, 0.0002);
    send("10.0.0.5", "10.0.0.2", 6002, 7, 0.0003);
    JOIN(0, 1, 2, 3);
    for (uint32_t i = 0; i < 4; i++)
        ck_assert_uint_eq(call_at(f.table, i)->group, i);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("relays");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_relay_carries_on);
    tcase_add_test(t, another_place_is_chance);
    tcase_add_test(t, another_time_is_chance);
    tcase_add_test(t, an_echo_is_no_relay);
    tcase_add_test(t, a_constant_ssrc_is_no_evidence);
    return run_suite("relays", t);
}
