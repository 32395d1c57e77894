/* The keys of one direction of a TLS connection, and records opened with them:
 * RFC 2246, RFC 4346, RFC 5246 §6, RFC 8446 §5 and §7. */
#ifndef NET_TLS_KEYS_H
#define NET_TLS_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/tls_suite.h"

enum {
    TLS_RECORD_HEADER = 5,
    TLS_MAX_FRAGMENT = 16384 + 2048, /* RFC 5246 §6.2.3; TLS 1.3 has less */
    TLS_1_0 = 0x0301,
    TLS_1_1 = 0x0302,
    TLS_1_2 = 0x0303,
    TLS_1_3 = 0x0304,
};

struct tls_keys;

/* What the keys of TLS 1.0 to 1.2 are made of. */
struct tls_secrets {
    uint16_t version;
    struct tls_suite suite;
    bool encrypt_then_mac; /* RFC 7366 */
    uint8_t master[48], client_random[32], server_random[32];
};

/* Whether this build can open records at all. */
bool tls_keys_available(void);

/* The keys with which the server, or the client, seals.  NULL when memory is
 * short or the build cannot. */
struct tls_keys *tls_keys_from_master(const struct tls_secrets *secrets, bool server);

/* Of TLS 1.3: the keys of a traffic secret of n octets. */
struct tls_keys *tls_keys_from_traffic(const struct tls_suite *suite, const uint8_t *secret,
                                       size_t n);
/* Those that follow them after a KeyUpdate (§7.2). */
struct tls_keys *tls_keys_next(const struct tls_keys *keys);

void tls_keys_free(struct tls_keys *keys);

/* Opens a record: header and fragment, n octets together, sent as number
 * `sequence` with these keys.  `out` has room for TLS_MAX_FRAGMENT octets.  The
 * length of the plaintext, with its content type in *type; -1 when the record
 * was not sealed so. */
long tls_keys_open(struct tls_keys *keys, uint64_t sequence, const uint8_t *record, size_t n,
                   uint8_t *out, uint8_t *type);

/* How far the record's number is behind that of the record opened last, where
 * the record says so itself (the explicit nonces of most senders of GCM and
 * CCM count records): 1 for the next one; 0 when it does not. */
uint64_t tls_keys_distance(const struct tls_keys *keys, const uint8_t *record, size_t n);

/* A record passed by that was not opened: TLS 1.0 seals the next one with its
 * last octets. */
void tls_keys_pass(struct tls_keys *keys, const uint8_t *record, size_t n);

#endif
