/* Extracts without names, analysed: of each bundled capture the figures and findings are
 * those of the extract with names, each text is exchanged for one of the same shape and
 * no two for one, nobody's name is left in the file, and checksums are as right or as
 * wrong as they were. */
#include "fosip/extract.h"

#include <dirent.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "anonymize/anonymize.h"
#include "base/table.h"
#include "support/suite.h"

static char folder[] = "/tmp/fosip-anonymized-XXXXXX";
static unsigned compared, names_sought, sums_checked;

static const char *testdata(void)
{
    const char *path = getenv("TESTDATA");

    return path && *path ? path : "testdata";
}

static const char *in_folder(const char *name)
{
    static char path[2][4096];
    static unsigned turn;
    char *to = path[turn++ % 2];

    snprintf(to, sizeof path[0], "%s/%s", folder, name);
    return to;
}

static struct fosip_analysis *analyse(const char *path)
{
    struct fosip_analysis *a = NULL;
    struct fosip_error err = {0};

    ck_assert_msg(fosip_analyse(&a, NULL, &path, 1, &err) == 0, "%s: %s", path, err.text);
    return a;
}

static json_object *json_of(const char *path)
{
    struct fosip_report_options how = {.format = FOSIP_JSON};
    struct fosip_analysis *a = analyse(path);
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
    fosip_free(a);
    return json;
}

static json_object *member(json_object *object, const char *name)
{
    json_object *found = NULL;

    return json_object_object_get_ex(object, name, &found) ? found : NULL;
}

/* ---- the same analysis ----------------------------------------------------------------- */

/* What each text was exchanged for, both ways. */
struct exchanges {
    json_object *after, *before;
};

/* Letters and digits, which addresses of IPv6 mix. */
static char shape(char c)
{
    bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';

    return letter || (c >= '0' && c <= '9') ? 'a' : c;
}

static void note(json_object *known, const char *from, const char *to, const char *where)
{
    json_object *found;

    if (json_object_object_get_ex(known, from, &found))
        ck_assert_msg(strcmp(json_object_get_string(found), to) == 0, "%s: %s for %s, and %s",
                      where, to, from, json_object_get_string(found));
    else
        json_object_object_add(known, from, json_object_new_string(to));
}

/* Words of the analysis itself stay, and may be somebody's name. */
static void compare_text(struct exchanges *x, const char *a, const char *b, const char *where)
{
    ck_assert_msg(strlen(a) == strlen(b), "%s: %s, then %s", where, a, b);
    for (size_t i = 0; a[i]; i++)
        ck_assert_msg(shape(a[i]) == shape(b[i]) || (a[i] & 0x80 && b[i] & 0x80),
                      "%s: %s, then %s", where, a, b);
    if (strcmp(a, b) == 0)
        return;
    note(x->after, a, b, where);
    note(x->before, b, a, where);
}

static void compare(struct exchanges *x, json_object *a, json_object *b, const char *where)
{
    char place[1024];

    ck_assert_msg(json_object_get_type(a) == json_object_get_type(b), "%s: %s is not %s", where,
                  json_object_get_string(a), json_object_get_string(b));
    if (json_object_is_type(a, json_type_object)) {
        json_object_object_foreach(a, key, value)
        {
            snprintf(place, sizeof place, "%.900s.%.100s", where, key);
            if (strcmp(key, "packet_comments") == 0) /* they name whom they like */
                ck_assert_uint_eq(json_object_array_length(member(b, key)), 0);
            else if (strcmp(key, "path") != 0)
                compare(x, value, member(b, key), place);
        }
    } else if (json_object_is_type(a, json_type_array)) {
        ck_assert_msg(json_object_array_length(a) == json_object_array_length(b),
                      "%s: %zu items, then %zu", where, json_object_array_length(a),
                      json_object_array_length(b));
        for (size_t i = 0; i < json_object_array_length(a); i++) {
            snprintf(place, sizeof place, "%.900s[%zu]", where, i);
            compare(x, json_object_array_get_idx(a, i), json_object_array_get_idx(b, i), place);
        }
    } else if (json_object_is_type(a, json_type_string)) {
        compare_text(x, json_object_get_string(a), json_object_get_string(b), where);
    } else {
        ck_assert_msg(json_object_equal(a, b), "%s: %s, then %s", where,
                      json_object_get_string(a), json_object_get_string(b));
    }
}

/* ---- nobody's name --------------------------------------------------------------------- */

static char *contents(const char *path, size_t *n)
{
    FILE *in = fopen(path, "rb");
    char *text;

    ck_assert_ptr_nonnull(in);
    fseek(in, 0, SEEK_END);
    *n = (size_t)ftell(in);
    rewind(in);
    text = malloc(*n + 1);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_eq(fread(text, 1, *n, in), *n);
    fclose(in);
    return text;
}

/* Longer than what chance would put there; not one of the words that stay. */
static bool is_sought(const char *name)
{
    static const char *const stay[] = {"anonymous", "localhost", "invalid", "service",
                                       "127.0.0.1", "register", "phone"};

    for (size_t i = 0; i < sizeof stay / sizeof stay[0]; i++)
        if (strcasestr(name, stay[i]))
            return false;
    return strlen(name) >= 5;
}

static void seek(json_object *party, const char *which, const char *text, size_t n,
                 const char *file)
{
    const char *name = json_object_get_string(member(party, which));

    if (!name || !is_sought(name))
        return;
    names_sought++;
    ck_assert_msg(!memmem(text, n, name, strlen(name)), "%s: %s is left in it", file, name);
}

static void seek_names(json_object *all, const char *path, const char *file)
{
    json_object *calls = member(all, "calls");
    size_t n;
    char *text = contents(path, &n);

    for (size_t i = 0; i < json_object_array_length(calls); i++) {
        json_object *call = json_object_array_get_idx(calls, i);
        json_object *parties[] = {member(call, "from"), member(call, "to")};

        for (unsigned k = 0; k < 2; k++) {
            seek(parties[k], "user", text, n, file);
            seek(parties[k], "display", text, n, file);
            seek(parties[k], "host", text, n, file);
        }
    }
    free(text);
}

/* ---- checksums ------------------------------------------------------------------------- */

static uint32_t add(const uint8_t *p, size_t n, uint32_t sum)
{
    for (size_t i = 0; i < n; i++)
        sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

/* Which checksums of the packet are right: a letter each; only those whose octets are
 * all there. */
static void check_sums(const struct packet *packet, char *out)
{
    struct layer_trace trace;
    struct decoded d;
    const uint8_t *ip = NULL;
    uint32_t left = 0;

    net_trace(packet, &d, &trace);
    for (unsigned i = 0; i < trace.n && !d.quoted; i++) {
        const struct layer_step *s = &trace.steps[i];
        bool right;

        if (s->decode == layer_ip4 && s->left >= 20) {
            ip = s->at;
            left = be16(ip + 2) - (ip[0] & 15u) * 4;
            right = add(ip, (ip[0] & 15u) * 4, 0) == 0xffff;
        } else if (s->decode == layer_ip6 && s->left >= 40) {
            ip = s->at;
            left = be16(ip + 4);
            continue;
        } else if ((s->decode == layer_udp || s->decode == layer_tcp) && ip && s->left >= left) {
            uint32_t addresses = ip[0] >> 4 == 4 ? add(ip + 12, 8, 0) : add(ip + 8, 32, 0);

            if (s->decode == layer_udp && !be16(s->at + 6))
                *out++ = 'n';
            addresses += left + (s->decode == layer_udp ? 17 : 6);
            right = add(s->at, left, addresses) == 0xffff;
        } else {
            continue;
        }
        *out++ = right ? 'r' : 'w';
        sums_checked++;
    }
    *out = 0;
}

static void compare_sums(const char *before, const char *after)
{
    struct capture *a, *b;
    struct packet x, y;
    struct fosip_error err;
    char sums[2][2 * LAYER_MAX_DEPTH];

    ck_assert_int_eq(capture_open(&a, NULL, &before, 1, &err), 0);
    ck_assert_int_eq(capture_open(&b, NULL, &after, 1, &err), 0);
    while (capture_next(b, &y)) {
        ck_assert(capture_next(a, &x));
        ck_assert_int_eq(x.time, y.time);
        ck_assert_uint_eq(x.len, y.len);
        ck_assert_uint_eq(x.caplen, y.caplen);
        check_sums(&x, sums[0]);
        check_sums(&y, sums[1]);
        ck_assert_msg(strcmp(sums[0], sums[1]) == 0, "%s, packet %llu: %s, then %s", before,
                      (unsigned long long)y.frame, sums[0], sums[1]);
    }
    ck_assert(!capture_next(a, &x));
    capture_close(a);
    capture_close(b);
}

/* ---- all captures ---------------------------------------------------------------------- */

/* False when there is nothing to extract. */
static bool extract(const char *path, const char *output, const char *key)
{
    struct fosip_extract_options how = {.output = output, .anonymize = key != NULL, .key = key};
    struct fosip_analysis *a = analyse(path);
    struct fosip_error err = {0};
    int r = fosip_readable(a) ? fosip_extract(a, &how, NULL, &err) : -ENOENT;

    fosip_free(a);
    ck_assert_msg(r == 0 || r == -ENOENT, "%s: %s", path, err.text);
    return r == 0;
}

/* What fosip(1) says is lost. */
static bool is_lost(const char *name)
{
    return strstr(name, "fax");
}

static void compare_file(const char *path)
{
    char before[4096], after[4096];
    struct exchanges x = {json_object_new_object(), json_object_new_object()};
    json_object *a, *b;

    snprintf(before, sizeof before, "%s", in_folder("one.pcapng"));
    snprintf(after, sizeof after, "%s", in_folder("two.pcapng"));
    if (extract(path, before, NULL) && extract(path, after, "the key")) {
        a = json_of(before);
        b = json_of(after);
        compare(&x, a, b, path);
        seek_names(a, after, path);
        compare_sums(before, after);
        compared++;
        json_object_put(a);
        json_object_put(b);
    }
    json_object_put(x.after);
    json_object_put(x.before);
}

static int is_capture(const struct dirent *entry)
{
    const char *ending = strrchr(entry->d_name, '.');

    return ending && (strcmp(ending, ".pcap") == 0 || strcmp(ending, ".pcapng") == 0) &&
           !is_lost(entry->d_name);
}

static void compare_folder(const char *name)
{
    char path[4096], file[8192];
    struct dirent **entries;
    int n;

    snprintf(path, sizeof path, "%s%s", testdata(), name);
    n = scandir(path, &entries, is_capture, alphasort);
    ck_assert_int_gt(n, 0);
    for (int i = 0; i < n; i++) {
        snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        compare_file(file);
        free(entries[i]);
    }
    free(entries);
}

START_TEST(same_analysis)
{
    compare_folder("");
    compare_folder("/net");
    compare_folder("/flows");
    compare_folder("/media");
    ck_assert_uint_gt(compared, 120);
    ck_assert_uint_gt(names_sought, 300);
    ck_assert_uint_gt(sums_checked, 10000);
}
END_TEST

static void compare_octets(const char *a, const char *b, bool same)
{
    size_t n, m;
    char *x = contents(a, &n), *y = contents(b, &m);

    ck_assert_int_eq(n == m && memcmp(x, y, n) == 0, same);
    free(x);
    free(y);
}

/* The same key, the same octets; without one, the same packets make the same. */
START_TEST(keys)
{
    char path[4096], packed[4096];
    struct fosip_extract_options how = {.anonymize = true};
    struct fosip_error err = {0};

    snprintf(path, sizeof path, "%s/01a_basic_caller_bye.pcap", testdata());
    snprintf(packed, sizeof packed, "%s/43w_gzip.pcap.gz", testdata());
    ck_assert(extract(path, in_folder("1.pcap"), "a"));
    ck_assert(extract(path, in_folder("2.pcap"), "a"));
    ck_assert(extract(path, in_folder("3.pcap"), "b"));
    compare_octets(in_folder("1.pcap"), in_folder("2.pcap"), true);
    compare_octets(in_folder("1.pcap"), in_folder("3.pcap"), false);
    for (int i = 0; i < 2; i++) {
        struct fosip_analysis *a = analyse(path);

        how.output = in_folder(i ? "5.pcap" : "4.pcap");
        ck_assert_int_eq(fosip_extract(a, &how, NULL, &err), 0);
        fosip_free(a);
    }
    compare_octets(in_folder("4.pcap"), in_folder("5.pcap"), true);
    compare_octets(in_folder("4.pcap"), in_folder("1.pcap"), false);
    ck_assert(extract(packed, in_folder("6.pcap"), "a"));
}
END_TEST

/* TLS cannot be exchanged: its segments come without payload, the secrets of the capture
 * not at all, and that is said. */
START_TEST(what_is_lost)
{
    struct fosip_extract_options how = {.anonymize = true, .key = "a"};
    struct fosip_analysis *a;
    struct fosip_extracted done;
    struct fosip_error err = {0};
    char path[4096], *text;
    size_t n;

    snprintf(path, sizeof path, "%s/tls/13_own_keys.pcapng", testdata());
    how.output = in_folder("lost.pcapng");
    a = analyse(path);
    ck_assert_int_eq(fosip_extract(a, &how, &done, &err), 0);
    ck_assert_uint_gt(done.emptied, 0);
    ck_assert_uint_eq(done.overwritten, 0);
    fosip_free(a);
    text = contents(how.output, &n);
    ck_assert_ptr_null(memmem(text, n, "SIP/2.0", 7));
    ck_assert_ptr_null(memmem(text, n, "SECRET", 6));
    free(text);
}
END_TEST

/* A build without OpenSSL: nothing is written, least of all with names. */
START_TEST(refused)
{
    struct fosip_extract_options how = {.anonymize = true, .key = "a"};
    struct fosip_analysis *a;
    struct fosip_extracted done;
    struct fosip_error err = {0};
    char path[4096];

    snprintf(path, sizeof path, "%s/04a_busy.pcap", testdata());
    how.output = in_folder("refused.pcap");
    a = analyse(path);
    ck_assert_int_eq(fosip_extract(a, &how, &done, &err), -ENOTSUP);
    ck_assert_ptr_nonnull(strstr(err.text, "OpenSSL"));
    ck_assert_int_ne(access(how.output, F_OK), 0);
    fosip_free(a);
}
END_TEST

static void clean(void)
{
    char command[64];

    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0)
        fprintf(stderr, "%s is left\n", folder);
}

int main(void)
{
    TCase *tc = tcase_create("anonymized");
    int failed;

    if (!mkdtemp(folder))
        return 1;
    tcase_set_timeout(tc, 300);
    if (!keyed_available()) {
        tcase_add_test(tc, refused);
    } else {
        tcase_add_test(tc, same_analysis);
        tcase_add_test(tc, keys);
        tcase_add_test(tc, what_is_lost);
    }
    failed = run_suite("anonymized", tc);
    clean();
    return failed;
}
