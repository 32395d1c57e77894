/* What is remembered of calls and media that were let go: hashes, for a while, so that a
 * straggler is not taken for something new. */
#ifndef ANALYSIS_DEPARTED_H
#define ANALYSIS_DEPARTED_H

#include <stdbool.h>
#include <stdint.h>

struct departed;

/* Remembers each hash for `lasts` (in the unit of `now` below), and so many at most: the
 * oldest is forgotten first.  NULL when memory is short. */
struct departed *departed_new(int64_t lasts, uint32_t most);
void departed_free(struct departed *departed);

/* 0 or -ENOMEM.  `now` never goes back. */
int departed_add(struct departed *departed, uint64_t hash, int64_t now, uint8_t kind);
/* Whether it is remembered; *kind is what was given with it last. */
bool departed_has(const struct departed *departed, uint64_t hash, int64_t now, uint8_t *kind);

#endif
