/* Keys as telephone events: RFC 4733 §2.5, and how senders part from it. */
#include "suite.h"

static uint32_t event_rate;

static struct sender s;
static unsigned sequence;
static double now; /* ms */

static void begin(void)
{
    const struct rtp_format formats[] = {{0, false, 8000, {"PCMU", 4}},
                                         {101, true, event_rate, {"telephone-event", 15}}};

    s = announced_sender(audio_map(false, 2, formats));
    sequence = 0;
    now = 0;
    for (unsigned i = 0; i < 10; i++, now += 20)
        rtp(&s, now, sequence++, 160 * i);
    s.pt = 101;
}

static void setup(void)
{
    event_rate = 8000;
    begin();
}

static void teardown(void)
{
    stream_table_free(s.table);
}

enum { START = 1, END = 2 };

static void event(unsigned code, uint32_t timestamp, unsigned duration, unsigned flags)
{
    uint8_t payload[4] = {(uint8_t)code, (uint8_t)((flags & END ? 0x80 : 0) | 10),
                          (uint8_t)(duration >> 8), (uint8_t)duration};

    s.payload = payload;
    s.payload_n = sizeof payload;
    s.marker = flags & START;
    rtp(&s, now, sequence, timestamp);
    s.marker = false;
}

static void next(unsigned code, uint32_t timestamp, unsigned duration, unsigned flags)
{
    event(code, timestamp, duration, flags);
    sequence++;
    now += 20;
}

/* As phones send it: nine updates, and the end three times. */
static void press(unsigned code, uint32_t timestamp)
{
    for (unsigned i = 1; i < 10; i++)
        next(code, timestamp, 160 * i, i == 1 ? START : 0);
    for (unsigned i = 0; i < 3; i++)
        next(code, timestamp, 1600, END);
}

static const struct stream_digit *digits;
static size_t count;

static void expect(const char *keys)
{
    finish(&s);
    count = stream_digits(stream_at(s.table, 0), &digits);
    ck_assert_uint_eq(count, strlen(keys));
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(digits[i].digit, keys[i]);
        ck_assert_int_eq(digits[i].via, STREAM_DIGIT_EVENT);
    }
}

START_TEST(all_keys)
{
    for (unsigned i = 0; i < 16; i++)
        press(i, 1600 + 4000 * i);
    expect("0123456789*#ABCD");
    for (unsigned i = 0; i < 16; i++) {
        ck_assert_near(digits[i].duration_ms, 200);
        ck_assert(digits[i].ended);
        ck_assert_uint_eq(digits[i].volume, 10);
        ck_assert_near((double)digits[i].time / 1e6, 200 + 240 * i);
        ck_assert_uint_eq(digits[i].frame, 11 + 12 * i);
    }
}
END_TEST

START_TEST(no_keys)
{
    next(16, 1600, 800, START | END); /* flash */
    next(36, 9600, 800, START | END); /* fax: CED */
    expect("");
}
END_TEST

START_TEST(end_lost)
{
    for (unsigned i = 1; i < 10; i++)
        next(5, 1600, 160 * i, i == 1 ? START : 0);
    sequence += 3;
    press(5, 8000);
    expect("55");
    ck_assert_near(digits[0].duration_ms, 180);
    ck_assert(!digits[0].ended);
}
END_TEST

START_TEST(only_one_end_packet_arrived)
{
    sequence += 11;
    next(7, 1600, 1600, END);
    expect("7");
    ck_assert_near(digits[0].duration_ms, 200);
}
END_TEST

/* The same press three times over, each end packet repeated: RFC 4733 §2.5.1.4 */
START_TEST(repeated_packets)
{
    for (unsigned i = 1; i < 4; i++) {
        event(3, 1600, 160 * i, i == 1 ? START : 0);
        event(3, 1600, 160 * i, i == 1 ? START : 0);
        sequence++;
    }
    event(3, 1600, 640, END);
    event(3, 1600, 640, END);
    expect("3");
}
END_TEST

START_TEST(reordered)
{
    next(1, 1600, 160, START);
    sequence += 2;
    next(1, 1600, 640, END); /* 14 before 12 and 13 */
    sequence -= 3;
    next(1, 1600, 320, 0);
    next(1, 1600, 480, 0);
    sequence += 1;
    press(2, 8000);
    sequence -= 14; /* one of the first key, very late */
    event(1, 1600, 640, END);
    expect("12");
    ck_assert_near(digits[0].duration_ms, 80);
}
END_TEST

/* The next press has the timestamp of the one before. */
START_TEST(timestamp_used_again)
{
    press(4, 1600);
    press(4, 1600);
    press(9, 1600);
    expect("449");
}
END_TEST

/* A sender whose timestamps go on within the event. */
START_TEST(timestamp_of_each_packet)
{
    for (unsigned i = 1; i < 10; i++)
        next(6, 1600 + 160 * i, 160 * i, i == 1 ? START : 0);
    for (unsigned i = 0; i < 3; i++)
        next(6, 1600 + 160 * (10 + i), 1600, END);
    press(6, 9000);
    expect("66");
    ck_assert_near(digits[0].duration_ms, 200);
}
END_TEST

/* RFC 4733 §2.5.1.3: a key held for 10 s needs two segments. */
START_TEST(segments)
{
    for (unsigned i = 1; i <= 409; i++)
        next(8, 1600, 160 * i, i == 1 ? START : 0);
    next(8, 1600, 0xffff, 0);
    for (unsigned i = 1; i < 90; i++)
        next(8, 1600 + 0xffff, 160 * i, 0);
    next(8, 1600 + 0xffff, 14400, END);
    press(8, 200000);
    expect("88");
    ck_assert_near(digits[0].duration_ms, (0xffff + 14400) / 8.0);
}
END_TEST

START_TEST(clock_of_48_khz)
{
    teardown();
    event_rate = 48000;
    begin();
    next(2, 1600, 4800, START);
    next(2, 1600, 9600, END);
    expect("2");
    ck_assert_near(digits[0].duration_ms, 200);
}
END_TEST

/* Nothing said what type 101 is; its packets look like it. */
START_TEST(without_session_description)
{
    teardown();
    s = announced_sender(NULL);
    s.pt = 0;
    for (unsigned i = 0; i < 10; i++)
        rtp(&s, 20.0 * i, i, 160 * i);
    s.pt = 101;
    sequence = 10;
    press(11, 1600);
    expect("#");
    ck_assert_uint_eq(s.f.pts[1].packets, 12);
}
END_TEST

/* On trial, the first packets of the flow are kept, and their keys with them. */
static bool none_announced(void *ctx, const struct net_addr *src, const struct net_addr *dst,
                           const struct rtp_map **map)
{
    (void)ctx;
    (void)src;
    (void)dst;
    *map = NULL;
    return false;
}

START_TEST(keys_of_a_flow_on_trial)
{
    teardown();
    s = (struct sender){.table = stream_table_new(none_announced, NULL), .ssrc = 1, .pt = 101};
    sequence = 0;
    next(5, 1600, 160, START);
    next(5, 1600, 320, 0);
    next(5, 1600, 480, 0);
    next(5, 1600, 640, END);
    expect("5");
    ck_assert_near(digits[0].duration_ms, 80);
}
END_TEST

START_TEST(cut_payload)
{
    uint8_t payload[3] = {5, 10, 0};

    s.payload = payload;
    s.payload_n = sizeof payload;
    rtp(&s, now, sequence, 1600);
    expect("");
}
END_TEST

START_TEST(too_many_keys)
{
    for (unsigned i = 0; i < 10000; i++) {
        next(i % 10, 1600 + 1000 * i, 160, START);
    }
    finish(&s);
    ck_assert_uint_eq(stream_digits(stream_at(s.table, 0), &digits), 4096);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("dtmf");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, all_keys);
    tcase_add_test(t, no_keys);
    tcase_add_test(t, end_lost);
    tcase_add_test(t, only_one_end_packet_arrived);
    tcase_add_test(t, repeated_packets);
    tcase_add_test(t, reordered);
    tcase_add_test(t, timestamp_used_again);
    tcase_add_test(t, timestamp_of_each_packet);
    tcase_add_test(t, segments);
    tcase_add_test(t, clock_of_48_khz);
    tcase_add_test(t, without_session_description);
    tcase_add_test(t, keys_of_a_flow_on_trial);
    tcase_add_test(t, cut_payload);
    tcase_add_test(t, too_many_keys);
    return run_suite("dtmf", t);
}
