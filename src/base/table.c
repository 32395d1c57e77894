#include "base/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/pages.h"

enum { LARGE = 2 * 1024 * 1024 }; /* octets, from which on slots are in huge pages */

static struct table_slot *new_slots(size_t room)
{
    size_t octets = room * sizeof(struct table_slot);

    return octets >= LARGE ? pages_new(octets) : calloc(room, sizeof(struct table_slot));
}

static void free_slots(const struct table *table)
{
    size_t octets = ((size_t)table->mask + 1) * sizeof *table->slots;

    if (octets >= LARGE)
        pages_free(table->slots, octets);
    else
        free(table->slots);
}

static void put(struct table_slot *slots, uint32_t mask, struct table_slot slot)
{
    uint32_t at = slot.hash & mask;

    while (slots[at].item)
        at = (at + 1) & mask;
    slots[at] = slot;
}

static int grow(struct table *table)
{
    size_t room = table->slots ? ((size_t)table->mask + 1) * 2 : 16;
    struct table_slot *slots;

    if (room > (size_t)1 << 31)
        return -ENOMEM;
    slots = new_slots(room);
    if (!slots)
        return -ENOMEM;
    if (table->slots)
        for (size_t i = 0; i <= table->mask; i++)
            if (table->slots[i].item)
                put(slots, (uint32_t)(room - 1), table->slots[i]);
    free_slots(table);
    table->slots = slots;
    table->mask = (uint32_t)(room - 1);
    return 0;
}

int table_put(struct table *table, uint64_t hash, uint32_t item)
{
    /* At most five slots of eight are used: probes stay short. */
    if (!table->slots || (uint64_t)table->used * 8 >= ((uint64_t)table->mask + 1) * 5)
        if (grow(table) < 0)
            return -ENOMEM;
    put(table->slots, table->mask, (struct table_slot){table_fold(hash), item + 1});
    table->used++;
    return 0;
}

/* Moves later items of the same run back over the hole, so that no probe ends
 * too early. */
static void close_hole(struct table *table, uint32_t hole)
{
    uint32_t at = hole;

    for (;;) {
        struct table_slot slot;

        at = (at + 1) & table->mask;
        slot = table->slots[at];
        if (!slot.item)
            break;
        if (((at - slot.hash) & table->mask) < ((at - hole) & table->mask))
            continue;
        table->slots[hole] = slot;
        hole = at;
    }
    table->slots[hole] = (struct table_slot){0, 0};
}

bool table_remove(struct table *table, uint64_t hash, uint32_t item)
{
    uint32_t h = table_fold(hash);

    if (!table->slots)
        return false;
    for (uint32_t at = h & table->mask; table->slots[at].item; at = (at + 1) & table->mask) {
        if (table->slots[at].hash != h || table->slots[at].item != item + 1)
            continue;
        close_hole(table, at);
        table->used--;
        return true;
    }
    return false;
}

void table_clear(struct table *table)
{
    if (table->slots)
        memset(table->slots, 0, ((size_t)table->mask + 1) * sizeof *table->slots);
    table->used = 0;
}

void table_free(struct table *table)
{
    free_slots(table);
    *table = (struct table){0};
}
