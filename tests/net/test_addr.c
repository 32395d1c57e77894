/* Addresses: texts, reading, kinds. */
#include "net/addr.h"

#include "frame.h"

static struct net_addr parse(const char *text, uint16_t port)
{
    struct net_addr a;

    ck_assert_msg(addr_parse_ip(slice_str(text), port, &a), "%s", text);
    return a;
}

START_TEST(texts)
{
    /* RFC 5952 §4: no leading zeroes, the longest run of zeroes (the first of
     * two equal ones, and never a single group) shortened, small letters. */
    static const char *const same[][2] = {
        {"192.0.2.1", "192.0.2.1"},
        {"0.0.0.0", "0.0.0.0"},
        {"255.255.255.255", "255.255.255.255"},
        {"[10.20.30.40]", "10.20.30.40"},
        {"2001:0db8:0:0:0:0:0:1", "2001:db8::1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:DB8::AbCd", "2001:db8::abcd"},
        {"::", "::"},
        {"[::1]", "::1"},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
    };
    char text[ADDR_TEXT];

    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        struct net_addr a = parse(same[i][0], 5060);

        ck_assert_str_eq(addr_ip_text(&a, text), same[i][1]);
    }
}
END_TEST

START_TEST(texts_with_port)
{
    struct net_addr a = parse("192.0.2.1", 5060), b = parse("2001:db8::1", 65535),
                    unknown = {.port = 7};
    char text[ADDR_TEXT];

    ck_assert_str_eq(addr_text(&a, text), "192.0.2.1:5060");
    ck_assert_str_eq(addr_text(&b, text), "[2001:db8::1]:65535");
    ck_assert_str_eq(addr_ip_text(&unknown, text), "-");
    ck_assert_str_eq(addr_text(&unknown, text), "-");
}
END_TEST

START_TEST(refused)
{
    static const char *const cases[] = {
        "",         "host.example", "1.2.3",     "1.2.3.4.5", "256.1.1.1", "1.2.3.4:5060",
        "[1.2.3.4", "::1]",         "1:2:3:4:5", " 1.2.3.4",  "[]",        ":::",
        "01.2.3.4", "1.2.3.00",     "1.2.3.0004", "1.2.3.",   ".1.2.3",    "1..2.3",
        "1.2.3.4 ", "1.2.3.4\n",    "1.2.3.-4",   "1.2.3.a",  "1,2,3,4",   "1.2.3.4.",
    };
    struct net_addr a = {.port = 9}, before = a;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(!addr_parse_ip(slice_str(cases[i]), 1, &a), "%s", cases[i]);
    ck_assert(!addr_parse_ip(slice_make("1.2.3.4\0", 8), 1, &a));
    ck_assert(!addr_parse_ip(SLICE_EMPTY, 1, &a));
    ck_assert(addr_eq(&a, &before));
}
END_TEST

START_TEST(kinds)
{
    static const struct {
        const char *text;
        bool is_private, multicast, zero;
    } cases[] = {
        {"10.255.0.1", true, false, false},   {"11.0.0.1", false, false, false},
        {"172.15.0.1", false, false, false},  {"172.16.0.1", true, false, false},
        {"172.31.255.1", true, false, false}, {"172.32.0.1", false, false, false},
        {"192.168.7.7", true, false, false},  {"192.169.0.1", false, false, false},
        {"100.64.0.1", true, false, false},   {"100.127.0.1", true, false, false},
        {"100.128.0.1", false, false, false}, {"169.254.1.1", true, false, false},
        {"224.0.1.75", false, true, false},   {"239.1.1.1", false, true, false},
        {"240.0.0.1", false, false, false},   {"0.0.0.0", false, false, true},
        {"fd00::1", true, false, false},      {"fc00::1", true, false, false},
        {"fe80::1", true, false, false},      {"febf::1", true, false, false},
        {"fec0::1", false, false, false},     {"2001:db8::1", false, false, false},
        {"ff02::1", false, true, false},      {"::", false, false, true},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct net_addr a = parse(cases[i].text, 5060);

        ck_assert_msg(addr_is_private(&a) == cases[i].is_private, "%s", cases[i].text);
        ck_assert_msg(addr_is_multicast(&a) == cases[i].multicast, "%s", cases[i].text);
        ck_assert_msg(addr_is_zero(&a) == cases[i].zero, "%s", cases[i].text);
    }
}
END_TEST

START_TEST(equality)
{
    struct net_addr a = parse("10.0.0.1", 1), b = parse("10.0.0.1", 2), c = parse("a00:1::", 1);

    ck_assert(!addr_eq(&a, &b));
    ck_assert(addr_same_ip(&a, &b));
    ck_assert(!addr_same_ip(&a, &c)); /* the same octets, another family */
    b.port = 1;
    ck_assert(addr_eq(&a, &b));
}
END_TEST

RUN_TESTS("addr", texts, texts_with_port, refused, kinds, equality)
