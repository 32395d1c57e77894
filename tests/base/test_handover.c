/* The hand-over between two threads: in order, nothing lost, both ends can stop. */
#include "base/handover.h"

#include <pthread.h>
#include <stdint.h>

#include "support/suite.h"

enum { ROUNDS = 20000 };

struct batch {
    uint64_t number;
};

static void *make_all(void *ctx)
{
    struct handover *h = ctx;

    for (uint64_t i = 0; i < ROUNDS; i++) {
        struct batch *b = handover_empty(h);

        if (!b)
            return NULL;
        b->number = i;
        handover_give(h);
    }
    handover_end(h);
    return NULL;
}

START_TEST(in_order_and_all)
{
    struct handover *h = handover_new(sizeof(struct batch));
    struct batch *b;
    pthread_t maker;
    uint64_t next = 0;

    ck_assert_ptr_nonnull(h);
    ck_assert_int_eq(pthread_create(&maker, NULL, make_all, h), 0);
    while ((b = handover_take(h))) {
        ck_assert_uint_eq(b->number, next);
        next++;
        handover_return(h);
    }
    ck_assert_uint_eq(next, ROUNDS);
    pthread_join(maker, NULL);
    handover_free(h);
}
END_TEST

/* What was given and not returned. */
START_TEST(how_many_wait)
{
    struct handover *h = handover_new(sizeof(struct batch));

    ck_assert_ptr_nonnull(h);
    ck_assert_uint_eq(handover_waiting(h), 0);
    for (unsigned i = 1; i <= 3; i++) {
        ck_assert_ptr_nonnull(handover_empty(h));
        handover_give(h);
        ck_assert_uint_eq(handover_waiting(h), i);
    }
    ck_assert_ptr_nonnull(handover_take(h));
    ck_assert_uint_eq(handover_waiting(h), 3);
    handover_return(h);
    ck_assert_uint_eq(handover_waiting(h), 2);
    handover_free(h);
}
END_TEST

/* A taker that wants no more does not leave the maker waiting. */
START_TEST(the_taker_stops)
{
    struct handover *h = handover_new(sizeof(struct batch));
    pthread_t maker;

    ck_assert_int_eq(pthread_create(&maker, NULL, make_all, h), 0);
    for (int i = 0; i < 100; i++) {
        ck_assert_ptr_nonnull(handover_take(h));
        handover_return(h);
    }
    handover_stop(h);
    pthread_join(maker, NULL);
    handover_free(h);
}
END_TEST

START_TEST(nothing_came)
{
    struct handover *h = handover_new(sizeof(struct batch));

    handover_end(h);
    ck_assert_ptr_null(handover_take(h));
    handover_free(h);
    handover_free(NULL);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("handover");

    tcase_add_test(t, in_order_and_all);
    tcase_add_test(t, how_many_wait);
    tcase_add_test(t, the_taker_stops);
    tcase_add_test(t, nothing_came);
    return run_suite("handover", t);
}
