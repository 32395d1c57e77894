/* What media ports carry beside plain RTP: a fact a row of testdata/media/expected.tsv
 * (scripts/make-media-captures), each looked up in the program's JSON. */
#include <check.h>
#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fosip/fosip.h"
#include "rtp/sdes.h"

enum { MOST = 1024, COLUMNS = 4, LINE = 1024 };

static char rows[MOST][LINE];
static int row_count;
static char analysed[LINE]; /* capture and options that `answer` is of */
static json_object *answer;

static const char *folder(void)
{
    const char *testdata = getenv("TESTDATA");

    return testdata ? testdata : "testdata";
}

static void read_rows(void)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/media/expected.tsv", folder());
    file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(1);
    }
    while (row_count < MOST && fgets(rows[row_count], LINE, file))
        row_count += rows[row_count][0] != '#';
    fclose(file);
}

static json_object *analyse(const char *name, const char *options)
{
    struct fosip_options how = {.srtp = strcmp(options, "srtp") == 0};
    struct fosip_report_options as = {.format = FOSIP_JSON};
    struct fosip_analysis *a;
    struct fosip_error err = {0};
    char path[4096], *text = NULL;
    const char *one = path;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    json_object *parsed;

    snprintf(path, sizeof path, "%s/media/%s", folder(), name);
    ck_assert_msg(fosip_analyse(&a, &how, &one, 1, &err) == 0, "%s: %s", name, err.text);
    ck_assert_int_eq(fosip_report(a, FOSIP_SUMMARY, &as, out, &err), 0);
    fclose(out);
    fosip_free(a);
    parsed = json_tokener_parse(text);
    ck_assert_ptr_nonnull(parsed);
    free(text);
    return parsed;
}

/* Run once a capture: the rows of one stand together. */
static json_object *answer_of(const char *name, const char *options)
{
    char key[LINE];

    snprintf(key, sizeof key, "%.500s %.500s", name, options);
    if (strcmp(key, analysed) != 0) {
        json_object_put(answer);
        answer = analyse(name, options);
        strcpy(analysed, key);
    }
    return answer;
}

static bool is_number(json_object *o)
{
    return json_object_is_type(o, json_type_int) || json_object_is_type(o, json_type_double);
}

/* Numbers by value, in lists of objects, too: 20 is 20.000. */
static bool same(json_object *a, json_object *b)
{
    json_object *about;

    if (json_object_is_type(a, json_type_array) && json_object_is_type(b, json_type_array)) {
        if (json_object_array_length(a) != json_object_array_length(b))
            return false;
        for (size_t i = 0; i < json_object_array_length(a); i++)
            if (!same(json_object_array_get_idx(a, i), json_object_array_get_idx(b, i)))
                return false;
        return true;
    }
    if (json_object_is_type(a, json_type_object) && json_object_is_type(b, json_type_object)) {
        json_object *other;

        if (json_object_object_length(a) != json_object_object_length(b))
            return false;
        json_object_object_foreach(a, key, value)
            if (!json_object_object_get_ex(b, key, &other) || !same(value, other))
                return false;
        return true;
    }
    if (is_number(a) && json_object_object_get_ex(b, "about", &about))
        return fabs(json_object_get_double(a) - json_object_get_double(about)) <=
               json_object_get_double(json_object_object_get(b, "within"));
    if (is_number(a) && is_number(b))
        return fabs(json_object_get_double(a) - json_object_get_double(b)) < 1e-9;
    return json_object_equal(a, b);
}

START_TEST(facts)
{
    for (int i = 0; i < row_count; i++) {
        char *column[COLUMNS], *rest = rows[i];
        json_object *found = NULL, *wanted;

        for (unsigned k = 0; k < COLUMNS; k++)
            column[k] = strsep(&rest, "\t\n");
        ck_assert_msg(column[COLUMNS - 1] != NULL, "row %d of expected.tsv lacks columns", i + 1);
        if (strcmp(column[1], "srtp") == 0 && !sdes_library())
            continue;
        ck_assert_msg(json_pointer_get(answer_of(column[0], column[1]), column[2], &found) == 0,
                      "%s %s: there is no %s", column[0], column[1], column[2]);
        wanted = json_tokener_parse(column[3]);
        ck_assert_msg(same(found, wanted), "%s %s: %s is %s, not %s", column[0],
                      column[1], column[2], json_object_to_json_string(found), column[3]);
        json_object_put(wanted);
    }
    json_object_put(answer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("media_captures");
    TCase *t = tcase_create("media_captures");
    SRunner *runner;
    int failed;

    read_rows();
    tcase_add_test(t, facts);
    suite_add_tcase(suite, t);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
