/* IP fragments: RFC 791 §3.2, RFC 8200 §4.5. */
#ifndef NET_FRAGMENT_H
#define NET_FRAGMENT_H

#include "net/layer.h"

struct fragments;

/* `frames`: whether fragments_frames will be asked.  NULL when memory is short. */
struct fragments *fragments_new(bool frames);
void fragments_free(struct fragments *f);

/* Takes in a fragment.  True when it completes its packet: *whole then has the
 * packet's addresses, summed lengths and protocol, and its payload, valid until
 * the next call of any function here but with *whole's own payload, which may
 * be a fragment again. */
bool fragments_add(struct fragments *f, const struct decoded *piece, struct decoded *whole);

/* Lets go the packet that has waited longest, if it has waited too long at
 * time `now` or if there are too many.  True: *whole is as above, cut short
 * (caplen < len); of a packet without its beginning caplen is 0. */
bool fragments_expire(struct fragments *f, int64_t now, struct decoded *whole);

/* When the next one will have waited too long, INT64_MAX if none waits. */
int64_t fragments_deadline(const struct fragments *f);

/* At the end of the capture: as fragments_expire, of all. */
bool fragments_flush(struct fragments *f, struct decoded *whole);

/* The frames of the fragments of which the packet handed over last was made; how
 * many.  They may be fewer than there were: their number is bounded. */
size_t fragments_frames(const struct fragments *f, const uint64_t **frames);

#endif
