/* TLS over TCP, decrypted where the secrets are known: RFC 5246 (and 2246,
 * 4346), RFC 8446. */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "net/keylog.h"
#include "net/net.h"
#include "net/tls_keys.h"

/* For all connections together. */
struct tls_stage {
    const struct net_sink *sink; /* is told of connections that stay encrypted */
    struct keylog *keys;
    size_t octets; /* of plaintext kept */
    struct net_tls_counts counts;
    uint8_t plain[TLS_MAX_FRAGMENT]; /* scratch: a record's */
};

/* Who reads the plaintext: as tcp_consumer's run. */
struct tls_consumer {
    void *ctx;
    size_t (*run)(void *ctx, unsigned side, const struct datagram *run, bool last);
};

enum tls_opening {
    TLS_OPENING_NO,
    TLS_OPENING_MORE, /* it may be, with more octets */
    TLS_OPENING_YES,
};

/* Whether a record begins here: what tells TLS from other streams, wherever in
 * the stream the capture began. */
enum tls_opening tls_opening(const uint8_t *data, size_t n);

struct tls; /* one connection, both sides */

/* A connection whose first run is that one.  NULL when memory is short. */
struct tls *tls_new(struct tls_stage *stage, const struct datagram *run);
void tls_free(struct tls *tls);

/* Takes octets of a side's stream, as net_sink's stream does, and hands on what
 * is decrypted as NET_TLS.  A run without octets says that some are missing. */
size_t tls_run(struct tls *tls, unsigned side, const struct datagram *run, bool last,
               const struct tls_consumer *consumer);

#endif
