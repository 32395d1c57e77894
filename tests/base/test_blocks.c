/* Blocks: neighbours, apart from one another, taken again when they were given back. */
#include "base/blocks.h"

#include <stdint.h>
#include <string.h>

#include "base/sanitized.h"
#include "support/suite.h"

enum { MANY = 5000, SIZE = 1000, TAKEN = 1024 };

START_TEST(are_apart)
{
    struct blocks blocks = blocks_of(SIZE);
    static unsigned char *v[MANY];

    for (int i = 0; i < MANY; i++) { /* through all sizes of pieces */
        v[i] = blocks_take(&blocks);
        ck_assert_ptr_nonnull(v[i]);
        ck_assert_uint_eq((uintptr_t)v[i] % 64, 0);
        memset(v[i], i & 255, SIZE);
    }
    for (int i = 0; i < MANY; i++) {
        unsigned char octets[SIZE];

        memset(octets, i & 255, SIZE);
        ck_assert_mem_eq(v[i], octets, SIZE);
    }
    for (int i = 0; i < MANY; i++)
        blocks_give(&blocks, v[i]);
    blocks_free(&blocks);
}
END_TEST

START_TEST(are_neighbours_and_taken_again)
{
#ifndef SANITIZED_ADDRESSES /* there each is malloc's */
    struct blocks blocks = blocks_of(SIZE);
    char *a = blocks_take(&blocks), *b = blocks_take(&blocks);

    ck_assert_ptr_eq(b, a + TAKEN);
    blocks_give(&blocks, a);
    blocks_give(&blocks, NULL);
    ck_assert_ptr_eq(blocks_take(&blocks), a);
    ck_assert_ptr_eq(blocks_take(&blocks), b + TAKEN);
    blocks_free(&blocks);
    ck_assert_ptr_nonnull(blocks_take(&blocks));
    blocks_free(&blocks);
#endif
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("blocks");

    tcase_add_test(t, are_apart);
    tcase_add_test(t, are_neighbours_and_taken_again);
    return run_suite("blocks", t);
}
