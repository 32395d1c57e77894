/* Time stamps of logs; the times themselves are those of date(1). */
#include "file.h"

#include "base/time.h"
#include "capture/log_stamp.h"

static struct log_clock clock_;

static void setup(void)
{
    memset(&clock_, 0, sizeof clock_);
}

static int64_t time_of(const char *line)
{
    struct log_stamp stamp;

    if (!log_stamp_find(slice_str(line), &stamp))
        return -1;
    return log_clock_time(&clock_, &stamp);
}

START_TEST(dated)
{
    static const struct {
        const char *line;
        int64_t ms;
    } cases[] = {
        {"2026-11-24 12:00:00.123 x", 1795521600123},
        {"x [2026/11/24 12:00:00.123] y", 1795521600123},
        {"2026-11-24T12:00:00.123Z", 1795521600123},
        {"2026-11-24T12:00:00,123+05:30", 1795501800123},
        {"2026-11-24T12:00:00-0800", 1795550400000},
        {"2026-11-24 12:00:00:123 belle", 1795521600123},
        {"Nov 24 2026 12:00:00.123", 1795521600123},
        {"24 Nov 2026 12:00:00", 1795521600000},
        {"1578298144.496 1724", 1578298144496},
        {"2024-02-29 00:00:00", 1709164800000},
        {"1970-01-01 00:00:01", 1000},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(time_of(cases[i].line) == cases[i].ms * 1000000, "%s", cases[i].line);
}
END_TEST

START_TEST(undated)
{
    ck_assert_int_eq(time_of("12:00:00.5 x"),
                     TIME_OF_DAY + (12 * 3600 * 10 + 5) * TIME_SECOND / 10);
    ck_assert_int_eq(time_of("*Jan  2 00:00:01.000: x"), TIME_OF_YEAR + TIME_DAY + TIME_SECOND);
    ck_assert_int_eq(time_of("<13>Dec 31 00:00:00 h"), TIME_OF_YEAR + 364 * TIME_DAY);
}
END_TEST

START_TEST(the_better_one)
{
    struct log_stamp stamp;

    /* the gateway's own time has decimals, the syslog daemon's has none */
    ck_assert(log_stamp_find(SLICE("Nov 24 12:00:07 gw 1: Nov 24 12:00:00.123: //-1"), &stamp));
    ck_assert_int_eq(stamp.ns, 43200123 * (int64_t)1000000);
    ck_assert(log_stamp_find(SLICE("11:00:00 2026-11-24 12:00:00"), &stamp));
    ck_assert_int_eq(stamp.year, 2026);
}
END_TEST

START_TEST(no_time)
{
    static const char *const cases[] = {
        "",
        "INVITE sip:bob@192.0.2.1:5060",
        "2001:db8:10:20:30::1",
        "00:11:22:33:44:55",
        "25:00:00",
        "12:60:00",
        "12:00",
        "May be",
        "2026-11-24",
        "a12:00:00",
        "1.12:00:00",
        "12:00:001",
        "Nov 31x 12",
        "9999999999.123",
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(time_of(cases[i]) == -1, "%s", cases[i]);
}
END_TEST

START_TEST(over_midnight_and_new_year)
{
    int64_t before = time_of("23:59:59.000"), after = time_of("00:00:01.000");

    ck_assert_int_eq(time_between(before, after), 2 * TIME_SECOND);
    ck_assert_int_eq(time_between(after, time_of("00:00:00.500")), -TIME_SECOND / 2);
    before = time_of("Dec 31 23:59:59.000");
    after = time_of("Jan  1 00:00:01.000");
    ck_assert_int_eq(time_between(before, after), 2 * TIME_SECOND);
    before = time_of("Feb 28 23:59:59.000");
    ck_assert_int_eq(time_between(before, time_of("Mar  1 00:00:00.000")), TIME_SECOND);
    setup();
    before = time_of("Feb 29 23:59:59.000");
    ck_assert_int_eq(time_between(before, time_of("Mar  1 00:00:00.000")), TIME_SECOND);
}
END_TEST

START_TEST(a_clock_that_never_ends)
{
    int64_t last = 0;

    for (unsigned i = 0; i < 20000; i++) {
        time_of(i % 2 ? "00:00:00" : "23:59:59");
        last = time_of(i % 2 ? "Jan 1 00:00:00" : "Dec 31 00:00:00");
    }
    ck_assert_int_eq(last, TIME_UNKNOWN);
    ck_assert_int_eq(time_of("23:59:59"), TIME_OF_DAY + 1830 * TIME_DAY + 86399 * TIME_SECOND);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("log_stamp");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, dated);
    tcase_add_test(tcase, undated);
    tcase_add_test(tcase, the_better_one);
    tcase_add_test(tcase, no_time);
    tcase_add_test(tcase, over_midnight_and_new_year);
    tcase_add_test(tcase, a_clock_that_never_ends);
    return run_suite("log_stamp", tcase);
}
