/* Addresses are exchanged one for one, within their network and kind, at the same
 * length. */
#include "anonymize/address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/addr.h"
#include "support/suite.h"

static struct keyed *keyed;

static void setup(void)
{
    keyed = keyed_new("key", 3);
    ck_assert_ptr_nonnull(keyed);
}

static void teardown(void)
{
    keyed_free(keyed);
}

/* The text with its address exchanged. */
static const char *exchanged(const char *text)
{
    static char out[2][128];
    static unsigned turn;
    char *to = out[turn++ % 2];
    size_t n;

    snprintf(to, sizeof out[0], "%s", text);
    n = address_text(keyed, to, strlen(to));
    ck_assert_msg(n == strlen(text), "%s: %zu octets are an address", text, n);
    return to;
}

static struct net_addr parsed(const char *text)
{
    struct net_addr addr;

    ck_assert_msg(addr_parse_ip(slice_str(text), 0, &addr), "%s", text);
    return addr;
}

START_TEST(text_and_octets_agree)
{
    static const char *const texts[] = {
        "192.0.2.1",        "8.8.4.4",        "203.0.113.250", "10.1.2.3",
        "172.31.255.254",   "100.64.1.1",     "2001:db8::1",   "2001:DB8:0:0:8:800:200C:417A",
        "fe80::a:b:c:d",    "::ffff:8.8.8.8", "2a02:8109::",
        "2001:0db8:0000:0000:0000:0000:0000:0001",
        "fd12:3456:789a::1", "64:ff9b::9.9.9.9",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct net_addr addr = parsed(texts[i]), after = parsed(exchanged(texts[i]));

        if (addr.family == NET_IP4)
            address_ip4(keyed, addr.ip);
        else
            address_ip6(keyed, addr.ip);
        ck_assert_msg(addr_same_ip(&addr, &after), "%s", texts[i]);
        ck_assert_int_eq(addr_is_private(&addr), addr_is_private(&after));
    }
}
END_TEST

START_TEST(kept)
{
    static const char *const texts[] = {"127.0.0.1", "0.0.0.0", "255.255.255.255", "224.0.1.75",
                                        "::1", "::", "ff02::1", "ff:ff:ff:ff:ff:ff",
                                        "00:00:00:00:00:00", "01:00:5e:00:01:4b"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ck_assert_str_eq(exchanged(texts[i]), texts[i]);
}
END_TEST

START_TEST(no_address)
{
    static const char *const texts[] = {"1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4x",
                                        "a:b", "12:30:45", "face", "aa:bb:cc:dd:ee", "", ":",
                                        "::x"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[32];

        snprintf(text, sizeof text, "%s", texts[i]);
        ck_assert_msg(address_text(keyed, text, strlen(text)) == 0, "%s", texts[i]);
        ck_assert_str_eq(text, texts[i]);
    }
}
END_TEST

/* RFC 1918, RFC 6598, RFC 5737: what an analysis says of an address by its kind. */
static const char *kind_of(const uint8_t *ip)
{
    if (ip[0] == 10)
        return "10";
    if (ip[0] == 172 && ip[1] >= 16 && ip[1] < 32)
        return "172.16";
    if (ip[0] == 192 && ip[1] == 168)
        return "192.168";
    if (ip[0] == 100 && ip[1] >= 64 && ip[1] < 128)
        return "100.64";
    if (ip[0] == 169 && ip[1] == 254)
        return "169.254";
    if ((ip[0] == 192 && ip[1] == 0 && ip[2] == 2) ||
        (ip[0] == 198 && ip[1] == 51 && ip[2] == 100) ||
        (ip[0] == 203 && ip[1] == 0 && ip[2] == 113))
        return "documentation";
    if (ip[0] == 127 || ip[0] == 0)
        return "host";
    return ip[0] >= 224 ? "multicast" : "public";
}

static unsigned digits(unsigned x)
{
    return x < 10 ? 1 : x < 100 ? 2 : 3;
}

/* All addresses of every kind's networks, and a sample of all others. */
START_TEST(networks_stay_networks)
{
    uint32_t random = 1;

    for (unsigned i = 0; i < 15000; i++) {
        uint8_t a[4], b[4], x[4], y[4];
        unsigned same;

        random = random * 1664525 + 1013904223;
        a[0] = (uint8_t)(i / 58), a[1] = (uint8_t)i, a[2] = (uint8_t)(random >> 24);
        a[3] = (uint8_t)(random >> 16);
        memcpy(b, a, 4);
        same = random >> 8 & 3;
        b[same] ^= (uint8_t)(1 + (random >> 10 & 7));
        memcpy(x, a, 4);
        memcpy(y, b, 4);
        address_ip4(keyed, x);
        address_ip4(keyed, y);
        ck_assert_str_eq(kind_of(x), kind_of(a));
        for (unsigned k = 0; k < 4; k++)
            ck_assert_uint_eq(digits(x[k]), digits(a[k]));
        for (unsigned k = 0; k < same; k++)
            ck_assert_uint_eq(x[k], y[k]);
        ck_assert_int_ne(memcmp(x, y, 4), 0);
    }
}
END_TEST

START_TEST(hosts_of_a_network)
{
    bool taken[256] = {false};
    unsigned moved = 0;

    for (unsigned i = 0; i < 256; i++) {
        uint8_t ip[4] = {8, 8, 8, (uint8_t)i};

        address_ip4(keyed, ip);
        ck_assert(!taken[ip[3]]);
        taken[ip[3]] = true;
        moved += ip[3] != i;
    }
    ck_assert_uint_gt(moved, 200);
}
END_TEST

START_TEST(hardware)
{
    uint8_t a[6] = {0x02, 0x42, 0xac, 0x11, 0, 2}, b[6] = {0x02, 0x42, 0xac, 0x11, 0, 3};
    char text[] = "02:42:ac:11:00:02", expected[18];

    address_mac(keyed, a);
    address_mac(keyed, b);
    ck_assert_uint_eq(a[0] & 3, 2);
    ck_assert_int_eq(memcmp(a, b, 5), 0);
    ck_assert_uint_ne(a[5], b[5]);
    ck_assert_uint_eq(address_text(keyed, text, 17), 17);
    snprintf(expected, sizeof expected, "%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3],
             a[4], a[5]);
    ck_assert_str_eq(text, expected);
}
END_TEST

START_TEST(by_the_key)
{
    struct keyed *other = keyed_new("kez", 3), *same = keyed_new("key", 3);
    uint8_t a[4] = {8, 123, 200, 199}, b[4] = {8, 123, 200, 199}, c[4] = {8, 123, 200, 199};

    address_ip4(keyed, a);
    address_ip4(other, b);
    address_ip4(same, c);
    ck_assert_int_ne(memcmp(a, b, 4), 0);
    ck_assert_int_eq(memcmp(a, c, 4), 0);
    keyed_free(other);
    keyed_free(same);
}
END_TEST

/* A build without OpenSSL says so. */
START_TEST(refused)
{
    ck_assert_ptr_null(keyed_new("key", 3));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("address");

    if (!keyed_available()) {
        tcase_add_test(tc, refused);
    } else {
        tcase_add_checked_fixture(tc, setup, teardown);
        tcase_add_test(tc, text_and_octets_agree);
        tcase_add_test(tc, kept);
        tcase_add_test(tc, no_address);
        tcase_add_test(tc, networks_stay_networks);
        tcase_add_test(tc, hosts_of_a_network);
        tcase_add_test(tc, hardware);
        tcase_add_test(tc, by_the_key);
    }
    return run_suite("address", tc);
}
