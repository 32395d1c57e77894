#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diff/settings.h"
#include "support/suite.h"

static struct settings s;
static struct fosip_error err;

static void set_up(void)
{
    s = settings_default();
    memset(&err, 0, sizeof err);
}

static void tear_down(void)
{
    settings_free(&s);
}

START_TEST(usual)
{
    /* 100 ms or 10 %, whichever is more. */
    ck_assert(settings_same(&s, TOLERANCE_TIME, 200, 300));
    ck_assert(!settings_same(&s, TOLERANCE_TIME, 200, 301));
    ck_assert(settings_same(&s, TOLERANCE_TIME, 9000, 10000));
    ck_assert(!settings_same(&s, TOLERANCE_TIME, 8999, 10000));
    ck_assert(settings_same(&s, TOLERANCE_LOSS, 0, 0.5));
    ck_assert(!settings_same(&s, TOLERANCE_LOSS, 0, 0.51));
    /* 4.4 - 4.3 is a little above 0.1 in binary. */
    ck_assert(settings_same(&s, TOLERANCE_MOS, 4.4, 4.3));
    ck_assert(settings_same(&s, TOLERANCE_MOS, NAN, 4.3));
}
END_TEST

START_TEST(tolerances)
{
    ck_assert_int_eq(settings_tolerance(&s, "time=2s,loss=3%", &err), 0);
    ck_assert(settings_same(&s, TOLERANCE_TIME, 0, 2000));
    ck_assert(!settings_same(&s, TOLERANCE_TIME, 9000, 11001));
    ck_assert(settings_same(&s, TOLERANCE_LOSS, 0, 3));
    ck_assert_int_eq(settings_tolerance(&s, "packets=0, jitter=50%,time=10ms/1%", &err), 0);
    ck_assert(!settings_same(&s, TOLERANCE_PACKETS, 10, 11));
    ck_assert(settings_same(&s, TOLERANCE_JITTER, 5, 10));
    ck_assert(!settings_same(&s, TOLERANCE_JITTER, 4.9, 10));
    ck_assert(settings_same(&s, TOLERANCE_TIME, 1, 11));
    ck_assert(settings_same(&s, TOLERANCE_TIME, 9900, 10000));
}
END_TEST

START_TEST(bad_tolerances)
{
    static const char *const bad[] = {"time", "time=", "time=x", "time=-1", "time=5m", "speed=1",
                                      "loss=1ms", "mos=nan", "mos=inf", "time=1ms//1%", "=1",
                                      "delta=1e999"};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        err.text[0] = '\0';
        ck_assert_msg(settings_tolerance(&s, bad[i], &err) < 0, "%s", bad[i]);
        ck_assert_msg(strstr(err.text, "expected") != NULL, "%s", bad[i]);
    }
}
END_TEST

START_TEST(names)
{
    ck_assert_int_eq(settings_ignore(&s, "User-Agent,,X-Test , timing", &err), 0);
    ck_assert(!settings_has_header(&s, SLICE("user-agent")));
    ck_assert(!settings_has_header(&s, SLICE("X-Test")));
    ck_assert(settings_has_header(&s, SLICE("Server")));
    ck_assert(s.ignored[COMPARED_TIMING]);
    ck_assert(!s.ignored[COMPARED_SDP]);
    ck_assert_int_eq(settings_compare(&s, "tags", &err), 0);
    ck_assert(s.compared[VALUE_TAGS]);
    ck_assert(!s.compared[VALUE_PORTS]);
    ck_assert_int_eq(settings_compare(&s, "all", &err), 0);
    ck_assert(s.compared[VALUE_PORTS]);
    ck_assert_int_lt(settings_compare(&s, "colours", &err), 0);
    ck_assert_ptr_nonnull(strstr(err.text, "colours"));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("settings");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, usual);
    tcase_add_test(t, tolerances);
    tcase_add_test(t, bad_tolerances);
    tcase_add_test(t, names);
    return run_suite("settings", t);
}
