/* Cipher suites: numbers and what they mean, by IANA's registry. */
#include "net/tls_suite.h"

#include "frame.h"

START_TEST(known)
{
    static const struct {
        uint16_t number;
        uint8_t cipher, key_bytes, mac, prf;
    } cases[] = {
        {0x000a, TLS_3DES_CBC, 24, TLS_SHA1, TLS_SHA256},   /* RSA_WITH_3DES_EDE_CBC_SHA */
        {0x0016, TLS_3DES_CBC, 24, TLS_SHA1, TLS_SHA256},   /* DHE_RSA_WITH_3DES_EDE_CBC_SHA */
        {0x002f, TLS_AES_CBC, 16, TLS_SHA1, TLS_SHA256},    /* RSA_WITH_AES_128_CBC_SHA */
        {0x0039, TLS_AES_CBC, 32, TLS_SHA1, TLS_SHA256},    /* DHE_RSA_WITH_AES_256_CBC_SHA */
        {0x003b, TLS_NULL, 0, TLS_SHA256, TLS_SHA256},      /* RSA_WITH_NULL_SHA256 */
        {0x003d, TLS_AES_CBC, 32, TLS_SHA256, TLS_SHA256},  /* RSA_WITH_AES_256_CBC_SHA256 */
        {0x006b, TLS_AES_CBC, 32, TLS_SHA256, TLS_SHA256},  /* DHE_RSA_WITH_AES_256_CBC_SHA256 */
        {0x009c, TLS_AES_GCM, 16, TLS_SHA256, TLS_SHA256},  /* RSA_WITH_AES_128_GCM_SHA256 */
        {0x00a9, TLS_AES_GCM, 32, TLS_SHA384, TLS_SHA384},  /* PSK_WITH_AES_256_GCM_SHA384 */
        {0x00af, TLS_AES_CBC, 32, TLS_SHA384, TLS_SHA384},  /* PSK_WITH_AES_256_CBC_SHA384 */
        {0x1301, TLS_AES_GCM, 16, TLS_SHA256, TLS_SHA256},  /* AES_128_GCM_SHA256 */
        {0x1302, TLS_AES_GCM, 32, TLS_SHA384, TLS_SHA384},  /* AES_256_GCM_SHA384 */
        {0x1303, TLS_CHACHA20_POLY1305, 32, TLS_SHA256, TLS_SHA256},
        {0x1305, TLS_AES_CCM_8, 16, TLS_SHA256, TLS_SHA256},
        {0xc006, TLS_NULL, 0, TLS_SHA1, TLS_SHA256},        /* ECDHE_ECDSA_WITH_NULL_SHA */
        {0xc012, TLS_3DES_CBC, 24, TLS_SHA1, TLS_SHA256},   /* ECDHE_RSA_WITH_3DES_EDE_CBC_SHA */
        {0xc014, TLS_AES_CBC, 32, TLS_SHA1, TLS_SHA256},    /* ECDHE_RSA_WITH_AES_256_CBC_SHA */
        {0xc027, TLS_AES_CBC, 16, TLS_SHA256, TLS_SHA256},  /* ECDHE_RSA_..._128_CBC_SHA256 */
        {0xc028, TLS_AES_CBC, 32, TLS_SHA384, TLS_SHA384},  /* ECDHE_RSA_..._256_CBC_SHA384 */
        {0xc030, TLS_AES_GCM, 32, TLS_SHA384, TLS_SHA384},  /* ECDHE_RSA_..._256_GCM_SHA384 */
        {0xc09f, TLS_AES_CCM, 32, TLS_SHA256, TLS_SHA256},  /* DHE_RSA_WITH_AES_256_CCM */
        {0xc0a9, TLS_AES_CCM_8, 32, TLS_SHA256, TLS_SHA256}, /* PSK_WITH_AES_256_CCM_8 */
        {0xc0ae, TLS_AES_CCM_8, 16, TLS_SHA256, TLS_SHA256}, /* ECDHE_ECDSA_..._128_CCM_8 */
        {0xcca8, TLS_CHACHA20_POLY1305, 32, TLS_SHA256, TLS_SHA256},
        {0xcca9, TLS_CHACHA20_POLY1305, 32, TLS_SHA256, TLS_SHA256},
    };
    struct tls_suite suite;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_msg(tls_suite_find(cases[i].number, &suite), "%04x", cases[i].number);
        ck_assert_msg(suite.cipher == cases[i].cipher && suite.key_bytes == cases[i].key_bytes &&
                          (tls_suite_is_aead(&suite) || suite.mac == cases[i].mac) &&
                          suite.prf == cases[i].prf,
                      "%04x", cases[i].number);
    }
}
END_TEST

/* RC4, DES, IDEA, Camellia, SCSVs, GREASE. */
START_TEST(unknown)
{
    static const uint16_t numbers[] = {0x0000, 0x0001, 0x0004, 0x0005, 0x0007, 0x0009, 0x0041,
                                       0x0084, 0x00ff, 0x5600, 0x0a0a, 0x1300, 0x1306, 0xc002,
                                       0xc011, 0xc033, 0xc073, 0xcca7, 0xccaf, 0xd004, 0xffff};
    struct tls_suite suite;

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        ck_assert_msg(!tls_suite_find(numbers[i], &suite), "%04x", numbers[i]);
}
END_TEST

RUN_TESTS("tls_suite", known, unknown)
