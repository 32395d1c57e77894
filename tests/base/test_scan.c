/* What is found 64 octets at a time is what a look at each octet finds. */
#include "base/scan.h"
#include "support/suite.h"

enum { MOST = 300 };

/* A text that can be read from its first octet to its last one and no further. */
static char *text_of(size_t n, unsigned seed)
{
    static const char letters[] = {'\n', '\r', 'a', ' ', '\n' | (char)0x80, 0, '\n' + 1, 'b'};
    char *text = malloc(n ? n : 1);

    for (size_t i = 0; i < n; i++) {
        seed = seed * 1103515245 + 12345;
        text[i] = letters[seed >> 16 & (seed % 3 ? 7 : 3)];
    }
    return text;
}

static void check_scan(const char *readable, const char *p, const char *end)
{
    struct scan s = scan_begin(readable, p, end, scan_is_lf);

    for (; p < end; p++)
        if (*p == '\n')
            ck_assert_ptr_eq(scan_next(&s, scan_is_lf), p);
    ck_assert_ptr_eq(scan_next(&s, scan_is_lf), end);
    ck_assert_ptr_eq(scan_next(&s, scan_is_lf), end);
}

START_TEST(finds_each)
{
    for (size_t n = 0; n <= MOST; n++) {
        char *text = text_of(n, (unsigned)n);

        check_scan(text, text, text + n);
        check_scan(text, text + n / 3, text + n);
        check_scan(text + n / 3, text + n / 3, text + n - n / 4);
        free(text);
    }
    check_scan(NULL, NULL, NULL);
}
END_TEST

START_TEST(line_by_line)
{
    const char *text = "one\r\n\ntwo\nthree";
    struct scan_lines lines = scan_lines(text, text + strlen(text));

    ck_assert(slice_eq(scan_line(&lines), SLICE("one\r")));
    ck_assert(slice_eq(scan_line(&lines), SLICE("")));
    ck_assert(slice_eq(scan_line(&lines), SLICE("two")));
    ck_assert_ptr_eq(lines.next, text + 10);
    ck_assert(slice_eq(scan_line(&lines), SLICE("three")));
    ck_assert_ptr_eq(lines.next, lines.ends.end);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("scan");

    tcase_add_test(tcase, finds_each);
    tcase_add_test(tcase, line_by_line);
    return run_suite("scan", tcase);
}
