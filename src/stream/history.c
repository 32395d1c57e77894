/* How many octets a stream had in each second of UTC: streams of a call are put together
 * when the capture has ended, and then their fullest second is asked for, which is the
 * same wherever the capture begins.
 *
 * Most seconds are as the one before, or differ in the number of packets alone, all of
 * one size: a second is written as what changed, and costs an octet or two where
 * anything did, four where packets have several sizes. */
#include <math.h>
#include <stdlib.h>

#include "stream/alone.h"

static const int64_t SECOND = 1000000000;

/* More than an hour of seconds that all differ. */
enum { MOST_OCTETS = 32 * 1024, LEAST_ROOM = 24, MOST_OF_A_SECOND = 64 };

/* A second is a number of seven bits an octet, least first, whose last two bits say
 * what it is, and what follows it in the same form. */
enum kind {
    AS_BEFORE,     /* so many seconds as the one before; nothing */
    IN_PROPORTION, /* change of headers, all else by the same share; nothing */
    NEW_PAYLOAD,   /* the same but for the payload: change of it */
    ALL_NEW,       /* so many seconds without packets came before: change at each level */
};

/* Of a second: payload, and what each level adds to the one before. */
struct part {
    uint32_t of[LEVELS];
};
enum { PAYLOAD, HEADERS };

struct history {
    uint32_t before[LEVELS]; /* octets up to this second, modulo 2^32 */
    struct part last;        /* of the second that was written last */
    int64_t next;            /* the second behind it */
    uint32_t same;           /* such seconds more, not yet written */
    uint32_t n, room;
    bool lost;               /* they found no room */
    uint8_t octets[];
};

int64_t history_second(int64_t time)
{
    return time / SECOND - (time % SECOND < 0);
}

int64_t history_second_end(int64_t time)
{
    return (history_second(time) + 1) * SECOND;
}

/* ---- writing -------------------------------------------------------------------- */

struct words {
    uint8_t octets[MOST_OF_A_SECOND];
    uint32_t n;
};

static void put(struct words *w, uint64_t x)
{
    for (; x > 0x7f; x >>= 7)
        w->octets[w->n++] = (uint8_t)(x | 0x80);
    w->octets[w->n++] = (uint8_t)x;
}

static void put_kind(struct words *w, enum kind kind, uint64_t x)
{
    put(w, x << 2 | kind);
}

/* Small ones of either sign become small numbers. */
static uint64_t folded(uint32_t to, uint32_t from)
{
    int64_t change = (int64_t)to - from;

    return change < 0 ? (uint64_t)(-change) * 2 - 1 : (uint64_t)change * 2;
}

static uint32_t changed(uint32_t from, uint64_t x)
{
    return (uint32_t)(x & 1 ? from - (x + 1) / 2 : from + x / 2);
}

/* As much of `last` as of its headers are there now; 0 where it had none. */
static uint32_t share(const struct part *last, unsigned level, uint32_t headers)
{
    uint32_t all = last->of[HEADERS];

    return all ? (uint32_t)((uint64_t)last->of[level] * headers / all) : 0;
}

static enum kind kind_of(const struct part *now, const struct part *last, bool follows)
{
    uint32_t headers = now->of[HEADERS];

    if (!follows || !last->of[HEADERS])
        return ALL_NEW;
    if (memcmp(now, last, sizeof *now) == 0)
        return AS_BEFORE;
    for (unsigned level = HEADERS + 1; level < LEVELS; level++)
        if (share(last, level, headers) != now->of[level])
            return ALL_NEW;
    return share(last, PAYLOAD, headers) == now->of[PAYLOAD] ? IN_PROPORTION : NEW_PAYLOAD;
}

/* Nothing while the seconds are the same. */
static void write_second(struct history *h, struct words *w, const struct part *now,
                         int64_t second)
{
    enum kind kind = kind_of(now, &h->last, second == h->next);

    if (kind == AS_BEFORE) {
        h->same++;
        return;
    }
    if (h->same)
        put_kind(w, AS_BEFORE, h->same);
    h->same = 0;
    if (kind == ALL_NEW) {
        put_kind(w, kind, (uint64_t)(second - h->next));
        for (unsigned level = 0; level < LEVELS; level++)
            put(w, folded(now->of[level], h->last.of[level]));
        return;
    }
    put_kind(w, kind, folded(now->of[HEADERS], h->last.of[HEADERS]));
    if (kind == NEW_PAYLOAD)
        put(w, folded(now->of[PAYLOAD], share(&h->last, PAYLOAD, now->of[HEADERS])));
}

/* What was counted since the second before. */
static struct part take(struct history *h, const uint64_t octets[LEVELS])
{
    struct part now;
    uint32_t below = 0;

    for (unsigned level = 0; level < LEVELS; level++) {
        uint32_t n = (uint32_t)octets[level] - h->before[level];

        now.of[level] = n - below;
        below = n;
        h->before[level] = (uint32_t)octets[level];
    }
    return now;
}

static struct history *begin(struct stream *s, int64_t second)
{
    if (second != history_second(s->start))
        return NULL; /* memory was short when the first one ended */
    s->history = calloc(1, sizeof *s->history + LEAST_ROOM);
    if (!s->history)
        return NULL;
    s->history->room = LEAST_ROOM;
    s->history->next = second;
    return s->history;
}

static bool append(struct stream *s, const struct words *w)
{
    struct history *h = s->history, *more;
    uint32_t room = h->room;

    while (room < h->n + w->n)
        room *= 2;
    if (room > MOST_OCTETS)
        return false;
    if (room > h->room) {
        more = realloc(h, sizeof *h + room);
        if (!more)
            return false;
        h = s->history = more;
        h->room = room;
    }
    memcpy(h->octets + h->n, w->octets, w->n);
    h->n += w->n;
    return true;
}

void history_note(struct stream *s, int64_t second)
{
    struct history *h = s->history ? s->history : begin(s, second);
    struct words w = {.n = 0};
    struct part now;

    if (!h || h->lost)
        return;
    now = take(h, s->octets);
    write_second(h, &w, &now, second);
    h->last = now;
    h->next = second + 1;
    if (!append(s, &w))
        s->history->lost = true;
}

/* ---- reading -------------------------------------------------------------------- */

struct share { /* of a second's octets */
    int64_t second;
    uint32_t octets[LEVELS];
};
struct shares {
    VEC(struct share) list;
    bool unknown;
};

static void add_share(struct shares *all, const struct part *part, int64_t second)
{
    struct share *x = vec_add(&all->list);
    uint32_t octets = 0;

    if (!x) {
        all->unknown = true;
        return;
    }
    x->second = second;
    for (unsigned level = 0; level < LEVELS; level++)
        x->octets[level] = octets += part->of[level];
}

struct reading {
    const struct history *h;
    size_t at;
    struct part now;
    int64_t second; /* the next one */
};

static uint64_t get(struct reading *r)
{
    uint64_t x = 0;
    unsigned shift = 0;

    while (r->h->octets[r->at] & 0x80) {
        x |= (uint64_t)(r->h->octets[r->at++] & 0x7f) << shift;
        shift += 7;
    }
    return x | (uint64_t)r->h->octets[r->at++] << shift;
}

static void add_same(struct shares *all, struct reading *r, uint64_t n)
{
    for (; n && !all->unknown; n--)
        add_share(all, &r->now, r->second++);
}

static void read_change(struct reading *r, enum kind kind, uint64_t x)
{
    struct part last = r->now;

    if (kind == ALL_NEW) {
        r->second += (int64_t)x;
        for (unsigned level = 0; level < LEVELS; level++)
            r->now.of[level] = changed(last.of[level], get(r));
        return;
    }
    r->now.of[HEADERS] = changed(last.of[HEADERS], x);
    for (unsigned level = 0; level < LEVELS; level++)
        if (level != HEADERS)
            r->now.of[level] = share(&last, level, r->now.of[HEADERS]);
    if (kind == NEW_PAYLOAD)
        r->now.of[PAYLOAD] = changed(r->now.of[PAYLOAD], get(r));
}

static void add_history(struct shares *all, const struct history *h, int64_t first)
{
    struct reading r = {.h = h, .second = first};

    all->unknown = all->unknown || h->lost;
    while (r.at < h->n && !all->unknown) {
        uint64_t x = get(&r);
        enum kind kind = x & 3;

        if (kind == AS_BEFORE) {
            add_same(all, &r, x >> 2);
            continue;
        }
        read_change(&r, kind, x >> 2);
        add_same(all, &r, 1);
    }
    add_same(all, &r, h->same);
}

static void add_stream(struct shares *all, const struct stream *s)
{
    int64_t second = history_second(s->start);
    struct part part;
    uint64_t below = 0;

    if (s->history) {
        add_history(all, s->history, second);
        return;
    }
    for (unsigned level = 0; level < LEVELS; level++) {
        part.of[level] = (uint32_t)(s->octets[level] - below);
        below = s->octets[level];
    }
    all->unknown = all->unknown || second != history_second(s->end);
    add_share(all, &part, second);
}

static int by_second(const void *pa, const void *pb)
{
    const struct share *a = pa, *b = pb;

    return a->second < b->second ? -1 : a->second > b->second;
}

/* The first `first` are in order, as are those behind them; false when memory is short. */
static bool merge(struct shares *all, size_t first)
{
    struct share *v = all->list.v, *head = first ? malloc(first * sizeof *head) : NULL;
    size_t h = 0, rest = first;

    if (!head)
        return false;
    memcpy(head, v, first * sizeof *head);
    for (size_t i = 0; h < first; i++) {
        bool next = rest < all->list.n && v[rest].second < head[h].second;

        v[i] = next ? v[rest++] : head[h++];
    }
    free(head);
    return true;
}

/* The first stream's `first` come before those of others.  Most calls have two streams. */
static void put_in_order(struct shares *all, size_t first, size_t streams)
{
    if (streams == 1 || (streams == 2 && merge(all, first)))
        return;
    qsort(all->list.v, all->list.n, sizeof *all->list.v, by_second);
}

static void peak_of(const struct shares *all, double kbps[LEVELS])
{
    uint64_t sum[LEVELS] = {0}, most[LEVELS] = {0};

    for (size_t i = 0; i < all->list.n; i++) {
        const struct share *x = &all->list.v[i];
        bool goes_on = i && x->second == x[-1].second;

        for (unsigned level = 0; level < LEVELS; level++) {
            sum[level] = (goes_on ? sum[level] : 0) + x->octets[level];
            most[level] = sum[level] > most[level] ? sum[level] : most[level];
        }
    }
    for (unsigned level = 0; level < LEVELS; level++)
        kbps[level] = (double)most[level] * 8 / 1000;
}

struct stream_rates stream_peak_together(struct stream_table *t, const uint32_t *numbers,
                                         size_t count)
{
    double peak[LEVELS] = {NAN, NAN, NAN, NAN};
    struct shares all = {0};
    struct stream room;
    size_t first = 0;

    for (size_t i = 0; i < count && !all.unknown; i++) {
        add_stream(&all, stream_counted(stream_at(t, numbers[i]), &room));
        first = i ? first : all.list.n;
    }
    if (!all.unknown && all.list.n) {
        put_in_order(&all, first, count);
        peak_of(&all, peak);
    }
    vec_free(&all.list);
    return (struct stream_rates){peak[0], peak[1], peak[2], peak[3]};
}
