/* The cursor: never past the end, numbers in both orders. */
#include "base/cursor.h"
#include "support/suite.h"

static const uint8_t octets[] = {0x01, 0x82, 0x03, 0x84, 0x05, 0x86, 0x07, 0x88};

START_TEST(numbers)
{
    ck_assert_uint_eq(be16(octets), 0x0182);
    ck_assert_uint_eq(be32(octets), 0x01820384);
    ck_assert_uint_eq(be64(octets), 0x0182038405860788);
    ck_assert_uint_eq(le16(octets), 0x8201);
    ck_assert_uint_eq(le32(octets), 0x84038201);
}
END_TEST

START_TEST(reads_in_order)
{
    struct cursor c = cursor_make(octets, sizeof octets);
    uint8_t a;
    uint16_t b;
    uint32_t d;

    ck_assert(cursor_u8(&c, &a) && a == 0x01);
    ck_assert(cursor_u16(&c, &b) && b == 0x8203);
    ck_assert(cursor_u32(&c, &d) && d == 0x84058607);
    ck_assert_uint_eq(c.left, 1);
    ck_assert(cursor_skip(&c, 1));
    ck_assert_uint_eq(c.left, 0);
    ck_assert(cursor_skip(&c, 0));
}
END_TEST

/* A read that does not fit moves nothing and writes nothing. */
START_TEST(stops_at_the_end)
{
    struct cursor c = cursor_make(octets, 3);
    uint8_t a = 9;
    uint16_t b = 9;
    uint32_t d = 9;

    ck_assert(!cursor_u32(&c, &d));
    ck_assert_uint_eq(d, 9);
    ck_assert_uint_eq(c.left, 3);
    ck_assert_ptr_eq(c.p, octets);
    ck_assert_ptr_null(cursor_take(&c, 4));
    ck_assert_ptr_null(cursor_take(&c, SIZE_MAX));
    ck_assert(cursor_u16(&c, &b));
    ck_assert(!cursor_u16(&c, &b));
    ck_assert_uint_eq(b, 0x0182);
    ck_assert(cursor_u8(&c, &a));
    ck_assert(!cursor_u8(&c, &a));
    ck_assert_uint_eq(a, 0x03);
    ck_assert(!cursor_skip(&c, 1));
}
END_TEST

START_TEST(nothing_to_read)
{
    struct cursor c = cursor_make(NULL, 0);
    uint8_t a;

    ck_assert(!cursor_u8(&c, &a));
    ck_assert(cursor_skip(&c, 0));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("cursor");

    tcase_add_test(t, numbers);
    tcase_add_test(t, reads_in_order);
    tcase_add_test(t, stops_at_the_end);
    tcase_add_test(t, nothing_to_read);
    return run_suite("cursor", t);
}
