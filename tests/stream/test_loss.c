/* Bursts and gaps against RFC 3611: the example of §4.7.2, and the counters of
 * Appendix A.2 beside ours on patterns of any kind. */
#include "suite.h"

#include "stream/state.h"

enum { MOST = 4000 };

static struct loss_shape shape;
static uint32_t seed;

static uint32_t draw(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

/* '1' received, '0' lost, 'X' discarded. */
static void feed(const char *pattern)
{
    memset(&shape, 0, sizeof shape);
    for (const char *p = pattern; *p; p++) {
        if (*p == '1')
            loss_received(&shape, 1);
        else if (*p == '0')
            loss_lost(&shape, 1);
        else
            loss_discarded(&shape);
    }
    loss_finish(&shape);
}

/* 64 packets of 10 ms, as the text says; the line that is printed there lacks the
 * last.  The gaps take 230 and 290 ms, the burst 120; 4 of 12 and 2 of 52 are missing:
 * 0.33 and 0.04. */
START_TEST(worked_example)
{
    feed("11110111111111111111111X111X1011110111111111111111111X1111111111");
    ck_assert_uint_eq(shape.bursts, 1);
    ck_assert_uint_eq(shape.burst_packets, 12);
    ck_assert_uint_eq(shape.burst_lost, 4);
    ck_assert_uint_eq(shape.gap_packets, 23 + 29);
    ck_assert_uint_eq(shape.gap_lost, 2);
    ck_assert_uint_eq(shape.longest, 1); /* lost in a row; what is discarded came */
}
END_TEST

/* The same as a stream: what is discarded comes 100 ms late, by a buffer of 60 ms.
 * Gaps last (230 + 290) / 2 ms on average. */
START_TEST(worked_example_as_a_stream)
{
    static const char pattern[] =
        "11110111111111111111111X111X1011110111111111111111111X1111111111";
    static const struct rtp_format formats[] = {{.pt = 0, .clock_rate = 8000,
                                                 .codec = SLICE("PCMU")}};
    struct sender s = announced_sender(audio_map(false, 1, formats));

    for (unsigned i = 0; i < 64 + 10; i++) { /* ten packets later */
        if (i < 64 && pattern[i] == '1')
            rtp(&s, 10.0 * i, i, 80 * i);
        if (i >= 10 && pattern[i - 10] == 'X')
            rtp(&s, 10.0 * i + 1, i - 10, 80 * (i - 10));
    }
    finish(&s);
    ck_assert_uint_eq(s.f.expected, 64);
    ck_assert_uint_eq(s.f.lost, 3);
    ck_assert_uint_eq(s.f.discarded, 3);
    ck_assert_uint_eq(s.f.bursts, 1);
    ck_assert_near(s.f.burst_ms, 120);
    ck_assert_near(s.f.burst_loss_pct, 100 * 4 / 12.0);
    ck_assert_near(s.f.gap_ms, 260);
    ck_assert_near(s.f.gap_loss_pct, 100 * 2 / 52.0);
    stream_table_free(s.table);
}
END_TEST

/* The appendix counts transitions between four states: 1 received in a gap, 2 received
 * in a burst, 3 missing in a burst, 4 missing alone. */
struct transitions {
    uint64_t c11, c13, c14, c22, c23, c33;
    uint64_t received, missing_here; /* since the last one missing; in this cluster */
};

static void count_missing(struct transitions *t)
{
    enum { GMIN = 16 };

    if (t->received >= GMIN) {
        if (t->missing_here == 1)
            t->c14++;
        else
            t->c13++;
        t->missing_here = 1;
        t->c11 += t->received;
    } else {
        t->missing_here++;
        if (!t->received) {
            t->c33++;
        } else {
            t->c23++;
            t->c22 += t->received - 1;
        }
    }
    t->received = 0;
}

/* A cluster is counted when the next one begins: so one missing packet is put behind the
 * whole, and taken off before it. */
static struct transitions transitions_of(const char *pattern)
{
    struct transitions t = {.missing_here = 1};

    for (const char *p = pattern; *p; p++) {
        if (*p == '1')
            t.received++;
        else
            count_missing(&t);
    }
    count_missing(&t);
    t.c14--;
    return t;
}

static void same(double a, double b, const char *what, const char *pattern)
{
    ck_assert_msg(fabs(a - b) < 1e-9, "%s is %g, not %g: %.200s", what, a, b, pattern);
}

static void compare(const char *pattern)
{
    struct transitions t = transitions_of(pattern);
    double c31 = (double)t.c13, c32 = (double)t.c23;
    double missing = c31 + c32 + (double)t.c33, inside = (double)(t.c22 + t.c23);
    double p32 = missing > 0 ? c32 / missing : 0;
    double p23 = inside > 0 ? 1 - (double)t.c22 / inside : 1;

    feed(pattern);
    same(shape.bursts, (double)t.c13, "bursts", pattern);
    same((double)shape.burst_packets, missing + inside, "burst length", pattern);
    same((double)shape.gap_packets, (double)(t.c11 + t.c14), "gap length", pattern);
    same((double)shape.gap_lost / (double)shape.gap_packets,
         (double)t.c14 / (double)(t.c11 + t.c14), "gap density", pattern);
    if (shape.bursts)
        same((double)shape.burst_lost / (double)shape.burst_packets, p23 / (p23 + p32),
             "burst density", pattern);
}

/* Sixteen received stand before and behind, as §4.7.2 takes them to. */
static void make(char *pattern, size_t n, unsigned in_1000, bool bursty)
{
    unsigned state = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned chance = draw() % 1000;

        if (bursty && draw() % 40 == 0)
            state = !state;
        chance = bursty ? chance / (state ? 20 : 1) : chance;
        pattern[i] = i < 16 || i + 16 >= n || chance >= in_1000 ? '1' : chance & 1 ? '0' : 'X';
    }
    pattern[n] = 0;
}

START_TEST(counters_of_the_appendix)
{
    static const unsigned rates[] = {0, 5, 20, 60, 200, 500, 900, 1000};
    static char pattern[MOST + 1];

    seed = 3;
    for (unsigned i = 0; i < 400; i++) {
        make(pattern, 33 + draw() % (MOST - 33), rates[i % 8], i / 8 % 2);
        compare(pattern);
    }
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("loss");

    tcase_add_test(t, worked_example);
    tcase_add_test(t, worked_example_as_a_stream);
    tcase_add_test(t, counters_of_the_appendix);
    return run_suite("loss", t);
}
