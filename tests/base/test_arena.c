/* The arena: alignment, growth, copies. */
#include "base/arena.h"

#include <stdalign.h>

#include "support/suite.h"

START_TEST(aligned_and_apart)
{
    struct arena arena = {0};
    unsigned char *before = NULL;

    for (size_t n = 0; n < 200; n++) {
        unsigned char *p = arena_alloc(&arena, n);

        ck_assert_ptr_nonnull(p);
        ck_assert_uint_eq((uintptr_t)p % alignof(max_align_t), 0);
        memset(p, (int)n, n);
        /* What was given before is not touched by what comes after. */
        if (before)
            for (size_t i = 0; i < n - 1; i++)
                ck_assert_uint_eq(before[i], n - 1);
        before = p;
    }
    arena_free(&arena);
    ck_assert_ptr_null(arena.last);
    ck_assert_uint_eq(arena.used, 0);
}
END_TEST

START_TEST(larger_than_a_block)
{
    struct arena arena = {0};
    unsigned char *large = arena_alloc(&arena, 1 << 20);

    ck_assert_ptr_nonnull(large);
    memset(large, 1, 1 << 20);
    ck_assert_ptr_nonnull(arena_alloc(&arena, 1));
    arena_free(&arena);
}
END_TEST

START_TEST(too_large)
{
    struct arena arena = {0};

    ck_assert_ptr_null(arena_alloc(&arena, SIZE_MAX));
    ck_assert_ptr_null(arena_alloc(&arena, SIZE_MAX - 64));
    ck_assert_ptr_nonnull(arena_alloc(&arena, 8));
    arena_free(&arena);
}
END_TEST

START_TEST(copies)
{
    struct arena arena = {0};
    char text[] = "tag";
    struct slice copy = arena_dup(&arena, slice_str(text));

    text[0] = 'x';
    ck_assert(slice_eq(copy, SLICE("tag")));
    /* An empty copy is not "no memory". */
    copy = arena_dup(&arena, SLICE_EMPTY);
    ck_assert_ptr_nonnull(copy.p);
    ck_assert_uint_eq(copy.n, 0);
    arena_free(&arena);
}
END_TEST

START_TEST(holds_what_it_gave)
{
    struct arena arena = {0}, other = {0};
    const char *few = arena_alloc(&arena, 10), *many = arena_alloc(&arena, 100000);
    const char *strange = arena_alloc(&other, 10);

    ck_assert(arena_holds(&arena, few));
    ck_assert(arena_holds(&arena, few + 9));
    ck_assert(arena_holds(&arena, many + 99999));
    ck_assert(!arena_holds(&arena, strange));
    ck_assert(!arena_holds(&arena, NULL));
    arena_free(&arena);
    ck_assert(!arena_holds(&arena, strange));
    arena_free(&other);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("arena");

    tcase_add_test(t, aligned_and_apart);
    tcase_add_test(t, larger_than_a_block);
    tcase_add_test(t, too_large);
    tcase_add_test(t, copies);
    tcase_add_test(t, holds_what_it_gave);
    return run_suite("arena", t);
}
