/* What is remembered of what was let go, and for how long. */
#include "../capture/file.h"
#include "analysis/departed.h"

enum { LASTS = 100, MOST = 8 };

static struct departed *d;
static uint8_t kind;

static void set_up(void)
{
    d = departed_new(LASTS, MOST);
    ck_assert(d != NULL);
    kind = 99;
}

static void tear_down(void)
{
    departed_free(d);
}

START_TEST(remembered_until_its_time_is_over)
{
    ck_assert(!departed_has(d, 7, 0, &kind));
    ck_assert_int_eq(departed_add(d, 7, 10, 3), 0);
    ck_assert(departed_has(d, 7, 10, &kind));
    ck_assert_uint_eq(kind, 3);
    ck_assert(departed_has(d, 7, 110, &kind));
    ck_assert(!departed_has(d, 7, 111, &kind));
    ck_assert(!departed_has(d, 8, 10, &kind));
}
END_TEST

START_TEST(the_latest_counts)
{
    departed_add(d, 7, 0, 1);
    departed_add(d, 7, 50, 2);
    ck_assert(departed_has(d, 7, 60, &kind));
    ck_assert_uint_eq(kind, 2);
    ck_assert(departed_has(d, 7, 140, &kind));
}
END_TEST

START_TEST(the_oldest_goes_first_when_there_are_too_many)
{
    for (unsigned i = 0; i < MOST + 3; i++)
        departed_add(d, 1000 + i, 0, 0);
    for (unsigned i = 0; i < MOST + 3; i++)
        ck_assert_int_eq(departed_has(d, 1000 + i, 0, &kind), i >= 3);
}
END_TEST

/* The ring begins anywhere when it grows. */
START_TEST(as_many_as_come_in_a_while)
{
    int64_t now = 0;

    departed_free(d);
    d = departed_new(LASTS, 1000);
    for (unsigned round = 1; round < 60; round++, now += LASTS / 2) {
        for (unsigned i = 0; i < 7 * round; i++)
            ck_assert_int_eq(departed_add(d, round * 10000 + i, now, (uint8_t)round), 0);
        for (unsigned i = 0; i < 7 * round; i++) {
            ck_assert(departed_has(d, round * 10000 + i, now, &kind));
            ck_assert_uint_eq(kind, round);
        }
        ck_assert(round < 4 || !departed_has(d, (round - 3) * 10000, now, &kind));
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("departed");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, remembered_until_its_time_is_over);
    tcase_add_test(tcase, the_latest_counts);
    tcase_add_test(tcase, the_oldest_goes_first_when_there_are_too_many);
    tcase_add_test(tcase, as_many_as_come_in_a_while);
    return run_suite("departed", tcase);
}
