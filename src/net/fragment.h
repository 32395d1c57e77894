/* IP fragments: RFC 791 §3.2, RFC 8200 §4.5. */
#ifndef NET_FRAGMENT_H
#define NET_FRAGMENT_H

#include "net/layer.h"

struct fragments;

/* NULL when memory is short. */
struct fragments *fragments_new(void);
void fragments_free(struct fragments *f);

/* A whole IP payload, or the beginning of one whose rest never came.  The
 * octets are valid during the call. */
typedef void fragments_done(void *ctx, struct decoded *whole, const uint8_t *data,
                            uint32_t caplen, uint32_t len);

/* Takes in a fragment.  Calls back when it completes its packet, and for
 * packets that have waited too long. */
void fragments_add(struct fragments *f, const struct decoded *piece, fragments_done *done,
                   void *ctx);

/* At the end of the capture: hands over what has its beginning. */
void fragments_flush(struct fragments *f, fragments_done *done, void *ctx);

#endif
