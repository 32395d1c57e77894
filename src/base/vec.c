#include "base/vec.h"

#include <stdint.h>
#include <stdlib.h>

/* Most vectors are small, and there are many: most never get a second item, and an
 * ordinary call has three transactions and seven or eight messages. */
static const size_t first_rooms[] = {1, 3, 8};

bool vec_reserve(void **v, size_t *room, size_t want, size_t size)
{
    size_t grown;
    void *moved;

    if (want <= *room)
        return true;
    grown = *room + *room / 2;
    for (size_t i = 0; i < sizeof first_rooms / sizeof first_rooms[0]; i++)
        if (first_rooms[i] > *room) {
            grown = first_rooms[i];
            break;
        }
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
