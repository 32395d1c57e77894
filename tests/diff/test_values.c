#include <stdlib.h>
#include <string.h>

#include "diff/values.h"
#include "sip/msg.h"
#include "support/suite.h"

static struct settings settings;
static struct pool pool;
static struct roles roles;

static void set_up(void)
{
    settings = settings_default();
    pool = (struct pool){0};
    memset(&roles, 0, sizeof roles);
    roles.host_count = 2;
    roles.hosts[0] = (struct role){.ip = pool_number(&pool, SLICE("192.0.2.1")), .port = -1};
    roles.hosts[1] = (struct role){
        .ip = pool_number(&pool, SLICE("2001:db8::1")), .port = -1, .same = 1};
}

static void tear_down(void)
{
    pool_free(&pool);
    settings_free(&settings);
}

static void check(const char *name, const char *value, const char *expected)
{
    struct values v = {.settings = &settings, .roles = &roles, .pool = &pool};
    struct text out = {0};

    values_add(&v, sip_header_name_id(slice_str(name)), slice_str(name), slice_str(value), &out);
    ck_assert_msg(slice_eq(text_slice(&out), slice_str(expected)), "%s: %s is %.*s, not %s", name,
                  value, SLICE_ARG(text_slice(&out)), expected);
    text_free(&out);
}

static const struct {
    const char *name, *value, *expected;
} cases[] = {
    {"From", "\"A B\" <sip:alice@192.0.2.1:5060>;tag=x1", "\"A B\"<sip:alice@{host 0}>"},
    {"From", "\"A B\" <sip:alice@192.0.2.1:5070> ; tag = y2", "\"A B\"<sip:alice@{host 0}>"},
    {"To", "sip:bob@example.com:5070;transport=tcp;tag=1", "sip:bob@example.com;transport=tcp"},
    {"To", "<sip:bob@example.com>", "<sip:bob@example.com>"},
    {"Via", "SIP/2.0/UDP pc.example.com:5060;branch=z9hG4bK1;rport=5060;received=192.0.2.1",
     "SIP/2.0/UDP pc.example.com;rport=*;received={host 0}"},
    {"Via", "SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK1;rport",
     "SIP/2.0/UDP {host 1};rport"},
    {"Via", "SIP/2.0/UDP [2001:DB8:0::1];branch=z9hG4bK1", "SIP/2.0/UDP {host 1}"},
    {"Contact", "<sip:alice-0x5625181@192.0.2.1:5060;ob>;expires=120",
     "<sip:alice-0x*@{host 0};ob>;expires=120"},
    {"Contact", "<sip:abc@k3jf8d.invalid;transport=ws>;+sip.instance=\"<urn:uuid:1-2>\"",
     "<sip:abc@*.invalid;transport=ws>;+sip.instance=*"},
    {"Contact", "<sip:198.51.100.7>", "<sip:198.51.100.7>"},
    {"Authorization",
     "Digest username=\"bob\", realm=\"a.example\", nonce=\"n1\", uri=\"sip:192.0.2.1\", "
     "response=\"r\", cnonce=\"c\", qop=auth, nc=00000001",
     "Digest username=\"bob\",realm=\"a.example\",nonce=*,uri=\"sip:{host 0}\",response=*,"
     "cnonce=*,qop=auth,nc=*"},
    {"Allow", "INVITE,ACK, BYE", "INVITE,ACK,BYE"},
    {"Allow", "INVITE, ACK,\r\n BYE", "INVITE,ACK,BYE"},
    {"Subject", "a  b\r\n\tc", "a b c"},
    {"Subject", "\"a  b\"", "\"a  b\""},
    {"Call-ID", "1234@host", "*"},
    {"Date", "Sat, 13 Nov 2010 23:29:00 GMT", "*"},
    {"Event", "refer;id=4711", "refer;id=*"},
    {"Refer-To", "<sip:c@x.example?Replaces=abc%40h%3Bto-tag%3Da%3Bfrom-tag%3Db&X=1>",
     "<sip:c@x.example?Replaces=*&X=1>"},
    {"Subscription-State", "active;expires=599", "active;expires=*"},
    {"Session-Expires", "1800;refresher=uac", "1800;refresher=uac"},
    {"Record-Route", "<sip:192.0.2.1;lr;ftag=abc;did=1.2>", "<sip:{host 0};lr;did=*>"},
    {"X-Odd", "sip:@", "sip:@"},
    {"X-Odd", "sip:", "sip:"},
    {"X-Odd", "[", "["},
    {"X-Odd", "\"open", "\"open"},
    {"X-Odd", "tag=", "tag=*"},
    {"X-Odd", "", ""},
    {"X-Odd", "1.2.3.4.5 1.2.3 300.1.1.1", "1.2.3.4.5 1.2.3 300.1.1.1"},
};

START_TEST(what_is_compared)
{
    check(cases[_i].name, cases[_i].value, cases[_i].expected);
}
END_TEST

START_TEST(as_asked)
{
    ck_assert_int_eq(settings_compare(&settings, "addresses, ports,nonces", NULL), 0);
    check("Contact", "<sip:a@192.0.2.1:5070>;tag=1", "<sip:a@192.0.2.1:5070>");
    check("X", "Digest nonce=\"1\"", "Digest nonce=\"1\"");
    ck_assert_int_eq(settings_compare(&settings, "all", NULL), 0);
    check("Call-ID", "1234@host", "1234@host");
    check("Event", "refer;id=4711", "refer;id=4711");
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("values");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, what_is_compared, 0, sizeof cases / sizeof cases[0]);
    tcase_add_test(t, as_asked);
    return run_suite("values", t);
}
