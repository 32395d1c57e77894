/* A TLS handshake message on its way through records: RFC 8446 §4. */
#ifndef NET_TLS_MESSAGE_H
#define NET_TLS_MESSAGE_H

#include "base/cursor.h"

enum {
    TLS_CLIENT_HELLO = 1,
    TLS_SERVER_HELLO = 2,
    TLS_END_OF_EARLY_DATA = 5,
    TLS_FINISHED = 20,
    TLS_KEY_UPDATE = 24,
};

/* All zero: none has begun. */
struct tls_message {
    uint8_t head[4], head_n; /* type and length, and how much of them there is */
    uint32_t left;           /* octets of the body to come */
    uint8_t *body;           /* of a ClientHello or ServerHello, NULL of others */
    uint32_t n;
};

/* Takes octets of handshake messages, which need not end where a record does.
 * True when one is whole: its type is head[0]; tls_message_forget() before the
 * next.  False when all octets are taken. */
bool tls_message_next(struct tls_message *message, struct cursor *at);

void tls_message_forget(struct tls_message *message);

#endif
