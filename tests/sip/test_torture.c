/* The torture messages of RFC 4475, each with its verdict.  They are in
 * testdata/sip/4475, one file a message, under the names of the RFC. */
#include "sip/msg.h"
#include "sip/uri.h"
#include "suite.h"

static struct sip_msg msg;
static char octets[65536];

static size_t load(const char *name)
{
    const char *testdata = getenv("TESTDATA");
    char path[512];
    FILE *file;
    size_t n;

    snprintf(path, sizeof path, "%s/sip/4475/%s.dat", testdata ? testdata : "testdata", name);
    file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s is not there", path);
    n = fread(octets, 1, sizeof octets, file);
    fclose(file);
    return n;
}

static void parse(const char *name)
{
    size_t n = load(name);

    ck_assert_msg(sip_parse(&msg, octets, n, n), "%s is not taken for SIP", name);
}

/* §3.1.1 and §3.2 to §3.4: the syntax is right. */
START_TEST(valid)
{
    static const char *const names[] = {
        "wsinv",   "intmeth", "esc01",    "escnull", "esc02",  "lwsdisp",  "longreq",
        "dblreq",  "semiuri", "transports", "mpart01", "unreason", "noreason",
        "badbranch", "unkscm", "novelsc", "unksm2",  "bext01", "invut",    "regaut01",
        "bcast",   "zeromf",  "cparam01", "cparam02", "regescrt", "sdp01", "inv2543",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        parse(names[i]);
        ck_assert_msg(msg.problem_count == 0, "%s: %s at %u", names[i], msg.problems[0].text,
                      msg.problems[0].offset);
    }
}
END_TEST

/* §3.1.2, and the three of §3.3 that break a rule of the grammar: each with a
 * word of what is said about it. */
START_TEST(invalid)
{
    static const struct {
        const char *name, *about;
    } bad[] = {
        {"badinv01", "empty parameter"},  {"clerr", "Content-Length"},
        {"ncl", "Content-Length"},        {"scalar02", "CSeq"},
        {"scalarlg", "CSeq"},             {"quotbal", "quotes"},
        {"ltgtruri", "Request-URI"},      {"lwsruri", "Request-URI"},
        {"lwsstart", "Request-URI"},      {"trws", "request line"},
        {"escruri", "headers"},           {"baddate", "GMT"},
        {"regbadct", "angle brackets"},   {"badaspec", "blanks"},
        {"baddn", "header fields"},       {"badvers", "SIP/2.0"},
        {"mismatch01", "CSeq method"},    {"mismatch02", "CSeq method"},
        {"bigcode", "status code"},       {"insuf", "missing"},
        {"multi01", "twice"},             {"mcl01", "Content-Length"},
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        parse(bad[i].name);
        ck_assert_msg(msg.problem_count > 0, "%s: nothing is said", bad[i].name);
        ck_assert_msg(strstr(msg.problems[0].text, bad[i].about) != NULL, "%s: %s", bad[i].name,
                      msg.problems[0].text);
    }
}
END_TEST

START_TEST(wsinv_is_read_whole)
{
    parse("wsinv");
    ck_assert_int_eq(msg.method, SIP_INVITE);
    ck_assert_slice(msg.uri, "sip:vivekg@chair-dnrc.example.com;unknownparam");
    ck_assert_slice(msg.call_id, "wsinv.ndaksdj@192.0.2.1");
    ck_assert_uint_eq(msg.cseq, 9);
    ck_assert_int_eq(msg.cseq_method, SIP_INVITE);
    ck_assert_slice(msg.to_tag, "1918181833n");
    ck_assert_slice(msg.from_tag, "98asjd8");
    ck_assert_slice(msg.branch, "390skdjuw");
    ck_assert_uint_eq(msg.content_length, 150);
    ck_assert_uint_eq(msg.body.n, 150);
}
END_TEST

START_TEST(intmeth_is_read_whole)
{
    struct sip_uri uri;

    parse("intmeth");
    ck_assert_int_eq(msg.method, SIP_UNKNOWN_METHOD);
    ck_assert_slice(msg.method_name, "!interesting-Method0123456789_*+`.%indeed'~");
    ck_assert(sip_uri_parse(&uri, msg.uri));
    ck_assert_slice(uri.user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    ck_assert_slice(uri.host, "example.com");
}
END_TEST

START_TEST(dblreq_ends_with_its_content_length)
{
    parse("dblreq");
    ck_assert_int_eq(msg.method, SIP_REGISTER);
    ck_assert_uint_eq(msg.body.n, 0);
}
END_TEST

START_TEST(semiuri_keeps_the_semicolon_in_the_user)
{
    struct sip_uri uri;

    parse("semiuri");
    ck_assert(sip_uri_parse(&uri, msg.uri));
    ck_assert_slice(uri.user, "user;par=u%40example.net");
    ck_assert_slice(uri.host, "example.com");
}
END_TEST

START_TEST(reason_phrases)
{
    parse("noreason");
    ck_assert_uint_eq(msg.status, 100);
    ck_assert_uint_eq(msg.reason.n, 0);
    parse("unreason");
    ck_assert_uint_eq(msg.status, 200);
    ck_assert_uint_gt(msg.reason.n, 20);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("torture");

    tcase_add_test(t, valid);
    tcase_add_test(t, invalid);
    tcase_add_test(t, wsinv_is_read_whole);
    tcase_add_test(t, intmeth_is_read_whole);
    tcase_add_test(t, dblreq_ends_with_its_content_length);
    tcase_add_test(t, semiuri_keeps_the_semicolon_in_the_user);
    tcase_add_test(t, reason_phrases);
    return run_suite("torture", t);
}
