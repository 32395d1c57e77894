/* ClientHello and ServerHello: what a TLS handshake says in clear (RFC 8446
 * §4.1, RFC 5246 §7.4.1). */
#ifndef NET_TLS_HELLO_H
#define NET_TLS_HELLO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct tls_client_hello {
    uint8_t random[32];
    struct slice server_name; /* RFC 6066 §3, empty: none */
    struct slice protocol;    /* the first of ALPN (RFC 7301), empty: none */
};

struct tls_server_hello {
    uint16_t version, suite;
    uint8_t compression;
    uint8_t random[32];
    bool encrypt_then_mac;
    bool retry;            /* a HelloRetryRequest */
    struct slice protocol; /* chosen; TLS 1.3 says it encrypted */
};

/* The body of the handshake message, n octets; slices are of it.  False when it
 * is none: cut short or malformed. */
bool tls_read_client_hello(struct tls_client_hello *hello, const uint8_t *body, size_t n);
bool tls_read_server_hello(struct tls_server_hello *hello, const uint8_t *body, size_t n);

#endif
