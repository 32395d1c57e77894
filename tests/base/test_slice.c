/* Slices: comparing, cutting, numbers. */
#include "base/slice.h"
#include "support/suite.h"

START_TEST(equality)
{
    char zero[] = {'a', '\0', 'b'};

    ck_assert(slice_eq(SLICE("Via"), slice_str("Via")));
    ck_assert(!slice_eq(SLICE("Via"), SLICE("via")));
    ck_assert(!slice_eq(SLICE("Via"), SLICE("Vi")));
    ck_assert(slice_eq(SLICE_EMPTY, SLICE("")));
    ck_assert(slice_eq(slice_str(NULL), SLICE_EMPTY));
    ck_assert(!slice_eq(slice_make(zero, 3), SLICE("a")));
}
END_TEST

START_TEST(letters_without_case)
{
    ck_assert(slice_ieq(SLICE("Call-ID"), SLICE("cALL-id")));
    /* Only letters fold: '@' and '`', '[' and '{' differ by the same bit. */
    ck_assert(!slice_ieq(SLICE("@["), SLICE("`{")));
    ck_assert(!slice_ieq(SLICE("\xc4"), SLICE("\xe4")));
    ck_assert(!slice_ieq(SLICE("ab"), SLICE("abc")));
    ck_assert(slice_istarts(SLICE("SIP/2.0 200"), SLICE("sip/")));
    ck_assert(!slice_istarts(SLICE("SI"), SLICE("sip/")));
    ck_assert(slice_istarts(SLICE("SI"), SLICE("")));
}
END_TEST

START_TEST(trim_and_span)
{
    const char *text = "abc";

    ck_assert(slice_eq(slice_trim(SLICE(" \t a b\r\n ")), SLICE("a b")));
    ck_assert_uint_eq(slice_trim(SLICE(" \r\n\t")).n, 0);
    ck_assert_uint_eq(slice_trim(SLICE_EMPTY).n, 0);
    ck_assert(slice_eq(slice_span(text, text + 2), SLICE("ab")));
    ck_assert_uint_eq(slice_span(text + 2, text).n, 0);
}
END_TEST

START_TEST(find)
{
    ck_assert_uint_eq(slice_find(SLICE("a:b:c"), ':'), 1);
    ck_assert_uint_eq(slice_find(SLICE("abc"), ':'), 3);
    ck_assert_uint_eq(slice_find(SLICE_EMPTY, ':'), 0);
    ck_assert(slice_icontains(SLICE("sip:Alice@example.com"), SLICE("aLICE")));
    ck_assert(slice_icontains(SLICE("abc"), SLICE("c")));
    ck_assert(slice_icontains(SLICE("abc"), SLICE("")));
    ck_assert(slice_icontains(SLICE_EMPTY, SLICE_EMPTY));
    ck_assert(!slice_icontains(SLICE_EMPTY, SLICE("a")));
    ck_assert(!slice_icontains(SLICE("abc"), SLICE("abcd")));
    ck_assert(!slice_icontains(SLICE("abc"), SLICE("d")));
}
END_TEST

START_TEST(numbers)
{
    uint64_t wide = 7;
    uint32_t narrow = 7;

    ck_assert(slice_u64(SLICE("18446744073709551615"), &wide));
    ck_assert_uint_eq(wide, UINT64_MAX);
    ck_assert(!slice_u64(SLICE("18446744073709551616"), &wide));
    ck_assert(!slice_u64(SLICE("99999999999999999999999"), &wide));
    ck_assert(slice_u64(SLICE("000"), &wide));
    ck_assert_uint_eq(wide, 0);
    ck_assert(!slice_u64(SLICE(""), &wide));
    ck_assert(!slice_u64(SLICE("-1"), &wide));
    ck_assert(!slice_u64(SLICE("1 "), &wide));
    ck_assert(!slice_u64(SLICE("0x1"), &wide));
    ck_assert(slice_u32(SLICE("4294967295"), &narrow));
    ck_assert_uint_eq(narrow, UINT32_MAX);
    ck_assert(!slice_u32(SLICE("4294967296"), &narrow));
    ck_assert_uint_eq(narrow, UINT32_MAX); /* as it was */
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("slice");

    tcase_add_test(t, equality);
    tcase_add_test(t, letters_without_case);
    tcase_add_test(t, trim_and_span);
    tcase_add_test(t, find);
    tcase_add_test(t, numbers);
    return run_suite("slice", t);
}
