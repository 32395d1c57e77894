/* Blocks of one size, cut from large pieces of memory, so that blocks which were
 * asked for one after another are neighbours, and share pages. */
#ifndef BASE_BLOCKS_H
#define BASE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

struct blocks_piece;

struct blocks {
    size_t size;               /* of a block, in octets */
    struct blocks_piece *last; /* pieces, the newest first */
    void *given_back;          /* blocks, each of which begins with the address of the next */
};

/* None yet, of blocks that have room for `size` octets. */
struct blocks blocks_of(size_t size);

/* A block, not cleared, that begins with a line of the cache; NULL when memory is short. */
void *blocks_take(struct blocks *blocks);
/* Gives a block back, to be taken again; NULL is nothing. */
void blocks_give(struct blocks *blocks, void *block);

/* Whether one may have been taken and not been given back. */
bool blocks_any(const struct blocks *blocks);

/* Lets go of all memory.  Every block must have been given back, or be of no use any more. */
void blocks_free(struct blocks *blocks);

#endif
