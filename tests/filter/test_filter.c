/* Filters: what the language means, where what is unknown is false, and its bounds. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "filter/filter.h"
#include "support/suite.h"

static struct fosip_analysis *analyse(const char *name)
{
    char path[256];
    const char *const paths[] = {path};
    struct fosip_analysis *a;
    struct fosip_error err;

    snprintf(path, sizeof path, "testdata/%s", name);
    ck_assert_msg(fosip_analyse(&a, NULL, paths, 1, &err) == 0, "%s", err.text);
    return a;
}

static struct fosip_filter *compile(const char *text)
{
    struct fosip_filter *f;
    struct fosip_error err;

    ck_assert_msg(fosip_filter_compile(&f, text, NULL, &err) == 0, "%s: %s", text, err.text);
    return f;
}

/* How many calls and streams it chooses. */
static void expect(const struct fosip_analysis *a, const char *text, unsigned calls,
                   unsigned streams)
{
    struct fosip_filter *f = compile(text);
    unsigned c = 0, s = 0;

    ck_assert_int_eq(filter_apply(f, a, false), 0);
    for (uint32_t i = 0; i < call_count(a->calls); i++)
        c += filter_chooses_call(f, i);
    for (uint32_t i = 0; i < stream_count(a->streams); i++)
        s += filter_chooses_stream(f, i);
    ck_assert_msg(c == calls && s == streams, "%s: %u calls, %u streams", text, c, s);
    fosip_filter_free(f);
}

/* Three calls (two registrations), two streams, both of the third call. */
START_TEST(semantics)
{
    struct fosip_analysis *a = analyse("01a_basic_caller_bye.pcap");

    expect(a, "sip", 3, 2);
    expect(a, "rtp", 1, 2);
    expect(a, "sip or rtp and not rtp", 3, 2);  /* and binds tighter */
    expect(a, "(sip or rtp) and not rtp", 2, 0);
    expect(a, "!rtp", 2, 0);
    expect(a, "not not rtp", 1, 2);
    /* unknown: no comparison holds, either way round */
    expect(a, "call.timing.answer_ms > 0", 1, 2);
    expect(a, "call.timing.answer_ms <= 0", 0, 0);
    expect(a, "call.timing.answer_ms != 5", 1, 2);
    expect(a, "not call.timing.answer_ms > 0", 2, 0);
    expect(a, "stream.video.frame_rate != 1", 0, 0);
    expect(a, "call.timing.answer_ms", 1, 2); /* it is there */
    /* several values: == of any, != of all */
    expect(a, "stream.id == 1", 1, 1);
    expect(a, "any(stream: stream.id != 1)", 1, 2);
    expect(a, "any(message: sip.Status-Code == 180)", 1, 2);
    expect(a, "all(message: sip.CSeq.method == REGISTER)", 2, 0);
    /* all() of nothing does not hold; count of nothing is 0, its greatest unknown */
    expect(a, "all(stream: stream.packets > 0)", 1, 2);
    expect(a, "any(stream: stream.packets > 0)", 1, 2);
    expect(a, "count(stream) == 0", 2, 0);
    expect(a, "sum(stream: stream.packets) == 0", 2, 0);
    expect(a, "max(stream: stream.packets) >= 0", 1, 2);
    expect(a, "min(stream: stream.id) == 1 and max(stream: stream.id) == 2", 1, 2);
    /* units and their own */
    expect(a, "stream.duration_s > 8000ms and stream.duration_s < 0.2min", 1, 2);
    expect(a, "stream.clock_rate == 8kHz", 1, 2);
    expect(a, "stream.bandwidth_kbps.ip == 80kbps +- 1%", 1, 2);
    expect(a, "stream.bandwidth_kbps.ip > 0.09Mbps", 0, 0);
    expect(a, "stream.packets in {1, 400..410}", 1, 2);
    expect(a, "stream.packets in {1, 408..410}", 0, 0);
    expect(a, "stream.packets == 400 +- 7", 1, 2);
    expect(a, "stream.packets == 400 +- 6", 0, 0);
    /* case */
    expect(a, "call.to.user == bob", 2, 2);
    expect(a, "call.to.user == BOB", 0, 0);
    expect(a, "stream.codec == pcmu and CALL.State == Completed", 1, 2);
    fosip_free(a);
}
END_TEST

START_TEST(addresses)
{
    struct fosip_analysis *a = analyse("21b_ipv6_sipp.pcap");
    size_t calls = call_count(a->calls), streams = stream_count(a->streams);

    expect(a, "ipv6.addr", (unsigned)calls, (unsigned)streams);
    expect(a, "ip.addr == 0.0.0.0/0", 0, 0);
    expect(a, "ip.addr == ::/0", (unsigned)calls, (unsigned)streams);
    expect(a, "ip.src == [::1]", 0, 0);
    fosip_free(a);
}
END_TEST

START_TEST(regular_expressions)
{
    struct fosip_filter *f;
    struct fosip_error err;
#ifdef HAVE_PCRE2
    struct fosip_analysis *a = analyse("01a_basic_caller_bye.pcap");
    clock_t before;

    expect(a, "call.from.user matches \"^A.*e$\"", 2, 2);
    expect(a, "call.from.user matches \"(?-i)^A\"", 0, 0);
    expect(a, "call.from.uri matches '@10\\.77\\.0\\.5$'", 3, 2);
    /* Catastrophic where effort is not bounded. */
    before = clock();
    expect(a, "any(message: sip.msg_hdr matches \"(?s)((.*)*)*[^\\x00-\\xff]\")", 0, 0);
    ck_assert_int_lt((clock() - before) / CLOCKS_PER_SEC, 20);
    fosip_free(a);
    ck_assert_int_eq(fosip_filter_compile(&f, "sip.Method matches \"(\"", NULL, &err), -EINVAL);
#else
    ck_assert_int_eq(fosip_filter_compile(&f, "sip.Method matches \"a\"", NULL, &err), -ENOTSUP);
#endif
}
END_TEST

static char *repeat(const char *what, size_t n, const char *then)
{
    size_t length = strlen(what);
    char *text = malloc(n * length + strlen(then) + 1);

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * length, what, length);
    strcpy(text + n * length, then);
    return text;
}

START_TEST(bounds)
{
    static const struct {
        const char *part, *then, *said;
        size_t n;
    } cases[] = {
        {"(", "sip", "too deep", 100}, {"not ", "sip", "too deep", 100},
        {"any(call:", "sip", "too deep", 100}, {"count(call:", "sip", "too deep", 100},
        {"sip or ", "sip", "too long", 600}, {"!", "sip", "too deep", 1000},
        {"sip and sip or ", "sip", "too long", 1200},
    };
    struct fosip_analysis *a = analyse("04a_busy.pcap");
    char *text;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fosip_filter *f;
        struct fosip_error err;

        text = repeat(cases[i].part, cases[i].n, cases[i].then);
        ck_assert_int_eq(fosip_filter_compile(&f, text, NULL, &err), -EINVAL);
        ck_assert_ptr_null(f);
        ck_assert_ptr_nonnull(strstr(err.text, cases[i].said));
        free(text);
    }
    text = repeat("sip and ", 200, "sip");
    expect(a, text, (unsigned)call_count(a->calls), (unsigned)stream_count(a->streams));
    free(text);
    fosip_free(a);
}
END_TEST

/* Where each message asked for all the others, and each of them again, this would not
 * come to an end. */
START_TEST(cost)
{
    struct fosip_analysis *a = analyse("44k_register_refresh_unregister.pcap");

    expect(a,
           "any(call: any(message: any(call: any(message: any(call: any(message: any(call: "
           "any(message: sip.Method == REGISTER))))))))",
           (unsigned)call_count(a->calls), (unsigned)stream_count(a->streams));
    fosip_free(a);
}
END_TEST

START_TEST(fields)
{
    struct fosip_filter_field f, g;

    for (size_t i = 0; fosip_filter_field(i, &f); i++) {
        ck_assert(*f.name && *f.what && *f.type && *f.of);
        ck_assert_ptr_nonnull(f.unit);
        for (size_t j = 0; j < i && fosip_filter_field(j, &g); j++)
            ck_assert_msg(strcasecmp(f.name, g.name) != 0, "%s twice", f.name);
        fosip_filter_free(compile(f.name));
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("filter");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, semantics);
    tcase_add_test(tests, addresses);
    tcase_add_test(tests, regular_expressions);
    tcase_add_test(tests, bounds);
    tcase_add_test(tests, cost);
    tcase_add_test(tests, fields);
    return run_suite("filter", tests);
}
