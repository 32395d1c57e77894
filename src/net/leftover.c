#include "net/leftover.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_LEFT = 256 * 1024, /* of one stream */
    FIRST_LEFT = 2048,
    MAX_EFFORT = 4 * 1024 * 1024, /* octets shown in vain before showing is rationed */
};
static const size_t MAX_BUDGET = 16 * 1024 * 1024;

void leftover_free(struct leftover *l, size_t *budget)
{
    free(l->octets);
    *budget -= l->room;
    *l = (struct leftover){0};
}

bool leftover_end(struct leftover *l, size_t *budget, const struct leftover_reader *reader)
{
    bool any = l->n > 0;

    if (any)
        reader->show(reader->ctx, l->octets, l->n, false, true);
    leftover_free(l, budget);
    return any;
}

/* Adds octets to what is left; false when there is no room. */
static bool keep(struct leftover *l, size_t *budget, const uint8_t *data, uint32_t n)
{
    uint32_t room = l->room ? l->room : FIRST_LEFT;
    uint8_t *grown;

    if (n > MAX_LEFT - l->n)
        return false;
    while (room < l->n + n)
        room *= 2;
    if (room > l->room) {
        if (*budget + room - l->room > MAX_BUDGET)
            return false;
        grown = realloc(l->octets, room);
        if (!grown)
            return false;
        *budget += room - l->room;
        l->octets = grown;
        l->room = room;
    }
    memcpy(l->octets + l->n, data, n);
    l->n += n;
    return true;
}

/* Shows what is left, with new octets at its end.  A reader that wants more
 * each time looks through all of it each time: after much of that in vain it
 * is shown only when an eighth has been added. */
static void show_again(struct leftover *l, size_t *budget, const struct leftover_reader *reader)
{
    uint32_t done;

    if (l->effort > MAX_EFFORT && l->n - l->shown < l->shown / 8)
        return;
    done = reader->show(reader->ctx, l->octets, l->n, false, false);
    if (done == l->n) {
        leftover_free(l, budget);
        return;
    }
    if (done) {
        l->effort = 0;
        l->n -= done;
        memmove(l->octets, l->octets + done, l->n);
    }
    l->effort += l->n;
    l->shown = l->n;
}

void leftover_give(struct leftover *l, size_t *budget, const struct leftover_reader *reader,
                   const uint8_t *data, uint32_t n, bool stable)
{
    uint32_t done;

    if (l->n) {
        if (keep(l, budget, data, n)) {
            show_again(l, budget, reader);
            return;
        }
        leftover_end(l, budget, reader);
    }
    done = reader->show(reader->ctx, data, n, stable, false);
    if (done == n)
        return;
    if (keep(l, budget, data + done, n - done))
        l->effort = l->shown = l->n;
    else
        reader->show(reader->ctx, data + done, n - done, stable, true);
}
