/* TLS secrets as programs log them: the NSS key log format (SSLKEYLOGFILE), in
 * a file of its own or in a pcapng Decryption Secrets Block. */
#ifndef NET_KEYLOG_H
#define NET_KEYLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keylog;

enum keylog_label {
    KEYLOG_CLIENT_RANDOM, /* the master secret of TLS 1.0 to 1.2 */
    KEYLOG_CLIENT_EARLY,  /* of TLS 1.3: RFC 8446 §7.1 */
    KEYLOG_CLIENT_HANDSHAKE,
    KEYLOG_SERVER_HANDSHAKE,
    KEYLOG_CLIENT_TRAFFIC,
    KEYLOG_SERVER_TRAFFIC,
};

enum { KEYLOG_RANDOM = 32, KEYLOG_MAX_SECRET = 64 };

struct keylog_secret {
    uint8_t octets[KEYLOG_MAX_SECRET];
    uint8_t n;
};

/* NULL when memory is short. */
struct keylog *keylog_new(void);
void keylog_free(struct keylog *keys);

/* Takes in the lines of a key log, whole ones; what is no secret that serves
 * (comments, other labels, anything else) is passed over.  How many secrets
 * were found, or -ENOMEM. */
long keylog_add(struct keylog *keys, const char *text, size_t n);

/* The secret of the connection whose ClientHello has that random; where several
 * were logged, the last.  False when there is none. */
bool keylog_find(const struct keylog *keys, enum keylog_label label,
                 const uint8_t random[KEYLOG_RANDOM], struct keylog_secret *secret);

#endif
