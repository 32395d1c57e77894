/* Hashing: every octet counts, and so do length and seed. */
#include "base/hash.h"
#include "support/suite.h"

START_TEST(every_octet_counts)
{
    unsigned char key[33] = {0};
    uint64_t plain = hash_bytes(1, key, sizeof key);

    for (size_t i = 0; i < sizeof key; i++) {
        key[i] = 1;
        ck_assert_uint_ne(hash_bytes(1, key, sizeof key), plain);
        key[i] = 0;
    }
    ck_assert_uint_eq(hash_bytes(1, key, sizeof key), plain);
}
END_TEST

START_TEST(length_and_seed_count)
{
    static const unsigned char zeros[16];

    for (size_t n = 0; n < sizeof zeros; n++)
        for (size_t m = 0; m < n; m++)
            ck_assert_uint_ne(hash_bytes(1, zeros, n), hash_bytes(1, zeros, m));
    ck_assert_uint_ne(hash_bytes(1, zeros, 16), hash_bytes(2, zeros, 16));
    ck_assert_uint_ne(hash_u64(1, 5), hash_u64(2, 5));
}
END_TEST

/* Keys in step, as addresses and ports are, fall evenly into 256 places: with
 * 64 expected in each, none holds more than three times that. */
START_TEST(keys_in_step_spread)
{
    unsigned places[256] = {0};

    for (uint64_t i = 0; i < 256 * 64; i++)
        places[hash_u64(12345, i << _i) & 255]++;
    for (int i = 0; i < 256; i++)
        ck_assert_uint_le(places[i], 3 * 64);
}
END_TEST

START_TEST(seeds_differ)
{
    ck_assert_uint_ne(hash_seed(), hash_seed());
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("hash");

    tcase_add_test(t, every_octet_counts);
    tcase_add_test(t, length_and_seed_count);
    tcase_add_loop_test(t, keys_in_step_spread, 0, 49);
    tcase_add_test(t, seeds_differ);
    return run_suite("hash", t);
}
