#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

struct arena_block {
    struct arena_block *before;
    size_t size, used;
    alignas(max_align_t) unsigned char octets[];
};

enum { FIRST_BLOCK = 512, LARGEST_BLOCK = 64 * 1024 };

/* Blocks double up to a limit, so a call with one short string stays small
 * and one with a thousand messages does not ask malloc for each. */
static struct arena_block *add_block(struct arena *arena, size_t n)
{
    size_t size = arena->last ? arena->last->size * 2 : FIRST_BLOCK;
    struct arena_block *block;

    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    if (size < n)
        size = n;
    if (size > SIZE_MAX - sizeof *block)
        return NULL;
    block = malloc(sizeof *block + size);
    if (!block)
        return NULL;
    block->before = arena->last;
    block->size = size;
    block->used = 0;
    arena->last = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t n)
{
    const size_t align = alignof(max_align_t);
    struct arena_block *block = arena->last;
    void *p;

    if (n > SIZE_MAX - align)
        return NULL;
    n = (n + align - 1) / align * align;
    if (!block || block->size - block->used < n)
        block = add_block(arena, n);
    if (!block)
        return NULL;
    p = block->octets + block->used;
    block->used += n;
    arena->used += n;
    return p;
}

struct slice arena_dup(struct arena *arena, struct slice s)
{
    char *copy = arena_alloc(arena, s.n ? s.n : 1);

    if (!copy)
        return SLICE_EMPTY;
    if (s.n)
        memcpy(copy, s.p, s.n);
    return slice_make(copy, s.n);
}

bool arena_holds(const struct arena *arena, const void *p)
{
    const unsigned char *at = p;

    for (const struct arena_block *b = arena->last; b; b = b->before)
        if (at >= b->octets && at < b->octets + b->used)
            return true;
    return false;
}

void arena_free(struct arena *arena)
{
    struct arena_block *block = arena->last;

    while (block) {
        struct arena_block *before = block->before;

        free(block);
        block = before;
    }
    *arena = (struct arena){0};
}
