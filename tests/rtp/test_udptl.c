/* UDPTL and IFP packets, octet by octet after ITU-T T.38 and X.691. */
#include "rtp/udptl.h"

#include <stdlib.h>

#include "support/suite.h"

static struct udptl u;
static struct t38_ifp ifp;
static struct t38_field field;

/* Number 0x0102: the V.21 preamble; two copies: CED, no signal. */
static const uint8_t redundant[] = {1, 2, 1, 0x06, 0, 2, 1, 0x04, 1, 0x00};

START_TEST(packet)
{
    static const uint8_t fec[] = {0, 9, 1, 0x06, 0x80, 1, 3, 2, 1, 5, 2, 5, 6};
    static const uint8_t cut[] = {0, 9, 1, 0x06, 0x80, 1, 3, 2, 1, 5, 2, 5};
    static const uint8_t wide[] = {0, 9, 1, 0x06, 0x80, 2, 1, 3, 1, 1, 5};

    ck_assert(udptl_parse(&u, redundant, sizeof redundant, sizeof redundant));
    ck_assert_uint_eq(u.sequence, 0x0102);
    ck_assert(!u.fec);
    ck_assert_uint_eq(u.copies, 2);
    ck_assert(t38_parse(&ifp, u.primary, 0));
    ck_assert(!ifp.is_data);
    ck_assert_uint_eq(ifp.type, 3);
    ck_assert(t38_parse(&ifp, u.copy[0], 0));
    ck_assert_uint_eq(ifp.type, 2);
    ck_assert(t38_parse(&ifp, u.copy[1], 0));
    ck_assert_uint_eq(ifp.type, 0);
    ck_assert(udptl_parse(&u, fec, sizeof fec, sizeof fec));
    ck_assert(u.fec);
    ck_assert_uint_eq(u.copies, 0);
    ck_assert_uint_eq(u.span, 3);
    ck_assert_uint_eq(u.parities, 2);
    ck_assert(udptl_parse(&u, cut, sizeof cut, sizeof cut));
    ck_assert_uint_eq(u.span, 0);
    ck_assert(udptl_parse(&u, wide, sizeof wide, sizeof wide)); /* 259 packets in a sum */
    ck_assert_uint_eq(u.span, 0);
}
END_TEST

/* DCN: data and the end of the frame, in four bits and in an octet each. */
static void two_fields(const uint8_t *octets, size_t n, unsigned version)
{
    ck_assert(t38_parse(&ifp, cursor_make(octets, n), version));
    ck_assert(ifp.is_data);
    ck_assert_uint_eq(ifp.type, T38_V21);
    ck_assert(t38_next_field(&ifp, &field));
    ck_assert_uint_eq(field.type, T38_HDLC_DATA);
    ck_assert_uint_eq(field.data.left, 3);
    ck_assert_mem_eq(field.data.p, "\xff\xc8\xdf", 3);
    ck_assert(t38_next_field(&ifp, &field));
    ck_assert_uint_eq(field.type, T38_HDLC_FCS_OK_SIG_END);
    ck_assert_uint_eq(field.data.left, 0);
    ck_assert(!t38_next_field(&ifp, &field));
}

START_TEST(fields)
{
    static const uint8_t old[] = {0xc0, 2, 0x80, 0, 2, 0xff, 0xc8, 0xdf, 0x40};
    static const uint8_t new[] = {0xc0, 2, 0x80, 0, 2, 0xff, 0xc8, 0xdf, 0x20};
    /* two without data share an octet: FCS bad, the signal's end; V.29 at 9600 */
    static const uint8_t shared[] = {0xc8, 2, 0x31};

    two_fields(old, sizeof old, 0);
    two_fields(new, sizeof new, 3);
    ck_assert(t38_parse(&ifp, cursor_make(shared, sizeof shared), 0));
    ck_assert_str_eq(t38_modem_name(ifp.type), "V.29");
    ck_assert_uint_eq(t38_modem_rate(ifp.type), 9600);
    ck_assert(t38_next_field(&ifp, &field));
    ck_assert_uint_eq(field.type, T38_HDLC_FCS_BAD);
    ck_assert(t38_next_field(&ifp, &field));
    ck_assert_uint_eq(field.type, T38_HDLC_SIG_END);
    ck_assert(!t38_next_field(&ifp, &field));
}
END_TEST

START_TEST(others)
{
    static const uint8_t octets[][10] = {
        {0x80, 0, 0, 1, 0, 0, 0, 160, 0, 1}, /* RTP */
        {1, 2, 0, 0, 0},                     /* nothing in it */
        {1, 2, 1, 0x06, 0, 9, 1, 4},         /* fewer copies than it says */
        {1, 2, 1, 0x06, 0x40, 0},            /* neither copies nor parity */
        {1, 2, 0xff, 1},                     /* a length in parts */
    };
    static const uint8_t no_data_type[] = {0xd2, 0};

    for (unsigned i = 0; i < sizeof octets / sizeof *octets; i++)
        ck_assert_msg(!udptl_parse(&u, octets[i], 10, 10), "%u", i);
    for (size_t n = 0; n < sizeof redundant; n++)
        ck_assert(!udptl_parse(&u, redundant, n, n));
    ck_assert(!udptl_parse(&u, redundant, sizeof redundant, sizeof redundant + 1));
    ck_assert(!t38_parse(&ifp, cursor_make(no_data_type, 2), 0));
    ck_assert(!t38_parse(&ifp, cursor_make(no_data_type, 0), 0));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("udptl");

    tcase_add_test(t, packet);
    tcase_add_test(t, fields);
    tcase_add_test(t, others);
    return run_suite("udptl", t);
}
