/* Notes hashes, and tells which came more than once, or look so: for what few of many have in
 * common.  The many need not be looked up by their keys then. */
#ifndef BASE_NOTED_H
#define BASE_NOTED_H

#include <stdbool.h>
#include <stdlib.h>

#include "base/table.h"

struct noted {
    uint64_t *bits; /* two a hash: it came; it came again */
    uint64_t mask;  /* hashes that are told apart - 1 */
    bool any;       /* one came again */
};

/* For so many hashes; false when memory is short.  noted_close frees in any case. */
static inline bool noted_open(struct noted *noted, size_t items)
{
    enum { FEWEST = 64, SPREAD = 16 }; /* told apart: at least, and for each of them */
    size_t hashes = FEWEST;

    while (hashes < items * SPREAD)
        hashes *= 2;
    *noted = (struct noted){.bits = calloc(hashes / 32, sizeof *noted->bits), .mask = hashes - 1};
    return noted->bits;
}

static inline void noted_close(struct noted *noted)
{
    free(noted->bits);
}

/* Asks for the memory that noted_add or noted_again of that hash reads. */
static inline void noted_ask(const struct noted *noted, uint64_t hash)
{
    __builtin_prefetch(&noted->bits[(table_fold(hash) & noted->mask) / 32], 1);
}

static inline void noted_add(struct noted *noted, uint64_t hash)
{
    uint64_t at = table_fold(hash) & noted->mask, *word = &noted->bits[at / 32];
    unsigned shift = at % 32 * 2;
    uint64_t came = *word >> shift & 1;

    noted->any = noted->any || came;
    *word |= (1 + came) << shift;
}

/* Whether it may have come more than once: false is certain. */
static inline bool noted_again(const struct noted *noted, uint64_t hash)
{
    uint64_t at = table_fold(hash) & noted->mask;

    return noted->bits[at / 32] >> (at % 32 * 2 + 1) & 1;
}

#endif
