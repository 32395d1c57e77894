/* Keys as tones in G.711, against the limits of ITU-T Q.24. */
#include "suite.h"

#include "rtp/g711.h"
#include "stream/state.h"

enum { RATE = 8000, PACKET = 160, MOST_SAMPLES = 4 * RATE };

static const double ROW[4] = {697, 770, 852, 941}, COLUMN[4] = {1209, 1336, 1477, 1633};
static const char KEYS[] = "123A456B789C*0#D";

static struct sender s;
static double sound[MOST_SAMPLES]; /* full scale is 32124 */
static enum g711_law law;

static void setup(void)
{
    s = announced_sender(NULL);
    law = G711_MU;
    memset(sound, 0, sizeof sound);
}

static void teardown(void)
{
    stream_table_free(s.table);
}

/* 0 dBm0 is 3.14 dB below a full-scale sine. */
static double amplitude(double dbm0)
{
    return 32124 * pow(10, (dbm0 - 3.14) / 20);
}

static void add_sine(double at_ms, double ms, double hz, double dbm0)
{
    size_t from = (size_t)(at_ms * 8), to = (size_t)((at_ms + ms) * 8);

    for (size_t i = from; i < to && i < MOST_SAMPLES; i++)
        sound[i] += amplitude(dbm0) * sin(2 * M_PI * hz * (double)i / RATE + 0.7);
}

static void add_key(double at_ms, double ms, char key, double dbm0)
{
    size_t k = (size_t)(strchr(KEYS, key) - KEYS);

    add_sine(at_ms, ms, ROW[k / 4], dbm0);
    add_sine(at_ms, ms, COLUMN[k % 4], dbm0);
}

static uint32_t noise_state;

static void add_noise(double dbm0)
{
    for (size_t i = 0; i < MOST_SAMPLES; i++) {
        double x = 0;

        for (unsigned k = 0; k < 6; k++) { /* near enough to normal */
            noise_state = noise_state * 1664525u + 1013904223u;
            x += noise_state / 4294967296.0 - 0.5;
        }
        sound[i] += x * sqrt(2.0) * amplitude(dbm0) / sqrt(2.0) ;
    }
}

/* The octet whose sample is nearest. */
static uint8_t encode(double x)
{
    static int16_t samples[256];
    static enum g711_law of = G711_NONE;
    unsigned best = 0;

    for (unsigned i = 0; of != law && i < 256; i++)
        samples[i] = g711_sample(law, (uint8_t)i);
    of = law;
    for (unsigned i = 1; i < 256; i++)
        if (fabs(samples[i] - x) < fabs(samples[best] - x))
            best = i;
    return (uint8_t)best;
}

/* Sends the sound, but for the packets named in `lost`, and gives the keys. */
static const char *heard(unsigned lost_from, unsigned lost_n)
{
    static char keys[64];
    const struct stream_digit *digits;
    uint8_t payload[PACKET];
    size_t n;

    s.pt = law == G711_MU ? 0 : 8;
    s.payload = payload;
    s.payload_n = PACKET;
    for (unsigned i = 0; i < MOST_SAMPLES / PACKET; i++) {
        for (unsigned k = 0; k < PACKET; k++)
            payload[k] = encode(sound[i * PACKET + k]);
        if (i < lost_from || i >= lost_from + lost_n)
            rtp(&s, 20.0 * i, i, PACKET * i);
    }
    finish(&s);
    n = stream_digits(stream_at(s.table, 0), &digits);
    ck_assert_uint_lt(n, sizeof keys);
    for (size_t i = 0; i < n; i++) {
        keys[i] = digits[i].digit;
        ck_assert_int_eq(digits[i].via, STREAM_DIGIT_TONE);
    }
    keys[n] = 0;
    return keys;
}

static const struct stream_digit *digit(size_t i)
{
    const struct stream_digit *digits;

    ck_assert_uint_gt(stream_digits(stream_at(s.table, 0), &digits), i);
    return &digits[i];
}

static void all_keys(enum g711_law with)
{
    law = with;
    for (unsigned i = 0; i < 16; i++)
        add_key(107 + 200 * i, 100, KEYS[i], -10);
    ck_assert_str_eq(heard(0, 0), KEYS);
    for (unsigned i = 0; i < 16; i++) {
        ck_assert_double_eq_tol(digit(i)->duration_ms, 100, 16);
        ck_assert_double_eq_tol((double)digit(i)->time / 1e6, 107 + 200 * i, 16);
    }
}

/* As the frequencies of ITU-T Q.23 have them at 8000 samples a second. */
START_TEST(masks_are_of_the_tones)
{
    static const double frequencies[TONES] = {697, 770, 852, 941, 1209, 1336, 1477, 1633};

    for (unsigned t = 0; t < TONES; t++)
        for (unsigned i = 0; i < TONE_WORDS * 64; i++) {
            double phase = 2 * M_PI * frequencies[t] * i / 8000;

            ck_assert_int_eq(tone_masks.bits[t][0][i / 64] >> (i % 64) & 1, sin(phase) < 0);
            ck_assert_int_eq(tone_masks.bits[t][1][i / 64] >> (i % 64) & 1, cos(phase) < 0);
        }
}
END_TEST

START_TEST(all_keys_in_mu_law)
{
    all_keys(G711_MU);
}
END_TEST

START_TEST(all_keys_in_a_law)
{
    all_keys(G711_A);
}
END_TEST

/* Q.24: tones of 40 ms with pauses of 40 ms, however they lie in packets. */
START_TEST(shortest_keys)
{
    for (unsigned i = 0; i < 16; i++)
        add_key(100 + 81.7 * i, 40, KEYS[i], -10);
    ck_assert_str_eq(heard(0, 0), KEYS);
}
END_TEST

START_TEST(the_same_key_twice)
{
    add_key(103, 50, '5', -10);
    add_key(193, 50, '5', -10);
    ck_assert_str_eq(heard(0, 0), "55");
}
END_TEST

START_TEST(too_short)
{
    for (unsigned i = 0; i < 16; i++)
        add_key(100 + 103.3 * i, 20, KEYS[i], -10);
    ck_assert_str_eq(heard(0, 0), "");
}
END_TEST

START_TEST(loud_and_soft)
{
    add_key(100, 60, '1', -1);
    add_key(300, 60, '2', -28);
    add_key(500, 60, '3', -55);
    ck_assert_str_eq(heard(0, 0), "12");
}
END_TEST

/* The upper tone 4 dB stronger and 8 dB weaker are accepted. */
START_TEST(twist)
{
    add_sine(100, 60, ROW[0], -14);
    add_sine(100, 60, COLUMN[0], -10);
    add_sine(300, 60, ROW[1], -8);
    add_sine(300, 60, COLUMN[1], -16);
    add_sine(500, 60, ROW[2], -5); /* 20 dB */
    add_sine(500, 60, COLUMN[2], -25);
    ck_assert_str_eq(heard(0, 0), "15");
}
END_TEST

START_TEST(off_frequency)
{
    for (unsigned i = 0; i < 4; i++) {
        add_sine(100 + 400 * i, 60, ROW[i] * 1.015, -10);
        add_sine(100 + 400 * i, 60, COLUMN[i] * 0.985, -10);
        add_sine(300 + 400 * i, 60, ROW[i] * 0.985, -10);
        add_sine(300 + 400 * i, 60, COLUMN[i] * 1.015, -10);
        add_sine(1900 + 400 * i, 60, ROW[i] * 1.035, -10);
        add_sine(1900 + 400 * i, 60, COLUMN[i], -10);
        add_sine(2100 + 400 * i, 60, ROW[i], -10);
        add_sine(2100 + 400 * i, 60, COLUMN[i] * 0.965, -10);
    }
    ck_assert_str_eq(heard(0, 0), "115599DD");
}
END_TEST

START_TEST(one_tone_is_no_key)
{
    add_sine(100, 500, ROW[0], -10);
    add_sine(700, 500, COLUMN[0], -10);
    add_sine(1300, 500, 440, -10); /* call progress */
    add_sine(1300, 500, 350, -10);
    add_sine(1900, 500, 480, -10);
    add_sine(1900, 500, 620, -10);
    add_sine(2500, 500, 1100, -10); /* fax */
    add_sine(3100, 500, 2100, -10);
    ck_assert_str_eq(heard(0, 0), "");
}
END_TEST

START_TEST(in_noise)
{
    for (unsigned i = 0; i < 16; i++)
        add_key(100 + 200 * i, 80, KEYS[i], -10);
    add_noise(-28);
    ck_assert_str_eq(heard(0, 0), KEYS);
}
END_TEST

START_TEST(noise_alone)
{
    add_noise(-15);
    ck_assert_str_eq(heard(0, 0), "");
}
END_TEST

/* A packet is lost amid the key: it is one key, as long as it was. */
START_TEST(loss_within_a_key)
{
    add_key(200, 160, '7', -10);
    ck_assert_str_eq(heard(13, 1), "7");
    ck_assert_double_eq_tol(digit(0)->duration_ms, 160, 30);
}
END_TEST

START_TEST(loss_between_keys)
{
    add_key(200, 100, '7', -10);
    add_key(500, 100, '7', -10);
    ck_assert_str_eq(heard(16, 8), "77");
}
END_TEST

START_TEST(not_listened_to)
{
    stream_configure(s.table, &(struct stream_settings){.buffer_ms = 60, .no_tones = true});
    add_key(200, 100, '7', -10);
    ck_assert_str_eq(heard(0, 0), "");
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("tone");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, masks_are_of_the_tones);
    tcase_add_test(t, all_keys_in_mu_law);
    tcase_add_test(t, all_keys_in_a_law);
    tcase_add_test(t, shortest_keys);
    tcase_add_test(t, the_same_key_twice);
    tcase_add_test(t, too_short);
    tcase_add_test(t, loud_and_soft);
    tcase_add_test(t, twist);
    tcase_add_test(t, off_frequency);
    tcase_add_test(t, one_tone_is_no_key);
    tcase_add_test(t, in_noise);
    tcase_add_test(t, noise_alone);
    tcase_add_test(t, loss_within_a_key);
    tcase_add_test(t, loss_between_keys);
    tcase_add_test(t, not_listened_to);
    return run_suite("tone", t);
}
