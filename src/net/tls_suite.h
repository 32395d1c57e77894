/* The cipher suites of TLS 1.0 to 1.3 whose records can be opened. */
#ifndef NET_TLS_SUITE_H
#define NET_TLS_SUITE_H

#include <stdbool.h>
#include <stdint.h>

enum tls_cipher {
    TLS_NULL, /* signed, not encrypted */
    TLS_3DES_CBC,
    TLS_AES_CBC,
    TLS_AES_GCM,
    TLS_AES_CCM,
    TLS_AES_CCM_8,
    TLS_CHACHA20_POLY1305,
};

enum tls_hash { TLS_SHA1, TLS_SHA256, TLS_SHA384 };

struct tls_suite {
    uint8_t cipher; /* enum tls_cipher */
    uint8_t key_bytes;
    uint8_t mac; /* enum tls_hash; none with an AEAD */
    uint8_t prf; /* enum tls_hash: of the PRF of TLS 1.2, of HKDF */
};

/* The suite of that number (IANA's TLS Cipher Suites); false when it is not
 * known here. */
bool tls_suite_find(uint16_t number, struct tls_suite *suite);

/* Whether the cipher is one with additional data (RFC 5246 §6.2.3.3). */
static inline bool tls_suite_is_aead(const struct tls_suite *suite)
{
    return suite->cipher >= TLS_AES_GCM;
}

#endif
