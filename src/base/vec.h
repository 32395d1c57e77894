/* A vector: a growing array.  VEC(struct message) messages; all zero is an
 * empty one; items are messages.v[0] to messages.v[messages.n - 1]. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>

#define VEC(type) \
    struct { \
        type *v; \
        size_t n, room; \
    }

/* Makes room for one item more and evaluates to its address (not cleared), or
 * to NULL when memory is short.  May move the items. */
#define vec_add(vec) \
    (vec_reserve((void **)&(vec)->v, &(vec)->room, (vec)->n + 1, sizeof *(vec)->v) \
         ? &(vec)->v[(vec)->n++] \
         : NULL)

#define vec_free(vec) \
    do { \
        vec_release((void **)&(vec)->v); \
        (vec)->n = (vec)->room = 0; \
    } while (0)

/* Grows *v to at least `want` items of `size` octets; false (nothing changed)
 * when memory is short.  Used through vec_add. */
bool vec_reserve(void **v, size_t *room, size_t want, size_t size);
void vec_release(void **v);

#endif
