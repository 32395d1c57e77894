/* Telephone events (RFC 4733) and G.711. */
#include <stdlib.h>

#include "rtp/event.h"
#include "rtp/g711.h"
#include "support/suite.h"

START_TEST(event)
{
    const uint8_t o[] = {11, 0x8a, 0x06, 0x40};
    struct rtp_event e;

    ck_assert(rtp_event_parse(&e, o, sizeof o));
    ck_assert_uint_eq(e.event, 11);
    ck_assert(e.end);
    ck_assert(!e.reserved);
    ck_assert_uint_eq(e.volume, 10);
    ck_assert_uint_eq(e.duration, 1600);
    ck_assert(!rtp_event_parse(&e, o, 3));
}
END_TEST

START_TEST(digits)
{
    static const char keys[] = "0123456789*#ABCD";

    for (unsigned i = 0; i < 16; i++)
        ck_assert_int_eq(rtp_event_digit((uint8_t)i), keys[i]);
    for (unsigned i = 16; i < 256; i++)
        ck_assert_int_eq(rtp_event_digit((uint8_t)i), 0);
}
END_TEST

/* ITU-T G.711 tables 1 and 2, scaled to 16 bits. */
START_TEST(g711_values)
{
    ck_assert_int_eq(g711_sample(G711_MU, 0xff), 0);
    ck_assert_int_eq(g711_sample(G711_MU, 0x7f), 0);
    ck_assert_int_eq(g711_sample(G711_MU, 0x80), 32124);
    ck_assert_int_eq(g711_sample(G711_MU, 0x00), -32124);
    ck_assert_int_eq(g711_sample(G711_MU, 0xfe), 8);
    ck_assert_int_eq(g711_sample(G711_MU, 0xef), 132);
    ck_assert_int_eq(g711_sample(G711_A, 0xd5), 8);
    ck_assert_int_eq(g711_sample(G711_A, 0x55), -8);
    ck_assert_int_eq(g711_sample(G711_A, 0xaa), 32256);
    ck_assert_int_eq(g711_sample(G711_A, 0x2a), -32256);
    ck_assert_int_eq(g711_sample(G711_A, 0xc5), 264);
    ck_assert_int_eq(g711_sample(G711_NONE, 0x12), 0);
}
END_TEST

/* Magnitudes rise with the code, both signs alike. */
START_TEST(g711_monotonic)
{
    for (unsigned i = 1; i < 128; i++) {
        ck_assert_int_gt(g711_sample(G711_MU, (uint8_t)(0xff - i)),
                         g711_sample(G711_MU, (uint8_t)(0x100 - i)));
        ck_assert_int_gt(g711_sample(G711_A, (uint8_t)((0x80 + i) ^ 0x55)),
                         g711_sample(G711_A, (uint8_t)((0x7f + i) ^ 0x55)));
    }
    for (unsigned i = 0; i < 128; i++) {
        ck_assert_int_eq(g711_sample(G711_MU, (uint8_t)i),
                         -g711_sample(G711_MU, (uint8_t)(i | 0x80)));
        ck_assert_int_eq(g711_sample(G711_A, (uint8_t)i),
                         -g711_sample(G711_A, (uint8_t)(i | 0x80)));
    }
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("event");

    tcase_add_test(t, event);
    tcase_add_test(t, digits);
    tcase_add_test(t, g711_values);
    tcase_add_test(t, g711_monotonic);
    return run_suite("event", t);
}
