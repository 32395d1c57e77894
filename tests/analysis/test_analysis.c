/* The public entry: errors, several files as one capture, any number of threads. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/model.h"
#include "support/suite.h"

static char path_text[4096];

static const char *testdata(const char *name)
{
    const char *folder = getenv("TESTDATA");

    snprintf(path_text, sizeof path_text, "%s/%s", folder ? folder : "testdata", name);
    return path_text;
}

/* The JSON of one capture, read on that many threads.  The caller frees. */
static char *json_of(const char *path, unsigned threads)
{
    struct fosip_options options = {.threads = threads};
    struct fosip_report_options how = {.format = FOSIP_JSON};
    struct fosip_analysis *a;
    struct fosip_error err;
    char *text = NULL;
    size_t n;
    FILE *out;

    ck_assert_int_eq(fosip_analyse(&a, &options, &path, 1, &err), 0);
    out = open_memstream(&text, &n);
    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(fosip_report(a, FOSIP_SUMMARY, &how, out, &err), 0);
    fclose(out);
    fosip_free(a);
    return text;
}

/* One of each kind that the two threads share differently: plain UDP, TCP,
 * fragments, two interfaces, loss, damage. */
static const char *const captures[] = {
    "01a_basic_caller_bye.pcap", "18a_sip_tcp.pcap",       "22a_ip_fragments.pcap",
    "25a_two_interfaces.pcapng", "36g_burst_5.pcap",       "36n_dup_1.pcap",
    "43b_rfc4475_invalid.pcap",  "43j_corrupt_record_length.pcap",
};

START_TEST(threads_change_nothing)
{
    const char *path = testdata(captures[_i]);
    char *one = json_of(path, 1), *two = json_of(path, 2);

    ck_assert_uint_gt(strlen(one), 200);
    ck_assert_str_eq(one, two);
    free(one);
    free(two);
}
END_TEST

START_TEST(a_filter_that_does_not_compile)
{
    struct fosip_options options = {.filter = "host and and"};
    const char *path = testdata(captures[0]);
    struct fosip_analysis *a;
    struct fosip_error err = {0};

    ck_assert_int_eq(fosip_analyse(&a, &options, &path, 1, &err), -EINVAL);
    ck_assert_int_eq(err.code, -EINVAL);
    ck_assert_uint_gt(strlen(err.text), 0);
}
END_TEST

START_TEST(a_filter_chooses_packets)
{
    /* 21 SIP messages of this capture are on port 5060, the media is not. */
    struct fosip_options options = {.filter = "udp port 5060"};
    const char *path = testdata(captures[0]);
    struct fosip_analysis *a;
    struct fosip_error err;

    ck_assert_int_eq(fosip_analyse(&a, &options, &path, 1, &err), 0);
    ck_assert_uint_eq(a->counts.sip, 21);
    ck_assert_uint_eq(a->counts.rtp, 0);
    fosip_free(a);
}
END_TEST

/* Two captures of two calls: what is in either is in the whole. */
START_TEST(several_files_are_one_capture)
{
    char first[4096], second[4096];
    const char *paths[2] = {first, second};
    struct fosip_analysis *a;
    struct fosip_error err;

    snprintf(first, sizeof first, "%s", testdata("03a_cancel.pcap"));
    snprintf(second, sizeof second, "%s", testdata("04a_busy.pcap"));
    ck_assert_int_eq(fosip_analyse(&a, NULL, paths, 2, &err), 0);
    /* 22 and 16 messages, a call each, and the registrations before them. */
    ck_assert_uint_eq(a->counts.sip, 22 + 16);
    ck_assert_uint_eq(capture_file_count(a->capture), 2);
    ck_assert(a->first_time <= a->last_time);
    fosip_free(a);
}
END_TEST

START_TEST(a_damaged_file_is_a_problem)
{
    const char *path = testdata("43j_corrupt_record_length.pcap");
    struct fosip_analysis *a;
    struct fosip_error err;
    bool damaged = false;

    ck_assert_int_eq(fosip_analyse(&a, NULL, &path, 1, &err), 0);
    ck_assert_ptr_nonnull(fosip_problem(a, 0, &damaged));
    ck_assert(damaged);
    ck_assert_ptr_null(fosip_problem(a, 1, &damaged));
    ck_assert_uint_gt(a->packets, 0); /* what came before it was read */
    fosip_free(a);

    path = testdata("43l_truncated_last_record.pcap");
    ck_assert_int_eq(fosip_analyse(&a, NULL, &path, 1, &err), 0);
    ck_assert_ptr_nonnull(fosip_problem(a, 0, &damaged));
    ck_assert(!damaged);
    fosip_free(a);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("analysis");

    tcase_add_loop_test(t, threads_change_nothing, 0, sizeof captures / sizeof *captures);
    tcase_add_test(t, a_filter_that_does_not_compile);
    tcase_add_test(t, a_filter_chooses_packets);
    tcase_add_test(t, several_files_are_one_capture);
    tcase_add_test(t, a_damaged_file_is_a_problem);
    return run_suite("analysis", t);
}
