#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "diff/align.h"
#include "support/suite.h"

enum { MOST = 4096 };

/* Letters are items. */
static void align(const char *a, const char *b, const char *expected)
{
    uint64_t x[64], y[64];
    uint32_t match[64];
    size_t na = strlen(a), nb = strlen(b);

    for (size_t i = 0; i < na; i++)
        x[i] = (uint64_t)a[i];
    for (size_t i = 0; i < nb; i++)
        y[i] = (uint64_t)b[i];
    ck_assert_int_eq(align_in_order(x, na, y, nb, match), 0);
    for (size_t i = 0; i < na; i++) {
        char told = match[i] == ALIGN_NONE ? '-' : (char)('0' + match[i]);

        ck_assert_msg(told == expected[i], "%s with %s: %zu is %c, not %c", a, b, i, told,
                      expected[i]);
    }
}

START_TEST(in_order)
{
    align("", "", "");
    align("abc", "abc", "012");
    align("abc", "", "---");
    align("", "abc", "");
    align("abc", "ac", "0-1");
    align("ac", "abc", "02");
    align("abc", "xyz", "---");
    align("abcd", "abxd", "01-3");
    align("aab", "ab", "0-1");
}
END_TEST

/* The example of Myers' paper: the longest has 4. */
START_TEST(longest)
{
    static const char a[] = "abcabba", b[] = "cbabac";
    uint64_t x[7], y[6];
    uint32_t match[7];
    unsigned count = 0;

    for (size_t i = 0; i < 7; i++)
        x[i] = (uint64_t)a[i];
    for (size_t i = 0; i < 6; i++)
        y[i] = (uint64_t)b[i];
    ck_assert_int_eq(align_in_order(x, 7, y, 6, match), 0);
    for (size_t i = 0; i < 7; i++)
        count += match[i] != ALIGN_NONE;
    ck_assert_uint_eq(count, 4);
}
END_TEST

/* Every third of many is missing: more than one window holds. */
START_TEST(long_ones)
{
    static uint64_t a[MOST], b[MOST];
    static uint32_t match[MOST];
    size_t n = 0;

    for (size_t i = 0; i < MOST; i++) {
        a[i] = i;
        if (i % 3)
            b[n++] = i;
    }
    ck_assert_int_eq(align_in_order(a, MOST, b, n, match), 0);
    for (size_t i = 0; i < MOST; i++) {
        if (i % 3 == 0)
            ck_assert_uint_eq(match[i], ALIGN_NONE);
        else
            ck_assert_uint_eq(b[match[i]], i);
    }
}
END_TEST

/* Nothing in common, and much of it: matches never cross. */
START_TEST(strangers)
{
    static uint64_t a[MOST], b[MOST];
    static uint32_t match[MOST];
    uint32_t seed = 1, before = 0;
    bool any = false;

    for (size_t i = 0; i < MOST; i++) {
        a[i] = (seed = seed * 1664525u + 1013904223u) >> 28;
        b[i] = (seed = seed * 1664525u + 1013904223u) >> 28;
    }
    ck_assert_int_eq(align_in_order(a, MOST, b, MOST, match), 0);
    for (size_t i = 0; i < MOST; i++) {
        if (match[i] == ALIGN_NONE)
            continue;
        ck_assert_uint_lt(match[i], MOST);
        ck_assert_uint_eq(a[i], b[match[i]]);
        ck_assert(!any || match[i] > before);
        before = match[i];
        any = true;
    }
    ck_assert(any);
}
END_TEST

START_TEST(by_key)
{
    static const uint64_t a[] = {5, 7, 5, 9}, b[] = {9, 5, 5, 5};
    uint32_t in_a[4] = {ALIGN_NONE, ALIGN_NONE, ALIGN_NONE, ALIGN_NONE};
    uint32_t in_b[4] = {ALIGN_NONE, ALIGN_NONE, ALIGN_NONE, ALIGN_NONE};

    ck_assert_int_eq(align_by_key(a, in_a, 4, b, in_b, 4), 0);
    ck_assert_uint_eq(in_a[0], 1);
    ck_assert_uint_eq(in_a[1], ALIGN_NONE);
    ck_assert_uint_eq(in_a[2], 2);
    ck_assert_uint_eq(in_a[3], 0);
    ck_assert_uint_eq(in_b[0], 3);
    ck_assert_uint_eq(in_b[3], ALIGN_NONE);
    /* What is matched stays so. */
    in_a[0] = 3;
    in_b[3] = 0;
    in_a[2] = in_b[1] = in_b[2] = ALIGN_NONE;
    ck_assert_int_eq(align_by_key(a, in_a, 4, b, in_b, 4), 0);
    ck_assert_uint_eq(in_a[0], 3);
    ck_assert_uint_eq(in_a[2], 1);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("align");

    tcase_add_test(t, in_order);
    tcase_add_test(t, longest);
    tcase_add_test(t, long_ones);
    tcase_add_test(t, strangers);
    tcase_add_test(t, by_key);
    return run_suite("align", t);
}
