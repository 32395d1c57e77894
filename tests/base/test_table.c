/* The hash table, beside a plain array that holds the same. */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

enum { ITEMS = 2000 };

/* How many times the table has that item under that hash. */
static unsigned occurrences(const struct table *table, uint64_t hash, uint32_t item)
{
    struct table_walk walk = table_walk(table, hash);
    unsigned found = 0;
    uint32_t i;

    while (table_next(&walk, &i))
        found += i == item;
    return found;
}

START_TEST(empty)
{
    struct table table = {0};

    ck_assert_uint_eq(occurrences(&table, 1, 0), 0);
    ck_assert(!table_remove(&table, 1, 0));
    table_free(&table);
}
END_TEST

START_TEST(several_under_one_hash)
{
    struct table table = {0};

    for (uint32_t i = 0; i < 100; i++)
        ck_assert_int_eq(table_put(&table, 42, i), 0);
    for (uint32_t i = 0; i < 100; i++)
        ck_assert_uint_eq(occurrences(&table, 42, i), 1);
    ck_assert_uint_eq(occurrences(&table, 43, 1), 0);
    ck_assert(table_remove(&table, 42, 50));
    ck_assert(!table_remove(&table, 42, 50));
    ck_assert_uint_eq(occurrences(&table, 42, 50), 0);
    ck_assert_uint_eq(occurrences(&table, 42, 99), 1);
    ck_assert_uint_eq(table.used, 99);
    table_free(&table);
}
END_TEST

/* Hashes of few bits, so that runs collide, wrap around the end and are cut by
 * removals; the array says what must be there. */
START_TEST(as_a_plain_array_says)
{
    struct table table = {0};
    static bool there[ITEMS];
    uint64_t hash[ITEMS];

    memset(there, 0, sizeof there);
    srand((unsigned)_i);
    for (uint32_t i = 0; i < ITEMS; i++)
        hash[i] = _i % 2 ? (uint64_t)(rand() % 64) : (uint64_t)rand() << 8 | 0xff;
    for (int step = 0; step < 3 * ITEMS; step++) {
        uint32_t i = (uint32_t)rand() % ITEMS;

        if (there[i])
            ck_assert(table_remove(&table, hash[i], i));
        else
            ck_assert_int_eq(table_put(&table, hash[i], i), 0);
        there[i] = !there[i];
    }
    for (uint32_t i = 0; i < ITEMS; i++)
        ck_assert_uint_eq(occurrences(&table, hash[i], i), there[i]);
    table_free(&table);
}
END_TEST

/* Cleared, it is empty and can be used again. */
START_TEST(cleared)
{
    struct table table = {0};

    table_clear(&table);
    for (int round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < ITEMS; i++)
            ck_assert_uint_eq(occurrences(&table, i % 7, i), 0);
        for (uint32_t i = 0; i < ITEMS; i++)
            ck_assert_int_eq(table_put(&table, i % 7, i), 0);
        for (uint32_t i = 0; i < ITEMS; i++)
            ck_assert_uint_eq(occurrences(&table, i % 7, i), 1);
        table_clear(&table);
    }
    table_free(&table);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("table");

    tcase_add_test(t, empty);
    tcase_add_test(t, several_under_one_hash);
    tcase_add_test(t, cleared);
    tcase_add_loop_test(t, as_a_plain_array_says, 0, 6);
    return run_suite("table", t);
}
