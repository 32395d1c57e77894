#include "base/library.h"

#include <math.h>

#include "support/suite.h"

#define FUNCTIONS(X) X(cos) X(floor)
LIBRARY(maths, "libm.so.6", FUNCTIONS);
LIBRARY(absent, "libnobody-has-this.so.0", FUNCTIONS);

/* The library is there, but has not got what it should have. */
double cosine_of_later_days(double x);
#define OTHER_FUNCTIONS(X) X(cos) X(cosine_of_later_days)
LIBRARY(older, "libm.so.6", OTHER_FUNCTIONS);

START_TEST(is_there)
{
    ck_assert(library_open(&maths_library));
    ck_assert_double_eq(maths.cos(0), 1);
    ck_assert_double_eq(maths.floor(2.5), 2);
    ck_assert(library_open(&maths_library));
}
END_TEST

START_TEST(is_missing)
{
    ck_assert(!library_open(&absent_library));
    ck_assert(!library_open(&absent_library));
    ck_assert_ptr_null(absent.cos);
}
END_TEST

START_TEST(lacks_a_function)
{
    ck_assert(!library_open(&older_library));
    ck_assert_ptr_null(older.cosine_of_later_days);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("library");

    tcase_add_test(t, is_there);
    tcase_add_test(t, is_missing);
    tcase_add_test(t, lacks_a_function);
    return run_suite("library", t);
}
