/* The vector: items stay as it grows; sizes that cannot be are refused. */
#include "base/vec.h"

#include <stdint.h>
#include <string.h>

#include "support/suite.h"

START_TEST(grows)
{
    VEC(uint32_t) numbers = {0};

    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t *slot = vec_add(&numbers);

        ck_assert_ptr_nonnull(slot);
        *slot = i * 3;
    }
    ck_assert_uint_eq(numbers.n, 1000);
    ck_assert_uint_ge(numbers.room, 1000);
    for (uint32_t i = 0; i < 1000; i++)
        ck_assert_uint_eq(numbers.v[i], i * 3);
    vec_free(&numbers);
    ck_assert_ptr_null(numbers.v);
    ck_assert_uint_eq(numbers.n, 0);
}
END_TEST

/* From the heap to huge pages, and on in these. */
START_TEST(grows_large)
{
    struct item {
        uint32_t number;
        char rest[84];
    };
    enum { MANY = 120000 }; /* 10 MB */
    VEC(struct item) items = {0};

    for (uint32_t i = 0; i < MANY; i++) {
        struct item *slot = vec_add(&items);

        ck_assert_ptr_nonnull(slot);
        slot->number = i;
        memset(slot->rest, (int)(i % 100), sizeof slot->rest);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        ck_assert_uint_eq(items.v[i].number, i);
        ck_assert_int_eq(items.v[i].rest[83], (int)(i % 100));
    }
    vec_free(&items);
    ck_assert_ptr_null(items.v);
}
END_TEST

START_TEST(moves_out_of_lent_room)
{
    struct {
        VEC(uint32_t) numbers;
        uint32_t room[3], after;
    } lent = {.after = 77};

    vec_lend(&lent.numbers, lent.room, 3);
    for (uint32_t i = 0; i < 3; i++)
        *vec_add(&lent.numbers) = i;
    ck_assert_ptr_eq(lent.numbers.v, lent.room);
    *vec_add(&lent.numbers) = 3;
    ck_assert_ptr_ne(lent.numbers.v, lent.room);
    for (uint32_t i = 4; i < 100; i++)
        *vec_add(&lent.numbers) = i;
    for (uint32_t i = 0; i < 100; i++)
        ck_assert_uint_eq(lent.numbers.v[i], i);
    ck_assert_uint_eq(lent.after, 77);
    vec_free(&lent.numbers);
    vec_lend(&lent.numbers, lent.room, 3);
    vec_free(&lent.numbers); /* not free's */
    ck_assert_ptr_null(lent.numbers.v);
    *vec_add(&lent.numbers) = 1;
    vec_free(&lent.numbers);
}
END_TEST

START_TEST(refuses_what_cannot_be)
{
    VEC(uint32_t) numbers = {0};
    uint32_t *slot = vec_add(&numbers);

    *slot = 7;
    ck_assert(!vec_reserve((void **)&numbers.v, &numbers.room, SIZE_MAX / 2, sizeof *numbers.v));
    ck_assert_uint_eq(numbers.v[0], 7);
    vec_free(&numbers);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("vec");

    tcase_add_test(t, grows);
    tcase_add_test(t, grows_large);
    tcase_add_test(t, moves_out_of_lent_room);
    tcase_add_test(t, refuses_what_cannot_be);
    return run_suite("vec", t);
}
