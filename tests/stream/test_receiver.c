/* What a receiver would report, worked out packet by packet as RFC 3550 has it in
 * Appendix A: A.1 (extended highest number), A.3 (cumulative loss), A.8 (jitter, in
 * timestamp units). */
#include "suite.h"

#include "support/trace.h"

static struct sender s;
static uint32_t seed;

static const struct rtp_format formats[] = {{.pt = 0, .clock_rate = 8000,
                                             .codec = SLICE("PCMU")}};

static void setup(void)
{
    s = announced_sender(audio_map(false, 1, formats));
    seed = 7;
}

static void teardown(void)
{
    stream_table_free(s.table);
}

struct receiver {
    uint16_t base, max;
    uint32_t cycles;
    int64_t received;
    double transit, jitter, jitter_max, jitter_sum;
    uint64_t jitters;
    bool any;
};

/* A.1, for a source that has been validated; no jump is larger than MAX_DROPOUT. */
static void update(struct receiver *r, uint16_t number)
{
    enum { MAX_DROPOUT = 3000 };
    uint16_t ahead = (uint16_t)(number - r->max);

    if (!r->received++) {
        r->base = r->max = number;
        return;
    }
    if (ahead >= MAX_DROPOUT) /* a duplicate, or late */
        return;
    if (number < r->max)
        r->cycles += 65536;
    r->max = number;
}

/* A.8; arrival in ms. */
static void measure(struct receiver *r, double ms, uint32_t timestamp)
{
    double transit = ms * 8 - timestamp, d = fabs(transit - r->transit);

    r->transit = transit;
    if (!r->any) {
        r->any = true;
        return;
    }
    r->jitter += (d - r->jitter) / 16;
    r->jitter_max = fmax(r->jitter_max, r->jitter);
    r->jitter_sum += r->jitter;
    r->jitters++;
}

static void expect_counts(const struct receiver *r)
{
    int64_t highest = (int64_t)r->cycles + r->max;

    ck_assert_int_eq(s.f.extended_highest, highest);
    ck_assert_int_eq(s.f.cumulative_lost, highest - r->base + 1 - r->received);
}

/* Over two wraps, with loss, duplicates, and packets that overtake others. */
START_TEST(counts)
{
    struct receiver r = {0};
    unsigned held = 0;

    for (unsigned i = 0; i < 140000; i++) {
        unsigned kind = i ? trace_random(&seed) % 100 : 99, number = 65000 + i;

        if (kind < 3)
            continue;
        if (kind < 5 && !held) {
            held = number;
            continue;
        }
        for (unsigned n = 0; n < 1 + (kind < 7); n++) {
            rtp(&s, 20.0 * i + n, number, 160 * i);
            update(&r, (uint16_t)number);
        }
        if (held && kind < 30) {
            rtp(&s, 20.0 * i + 3, held, 160 * (held - 65000));
            update(&r, (uint16_t)held);
            held = 0;
        }
    }
    finish(&s);
    ck_assert_uint_gt(s.f.duplicates, 1000);
    ck_assert_uint_gt(s.f.reordered, 1000);
    ck_assert_uint_gt(s.f.lost, 1000);
    ck_assert_uint_eq(s.f.sequence_resets, 0);
    ck_assert_uint_eq(r.cycles, 3 * 65536);
    expect_counts(&r);
    ck_assert_int_eq(s.f.cumulative_lost, (int64_t)s.f.lost - (int64_t)s.f.duplicates);
}
END_TEST

/* More duplicates than losses: "the number lost may be negative". */
START_TEST(less_than_nothing_lost)
{
    struct receiver r = {0};

    for (unsigned i = 0; i < 100; i++)
        for (unsigned n = 0; n < 1 + (i % 10 == 0); n++) {
            rtp(&s, 20.0 * i + n, i, 160 * i);
            update(&r, (uint16_t)i);
        }
    finish(&s);
    expect_counts(&r);
    ck_assert_int_eq(s.f.cumulative_lost, -10);
    ck_assert_uint_eq(s.f.lost, 0);
}
END_TEST

/* Random delays and losses, timestamps that wrap: the filter of every step. */
START_TEST(jitter)
{
    struct receiver r = {0};
    double at = 0;

    for (unsigned i = 0; i < 5000; i++) {
        double ms = 20.0 * i + trace_random(&seed) % 19 + trace_random(&seed) % 1000 / 1000.0;

        if (i && trace_random(&seed) % 50 == 0)
            continue;
        ck_assert_double_gt(ms, at);
        at = ms;
        rtp(&s, ms, i, 160 * i + 0xfffe0000);
        measure(&r, ms, 160 * i);
    }
    finish(&s);
    ck_assert_double_gt(r.jitter_max, 40); /* ticks: 5 ms */
    ck_assert_uint_gt(r.jitters, 4800);
    ck_assert_near(s.f.rfc_jitter_last_ms, r.jitter / 8);
    ck_assert_near(s.f.rfc_jitter_max_ms, r.jitter_max / 8);
    ck_assert_near(s.f.rfc_jitter_mean_ms, r.jitter_sum / (double)r.jitters / 8);
}
END_TEST

/* By hand: transits of 0, 8, 0, 40 and 40 ticks differ by 8, 8, 40 and 0:
 * 0.5, 0.96875, 3.408203125, 3.1951904296875 ticks. */
START_TEST(jitter_by_hand)
{
    static const double delays[] = {0, 1, 0, 5, 5};

    for (unsigned i = 0; i < 5; i++)
        rtp(&s, 20.0 * i + delays[i], i, 160 * i);
    finish(&s);
    ck_assert_double_eq_tol(s.f.rfc_jitter_last_ms, 3.1951904296875 / 8, 1e-9);
    ck_assert_double_eq_tol(s.f.rfc_jitter_max_ms, 3.408203125 / 8, 1e-9);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("receiver");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, counts);
    tcase_add_test(t, less_than_nothing_lost);
    tcase_add_test(t, jitter);
    tcase_add_test(t, jitter_by_hand);
    return run_suite("receiver", t);
}
