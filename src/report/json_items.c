/* Owns the long lists of a JSON text: two threads write them, part by part in turns.  What the
 * second one wrote waits, a few parts of it, until the first one has come there, so that the
 * text is the same as that of one.  Where the second one is late, the first one goes on alone. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/handover.h"
#include "report/json.h"

enum {
    MUCH = 4096,  /* so much weight that a thread is worth its start */
    PART = 128,   /* weight of a part, at most but for its last item */
    FEW = 16,     /* parts of a short list */
    HEAVY = 8192, /* more than is kept in memory: the first thread writes it straight on */
};

struct turns {
    const struct json_items *items;
    struct json_task *task;
    size_t most;               /* weight of a part */
    atomic_uint next;          /* part of the second thread, whose numbers are odd */
    struct handover *handover; /* of struct text, from the second thread to the first */
};

struct text {
    char *p; /* NULL: left to the first thread */
    size_t n;
};

struct part {
    uint32_t from, to;
    unsigned number; /* from 0 */
    size_t weight;
};

static struct part part_from(const struct turns *t, uint32_t from, unsigned number)
{
    struct part part = {.from = from, .to = from, .number = number};

    while (part.to < t->items->count && part.weight < t->most)
        part.weight += t->items->weight(t->items->ctx, part.to++);
    return part;
}

static struct part part_behind(const struct turns *t, struct part part)
{
    return part_from(t, part.to, part.number + 1);
}

static bool is_part(const struct turns *t, struct part part)
{
    return part.from < t->items->count;
}

static void write_part(const struct turns *t, struct json *j, struct part part)
{
    for (uint32_t i = part.from; i < part.to; i++)
        t->items->write(t->items->ctx, j, i);
}

/* As if another part stood before. */
static struct text text_of(const struct turns *t, struct json *j, struct part part)
{
    struct text text = {NULL, 0};
    bool failed;

    j->out = part.weight < HEAVY ? open_memstream(&text.p, &text.n) : NULL;
    if (!j->out)
        return (struct text){NULL, 0};
    j->follows = true;
    write_part(t, j, part);
    json_flush(j);
    failed = ferror(j->out) != 0;
    if (fclose(j->out) == 0 && !failed)
        return text;
    free(text.p);
    return (struct text){NULL, 0};
}

/* The second thread. */
static void *make_texts(void *ctx)
{
    struct turns *t = ctx;
    struct json *j = json_new(NULL);
    struct part part;
    struct text *text;

    if (t->task)
        t->task->run(t->task->ctx);
    part = part_from(t, 0, 0);
    while (is_part(t, part) && (text = handover_empty(t->handover))) {
        unsigned number = atomic_fetch_add(&t->next, 2);

        while (part.number < number)
            part = part_behind(t, part);
        *text = j && is_part(t, part) ? text_of(t, j, part) : (struct text){NULL, 0};
        handover_give(t->handover);
    }
    handover_end(t->handover);
    if (j)
        json_free(j);
    return NULL;
}

static void take_text(struct json *j, const struct text *text)
{
    size_t comma = text->n && !j->follows && text->p[0] == ',';

    json_raw_text(j, slice_make(text->p + comma, text->n - comma));
    j->follows = j->follows || text->n;
}

/* Whether the second thread has not begun it, nor will. */
static bool is_left(struct turns *t, struct part part)
{
    unsigned next = part.number;

    return part.number % 2 == 0 ||
           atomic_compare_exchange_strong(&t->next, &next, part.number + 2);
}

static void write_or_take(struct turns *t, struct json *j, struct part part)
{
    struct text *text = is_left(t, part) ? NULL : handover_take(t->handover);

    if (text && text->p)
        take_text(j, text);
    else
        write_part(t, j, part);
    if (!text)
        return;
    free(text->p);
    handover_return(t->handover);
}

static bool write_with_two(struct turns *t, struct json *j)
{
    pthread_t second;

    t->handover = handover_new(sizeof(struct text));
    if (!t->handover || pthread_create(&second, NULL, make_texts, t) != 0) {
        handover_free(t->handover);
        return false;
    }
    for (struct part part = part_from(t, 0, 0); is_part(t, part); part = part_behind(t, part))
        write_or_take(t, j, part);
    pthread_join(second, NULL);
    handover_free(t->handover);
    return true;
}

static bool is_worth_a_thread(size_t weight, unsigned threads)
{
    return threads > 1 || (threads == 0 && weight > MUCH && sysconf(_SC_NPROCESSORS_ONLN) > 1);
}

static size_t weight_of_all(const struct json_items *items)
{
    size_t weight = 0;

    for (uint32_t i = 0; i < items->count; i++)
        weight += items->weight(items->ctx, i);
    return weight;
}

void json_write_items(struct json *j, const struct json_items *items, unsigned threads,
                      struct json_task *task)
{
    size_t weight = threads == 1 ? 0 : weight_of_all(items);
    struct turns t = {.items = items,
                      .task = task,
                      .next = 1,
                      .most = weight / FEW < PART ? weight / FEW + 1 : PART};

    if (items->count > 1 && is_worth_a_thread(weight, threads) && write_with_two(&t, j))
        return;
    if (task)
        task->run(task->ctx);
    write_part(&t, j, (struct part){.to = items->count});
}
