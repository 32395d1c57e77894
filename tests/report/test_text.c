/* Text: UTF-8, widths, what must not reach a terminal, times. */
#include "report/text.h"

#include <locale.h>
#include <stdlib.h>

#include "support/suite.h"

static struct line line;

static void setup(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    line = (struct line){.unicode = true};
}

static void teardown(void)
{
    line_free(&line);
}

static void foreign(const char *text, unsigned width)
{
    line_clear(&line);
    line_add_foreign(&line, slice_str(text), width);
}

START_TEST(broken_utf8_becomes_u_fffd)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"plain", "plain"},
        {"\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9"},
        {"a\xff" "b", "a\xef\xbf\xbd" "b"},
        {"\xc3", "\xef\xbf\xbd"},
        {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},             /* overlong */
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* a surrogate */
        {"\xf0\x9f\x93\x9e", "\xf0\x9f\x93\x9e"},
        {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n;
        char *out = text_to_utf8(slice_str(cases[i].in), &n);

        ck_assert_str_eq(out, cases[i].out);
        ck_assert_uint_eq(n, strlen(out));
        free(out);
    }
}
END_TEST

/* A sender must not write on the reader's terminal. */
START_TEST(controls_are_shown)
{
    foreign("a\033[2Jb\nc\x7f", 0);
    ck_assert_str_eq(line.p, "a\\x1b[2Jb\\x0ac\\x7f");
    foreign("\xe2\x80\xae" "x", 0); /* right-to-left override */
    ck_assert_str_eq(line.p, "\\u202ex");
    foreign("\xc2\x9b" "31m", 0); /* a C1 control: CSI */
    ck_assert_str_eq(line.p, "\\u009b31m");
    line.unicode = false;
    foreign("\xc3\xa9", 0);
    ck_assert_str_eq(line.p, "\\u00e9");
}
END_TEST

START_TEST(widths_and_cutting)
{
    foreign("abcdefgh", 5);
    ck_assert_str_eq(line.p, "abcd\xe2\x80\xa6");
    ck_assert_uint_eq(line.columns, 5);
    foreign("abcde", 5);
    ck_assert_str_eq(line.p, "abcde");
    foreign("\xe6\xbc\xa2\xe5\xad\x97x", 0); /* two wide characters */
    ck_assert_uint_eq(line.columns, 5);
    foreign("e\xcc\x81", 0); /* a combining accent takes no column */
    ck_assert_uint_eq(line.columns, 1);
    line.unicode = false;
    foreign("abcdefgh", 5);
    ck_assert_str_eq(line.p, "abcd.");
}
END_TEST

START_TEST(padding)
{
    line_add(&line, "ab");
    line_pad(&line, 5);
    line_add(&line, "c");
    ck_assert_str_eq(line.p, "ab   c");
    line_pad(&line, 3);
    ck_assert_uint_eq(line.columns, 6);
}
END_TEST

START_TEST(times)
{
    char text[TEXT_TIME];

    ck_assert_str_eq(text_utc(0, text), "1970-01-01T00:00:00.000000000Z");
    ck_assert_str_eq(text_utc(1693666484123456789, text), "2023-09-02T14:54:44.123456789Z");
    ck_assert_str_eq(text_time(FOSIP_TIME_RELATIVE, 3500000000, 1000000000, 0, text), "2.500000");
    ck_assert_str_eq(text_time(FOSIP_TIME_RELATIVE, 0, 1500, 0, text), "-0.000002");
    ck_assert_str_eq(text_time(FOSIP_TIME_DELTA, 3500000000, 0, 3000000000, text), "0.500000");
    ck_assert_str_eq(text_time(FOSIP_TIME_EPOCH, 1693666484123456789, 0, 0, text),
                     "1693666484.123457");
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    ck_assert_str_eq(text_time(FOSIP_TIME_LOCAL, 1693666484000000000, 0, 0, text),
                     "2023-09-02T16:54:44.000000000+02:00");
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("text");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, broken_utf8_becomes_u_fffd);
    tcase_add_test(t, controls_are_shown);
    tcase_add_test(t, widths_and_cutting);
    tcase_add_test(t, padding);
    tcase_add_test(t, times);
    return run_suite("text", t);
}
