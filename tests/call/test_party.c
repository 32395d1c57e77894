/* Parties: what is read the short way is what the rules read. */
#include "call/party.h"

#include "support/suite.h"

static void check_same(struct slice got, struct slice want, const char *what, struct slice value)
{
    ck_assert_msg(got.p == want.p && got.n == want.n, "%s of '%.*s': '%.*s', not '%.*s'", what,
                  SLICE_ARG(value), SLICE_ARG(got), SLICE_ARG(want));
}

static void check(struct slice value)
{
    struct party party = party_read(value);
    struct sip_addr addr;

    sip_addr_parse(&addr, value);
    check_same(party.tag, addr.tag, "tag", value);
    check_same(party.display, addr.display, "display", value);
    check_same(party.uri, addr.uri.whole, "uri", value);
    check_same(party.user, addr.uri.user, "user", value);
    check_same(party.host, addr.uri.host, "host", value);
}

static const char *const values[] = {
    "",
    "\"User 1\" <sip:1000001@10.0.0.2>;tag=caller1",
    "<sip:2000001@10.100.0.2>",
    "<sip:+49-30.123@example.com:5062>;tag=a-b.c",
    "\"\" <sip:a@b>;tag=x",
    "\"a\\\"b\" <sip:a@b>;tag=x",
    "\"a\"  <sip:a@b>",
    "Bob <sip:bob@biloxi.com>;tag=a6c85cf",
    "<sips:a@b>",
    "<tel:+4930123>;tag=1",
    "<SIP:a@b>;TAG=1",
    "sip:a@b;tag=1",
    "<sip:a:secret@b>;tag=1",
    "<sip:b>;tag=1",
    "<sip:a@[2001:db8::1]:5060>;tag=1",
    "<sip:a@b;transport=tcp>;tag=1",
    "<sip:a@b?x=y>",
    "<sip:@b>;tag=1",
    "<sip:a@>;tag=1",
    "<sip:a@b:>;tag=1",
    "<sip:a@b:99999999999>;tag=1",
    "<sip:a@b> ;tag=1",
    "<sip:a@b>;tag=",
    "<sip:a@b>;x=1;tag=1",
    "<sip:a@b>;tag=1;x=2",
    "<sip:a@b>;tag=\"1\"",
    "<sip:a@b>tag=1",
    "\"a\"<sip:a@b>",
    "\"a <sip:a@b>",
    "<sip:a@b",
    "<sip:a%40b@c>;tag=1",
    "<sip:a@b@c>;tag=1",
};

START_TEST(short_way_agrees)
{
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        check(slice_str(values[i]));
}
END_TEST

/* Each with each of its octets exchanged, and cut at each. */
START_TEST(and_for_what_is_damaged)
{
    static const char others[] = "\"<>;:@=\\ ,?[]x1\t";

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        size_t n = strlen(values[i]);
        char text[128];

        for (size_t at = 0; at < n; at++) {
            for (size_t k = 0; others[k]; k++) {
                memcpy(text, values[i], n);
                text[at] = others[k];
                check(slice_make(text, n));
            }
            check(slice_make(values[i], at));
        }
    }
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("party");

    tcase_add_test(t, short_way_agrees);
    tcase_add_test(t, and_for_what_is_damaged);
    return run_suite("party", t);
}
