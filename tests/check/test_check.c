/* Expectations: reading, bounds, and that nothing holds by being empty. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fosip/check.h"
#include "support/suite.h"

static struct fosip_analysis *analyse(const char *path)
{
    struct fosip_analysis *a;
    struct fosip_error err;

    ck_assert_msg(fosip_analyse(&a, NULL, &path, 1, &err) == 0, "%s", err.text);
    return a;
}

/* How many of the text's expectations fail. */
static size_t failures(const struct fosip_analysis *a, const char *text)
{
    struct fosip_check *check = fosip_check_new();
    struct fosip_report_options how = {.format = FOSIP_TEXT};
    unsigned line, column;
    struct fosip_error err;
    FILE *out = fopen("/dev/null", "w");
    size_t failed;

    ck_assert_msg(fosip_check_add(check, "test", text, &line, &column, &err) == 0, "%s: %s", text,
                  err.text);
    ck_assert_int_eq(fosip_check_run(check, a, &how, FOSIP_CHECK_TEXT, out, &failed, &err), 0);
    fclose(out);
    fosip_check_free(check);
    return failed;
}

START_TEST(nothing_holds_by_being_empty)
{
    static const char *const texts[] = {
        "each call: sip",   "each stream: stream.loss_pct < 1%", "some message: sip",
        "one call: sip",    "ladder call:\n    ...",             "each finding: finding.rule",
        "each registration: sip", "capture: all(stream: stream.mos > 1)",
        "capture: max(stream.jitter_ms.max) < 30ms",
    };
    struct fosip_analysis *a = analyse("testdata/43n_empty.pcap");

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ck_assert_msg(failures(a, texts[i]) == 1, "%s", texts[i]);
    ck_assert_uint_eq(failures(a, "no call\nno stream\ncapture: count(call) == 0\n"), 0);
    fosip_free(a);
}
END_TEST

START_TEST(places)
{
    static const struct {
        const char *text;
        unsigned line, column;
    } cases[] = {
        {"# c\n\neach cal: sip\n", 3, 6},
        {"capture: count(call) = 1\ncapture: sip.Metod", 2, 10},
        {"ladder call:\n  a -> b: INVITE\n\n  # c\n  a - b: ACK\n", 5, 3},
        {"\r\n\r\n x", 3, 2},
        {"one call where:", 1, 15},
        {"ladder call:\n    a -> b:\n", 2, 12},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fosip_check *check = fosip_check_new();
        struct fosip_error err;
        unsigned line = 0, column = 0;

        ck_assert_int_eq(fosip_check_add(check, "t", cases[i].text, &line, &column, &err),
                         -EINVAL);
        ck_assert_msg(line == cases[i].line && column == cases[i].column, "%s: %u, %u: %s",
                      cases[i].text, line, column, err.text);
        fosip_check_free(check);
    }
}
END_TEST

/* Gaps in gaps are tried in bounded time. */
START_TEST(ladders_are_bounded)
{
    struct fosip_analysis *a = analyse("testdata/07a_fork_cancel.pcap");
    char text[8192] = "ladder call:\n";

    for (unsigned i = 0; i < 100; i++)
        strcat(text, "    ...\n    * -> *: * ?\n");
    strcat(text, "    * -> *: PUBLISH\n");
    ck_assert_uint_eq(failures(a, text), 1);
    fosip_free(a);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("check");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, nothing_holds_by_being_empty);
    tcase_add_test(tests, places);
    tcase_add_test(tests, ladders_are_bounded);
    return run_suite("check", tests);
}
