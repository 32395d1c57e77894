/* The table of cipher suites.  How keys are agreed on (RSA, ECDHE, PSK...) is
 * of no matter to who has the secrets: a row is what opens the records. */
#include "net/tls_suite.h"

#include <stddef.h>

/* Numbers from `first` to `last`, each `step` after the one before. */
struct row {
    uint16_t first, last, step;
    struct tls_suite suite;
};

#define NONE_SHA {TLS_NULL, 0, TLS_SHA1, TLS_SHA256}
#define NONE_SHA256 {TLS_NULL, 0, TLS_SHA256, TLS_SHA256}
#define NONE_SHA384 {TLS_NULL, 0, TLS_SHA384, TLS_SHA384}
#define DES_SHA {TLS_3DES_CBC, 24, TLS_SHA1, TLS_SHA256}
#define CBC128_SHA {TLS_AES_CBC, 16, TLS_SHA1, TLS_SHA256}
#define CBC256_SHA {TLS_AES_CBC, 32, TLS_SHA1, TLS_SHA256}
#define CBC128_SHA256 {TLS_AES_CBC, 16, TLS_SHA256, TLS_SHA256}
#define CBC256_SHA256 {TLS_AES_CBC, 32, TLS_SHA256, TLS_SHA256}
#define CBC256_SHA384 {TLS_AES_CBC, 32, TLS_SHA384, TLS_SHA384}
#define GCM128 {TLS_AES_GCM, 16, TLS_SHA256, TLS_SHA256}
#define GCM256 {TLS_AES_GCM, 32, TLS_SHA384, TLS_SHA384}
#define CCM128 {TLS_AES_CCM, 16, TLS_SHA256, TLS_SHA256}
#define CCM256 {TLS_AES_CCM, 32, TLS_SHA256, TLS_SHA256}
#define CCM128_8 {TLS_AES_CCM_8, 16, TLS_SHA256, TLS_SHA256}
#define CCM256_8 {TLS_AES_CCM_8, 32, TLS_SHA256, TLS_SHA256}
#define CHACHA {TLS_CHACHA20_POLY1305, 32, TLS_SHA256, TLS_SHA256}

static const struct row rows[] = {
    /* RFC 8446 §B.4 */
    {0x1301, 0x1301, 1, GCM128},
    {0x1302, 0x1302, 1, GCM256},
    {0x1303, 0x1303, 1, CHACHA},
    {0x1304, 0x1304, 1, CCM128},
    {0x1305, 0x1305, 1, CCM128_8},
    /* RFC 5289, RFC 5288, RFC 5487, RFC 8442: GCM */
    {0xc02b, 0xc031, 2, GCM128},
    {0xc02c, 0xc032, 2, GCM256},
    {0x009c, 0x00ac, 2, GCM128},
    {0x009d, 0x00ad, 2, GCM256},
    {0xd001, 0xd001, 1, GCM128},
    {0xd002, 0xd002, 1, GCM256},
    /* RFC 7905 */
    {0xcca8, 0xccae, 1, CHACHA},
    /* RFC 8422: ECDH_ECDSA, ECDHE_ECDSA, ECDH_RSA, ECDHE_RSA, ECDH_anon */
    {0xc001, 0xc015, 5, NONE_SHA},
    {0xc003, 0xc017, 5, DES_SHA},
    {0xc004, 0xc018, 5, CBC128_SHA},
    {0xc005, 0xc019, 5, CBC256_SHA},
    /* RFC 5289: CBC */
    {0xc023, 0xc029, 2, CBC128_SHA256},
    {0xc024, 0xc02a, 2, CBC256_SHA384},
    /* RFC 5246 §A.5 */
    {0x0002, 0x0002, 1, NONE_SHA},
    {0x003b, 0x003b, 1, NONE_SHA256},
    {0x000a, 0x000a, 1, DES_SHA},
    {0x000d, 0x0016, 3, DES_SHA},
    {0x001b, 0x001b, 1, DES_SHA},
    {0x002f, 0x0034, 1, CBC128_SHA},
    {0x0035, 0x003a, 1, CBC256_SHA},
    {0x003c, 0x003c, 1, CBC128_SHA256},
    {0x003d, 0x003d, 1, CBC256_SHA256},
    {0x003e, 0x0040, 1, CBC128_SHA256},
    {0x0067, 0x0067, 1, CBC128_SHA256},
    {0x0068, 0x006b, 1, CBC256_SHA256},
    {0x006c, 0x006c, 1, CBC128_SHA256},
    {0x006d, 0x006d, 1, CBC256_SHA256},
    /* RFC 4279, RFC 4785, RFC 5487, RFC 5489: pre-shared keys */
    {0x002c, 0x002e, 1, NONE_SHA},
    {0x008b, 0x0093, 4, DES_SHA},
    {0x008c, 0x0094, 4, CBC128_SHA},
    {0x008d, 0x0095, 4, CBC256_SHA},
    {0x00ae, 0x00b6, 4, CBC128_SHA256},
    {0x00af, 0x00b7, 4, CBC256_SHA384},
    {0x00b0, 0x00b8, 4, NONE_SHA256},
    {0x00b1, 0x00b9, 4, NONE_SHA384},
    {0xc034, 0xc034, 1, DES_SHA},
    {0xc035, 0xc035, 1, CBC128_SHA},
    {0xc036, 0xc036, 1, CBC256_SHA},
    {0xc037, 0xc037, 1, CBC128_SHA256},
    {0xc038, 0xc038, 1, CBC256_SHA384},
    {0xc039, 0xc039, 1, NONE_SHA},
    {0xc03a, 0xc03a, 1, NONE_SHA256},
    {0xc03b, 0xc03b, 1, NONE_SHA384},
    /* RFC 6655, RFC 7251, RFC 8442: CCM */
    {0xc09c, 0xc09e, 2, CCM128},
    {0xc09d, 0xc09f, 2, CCM256},
    {0xc0a0, 0xc0a2, 2, CCM128_8},
    {0xc0a1, 0xc0a3, 2, CCM256_8},
    {0xc0a4, 0xc0a6, 2, CCM128},
    {0xc0a5, 0xc0a7, 2, CCM256},
    {0xc0a8, 0xc0aa, 2, CCM128_8},
    {0xc0a9, 0xc0ab, 2, CCM256_8},
    {0xc0ac, 0xc0ac, 1, CCM128},
    {0xc0ad, 0xc0ad, 1, CCM256},
    {0xc0ae, 0xc0ae, 1, CCM128_8},
    {0xc0af, 0xc0af, 1, CCM256_8},
    {0xd003, 0xd003, 1, CCM128_8},
    {0xd005, 0xd005, 1, CCM128},
};

bool tls_suite_find(uint16_t number, struct tls_suite *suite)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];

        if (number < r->first || number > r->last || (number - r->first) % r->step)
            continue;
        *suite = r->suite;
        return true;
    }
    return false;
}
