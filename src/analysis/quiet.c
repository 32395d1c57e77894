/* Decides what is over, and parts the model. */
#include "analysis/quiet.h"

#include <errno.h>
#include <stdlib.h>

#include "analysis/clock.h"
#include "analysis/departed.h"
#include "analysis/fax.h"
#include "analysis/finish.h"
#include "analysis/ice.h"
#include "analysis/marking.h"
#include "analysis/relays.h"
#include "base/hash.h"
#include "base/time.h"
#include "call/media.h"

enum {
    LOOKS = 8,                 /* looks in a quiet time */
    MEDIA_REMEMBERED = 4,      /* quiet times */
    MOST_CALLS = 1 << 18, MOST_MEDIA = 1 << 17, /* remembered */
};
enum { SESSION, EXCHANGE };    /* kinds of calls that left */

struct watched_call {
    uint32_t id;
    uint32_t messages; /* when last looked at */
    int64_t heard;     /* by the clock: when more of them were seen last */
    int64_t ended;     /* first seen without anything open, -1 */
    bool waits;        /* over, for others of its group: they tell when it is time */
};

struct watched_stream {
    uint32_t id;
    uint64_t packets;
    int64_t end;
    int64_t heard;
    bool owned;        /* by a call: it leaves with that */
};

struct quiet {
    int64_t time;
    struct clock clock;
    uint64_t seed;
    VEC(struct watched_call) calls;     /* by number */
    VEC(struct watched_stream) streams;
    uint32_t next_call, next_stream;    /* ids */
    VEC(uint32_t) turns; /* of payload types' meanings: the first call after each */
    bool any_left;
    struct departed *departed_calls, *departed_media;
};

struct quiet *quiet_new(int64_t time)
{
    struct quiet *q = calloc(1, sizeof *q);

    if (!q)
        return NULL;
    q->time = time;
    q->clock = clock_start(time / 2, time / LOOKS);
    q->seed = hash_seed();
    q->departed_calls = departed_new(QUIET_LONG_S * TIME_SECOND, MOST_CALLS);
    q->departed_media = departed_new(MEDIA_REMEMBERED * time, MOST_MEDIA);
    if (q->departed_calls && q->departed_media)
        return q;
    quiet_free(q);
    return NULL;
}

void quiet_free(struct quiet *q)
{
    if (!q)
        return;
    vec_free(&q->calls);
    vec_free(&q->streams);
    vec_free(&q->turns);
    departed_free(q->departed_calls);
    departed_free(q->departed_media);
    free(q);
}

bool quiet_tick(struct quiet *q, int64_t time)
{
    return clock_tick(&q->clock, time);
}

/* ---- what was heard since the last look -------------------------------------------- */

static int watch_calls(struct quiet *q, const struct fosip_analysis *a)
{
    size_t known = q->calls.n;

    for (uint32_t i = 0; i < call_count(a->calls); i++) {
        uint32_t n = (uint32_t)call_at(a->calls, i)->messages.n;
        struct watched_call *w = i < known ? &q->calls.v[i] : vec_add(&q->calls);

        if (!w)
            return -ENOMEM;
        if (i >= known)
            *w = (struct watched_call){.id = q->next_call++, .ended = -1};
        if (w->messages == n)
            continue;
        w->messages = n;
        w->heard = q->clock.now;
    }
    return 0;
}

struct newcomer {
    uint64_t frame;
    uint32_t number;
};

static int by_frame(const void *pa, const void *pb)
{
    const struct newcomer *a = pa, *b = pb;

    if (a->frame != b->frame)
        return a->frame < b->frame ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* Streams are counted by their first packet, which some were recognised long after. */
static int number_streams(struct quiet *q, const struct fosip_analysis *a, uint32_t from)
{
    size_t n = q->streams.n - from;
    struct newcomer *list = n ? malloc(n * sizeof *list) : NULL;

    if (n && !list)
        return -ENOMEM;
    for (uint32_t i = 0; i < n; i++)
        list[i] = (struct newcomer){stream_first_frame(stream_at(a->streams, from + i)), from + i};
    if (n)
        qsort(list, n, sizeof *list, by_frame);
    for (size_t i = 0; i < n; i++)
        q->streams.v[list[i].number].id = q->next_stream++;
    free(list);
    return 0;
}

static int watch_streams(struct quiet *q, const struct fosip_analysis *a)
{
    uint32_t known = (uint32_t)q->streams.n;

    for (uint32_t i = 0; i < stream_count(a->streams); i++) {
        const struct stream *s = stream_at(a->streams, i);
        uint64_t packets = stream_packets_so_far(s);
        struct watched_stream *w = i < known ? &q->streams.v[i] : vec_add(&q->streams);

        if (!w)
            return -ENOMEM;
        if (i >= known)
            *w = (struct watched_stream){0};
        if (w->packets == packets && w->end == stream_end(s))
            continue;
        w->packets = packets;
        w->end = stream_end(s);
        w->heard = q->clock.now;
    }
    return number_streams(q, a, known);
}

/* ---- what is over ---------------------------------------------------------------------- */

/* One look: what it works out, by number of call or stream. */
struct look {
    struct quiet *q;
    struct fosip_analysis *a;
    struct ice_table *ice;      /* with the calls that its paths belong to so far */
    uint32_t *owner;            /* of a stream: its call */
    uint32_t *group;            /* of a call */
    int64_t *heard;             /* of a call, its media included */
    bool *over;                 /* a call, by itself */
    bool *waits;                /* a group, by its first call: for one that is not over */
    bool *call_leaves, *stream_leaves;
    bool any;
};

static void note_end(struct watched_call *w, const struct call *call, int64_t now)
{
    if (call_is_open(call))
        w->ended = -1;
    else if (w->ended < 0)
        w->ended = now;
}

static bool is_over(const struct quiet *q, const struct watched_call *w, int64_t heard)
{
    if (w->messages > QUIET_MESSAGES)
        return true;
    if (w->ended < 0)
        return q->clock.now - heard >= QUIET_LONG_S * TIME_SECOND;
    return q->clock.now - heard >= q->time || q->clock.now - w->ended >= QUIET_ENDED * q->time;
}

/* Groups leave together; not for ever does one wait for the others, or does it grow. */
static bool leaves_alone(const struct quiet *q, const struct watched_call *w)
{
    return w->messages > QUIET_MESSAGES ||
           (w->ended >= 0 && q->clock.now - w->ended >= QUIET_LONG_S * TIME_SECOND);
}

/* Some calls or streams may be over: it is worth while to look closer. */
static bool may_be_over(struct quiet *q, struct fosip_analysis *a)
{
    bool any = false;

    for (uint32_t i = 0; i < q->calls.n; i++) {
        struct watched_call *w = &q->calls.v[i];

        if (w->heard == q->clock.now || w->ended < 0) {
            call_state_so_far(a->calls, i, q->clock.latest);
            note_end(w, call_at(a->calls, i), q->clock.now);
        }
        any = any || (is_over(q, w, w->heard) && (!w->waits || leaves_alone(q, w)));
    }
    for (size_t i = 0; i < q->streams.n && !any; i++)
        any = !q->streams.v[i].owned && q->clock.now - q->streams.v[i].heard >= q->time;
    return any;
}

static void *room(size_t n, size_t size)
{
    return calloc(n + 1, size);
}

static bool open_look(struct look *l, struct quiet *q, struct fosip_analysis *a)
{
    size_t calls = call_count(a->calls), streams = stream_count(a->streams);

    *l = (struct look){.q = q,
                       .a = a,
                       .owner = room(streams, sizeof *l->owner),
                       .group = room(calls, sizeof *l->group),
                       .heard = room(calls, sizeof *l->heard),
                       .over = room(calls, sizeof *l->over),
                       .waits = room(calls, sizeof *l->waits),
                       .call_leaves = room(calls, sizeof *l->call_leaves),
                       .stream_leaves = room(streams, sizeof *l->stream_leaves),
                       .ice = ice_copy(a->ice)};
    return l->owner && l->group && l->heard && l->over && l->waits && l->call_leaves &&
           l->stream_leaves && l->ice;
}

static void close_look(struct look *l)
{
    free(l->owner);
    free(l->group);
    free(l->heard);
    free(l->over);
    free(l->waits);
    free(l->call_leaves);
    free(l->stream_leaves);
    ice_table_free(l->ice);
}

/* Of streams that no announced address explains STUN may tell. */
static int find_owners(struct look *l)
{
    struct fosip_analysis with_ice = *l->a;

    with_ice.ice = l->ice;
    if (ice_path_count(l->ice) && ice_finish(&with_ice) < 0)
        return -ENOMEM;
    for (uint32_t i = 0; i < stream_count(l->a->streams); i++) {
        struct stream *s = stream_at(l->a->streams, i);
        enum call_side to;

        l->owner[i] = finish_call_of(&with_ice, s, &to);
        finish_bind(s, l->owner[i], to);
    }
    return 0;
}

static int join_relays(void *ctx)
{
    return relays_join(ctx);
}

/* Whether the packets that still come may be those of a newer call to the same address. */
static bool is_taken_over(const struct look *l, uint32_t stream)
{
    const struct stream *s = stream_at(l->a->streams, stream);
    const struct announcement *newest = call_announced(l->a->calls, stream_dst(s));

    if (!newest)
        newest = call_announced(l->a->calls, stream_src(s));
    return newest && l->group[newest->call] != l->group[l->owner[stream]];
}

static void listen_to_media(struct look *l)
{
    for (uint32_t i = 0; i < l->q->calls.n; i++)
        l->heard[i] = l->q->calls.v[i].heard;
    for (uint32_t i = 0; i < l->q->streams.n; i++) {
        int64_t heard = l->q->streams.v[i].heard;
        uint32_t call = l->owner[i];

        if (call != CALL_NONE && heard > l->heard[call] && !is_taken_over(l, i))
            l->heard[call] = heard;
    }
}

static void choose(struct look *l)
{
    struct quiet *q = l->q;

    for (uint32_t i = 0; i < q->calls.n; i++) {
        l->over[i] = is_over(q, &q->calls.v[i], l->heard[i]);
        if (!l->over[i])
            l->waits[l->group[i]] = true;
    }
    for (uint32_t i = 0; i < q->calls.n; i++) {
        l->call_leaves[i] = l->over[i] && (!l->waits[l->group[i]] ||
                                           leaves_alone(q, &q->calls.v[i]));
        q->calls.v[i].waits = l->over[i] && !l->call_leaves[i];
        l->any = l->any || l->call_leaves[i];
    }
    for (uint32_t i = 0; i < q->streams.n; i++) {
        q->streams.v[i].owned = l->owner[i] != CALL_NONE;
        l->stream_leaves[i] = l->owner[i] != CALL_NONE
                                  ? l->call_leaves[l->owner[i]]
                                  : q->clock.now - q->streams.v[i].heard >= q->time;
        l->any = l->any || l->stream_leaves[i];
    }
}

static int look(struct look *l)
{
    if (find_owners(l) < 0 ||
        call_groups_so_far(l->a->calls, l->q->clock.latest, join_relays, l->a, l->group) < 0)
        return -ENOMEM;
    listen_to_media(l);
    choose(l);
    return 0;
}

/* ---- what stragglers are known by --------------------------------------------------- */

static uint64_t call_hash(const struct quiet *q, struct slice call_id)
{
    return hash_bytes(q->seed, call_id.p, call_id.n);
}

/* The same both ways. */
static uint64_t media_hash(const struct quiet *q, const struct net_addr *a,
                           const struct net_addr *b)
{
    return hash_bytes(q->seed, a, sizeof *a) + hash_bytes(q->seed, b, sizeof *b);
}

static int remember(struct quiet *q, const struct look *l)
{
    int r = 0;

    for (uint32_t i = 0; i < q->calls.n; i++) {
        const struct call *call = call_at(l->a->calls, i);

        /* what has no Call-ID is of no one call */
        if (l->call_leaves[i] && call->call_id.n && q->calls.v[i].messages <= QUIET_MESSAGES)
            r |= departed_add(q->departed_calls, call_hash(q, call->call_id), q->clock.now,
                              call->kind == CALL_CALL ? SESSION : EXCHANGE);
    }
    for (uint32_t i = 0; i < q->streams.n; i++) {
        const struct stream *s = stream_at(l->a->streams, i);

        if (l->stream_leaves[i] && l->owner[i] != CALL_NONE)
            r |= departed_add(q->departed_media, media_hash(q, stream_src(s), stream_dst(s)),
                              q->clock.now, 0);
    }
    return r ? -ENOMEM : 0;
}

bool quiet_is_straggler(const struct quiet *q, const struct sip_msg *msg)
{
    uint8_t kind;

    if (!departed_has(q->departed_calls, call_hash(q, msg->call_id), q->clock.now, &kind))
        return false;
    /* what is registered or subscribed to is so again by a request; a session that is over
     * begins again by an INVITE alone */
    if (!msg->request || msg->method == SIP_ACK)
        return true;
    return kind == SESSION && (msg->method != SIP_INVITE || msg->to_tag.n);
}

bool quiet_media_departed(void *ctx, const struct net_addr *src, const struct net_addr *dst)
{
    const struct quiet *q = ctx;
    uint8_t kind;

    return departed_has(q->departed_media, media_hash(q, src, dst), q->clock.now, &kind);
}

/* ---- the part that leaves --------------------------------------------------------------- */

/* Calls and streams, as they are counted in their part. */
struct numbers {
    uint32_t *calls, *streams;
};

static void number_in_parts(const bool *leave, size_t n, uint32_t *numbers)
{
    uint32_t next[2] = {0, 0};

    for (size_t i = 0; i < n; i++)
        numbers[i] = next[leave[i]]++;
}

/* The ids of those that leave go into the part, the others move up. */
static bool part_watched(struct quiet *q, const struct look *l, struct fosip_analysis *part)
{
    size_t calls = 0, streams = 0, left = 0;

    part->call_ids = room(q->calls.n, sizeof *part->call_ids);
    part->stream_ids = room(q->streams.n, sizeof *part->stream_ids);
    if (!part->call_ids || !part->stream_ids)
        return false;
    for (size_t i = 0; i < q->calls.n; i++)
        if (l->call_leaves[i])
            part->call_ids[left++] = q->calls.v[i].id;
        else
            q->calls.v[calls++] = q->calls.v[i];
    left = 0;
    for (size_t i = 0; i < q->streams.n; i++)
        if (l->stream_leaves[i])
            part->stream_ids[left++] = q->streams.v[i].id;
        else
            q->streams.v[streams++] = q->streams.v[i];
    q->calls.n = calls;
    q->streams.n = streams;
    return true;
}

static bool keeps_exchange(void *ctx, const struct net_addr *src, const struct net_addr *dst)
{
    const struct fosip_analysis *a = ctx;

    return call_announced(a->calls, src) || call_announced(a->calls, dst);
}

/* What is asked of calls leaves before them. */
static bool part_tables(const struct look *l, struct numbers *n, struct fosip_analysis *part)
{
    struct fosip_analysis *a = l->a;
    const struct icmp_parting icmp = {l->call_leaves, l->stream_leaves, n->calls, n->streams};
    int64_t before = l->q->clock.latest - QUIET_LONG_S * TIME_SECOND;

    number_in_parts(l->call_leaves, call_count(a->calls), n->calls);
    number_in_parts(l->stream_leaves, stream_count(a->streams), n->streams);
    part->faxes = fax_part(a->faxes, a->calls, l->call_leaves, before);
    part->icmp = icmp_part(a->icmp, a->calls, &icmp, before);
    part->ice = ice_part(a->ice, l->ice, l->call_leaves, before);
    if (!part->faxes || !part->icmp || !part->ice)
        return false;
    part->calls = call_part(a->calls, l->call_leaves);
    part->streams = part->calls ? stream_part(a->streams, l->stream_leaves, keeps_exchange, a)
                                : NULL;
    return part->streams != NULL;
}

/* Bindings of a NAT last: each part is told them, and gives them back with its own. */
static struct fosip_analysis *new_part(const struct quiet *q, struct fosip_analysis *a)
{
    struct fosip_analysis *part = calloc(1, sizeof *part);

    if (!part)
        return NULL;
    part->is_part = true;
    part->capture = a->capture;
    part->packets = a->packets;
    part->first_time = a->first_time;
    part->last_time = q->clock.latest; /* the model has read on, to the end of its batch */
    part->interval = a->interval;
    part->nat = a->nat;
    a->nat = NULL;
    return part;
}

static int take_part(struct quiet *q, const struct look *l, struct fosip_analysis **part)
{
    struct numbers n = {room(q->calls.n, sizeof *n.calls), room(q->streams.n, sizeof *n.streams)};
    bool whole = n.calls && n.streams && remember(q, l) == 0;

    *part = whole ? new_part(q, l->a) : NULL;
    whole = *part && part_tables(l, &n, *part) && part_watched(q, l, *part);
    free(n.calls);
    free(n.streams);
    q->any_left = true;
    if (whole)
        return 0;
    fosip_free(*part);
    *part = NULL;
    return -ENOMEM;
}

static bool is_past(const struct quiet *q, const struct fosip_analysis *a)
{
    return (!q->calls.n || q->calls.v[0].id >= q->turns.v[0]) &&
           !stream_uses_maps(a->streams, call_oldest_maps(a->calls));
}

/* Meanings of payload types are kept once for all calls, so that no call that leaves takes
 * its own along: those of long ago go when no one is left who knows them. */
static int turn_maps(struct quiet *q, struct fosip_analysis *a)
{
    uint32_t *turn;

    while (q->turns.n && is_past(q, a)) {
        call_forget_maps(a->calls);
        q->turns.n--;
        memmove(q->turns.v, q->turns.v + 1, q->turns.n * sizeof *q->turns.v);
    }
    if (!call_has_many_maps(a->calls))
        return 0;
    turn = vec_add(&q->turns);
    if (!turn || call_turn_maps(a->calls) < 0)
        return -ENOMEM;
    *turn = q->next_call;
    return 0;
}

int quiet_part(struct quiet *q, struct fosip_analysis *a, struct fosip_analysis **part)
{
    struct look l;
    int r;

    *part = NULL;
    if (call_is_logged(a->calls)) /* logs tell each other's addresses, at the end */
        return 0;
    if (watch_calls(q, a) < 0 || watch_streams(q, a) < 0 || turn_maps(q, a) < 0)
        return -ENOMEM;
    if (a->most_calls < q->calls.n)
        a->most_calls = q->calls.n;
    if (a->most_streams < q->streams.n)
        a->most_streams = q->streams.n;
    if (!may_be_over(q, a))
        return 0;
    r = open_look(&l, q, a) ? look(&l) : -ENOMEM;
    if (r == 0 && l.any)
        r = take_part(q, &l, part);
    close_look(&l);
    return r;
}

void quiet_forget(struct fosip_analysis *a, struct fosip_analysis *part)
{
    a->nat = part->nat;
    part->nat = NULL;
    markings_let_go(a, part);
    fosip_free(part);
}

int quiet_end(struct quiet *q, struct fosip_analysis *a)
{
    if (!q->any_left)
        return 0;
    if (watch_calls(q, a) < 0 || watch_streams(q, a) < 0)
        return -ENOMEM;
    a->call_ids = room(q->calls.n, sizeof *a->call_ids);
    a->stream_ids = room(q->streams.n, sizeof *a->stream_ids);
    if (!a->call_ids || !a->stream_ids)
        return -ENOMEM;
    for (size_t i = 0; i < q->calls.n; i++)
        a->call_ids[i] = q->calls.v[i].id;
    for (size_t i = 0; i < q->streams.n; i++)
        a->stream_ids[i] = q->streams.v[i].id;
    return 0;
}
