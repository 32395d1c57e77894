/* The packets of text logs. */
#include "capture/text_header.h"
#include "frame.h"

static struct frame f;
static struct frame_result r;
static const struct datagram *d = &r.decoded.datagram;

#define IP4(last) "04 0a0000" last " 000000000000000000000000 "
#define IP6       "06 20010db8000000000000000000000001 13c4 "
#define NONE      "00 00000000000000000000000000000000 0000 "

static void decode(const char *header)
{
    frame_text(&f, "hello");
    frame_hex(&f, header);
    frame_decode(&f, LINK_TEXT, &r);
}

START_TEST(addresses)
{
    decode("02 01 " IP4("01") "13c4 " IP4("02") "13ce");
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    expect_addresses(d, "10.0.0.1:5060", "10.0.0.2:5070");
    ck_assert_int_eq(d->transport, NET_UDP);
    ck_assert_int_eq(d->logged, NET_LOGGED_SENT);
    ck_assert_uint_eq(d->len, 5);
    ck_assert_mem_eq(r.payload, "hello", 5);
    decode("01 03 " IP6 NONE);
    expect_addresses(d, "[2001:db8::1]:5060", "-");
    ck_assert_int_eq(d->transport, NET_TLS);
    ck_assert_int_eq(d->logged, NET_LOGGED_RECEIVED);
}
END_TEST

/* What is unknown is all zero, so that unknown addresses are equal. */
START_TEST(nothing_said)
{
    static const struct net_addr unknown;

    decode("00 00 " NONE "00 0a000001000000000000000000000000 13c4");
    ck_assert_int_eq(d->transport, NET_LOG);
    ck_assert_int_eq(d->logged, NET_LOGGED);
    ck_assert(addr_eq(&d->src, &unknown) && addr_eq(&d->dst, &unknown));
}
END_TEST

START_TEST(transports)
{
    static const struct {
        const char *header;
        enum net_transport transport;
    } cases[] = {{"00 02 " NONE NONE, NET_TCP},
                 {"00 04 " NONE NONE, NET_SCTP},
                 {"00 05 " NONE NONE, NET_WS},
                 {"00 06 " NONE NONE, NET_WSS},
                 {"00 99 " NONE NONE, NET_LOG}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        decode(cases[i].header);
        ck_assert_int_eq(d->transport, cases[i].transport);
    }
}
END_TEST

START_TEST(cut)
{
    frame_text(&f, "hello");
    frame_decode(&f, LINK_TEXT, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_BAD);
    ck_assert_str_eq(net_link_name(LINK_TEXT), "TEXT");
}
END_TEST

RUN_TESTS("text", addresses, nothing_said, transports, cut)
