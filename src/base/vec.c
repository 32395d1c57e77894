#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

/* Most vectors are small, and there are many: most never get a second item, and an
 * ordinary call has three transactions and seven or eight messages. */
static const size_t first_rooms[] = {1, 3, 8};

/* The items of lent room, in memory of their own. */
static void *move_out(const void *v, size_t had, size_t octets)
{
    void *moved = malloc(octets);

    if (moved)
        memcpy(moved, v, had);
    return moved;
}

bool vec_reserve(void **v, size_t *room, size_t want, size_t size)
{
    size_t had = *room & ~VEC_LENT, grown = had + had / 2;
    void *moved;

    if (want <= had)
        return true;
    for (size_t i = 0; i < sizeof first_rooms / sizeof first_rooms[0]; i++)
        if (first_rooms[i] > had) {
            grown = first_rooms[i];
            break;
        }
    if (grown < want)
        grown = want;
    if (grown > SIZE_MAX / size)
        return false;
    moved = *room & VEC_LENT ? move_out(*v, had * size, grown * size) : realloc(*v, grown * size);
    if (!moved)
        return false;
    *v = moved;
    *room = grown;
    return true;
}

void vec_release(void **v, size_t room)
{
    if (!(room & VEC_LENT))
        free(*v);
    *v = NULL;
}
