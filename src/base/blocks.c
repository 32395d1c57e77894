#include "base/blocks.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/pages.h"
#include "base/sanitized.h"

enum {
    LINE = 64,
    FIRST_PIECE = 16 * 1024, /* pieces double, so that little memory is taken for few blocks */
    LARGE_PIECE = 2 * 1024 * 1024, /* from there on they are huge pages */
};

/* Stands at the beginning of a piece, in a line of its own. */
struct blocks_piece {
    struct blocks_piece *before;
    size_t size, used;
};

struct blocks blocks_of(size_t size)
{
    return (struct blocks){.size = (size + LINE - 1) / LINE * LINE};
}

#ifdef SANITIZED_ADDRESSES

/* A checker is to know of each block. */
void *blocks_take(struct blocks *blocks)
{
    return aligned_alloc(LINE, blocks->size);
}

void blocks_give(struct blocks *blocks, void *block)
{
    (void)blocks;
    free(block);
}

void blocks_free(struct blocks *blocks)
{
    (void)blocks;
}

bool blocks_any(const struct blocks *blocks)
{
    (void)blocks;
    return true;
}

#else

bool blocks_any(const struct blocks *blocks)
{
    return blocks->last;
}

static bool add_piece(struct blocks *blocks)
{
    size_t size = blocks->last ? blocks->last->size * 2 : FIRST_PIECE;
    struct blocks_piece *piece;

    if (size > LARGE_PIECE)
        size = LARGE_PIECE;
    piece = size == LARGE_PIECE ? pages_new(size) : aligned_alloc(LINE, size);
    if (!piece)
        return false;
    *piece = (struct blocks_piece){.before = blocks->last, .size = size, .used = LINE};
    blocks->last = piece;
    return true;
}

/* The block after this one is written soon. */
static void ask_for_next(const char *next, size_t size)
{
    for (size_t at = 0; at < size; at += LINE)
        __builtin_prefetch(next + at, 1);
}

void *blocks_take(struct blocks *blocks)
{
    struct blocks_piece *piece = blocks->last;
    void *block = blocks->given_back;

    if (block) {
        memcpy(&blocks->given_back, block, sizeof blocks->given_back);
        return block;
    }
    if (!piece || piece->size - piece->used < blocks->size) {
        if (!add_piece(blocks))
            return NULL;
        piece = blocks->last;
    }
    block = (char *)piece + piece->used;
    piece->used += blocks->size;
    if (piece->size - piece->used >= blocks->size)
        ask_for_next((char *)piece + piece->used, blocks->size);
    return block;
}

void blocks_give(struct blocks *blocks, void *block)
{
    if (!block)
        return;
    memcpy(block, &blocks->given_back, sizeof blocks->given_back);
    blocks->given_back = block;
}

void blocks_free(struct blocks *blocks)
{
    struct blocks_piece *piece = blocks->last;

    while (piece) {
        struct blocks_piece *before = piece->before;

        if (piece->size == LARGE_PIECE)
            pages_free(piece, piece->size);
        else
            free(piece);
        piece = before;
    }
    blocks->last = NULL;
    blocks->given_back = NULL;
}

#endif
