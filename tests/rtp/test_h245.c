/* Keys of H.245: alphanumeric, signal, extended, tunnelled; written by hand after
 * X.691, and read the same by tshark 4.0.17 in testdata/media/h245_keys.pcap. */
#include "rtp/h245.h"

#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

static struct h245_keys keys;

static bool read(const uint8_t *octets, size_t n)
{
    uint8_t message[64] = {3, 0, 0, (uint8_t)(TPKT_HEADER + n)};

    memcpy(message + TPKT_HEADER, octets, n);
    return h245_keys(&keys, message, TPKT_HEADER + n);
}

#define READ(...) read((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

START_TEST(user_input)
{
    ck_assert(READ(0x6d, 0x40, 1, '5'));
    ck_assert_uint_eq(keys.count, 1);
    ck_assert_int_eq(keys.keys[0], '5');
    ck_assert_uint_eq(keys.how, H245_ALPHANUMERIC);
    ck_assert(!keys.tunnelled);
    ck_assert(READ(0x6d, 0x40, 3, '1', '*', '#'));
    ck_assert_mem_eq(keys.keys, "1*#", 3);
    /* signalType "5" behind three bits, 100 ms */
    ck_assert(READ(0x6d, 0x81, 4, 0x46, 0xa0, 0, 99));
    ck_assert_int_eq(keys.keys[0], '5');
    ck_assert_uint_eq(keys.how, H245_SIGNAL);
    ck_assert_uint_eq(keys.duration_ms, 100);
    /* "#", no duration */
    ck_assert(READ(0x6d, 0x81, 2, 0x04, 0x60));
    ck_assert_int_eq(keys.keys[0], '#');
    ck_assert_uint_eq(keys.duration_ms, 0);
    ck_assert(READ(0x6d, 0x83, 3, 0x00, 1, 'D'));
    ck_assert_int_eq(keys.keys[0], 'D');
    ck_assert(READ(0x08, 0x02, 0x00, 0x01, 0x62, 0x7e, 0x00, 4, 0x6d, 0x40, 1, '7', 0x02));
    ck_assert(keys.tunnelled);
    ck_assert_int_eq(keys.keys[0], '7');
}
END_TEST

START_TEST(others)
{
    ck_assert(!READ(0x6d, 0x40, 1, 'x'));
    ck_assert(!READ(0x6d, 0x40, 2, '1'));
    ck_assert(!READ(0x6d, 0x40, 1, '1', '2'));
    ck_assert(!READ(0x6d, 0x40, 0));
    ck_assert(!READ(0x6d, 0x40, 40, '1'));
    ck_assert(!READ(0x6d, 0x82, 2, 0x04, 0x60));
    ck_assert(!READ(0x6d, 0x81, 3, 0x04, 0x60));
    ck_assert(!READ(0x6d, 0x81, 2, 0x44, 0x60)); /* its duration is missing */
    ck_assert(!READ(0x6d, 0x81, 2, 0x04, 0x20)); /* '!' is a hook flash */
    ck_assert(!READ(0x6d));
    ck_assert(!READ(0x08, 5, 0x6d, 0x40, 1, '7')); /* the length disagrees */
    ck_assert(!READ(0x02, 0x70));
}
END_TEST

START_TEST(frames)
{
    static const uint8_t two[] = {3, 0, 0, 8, 0x6d, 0x40, 1, '5', 3, 0};
    size_t length;

    ck_assert_int_eq(tpkt_frame(two, sizeof two, &length), TPKT_YES);
    ck_assert_uint_eq(length, 8);
    for (size_t n = 1; n < 8; n++)
        ck_assert_int_eq(tpkt_frame(two, n, &length), TPKT_MORE);
    ck_assert_int_eq(tpkt_frame(two, 0, &length), TPKT_NO);
    ck_assert_int_eq(tpkt_frame((const uint8_t *)"INVITE", 6, &length), TPKT_NO);
    ck_assert_int_eq(tpkt_frame((const uint8_t[]){3, 0, 0, 4, 1}, 5, &length), TPKT_NO);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("h245");

    tcase_add_test(t, user_input);
    tcase_add_test(t, others);
    tcase_add_test(t, frames);
    return run_suite("h245", t);
}
