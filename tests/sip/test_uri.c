/* URIs and name-addr values: RFC 3261 §19.1, §20.10, RFC 3966. */
#include "sip/uri.h"
#include "suite.h"

static struct sip_uri u;
static struct sip_addr a;

START_TEST(every_part)
{
    ck_assert(sip_uri_parse(&u, SLICE("sips:alice:secret@[2001:db8::10]:5070;transport=tcp;lr?"
                                      "subject=x&to=y")));
    ck_assert_slice(u.scheme, "sips");
    ck_assert_slice(u.user, "alice");
    ck_assert_slice(u.password, "secret");
    ck_assert_slice(u.host, "[2001:db8::10]");
    ck_assert_uint_eq(u.port, 5070);
    ck_assert_slice(u.params, "transport=tcp;lr");
    ck_assert_slice(u.headers, "subject=x&to=y");
}
END_TEST

START_TEST(host_alone)
{
    ck_assert(sip_uri_parse(&u, SLICE("sip:192.168.80.12")));
    ck_assert_ptr_null(u.user.p);
    ck_assert_slice(u.host, "192.168.80.12");
    ck_assert_uint_eq(u.port, 0);
}
END_TEST

START_TEST(tel)
{
    ck_assert(sip_uri_parse(&u, SLICE("tel:+1-201-555-0123;phone-context=example.com")));
    ck_assert_slice(u.user, "+1-201-555-0123");
    ck_assert_slice(u.params, "phone-context=example.com");
}
END_TEST

START_TEST(broken)
{
    ck_assert(!sip_uri_parse(&u, SLICE("")));
    ck_assert(!sip_uri_parse(&u, SLICE("alice@example.com")));
    ck_assert(!sip_uri_parse(&u, SLICE("sip:")));
    ck_assert(!sip_uri_parse(&u, SLICE(":x")));
    ck_assert(sip_uri_parse(&u, SLICE("sip:a@b:99999")));
    ck_assert_uint_eq(u.port, 0);
}
END_TEST

START_TEST(name_addr)
{
    ck_assert(sip_addr_parse(&a, SLICE("\"A. G. \\\"Bell\\\" <x>\" <sip:agb@bell-telephone.com;lr> "
                                       ";tag=a48s;x=\"q;r\"")));
    ck_assert_slice(a.display, "A. G. \\\"Bell\\\" <x>");
    ck_assert_slice(a.uri.user, "agb");
    ck_assert_slice(a.uri.params, "lr");
    ck_assert_slice(a.tag, "a48s");
}
END_TEST

/* Without angle brackets, parameters are the header's. */
START_TEST(addr_spec)
{
    ck_assert(sip_addr_parse(&a, SLICE("sip:+12125551212@server.phone2net.com;tag=887s")));
    ck_assert_slice(a.uri.host, "server.phone2net.com");
    ck_assert_ptr_null(a.uri.params.p);
    ck_assert_slice(a.tag, "887s");
    ck_assert(sip_addr_parse(&a, SLICE("Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8")));
    ck_assert_slice(a.display, "Anonymous");
}
END_TEST

START_TEST(params)
{
    struct slice value;

    ck_assert(sip_param(SLICE("a=b; C = \"d;e\" ;f"), SLICE("c"), &value));
    ck_assert_slice(value, "d;e");
    ck_assert(sip_param(SLICE("a=b;f"), SLICE("F"), &value));
    ck_assert_ptr_null(value.p);
    ck_assert(!sip_param(SLICE("a=b;f"), SLICE("b"), &value));
    ck_assert(sip_param(SLICE("a="), SLICE("a"), &value));
    ck_assert_ptr_nonnull(value.p);
    ck_assert_uint_eq(value.n, 0);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("uri");

    tcase_add_test(t, every_part);
    tcase_add_test(t, host_alone);
    tcase_add_test(t, tel);
    tcase_add_test(t, broken);
    tcase_add_test(t, name_addr);
    tcase_add_test(t, addr_spec);
    tcase_add_test(t, params);
    return run_suite("uri", t);
}
