/* Octets by seconds: the fullest one of several streams together. */
#include "suite.h"

#include "analysis/model.h"
#include "fosip/fosip.h"

static struct sender s;

static void setup(void)
{
    s = announced_sender(NULL);
    stream_configure(s.table, &(struct stream_settings){.buffer_ms = 60, .interval = 1000000000});
}

static void teardown(void)
{
    stream_table_free(s.table);
}

static struct stream_rates peak_together(uint32_t n)
{
    static const uint32_t numbers[] = {0, 1, 2, 3};

    return stream_peak_together(s.table, numbers, n);
}

/* Two streams of a call: seconds of the capture.  The first sends 50 packets in each of
 * three, twice as many in the second; the other 50 from 1.5 s on, 25 of them in the second. */
START_TEST(peak_of_several)
{
    const uint32_t second = 1;
    struct stream_rates peak;

    for (unsigned i = 0; i < 200; i++)
        rtp(&s, i < 50 ? 20.0 * i : i < 150 ? 1000 + 10.0 * (i - 50) : 2000 + 20.0 * (i - 150), i,
            160 * i);
    s.port = 4002;
    for (unsigned i = 0; i < 50; i++)
        rtp(&s, 1500 + 20.0 * i, i, 160 * i);
    finish(&s);
    peak = peak_together(2);
    ck_assert_near(peak.payload, 125 * 160 * 8 / 1000.0);
    ck_assert_near(peak.rtp, 125 * 172 * 8 / 1000.0);
    ck_assert_near(peak.ip, 125 * 200 * 8 / 1000.0);
    ck_assert_near(peak.link, 125 * 214 * 8 / 1000.0);
    peak = stream_peak_together(s.table, &second, 1);
    ck_assert_near(peak.ip, 25 * 200 * 8 / 1000.0);
    ck_assert(isnan(peak_together(0).ip));
}
END_TEST

/* The greatest sum of rows with the same number, by looking at each pair. */
static double fullest(uint32_t streams, uint64_t (*octets)(const struct stream_interval *))
{
    const struct stream_interval *rows, *others;
    uint64_t most = 0;

    for (uint32_t i = 0; i < streams; i++)
        for (size_t k = stream_intervals(stream_at(s.table, i), &rows); k--;) {
            uint64_t sum = 0;

            for (uint32_t j = 0; j < streams; j++)
                for (size_t m = stream_intervals(stream_at(s.table, j), &others); m--;)
                    sum += others[m].number == rows[k].number ? octets(&others[m]) : 0;
            most = sum > most ? sum : most;
        }
    return (double)most * 8 / 1000;
}

static uint64_t payload_of(const struct stream_interval *i)
{
    return i->payload_bytes;
}

static uint64_t link_of(const struct stream_interval *i)
{
    return i->link_bytes;
}

static uint32_t random_below(uint32_t n)
{
    static uint64_t state = 1;

    state = state * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(state >> 33) % n;
}

/* Steady senders, others with packets of many sizes, pauses of seconds and hours, and
 * changes from one to the other: as the rows of the same seconds say. */
START_TEST(as_rows_of_seconds)
{
    static const uint8_t octets[500];
    double ms[3] = {0, 310, 990};
    unsigned sequence[3] = {0};

    s.payload = octets;
    for (unsigned i = 0; i < 30000; i++) {
        unsigned sender = random_below(3);
        bool even = sender == 0 || i / 3000 % 2;

        s.port = (uint16_t)(4000 + 2 * sender);
        s.payload_n = even ? 160 : 20 + random_below(300);
        rtp(&s, ms[sender], sequence[sender], 160 * sequence[sender]);
        sequence[sender]++;
        ms[sender] += even ? 20 : 5 + random_below(30);
        if (!random_below(2000))
            ms[sender] += 1000.0 * random_below(random_below(10) ? 5 : 10000);
    }
    finish(&s);
    for (uint32_t n = 1; n <= 3; n++) {
        ck_assert_double_eq(peak_together(n).payload, fullest(n, payload_of));
        ck_assert_double_eq(peak_together(n).link, fullest(n, link_of));
    }
}
END_TEST

/* An hour in which each second differs is known, a day is not; a day of seconds that
 * are equal is. */
static void send_for(unsigned seconds, bool even)
{
    static const uint8_t octets[500];

    s.payload = octets;
    for (unsigned i = 0; i < seconds; i++) {
        s.payload_n = even ? 100 : 10 + i * 7919 % 490;
        rtp(&s, 1000.0 * i, i, 8000 * i);
    }
    finish(&s);
}

START_TEST(hour_that_varies)
{
    send_for(3600, false);
    ck_assert_double_eq(peak_together(1).payload, fullest(1, payload_of));
}
END_TEST

START_TEST(day_that_varies)
{
    send_for(86400, false);
    ck_assert(isnan(peak_together(1).payload));
    ck_assert(isnan(peak_together(1).link));
}
END_TEST

START_TEST(day_that_does_not)
{
    send_for(86400, true);
    ck_assert_double_eq(peak_together(1).payload, 0.8);
}
END_TEST

/* Seconds are those of UTC, before 1970 too, whenever the stream or the capture begins. */
START_TEST(seconds_of_utc)
{
    stream_set_origin(s.table, -1300000000);
    for (unsigned i = 0; i < 40; i++)
        rtp(&s, -1300 + 20.0 * i, i, 160 * i);
    for (unsigned i = 0; i < 75; i++)
        rtp(&s, 500 + 10.0 * i, 40 + i, 160 * (40 + i));
    finish(&s);
    ck_assert_double_eq(peak_together(1).payload, 50 * 1.28);
}
END_TEST

/* As tshark says: sums of frame.len, ip.len and udp.length of `rtp`, by the whole
 * seconds of frame.time_epoch. */
START_TEST(of_captures)
{
    static const struct {
        const char *name;
        size_t call;
        double rtp, ip, link;
    } known[] = {
        {"11a_hold", 2, 17372, 20200, 21614},
        {"31s_video_vp8", 2, 19028, 22724, 24572},
        {"31o_dtx_pcmu", 0, 17200, 20000, 21400},
    };
    const char *folder = getenv("TESTDATA");
    char text[256];
    const char *path = text;

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct fosip_options options = {.threads = 1};
        struct fosip_analysis *a;
        struct fosip_error err;
        const struct call *call;
        struct stream_rates peak;

        snprintf(text, sizeof text, "%s/%s.pcap", folder ? folder : "testdata", known[i].name);
        ck_assert_int_eq(fosip_analyse(&a, &options, &path, 1, &err), 0);
        call = call_at(a->calls, known[i].call);
        peak = stream_peak_together(a->streams, call->streams.v, call->streams.n);
        ck_assert_near(peak.rtp, known[i].rtp * 8 / 1000);
        ck_assert_near(peak.ip, known[i].ip * 8 / 1000);
        ck_assert_near(peak.link, known[i].link * 8 / 1000);
        fosip_free(a);
    }
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("history");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, peak_of_several);
    tcase_add_test(t, as_rows_of_seconds);
    tcase_add_test(t, hour_that_varies);
    tcase_add_test(t, day_that_varies);
    tcase_add_test(t, day_that_does_not);
    tcase_add_test(t, seconds_of_utc);
    tcase_add_test(t, of_captures);
    return run_suite("history", t);
}
