/* Large tables: zero, aligned, apart from each other, and no more than can be had. */
#include "base/pages.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/suite.h"

enum { HUGE = 2 * 1024 * 1024 };

static const size_t sizes[] = {1, 63, 4096, HUGE - 1, HUGE, HUGE + 1, 5 * HUGE};
enum { SIZES = sizeof sizes / sizeof *sizes };

static bool is_filled(const uint8_t *p, size_t n, uint8_t with)
{
    return p[0] == with && memcmp(p, p + 1, n - 1) == 0;
}

START_TEST(are_zero_and_apart)
{
    uint8_t *blocks[SIZES];

    for (size_t i = 0; i < SIZES; i++) {
        blocks[i] = pages_new(sizes[i]);
        ck_assert_ptr_nonnull(blocks[i]);
        ck_assert_uint_eq((uintptr_t)blocks[i] % HUGE, 0);
        ck_assert(is_filled(blocks[i], sizes[i], 0));
        memset(blocks[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < SIZES; i++)
        ck_assert(is_filled(blocks[i], sizes[i], (uint8_t)(i + 1)));
    for (size_t i = 0; i < SIZES; i++)
        pages_free(blocks[i], sizes[i]);
}
END_TEST

START_TEST(grow)
{
    uint8_t *p = pages_new(HUGE), *beside = pages_new(HUGE);

    memset(p, 7, HUGE);
    memset(beside, 9, HUGE);
    for (size_t from = 1, to = 2; to < 9; from = to, to += 3) {
        p = pages_grow(p, from * HUGE, to * HUGE);
        ck_assert_ptr_nonnull(p);
        ck_assert_uint_eq((uintptr_t)p % HUGE, 0);
        ck_assert(is_filled(p, HUGE, 7));
        ck_assert(is_filled(p + from * HUGE, (to - from) * HUGE, 0));
    }
    ck_assert_ptr_eq(pages_grow(p, 8 * HUGE, 8 * HUGE), p);
    ck_assert_ptr_null(pages_grow(p, 8 * HUGE, SIZE_MAX - HUGE));
    ck_assert(is_filled(p, HUGE, 7) && is_filled(beside, HUGE, 9));
    pages_free(p, 8 * HUGE);
    pages_free(beside, HUGE);
}
END_TEST

START_TEST(too_much)
{
    ck_assert_ptr_null(pages_new(SIZE_MAX));
    ck_assert_ptr_null(pages_new(SIZE_MAX - HUGE));
    ck_assert_ptr_null(pages_new(SIZE_MAX / 2));
    ck_assert_ptr_null(pages_new(0));
    pages_free(NULL, HUGE);
}
END_TEST

/* What is absent comes again when it is read; pages of a file lose nothing by it. */
START_TEST(files_come_again)
{
    enum { SIZE = 3 * HUGE + 1 };
    char path[] = "/tmp/fosip-test-XXXXXX";
    int fd = mkstemp(path);
    uint8_t *pages;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pwrite(fd, "end", 3, SIZE - 3), 3);
    pages = mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, fd, 0);
    ck_assert(pages != MAP_FAILED);
    for (unsigned i = 0; i < 2; i++) {
        pages_make_present(pages, SIZE);
        ck_assert(memcmp(pages + SIZE - 3, "end", 3) == 0);
        ck_assert(is_filled(pages, SIZE - 3, 0));
        pages_make_absent(pages, SIZE);
    }
    munmap(pages, SIZE);
    close(fd);
    unlink(path);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("pages");

    tcase_add_test(t, are_zero_and_apart);
    tcase_add_test(t, grow);
    tcase_add_test(t, too_much);
    tcase_add_test(t, files_come_again);
    return run_suite("pages", t);
}
