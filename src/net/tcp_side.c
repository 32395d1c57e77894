/* Owns what waits in one direction of a TCP connection (RFC 9293 §3.10.7.4,
 * as a witness): segments behind a hole, and octets that the consumer wants to
 * see again with more behind them.
 *
 * Octets go on straight from the packet while nothing waits.  What is behind a
 * hole is kept where it lies if the packet stays there, else copied; so is what
 * the consumer leaves.  Of overlapping octets the first that came stand.  A
 * hole is given up when the receiver has acknowledged it (the capture missed
 * what it received), when too much waits behind it, or at the end. */
#include "net/tcp_side.h"

#include <stdlib.h>

enum {
    MAX_HELD_OCTETS = 256 * 1024, /* behind a hole */
    MAX_HELD = 256,               /* segments behind a hole */
    FAR = 16 * 1024 * 1024,       /* further away than any window: another stream */
    LATE_SYN = 64 * 1024,         /* octets that may be captured before their SYN */
};
static const size_t MAX_BUDGET = 16 * 1024 * 1024;
/* What two taps or queues may put between a segment and its acknowledgement. */
static const int64_t GRACE = 100 * (int64_t)1000000;

/* A stretch of the stream as a segment has it. */
struct piece {
    uint32_t sequence, length, captured;
    const uint8_t *data;
    bool stable; /* data stays until the capture is closed */
};

struct tcp_held {
    struct piece piece;
    uint8_t *copy; /* NULL: the piece lies in a packet that stays */
    struct datagram datagram;
    struct packet packet;
};

static size_t cost_of(const struct tcp_held *h)
{
    return sizeof *h + (h->copy ? h->piece.captured : 0);
}

/* Removes the first `count` segments that are held. */
static void drop_held(struct tcp_side *side, size_t count, struct tcp_budget *budget)
{
    for (size_t i = 0; i < count; i++) {
        budget->octets -= cost_of(&side->held.v[i]);
        side->held_octets -= side->held.v[i].piece.captured;
        free(side->held.v[i].copy);
    }
    side->held.n -= count;
    if (!side->held.n)
        vec_free(&side->held);
    else if (count)
        memmove(side->held.v, side->held.v + count, side->held.n * sizeof side->held.v[0]);
}

void tcp_side_clear(struct tcp_side *side, struct tcp_budget *budget)
{
    drop_held(side, side->held.n, budget);
    leftover_free(&side->left, &budget->octets);
    *side = (struct tcp_side){0};
}

/* Shows octets to the consumer; returns how many it is done with. */
static uint32_t show(void *ctx, const uint8_t *data, uint32_t n, bool stable, bool last)
{
    const struct tcp_run *run = ctx;
    struct datagram d = datagram_part(&run->datagram, data, n, stable);
    size_t done;

    d.sequence = run->end - n;
    done = run->consumer->run(run->consumer->ctx, run->state, run->side, &d, last);
    return done < n ? (uint32_t)done : n;
}

static struct leftover_reader reader_of(struct tcp_run *run)
{
    return (struct leftover_reader){.ctx = run, .show = show};
}

/* Nothing follows what is left. */
static void give_up_left(struct tcp_side *side, const struct tcp_run *run)
{
    struct tcp_run now = *run;
    struct leftover_reader reader = reader_of(&now);

    now.end = side->given;
    if (!leftover_end(&side->left, &run->budget->octets, &reader) && *run->state)
        show(&now, (const uint8_t *)"", 0, false, true);
}

/* Gives on the next octets of the stream. */
static void give(struct tcp_side *side, const struct tcp_run *run, const uint8_t *data, uint32_t n,
                 bool stable)
{
    struct tcp_run now = *run;
    struct leftover_reader reader = reader_of(&now);

    now.end = side->given = side->next + n;
    leftover_give(&side->left, &run->budget->octets, &reader, data, n, stable);
}

/* Gives on a piece that begins at or before side->next, without what was seen
 * already. */
static void advance(struct tcp_side *side, const struct tcp_run *run, const struct piece *p)
{
    uint32_t seen = side->next - p->sequence;

    if (seen >= p->length)
        return;
    if (p->captured > seen)
        give(side, run, p->data + seen, p->captured - seen, p->stable);
    side->next = p->sequence + p->length;
    if (p->captured < p->length) /* the snap length cut it */
        give_up_left(side, run);
}

/* Gives on the held segments that the stream has reached: with the packet that
 * filled the hole before them, or with their own if none did. */
static void catch_up(struct tcp_side *side, const struct tcp_run *run, bool filled)
{
    struct tcp_run own = *run;
    size_t count = 0;

    for (; count < side->held.n; count++) {
        struct tcp_held *h = &side->held.v[count];

        if ((int32_t)(h->piece.sequence - side->next) > 0)
            break;
        own.datagram = h->datagram;
        own.datagram.packet = &h->packet;
        advance(side, filled ? run : &own, &h->piece);
    }
    if (count)
        side->passed = false;
    drop_held(side, count, run->budget);
}

static void skip_hole(struct tcp_side *side, const struct tcp_run *run)
{
    const struct tcp_held *behind = &side->held.v[0];
    struct datagram where = behind->datagram;

    where.packet = &behind->packet;
    if (run->consumer->missing)
        run->consumer->missing(run->consumer->ctx, &where, behind->piece.sequence - side->next);
    give_up_left(side, run);
    side->next = side->held.v[0].piece.sequence;
    catch_up(side, run, false);
}

void tcp_side_finish(struct tcp_side *side, const struct tcp_run *run)
{
    while (side->held.n)
        skip_hole(side, run);
    give_up_left(side, run);
}

/* False when memory is short. */
static bool hold(struct tcp_side *side, const struct tcp_run *run, const struct piece *p)
{
    struct tcp_held *slot,
        held = {.piece = *p, .datagram = run->datagram, .packet = *run->datagram.packet};
    size_t at = side->held.n;

    while (at && (int32_t)(side->held.v[at - 1].piece.sequence - p->sequence) > 0)
        at--;
    if (!p->stable) {
        held.packet.data = NULL;
        held.packet.caplen = 0;
        held.copy = malloc(p->captured ? p->captured : 1);
        if (!held.copy)
            return false;
        if (p->captured)
            memcpy(held.copy, p->data, p->captured);
        held.piece.data = held.copy;
    }
    slot = vec_add(&side->held);
    if (!slot) {
        free(held.copy);
        return false;
    }
    memmove(&side->held.v[at + 1], &side->held.v[at], (side->held.n - 1 - at) * sizeof *slot);
    side->held.v[at] = held;
    side->held_octets += p->captured;
    run->budget->octets += cost_of(&held);
    return true;
}

/* A hole that the receiver has acknowledged some time ago will not be filled. */
static void settle(struct tcp_side *side, const struct tcp_run *run)
{
    if (side->held.n && side->passed && run->datagram.packet->time - side->passed_at > GRACE)
        skip_hole(side, run);
}

void tcp_side_acknowledged(struct tcp_side *side, const struct tcp_run *run, uint32_t sequence)
{
    if (!side->held.n || (int32_t)(sequence - side->held.v[0].piece.sequence) < 0 ||
        (int32_t)(sequence - side->next) > FAR)
        return;
    if (!side->passed) {
        side->passed = true;
        side->passed_at = run->datagram.packet->time;
    }
    settle(side, run);
}

/* Another stream begins at that sequence number. */
static void resynchronise(struct tcp_side *side, const struct tcp_run *run, uint32_t sequence)
{
    tcp_side_finish(side, run);
    side->next = sequence;
    side->ends = side->opened = false;
}

static bool holds_too_much(const struct tcp_side *side, const struct tcp_budget *budget)
{
    return side->held.n && (side->held_octets > MAX_HELD_OCTETS || side->held.n > MAX_HELD ||
                            budget->octets > MAX_BUDGET);
}

static void add_piece(struct tcp_side *side, const struct tcp_run *run, const struct piece *p)
{
    int32_t ahead = (int32_t)(p->sequence - side->next);

    if (ahead > FAR || ahead < -FAR || (side->ends && side->next == side->end && ahead >= 0)) {
        resynchronise(side, run, p->sequence);
        ahead = 0;
    }
    if (ahead <= 0) {
        advance(side, run, p);
        catch_up(side, run, true);
    } else if (hold(side, run, p)) {
        while (holds_too_much(side, run->budget))
            skip_hole(side, run);
    }
}

bool tcp_side_is_restart(const struct tcp_side *side, const struct decoded *segment)
{
    if (!(segment->tcp_flags & TCP_SYN) || !side->started)
        return false;
    if (side->opened)
        return side->initial != segment->sequence;
    return side->next - (segment->sequence + 1) > LATE_SYN;
}

/* Where the segment's first octet of data lies. */
static uint32_t begin(struct tcp_side *side, const struct decoded *segment)
{
    uint32_t sequence = segment->sequence;

    if (segment->tcp_flags & TCP_SYN) {
        if (!side->started)
            side->next = sequence + 1;
        side->started = side->opened = true;
        side->initial = sequence++;
    } else if (!side->started && segment->datagram.len) {
        /* The capture began within the connection.  A single octet is most
         * likely a keep-alive, which repeats one (RFC 9293 §3.8.4). */
        side->next = sequence + (segment->datagram.len == 1);
        side->started = true;
    }
    return sequence;
}

void tcp_side_segment(struct tcp_side *side, const struct tcp_run *run,
                      const struct decoded *segment)
{
    const struct datagram *d = &segment->datagram;
    struct piece piece = {.sequence = begin(side, segment),
                          .length = d->len,
                          .captured = d->caplen,
                          .data = d->data,
                          .stable = d->stable};

    if (!side->started)
        return;
    settle(side, run);
    if (piece.length)
        add_piece(side, run, &piece);
    if (segment->tcp_flags & TCP_FIN && !side->ends) {
        side->ends = true;
        side->end = piece.sequence + piece.length;
    }
    if (side->ends && side->next == side->end)
        give_up_left(side, run);
}
