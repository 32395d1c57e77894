#include "base/vec.h"

#include <stdint.h>
#include <stdlib.h>

bool vec_reserve(void **v, size_t *room, size_t want, size_t size)
{
    size_t grown;
    void *moved;

    if (want <= *room)
        return true;
    /* The first item has room for itself alone: most small vectors never get
     * a second one. */
    grown = *room < 8 ? *room * 2 : *room + *room / 2;
    if (*room && grown < 4)
        grown = 4;
    if (grown < want)
        grown = want;
    if (grown > SIZE_MAX / size)
        return false;
    moved = realloc(*v, grown * size);
    if (!moved)
        return false;
    *v = moved;
    *room = grown;
    return true;
}

void vec_release(void **v)
{
    free(*v);
    *v = NULL;
}
