/* Extracts read again: each call of each bundled capture, cut out of it, is the same
 * call with the same figures, and nothing else is there. */
#include "fosip/extract.h"

#include <dirent.h>
#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/model.h"
#include "support/suite.h"

static char folder[] = "/tmp/fosip-extract-XXXXXX";
static unsigned compared;

static const char *testdata(void)
{
    const char *path = getenv("TESTDATA");

    return path && *path ? path : "testdata";
}

static const char *in_folder(const char *name)
{
    static char path[4096];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static struct fosip_analysis *analyse(const char *path)
{
    struct fosip_analysis *a = NULL;
    struct fosip_error err = {0};

    ck_assert_msg(fosip_analyse(&a, NULL, &path, 1, &err) == 0, "%s: %s", path, err.text);
    return a;
}

static json_object *json_of(const struct fosip_analysis *a)
{
    struct fosip_report_options how = {.format = FOSIP_JSON};
    struct fosip_error err = {0};
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    json_object *json;

    ck_assert_int_eq(fosip_report(a, FOSIP_SUMMARY, &how, out, &err), 0);
    fclose(out);
    json = json_tokener_parse(text);
    ck_assert_ptr_nonnull(json);
    free(text);
    return json;
}

/* Extracts one call into a file of the test's folder. */
static void extract(const struct fosip_analysis *a, const char *call_id, const char *name,
                    bool alone)
{
    struct fosip_extract_options how = {
        .select.call_id = call_id, .output = in_folder(name), .alone = alone};
    struct fosip_error err = {0};

    ck_assert_msg(fosip_extract(a, &how, NULL, &err) == 0, "call %s: %s", call_id, err.text);
}

static json_object *member(json_object *object, const char *name)
{
    json_object *found = NULL;

    return json_object_object_get_ex(object, name, &found) ? found : NULL;
}

static const char *text(json_object *object, const char *name)
{
    return json_object_get_string(member(object, name));
}

/* Numbers of calls, streams and frames, and what depends on the capture's first
 * packet, are of each capture its own. */
static bool is_own(const char *key)
{
    static const char *const keys[] = {
        "id",      "frame",        "frames",    "t",      "call",          "group",
        "streams", "participants", "joined_by", "stream", "first_frame", "header_changes",
    };

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

/* Figures are printed to three digits; arrival times are relative to the first
 * packet before they are rounded. */
static bool same_number(json_object *a, json_object *b)
{
    double x = json_object_get_double(a), y = json_object_get_double(b);

    return fabs(x - y) < 0.0011;
}

static void compare(json_object *a, json_object *b, const char *where)
{
    char place[1024];

    ck_assert_msg(json_object_get_type(a) == json_object_get_type(b), "%s: %s is not %s", where,
                  json_object_get_string(a), json_object_get_string(b));
    if (json_object_is_type(a, json_type_object)) {
        json_object_object_foreach(a, key, value)
        {
            snprintf(place, sizeof place, "%.900s.%.100s", where, key);
            if (!is_own(key))
                compare(value, member(b, key), place);
        }
    } else if (json_object_is_type(a, json_type_array)) {
        ck_assert_msg(json_object_array_length(a) == json_object_array_length(b),
                      "%s: %zu items, then %zu", where, json_object_array_length(a),
                      json_object_array_length(b));
        for (size_t i = 0; i < json_object_array_length(a); i++) {
            snprintf(place, sizeof place, "%.900s[%zu]", where, i);
            compare(json_object_array_get_idx(a, i), json_object_array_get_idx(b, i), place);
        }
    } else if (json_object_is_type(a, json_type_double)) {
        ck_assert_msg(same_number(a, b), "%s: %s, then %s", where, json_object_get_string(a),
                      json_object_get_string(b));
    } else {
        ck_assert_msg(json_object_equal(a, b), "%s: %s, then %s", where,
                      json_object_get_string(a), json_object_get_string(b));
    }
}

static bool same_stream(json_object *a, json_object *b)
{
    return json_object_equal(member(a, "src"), member(b, "src")) &&
           json_object_equal(member(a, "dst"), member(b, "dst")) &&
           strcmp(text(a, "ssrc"), text(b, "ssrc")) == 0;
}

/* The streams of a call are those of its extract, and no others. */
static void compare_streams(json_object *all, json_object *cut, int64_t call, const char *where)
{
    json_object *before = member(all, "streams"), *after = member(cut, "streams");
    size_t count = 0, found = 0;

    for (size_t i = 0; i < json_object_array_length(before); i++) {
        json_object *s = json_object_array_get_idx(before, i);

        if (!member(s, "call") || json_object_get_int64(member(s, "call")) != call)
            continue;
        count++;
        for (size_t k = 0; k < json_object_array_length(after); k++)
            if (same_stream(s, json_object_array_get_idx(after, k))) {
                compare(s, json_object_array_get_idx(after, k), where);
                found++;
            }
    }
    ck_assert_msg(count == found && count == json_object_array_length(after),
                  "%s: %zu streams, then %zu", where, count, json_object_array_length(after));
}

static void compare_call(json_object *all, json_object *call, const char *file)
{
    int64_t id = json_object_get_int64(member(call, "id"));
    struct fosip_analysis *a = analyse(in_folder("call.pcapng"));
    json_object *cut = json_of(a), *calls = member(cut, "calls");
    char where[512];

    snprintf(where, sizeof where, "%s call %lld", file, (long long)id);
    ck_assert_msg(json_object_array_length(calls) == 1, "%s: %zu calls in its extract", where,
                  json_object_array_length(calls));
    compare(call, json_object_array_get_idx(calls, 0), where);
    compare_streams(all, cut, id, where);
    compared++;
    json_object_put(cut);
    fosip_free(a);
}

/* WebSocket connections come whole, and this one is shared. */
static bool is_shared(json_object *call)
{
    return strcmp(text(call, "transport"), "ws") == 0;
}

static void compare_file(const char *name)
{
    enum { MOST_CALLS = 12 };
    char path[4096], number[32];
    struct fosip_analysis *a;
    json_object *all, *calls;

    snprintf(path, sizeof path, "%s/%s", testdata(), name);
    a = analyse(path);
    all = json_of(a);
    calls = member(all, "calls");
    for (size_t i = 0; i < json_object_array_length(calls) && i < MOST_CALLS; i++) {
        json_object *call = json_object_array_get_idx(calls, i);

        if (is_shared(call))
            continue;
        snprintf(number, sizeof number, "%zu", i + 1);
        extract(a, number, "call.pcapng", true);
        compare_call(all, call, name);
    }
    json_object_put(all);
    fosip_free(a);
}

static int is_capture(const struct dirent *entry)
{
    const char *ending = strrchr(entry->d_name, '.');

    return ending && (strcmp(ending, ".pcap") == 0 || strcmp(ending, ".pcapng") == 0);
}

START_TEST(same_calls)
{
    struct dirent **entries;
    int n = scandir(testdata(), &entries, is_capture, alphasort);

    ck_assert_int_gt(n, 50);
    for (int i = 0; i < n; i++) {
        compare_file(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    ck_assert_uint_gt(compared, 150);
}
END_TEST

/* The octets, times and lengths of packets are those of the capture; of TCP segments
 * without anything of the call the headers are. */
static void compare_packets(const char *before, const char *after, bool tcp)
{
    struct capture *a, *b;
    struct packet x, y;
    struct fosip_error err;
    unsigned found = 0;

    ck_assert_int_eq(capture_open(&a, NULL, &before, 1, &err), 0);
    ck_assert_int_eq(capture_open(&b, NULL, &after, 1, &err), 0);
    while (capture_next(b, &y)) {
        do
            ck_assert_msg(capture_next(a, &x), "%s: packet %llu is not of the capture", after,
                          (unsigned long long)y.frame);
        while (x.time != y.time || (tcp ? x.caplen < y.caplen : x.caplen != y.caplen) ||
               memcmp(x.data, y.data, y.caplen) != 0);
        ck_assert_uint_eq(x.len, y.len);
        ck_assert_uint_eq(x.link, y.link);
        found++;
    }
    ck_assert_uint_gt(found, 0);
    capture_close(a);
    capture_close(b);
}

START_TEST(same_octets)
{
    static const struct {
        const char *file, *call, *output;
        bool tcp;
    } rows[] = {
        {"26a_nanosecond.pcap", "1", "ns.pcap", false},
        {"26a_nanosecond.pcap", "1", "ns.pcapng", false},
        {"26c_bigendian_us.pcap", "1", "us.pcap", false},
        {"25a_two_interfaces.pcapng", "3", "two.pcapng", false},
        {"22a_ip_fragments.pcap", "1", "fragments", false},
        {"22d_fragment_lost.pcap", "1", "lost.pcap", false},
        {"28a_snaplen_96.pcap", "1", "cut.pcap", false},
        {"45c_padding_and_fcs.pcap", "3", "padding.cap", true},
    };
    char path[4096];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fosip_analysis *a;

        snprintf(path, sizeof path, "%s/%s", testdata(), rows[i].file);
        a = analyse(path);
        extract(a, rows[i].call, rows[i].output, false);
        compare_packets(path, in_folder(rows[i].output), rows[i].tcp);
        fosip_free(a);
    }
}
END_TEST

static size_t packets_of(const char *path)
{
    struct capture *c;
    struct packet packet;
    struct fosip_error err;
    size_t n = 0;

    ck_assert_int_eq(capture_open(&c, NULL, &path, 1, &err), 0);
    while (capture_next(c, &packet))
        n++;
    ck_assert_uint_eq(capture_readable(c), 1);
    capture_close(c);
    return n;
}

/* Comments on packets go with them, in pcapng. */
START_TEST(comments)
{
    struct fosip_error err = {0};
    struct fosip_extract_options how = {.output = in_folder("comments.pcapng")};
    char path[4096];
    struct fosip_analysis *a;
    uint64_t before, after;
    const char *paths[] = {how.output};

    snprintf(path, sizeof path, "%s/files/features.pcapng", testdata());
    a = analyse(path);
    before = capture_file(a->capture, 0).packet_comment_count;
    ck_assert_int_eq(fosip_extract(a, &how, NULL, &err), 0);
    fosip_free(a);
    a = analyse(paths[0]);
    after = capture_file(a->capture, 0).packet_comment_count;
    ck_assert_uint_gt(before, 0);
    ck_assert_uint_eq(before, after);
    fosip_free(a);
}
END_TEST

/* Figures of tshark for the capture: 13 messages of the call, 814 packets of RTP, 6 of
 * RTCP and one that belongs to its ports. */
START_TEST(without_media)
{
    struct fosip_error err = {0};
    struct fosip_extracted done;
    struct fosip_extract_options how = {
        .select.user = "bob", .output = in_folder("sip.pcap"), .no_media = true};
    char path[4096];
    struct fosip_analysis *a;

    snprintf(path, sizeof path, "%s/01a_basic_caller_bye.pcap", testdata());
    a = analyse(path);
    how.select.call_id = "6aac8a174867eff0";
    how.select.user = NULL;
    ck_assert_int_eq(fosip_extract(a, &how, &done, &err), 0);
    ck_assert_uint_eq(done.packets, 13);
    ck_assert_uint_eq(packets_of(how.output), 13);
    how.no_media = false;
    ck_assert_int_eq(fosip_extract(a, &how, &done, &err), 0);
    ck_assert_uint_eq(done.packets, 834);
    fosip_free(a);
}
END_TEST

/* Two legs of one call are one group; each alone is a file of its own. */
START_TEST(groups_and_splits)
{
    struct fosip_error err = {0};
    struct fosip_extracted together, apart, one;
    struct fosip_extract_options how = {.output = "", .split = true};
    char path[4096], name[4096];
    struct fosip_analysis *a;

    snprintf(path, sizeof path, "%s/34c_b2bua_flow_through_sip.pcap", testdata());
    snprintf(name, sizeof name, "%s/{id}_{from}.pcap", folder);
    a = analyse(path);
    how.output = name;
    ck_assert_int_eq(fosip_extract(a, &how, &together, &err), 0);
    how.alone = true;
    ck_assert_int_eq(fosip_extract(a, &how, &apart, &err), 0);
    ck_assert_uint_eq(apart.files, 2);
    ck_assert_uint_eq(together.files, 1);
    ck_assert_uint_eq(together.packets, apart.packets);
    how = (struct fosip_extract_options){
        .select.call_id = "2", .output = in_folder("one.pcap"), .alone = true};
    ck_assert_int_eq(fosip_extract(a, &how, &one, &err), 0);
    ck_assert_uint_lt(one.packets, together.packets);
    fosip_free(a);
}
END_TEST

/* Two calls, whose phones keep ports and SSRCs: 5 messages and 100 packets of media
 * each, though all media is of one call's two streams. */
START_TEST(media_of_the_call_after)
{
    struct fosip_error err = {0};
    struct fosip_extracted done;
    char path[4096], id[32];
    struct fosip_analysis *a, *part;

    snprintf(path, sizeof path, "%s/media/ssrc_again.pcap", testdata());
    a = analyse(path);
    for (unsigned i = 0; i < 2; i++) {
        struct fosip_extract_options how = {.select.call_id = id,
                                            .output = in_folder("again.pcap")};

        snprintf(id, sizeof id, "call-%u@example.com", i);
        ck_assert_int_eq(fosip_extract(a, &how, &done, &err), 0);
        ck_assert_uint_eq(done.packets, 105);
        part = analyse(how.output);
        ck_assert_uint_eq(call_count(part->calls), 1);
        ck_assert_uint_eq(stream_count(part->streams), 2);
        ck_assert_uint_eq(call_at(part->calls, 0)->streams.n, 2);
        ck_assert_uint_eq(part->findings.n, 0);
        fosip_free(part);
    }
    fosip_free(a);
}
END_TEST

START_TEST(refused)
{
    struct fosip_error err = {0};
    struct fosip_extract_options how = {.select.call_id = "no such call",
                                        .output = in_folder("none.pcap")};
    char path[4096], name[4096];
    struct fosip_analysis *a;

    snprintf(path, sizeof path, "%s/25a_two_interfaces.pcapng", testdata());
    a = analyse(path);
    ck_assert_int_eq(fosip_extract(a, &how, NULL, &err), -ENOENT);
    how.select.call_id = NULL;
    ck_assert_int_eq(fosip_extract(a, &how, NULL, &err), -EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, ".pcapng"));
    ck_assert_int_ne(access(in_folder("none.pcap"), F_OK), 0);
    how.split = true;
    snprintf(name, sizeof name, "%s/{who}.pcapng", folder);
    how.output = name;
    ck_assert_int_eq(fosip_extract(a, &how, NULL, &err), -EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, "{who}"));
    how.output = "/no/such/folder/{id}.pcapng";
    ck_assert_int_lt(fosip_extract(a, &how, NULL, &err), 0);
    fosip_free(a);
}
END_TEST

/* How many files were left beside those that were asked for. */
static int empty_folder(void)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, NULL, alphasort), left = 0;

    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;

        left += strstr(name, "pcap.") || strstr(name, "pcapng.");
        if (name[0] != '.')
            unlink(in_folder(name));
        free(entries[i]);
    }
    free(entries);
    rmdir(folder);
    return left;
}

START_TEST(nothing_left)
{
    ck_assert_int_eq(empty_folder(), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("extract");
    TCase *tests = tcase_create("extract");
    SRunner *runner = srunner_create(suite);
    int failed;

    if (!mkdtemp(folder)) {
        perror(folder);
        return 1;
    }
    srunner_set_fork_status(runner, CK_NOFORK);
    tcase_add_test(tests, same_calls);
    tcase_add_test(tests, same_octets);
    tcase_add_test(tests, comments);
    tcase_add_test(tests, without_media);
    tcase_add_test(tests, groups_and_splits);
    tcase_add_test(tests, media_of_the_call_after);
    tcase_add_test(tests, refused);
    tcase_add_test(tests, nothing_left);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
