/* The order of use, beside a plain array that holds the same. */
#include "net/lru.h"

#include <string.h>

#include "frame.h"
#include "support/suite.h"

enum { ITEMS = 50 };

static uint32_t order[ITEMS]; /* from the oldest */
static size_t count;

static void take_out(uint32_t item)
{
    size_t i = 0;

    while (order[i] != item)
        i++;
    memmove(order + i, order + i + 1, (count - i - 1) * sizeof order[0]);
    count--;
}

static void compare(const struct lru *lru)
{
    uint32_t item = lru->oldest;

    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_eq(item, order[i]);
        item = lru_newer(lru, item);
    }
    ck_assert_uint_eq(item, LRU_NONE);
    ck_assert_uint_eq(lru->newest, count ? order[count - 1] : LRU_NONE);
}

START_TEST(same_as_an_array)
{
    struct lru lru;
    uint32_t random = 1;
    bool in[ITEMS] = {false};

    lru_init(&lru);
    compare(&lru);
    ck_assert(lru_reserve(&lru, ITEMS));
    for (unsigned i = 0; i < 5000; i++) {
        uint32_t item;

        random = random * 1103515245 + 12345;
        item = random / 65536 % ITEMS;
        if (!in[item]) {
            lru_add(&lru, item);
            order[count++] = item;
        } else if (random & 0x8000) {
            lru_touch(&lru, item);
            take_out(item);
            order[count++] = item;
        } else {
            lru_remove(&lru, item);
            take_out(item);
        }
        in[item] = !in[item] || random & 0x8000;
        compare(&lru);
    }
    lru_free(&lru);
}
END_TEST

RUN_TESTS("lru", same_as_an_array)
