/* The same call twice is no difference: captured again, and with every value
 * rewritten that is new in each call. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fosip/diff.h"
#include "support/suite.h"
#include "support/trace.h"

static char folder[] = "/tmp/fosip-same-XXXXXX";

static struct fosip_analysis *analyse(const char *path)
{
    struct fosip_options options = {.threads = 1};
    struct fosip_analysis *a;
    struct fosip_error err;

    ck_assert_msg(fosip_analyse(&a, &options, &path, 1, &err) == 0, "%s", err.text);
    return a;
}

/* What the report says; freed by the caller. */
static char *compare(const char *path_a, const char *path_b, const char *compared, bool *same)
{
    struct fosip_report_options options = {.format = FOSIP_TEXT};
    struct fosip_analysis *a = analyse(path_a), *b = analyse(path_b);
    struct fosip_diff *diff = fosip_diff_new();
    struct fosip_error err;
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    ck_assert_int_eq(fosip_diff_compare(diff, compared, &err), 0);
    ck_assert_int_eq(fosip_diff_add_analysis(diff, a, "a", NULL, &err), 0);
    ck_assert_int_eq(fosip_diff_add_analysis(diff, b, "b", NULL, &err), 0);
    ck_assert_int_eq(fosip_diff_report(diff, &options, out, same, &err), 0);
    fclose(out);
    fosip_diff_free(diff);
    fosip_free(a);
    fosip_free(b);
    return text;
}

static void path_of(const char *file, char path[1024])
{
    const char *testdata = getenv("TESTDATA");

    snprintf(path, 1024, "%s/%s", testdata ? testdata : "testdata", file);
}

/* ---- Rewriting; all keeps its length ---- */

static char next(char c)
{
    if (c >= '0' && c <= '9')
        return c == '9' ? '1' : (char)(c + 1);
    if (c >= 'a' && c <= 'f')
        return c == 'f' ? 'a' : (char)(c + 1);
    if (c >= 'A' && c <= 'F')
        return c == 'F' ? 'A' : (char)(c + 1);
    return c;
}

/* After each `name` up to one of `ends`. */
static void rotate(uint8_t *p, size_t n, const char *name, const char *ends)
{
    size_t length = strlen(name);
    uint8_t *end = p + n, *at = p;

    while ((at = memmem(at, (size_t)(end - at), name, length))) {
        for (at += length; at < end && !strchr(ends, *at); at++)
            *at = (uint8_t)next((char)*at);
    }
}

/* The last number before the method: still in order with those around it. */
static void raise_number(uint8_t *line, size_t skip)
{
    uint8_t *at = line ? line + skip : NULL, *last = at;

    for (; at && (*at == ' ' || (*at >= '0' && *at <= '9')); at++)
        if (at[-1] == ' ')
            last = at;
    if (last && *last >= '1' && *last < '9')
        ++*last;
}

static void rewrite_text(uint8_t *p, size_t n)
{
    static const char *const names[] = {
        "Call-ID: ", "tag=",       "branch=z9hG4bK", "nonce=\"", "response=\"", "opaque=\"",
        "RSeq: ",    "RAck: ",     "a=ssrc:",        "instance=\"", "-0x",
        "o=- ",      "Replaces=",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        rotate(p, n, names[i], " \r\n;,\">@");
    raise_number(memmem(p, n, "\r\nCSeq: ", 8), 8);
    raise_number(memmem(p, n, "\r\nRAck: ", 8), 8);
}

/* Media ports, in the description and in the packets, by the same rule. */
static uint16_t move_port(uint16_t port)
{
    uint16_t moved = port ^ 0x10;

    return port >= 4000 && port != 5060 && (port > 9999) == (moved > 9999) ? moved : port;
}

static void rewrite_media_line(uint8_t *p, size_t n)
{
    uint8_t *end = p + n, *at = p;

    while ((at = memmem(at, (size_t)(end - at), "m=audio ", 8))) {
        char text[8];
        unsigned port = (unsigned)strtoul((char *)at + 8, NULL, 10);

        at += 8;
        snprintf(text, sizeof text, "%u", move_port((uint16_t)port));
        memcpy(at, text, strlen(text));
    }
    at = memmem(p, n, "a=rtcp:", 7);
    if (at) {
        char text[8];
        unsigned port = (unsigned)strtoul((char *)at + 7, NULL, 10);

        snprintf(text, sizeof text, "%u", move_port((uint16_t)port));
        memcpy(at + 7, text, strlen(text));
    }
}

static void rewrite_addresses(uint8_t *p, size_t n)
{
    static const char *const networks[][2] = {{"10.77.0.", "10.88.3."},
                                              {"172.20.5.", "172.28.3."}};

    for (unsigned i = 0; i < 2; i++) {
        size_t length = strlen(networks[i][0]);
        uint8_t *end = p + n, *at = p;

        while ((at = memmem(at, (size_t)(end - at), networks[i][0], length))) {
            memcpy(at, networks[i][1], length);
            at += length;
        }
    }
}

/* SSRCs of RTP and, wherever they stand, of RTCP. */
static void rewrite_ssrcs(uint8_t *p, size_t n, const uint32_t *known, unsigned count)
{
    for (size_t at = 0; at + 4 <= n; at++)
        for (unsigned i = 0; i < count; i++)
            if (memcmp(p + at, &known[i], 4) == 0) {
                p[at] ^= 0x21;
                p[at + 3] ^= 0x14;
                at += 3;
                break;
            }
}

static unsigned gather_ssrcs(const struct trace *t, uint32_t *known, unsigned most)
{
    unsigned count = 0;

    for (size_t i = 0; i < t->n; i++) {
        size_t n;
        uint8_t *p = trace_payload(&t->v[i], &n);
        uint32_t ssrc;
        unsigned k = 0;

        if (!p || !trace_is_media(&t->v[i]))
            continue;
        memcpy(&ssrc, p + 8, 4);
        while (k < count && known[k] != ssrc)
            k++;
        if (k == count && count < most)
            known[count++] = ssrc;
    }
    return count;
}

static void rewrite_packet(struct trace_packet *p, const uint32_t *known, unsigned count)
{
    static uint8_t copy[65536];
    size_t n, udp = 14 + (size_t)(p->data[14] & 15) * 4;
    uint8_t *payload = trace_payload(p, &n);

    if (!payload)
        return;
    memcpy(copy, payload, n);
    if (n > 8 && copy[0] >= 'A' && copy[0] < 0x80) {
        rewrite_media_line(copy, n);
        rewrite_addresses(copy, n);
        rewrite_text(copy, n);
    } else {
        if (n > 12 && (copy[1] < 192 || copy[1] > 223))
            rewrite_ssrcs(copy + 8, 4, known, count);
        else
            rewrite_ssrcs(copy, n, known, count);
    }
    for (unsigned side = 0; side < 2; side++) {
        uint8_t *port = p->data + udp + side * 2, *ip = p->data + 14 + 12 + side * 4;
        uint16_t moved = move_port((uint16_t)(port[0] << 8 | port[1]));

        port[0] = (uint8_t)(moved >> 8);
        port[1] = (uint8_t)moved;
        ck_assert(ip[0] == 10 || ip[0] == 172);
        ip[1] = ip[0] == 10 ? 88 : 28;
        ip[2] = 3;
    }
    trace_set_payload(p, copy, n);
}

static const char *const files[] = {
    "01a_basic_caller_bye.pcap", "03a_cancel.pcap",    "04a_busy.pcap", "06a_noanswer_408.pcap",
    "07a_fork_cancel.pcap",      "11a_hold.pcap",      "12a_update.pcap", "13a_prack.pcap",
    "17h_dtmf_mixed.pcap",       "26a_nanosecond.pcap", "44e_invite_auth_407.pcap",
    "44k_register_refresh_unregister.pcap",
};
enum { FILES = sizeof files / sizeof files[0] };

/* Both without ICMP, which quotes other packets. */
static void write_copy(const char *file, const char *path, bool rewritten)
{
    struct trace t = trace_read(file);
    uint32_t known[64];
    unsigned count = gather_ssrcs(&t, known, 64);

    for (size_t i = t.n; i-- > 0;) {
        size_t n;

        if (!trace_payload(&t.v[i], &n)) {
            trace_remove(&t, i);
        } else if (rewritten) {
            t.v[i].time += 86400 * 3 * t.unit + 123;
            rewrite_packet(&t.v[i], known, count);
        }
    }
    trace_write(&t, path);
    trace_free(&t);
}

START_TEST(rewritten_values_are_no_difference)
{
    char a[64], b[64], *text;
    bool same;

    snprintf(a, sizeof a, "%s/a%d.pcap", folder, _i);
    snprintf(b, sizeof b, "%s/b%d.pcap", folder, _i);
    write_copy(files[_i], a, false);
    write_copy(files[_i], b, true);
    text = compare(a, b, "", &same);
    ck_assert_msg(same, "%s: %.3000s", files[_i], text);
    free(text);
    /* They were rewritten indeed. */
    text = compare(a, b, "all", &same);
    ck_assert(!same);
    ck_assert_ptr_nonnull(strstr(text, "Call-ID changed"));
    ck_assert_ptr_nonnull(strstr(text, "From tag changed"));
    ck_assert_ptr_nonnull(strstr(text, "Via branch changed"));
    ck_assert_ptr_nonnull(strstr(text, "source address changed"));
    free(text);
    unlink(a);
    unlink(b);
}
END_TEST

/* Each scenario was played twice, by other addresses, at other times. */
START_TEST(played_twice_is_no_difference)
{
    static const char *const pairs[][2] = {
        {"24a_cooked_sll.pcap", "26a_nanosecond.pcap"},
        {"26a_nanosecond.pcap", "24a_cooked_sll.pcap"},
    };
    char a[1024], b[1024], *text;
    bool same;

    path_of(pairs[_i][0], a);
    path_of(pairs[_i][1], b);
    text = compare(a, b, "", &same);
    ck_assert_msg(same, "%s", text);
    free(text);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("same");
    TCase *t = tcase_create("same");
    SRunner *runner;
    int failed;

    if (!mkdtemp(folder))
        return 1;
    tcase_add_loop_test(t, rewritten_values_are_no_difference, 0, FILES);
    tcase_add_loop_test(t, played_twice_is_no_difference, 0, 2);
    suite_add_tcase(s, t);
    runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    rmdir(folder);
    return failed != 0;
}
