/* Grids as text: cells aligned however they are kept, and lines of any length. */
#include "report/grid.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/suite.h"

enum { LONG = 300, MANY = 3000 };

static char *printed;
static char long_text[LONG + 1];

static const struct grid_column columns[] = {
    {"#", "id", true, 0},        {"Name", "name", false, 6}, {NULL, "hidden", true, 0},
    {"Count", "count", true, 0}, {"Any", "any", false, 0},
};

static void setup(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    for (unsigned i = 0; i < LONG; i++)
        long_text[i] = (char)('a' + i % 26);
}

static void teardown(void)
{
    free(printed);
    printed = NULL;
}

static size_t print(bool (*row)(void *ctx, size_t i, struct grid *g), size_t rows, bool color)
{
    struct fosip_report_options o = {.unicode = true, .color = color};
    struct grid g = {.columns = columns,
                     .count = sizeof columns / sizeof columns[0],
                     .row = row,
                     .ctx = &o,
                     .rows = rows};
    size_t n, size;
    FILE *out;

    free(printed);
    out = open_memstream(&printed, &size);
    n = grid_text(&g, &o, out);
    fclose(out);
    return n;
}

static bool plain_row(void *ctx, size_t i, struct grid *g)
{
    (void)ctx;
    if (i == 1)
        return false;
    grid_count(g, 0, i + 1);
    grid_string(g, 1, i ? "ab" : "a");
    grid_count(g, 2, 99999999);
    if (i == 2)
        grid_number(g, 3, 12.5, 1);
    if (i == 0)
        grid_string(g, 4, "x  ");
    return true;
}

START_TEST(cells_stand_under_their_titles)
{
    ck_assert_uint_eq(print(plain_row, 3, false), 2);
    ck_assert_str_eq(printed, "#  Name  Count  Any\n"
                              "1  a         -  x\n"
                              "3  ab     12.5  -\n");
}
END_TEST

static bool odd_row(void *ctx, size_t i, struct grid *g)
{
    if (i == 1) { /* out of order */
        grid_count(g, 3, 123456);
        grid_count(g, 0, 7);
        return true;
    }
    grid_count(g, 0, i + 1);
    if (i == 0)
        grid_string(g, 1, "abcdefgh");
    else if (i == 2)
        grid_string(g, 1, "\xe6\xbc\xa2\x01");
    else
        grid_string(g, 1, "abcdef");
    grid_style(g, 1, i == 3 ? style_bad(ctx) : "");
    return true;
}

START_TEST(cells_that_are_cut_escaped_or_coloured)
{
    ck_assert_uint_eq(print(odd_row, 4, false), 4);
    ck_assert_str_eq(printed, "#  Name     Count  Any\n"
                              "1  abcde\xe2\x80\xa6       -  -\n"
                              "7  -       123456  -\n"
                              "3  \xe6\xbc\xa2\\x01       -  -\n"
                              "4  abcdef       -  -\n");
    print(odd_row, 4, true);
    ck_assert_ptr_nonnull(strstr(printed, "\n4  \033[31mabcdef\033[0m       -  -\n"));
}
END_TEST

static bool long_row(void *ctx, size_t i, struct grid *g)
{
    (void)ctx;
    grid_count(g, 0, i);
    grid_slice(g, 4, slice_make(long_text, i % (LONG + 1)));
    return true;
}

/* More rows than fit a page, longer cells than a row of the usual kind holds. */
START_TEST(lengths_of_all_kinds)
{
    const char *at;

    ck_assert_uint_eq(print(long_row, MANY, false), MANY);
    at = strchr(printed, '\n') + 1;
    for (int i = 0; i < MANY; i++) {
        char want[LONG + 64];
        int n = i % (LONG + 1);
        int size = snprintf(want, sizeof want, "%4d  -         -  %.*s\n", i, n ? n : 1,
                            n ? long_text : "-");

        ck_assert_int_eq(strncmp(at, want, (size_t)size), 0);
        at += size;
    }
    ck_assert_str_eq(at, "");
}
END_TEST

static bool wide_row(void *ctx, size_t i, struct grid *g)
{
    static char text[100000];

    (void)ctx;
    memset(text, 'w', sizeof text);
    grid_count(g, 0, i + 1);
    grid_slice(g, 4, slice_make(text, i ? 1 : sizeof text));
    return true;
}

START_TEST(a_line_longer_than_a_page)
{
    print(wide_row, 2, false);
    ck_assert_uint_eq(strlen(printed), strlen("#  Name  Count  Any\n") +
                                           strlen("1  -         -  \n") + 100000 +
                                           strlen("2  -         -  w\n"));
    ck_assert_ptr_nonnull(strstr(printed, "\n2  -         -  w\n"));
}
END_TEST

static bool large_row(void *ctx, size_t i, struct grid *g)
{
    static char text[100000];
    uint64_t *before = ctx;

    memset(text, 'w', sizeof text);
    grid_count(g, 0, i + 1);
    grid_slice(g, 1, slice_make(text, sizeof text));
    grid_count(g, 3, *before);
    *before = i + 1;
    return true;
}

/* More than is kept: what comes behind it is filled again, and refers to the row before. */
START_TEST(rows_that_are_not_kept)
{
    enum { ROWS = 1500 };
    const struct fosip_report_options o = {.unicode = true};
    uint64_t before = 0;
    struct grid g = {.columns = columns, .count = 4, .row = large_row, .ctx = &before,
                     .rows = ROWS};
    FILE *out;
    size_t size;
    char *at;

    out = open_memstream(&printed, &size);
    ck_assert_uint_eq(grid_text(&g, &o, out), ROWS);
    fclose(out);
    at = strchr(printed, '\n') + 1;
    for (unsigned i = 0; i < ROWS; i++, at = strchr(at, '\n') + 1)
        ck_assert_uint_eq(strtoul(strstr(at, "\xe2\x80\xa6") + 3, NULL, 10), i);
    ck_assert_str_eq(at, "");
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("grid");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, cells_stand_under_their_titles);
    tcase_add_test(t, cells_that_are_cut_escaped_or_coloured);
    tcase_add_test(t, lengths_of_all_kinds);
    tcase_add_test(t, a_line_longer_than_a_page);
    tcase_add_test(t, rows_that_are_not_kept);
    return run_suite("grid", t);
}
