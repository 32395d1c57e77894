/* Errors: the code comes back, the sentence fits. */
#include "base/error.h"

#include <errno.h>
#include <string.h>

#include "support/suite.h"

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
    TCase *t = tcase_create("error");

    tcase_add_test(t, fills_and_returns);
    tcase_add_test(t, cuts_what_is_too_long);
    return run_suite("error", t);
}
