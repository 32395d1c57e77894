/* The short ways of common packets (net/plain.h, stream/look.c, stream/regular.c)
 * change no result: every capture of testdata, and of the folders that
 * $FOSIP_CAPTURES names, is analysed with them and without, and gives the same JSON to
 * the octet. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/model.h"
#include "analysis/pipeline.h"
#include "support/suite.h"

/* As fosip_analyse(), but for the choice. */
static struct fosip_analysis *analyse(const char *path, bool short_ways)
{
    struct fosip_analysis *a = calloc(1, sizeof *a);
    struct capture_options how = {.secrets = secrets_add};
    struct fosip_error err;

    ck_assert_ptr_nonnull(a);
    a->no_short_ways = !short_ways;
    how.secrets_ctx = &a->secrets;
    ck_assert_int_eq(capture_open(&a->capture, &how, &path, 1, &err), 0);
    ck_assert_int_eq(pipeline_run(a, NULL), 0);
    return a;
}

static char *json_of(const char *path, bool short_ways, size_t *n, uint64_t *rtp)
{
    struct fosip_report_options options = {.format = FOSIP_JSON, .all = true};
    struct fosip_analysis *a = analyse(path, short_ways);
    struct fosip_error err;
    char *text = NULL;
    FILE *out = open_memstream(&text, n);

    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(fosip_report(a, FOSIP_SUMMARY, &options, out, &err), 0);
    fclose(out);
    *rtp = a->counts.rtp;
    fosip_free(a);
    return text;
}

static unsigned captures;
static uint64_t packets;

static void compare(const char *path)
{
    size_t n[2];
    uint64_t rtp[2];
    char *with = json_of(path, true, &n[0], &rtp[0]);
    char *without = json_of(path, false, &n[1], &rtp[1]);

    ck_assert_msg(n[0] == n[1] && memcmp(with, without, n[0]) == 0, "%s differs", path);
    ck_assert_uint_gt(n[0], 0);
    captures++;
    packets += rtp[0];
    free(with);
    free(without);
}

static void compare_folder(const char *folder)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, NULL, alphasort);

    ck_assert_msg(n > 0, "%s cannot be read", folder);
    for (int i = 0; i < n; i++) {
        char path[4096];

        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_type == DT_REG)
            compare(path);
        free(entries[i]);
    }
    free(entries);
}

START_TEST(same_json)
{
    const char *folder = getenv("TESTDATA");
    char *more = strdup(getenv("FOSIP_CAPTURES") ? getenv("FOSIP_CAPTURES") : ""), *rest = more;

    compare_folder(folder ? folder : "testdata");
    for (char *name; (name = strtok_r(rest, " ", &rest));)
        compare_folder(name);
    free(more);
    ck_assert_uint_gt(captures, 50);
    ck_assert_uint_gt(packets, 10000);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("short ways");

    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, same_json);
    return run_suite("short ways", tcase);
}
