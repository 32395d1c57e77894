/* Header values with a structure of their own. */
#include "sip/header.h"
#include "suite.h"

static struct sip_msg msg;

START_TEST(vias_in_order)
{
    static const char text[] =
        "OPTIONS sip:b@c SIP/2.0\r\n"
        "Via: SIP / 2.0 / UDP first.example.com: 4000;ttl=16;maddr=224.2.0.1 ;branch=z9hG4bKa7, "
        "SIP/2.0/TCP [2001:db8::9]:5061;branch=z9hG4bKb;received=192.0.2.1;rport=9988\r\n"
        "v: SIP/2.0/TLS third;rport\r\n\r\n";
    struct sip_via via;

    ck_assert(sip_parse(&msg, text, sizeof text - 1, sizeof text - 1));
    ck_assert_uint_eq(sip_via_count(&msg), 3);
    ck_assert(sip_via_at(&msg, 0, &via));
    ck_assert_slice(via.transport, "UDP");
    ck_assert_slice(via.host, "first.example.com");
    ck_assert_uint_eq(via.port, 4000);
    ck_assert_slice(via.ttl, "16");
    ck_assert_slice(via.maddr, "224.2.0.1");
    ck_assert_slice(via.branch, "z9hG4bKa7");
    ck_assert(!via.has_rport);
    ck_assert(sip_via_at(&msg, 1, &via));
    ck_assert_slice(via.host, "[2001:db8::9]");
    ck_assert_uint_eq(via.port, 5061);
    ck_assert_slice(via.received, "192.0.2.1");
    ck_assert_slice(via.rport, "9988");
    ck_assert(sip_via_at(&msg, 2, &via));
    ck_assert(via.has_rport && !via.rport.p);
    ck_assert(!sip_via_at(&msg, 3, &via));
}
END_TEST

START_TEST(lists)
{
    struct slice rest = SLICE("\"a, b\" <sip:a,b@c>;x=\"1,2\" , <sip:d> ,e"), one;

    ck_assert(sip_list_next(&rest, &one));
    ck_assert_slice(one, "\"a, b\" <sip:a,b@c>;x=\"1,2\"");
    ck_assert(sip_list_next(&rest, &one));
    ck_assert_slice(one, "<sip:d>");
    ck_assert(sip_list_next(&rest, &one));
    ck_assert_slice(one, "e");
    ck_assert(!sip_list_next(&rest, &one));
}
END_TEST

START_TEST(cseq)
{
    struct slice method;
    uint32_t number;

    ck_assert(sip_cseq_parse(SLICE("0009\r\n  INVITE"), &number, &method));
    ck_assert_uint_eq(number, 9);
    ck_assert_slice(method, "INVITE");
    ck_assert(!sip_cseq_parse(SLICE("INVITE"), &number, &method));
    ck_assert(!sip_cseq_parse(SLICE("4294967296 INVITE"), &number, &method));
}
END_TEST

START_TEST(rack)
{
    struct sip_rack r;

    ck_assert(sip_rack_parse(SLICE("776656 1 INVITE"), &r));
    ck_assert_uint_eq(r.rseq, 776656);
    ck_assert_uint_eq(r.cseq, 1);
    ck_assert_slice(r.method, "INVITE");
    ck_assert(!sip_rack_parse(SLICE("776656 1"), &r));
}
END_TEST

START_TEST(reason)
{
    struct sip_reason r;

    ck_assert(sip_reason_parse(SLICE("Q.850 ;cause=16 ;text=\"Terminated\""), &r));
    ck_assert_slice(r.protocol, "Q.850");
    ck_assert(r.has_cause);
    ck_assert_uint_eq(r.cause, 16);
    ck_assert_slice(r.text, "Terminated");
}
END_TEST

START_TEST(session_expires)
{
    struct sip_session_expires se;

    ck_assert(sip_session_expires_parse(SLICE("1800;refresher=uac"), &se));
    ck_assert_uint_eq(se.seconds, 1800);
    ck_assert_slice(se.refresher, "uac");
    ck_assert(!sip_session_expires_parse(SLICE("soon"), &se));
}
END_TEST

START_TEST(replaces)
{
    struct sip_replaces r;

    ck_assert(sip_replaces_parse(SLICE("425928@bobster.example.org;to-tag=7743;from-tag=6472;"
                                       "early-only"),
                                 &r));
    ck_assert_slice(r.call_id, "425928@bobster.example.org");
    ck_assert_slice(r.to_tag, "7743");
    ck_assert_slice(r.from_tag, "6472");
    ck_assert(r.early_only);
    ck_assert(!sip_replaces_parse(SLICE("x;to-tag=1"), &r));
}
END_TEST

START_TEST(digest)
{
    struct sip_auth auth;
    struct slice value;

    ck_assert(sip_auth_parse(SLICE("Digest realm=\"atlanta.com, inc\", nonce=\"84a4cc6f\",\r\n "
                                   "qop=auth, stale=FALSE"),
                             &auth));
    ck_assert_slice(auth.scheme, "Digest");
    ck_assert(sip_auth_param(&auth, SLICE("realm"), &value));
    ck_assert_slice(value, "atlanta.com, inc");
    ck_assert(sip_auth_param(&auth, SLICE("qop"), &value));
    ck_assert_slice(value, "auth");
    ck_assert(!sip_auth_param(&auth, SLICE("opaque"), &value));
}
END_TEST

START_TEST(token)
{
    struct slice params;

    ck_assert_slice(sip_token(SLICE("terminated ;reason=timeout"), &params), "terminated");
    ck_assert_slice(params, "reason=timeout");
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("header");

    tcase_add_test(t, vias_in_order);
    tcase_add_test(t, lists);
    tcase_add_test(t, cseq);
    tcase_add_test(t, rack);
    tcase_add_test(t, reason);
    tcase_add_test(t, session_expires);
    tcase_add_test(t, replaces);
    tcase_add_test(t, digest);
    tcase_add_test(t, token);
    return run_suite("header", t);
}
