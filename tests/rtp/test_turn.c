/* Media inside TURN: RFC 8656 §11, §12. */
#include <stdlib.h>
#include <string.h>

#include "rtp/turn.h"
#include "support/suite.h"

static size_t n, len;

START_TEST(channel_data)
{
    const uint8_t octets[] = {0x40, 0x01, 0x00, 0x05, 'h', 'e', 'l', 'l', 'o', 0, 0, 0};

    ck_assert_ptr_eq(turn_payload(octets, 12, 12, &n, &len), octets + 4);
    ck_assert_uint_eq(n, 5);
    ck_assert_uint_eq(len, 5);
    ck_assert_ptr_eq(turn_payload(octets, 9, 9, &n, &len), octets + 4);
    /* cut by the snap length */
    ck_assert_ptr_eq(turn_payload(octets, 6, 9, &n, &len), octets + 4);
    ck_assert_uint_eq(n, 2);
    ck_assert_uint_eq(len, 5);
    /* the length does not fit the datagram */
    ck_assert_ptr_null(turn_payload(octets, 8, 8, &n, &len));
    ck_assert_ptr_null(turn_payload(octets, 12, 20, &n, &len));
    ck_assert_ptr_null(turn_payload(octets, 3, 3, &n, &len));
}
END_TEST

START_TEST(indication)
{
    const uint8_t octets[] = {
        0x00, 0x16, 0x00, 0x14, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
        0x00, 0x12, 0x00, 0x08, 0, 1, 2, 3, 4, 5, 6, 7,       /* XOR-PEER-ADDRESS */
        0x00, 0x13, 0x00, 0x02, 'h', 'i', 0, 0,              /* DATA */
    };
    uint8_t other[sizeof octets];

    ck_assert_ptr_eq(turn_payload(octets, sizeof octets, sizeof octets, &n, &len), octets + 36);
    ck_assert_uint_eq(n, 2);
    ck_assert_uint_eq(len, 2);
    ck_assert_ptr_null(turn_payload(octets, 30, sizeof octets, &n, &len));
    memcpy(other, octets, sizeof other);
    other[1] = 0x01; /* a Binding request */
    ck_assert_ptr_null(turn_payload(other, sizeof other, sizeof other, &n, &len));
    memcpy(other, octets, sizeof other);
    other[4] = 0; /* no magic cookie */
    ck_assert_ptr_null(turn_payload(other, sizeof other, sizeof other, &n, &len));
}
END_TEST

START_TEST(anything_else)
{
    const uint8_t rtp[16] = {0x80, 0x00};

    ck_assert_ptr_null(turn_payload(rtp, sizeof rtp, sizeof rtp, &n, &len));
    ck_assert_ptr_null(turn_payload(rtp, 0, 0, &n, &len));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("turn");

    tcase_add_test(t, channel_data);
    tcase_add_test(t, indication);
    tcase_add_test(t, anything_else);
    return run_suite("turn", t);
}
