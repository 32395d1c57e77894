/* Hashes that came more than once: all of them are told, and few others. */
#include "base/noted.h"

#include "base/hash.h"
#include "support/suite.h"

enum { ITEMS = 4096, TWICE = 100 };

static struct noted noted;

static uint64_t hash_of(uint64_t i)
{
    return hash_u64(12345, i);
}

START_TEST(what_came_again_is_told)
{
    unsigned mistaken = 0;

    ck_assert(noted_open(&noted, ITEMS + TWICE));
    for (uint64_t i = 0; i < ITEMS; i++)
        noted_add(&noted, hash_of(i));
    for (uint64_t i = 0; i < TWICE; i++) {
        noted_ask(&noted, hash_of(i));
        noted_add(&noted, hash_of(i));
    }
    ck_assert(noted.any);
    for (uint64_t i = 0; i < TWICE; i++)
        ck_assert(noted_again(&noted, hash_of(i)));
    for (uint64_t i = TWICE; i < ITEMS; i++)
        mistaken += noted_again(&noted, hash_of(i));
    /* one in sixteen shares the place of another by chance, at most */
    ck_assert_uint_lt(mistaken, ITEMS / 8);
    noted_close(&noted);
}
END_TEST

START_TEST(once_is_not_again)
{
    ck_assert(noted_open(&noted, 1));
    ck_assert(!noted.any && !noted_again(&noted, hash_of(0)));
    for (unsigned times = 1; times < 5; times++) {
        noted_add(&noted, hash_of(0));
        ck_assert(noted.any == (times > 1));
        ck_assert(noted_again(&noted, hash_of(0)) == (times > 1));
    }
    noted_close(&noted);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("noted");

    tcase_add_test(t, what_came_again_is_told);
    tcase_add_test(t, once_is_not_again);
    return run_suite("noted", t);
}
