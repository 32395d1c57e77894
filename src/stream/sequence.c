/* Sequence numbers: RFC 3550 A.1 and A.3.
 *
 * Numbers are extended against the highest so far.  A window of bits remembers
 * which of the last ones arrived: it tells duplicates from reordered packets,
 * and feeds each number, once it can no longer arrive late, to the account of
 * losses. */
#include "stream/state.h"

static bool was_seen(const struct sequence *s, int64_t n)
{
    return s->seen[(uint64_t)n % WINDOW / 64] >> ((uint64_t)n % 64) & 1;
}

static void mark(struct sequence *s, int64_t n)
{
    s->seen[(uint64_t)n % WINDOW / 64] |= (uint64_t)1 << ((uint64_t)n % 64);
}

/* The number leaves the window: it is lost unless it has arrived. */
static void settle(struct sequence *s, int64_t n)
{
    uint64_t bit = (uint64_t)1 << ((uint64_t)n % 64);
    uint64_t *word = &s->seen[(uint64_t)n % WINDOW / 64];

    if (*word & bit)
        loss_received(&s->loss, 1);
    else
        loss_lost(&s->loss, 1);
    *word &= ~bit;
}

/* Makes room in the window for numbers up to n. */
static void move_window(struct sequence *s, int64_t n)
{
    int64_t floor = n - WINDOW + 1, stop;

    if (floor <= s->floor)
        return;
    stop = floor < s->highest + 1 ? floor : s->highest + 1;
    while (s->floor < stop)
        settle(s, s->floor++);
    if (s->floor < floor) { /* a jump past the whole window */
        loss_lost(&s->loss, (uint64_t)(floor - s->floor));
        s->floor = floor;
    }
}

void sequence_start(struct sequence *s, uint16_t number)
{
    *s = (struct sequence){.highest = number + 65536, .lowest = number + 65536,
                           .floor = number + 65536, .received = 1};
    mark(s, s->highest);
}

/* Older than the first packet: the window opens downwards while it has room. */
static bool extend_down(struct sequence *s, int64_t n)
{
    if (s->floor > s->lowest || s->highest - n >= WINDOW)
        return false;
    s->floor = n;
    return true;
}

enum order sequence_add(struct sequence *s, uint16_t number)
{
    int64_t n = s->highest + (int16_t)(uint16_t)(number - (uint16_t)s->highest);

    s->received++;
    if (n > s->highest) {
        move_window(s, n);
        s->highest = n;
        mark(s, n);
        return ORDER_NEXT;
    }
    if (n >= s->floor && was_seen(s, n)) {
        s->duplicates++;
        return ORDER_DUPLICATE;
    }
    s->reordered++;
    if (n >= s->floor || extend_down(s, n))
        mark(s, n);
    if (n < s->lowest)
        s->lowest = n;
    return ORDER_LATE;
}

uint64_t sequence_expected(const struct sequence *s)
{
    return (uint64_t)(s->highest - s->lowest + 1);
}

void sequence_finish(struct sequence *s)
{
    while (s->floor <= s->highest)
        settle(s, s->floor++);
    loss_finish(&s->loss);
}
