/* Owns the flows that may be RTP: a cache of fixed size.
 *
 * A packet that no session description announced has to be followed by others
 * whose headers go on from it: their numbers count up, and their timestamps are
 * those of a clock that runs while they are sent.  Counters alone are in many
 * protocols.  A flow that does not go on so is pushed out by newer ones.  Which
 * set of four a flow falls into depends on its addresses alone, so results are
 * the same at every run. */
#include <stdlib.h>

#include "base/hash.h"
#include "rtp/event.h"
#include "stream/candidate.h"

enum { SETS = 2048, WAYS = 4 };
/* Frames of video that are longer than a candidate's heads: how many at once, and
 * what is kept of each behind its heads. */
enum { LONG_FRAMES = 16, LONG_FRAME = 512 };
enum { MOST_TICKS = 20 * 90000 }; /* from one packet to the next: 20 s of video */
static const int64_t SECOND = 1000000000;

struct candidates {
    uint64_t clock;
    size_t count; /* on trial */
    unsigned long_frames;
    struct candidate *sets[SETS]; /* of WAYS, made when the first falls into it */
};

struct candidates *candidates_new(void)
{
    return calloc(1, sizeof(struct candidates));
}

void candidates_free(struct candidates *c)
{
    struct candidate *x;
    size_t i = 0;

    if (!c)
        return;
    while ((x = candidates_at(c, &i)))
        free(x->more);
    for (i = 0; i < SETS; i++)
        free(c->sets[i]);
    free(c);
}

static bool same_key(const struct stream_key *a, const struct stream_key *b)
{
    return a->ssrc == b->ssrc && addr_eq(&a->src, &b->src) && addr_eq(&a->dst, &b->dst);
}

static struct candidate **set_of(struct candidates *c, const struct stream_key *key)
{
    uint64_t h = hash_bytes(hash_bytes(key->ssrc, &key->src, sizeof key->src), &key->dst,
                            sizeof key->dst);

    return &c->sets[h % SETS];
}

static struct candidate *find_in(struct candidate *set, const struct stream_key *key)
{
    for (unsigned i = 0; set && i < WAYS; i++)
        if (set[i].touched && same_key(&set[i].key, key))
            return &set[i];
    return NULL;
}

bool candidates_any(const struct candidates *c)
{
    return c->count > 0;
}

struct candidate *candidates_find(struct candidates *c, const struct stream_key *key)
{
    return find_in(*set_of(c, key), key);
}

struct candidate *candidates_at(struct candidates *c, size_t *i)
{
    while (*i < (size_t)SETS * WAYS) {
        struct candidate *set = c->sets[*i / WAYS];
        size_t way = (*i)++ % WAYS;

        if (set && set[way].touched)
            return &set[way];
    }
    return NULL;
}

const struct arrival *candidate_head(const struct candidate *x, unsigned i)
{
    return i < CANDIDATE_HEADS ? &x->heads[i] : &x->more[i - CANDIDATE_HEADS];
}

static void give_back(struct candidates *c, struct candidate *x)
{
    if (!x->more)
        return;
    free(x->more);
    x->more = NULL;
    c->long_frames--;
}

static void begin_anew(struct candidates *c, struct candidate *x)
{
    give_back(c, x);
    x->count = 0;
    x->steps = x->in_row = 0;
    x->too_long = false;
}

/* The flow's slot, or that of the one that was silent longest; NULL when memory is
 * short. */
static struct candidate *slot_for(struct candidates *c, const struct stream_key *key)
{
    struct candidate **set = set_of(c, key), *x = find_in(*set, key);

    if (x)
        return x;
    if (!*set)
        *set = calloc(WAYS, sizeof **set);
    if (!*set)
        return NULL;
    x = *set;
    for (unsigned i = 1; i < WAYS; i++)
        if ((*set)[i].touched < x->touched)
            x = &(*set)[i];
    x->key = *key;
    begin_anew(c, x);
    return x;
}

/* Whether b can be the next packet of the stream of a: a few numbers further,
 * its timestamp neither far ahead nor behind. */
static bool follows(const struct arrival *a, const struct arrival *b)
{
    uint16_t step = (uint16_t)(b->sequence - a->sequence);
    int32_t ticks = (int32_t)(b->timestamp - a->timestamp);

    return step >= 1 && step <= 20 && ticks >= 0 && ticks < MOST_TICKS &&
           b->time - a->time < 20 * (int64_t)1000000000;
}

/* Whether b can still be of the stream of a: twice, late, or behind some that
 * were lost, whatever its time. */
static bool is_near(const struct arrival *a, const struct arrival *b)
{
    int16_t step = (int16_t)(uint16_t)(b->sequence - a->sequence);

    return step > -8 && step <= 20;
}

/* Whether the timestamps can be of one retransmission stream: minutes apart, but
 * not anywhere. */
static bool is_near_in_time(const struct arrival *a, const struct arrival *b)
{
    int32_t ticks = (int32_t)(b->timestamp - a->timestamp);

    return ticks > -(1 << 24) && ticks < 1 << 24;
}

static uint8_t one_more(uint8_t n)
{
    return n < UINT8_MAX ? n + 1 : n;
}

/* What the packet says for its flow; false when the flow has to begin anew. */
static bool judge(struct candidate *x, const struct arrival *before, const struct arrival *a)
{
    int16_t step = (int16_t)(uint16_t)(a->sequence - before->sequence);
    bool goes_on = follows(before, a);

    if (goes_on)
        x->steps = one_more(x->steps);
    else if (step > 0)
        x->steps = 0; /* neither again nor late, and of another time */
    if (step == 1 && before->pt == a->pt && is_near_in_time(before, a))
        x->in_row = one_more(x->in_row);
    else if (step > 0)
        x->in_row = 0;
    return goes_on || is_near(before, a);
}

/* Whether the packets kept and this one are of one frame: sent at once, with one
 * timestamp, and the marker on its last one at most (RFC 6184 §5.1). */
static bool is_one_frame(const struct candidate *x, const struct arrival *a)
{
    const struct arrival *first = &x->heads[0], *last = candidate_head(x, x->count - 1u);

    return !last->marker && last->timestamp == a->timestamp &&
           first->timestamp == a->timestamp && a->time - first->time < SECOND;
}

/* Room for one more head behind those that every candidate has, while a stream may
 * have begun with a long frame. */
static bool has_more_room(struct candidates *c, struct candidate *x, const struct arrival *a)
{
    if (x->too_long)
        return false;
    if (!x->more && c->long_frames < LONG_FRAMES && is_one_frame(x, a)) {
        x->more = calloc(LONG_FRAME, sizeof *x->more);
        c->long_frames += x->more != NULL;
    }
    return x->more && x->count < CANDIDATE_HEADS + LONG_FRAME &&
           (is_one_frame(x, a) || a->timestamp != x->heads[0].timestamp);
}

static void keep(struct candidates *c, struct candidate *x, const struct arrival *a)
{
    if (x->count < CANDIDATE_HEADS) {
        x->heads[x->count++] = *a;
        return;
    }
    if (has_more_room(c, x, a)) {
        x->more[x->count++ - CANDIDATE_HEADS] = *a;
        return;
    }
    if (x->more) {
        x->too_long = true;
        give_back(c, x);
        x->count = CANDIDATE_HEADS;
    }
    memmove(&x->heads[0], &x->heads[1], (CANDIDATE_HEADS - 1) * sizeof x->heads[0]);
    x->heads[CANDIDATE_HEADS - 1] = *a;
}

struct candidate *candidates_add(struct candidates *c, const struct stream_key *key,
                                 const struct arrival *a)
{
    struct candidate *x = slot_for(c, key);

    if (!x)
        return NULL;
    c->count += !x->touched;
    x->touched = ++c->clock;
    if (x->count && !judge(x, candidate_head(x, x->count - 1u), a))
        begin_anew(c, x);
    keep(c, x, a);
    return x;
}

static bool is_event(const struct arrival *a, struct rtp_event *event)
{
    return a->pt >= 96 && a->short_payload && a->octets.payload == RTP_EVENT_BYTES &&
           rtp_event_parse(event, a->head, sizeof a->head) && !event->reserved;
}

/* Media time from one to the other.  A telephone event's packets all have the
 * timestamp of its beginning and tell how long it lasts so far (RFC 4733 §2.2). */
static int32_t media_ticks(const struct arrival *a, const struct arrival *b)
{
    struct rtp_event before, event;

    if (a->timestamp == b->timestamp && is_event(a, &before) && is_event(b, &event) &&
        before.event == event.event)
        return event.duration - before.duration;
    return (int32_t)(b->timestamp - a->timestamp);
}

/* Whether timestamps went on as a media clock does.  None ticks slower than that of
 * text, at 1000 Hz (RFC 4103 §6); half of it is asked for, since packets come
 * late.  Senders may stop it while they are silent: a pause counts little. */
static bool has_clock(const struct candidate *x)
{
    enum { FEWEST_TICKS = 16, TICKS_A_SECOND = 500 };
    const int64_t pause = SECOND / 5;
    int64_t ticks = 0, time = 0;

    for (unsigned i = 1; i < x->count; i++) {
        const struct arrival *a = candidate_head(x, i - 1), *b = candidate_head(x, i);
        int64_t passed = b->time - a->time;
        int32_t step = media_ticks(a, b);

        if (step > -MOST_TICKS && step < MOST_TICKS) /* else it is another clock's */
            ticks += step;
        time += passed < 0 ? 0 : passed < pause ? passed : pause;
    }
    return ticks >= FEWEST_TICKS && ticks >= time / (SECOND / TICKS_A_SECOND);
}

static uint32_t divisor(uint32_t a, uint32_t b)
{
    while (b) {
        uint32_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* Whether timestamps lie on a grid, or stand still: frames last alike, so that steps
 * have a common divisor, however they are ordered.  Numbers by chance hardly ever have
 * one; a few steps have to be alike. */
static bool has_grid(const struct candidate *x)
{
    enum { COARSE = 16, FEW = 4 };
    uint32_t common = 0, longest = 0;
    unsigned on = 0;

    for (unsigned i = 1; i < x->count; i++) {
        int32_t step = media_ticks(candidate_head(x, i - 1), candidate_head(x, i));
        uint32_t size = step < 0 ? 0u - (uint32_t)step : (uint32_t)step;

        if (size >= MOST_TICKS) /* another clock's */
            continue;
        on++;
        common = divisor(size, common);
        longest = size > longest ? size : longest;
    }
    if (on < CANDIDATE_STEPS || on * 2 < x->count)
        return false;
    return common == longest || (on >= FEW && common >= COARSE);
}

/* Whether a frame ends here that took several packets: one timestamp, sent at once,
 * and only the last one marked. */
static bool is_whole_frame(const struct candidate *x)
{
    const struct arrival *last = candidate_head(x, x->count - 1u);
    unsigned unmarked = 0;

    if (!last->marker || last->time - x->heads[0].time >= SECOND)
        return false;
    for (unsigned i = x->count - 1u; i-- > 0; unmarked++) {
        const struct arrival *a = candidate_head(x, i);

        if (a->marker || a->pt != last->pt || a->timestamp != last->timestamp)
            break;
    }
    return unmarked >= CANDIDATE_STEPS;
}

/* Few payload types alternate in a stream. */
static bool has_few_types(const struct candidate *x)
{
    uint64_t types[2] = {0, 0};
    unsigned n = 0;

    for (unsigned i = 0; i < x->count; i++) {
        uint8_t pt = candidate_head(x, i)->pt & 127;

        n += !(types[pt / 64] >> pt % 64 & 1);
        types[pt / 64] |= (uint64_t)1 << pt % 64;
    }
    return n * 2 <= x->count;
}

/* How the timestamp stands to those before it: whether it comes again after others,
 * and how far it is from the nearest of them. */
static bool comes_again(const struct candidate *x, unsigned at, uint32_t *nearest)
{
    uint32_t timestamp = candidate_head(x, at)->timestamp;
    bool other = false, again = false;

    for (unsigned i = at; i-- > 0;) {
        uint32_t d = timestamp - candidate_head(x, i)->timestamp;

        d = d < 0x80000000u ? d : 0u - d;
        again = again || (other && !d);
        other = other || d;
        if (d && d < *nearest)
            *nearest = d;
    }
    return again;
}

/* Whether timestamps come again after others: what is sent again keeps the time it had
 * (RFC 4588 §4), and so do packets that probe for bandwidth.  Of frames, 1 ms apart at
 * 90 kHz at least, and not once by chance. */
static bool sends_again(const struct candidate *x)
{
    enum { ENOUGH = 3, CLOSEST = 90 };
    uint32_t nearest = UINT32_MAX;
    unsigned again = 0, first = x->count > CANDIDATE_HEADS ? x->count - CANDIDATE_HEADS : 0;

    if (candidate_head(x, x->count - 1u)->pt < 96)
        return false;
    for (unsigned i = first; i < x->count; i++)
        again += comes_again(x, i, &nearest);
    return again >= ENOUGH && nearest >= CLOSEST;
}

/* A number that goes to and fro is no count. */
static bool counts_up(const struct candidate *x)
{
    uint16_t first = x->heads[0].sequence;
    int16_t highest = 0;

    for (unsigned i = 1; i < x->count; i++) {
        int16_t n = (int16_t)(uint16_t)(candidate_head(x, i)->sequence - first);

        highest = n > highest ? n : highest;
    }
    return highest >= CANDIDATE_STEPS;
}

bool candidate_is_stream(const struct candidate *x)
{
    const struct arrival *last = candidate_head(x, x->count - 1u);

    if ((x->in_row < CANDIDATE_ROW && x->steps < CANDIDATE_STEPS) || !counts_up(x))
        return false;
    if (x->in_row >= CANDIDATE_ROW && ((has_clock(x) && has_grid(x)) || sends_again(x)))
        return true;
    if (x->steps < CANDIDATE_STEPS || (last->pt > 34 && last->pt < 96) || !has_few_types(x))
        return false;
    return is_whole_frame(x) ||
           (has_clock(x) && (x->steps >= CANDIDATE_SURE || has_grid(x)));
}

void candidate_drop(struct candidates *c, struct candidate *x)
{
    begin_anew(c, x);
    c->count -= x->touched != 0;
    x->touched = 0;
}
