/* The short way of regular packets: many streams with everything that happens to
 * packets, counted with it and without it, have the same figures to the last bit. */
#include "suite.h"

#include "../net/frame.h"
#include "capture/input.h"
#include "rtp/g711.h"
#include "stream/flow.h"

enum { STREAMS = 400, PACKETS = 600, KEY = 800 };

/* 100 ms of the key 1, in G.711. */
static uint8_t key[KEY];

static uint64_t random_state;

static uint32_t draw(uint32_t below)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ z >> 31) % below);
}

static void make_key(void)
{
    int16_t samples[256];

    for (unsigned k = 0; k < 256; k++)
        samples[k] = g711_sample(G711_MU, (uint8_t)k);
    for (unsigned i = 0; i < KEY; i++) {
        double x = 4000 * (sin(2 * M_PI * 697 * i / 8000) + sin(2 * M_PI * 1209 * i / 8000));

        for (unsigned k = 0; k < 256; k++)
            if (fabs(samples[k] - x) < fabs(samples[key[i]] - x))
                key[i] = (uint8_t)k;
    }
}

static void open_sender(struct sender *s, const struct rtp_map *map, double buffer_ms,
                        bool short_way)
{
    *s = announced_sender(map);
    stream_configure(s->table, &(struct stream_settings){.buffer_ms = buffer_ms,
                                                         .no_short_way = !short_way});
}

/* Where packets go that are to be seen as a whole capture's are. */
static struct stream_flows *flows;
static struct stream_base base;
static unsigned briefs;

/* One packet of Ethernet, at the time that rtp() would give it. */
static void on_wire(const struct sender *s, double ms, unsigned sequence, uint32_t timestamp)
{
    enum { TOGETHER = 64, HEADERS = 12 };
    static struct frame frames[TOGETHER];
    struct frame *f = &frames[s->frame % TOGETHER];
    uint8_t *h;
    struct capture_run run = {.frame = s->frame + 1};
    struct stream_glance glance;
    struct stream_brief brief[1 + STREAM_BRIEFS_AHEAD] = {0};
    struct stream_look look;
    struct packet packet;

    frame_payload(f, s->payload, s->payload_n);
    h = frame_front(f, HEADERS);
    put16(h, 0x8000 | (s->marker ? 0x80u : 0) | s->pt);
    put16(h + 2, sequence & 0xffff);
    put32(h + 4, timestamp);
    put32(h + 8, s->ssrc);
    frame_udp(f, 40000 + s->port, 50000);
    frame_ip4(f, 17, "192.0.2.1", "192.0.2.2");
    frame_ethernet(f, 0x0800);
    packet = frame_packet(f, 1);
    packet.time = (int64_t)llround(ms * 1e6);
    packet.frame = s->frame + 1;
    if (s->frame % TOGETHER == 0)
        base = (struct stream_base){packet.time, packet.frame, frames[0].room};
    input_record(&packet, &run);
    stream_glance(flows, &run, &glance);
    if (stream_see_known(flows, &run, 0, &glance, &base, brief)) {
        briefs++;
        stream_fetch_flow(flows, brief);
        ck_assert_uint_eq(stream_media_briefs(s->table, flows, &base, brief, 1), 1);
    } else {
        ck_assert(stream_see(flows, &packet, &glance, &look));
        ck_assert(stream_media_whole(s->table, flows, &look));
    }
}

/* How a packet may differ from the one before, once in `rare` packets each. */
static void play(struct sender *a, struct sender *b, uint32_t rare)
{
    static uint8_t payload[500];
    uint32_t timestamp = draw(UINT32_MAX), step = 80u << draw(3), jitter = 1 + draw(8000);
    unsigned sequence = draw(65536), octets = 20 + draw(200), sounds = 0;
    double sent = draw(1000), late;

    for (unsigned i = 0; i < PACKETS; i++) {
        bool marker = !draw(rare);
        uint8_t pt = !draw(rare) ? 13 : !draw(rare) ? 101 : 0;

        late = draw(jitter) / 1000.0 + (draw(rare) ? 0 : draw(400));
        if (!draw(rare))
            sequence += 1 + draw(3); /* lost */
        if (!draw(rare))
            sequence -= draw(4); /* again, or behind others */
        if (!draw(rare * 4))
            sequence = draw(65536);
        if (!draw(rare))
            timestamp += draw(4) * step;
        if (!draw(rare * 4))
            timestamp = draw(UINT32_MAX);
        if (!draw(rare * 4))
            sent += draw(3000);
        if (!draw(rare))
            octets = 20 + draw(200);
        if (!draw(rare * 4))
            step = 80u << draw(3);
        if (!draw(rare))
            sounds = KEY;
        memset(payload, 0xff, octets);
        if (sounds >= octets) {
            memcpy(payload, key + KEY - sounds, octets);
            sounds -= octets;
        }
        for (unsigned q = 0; q < 2; q++) {
            struct sender *s = q ? b : a;

            s->pt = pt;
            s->marker = marker;
            s->payload = payload;
            s->payload_n = octets;
            if (flows && !q) {
                on_wire(s, sent + late, sequence, timestamp);
                s->frame++;
            } else {
                rtp(s, sent + late, sequence, timestamp);
            }
        }
        sequence++;
        timestamp += step;
        sent += step / 8;
    }
}

#define SAME(field) \
    ck_assert_msg(memcmp(&f.field, &g.field, sizeof f.field) == 0, "stream %u: " #field, number)

/* How many keys were heard. */
static size_t compare_keys(struct sender *a, struct sender *b)
{
    const struct stream_digit *d, *e;
    size_t n = stream_digits(stream_at(a->table, 0), &d);

    ck_assert_uint_eq(n, stream_digits(stream_at(b->table, 0), &e));
    for (size_t i = 0; i < n; i++)
        ck_assert(d[i].digit == e[i].digit && d[i].time == e[i].time &&
                  memcmp(&d[i].duration_ms, &e[i].duration_ms, sizeof d->duration_ms) == 0);
    return n;
}

static void compare(unsigned number, struct sender *a, struct sender *b)
{
    struct stream_figures f, g;

    f = a->f;
    g = b->f;
    SAME(packets), SAME(expected), SAME(lost), SAME(duplicates), SAME(reordered);
    SAME(copies), SAME(seen_twice), SAME(sequence_resets), SAME(cumulative_lost), SAME(outages);
    SAME(extended_highest), SAME(delta_ms), SAME(jitter_ms), SAME(skew_min_ms);
    SAME(skew_max_ms), SAME(rfc_jitter_mean_ms), SAME(rfc_jitter_max_ms);
    SAME(rfc_jitter_last_ms), SAME(payload_bytes), SAME(rtp_bytes), SAME(ip_bytes);
    SAME(link_bytes), SAME(peak_kbps), SAME(packet.payload), SAME(packet.whole);
    SAME(ptime_ms), SAME(start), SAME(end), SAME(bursts), SAME(longest_loss);
    SAME(burst_loss_pct), SAME(gap_loss_pct), SAME(longest_gap_ms), SAME(burst_ratio);
    SAME(discarded), SAME(discarded_adaptive), SAME(clock_ppm), SAME(clock_error_ppm);
    SAME(clock_restarts), SAME(talkspurts), SAME(noise_packets), SAME(silence_suppressed);
    SAME(pt_count), SAME(clock_rate), SAME(r_factor), SAME(mos);
    for (unsigned i = 0; i < f.pt_count; i++)
        SAME(pts[i].packets), SAME(pts[i].pt);
}

static void compare_many(bool by_flow)
{
    static const struct rtp_format formats[] = {
        {.pt = 0, .codec = {"PCMU", 4}, .clock_rate = 8000},
        {.pt = 101, .codec = {"telephone-event", 15}, .clock_rate = 8000, .event = true},
    };
    const struct rtp_map *map = audio_map(false, 2, formats);
    size_t keys = 0;

    make_key();
    for (unsigned number = 0; number < STREAMS; number++) {
        struct sender a, b;

        random_state = number;
        open_sender(&a, map, number % 2 ? 60 : 10, true);
        flows = by_flow ? stream_flows_new(a.table) : NULL;
        open_sender(&b, map, number % 2 ? 60 : 10, false);
        play(&a, &b, 2 + draw(400));
        finish(&a);
        finish(&b);
        compare(number, &a, &b);
        keys += compare_keys(&a, &b);
        stream_table_free(a.table);
        stream_table_free(b.table);
        stream_flows_free(flows);
    }
    flows = NULL;
    ck_assert_uint_gt(keys, 100);
}

START_TEST(same_figures)
{
    compare_many(false);
}
END_TEST

/* Packets that wait with their flow to be counted together. */
START_TEST(same_figures_by_flow)
{
    briefs = 0;
    compare_many(true);
    ck_assert_uint_gt(briefs, STREAMS * PACKETS / 4);
}
END_TEST

/* What is plain goes the short way: otherwise nothing was compared. */
START_TEST(is_taken)
{
    struct sender s;
    const struct stream *stream;

    open_sender(&s, NULL, 60, true);
    for (unsigned i = 0; i < 40; i++)
        rtp(&s, 20.0 * i, i, 160 * i);
    stream = stream_at(s.table, 0);
    ck_assert_uint_eq(stream->regular.count, 38); /* two tell the step */
    rtp(&s, 800, 41, 160 * 41);                   /* one is lost */
    ck_assert_uint_eq(stream->regular.count, 0);
    rtp(&s, 820, 42, 160 * 42);
    rtp(&s, 840, 43, 160 * 43);
    ck_assert_uint_gt(stream->regular.count, 0);
    finish(&s);
    ck_assert_uint_eq(s.f.packets, 43);
    ck_assert_uint_eq(s.f.lost, 1);
    ck_assert_uint_eq(s.f.payload_bytes, 43 * 160);
    stream_table_free(s.table);
}
END_TEST

/* Reports that come in between see all packets so far. */
START_TEST(settled_for_others)
{
    struct sender s;
    struct stream *stream;
    struct net_addr src, dst;

    open_sender(&s, NULL, 60, true);
    for (unsigned i = 0; i < 40; i++)
        rtp(&s, 20.0 * i, i, 160 * i);
    addr_parse_ip(SLICE("192.0.2.1"), 4000, &src);
    addr_parse_ip(SLICE("192.0.2.2"), 5000, &dst);
    stream = stream_by_ssrc(s.table, 0x1234, &src, &dst);
    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_eq(stream->sequence.received, 40);
    stream_table_free(s.table);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("regular");

    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, same_figures);
    tcase_add_test(tcase, same_figures_by_flow);
    tcase_add_test(tcase, is_taken);
    tcase_add_test(tcase, settled_for_others);
    return run_suite("regular", tcase);
}
