/* What digits.c writes is what printf writes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "support/suite.h"

static void same(double x, unsigned decimals)
{
    char ours[DIGITS_ROOM], theirs[DIGITS_ROOM];
    size_t n = digits_fixed(ours, x, decimals);

    snprintf(theirs, sizeof theirs, "%.*f", (int)decimals, x);
    ck_assert_str_eq(ours, theirs);
    ck_assert_uint_eq(n, strlen(theirs));
}

START_TEST(halves_and_borders)
{
    static const double values[] = {
        0,   -0.0, 0.5,   1.5,   2.5,   0.125, 0.0005,    -0.0004,  0.9995, 0.99949999, 999999.9995,
        1e9, 1e15, 1e300, 1.005, 2.675, 0.045, 1234.5675, INFINITY, -1e-9,  0.1};

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        for (unsigned d = 0; d <= 9; d++)
            same(values[i], d);
}
END_TEST

START_TEST(hexadecimal)
{
    static const uint32_t values[] = {0, 1, 0x9abcdef0, UINT32_MAX, 0x0a0b0c0d};
    char ours[8], theirs[9];

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        digits_hex(ours, values[i]);
        snprintf(theirs, sizeof theirs, "%08x", values[i]);
        ck_assert_mem_eq(ours, theirs, 8);
    }
}
END_TEST

START_TEST(many_numbers)
{
    uint32_t seed = 1;

    for (unsigned i = 0; i < 200000; i++) {
        seed = seed * 1664525 + 1013904223;
        same((double)seed / (double)(1u << (i % 32)), i % 10);
        same((double)(seed % 200000) / 2000.0, i % 4);
    }
}
END_TEST

START_TEST(whole_numbers)
{
    char out[32];

    ck_assert_uint_eq(digits_u64(out, 0), 1);
    ck_assert_int_eq(out[0], '0');
    ck_assert_uint_eq(digits_u64(out, UINT64_MAX), 20);
    ck_assert_mem_eq(out, "18446744073709551615", 20);
    ck_assert_uint_eq(digits_padded(out, 42, 9), 9);
    ck_assert_mem_eq(out, "000000042", 9);
}
END_TEST

static void same_whole(uint64_t x)
{
    char ours[64], theirs[64];
    size_t n = (size_t)snprintf(theirs, sizeof theirs, "%llu", (unsigned long long)x);

    ck_assert_uint_eq(digits_u64(ours, x), n);
    ck_assert_mem_eq(ours, theirs, n);
    snprintf(theirs, sizeof theirs, "%020llu", (unsigned long long)x);
    for (unsigned width = (unsigned)n; width <= 9; width++) {
        ck_assert_uint_eq(digits_padded(ours, (uint32_t)x, width), width);
        ck_assert_mem_eq(ours, theirs + 20 - width, width);
    }
}

START_TEST(whole_numbers_of_all_lengths)
{
    for (uint64_t x = 0; x < 12000; x++)
        same_whole(x);
    for (uint64_t power = 1; power <= UINT64_MAX / 10; power *= 10)
        for (uint64_t part = 1; part < 10; part++) {
            same_whole(part * power - 1);
            same_whole(part * power);
            same_whole(part * power + power / 7);
        }
    same_whole(UINT32_MAX);
    same_whole((uint64_t)UINT32_MAX + 1);
    same_whole(UINT64_MAX);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("digits");

    tcase_add_test(tcase, halves_and_borders);
    tcase_add_test(tcase, many_numbers);
    tcase_add_test(tcase, hexadecimal);
    tcase_add_test(tcase, whole_numbers);
    tcase_add_test(tcase, whole_numbers_of_all_lengths);
    return run_suite("digits", tcase);
}
