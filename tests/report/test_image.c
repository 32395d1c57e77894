/* Drawn ladders: SVG that is well-formed XML with the texts of the call, for every capture
 * of testdata and for hostile names; PDF and PNG of the right kind, size and number of
 * pages; each the same at every run. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cursor.h"
#include "fosip/fosip.h"
#include "report/canvas.h"
#include "support/trace.h"
#include "support/suite.h"

static const char *in_testdata(const char *name)
{
    static char path[2048];
    const char *testdata = getenv("TESTDATA");

    snprintf(path, sizeof path, "%s/%s", testdata && *testdata ? testdata : "testdata", name);
    return path;
}

/* The drawing, of *n octets; NULL with *code when there is none. */
static char *drawn(const char *path, const char *call_id, enum fosip_format format, size_t *n,
                   int *code)
{
    struct fosip_report_options how = {.format = format, .select.call_id = call_id};
    struct fosip_analysis *a;
    struct fosip_error err = {0};
    char *text = NULL;
    FILE *out = open_memstream(&text, n);

    ck_assert_msg(fosip_analyse(&a, NULL, &path, 1, &err) == 0, "%s", err.text);
    *code = fosip_report(a, FOSIP_LADDER, &how, out, &err);
    fclose(out);
    fosip_free(a);
    if (*code == 0)
        return text;
    ck_assert_int_ne(err.text[0], 0);
    free(text);
    return NULL;
}

/* ---- SVG ------------------------------------------------------------------------------- */

/* Characters that XML 1.0 §2.2 allows, and no & but of the five entities. */
static void check_characters(const char *text, size_t n, const char *what)
{
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};

    for (size_t i = 0; i < n; i++) {
        bool known = false;

        ck_assert_msg((unsigned char)text[i] >= 32 || text[i] == '\n', "%s: octet %d", what,
                      text[i]);
        ck_assert_msg(strncmp(text + i, "\xef\xbf\xbe", 3) != 0 &&
                          strncmp(text + i, "\xef\xbf\xbf", 3) != 0, "%s: no character", what);
        for (size_t k = 0; text[i] == '&' && k < sizeof entities / sizeof entities[0]; k++)
            known = known || strncmp(text + i, entities[k], strlen(entities[k])) == 0;
        ck_assert_msg(text[i] != '&' || known, "%s: %.10s", what, text + i);
    }
}

/* Elements are ours, and close in their turn; one is around all. */
static void check_elements(const char *text, const char *what)
{
    static const char *const known[] = {"svg", "g", "title", "text", "line", "rect", "polygon",
                                        "circle"};
    char open[8][16];
    unsigned depth = 0, roots = 0;

    for (const char *at = strchr(text + 1, '<'); at; at = strchr(at + 1, '<')) {
        const char *end = strchr(at, '>');
        bool closes = at[1] == '/', ours = false;
        char name[16];

        ck_assert_msg(end != NULL, "%s: an open tag", what);
        ck_assert_int_eq(sscanf(at + 1 + closes, "%15[A-Za-z0-9]", name), 1);
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            ours = ours || strcmp(known[i], name) == 0;
        ck_assert_msg(ours, "%s: <%s>", what, name);
        if (closes) {
            ck_assert_msg(depth && strcmp(open[depth - 1], name) == 0, "%s: </%s>", what, name);
            roots += --depth == 0;
        } else if (end[-1] != '/') {
            ck_assert_uint_lt(depth, 8);
            snprintf(open[depth++], sizeof open[0], "%s", name);
        }
        at = end;
    }
    ck_assert_uint_eq(depth, 0);
    ck_assert_uint_eq(roots, 1);
}

static void check_svg(const char *text, size_t n, const char *what)
{
    static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=";

    ck_assert_msg(strncmp(text, head, sizeof head - 1) == 0, "%s", what);
    check_characters(text, n, what);
    check_elements(text, what);
}

START_TEST(every_capture)
{
    const char *folder = in_testdata("");
    DIR *dir = opendir(folder);
    struct dirent *entry;
    unsigned count = 0;

    ck_assert_ptr_nonnull(dir);
    while ((entry = readdir(dir))) {
        size_t n;
        int code;
        char *text;

        if (!strstr(entry->d_name, ".pcap"))
            continue;
        text = drawn(in_testdata(entry->d_name), NULL, FOSIP_SVG, &n, &code);
        ck_assert_msg(text || code == -ENOENT, "%s: %d", entry->d_name, code);
        if (!text)
            continue;
        check_svg(text, n, entry->d_name);
        free(text);
        count++;
    }
    closedir(dir);
    ck_assert_uint_gt(count, 50);
}
END_TEST

static unsigned occurrences(const char *text, const char *what)
{
    unsigned n = 0;

    for (const char *at = text; (at = strstr(at, what)); at++)
        n++;
    return n;
}

/* One call over a proxy, and its two streams. */
START_TEST(what_is_drawn)
{
    static const char *const texts[] = {
        ">INVITE (SDP: ", ">100 trying -- your call", ">180 Ringing<", ">ACK<", ">BYE<",
        "RTP PCMU 407 packets",
        ">caller alice<", ">callee bob<",
        "Call 3: alice \xe2\x86\x92 bob, completed 200 Answering<",
    };
    size_t n;
    int code;
    char *text = drawn(in_testdata("01a_basic_caller_bye.pcap"), NULL, FOSIP_SVG, &n, &code);

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ck_assert_msg(strstr(text, texts[i]) != NULL, "%s is not drawn", texts[i]);
    ck_assert_uint_eq(occurrences(text, ">INVITE (SDP: "), 2); /* two hops */
    ck_assert_uint_eq(occurrences(text, "RTP PCMU 407 packets"), 2);
    free(text);
}
END_TEST

START_TEST(hostile_names)
{
    static const char *const names[] = {
        "<script>x</script>", "\"><img/src=x>", "a&lt;b", "'onload='x", "\x1b[31m\x07",
        "\xff\xfe\xc0", "\xef\xbf\xbe\xef\xbf\xbf", "]]>",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct trace t = trace_read("01a_basic_caller_bye.pcap");
        char path[] = "/tmp/fosip-image-XXXXXX", put[128], *text;
        int file = mkstemp(path), code;
        size_t at, n;

        ck_assert_int_ge(file, 0);
        close(file);
        snprintf(put, sizeof put, "sip:%s@", names[i]);
        for (unsigned k = 0; (at = trace_message(&t, "", NULL, k)) < t.n; k++) {
            trace_replace(&t.v[at], "sip:alice@", put, true);
            trace_replace(&t.v[at], "180 Ringing", "180 <b>&", true);
        }
        trace_write(&t, path);
        trace_free(&t);
        text = drawn(path, NULL, FOSIP_SVG, &n, &code);
        ck_assert_ptr_nonnull(text);
        check_svg(text, n, names[i]);
        ck_assert_ptr_nonnull(strstr(text, ">180 &lt;b&gt;&amp;<"));
        free(text);
        text = drawn(path, NULL, FOSIP_PDF, &n, &code);
        ck_assert_msg(text || (code == -ENOTSUP && !canvas_cairo_version()), "%s", names[i]);
        free(text);
        unlink(path);
    }
}
END_TEST

/* ---- PDF, PNG -------------------------------------------------------------------------- */

START_TEST(without_cairo)
{
    size_t n;
    int code;

    if (canvas_cairo_version())
        return;
    ck_assert_ptr_null(drawn(in_testdata("04a_busy.pcap"), NULL, FOSIP_PNG, &n, &code));
    ck_assert_int_eq(code, -ENOTSUP);
}
END_TEST

/* Its size is that of the SVG. */
START_TEST(png)
{
    size_t n, m;
    int code;
    unsigned width = 0, height = 0;
    char *svg = drawn(in_testdata("04a_busy.pcap"), NULL, FOSIP_SVG, &m, &code);
    char *data = drawn(in_testdata("04a_busy.pcap"), NULL, FOSIP_PNG, &n, &code);
    const uint8_t *p = (const uint8_t *)data;

    if (canvas_cairo_version()) {
        ck_assert_ptr_nonnull(data);
        ck_assert_uint_gt(n, 1000);
        ck_assert_int_eq(memcmp(p, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16), 0);
        ck_assert_int_eq(
            sscanf(strstr(svg, "viewBox="), "viewBox=\"0 0 %u %u\"", &width, &height), 2);
        ck_assert_uint_eq(be32(p + 16), width);
        ck_assert_uint_eq(be32(p + 20), height);
        ck_assert_int_eq(memcmp(p + n - 8, "IEND", 4), 0);
    }
    free(svg);
    free(data);
}
END_TEST

/* Whether it is in the octets; how often. */
static unsigned within(const char *data, size_t n, const char *what)
{
    unsigned count = 0;
    const char *at = data;

    while ((at = memmem(at, n - (size_t)(at - data), what, strlen(what))) && ++count)
        at++;
    return count;
}

START_TEST(pdf)
{
    static const struct {
        const char *file;
        const char *pages;
    } rows[] = {{"01a_basic_caller_bye.pcap", "/Count 1\n"}, {"43b_rfc4475_invalid.pcap", NULL}};

    for (size_t i = 0; canvas_cairo_version() && i < sizeof rows / sizeof rows[0]; i++) {
        size_t n, m;
        int code;
        char *a = drawn(in_testdata(rows[i].file), NULL, FOSIP_PDF, &n, &code);
        char *b = drawn(in_testdata(rows[i].file), NULL, FOSIP_PDF, &m, &code);

        ck_assert_ptr_nonnull(a);
        ck_assert_int_eq(memcmp(a, "%PDF-1.", 7), 0);
        ck_assert_int_eq(memcmp(a + n - 6, "%%EOF\n", 6), 0);
        ck_assert_uint_gt(within(a, n, "/Type /Page"), 0);
        ck_assert(!rows[i].pages || within(a, n, rows[i].pages));
        ck_assert(n == m && memcmp(a, b, n) == 0); /* no time of day */
        free(a);
        free(b);
    }
}
END_TEST

START_TEST(nothing_to_draw)
{
    size_t n;
    int code;

    ck_assert_ptr_null(drawn(in_testdata("01a_basic_caller_bye.pcap"), "nobody", FOSIP_SVG, &n,
                             &code));
    ck_assert_int_eq(code, -ENOENT);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("image");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_capture);
    tcase_add_test(t, what_is_drawn);
    tcase_add_test(t, hostile_names);
    tcase_add_test(t, without_cairo);
    tcase_add_test(t, png);
    tcase_add_test(t, pdf);
    tcase_add_test(t, nothing_to_draw);
    return run_suite("image", t);
}
