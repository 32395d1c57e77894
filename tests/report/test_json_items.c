/* Long lists of JSON: what two threads write in turns is what one writes. */
#include <stdlib.h>

#include "report/json.h"
#include "support/suite.h"

enum { MOST = 3000 };

/* Items of all weights, some of which write nothing. */
struct list {
    uint32_t count;
    size_t weights[MOST];
    bool chosen[MOST];
    bool lines; /* NDJSON */
};

static size_t weight(const void *ctx, uint32_t i)
{
    return ((const struct list *)ctx)->weights[i];
}

static void write_item(const void *ctx, struct json *j, uint32_t i)
{
    const struct list *list = ctx;

    if (!list->chosen[i])
        return;
    if (list->lines) {
        j->follows = false;
        json_open(j, NULL);
    } else {
        json_open_line(j);
    }
    json_count(j, "n", i);
    json_list(j, "of");
    for (size_t k = 0; k < list->weights[i] && k < 100; k++)
        json_count(j, NULL, k);
    json_end(j);
    json_close(j);
    if (list->lines)
        json_raw(j, "\n");
}

static void note_done(void *ctx)
{
    ++*(unsigned *)ctx;
}

/* The whole document, and something else done besides. */
static char *written(const struct list *list, unsigned threads)
{
    struct json_items items = {list->count, weight, write_item, list};
    unsigned done = 0;
    struct json_task task = {note_done, &done};
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    struct json *j = json_new(file);

    ck_assert_ptr_nonnull(j);
    if (!list->lines)
        json_list(j, NULL);
    json_write_items(j, &items, threads, &task);
    ck_assert_uint_eq(done, 1);
    if (!list->lines)
        json_end(j);
    json_free(j);
    fclose(file);
    return text;
}

static void same_at_any_number(const struct list *list)
{
    char *one = written(list, 1);

    for (unsigned threads = 0; threads <= 3; threads++) {
        char *more = written(list, threads);

        ck_assert_str_eq(one, more);
        free(more);
    }
    free(one);
}

static void all_forms(struct list *list)
{
    list->lines = false;
    same_at_any_number(list);
    list->lines = true;
    same_at_any_number(list);
}

static struct list *list_of(uint32_t count, size_t weight_of_each)
{
    struct list *list = calloc(1, sizeof *list);

    ck_assert_ptr_nonnull(list);
    list->count = count;
    for (uint32_t i = 0; i < count; i++) {
        list->weights[i] = weight_of_each;
        list->chosen[i] = true;
    }
    return list;
}

START_TEST(by_hand)
{
    struct list *list = list_of(3, 1);
    char *text;

    list->chosen[0] = false;
    text = written(list, 2);
    ck_assert_str_eq(text, "[\n{\"n\":1,\"of\":[0]},\n{\"n\":2,\"of\":[0]}]");
    free(text);
    list->lines = true;
    text = written(list, 2);
    ck_assert_str_eq(text, "{\"n\":1,\"of\":[0]}\n{\"n\":2,\"of\":[0]}\n");
    free(text);
    free(list);
}
END_TEST

START_TEST(any_length)
{
    for (uint32_t count = 0; count < 40; count++) {
        struct list *list = list_of(count, 1 + count % 3);

        all_forms(list);
        free(list);
    }
}
END_TEST

/* Of a part that is too heavy to wait in memory the second thread makes no text. */
START_TEST(long_and_heavy)
{
    struct list *list = list_of(MOST, 5);

    all_forms(list);
    for (uint32_t i = 0; i < MOST; i += 7)
        list->weights[i] = i % 2 ? 100000 : 0;
    all_forms(list);
    free(list);
}
END_TEST

/* Nothing comes before the first item that is chosen, whoever writes it. */
START_TEST(few_are_chosen)
{
    struct list *list = list_of(MOST, 20);

    for (uint32_t only = 0; only < MOST; only += 97) {
        for (uint32_t i = 0; i < MOST; i++)
            list->chosen[i] = i == only || i == only + 900;
        all_forms(list);
    }
    for (uint32_t i = 0; i < MOST; i++)
        list->chosen[i] = false;
    all_forms(list);
    free(list);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("json_items");

    tcase_add_test(t, by_hand);
    tcase_add_test(t, any_length);
    tcase_add_test(t, long_and_heavy);
    tcase_add_test(t, few_are_chosen);
    return run_suite("json_items", t);
}
