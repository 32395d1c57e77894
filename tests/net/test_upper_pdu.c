/* Payloads that Wireshark exported. */
#include "frame.h"

enum { UPPER_PDU = 252 };

static struct frame f;
static struct frame_result r;
static const struct datagram *d = &r.decoded.datagram;

#define NAME_SIP "000c 0004 73697000 "
#define IP4      "0014 0004 0a000001 0015 0004 0a000002 "
#define PORTS    "0019 0004 000013c4 001a 0004 000013ce "
#define TYPE_UDP "0018 0004 00000003 "
#define TYPE_TCP "0018 0004 00000002 "
#define END      "0000 0000"

START_TEST(payload)
{
    frame_text(&f, "hello");
    frame_hex(&f, NAME_SIP IP4 TYPE_UDP PORTS END);
    frame_decode(&f, UPPER_PDU, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    expect_addresses(d, "10.0.0.1:5060", "10.0.0.2:5070");
    ck_assert_int_eq(d->transport, NET_UDP);
    ck_assert_uint_eq(d->len, 5);
    ck_assert_mem_eq(r.payload, "hello", 5);
    frame_text(&f, "hello");
    frame_hex(&f, NAME_SIP IP4 TYPE_TCP PORTS "001e 0004 00000007 " END);
    frame_decode(&f, UPPER_PDU, &r);
    ck_assert_int_eq(d->transport, NET_TCP);
    frame_text(&f, "hello");
    frame_hex(&f, NAME_SIP "0016 0010 20010db8000000000000000000000001 "
                           "0017 0010 20010db8000000000000000000000002 " TYPE_UDP PORTS END);
    frame_decode(&f, UPPER_PDU, &r);
    expect_addresses(d, "[2001:db8::1]:5060", "[2001:db8::2]:5070");
}
END_TEST

/* Without addresses they stay unknown. */
START_TEST(no_addresses)
{
    frame_text(&f, "hello");
    frame_hex(&f, NAME_SIP END);
    frame_decode(&f, UPPER_PDU, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    ck_assert_int_eq(d->src.family, NET_UNKNOWN);
    ck_assert_uint_eq(d->len, 5);
}
END_TEST

START_TEST(lower_layers)
{
    frame_hello(&f);
    frame_hex(&f, "000c 0004 69700000 " END);
    expect_hello(&f, UPPER_PDU);
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    frame_hex(&f, "000c 0010 6574685f776974686f757466637300 00 " END);
    expect_hello(&f, UPPER_PDU);
}
END_TEST

START_TEST(malformed)
{
    frame_text(&f, "hello");
    frame_hex(&f, "000c ffff 73697000");
    expect_kind(&f, UPPER_PDU, DECODED_BAD);
    frame_text(&f, "");
    frame_hex(&f, NAME_SIP);
    expect_kind(&f, UPPER_PDU, DECODED_BAD);
    frame_text(&f, "hello");
    frame_hex(&f, "0014 0001 0a 0016 0002 0a00 " END);
    frame_decode(&f, UPPER_PDU, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    ck_assert_int_eq(d->src.family, NET_UNKNOWN);
}
END_TEST

RUN_TESTS("upper_pdu", payload, no_addresses, lower_layers, malformed)
