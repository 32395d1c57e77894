/* The program's JSON against what is known of the captures in testdata: a line
 * of truth.ndjson each, and of flows/truth.ndjson (testdata/README.md says what they
 * hold and where they are from).  Every fact of a line is looked up in the program's
 * answer; one that is missing there is a failure. */
#include <json-c/json.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>

#include "support/suite.h"

enum { CAPTURES_MAX = 256 };

static json_object *truths[CAPTURES_MAX];
static int truth_count;

static const char *setting(const char *name, const char *otherwise)
{
    const char *value = getenv(name);

    return value && *value ? value : otherwise;
}

/* The member of an object of an object ... ; NULL when there is none. */
static json_object *member(json_object *object, const char *name)
{
    json_object *found = NULL;

    return json_object_object_get_ex(object, name, &found) ? found : NULL;
}

static const char *text(json_object *object, const char *name)
{
    json_object *value = member(object, name);

    return value ? json_object_get_string(value) : "(none)";
}

static void read_truth(const char *path)
{
    char *line = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "r");

    if (!file) {
        perror(path);
        exit(1);
    }
    while (getline(&line, &room, file) > 0) {
        json_object *truth = json_tokener_parse(line);

        if (!truth || truth_count == CAPTURES_MAX) {
            fprintf(stderr, "%s: line %d is not JSON, or one too many\n", path, truth_count + 1);
            exit(1);
        }
        truths[truth_count++] = truth;
    }
    free(line);
    fclose(file);
}

/* What the program prints of the capture; NULL unless that is JSON.  Its exit
 * status to *status. */
static json_object *analyse(const char *file, int *status)
{
    struct json_tokener *tokener = json_tokener_new();
    json_object *result = NULL;
    char command[4096], block[65536];
    size_t n;
    FILE *output;

    snprintf(command, sizeof command, "'%s' -T json --interval 5s summary '%s/%s' 2>/dev/null",
             setting("FOSIP", "build/fosip"), setting("TESTDATA", "testdata"), file);
    output = popen(command, "r");
    ck_assert_ptr_nonnull(output);
    while ((n = fread(block, 1, sizeof block, output)) > 0) {
        json_object *whole = json_tokener_parse_ex(tokener, block, (int)n);

        if (whole)
            result = whole;
    }
    *status = pclose(output);
    json_tokener_free(tokener);
    return result;
}

/* Both have the number `name`, and it is the same. */
static void same_number(json_object *want, json_object *got, const char *name, const char *where)
{
    json_object *w = member(want, name), *g = member(got, name);

    if (!w)
        return;
    ck_assert_msg(g && json_object_get_int64(w) == json_object_get_int64(g),
                  "%s: %s: want %s, got %s", where, name, text(want, name), text(got, name));
}

/* A call that the truth joins with another: the program names it, with that
 * evidence, and puts both into one group. */
static void check_joined(json_object *want, json_object *got, json_object *calls,
                         const char *where)
{
    json_object *joins = member(got, "joined_by");
    bool found = false;

    for (size_t i = 0; joins && i < json_object_array_length(joins) && !found; i++) {
        json_object *join = json_object_array_get_idx(joins, i);
        json_object *other = json_object_array_get_idx(
            calls, (size_t)json_object_get_int64(member(join, "call")) - 1);

        found = strcmp(text(other, "call_id"), text(want, "call_id")) == 0 &&
                strcmp(text(join, "evidence"), text(want, "evidence")) == 0 &&
                json_object_get_int64(member(other, "group")) ==
                    json_object_get_int64(member(got, "group"));
    }
    ck_assert_msg(found, "%s: not joined with %s by %s", where, text(want, "call_id"),
                  text(want, "evidence"));
}

static void check_call(json_object *want, json_object *calls, const char *file)
{
    const char *call_id = text(want, "call_id");
    json_object *got = NULL, *answered = member(want, "answered"), *timing;
    char where[256];

    snprintf(where, sizeof where, "%s, call %s", file, call_id);
    for (size_t i = 0; i < json_object_array_length(calls) && !got; i++) {
        json_object *call = json_object_array_get_idx(calls, i);

        if (strcmp(text(call, "call_id"), call_id) == 0)
            got = call;
    }
    ck_assert_msg(got != NULL, "%s: not found", where);
    same_number(want, got, "status", where);
    if (member(want, "partial")) {
        ck_assert_msg(strcmp(text(got, "state"), "partial") == 0, "%s: state: want partial, got %s",
                      where, text(got, "state"));
    } else if (answered) {
        timing = member(got, "timing");
        ck_assert_msg(timing != NULL, "%s: no timing", where);
        ck_assert_msg(json_object_get_boolean(answered) == (member(timing, "answer_ms") != NULL),
                      "%s: answered: want %s, answer_ms %s", where, text(want, "answered"),
                      text(timing, "answer_ms"));
    }
    if (member(want, "released_by"))
        ck_assert_msg(strcmp(text(want, "released_by"), text(got, "released_by")) == 0,
                      "%s: released by: want %s, got %s", where, text(want, "released_by"),
                      text(got, "released_by"));
    for (size_t i = 0; member(want, "joined") &&
                       i < json_object_array_length(member(want, "joined")); i++)
        check_joined(json_object_array_get_idx(member(want, "joined"), i), got, calls, where);
}

/* {"ip", "port"} is the address "ip:port" or "[ip]:port". */
static bool same_address(json_object *address, const char *want)
{
    const char *ip = text(address, "ip");
    char have[128];

    snprintf(have, sizeof have, strchr(ip, ':') ? "[%s]:%s" : "%s:%s", ip, text(address, "port"));
    return strcmp(have, want) == 0;
}

/* A figure that tshark prints with three decimals. */
static void near_tshark(json_object *want, const char *name, json_object *got, const char *figure,
                        const char *part, const char *where)
{
    json_object *value = member(member(got, figure), part);
    double w = json_object_get_double(member(want, name));

    ck_assert_msg(value && fabs(w - json_object_get_double(value)) < 0.00101,
                  "%s: %s %s: tshark %.3f, got %s", where, figure, part, w,
                  text(member(got, figure), part));
}

static void check_stream(json_object *want, json_object *streams, const char *file)
{
    static const char *const counts[] = {"packets", "expected", "lost", "duplicates"};
    json_object *got = NULL, *tshark = member(want, "tshark");
    char where[256];

    snprintf(where, sizeof where, "%s, stream %s > %s %s", file, text(want, "src"),
             text(want, "dst"), text(want, "ssrc"));
    for (size_t i = 0; i < json_object_array_length(streams) && !got; i++) {
        json_object *stream = json_object_array_get_idx(streams, i);

        if (strcasecmp(text(stream, "ssrc"), text(want, "ssrc")) == 0 &&
            same_address(member(stream, "src"), text(want, "src")) &&
            same_address(member(stream, "dst"), text(want, "dst")))
            got = stream;
    }
    ck_assert_msg(got != NULL, "%s: not found", where);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        same_number(want, got, counts[i], where);
    if (!tshark)
        return;
    near_tshark(tshark, "max_delta_ms", got, "delta_ms", "max", where);
    near_tshark(tshark, "mean_jitter_ms", got, "jitter_ms", "mean", where);
    near_tshark(tshark, "max_jitter_ms", got, "jitter_ms", "max", where);
}

/* Calls `check` with each item of want's list `name` and got's list. */
static void check_each(json_object *want, json_object *got, const char *name, const char *file,
                       void (*check)(json_object *, json_object *, const char *))
{
    json_object *wanted = member(want, name), *list = member(got, name);

    ck_assert_msg(list && json_object_is_type(list, json_type_array), "%s: no %s", file, name);
    for (size_t i = 0; wanted && i < json_object_array_length(wanted); i++)
        check(json_object_array_get_idx(wanted, i), list, file);
}

/* How many items the list at that place has, which "#" ends; -1: it is none. */
static long long list_length(json_object *list)
{
    return json_object_is_type(list, json_type_array) ? (long long)json_object_array_length(list)
                                                       : -1;
}

/* "streams.1.rtcp.cname": the value there; false when there is no such place. */
static bool look_up(json_object *from, const char *place, json_object **value)
{
    char part[64];

    *value = from;
    while (*place) {
        size_t n = strcspn(place, ".");

        ck_assert_uint_lt(n, sizeof part);
        memcpy(part, place, n);
        part[n] = 0;
        place += n + (place[n] == '.');
        if (strcmp(part, "#") == 0)
            return true;
        if (json_object_is_type(*value, json_type_array))
            *value = json_object_array_get_idx(*value, (size_t)atoi(part));
        else if (!json_object_object_get_ex(*value, part, value))
            return false;
    }
    return true;
}

static void check_facts(json_object *want, json_object *got, const char *file)
{
    json_object *facts = member(want, "facts");

    if (!facts)
        return;
    json_object_object_foreach(facts, place, w)
    {
        json_object *g;
        bool number = json_object_is_type(w, json_type_int) ||
                      json_object_is_type(w, json_type_double);
        bool same = look_up(got, place, &g);

        if (strcmp(place + strlen(place) - 1, "#") == 0)
            same = same && list_length(g) == json_object_get_int64(w);
        else if (number)
            same = same && g &&
                   fabs(json_object_get_double(w) - json_object_get_double(g)) < 0.00051;
        else
            same = same && json_object_equal(w, g);
        ck_assert_msg(same, "%s: %s: want %s, got %s", file, place, json_object_to_json_string(w),
                      json_object_to_json_string(g));
    }
}

/* A build may lack a library that unpacks a format; it says so. */
static bool without_library(json_object *capture)
{
    json_object *files = member(capture, "files");

    for (size_t i = 0; i < json_object_array_length(files); i++)
        if (strstr(text(json_object_array_get_idx(files, i), "problem"), "was built without"))
            return true;
    return false;
}

START_TEST(known_truth)
{
    json_object *want = truths[_i], *got, *capture;
    const char *file = text(want, "file");
    int status;

    got = analyse(file, &status);
    ck_assert_msg(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 2),
                  "%s: ended with status %d", file, status);
    if (!member(want, "packets")) {
        ck_assert_msg(got || WEXITSTATUS(status) == 2, "%s: neither JSON nor an error", file);
        json_object_put(got);
        return;
    }
    ck_assert_msg(got != NULL, "%s: no JSON", file);
    capture = member(got, "capture");
    if (without_library(capture)) {
        json_object_put(got);
        return;
    }
    same_number(want, capture, "packets", file);
    if (member(want, "sip_messages"))
        ck_assert_msg(json_object_get_int64(member(want, "sip_messages")) ==
                          json_object_get_int64(member(member(capture, "counts"), "sip")),
                      "%s: SIP messages: want %s, got %s", file, text(want, "sip_messages"),
                      text(member(capture, "counts"), "sip"));
    check_each(want, got, "calls", file, check_call);
    check_each(want, got, "streams", file, check_stream);
    check_facts(want, got, file);
    json_object_put(got);
}
END_TEST

int main(void)
{
    TCase *captures = tcase_create("captures");
    char path[4096];
    int failed;

    snprintf(path, sizeof path, "%s/truth.ndjson", setting("TESTDATA", "testdata"));
    read_truth(path);
    snprintf(path, sizeof path, "%s/flows/truth.ndjson", setting("TESTDATA", "testdata"));
    read_truth(path);
    tcase_add_loop_test(captures, known_truth, 0, truth_count);
    failed = run_suite("known truth", captures);
    for (int i = 0; i < truth_count; i++)
        json_object_put(truths[i]);
    return failed || truth_count == 0;
}
