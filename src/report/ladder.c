/* Lays out ladders: participants in the order in which they appear, messages
 * and media in the order of time. */
#include "report/ladder.h"

#include <errno.h>
#include <stdlib.h>

/* When a host talks to itself (two programs on one machine), ports tell the
 * participants apart; else the IP address does. */
static bool needs_ports(const struct ladder *l, const struct call *call)
{
    for (size_t i = 0; i < call->messages.n; i++) {
        const struct path *p = call_path(l->analysis->calls, call->messages.v[i].path);

        if (addr_same_ip(&p->src, &p->dst))
            return true;
    }
    return false;
}

static int find(const struct ladder *l, const struct net_addr *addr, bool ports)
{
    for (unsigned i = 0; i < l->participant_count; i++) {
        const struct net_addr *known = &l->participants[i].addr;

        if (addr_same_ip(known, addr) && (!ports || known->port == addr->port))
            return (int)i;
    }
    return -1;
}

static int place(struct ladder *l, const struct net_addr *addr, bool ports)
{
    int at = find(l, addr, ports);
    struct participant *p;

    if (at >= 0)
        return at;
    if (l->participant_count == LADDER_MAX_PARTICIPANTS)
        return -1;
    p = &l->participants[l->participant_count];
    *p = (struct participant){.addr = *addr};
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

static int add_messages(struct ladder *l, const struct call *call, bool ports)
{
    for (uint32_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];
        const struct path *p = call_path(l->analysis->calls, m->path);
        int from = place(l, &p->src, ports), to = place(l, &p->dst, ports);
        struct rung rung = {
            .kind = RUNG_MESSAGE, .time = m->time, .frame = m->frame, .index = i};

        if (add_rung(l, rung, from, to) < 0)
            return -ENOMEM;
    }
    return 0;
}

/* Media has ports of its own: the host's participant takes it, and where one
 * host is several participants, the call's side tells which. */
static int media_end(struct ladder *l, const struct net_addr *addr, bool ports, bool callee)
{
    int at = find(l, addr, false);

    if (at < 0)
        return place(l, addr, ports);
    return ports && callee ? (int)l->participant_count - 1 : at;
}

static int add_streams(struct ladder *l, const struct call *call, bool ports)
{
    for (size_t i = 0; i < call->streams.n; i++) {
        struct stream_figures f;
        bool to_callee;
        int from, to;

        stream_figures(stream_at(l->analysis->streams, call->streams.v[i]), &f);
        to_callee = f.direction == STREAM_TO_CALLEE;
        from = media_end(l, &f.src, ports, !to_callee);
        to = media_end(l, &f.dst, ports, to_callee);
        if (add_rung(l,
                     (struct rung){.kind = RUNG_STREAM,
                                   .time = f.start,
                                   .frame = f.first_frame,
                                   .index = call->streams.v[i]},
                     from, to) < 0)
            return -ENOMEM;
    }
    return 0;
}

static int by_time(const void *pa, const void *pb)
{
    const struct rung *a = pa, *b = pb;

    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return a->frame < b->frame ? -1 : a->frame > b->frame;
}

/* Who sent the first request is the caller; who passed its INVITE on is a
 * proxy; who was last to receive it is the callee. */
static void name_participants(struct ladder *l, const struct call *call)
{
    bool sent[LADDER_MAX_PARTICIPANTS] = {false}, received[LADDER_MAX_PARTICIPANTS] = {false};
    int first = -1;

    for (size_t i = 0; i < l->rungs.n; i++) {
        const struct rung *r = &l->rungs.v[i];
        const struct message *m = &call->messages.v[r->kind == RUNG_MESSAGE ? r->index : 0];

        if (r->kind != RUNG_MESSAGE || m->status || m->method != call->method ||
            !(m->flags & MESSAGE_FROM_CALLER))
            continue;
        if (first < 0)
            first = (int)r->from;
        sent[r->from] = true;
        received[r->to] = true;
    }
    for (unsigned i = 0; i < l->participant_count; i++) {
        struct participant *p = &l->participants[i];

        if ((int)i == first) {
            p->role = "caller";
            p->name = call->from.user;
        } else if (received[i] && sent[i]) {
            p->role = "proxy";
        } else if (received[i] && call->kind == CALL_CALL) {
            p->role = "callee";
            p->name = call->to.user;
        }
    }
}

int ladder_layout(struct ladder *l, const struct fosip_analysis *a, uint32_t number)
{
    const struct call *call = call_at(a->calls, number);
    bool ports;

    *l = (struct ladder){.analysis = a, .call = number};
    ports = needs_ports(l, call);
    if (add_messages(l, call, ports) < 0 || add_streams(l, call, ports) < 0)
        return -ENOMEM;
    if (l->rungs.n)
        qsort(l->rungs.v, l->rungs.n, sizeof l->rungs.v[0], by_time);
    name_participants(l, call);
    return 0;
}

void ladder_free(struct ladder *l)
{
    vec_free(&l->rungs);
}
