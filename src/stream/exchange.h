/* Inside the stream layer: flows on which keys were agreed on. */
#ifndef STREAM_EXCHANGE_H
#define STREAM_EXCHANGE_H

#include "stream/state.h"

struct exchange {
    struct net_addr src, dst;
    uint8_t kind; /* enum rtp_exchange */
};
struct exchanges {
    VEC(struct exchange) list;
    struct table by_flow;
    size_t seen; /* of them, that were there when streams left last (part.c) */
};
void exchanges_add(struct exchanges *x, uint64_t seed, const struct net_addr *src,
                   const struct net_addr *dst, enum rtp_exchange kind);
/* Between the two, whichever began; RTP_KEYS_UNKNOWN: none. */
enum rtp_exchange exchanges_between(const struct exchanges *x, uint64_t seed,
                                    const struct net_addr *a, const struct net_addr *b);
void exchanges_free(struct exchanges *x);

#endif
