/* The HTML report is well-formed for every capture of testdata, asks for nothing
 * from outside, holds the figures of the other reports, and takes nothing that a
 * message says for markup. */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fosip/fosip.h"
#include "support/trace.h"
#include "support/suite.h"

static char *report(const char *path)
{
    struct fosip_options options = {.threads = 1, .interval = 1000000000};
    struct fosip_report_options how = {.format = FOSIP_TEXT};
    struct fosip_analysis *a;
    struct fosip_error err;
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    ck_assert_msg(fosip_analyse(&a, &options, &path, 1, &err) == 0, "%s", err.text);
    ck_assert_int_eq(fosip_report(a, FOSIP_HTML, &how, out, &err), 0);
    fclose(out);
    fosip_free(a);
    return text;
}

static bool is_void(const char *name)
{
    return strcmp(name, "meta") == 0 || strcmp(name, "br") == 0 || strcmp(name, "!DOCTYPE") == 0;
}

/* Every tag is one of ours, and each that opens is closed in its turn. */
static void check_markup(const char *text, const char *path)
{
    static const char *const known[] = {
        "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "a",
        "br", "span", "div", "table", "tr", "th", "td", "code", "svg", "g", "text", "line", "rect",
        "polygon", "circle"};
    char open[64][16];
    unsigned depth = 0;

    for (const char *at = text; (at = strchr(at, '<')); at++) {
        const char *end = strchr(at, '>');
        bool closes = at[1] == '/', known_one = false;
        char name[16];

        ck_assert_msg(end != NULL, "%s: an open tag", path);
        ck_assert_int_eq(sscanf(at + 1 + closes, "%15[!A-Za-z0-9]", name), 1);
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            known_one = known_one || strcmp(known[i], name) == 0;
        ck_assert_msg(known_one, "%s: <%s>", path, name);
        if (closes) {
            ck_assert_msg(depth && strcmp(open[depth - 1], name) == 0, "%s: </%s> in <%s>", path,
                          name, depth ? open[depth - 1] : "");
            depth--;
        } else if (!is_void(name) && end[-1] != '/') {
            ck_assert_uint_lt(depth, 64);
            snprintf(open[depth++], sizeof open[0], "%s", name);
        }
        at = end;
    }
    ck_assert_uint_eq(depth, 0);
}

static void check_page(const char *text, const char *path)
{
    check_markup(text, path);
    for (const char *at = text; *at; at++)
        ck_assert_msg((unsigned char)*at >= 32 || *at == '\n', "%s: octet %d", path, *at);
    ck_assert_msg(!strstr(text, "src=") && !strstr(text, "url(") && !strstr(text, "javascript:"),
                  "%s", path);
    /* A link goes within the page; the only address is the name of SVG. */
    for (const char *at = text; (at = strstr(at, "href=\"")); at++)
        ck_assert_int_eq(at[6], '#');
}

START_TEST(every_capture)
{
    const char *testdata = getenv("TESTDATA");
    DIR *dir = opendir(testdata ? testdata : "testdata");
    struct dirent *entry;
    unsigned count = 0;

    ck_assert_ptr_nonnull(dir);
    while ((entry = readdir(dir))) {
        char path[2048], *text;

        if (!strstr(entry->d_name, ".pcap"))
            continue;
        snprintf(path, sizeof path, "%s/%s", testdata ? testdata : "testdata", entry->d_name);
        text = report(path);
        check_page(text, path);
        free(text);
        count++;
    }
    closedir(dir);
    ck_assert_uint_gt(count, 50);
}
END_TEST

START_TEST(figures)
{
    const char *testdata = getenv("TESTDATA");
    char path[1024], *text;

    snprintf(path, sizeof path, "%s/36g_burst_5.pcap", testdata ? testdata : "testdata");
    text = report(path);
    /* As `streams` prints them, which is tested against tshark. */
    ck_assert_ptr_nonnull(strstr(text, "<td class=\"n\">1851</td><td class=\"n\">5.13</td>"));
    ck_assert_ptr_nonnull(strstr(text, "<td class=\"n\">1849</td><td class=\"n\">5.23</td>"));
    ck_assert_ptr_nonnull(strstr(text, "SSRC 0x0e863e37"));
    ck_assert_ptr_nonnull(strstr(text, "INVITE (SDP: PCMA)"));
    ck_assert_ptr_nonnull(strstr(text, "caller alice"));
    ck_assert_ptr_nonnull(strstr(text, "id=\"call1\""));
    ck_assert_ptr_nonnull(strstr(text, "packets lost in red"));
    free(text);
}
END_TEST

START_TEST(hostile_messages)
{
    static const char *const names[] = {
        "<script>alert(1)</script>", "\"><img/src=x>", "a&lt;b", "'onload='x", "\x1b[31m\x07",
        "\xff\xfe\xc0", "\xe2\x80\xae evil",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct trace t = trace_read("01a_basic_caller_bye.pcap");
        char path[] = "/tmp/fosip-html-XXXXXX", put[128], *text;
        int file = mkstemp(path);
        size_t at;

        ck_assert_int_ge(file, 0);
        close(file);
        snprintf(put, sizeof put, "sip:%s@", names[i]);
        for (unsigned n = 0; (at = trace_message(&t, "", NULL, n)) < t.n; n++) {
            trace_replace(&t.v[at], "sip:alice@", put, true);
            trace_replace(&t.v[at], "Call-ID: ", "Call-ID: <script>", true);
            trace_replace(&t.v[at], "180 Ringing", names[i][0] == '<' ? "180 <b>&" : "180 R", true);
        }
        trace_write(&t, path);
        trace_free(&t);
        text = report(path);
        unlink(path);
        check_page(text, names[i]);
        ck_assert_ptr_null(strstr(text, "<script"));
        ck_assert_ptr_null(strstr(text, "<img"));
        ck_assert_ptr_nonnull(strstr(text, "Call-ID &lt;script&gt;"));
        if (i == 0)
            ck_assert_ptr_nonnull(strstr(text, "180 &lt;b&gt;&amp;"));
        free(text);
    }
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("html");

    tcase_add_test(t, every_capture);
    tcase_add_test(t, figures);
    tcase_add_test(t, hostile_messages);
    return run_suite("html", t);
}
