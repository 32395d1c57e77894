/* GTP-U. */
#include "frame.h"

enum { IP = 101 };

static struct frame f;

static void wrap(const char *flags_type, const char *rest)
{
    char head[128];
    unsigned octets = (unsigned)frame_size(&f), digits = 0;

    for (const char *p = rest; *p; p++)
        digits += *p != ' ';
    snprintf(head, sizeof head, "%s %04x 00000007 %s", flags_type, octets + digits / 2, rest);
    frame_hex(&f, head);
    frame_udp(&f, 2152, 2152);
    frame_ip4(&f, 17, "192.0.2.1", "192.0.2.2");
}

START_TEST(packets)
{
    static const char *const heads[][2] = {
        {"30ff", ""},
        {"32ff", "0001 00 00"},            /* sequence number */
        {"31ff", "0000 01 00"},            /* N-PDU number */
        {"34ff", "0000 00 85 01 1009 00"}, /* a PDU session container */
        {"36ff", "0001 00 c0 01 1122 85 02 10 09 00 00 00 00 00"},
    };

    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        frame_hello(&f);
        wrap(heads[i][0], heads[i][1]);
        expect_hello(&f, IP);
        frame_hello(&f);
        frame_ip6(&f, 4, "2001:db8::1", "2001:db8::2");
        wrap(heads[i][0], heads[i][1]);
        expect_hello(&f, IP);
    }
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    wrap("30ff", "");
    expect_hello(&f, IP);
}
END_TEST

static void expect_plain(void)
{
    struct frame_result r;

    frame_decode(&f, IP, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    expect_addresses(&r.decoded.datagram, "192.0.2.1:2152", "192.0.2.2:2152");
}

START_TEST(no_packets)
{
    frame_payload(&f, "", 0);
    wrap("3201", "0001 00 00"); /* echo request */
    expect_plain();
    frame_hello(&f);
    wrap("50ff", ""); /* version 2 */
    expect_plain();
    frame_hello(&f);
    wrap("34ff", "0000 00 85 00"); /* an extension of no length */
    expect_plain();
    frame_hello(&f);
    wrap("34ff", "0000 00 85 ff"); /* of 1020 octets */
    expect_plain();
    frame_text(&f, "neither IPv4 nor IPv6 nor Ethernet");
    wrap("30ff", "");
    expect_plain();
}
END_TEST

RUN_TESTS("gtp", packets, no_packets)
