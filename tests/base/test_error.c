/* Errors: the code comes back, the sentence fits. */
#include "base/error.h"

#include <check.h>
#include <errno.h>
#include <string.h>

START_TEST(fills_and_returns)
{
    struct fosip_error err;

    ck_assert_int_eq(error_set(&err, -EINVAL, "%s: offset %d", "a.pcap", 24), -EINVAL);
    ck_assert_int_eq(err.code, -EINVAL);
    ck_assert_str_eq(err.text, "a.pcap: offset 24");
    ck_assert_int_eq(error_set(NULL, -ENOMEM, "x"), -ENOMEM);
}
END_TEST

START_TEST(cuts_what_is_too_long)
{
    struct fosip_error err;
    char name[5000];

    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    error_set(&err, -ENOENT, "%s", name);
    ck_assert_uint_eq(strlen(err.text), sizeof err.text - 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("error");
    TCase *t = tcase_create("error");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_test(t, fills_and_returns);
    tcase_add_test(t, cuts_what_is_too_long);
    suite_add_tcase(suite, t);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
