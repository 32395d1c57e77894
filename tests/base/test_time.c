/* Times with and without a date. */
#include <stdlib.h>

#include "base/time.h"
#include "support/suite.h"

START_TEST(kinds)
{
    ck_assert(time_has_date(0) && time_is_known(0));
    ck_assert(time_has_date(((int64_t)1 << 32) * TIME_SECOND + TIME_DAY)); /* what a pcap can say */
    ck_assert(!time_has_date(TIME_OF_YEAR) && time_is_known(TIME_OF_YEAR));
    ck_assert(!time_has_date(TIME_OF_DAY) && time_is_known(TIME_OF_DAY));
    ck_assert(!time_has_date(TIME_UNKNOWN) && !time_is_known(TIME_UNKNOWN));
    ck_assert(TIME_OF_DAY + 5 * 366 * TIME_DAY <= TIME_UNKNOWN);
    ck_assert(time_origin(5) == 0);
    ck_assert(time_origin(TIME_OF_DAY - 1) == TIME_OF_YEAR);
    ck_assert(time_origin(TIME_OF_DAY + 1) == TIME_OF_DAY);
}
END_TEST

START_TEST(spans)
{
    ck_assert_int_eq(time_between(3, 5), 2);
    ck_assert_int_eq(time_between(5, 3), -2);
    ck_assert_int_eq(time_between(TIME_OF_DAY + 7, TIME_OF_DAY + 9), 2);
    ck_assert_int_eq(time_between(TIME_OF_YEAR, TIME_OF_DAY), TIME_NO_SPAN);
    ck_assert_int_eq(time_between(0, TIME_OF_YEAR), TIME_NO_SPAN);
    ck_assert_int_eq(time_between(TIME_UNKNOWN, TIME_UNKNOWN), TIME_NO_SPAN);
    ck_assert_int_eq(time_between(0, TIME_UNKNOWN), TIME_NO_SPAN);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("time");

    tcase_add_test(tcase, kinds);
    tcase_add_test(tcase, spans);
    return run_suite("time", tcase);
}
