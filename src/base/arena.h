/* An arena: many small allocations that are freed together. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct arena_block;

/* All zero is an empty arena. */
struct arena {
    struct arena_block *last;
    size_t used;  /* octets handed out */
};

/* n octets, aligned for any object, or NULL when memory is short.  Freed by
 * arena_free alone. */
void *arena_alloc(struct arena *arena, size_t n);

/* A copy of the slice that lives as long as the arena; empty (p NULL) when
 * memory is short. */
struct slice arena_dup(struct arena *arena, struct slice s);

/* Whether p points into memory that was handed out. */
bool arena_holds(const struct arena *arena, const void *p);

/* Gives all memory back and leaves an empty arena. */
void arena_free(struct arena *arena);

#endif
