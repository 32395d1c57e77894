/* Saved results as a side: what is none, what lies, what is cut. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fosip/diff.h"
#include "support/suite.h"

static char path[] = "/tmp/fosip-result-XXXXXX";

static void save(const char *text, size_t n)
{
    FILE *f = fopen(path, "wb");

    fwrite(text, 1, n, f);
    fclose(f);
}

#define HEAD "{\"schema\":\"fosip/1\","
#define CALL(more) HEAD "\"calls\":[{\"id\":1,\"kind\":\"call\"" more "}]}"

static const struct {
    const char *text, *told;
} bad[] = {
    {"[]", "object was expected"},
    {"{}", "schema: \"fosip/1\" was expected"},
    {"{\"schema\":7}", "schema: \"fosip/1\" was expected"},
    {"{\"schema\":\"fosip/2\"}", "schema: \"fosip/1\" was expected"},
    {HEAD "\"calls\":7}", "calls: a list was expected"},
    {HEAD "\"streams\":[]}", "calls: a list was expected"},
    {HEAD "\"calls\":[7]}", "calls[0].the item: an object was expected"},
    {HEAD "\"calls\":[{}]}", "calls[0].id: a number above"},
    {HEAD "\"calls\":[{\"id\":1}]}", "calls[0].kind: a string was expected"},
    {HEAD "\"calls\":[{\"id\":2,\"kind\":\"call\"},{\"id\":2,\"kind\":\"call\"}]}",
     "calls[1].id: a number above"},
    {HEAD "\"calls\":[{\"id\":-1,\"kind\":\"call\"}]}", "calls[0].id: a whole number"},
    {HEAD "\"calls\":[{\"id\":1.5,\"kind\":\"call\"}]}", "calls[0].id: a number or null"},
    {CALL(",\"from\":7"), "calls[0].from: an object or null"},
    {CALL(",\"from\":{\"user\":[]}"), "calls[0].user: a string or null"},
    {CALL(",\"messages\":[{\"id\":0}]"), "calls[0].messages[0].id"},
    {CALL(",\"messages\":[{\"id\":1,\"method\":7}]"), "calls[0].messages[0].method: a string"},
    {CALL(",\"messages\":[{\"id\":1,\"status\":-200}]"), "messages[0].status: a whole number"},
    {CALL(",\"messages\":[{\"id\":1,\"src\":{\"port\":65536}}]"), "port: a whole number"},
    {CALL(",\"messages\":[{\"id\":1,\"sdp\":{\"media\":[{\"formats\":[1]}]}}]"),
     "calls[0].messages[0].media[0].formats: a list of objects"},
    {CALL(",\"messages\":[{\"id\":1,\"problems\":[1]}]"), "problems: a list of strings"},
    {CALL(",\"timing\":{\"answer_ms\":\"soon\"}"), "answer_ms: a number or null"},
    {HEAD "\"calls\":[],\"streams\":[{\"id\":1,\"packets\":\"many\"}]}",
     "streams[0].packets: a number or null"},
    {HEAD "\"calls\":[],\"findings\":[{}]}", "findings[0].rule: a string was expected"},
    {HEAD "\"calls\":[", "cut short"},
    {HEAD "\"calls\":[]} x", "something follows"},
    {HEAD "\"calls\":[}", "no valid JSON"},
    {"", "cut short"},
};

static struct fosip_diff *open_diff(int expected, char text[1024])
{
    struct fosip_diff *d = fosip_diff_new();
    struct fosip_error err = {0};
    int r = fosip_diff_add_result(d, path, NULL, &err);

    ck_assert_msg((r < 0) == (expected < 0), "%s", err.text);
    snprintf(text, 1024, "%s", err.text);
    return d;
}

START_TEST(bad_ones)
{
    char text[1024];

    save(bad[_i].text, strlen(bad[_i].text));
    fosip_diff_free(open_diff(-1, text));
    ck_assert_msg(strstr(text, bad[_i].told) != NULL, "%s says %s, not %s", bad[_i].text, text,
                  bad[_i].told);
    ck_assert_msg(strncmp(text, path, strlen(path)) == 0, "%s", text);
    ck_assert_ptr_null(strchr(text, '\n'));
}
END_TEST

static bool compare(const char *a, const char *b, const char *told)
{
    struct fosip_report_options options = {.format = FOSIP_TEXT};
    struct fosip_diff *d;
    struct fosip_error err;
    char text[1024], *out_text = NULL;
    size_t n;
    FILE *out = open_memstream(&out_text, &n);
    bool same;

    save(a, strlen(a));
    d = open_diff(0, text);
    save(b, strlen(b));
    ck_assert_int_eq(fosip_diff_add_result(d, path, NULL, &err), 0);
    ck_assert_int_lt(fosip_diff_add_result(d, path, NULL, &err), 0);
    ck_assert_int_eq(fosip_diff_report(d, &options, out, &same, &err), 0);
    fclose(out);
    ck_assert_msg(!told || strstr(out_text, told), "%s", out_text);
    free(out_text);
    fosip_diff_free(d);
    return same;
}

START_TEST(good_ones)
{
    /* Nothing but what has to be there. */
    ck_assert(compare(HEAD "\"calls\":[]}", HEAD "\"calls\":[]}", "A has no streams"));
    ck_assert(compare(CALL(""), CALL(",\"other\":[1,2,{}]"), "1 call compared"));
    ck_assert(compare(CALL(",\"messages\":[null]"), CALL(",\"messages\":[]"), NULL));
    ck_assert(!compare(CALL(",\"status\":200"), CALL(",\"status\":486"),
                       "final status changed: 200 -> 486"));
    ck_assert(!compare(CALL(",\"status\":200"), CALL(",\"status\":null"), "200 -> none"));
    ck_assert(!compare(CALL(""), HEAD "\"calls\":[]}", "the call is missing in B"));
    /* Unknown is not different from anything. */
    ck_assert(compare(CALL(",\"timing\":{\"talk_ms\":5000}"), CALL(",\"timing\":{}"), NULL));
    ck_assert(!compare(CALL(",\"timing\":{\"talk_ms\":5000}"),
                       CALL(",\"timing\":{\"talk_ms\":7000.5}"),
                       "talk time changed: 5000 ms -> 7000 ms (tolerance 100 ms or 10 %)"));
    /* A message of which nothing is known, not even from whom to whom. */
    ck_assert(!compare(CALL(",\"messages\":[{\"id\":1}]"), CALL(",\"messages\":[]"),
                       "a message without a method is missing"));
    /* What the terminal would take for orders is shown as text. */
    ck_assert(!compare(CALL(""), CALL(",\"state\":\"\\u001b[2Jx\\ny\""), "\\x1b[2Jx"));
}
END_TEST

START_TEST(results_are_known)
{
    save("  {\n \"calls\"", 11);
    ck_assert(fosip_is_result(path));
    save("{}", 2);
    ck_assert(!fosip_is_result(path));
    save("", 0);
    ck_assert(!fosip_is_result(path));
    save("\xd4\xc3\xb2\xa1", 4);
    ck_assert(!fosip_is_result(path));
    ck_assert(!fosip_is_result("-"));
    ck_assert(!fosip_is_result("/no/such/file"));
}
END_TEST

/* Thousands of calls that are alike, and others in between: matched, soon. */
START_TEST(many_calls)
{
    enum { CALLS = 20000 };
    char *texts[2];

    for (unsigned side = 0; side < 2; side++) {
        size_t n;
        FILE *f = open_memstream(&texts[side], &n);

        fputs(HEAD "\"calls\":[", f);
        for (unsigned i = 0; i < CALLS; i++)
            if (!side || i % 100)
                fprintf(f, "%s{\"id\":%u,\"kind\":\"call\",\"from\":{\"user\":\"u%u\"}}",
                        i > side ? "," : "", i + 1, i % 100 ? 0 : i);
        fputs("]}", f);
        fclose(f);
    }
    ck_assert(!compare(texts[0], texts[1], "0 of 19800 calls on both sides differ, 200 missing"));
    free(texts[0]);
    free(texts[1]);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("result");
    TCase *t = tcase_create("result");
    SRunner *runner;
    int failed, file = mkstemp(path);

    if (file < 0)
        return 1;
    close(file);
    tcase_add_loop_test(t, bad_ones, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(t, good_ones);
    tcase_add_test(t, results_are_known);
    tcase_add_test(t, many_calls);
    suite_add_tcase(s, t);
    runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    unlink(path);
    return failed != 0;
}
