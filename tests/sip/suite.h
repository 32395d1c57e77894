/* What the tests of SIP share. */
#ifndef TESTS_SIP_SUITE_H
#define TESTS_SIP_SUITE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/slice.h"

#define ck_assert_slice(s, text) \
    ck_assert_msg(slice_eq((s), slice_str(text)), "'%.*s' is not '%s'", SLICE_ARG(s), (text))

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
