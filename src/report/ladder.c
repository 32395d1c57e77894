/* Lays out ladders: participants in the order in which they appear, messages
 * and media in the order of time. */
#include "report/ladder.h"

#include <errno.h>
#include <stdlib.h>

#include "analysis/participants.h"
#include "base/time.h"

uint32_t ladder_next(const struct ladder *l, uint32_t call)
{
    return call == l->last ? CALL_NONE : call_at(l->analysis->calls, call)->next_leg;
}

static uint32_t last_call(const struct fosip_analysis *a, uint32_t call)
{
    for (unsigned n = 1; n < LADDER_MAX_CALLS; n++) {
        uint32_t next = call_at(a->calls, call)->next_leg;

        if (next == CALL_NONE)
            break;
        call = next;
    }
    return call;
}

/* When a host talks to itself (two programs on one machine), ports tell the
 * participants apart; else the IP address does. */
static bool needs_ports(const struct ladder *l, const struct call *call)
{
    for (size_t i = 0; i < call->messages.n; i++) {
        const struct path *p = call_path(l->analysis->calls, call->messages.v[i].path);

        if (p->src.family != NET_UNKNOWN && addr_same_ip(&p->src, &p->dst))
            return true;
    }
    return false;
}

static bool any_needs_ports(const struct ladder *l)
{
    for (uint32_t i = l->call; i != CALL_NONE; i = ladder_next(l, i))
        if (needs_ports(l, call_at(l->analysis->calls, i)))
            return true;
    return false;
}

static bool is_same(const struct participant *p, const struct net_addr *addr, bool ports,
                    bool on_caller_side)
{
    if (addr->family == NET_UNKNOWN)
        return p->addr.family == NET_UNKNOWN && p->on_caller_side == on_caller_side;
    return addr_same_ip(&p->addr, addr) && (!ports || p->addr.port == addr->port);
}

static int find(const struct ladder *l, const struct net_addr *addr, bool ports,
                bool on_caller_side)
{
    for (unsigned i = 0; i < l->participant_count; i++)
        if (is_same(&l->participants[i], addr, ports, on_caller_side))
            return (int)i;
    return -1;
}

static int place(struct ladder *l, const struct net_addr *addr, bool ports, bool on_caller_side)
{
    int at = find(l, addr, ports, on_caller_side);
    struct participant *p;

    if (at >= 0)
        return at;
    if (l->participant_count == LADDER_MAX_PARTICIPANTS)
        return -1;
    p = &l->participants[l->participant_count];
    *p = (struct participant){.addr = *addr, .on_caller_side = on_caller_side};
    if (!ports)
        p->addr.port = 0;
    return (int)l->participant_count++;
}

static int add_rung(struct ladder *l, struct rung rung, int from, int to)
{
    struct rung *slot;

    if (from < 0 || to < 0) {
        l->left_out++;
        return 0;
    }
    slot = vec_add(&l->rungs);
    if (!slot)
        return -ENOMEM;
    rung.from = (unsigned)from;
    rung.to = (unsigned)to;
    *slot = rung;
    return 0;
}

static int by_time(const void *pa, const void *pb)
{
    const struct rung *a = pa, *b = pb;

    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    return a->frame < b->frame ? -1 : a->frame > b->frame;
}

static void sort(struct ladder *l)
{
    if (l->rungs.n)
        qsort(l->rungs.v, l->rungs.n, sizeof l->rungs.v[0], by_time);
}

/* `chosen` may be NULL: all are. */
static int gather(struct ladder *l, uint32_t number, const bool *chosen)
{
    const struct call *call = call_at(l->analysis->calls, number);
    int64_t order = 0;

    for (uint32_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];
        struct rung *slot;

        order = time_is_known(m->time) ? m->time : order;
        if (chosen && !chosen[i])
            continue;
        slot = vec_add(&l->rungs);
        if (!slot)
            return -ENOMEM;
        *slot = (struct rung){.kind = RUNG_MESSAGE, .time = m->time, .order = order,
                              .frame = m->frame, .call = number, .index = i};
    }
    return 0;
}

static int gather_messages(struct ladder *l, uint32_t number, const struct fosip_select *select)
{
    bool *chosen = NULL;
    int r = select ? report_chosen_messages(call_at(l->analysis->calls, number), select, &chosen)
                   : 0;

    if (r == 0)
        r = gather(l, number, chosen);
    free(chosen);
    return r;
}

/* Participants stand in the order in which they are heard of, over all calls
 * of a group. */
static int add_messages(struct ladder *l, bool ports, const struct fosip_select *select)
{
    size_t kept = 0;

    for (uint32_t i = l->call; i != CALL_NONE; i = ladder_next(l, i))
        if (gather_messages(l, i, select) < 0)
            return -ENOMEM;
    if (l->group)
        sort(l);
    for (size_t i = 0; i < l->rungs.n; i++) {
        struct rung rung = l->rungs.v[i];
        const struct call *call = call_at(l->analysis->calls, rung.call);
        const struct message *m = &call->messages.v[rung.index];
        const struct path *p = call_path(l->analysis->calls, m->path);
        bool by_caller = m->flags & MESSAGE_FROM_CALLER;
        int from = place(l, &p->src, ports, by_caller), to = place(l, &p->dst, ports, !by_caller);

        if (from < 0 || to < 0) {
            l->left_out++;
            continue;
        }
        rung.from = (unsigned)from;
        rung.to = (unsigned)to;
        l->rungs.v[kept++] = rung;
    }
    l->rungs.n = kept;
    return 0;
}

/* Who takes part in the signalling of one call. */
struct members {
    bool is[LADDER_MAX_PARTICIPANTS];
};

static struct members members_of(const struct ladder *l, uint32_t number)
{
    struct members members = {{false}};

    for (size_t i = 0; i < l->rungs.n; i++)
        if (l->rungs.v[i].kind == RUNG_MESSAGE && l->rungs.v[i].call == number)
            members.is[l->rungs.v[i].from] = members.is[l->rungs.v[i].to] = true;
    return members;
}

/* Media has ports of its own: the host's participant takes it, and where one host is
 * several participants, the first or the last of the call by the call's side. */
static int media_end(struct ladder *l, const struct members *members,
                     const struct net_addr *addr, bool ports, bool callee)
{
    int at = find(l, addr, false, !callee);

    if (at < 0)
        return place(l, addr, ports, !callee);
    for (unsigned i = 0; ports && i < l->participant_count; i++) {
        if (!members->is[i] || !addr_same_ip(&l->participants[i].addr, addr))
            continue;
        at = (int)i;
        if (!callee)
            break;
    }
    return at;
}

static int add_streams(struct ladder *l, uint32_t number, bool ports)
{
    const struct call *call = call_at(l->analysis->calls, number);
    struct members members = members_of(l, number);

    for (size_t i = 0; i < call->streams.n; i++) {
        struct stream_figures f;
        bool to_callee;
        int from, to;

        stream_figures(stream_at(l->analysis->streams, call->streams.v[i]), &f);
        to_callee = f.direction == STREAM_TO_CALLEE;
        from = media_end(l, &members, &f.src, ports, !to_callee);
        to = media_end(l, &members, &f.dst, ports, to_callee);
        if (add_rung(l,
                     (struct rung){.kind = RUNG_STREAM,
                                   .time = f.start,
                                   .order = f.start,
                                   .frame = f.first_frame,
                                   .call = number,
                                   .index = call->streams.v[i]},
                     from, to) < 0)
            return -ENOMEM;
    }
    return 0;
}

/* What the participants did in the requests that make the call, drawn or not. */
struct parts {
    bool sent[LADDER_MAX_PARTICIPANTS], received[LADDER_MAX_PARTICIPANTS];
    int first; /* who sent the first one; -1: is not drawn */
};

static struct parts parts_in(const struct ladder *l, uint32_t number, bool ports)
{
    const struct call *call = call_at(l->analysis->calls, number);
    struct parts parts = {.first = -1};
    bool any = false;

    for (size_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];
        const struct path *p = call_path(l->analysis->calls, m->path);
        int from, to;

        if (m->status || m->method != call->method || !(m->flags & MESSAGE_FROM_CALLER))
            continue;
        from = find(l, &p->src, ports, true);
        to = find(l, &p->dst, ports, false);
        if (!any)
            parts.first = from;
        any = true;
        if (from >= 0)
            parts.sent[from] = true;
        if (to >= 0)
            parts.received[to] = true;
    }
    return parts;
}

static void give(struct participant *p, const char *role, struct slice name)
{
    if (p->role)
        return;
    p->role = role;
    p->name = name;
}

/* Who sent the first request is the caller; who was last to receive it is the
 * callee. */
static void name_ends(struct ladder *l, uint32_t number, bool ports)
{
    const struct call *call = call_at(l->analysis->calls, number);
    struct parts parts = parts_in(l, number, ports);

    for (unsigned i = 0; i < l->participant_count; i++) {
        struct participant *p = &l->participants[i];

        if (p->roles & (ROLE_B2BUA | ROLE_REDIRECT_SERVER))
            continue;
        if ((int)i == parts.first)
            give(p, call->kind == CALL_CALL ? "caller" : "user agent", call->from.user);
        else if (parts.received[i] && parts.sent[i])
            give(p, "proxy", SLICE_EMPTY);
        else if (parts.received[i] && call->kind == CALL_CALL)
            give(p, "callee", call->to.user);
    }
}

/* What each did in these calls alone, whatever it does in others. */
static int find_roles(struct ladder *l)
{
    struct participants all;
    int r = participants_open(&all, l->analysis);

    for (uint32_t i = l->call; r == 0 && i != CALL_NONE; i = ladder_next(l, i))
        r = participants_add(&all, i);
    for (unsigned i = 0; r == 0 && i < l->participant_count; i++) {
        const struct participating *one = participants_find(&all, &l->participants[i].addr);

        if (one)
            l->participants[i].roles = participant_roles(one);
    }
    participants_close(&all);
    return r;
}

int ladder_layout(struct ladder *l, const struct fosip_analysis *a, uint32_t number, bool group,
                  const struct fosip_select *select)
{
    bool media = !select || (!select->transaction && !select->dialog);
    bool ports;

    *l = (struct ladder){.analysis = a, .call = number};
    l->last = group ? last_call(a, number) : number;
    l->group = l->last != number;
    ports = any_needs_ports(l);
    if (add_messages(l, ports, select) < 0)
        return -ENOMEM;
    for (uint32_t i = number; media && i != CALL_NONE; i = ladder_next(l, i))
        if (add_streams(l, i, ports) < 0)
            return -ENOMEM;
    sort(l);
    if (find_roles(l) < 0)
        return -ENOMEM;
    for (uint32_t i = number; i != CALL_NONE; i = ladder_next(l, i))
        name_ends(l, i, ports);
    return 0;
}

void ladder_free(struct ladder *l)
{
    vec_free(&l->rungs);
}

/* Without a choice, the calls; registrations and the like where there are none, or
 * when asked for. */
static bool draws_all(const struct fosip_analysis *a, const struct fosip_report_options *o)
{
    const struct fosip_select *s = &o->select;

    if (o->all || s->call_id || s->from || s->to || s->user || s->filter)
        return true;
    for (uint32_t i = 0; i < call_count(a->calls); i++)
        if (call_at(a->calls, i)->kind == CALL_CALL)
            return false;
    return true;
}

static int lay_out_and_give(const struct fosip_analysis *a, const struct fosip_report_options *o,
                            uint32_t call, bool group, ladder_taker *take, void *ctx)
{
    struct ladder ladder;
    int r = ladder_layout(&ladder, a, call, group, &o->select);

    if (r == 0)
        r = take(ctx, &ladder);
    ladder_free(&ladder);
    return r;
}

int ladder_each(const struct fosip_analysis *a, const struct fosip_report_options *o,
                ladder_taker *take, void *ctx)
{
    bool alone = o->alone || o->select.transaction || o->select.dialog, all = draws_all(a, o);
    bool *given = calloc(call_count(a->calls) + 1, sizeof *given);
    int r = given ? 0 : -ENOMEM;

    for (uint32_t i = 0; r == 0 && i < call_count(a->calls); i++) {
        uint32_t first = alone ? i : call_at(a->calls, i)->group;

        if (given[first] || !report_selects(a, i, &o->select) ||
            (!all && call_at(a->calls, i)->kind != CALL_CALL))
            continue;
        given[first] = true;
        r = lay_out_and_give(a, o, first, !alone, take, ctx);
    }
    free(given);
    return r;
}
