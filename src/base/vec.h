/* A vector: a growing array.  VEC(struct message) messages; all zero is an
 * empty one; items are messages.v[0] to messages.v[messages.n - 1].
 *
 * Its first items may lie in room that somebody else has (vec_lend), beside what is read
 * together with them. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A bit of `room`: it is somebody else's. */
#define VEC_LENT (SIZE_MAX / 2 + 1)

#define VEC(type) \
    struct { \
        type *v; \
        size_t n, room; \
    }

/* Makes room for one item more and evaluates to its address (not cleared), or
 * to NULL when memory is short.  May move the items. */
#define vec_add(vec) \
    ((vec)->n < ((vec)->room & ~VEC_LENT) || \
             vec_reserve((void **)&(vec)->v, &(vec)->room, (vec)->n + 1, sizeof *(vec)->v) \
         ? &(vec)->v[(vec)->n++] \
         : NULL)

/* Makes an empty vector of room for `count` items that is there as long as the vector; it
 * moves out when it grows beyond. */
#define vec_lend(vec, items, count) \
    ((vec)->v = (items), (vec)->n = 0, (vec)->room = (count) | VEC_LENT)

#define vec_free(vec) \
    do { \
        vec_release((void **)&(vec)->v, (vec)->room, sizeof *(vec)->v); \
        (vec)->n = (vec)->room = 0; \
    } while (0)

/* Grows *v to at least `want` items of `size` octets; false (nothing changed)
 * when memory is short.  Used through vec_add. */
bool vec_reserve(void **v, size_t *room, size_t want, size_t size);
/* Frees what vec_reserve gave.  Used through vec_free. */
void vec_release(void **v, size_t room, size_t size);

#endif
