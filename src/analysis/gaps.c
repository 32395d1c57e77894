/* Owns the account of what the capture lacks. */
#include "analysis/gaps.h"

#include <stdio.h>

void gaps_free(struct gaps *g)
{
    vec_free(&g->ways);
}

void gap_count(struct gap_tally *t, const struct packet *packet)
{
    if (!t->count++) {
        t->frame = packet->frame;
        t->time = packet->time;
    }
}

static void copy(char *out, size_t room, struct slice s)
{
    snprintf(out, room, "%.*s", SLICE_ARG(s));
}

static void note_message(struct gaps *g, const struct datagram *d, struct sip_msg *msg)
{
    const char *text = (const char *)d->data;
    struct gap_message *m;
    struct slice line;

    if (!sip_looks_like(text, d->caplen) || !sip_parse(msg, text, d->caplen, d->len))
        return;
    gap_count(&g->messages, d->packet);
    if (g->messages.count > GAP_MESSAGES)
        return;
    m = &g->first_messages[g->messages.count - 1];
    m->frame = d->packet->frame;
    m->time = d->packet->time;
    line = slice_trim(msg->text);
    copy(m->line, sizeof m->line, slice_trim(slice_upto(line, slice_find(line, '\n'))));
    /* One that reaches to the end may go on in the next fragment. */
    if (msg->call_id.n < sizeof m->call_id &&
        msg->call_id.p + msg->call_id.n < msg->text.p + msg->text.n)
        copy(m->call_id, sizeof m->call_id, msg->call_id);
}

static struct gap_way *way_of(struct gaps *g, const struct datagram *d)
{
    struct gap_way *way;

    for (size_t i = 0; i < g->ways.n; i++)
        if (addr_eq(&g->ways.v[i].src, &d->src) && addr_eq(&g->ways.v[i].dst, &d->dst))
            return &g->ways.v[i];
    way = g->ways.n < GAP_WAYS ? vec_add(&g->ways) : NULL;
    if (way)
        *way = (struct gap_way){.src = d->src, .dst = d->dst};
    return way;
}

void gaps_missing(struct gaps *g, const struct net_missing *missing, struct sip_msg *scratch)
{
    const struct datagram *d = missing->where;
    struct gap_way *way;

    if (missing->kind == NET_MISSING_FRAGMENTS) {
        gap_count(&g->fragments, d->packet);
        if (d->caplen)
            note_message(g, d, scratch);
        return;
    }
    way = way_of(g, d);
    if (!way)
        return;
    gap_count(&way->holes, d->packet);
    way->octets += missing->octets;
}
