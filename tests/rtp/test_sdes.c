/* SRTP's keys in session descriptions (RFC 4568) and what they open.  The packets
 * were protected by hand, as RFC 3711 §4 says, with AES and HMAC of other software,
 * after the key derivation had given the values of RFC 3711 B.3. */
#include "rtp/sdes.h"

#include <stdlib.h>

#include "support/suite.h"

#define KEY "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"

#define LONG_KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLQ"

static struct sdes_key key;

static bool parse(const char *value)
{
    return sdes_key_parse(&key, slice_str(value));
}

START_TEST(keys)
{
    ck_assert(parse("1 AES_CM_128_HMAC_SHA1_80 " KEY "|2^20|1:4"));
    ck_assert(slice_eq(key.suite, SLICE("AES_CM_128_HMAC_SHA1_80")));
    ck_assert_uint_eq(key.n, 30);
    ck_assert_mem_eq(key.octets, "YS__", 4);
    ck_assert_uint_eq(key.mki_n, 4);
    ck_assert_mem_eq(key.mki, "\0\0\0\1", 4);
    ck_assert(parse("12 aes_cm_128_hmac_sha1_32 " KEY "|1048576 UNENCRYPTED_SRTCP KDR=1"));
    ck_assert_uint_eq(key.mki_n, 0);
    ck_assert(key.clear_rtcp && !key.clear_rtp);
    /* 46 octets, 0 to 45, which base64 pads, or not */
    ck_assert(parse("1 AES_256_CM_HMAC_SHA1_80 inline:" LONG_KEY "=="));
    ck_assert(parse("1 AES_256_CM_HMAC_SHA1_80 inline:" LONG_KEY));
    ck_assert_uint_eq(key.n, 46);
    for (unsigned i = 0; i < 46; i++)
        ck_assert_uint_eq(key.octets[i], i);
    /* of several keys the first */
    ck_assert(parse("1 AES_CM_128_HMAC_SHA1_80 " KEY "|1:1;" KEY "|2:1"));
    ck_assert_uint_eq(key.mki_n, 1);
    ck_assert_uint_eq(key.mki[0], 1);
}
END_TEST

START_TEST(no_keys)
{
    static const char *const values[] = {
        "", "1", "1 AES_CM_128_HMAC_SHA1_80", "1 AES_CM_128_HMAC_SHA1_80 inline:",
        "1 AES_CM_128_HMAC_SHA1_80 inline:WVNf", "1 AES_CM_128_HMAC_SHA1_80 uri:WVNf",
        "1 F8_128_HMAC_SHA1_80 " KEY, "1 AES_CM_128_HMAC_SHA1_80 " KEY "!",
        "1 AES_CM_128_HMAC_SHA1_80 " KEY "|1:0", "1 AES_CM_128_HMAC_SHA1_80 " KEY "|1:999",
        "1 AES_CM_128_HMAC_SHA1_80 " KEY "|x:4", "1 AEAD_AES_128_GCM " KEY,
        "1 AES_CM_128_HMAC_SHA1_80 " KEY " UNAUTHENTICATED_SRTP",
        "1 AES_CM_128_HMAC_SHA1_80 " KEY KEY KEY,
    };

    for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
        ck_assert_msg(!parse(values[i]), "%s", values[i]);
}
END_TEST

/* Payload 0 to 15, sequence number 1, SSRC 0x12345678. */
static const uint8_t rtp_80[] = {
    0x80, 0x00, 0x00, 0x01, 0x00, 0x00, 0x0a, 0x00, 0x12, 0x34, 0x56, 0x78, 0xcc,
    0xa4, 0x6b, 0x3d, 0x55, 0xbd, 0x82, 0xa5, 0x71, 0xcf, 0x78, 0x2b, 0x4c, 0xa0,
    0xbb, 0x61, 0x99, 0x0d, 0x75, 0x88, 0xa2, 0x02, 0x0c, 0x71, 0xa8, 0x27};
/* A receiver report and an SDES packet, index 1. */
static const uint8_t rtcp_80[] = {
    0x80, 0xc9, 0x00, 0x01, 0x12, 0x34, 0x56, 0x78, 0x81, 0xc1, 0xda, 0x30, 0x95, 0xf1,
    0xbb, 0x13, 0x72, 0xe5, 0xdd, 0x8a, 0x80, 0x00, 0x00, 0x01, 0x4e, 0xdd, 0xad, 0x57,
    0x93, 0x53, 0xeb, 0x93, 0x3d, 0x27};

static struct sdes_opener *opener_of(const char *value)
{
    ck_assert(parse(value));
    return sdes_opener_new(&key);
}

START_TEST(packets)
{
    struct sdes_opener *o = opener_of("1 AES_CM_128_HMAC_SHA1_80 " KEY);
    uint8_t out[sizeof rtp_80 + SDES_SLACK];

    if (!sdes_library()) {
        ck_assert_ptr_null(o);
        return;
    }
    ck_assert_uint_eq(sdes_open(o, false, rtp_80, sizeof rtp_80, out), 12 + 16);
    ck_assert_mem_eq(out, rtp_80, 12);
    for (unsigned i = 0; i < 16; i++)
        ck_assert_uint_eq(out[12 + i], i);
    ck_assert_uint_eq(sdes_open(o, false, rtp_80, sizeof rtp_80, out), 0); /* once */
    ck_assert_uint_eq(sdes_open(o, true, rtcp_80, sizeof rtcp_80, out), 20);
    ck_assert_mem_eq(out + 8, "\x81\xca\x00\x02", 4);
    ck_assert_mem_eq(out + 16, "\x01\x01" "a", 4);
    sdes_opener_free(o);
    /* a tag of 32 bits */
    o = opener_of("1 AES_CM_128_HMAC_SHA1_32 " KEY);
    ck_assert_uint_eq(sdes_open(o, false, rtp_80, sizeof rtp_80 - 6, out), 12 + 16);
    ck_assert_uint_eq(out[12 + 15], 15);
    /* and one of 80 in RTCP all the same */
    ck_assert_uint_eq(sdes_open(o, true, rtcp_80, sizeof rtcp_80, out), 20);
    sdes_opener_free(o);
}
END_TEST

START_TEST(not_its_packets)
{
    struct sdes_opener *o =
        opener_of("1 AES_CM_128_HMAC_SHA1_80 inline:4fl6DT4Bi+DWT6MsBt5BOQ7Gda1Jiv7rtpYLOqvm");
    uint8_t out[sizeof rtp_80 + SDES_SLACK], changed[sizeof rtp_80];

    if (!o)
        return;
    ck_assert_uint_eq(sdes_open(o, false, rtp_80, sizeof rtp_80, out), 0);
    sdes_opener_free(o);
    o = opener_of("1 AES_CM_128_HMAC_SHA1_80 " KEY);
    for (size_t n = 0; n < sizeof rtp_80; n++)
        ck_assert_uint_eq(sdes_open(o, false, rtp_80, n, out), 0);
    for (size_t i = 0; i < sizeof rtp_80; i++) {
        memcpy(changed, rtp_80, sizeof changed);
        changed[i] ^= 1;
        ck_assert_uint_eq(sdes_open(o, false, changed, sizeof changed, out), 0);
    }
    for (size_t n = 0; n < sizeof rtcp_80; n++)
        ck_assert_uint_eq(sdes_open(o, true, rtcp_80, n, out), 0);
    sdes_opener_free(o);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("sdes");

    tcase_add_test(t, keys);
    tcase_add_test(t, no_keys);
    tcase_add_test(t, packets);
    tcase_add_test(t, not_its_packets);
    return run_suite("sdes", t);
}
