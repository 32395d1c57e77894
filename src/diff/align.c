#include "diff/align.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

enum { WINDOW = 512 };

struct window {
    const uint64_t *a, *b;
    size_t a_count, b_count;
    uint16_t (*length)[WINDOW + 1]; /* of the longest common subsequence from there on */
};

static size_t least(size_t x, size_t y)
{
    return x < y ? x : y;
}

static void measure(struct window *w, size_t na, size_t nb)
{
    for (size_t i = 0; i <= na; i++)
        w->length[i][nb] = 0;
    for (size_t j = 0; j <= nb; j++)
        w->length[na][j] = 0;
    for (size_t i = na; i-- > 0;)
        for (size_t j = nb; j-- > 0;) {
            uint16_t down = w->length[i + 1][j], right = w->length[i][j + 1];

            if (w->a[i] == w->b[j])
                w->length[i][j] = (uint16_t)(w->length[i + 1][j + 1] + 1);
            else
                w->length[i][j] = down > right ? down : right;
        }
}

/* Matches one window's worth from (i, j) on; where more follows, only half of it
 * is settled, because what is beyond may change the rest. */
static void settle(struct window *w, size_t *at_a, size_t *at_b, size_t a_count, size_t b_count,
                   uint32_t *match)
{
    size_t na = least(WINDOW, a_count - *at_a), nb = least(WINDOW, b_count - *at_b);
    bool last = *at_a + na == a_count && *at_b + nb == b_count;
    size_t stop = last ? WINDOW + 1 : WINDOW / 2, i = 0, j = 0;

    measure(w, na, nb);
    while (i < na && j < nb && i < stop && j < stop) {
        if (w->a[i] == w->b[j]) {
            match[*at_a + i] = (uint32_t)(*at_b + j);
            i++;
            j++;
        } else if (w->length[i + 1][j] >= w->length[i][j + 1]) {
            i++;
        } else {
            j++;
        }
    }
    if (last)
        i = na;
    *at_a += i;
    *at_b += j;
}

int align_in_order(const uint64_t *a, size_t na, const uint64_t *b, size_t nb, uint32_t *match)
{
    size_t i = 0, j = 0, tail = 0;
    struct window w = {.a = a};

    for (size_t k = 0; k < na; k++)
        match[k] = ALIGN_NONE;
    while (i < na && i < nb && a[i] == b[i]) {
        match[i] = (uint32_t)i;
        i++;
    }
    j = i;
    while (tail < na - i && tail < nb - j && a[na - 1 - tail] == b[nb - 1 - tail]) {
        match[na - 1 - tail] = (uint32_t)(nb - 1 - tail);
        tail++;
    }
    na -= tail;
    nb -= tail;
    if (i == na || j == nb)
        return 0;
    w.length = malloc((WINDOW + 1) * sizeof *w.length);
    if (!w.length)
        return -ENOMEM;
    while (i < na && j < nb) {
        w.a = a + i;
        w.b = b + j;
        settle(&w, &i, &j, na, nb, match);
    }
    free(w.length);
    return 0;
}

struct keyed {
    uint64_t key;
    uint32_t place;
};

static int by_key(const void *pa, const void *pb)
{
    const struct keyed *a = pa, *b = pb;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

static size_t gather(struct keyed *out, const uint64_t *keys, const uint32_t *match, size_t count)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (match[i] == ALIGN_NONE)
            out[n++] = (struct keyed){keys[i], (uint32_t)i};
    if (n)
        qsort(out, n, sizeof *out, by_key);
    return n;
}

int align_by_key(const uint64_t *a, uint32_t *match_a, size_t a_count, const uint64_t *b,
                 uint32_t *match_b, size_t b_count)
{
    struct keyed *ka = malloc((a_count + 1) * sizeof *ka), *kb = malloc((b_count + 1) * sizeof *kb);
    size_t na, nb, i = 0, j = 0;

    if (!ka || !kb) {
        free(ka);
        free(kb);
        return -ENOMEM;
    }
    na = gather(ka, a, match_a, a_count);
    nb = gather(kb, b, match_b, b_count);
    while (i < na && j < nb) {
        if (ka[i].key < kb[j].key) {
            i++;
        } else if (ka[i].key > kb[j].key) {
            j++;
        } else {
            match_a[ka[i].place] = kb[j].place;
            match_b[kb[j].place] = ka[i].place;
            i++;
            j++;
        }
    }
    free(ka);
    free(kb);
    return 0;
}
