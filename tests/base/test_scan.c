/* What is found 64 octets at a time is what a look at each octet finds. */
#include "base/scan.h"
#include "support/suite.h"

enum { MOST = SCAN_MAP + 100 };

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
    struct scan_map map;
    struct scan_marks marks;

    scan_map_fill(&map, readable, p, end, scan_is_lf);
    ck_assert_ptr_eq(map.begin, p);
    ck_assert_ptr_eq(map.end, end - p > SCAN_MAP ? p + SCAN_MAP : end);
    marks = scan_marks(&map, p);
    for (; p < map.end; p++) {
        if (*p == '\n')
            ck_assert_ptr_eq(scan_next_mark(&marks), p);
        ck_assert((scan_map_next(&map, p) == p) == (*p == '\n'));
    }
    ck_assert_ptr_eq(scan_next_mark(&marks), map.end);
    ck_assert_ptr_eq(scan_map_next(&map, p), map.end);
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
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("scan");

    tcase_add_test(tcase, finds_each);
    return run_suite("scan", tcase);
}
