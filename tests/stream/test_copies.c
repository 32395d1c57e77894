/* What the capture holds twice, and what the network duplicated. */
#include "suite.h"

struct seen {
    double ms;
    unsigned sequence, ip_id, tap, link;
};

static struct stream_table *table;
static uint64_t frame;

static void see(struct seen p)
{
    uint8_t octets[172] = {0x80, 0, (uint8_t)(p.sequence >> 8), (uint8_t)p.sequence,
                           0, 0, (uint8_t)(p.sequence * 160 >> 8), (uint8_t)(p.sequence * 160),
                           0, 0, 0x12, 0x34};
    struct packet packet = {.time = (int64_t)llround(p.ms * 1e6), .frame = ++frame,
                            .file = p.tap};
    struct datagram d = {.packet = &packet, .data = octets, .caplen = 172, .len = 172,
                         .ip_bytes = 200, .link_bytes = 214, .transport = NET_UDP,
                         .ip_id = (uint16_t)p.ip_id, .ttl = (uint8_t)(64 - p.link)};
    struct stream_look look;

    addr_parse_ip(SLICE("192.0.2.1"), 4000, &d.src);
    addr_parse_ip(SLICE("192.0.2.2"), 5000, &d.dst);
    ck_assert(stream_look(table, &d, &look));
    stream_media(table, &look);
}

static void begin(bool several)
{
    table = stream_table_new(any_announced, (void *)audio_map(false, 0, NULL));
    ck_assert_ptr_nonnull(table);
    if (several)
        stream_expect_copies(table);
    frame = 0;
}

static struct stream_figures end(void)
{
    struct stream_figures f;

    stream_finish(table);
    ck_assert_uint_eq(stream_count(table), 1);
    stream_figures(stream_at(table, 0), &f);
    stream_table_free(table);
    return f;
}

/* Two files of 50 packets each, the second tap 3 ms behind and one packet after
 * another duplicated by the network, which both taps saw: 5 of them. */
START_TEST(two_taps)
{
    struct stream_figures f;

    begin(true);
    for (unsigned i = 0; i < 50; i++) {
        see((struct seen){.ms = 20 * i, .sequence = i, .ip_id = 100 + i});
        if (i % 10 == 9)
            see((struct seen){.ms = 20 * i + 1, .sequence = i, .ip_id = 100 + i});
        see((struct seen){.ms = 20 * i + 3, .sequence = i, .ip_id = 100 + i, .tap = 1, .link = 1});
        if (i % 10 == 9)
            see((struct seen){.ms = 20 * i + 4, .sequence = i, .ip_id = 100 + i, .tap = 1,
                              .link = 1});
    }
    f = end();
    ck_assert_uint_eq(f.packets, 55);
    ck_assert_uint_eq(f.duplicates, 5);
    ck_assert_uint_eq(f.copies, 55);
    ck_assert_uint_eq(f.seen_twice, 0);
    ck_assert_uint_eq(f.lost, 0);
    ck_assert_near(f.delta_ms.max, 20.0);
    ck_assert_uint_eq(f.ip_bytes, 55 * 200);
    ck_assert_near(f.duration_s, 0.981); /* the last duplicate, not its copy */
}
END_TEST

/* The taps' packets come in bursts: a copy is not the next packet. */
START_TEST(bursts)
{
    struct stream_figures f;

    begin(true);
    for (unsigned burst = 0; burst < 4; burst++)
        for (unsigned tap = 0; tap < 2; tap++)
            for (unsigned i = 0; i < 16; i++)
                see((struct seen){.ms = 100 * burst + 2 * tap + 0.01 * i,
                                  .sequence = 16 * burst + i, .ip_id = 7 + 16 * burst + i,
                                  .tap = tap});
    f = end();
    ck_assert_uint_eq(f.packets, 64);
    ck_assert_uint_eq(f.copies, 64);
    ck_assert_uint_eq(f.reordered, 0);
}
END_TEST

/* One tap before and behind a router: the TTL tells.  Wireshark counts them; their
 * octets were not on the wire twice. */
START_TEST(one_tap_two_places)
{
    struct stream_figures f;

    begin(false);
    for (unsigned i = 0; i < 50; i++)
        for (unsigned place = 0; place < 2; place++)
            see((struct seen){.ms = 20 * i + 0.2 * place, .sequence = i, .ip_id = i + 1,
                              .link = place});
    f = end();
    ck_assert_uint_eq(f.packets, 100);
    ck_assert_uint_eq(f.duplicates, 50);
    ck_assert_uint_eq(f.seen_twice, 50);
    ck_assert_uint_eq(f.copies, 0);
    ck_assert_uint_eq(f.ip_bytes, 50 * 200);
}
END_TEST

/* Each is a duplicate: same way; another identification; long afterwards. */
START_TEST(no_copies)
{
    static const struct seen seconds[] = {
        {.ms = 1, .sequence = 1, .ip_id = 9},
        {.ms = 1, .sequence = 1, .ip_id = 10, .tap = 1},
        {.ms = 1, .sequence = 1, .ip_id = 10, .link = 1},
        {.ms = 7, .sequence = 1, .ip_id = 9, .link = 1},
        {.ms = 150, .sequence = 1, .ip_id = 9, .tap = 1},
    };
    struct stream_figures f;

    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++)
        for (unsigned several = 0; several < 2; several++) {
            begin(several);
            see((struct seen){.ms = 0, .sequence = 1, .ip_id = 9});
            see(seconds[i]);
            f = end();
            ck_assert_uint_eq(f.duplicates, 1);
            ck_assert_uint_eq(f.copies + f.seen_twice, 0);
        }
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("copies");

    tcase_add_test(t, two_taps);
    tcase_add_test(t, bursts);
    tcase_add_test(t, one_tap_two_places);
    tcase_add_test(t, no_copies);
    return run_suite("copies", t);
}
