/* Sequence numbers: RFC 3550 A.1 and A.3.
 *
 * Numbers are extended against the highest so far.  A window of bits remembers
 * which of the last ones arrived: it tells duplicates from reordered packets,
 * and feeds each number, once it can no longer arrive late, to the account of
 * losses.
 *
 * A number that is far from the highest is a stray, and not believed, until
 * the next one follows it: then the sender has begun anew, and what is expected
 * is the sum of both parts.  A jump that media time explains (an outage) never
 * comes here as one: its caller asks sequence_add. */
#include <stdlib.h>

#include "stream/state.h"

enum {
    MAX_DROPOUT = 3000, /* A.1 */
    MAX_MISORDER = 100,
    STEADY_DROPOUT = 100, /* where media time tells more */
    WORD = 64,
};

static bool bit(const uint64_t *bits, int64_t n)
{
    return bits[(uint64_t)n % WINDOW / 64] >> ((uint64_t)n % 64) & 1;
}

static void set(uint64_t *bits, int64_t n)
{
    bits[(uint64_t)n % WINDOW / 64] |= (uint64_t)1 << ((uint64_t)n % 64);
}

/* The number leaves the window: it is lost unless it has arrived. */
static void settle(struct sequence *s, int64_t n)
{
    uint64_t mask = (uint64_t)1 << ((uint64_t)n % 64);
    uint64_t *seen = &s->seen[(uint64_t)n % WINDOW / 64];

    if (s->discarded && s->discarded[(uint64_t)n % WINDOW / 64] & mask)
        loss_discarded(&s->loss);
    else if (*seen & mask)
        loss_received(&s->loss, 1);
    else
        loss_lost(&s->loss, 1);
    *seen &= ~mask;
    if (s->discarded)
        s->discarded[(uint64_t)n % WINDOW / 64] &= ~mask;
}

/* Up to 64 numbers, those of one word of the window below `stop`, run by run: all
 * that arrived or that did not, one after the other. */
static void settle_word(struct sequence *s, int64_t stop)
{
    uint64_t *seen = &s->seen[(uint64_t)s->floor % WINDOW / WORD];
    unsigned at = (unsigned)((uint64_t)s->floor % WORD);
    unsigned end = stop - s->floor < WORD - at ? at + (unsigned)(stop - s->floor) : WORD;

    s->floor += end - at;
    while (at < end) {
        bool arrived = *seen >> at & 1;
        uint64_t change = (arrived ? ~*seen : *seen) >> at;
        unsigned run = change ? (unsigned)__builtin_ctzll(change) : WORD;

        if (run > end - at)
            run = end - at;
        if (arrived)
            loss_received(&s->loss, run);
        else
            loss_lost(&s->loss, run);
        at += run;
    }
    *seen = end == WORD ? 0 : *seen >> end << end;
}

/* All below `stop`, which are in the window. */
static void settle_below(struct sequence *s, int64_t stop)
{
    while (s->floor < stop)
        if (s->discarded && s->discarded[(uint64_t)s->floor % WINDOW / WORD])
            settle(s, s->floor++);
        else
            settle_word(s, stop);
}

/* The least number that fits the window beside n, which moves by whole words. */
static int64_t floor_beside(int64_t n)
{
    return n / WORD * WORD + WORD - WINDOW;
}

/* Makes room in the window for numbers up to n. */
static void move_window(struct sequence *s, int64_t n)
{
    int64_t floor = floor_beside(n), stop = floor < s->highest + 1 ? floor : s->highest + 1;

    settle_below(s, stop);
    if (s->floor < floor) { /* a jump past the whole window */
        loss_lost(&s->loss, (uint64_t)(floor - s->floor));
        s->floor = floor;
    }
}

static void begin(struct sequence *s, uint16_t number)
{
    s->highest = s->lowest = s->floor = (int64_t)number + 65536;
    set(s->seen, s->highest);
}

void sequence_start(struct sequence *s, uint16_t number)
{
    *s = (struct sequence){.received = 1};
    begin(s, number);
}

/* Older than the first packet: the window opens downwards while it has room. */
static bool extend_down(struct sequence *s, int64_t n)
{
    if (s->floor > s->lowest || n < floor_beside(s->highest))
        return false;
    s->floor = n;
    return true;
}

bool sequence_is_jump(const struct sequence *s, uint16_t number, bool steady)
{
    int32_t distance = sequence_distance(s, number);

    return distance > (steady ? STEADY_DROPOUT : MAX_DROPOUT) || distance < -MAX_MISORDER;
}

enum order sequence_add(struct sequence *s, uint16_t number)
{
    int64_t n = s->highest + sequence_distance(s, number);

    s->received++;
    s->stray = false;
    if (n > s->highest) {
        if (floor_beside(n) > s->floor)
            move_window(s, n);
        s->highest = n;
        set(s->seen, n);
        return ORDER_NEXT;
    }
    if (n >= s->floor && bit(s->seen, n)) {
        s->duplicates++;
        return ORDER_DUPLICATE;
    }
    s->reordered++;
    if (n >= s->floor || extend_down(s, n))
        set(s->seen, n);
    if (n < s->lowest)
        s->lowest = n;
    return ORDER_LATE;
}

void sequence_add_next(struct sequence *s, uint64_t n)
{
    s->received += n;
    s->stray = false;
    while (n) { /* a word of the window at a time */
        int64_t next = s->highest + 1;
        unsigned at = (unsigned)((uint64_t)next % WORD);
        unsigned last = n < WORD - at ? (unsigned)n - 1 : WORD - 1 - at; /* behind the first */

        if (floor_beside(next) > s->floor)
            move_window(s, next);
        s->seen[(uint64_t)next % WINDOW / WORD] |= UINT64_MAX >> (WORD - 1 - last) << at;
        s->highest += last + 1;
        n -= last + 1;
    }
}

static void settle_all(struct sequence *s)
{
    settle_below(s, s->highest + 1);
}

enum order sequence_jump(struct sequence *s, uint16_t number)
{
    s->received++;
    if (!s->stray || number != s->after_stray) {
        s->strays++;
        s->stray = true;
        s->after_stray = (uint16_t)(number + 1);
        return ORDER_STRAY;
    }
    s->expected += (uint64_t)(s->highest - s->lowest + 1);
    settle_all(s);
    begin(s, (uint16_t)(number - 1));
    s->highest++;
    set(s->seen, s->highest);
    s->stray = false;
    s->strays--;
    s->resets++;
    return ORDER_RESET;
}

void sequence_discard(struct sequence *s, uint16_t number)
{
    int64_t n = s->highest + sequence_distance(s, number);

    if (n < s->floor || n > s->highest)
        return;
    if (!s->discarded)
        s->discarded = calloc(WINDOW / WORD, sizeof *s->discarded);
    if (s->discarded)
        set(s->discarded, n);
}

uint64_t sequence_expected(const struct sequence *s)
{
    return s->expected + (uint64_t)(s->highest - s->lowest + 1);
}

uint64_t sequence_distinct(const struct sequence *s)
{
    return s->received - s->duplicates - s->strays;
}

void sequence_finish(struct sequence *s)
{
    settle_all(s);
    loss_finish(&s->loss);
}

void sequence_let_go(struct sequence *s)
{
    free(s->discarded);
    s->discarded = NULL;
}
