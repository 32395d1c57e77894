/* Analyses a capture by the library's public part and looks into the JSON. */
#include "support/facts.h"

#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fosip/fosip.h"
#include "support/suite.h"

enum { NAME = 1024 };

static char analysed[NAME]; /* capture and options that `answer` is of */
static json_object *answer;

static json_object *analyse(const char *name, const char *options)
{
    const char *testdata = getenv("TESTDATA");
    struct fosip_options how = {.srtp = strcmp(options, "srtp") == 0,
                                .filter = strcmp(options, "media") == 0 ? "not port 5060" : NULL};
    struct fosip_report_options as = {.format = FOSIP_JSON};
    struct fosip_analysis *a;
    struct fosip_error err = {0};
    char path[4096], *text = NULL;
    const char *one = path;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    json_object *parsed;

    snprintf(path, sizeof path, "%s/%s", testdata ? testdata : "testdata", name);
    ck_assert_msg(fosip_analyse(&a, &how, &one, 1, &err) == 0, "%s: %s", name, err.text);
    ck_assert_int_eq(fosip_report(a, FOSIP_SUMMARY, &as, out, &err), 0);
    fclose(out);
    fosip_free(a);
    parsed = json_tokener_parse(text);
    ck_assert_ptr_nonnull(parsed);
    free(text);
    return parsed;
}

static json_object *answer_of(const char *name, const char *options)
{
    char key[NAME];

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

void fact_check(const char *capture, const char *options, const char *pointer, const char *value)
{
    json_object *found = NULL, *wanted = json_tokener_parse(value);

    ck_assert_msg(wanted || strcmp(value, "null") == 0, "%s is no JSON", value);
    ck_assert_msg(json_pointer_get(answer_of(capture, options), pointer, &found) == 0,
                  "%s %s: there is no %s", capture, options, pointer);
    ck_assert_msg(same(found, wanted), "%s %s: %s is %s, not %s", capture, options, pointer,
                  json_object_to_json_string(found), value);
    json_object_put(wanted);
}

void facts_end(void)
{
    json_object_put(answer);
    answer = NULL;
    *analysed = 0;
}
