/* Runs a test program's one case. */
#ifndef SUPPORT_SUITE_H
#define SUPPORT_SUITE_H

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>

/* libcheck takes a note of every assertion that holds, to tell where a test was that
 * crashed: a write, and a move of up to 8 KiB when it is read.  Where every octet of a
 * message is looked at, that took longer than the test.  Here a place in the source is
 * noted when it is first passed. */
static inline void suite_passed(bool *noted, const char *file, int line)
{
    if (__atomic_load_n(noted, __ATOMIC_RELAXED))
        return;
    __atomic_store_n(noted, true, __ATOMIC_RELAXED);
    _mark_point(file, line);
}

#undef ck_assert_msg
#define ck_assert_msg(expr, ...) \
    ((expr) ? __extension__({ \
        static bool suite_noted; \
\
        suite_passed(&suite_noted, __FILE__, __LINE__); \
    }) \
            : _ck_assert_failed(__FILE__, __LINE__, "Assertion '" #expr "' failed", ##__VA_ARGS__))

/* The exit status of the program. */
static inline int run_suite(const char *name, TCase *tcase)
{
    Suite *suite = suite_create(name);
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
