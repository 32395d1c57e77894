/* The IPv6 messages of RFC 5118 §4, each with its verdict.  They are in
 * testdata/sip/5118, one file a message. */
#include "net/addr.h"
#include "sip/body.h"
#include "sip/header.h"
#include "sip/sdp.h"
#include "suite.h"

static struct sip_msg msg;
static struct sdp_session sdp;
static struct sip_uri uri;
static struct sip_via via;
static char octets[4096];

static void parse(const char *name)
{
    const char *testdata = getenv("TESTDATA");
    char path[512];
    FILE *file;
    size_t n;

    snprintf(path, sizeof path, "%s/sip/5118/%s.dat", testdata ? testdata : "testdata", name);
    file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s is not there", path);
    n = fread(octets, 1, sizeof octets, file);
    fclose(file);
    ck_assert_msg(sip_parse(&msg, octets, n, n), "%s is not taken for SIP", name);
}

static void parse_valid(const char *name)
{
    parse(name);
    ck_assert_msg(msg.problem_count == 0, "%s: %s at %u", name,
                  msg.problem_count ? msg.problems[0].text : "", msg.problems[0].offset);
    ck_assert(sip_uri_parse(&uri, msg.uri));
    ck_assert(sip_via_at(&msg, 0, &via));
}

static void parse_sdp(void)
{
    struct slice body;

    ck_assert(sip_body_find(&msg, SLICE("application/sdp"), &body));
    ck_assert(sdp_parse(&sdp, body));
    ck_assert_ptr_null(sdp.problem);
}

#define IS(slice, text) ck_assert(slice_eq(slice, SLICE(text)))

/* §4.1 */
START_TEST(reference)
{
    parse_valid("ipv6-good");
    IS(uri.host, "[2001:db8::10]");
    ck_assert_uint_eq(uri.port, 0);
    IS(via.host, "[2001:db8::9:1]");
    IS(via.branch, "z9hG4bKas3-111");
}
END_TEST

/* §4.2: without brackets it is no SIP URI; a server answers 400. */
START_TEST(no_reference)
{
    parse("ipv6-bad");
    ck_assert_uint_gt(msg.problem_count, 0);
    ck_assert_ptr_nonnull(strstr(msg.problems[0].text, "Request-URI"));
}
END_TEST

/* §4.3: what looks like a port is the address's last group. */
START_TEST(port_inside)
{
    parse_valid("port-ambiguous");
    IS(uri.host, "[2001:db8::10:5070]");
    ck_assert_uint_eq(uri.port, 0);
}
END_TEST

/* §4.4 */
START_TEST(port_outside)
{
    parse_valid("port-unambiguous");
    IS(uri.host, "[2001:db8::10]");
    ck_assert_uint_eq(uri.port, 5070);
}
END_TEST

/* §4.5: both forms of received are to be taken. */
START_TEST(received)
{
    parse_valid("via-received-param-with-delim");
    IS(via.received, "[2001:db8::9:255]");
    IS(via.branch, "z9hG4bKas3-111");
    parse_valid("via-received-param-no-delim");
    IS(via.received, "2001:db8::9:255");
    IS(via.branch, "z9hG4bKas3-111");
}
END_TEST

/* §4.6 */
START_TEST(in_sdp)
{
    parse_valid("ipv6-in-sdp");
    parse_sdp();
    ck_assert_uint_eq(sdp.media_count, 2);
    IS(sdp.media[1].address, "2001:db8::20");
    ck_assert_uint_eq(sdp.media[1].port, 6024);
}
END_TEST

/* §4.7 */
START_TEST(several_in_headers)
{
    parse_valid("mult-ip-in-header");
    ck_assert_uint_eq(sip_via_count(&msg), 3);
    IS(via.host, "[2001:db8::9:1]");
    ck_assert_uint_eq(via.port, 6050);
    ck_assert(sip_via_at(&msg, 1, &via));
    IS(via.host, "192.0.2.1");
    ck_assert(sip_via_at(&msg, 2, &via));
    IS(via.received, "192.0.2.200");
}
END_TEST

/* §4.8 */
START_TEST(several_in_sdp)
{
    parse_valid("mult-ip-in-sdp");
    parse_sdp();
    IS(sdp.media[0].address, "192.0.2.1");
    IS(sdp.media[1].address, "2001:db8::1");
}
END_TEST

/* §4.9 */
START_TEST(mapped)
{
    struct net_addr addr;

    parse_valid("ipv4-mapped-ipv6");
    IS(via.host, "[::ffff:192.0.2.10]");
    ck_assert_uint_eq(via.port, 19823);
    parse_sdp();
    IS(sdp.media[0].address, "::ffff:192.0.2.2");
    ck_assert(addr_parse_ip(sdp.media[0].address, 6000, &addr));
}
END_TEST

/* §4.10: the grammar of RFC 3261 let three colons pass; a receiver should take it. */
START_TEST(three_colons)
{
    parse_valid("ipv6-correct-abnf-2-colons");
    IS(uri.host, "[2001:db8::192.0.2.1]");
    parse_valid("ipv6-bug-abnf-3-colons");
    IS(uri.host, "[2001:db8:::192.0.2.1]");
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("RFC 5118");

    tcase_add_test(t, reference);
    tcase_add_test(t, no_reference);
    tcase_add_test(t, port_inside);
    tcase_add_test(t, port_outside);
    tcase_add_test(t, received);
    tcase_add_test(t, in_sdp);
    tcase_add_test(t, several_in_headers);
    tcase_add_test(t, several_in_sdp);
    tcase_add_test(t, mapped);
    tcase_add_test(t, three_colons);
    return run_suite("torture, IPv6", t);
}
