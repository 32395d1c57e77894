#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

#include "base/pages.h"
#include "base/sanitized.h"

/* Most vectors are small, and there are many: most never get a second item, and an
 * ordinary call has three transactions and seven or eight messages. */
static const size_t first_rooms[] = {1, 3, 8};

/* So many octets (half a huge page, of which all becomes room) lie in huge pages, which move to
 * a larger place without being copied, and are cleared by the system in one go.  A checker is
 * to know of each item. */
static bool is_large(size_t octets)
{
#ifdef SANITIZED_ADDRESSES
    (void)octets;
    return false;
#else
    return octets >= 1024 * 1024;
#endif
}

/* The items in new memory. */
static void *copy(const void *v, size_t had, size_t octets)
{
    void *to = is_large(octets) ? pages_new(octets) : malloc(octets);

    if (to && had)
        memcpy(to, v, had);
    return to;
}

/* From `had` octets of its own to so many. */
static void *resize(void *v, size_t had, size_t octets)
{
    void *to;

    if (!is_large(octets))
        return realloc(v, octets);
    if (is_large(had))
        return pages_grow(v, had, octets);
    to = copy(v, had, octets);
    if (to)
        free(v);
    return to;
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
    if (grown > SIZE_MAX / 2 / size)
        return false;
    if (is_large(grown * size))
        grown = pages_room(grown * size) / size;
    moved = *room & VEC_LENT ? copy(*v, had * size, grown * size)
                             : resize(*v, had * size, grown * size);
    if (!moved)
        return false;
    *v = moved;
    *room = grown;
    return true;
}

void vec_release(void **v, size_t room, size_t size)
{
    if (!(room & VEC_LENT) && is_large(room * size))
        pages_free(*v, room * size);
    else if (!(room & VEC_LENT))
        free(*v);
    *v = NULL;
}
