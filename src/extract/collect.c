/* Owns the first walk over the capture.  A packet that is a datagram of its own is
 * passed over: whose it is will be seen when it is written.  What is put together
 * of several packets is put together here, and its owner looked up. */
#include "extract/collect.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"
#include "net/plain.h"

struct collector {
    struct collected *out;
    const struct choice *choice;
    struct owners *owners;
    struct anonymize *anonymize; /* NULL: packets are written as they are */
    /* Of the fragments that are put together right now. */
    const uint64_t *pieces;
    size_t piece_count;
    struct decoded whole; /* what they make */
    bool failed; /* memory ran short */
};

static void add_frame(struct collector *c, uint64_t frame, uint32_t file, struct slice whole)
{
    struct collected_frame *slot = vec_add(&c->out->frames);

    if (slot)
        *slot = (struct collected_frame){frame, file, whole};
    else
        c->failed = true;
}

/* Whether the packet was put together from the fragments told last. */
static bool is_from_pieces(const struct collector *c, uint64_t frame)
{
    return c->piece_count && c->pieces[c->piece_count - 1] == frame;
}

/* Octets that are written in place of others, kept. */
static struct slice keep(struct collector *c, const uint8_t *octets, size_t n)
{
    struct slice kept = octets ? arena_dup(&c->out->arena, slice_make((const char *)octets, n))
                               : SLICE_EMPTY;

    c->failed = c->failed || (n && !kept.p);
    return kept;
}

static void add_pieces(struct collector *c, uint32_t file)
{
    struct slice whole = SLICE_EMPTY;

    if (file == CHOICE_NONE)
        return;
    if (c->anonymize && c->piece_count)
        whole = keep(c, anonymize_whole(c->anonymize, &c->whole), c->whole.datagram.caplen);
    for (size_t i = 0; i < c->piece_count; i++)
        add_frame(c, c->pieces[i], file, whole);
}

static void on_fragments(void *ctx, const uint64_t *frames, size_t count,
                         const struct decoded *whole)
{
    struct collector *c = ctx;

    c->whole = *whole;
    c->pieces = frames;
    c->piece_count = count;
}

static void on_datagram(void *ctx, const struct datagram *d)
{
    struct collector *c = ctx;
    bool pieces = is_from_pieces(c, d->packet->frame);
    uint32_t file;

    if (!pieces && d->transport != NET_SCTP)
        return;
    file = owner_of_datagram(c->owners, d);
    if (pieces)
        add_pieces(c, file);
    else
        add_frame(c, d->packet->frame, file, SLICE_EMPTY);
}

static void take_message(struct collector *c, const struct datagram *run, size_t at, size_t n)
{
    struct connection_range range = {.from = run->sequence + (uint32_t)at,
                                     .to = run->sequence + (uint32_t)(at + n),
                                     .time = run->packet->time};
    uint32_t file = owner_of_message(c->owners, (const char *)run->data + at, n, n);

    if (file == CHOICE_NONE)
        return;
    if (is_from_pieces(c, run->packet->frame))
        add_pieces(c, file);
    if (c->anonymize)
        range.octets = (const uint8_t *)keep(
            c, anonymize_message(c->anonymize, run->data + at, n), n).p;
    if (connections_range(&c->out->connections, &run->src, &run->dst, file, &range) < 0)
        c->failed = true;
}

/* As analysis/pipeline.c frames messages. */
static size_t on_stream(void *ctx, const struct datagram *run, bool last)
{
    struct collector *c = ctx;
    const char *data = (const char *)run->data;
    size_t done = 0, length;

    if (run->transport != NET_TCP)
        return run->caplen;
    while (done < run->caplen) {
        if (done && data[done] < ' ' && data[done] != '\r' && data[done] != '\n')
            return done;
        switch (sip_frame(data + done, run->caplen - done, &length)) {
        case SIP_FRAME_MESSAGE:
            take_message(c, run, done, length);
            done += length;
            break;
        case SIP_FRAME_SKIP:
            done += length;
            break;
        case SIP_FRAME_INCOMPLETE:
            if (last && sip_looks_like(data + done, run->caplen - done))
                take_message(c, run, done, run->caplen - done);
            return done;
        }
    }
    return done;
}

/* The frame without names: its own octets stay, and so does its mask. */
static const uint8_t *exchange_frame(struct collector *c, const struct net_frame *f)
{
    const uint8_t *from = f->run->data + f->at;
    uint8_t *octets = (uint8_t *)(uintptr_t)keep(c, from, f->n).p;
    uint8_t *payload = octets ? octets + f->payload : NULL;
    struct datagram d = datagram_part(f->run, from + f->payload, (uint32_t)f->length, false);

    if (!octets)
        return NULL;
    for (size_t i = 0; i < f->length; i++)
        payload[i] ^= f->mask[i & 3];
    switch (f->kind) {
    case NET_FRAME_BINARY:
        anonymize_payload(c->anonymize, &d, payload);
        break;
    case NET_FRAME_HEAD:
    case NET_FRAME_WHOLE:
        anonymize_text(c->anonymize, payload, f->length);
        break;
    case NET_FRAME_PART:
        keyed_fill(c->anonymize->keyed, payload, f->length);
        break;
    }
    for (size_t i = 0; i < f->length; i++)
        payload[i] ^= f->mask[i & 3];
    return octets;
}

/* Where a WebSocket is wanted whole, and for the file of media within TCP. */
static void on_frame(void *ctx, const struct net_frame *f)
{
    struct collector *c = ctx;
    const struct datagram *d = f->run;
    struct connections *connections = &c->out->connections;
    struct connection_range range = {.from = d->sequence + (uint32_t)f->at,
                                     .to = d->sequence + (uint32_t)(f->at + f->n),
                                     .time = d->packet->time};
    const struct connection_use *use = connections_first(connections, &d->src, &d->dst);
    uint32_t file = f->kind == NET_FRAME_BINARY
                        ? owner_of_flow(c->owners, &d->src, &d->dst, d->packet->time)
                        : CHOICE_NONE;

    if (!c->anonymize || (!use && file == CHOICE_NONE))
        return;
    range.octets = exchange_frame(c, f);
    if (!range.octets)
        return;
    if (file != CHOICE_NONE && connections_range(connections, &d->src, &d->dst, file, &range) < 0)
        c->failed = true;
    for (; use && file == CHOICE_NONE; use = connections_next(connections, use))
        if (use->whole && connections_add_range(&connections->uses.v[use - connections->uses.v],
                                                &d->src, &d->dst, &range) < 0)
            c->failed = true;
}

static void on_icmp(void *ctx, const struct net_icmp *icmp)
{
    struct collector *c = ctx;

    if (is_from_pieces(c, icmp->quoted->packet->frame))
        add_pieces(c, owner_of_error(c->owners, icmp));
}

/* Fragments of which some are not in the capture say so in the extract, too. */
static void on_missing(void *ctx, const struct net_missing *missing)
{
    struct collector *c = ctx;

    if (missing->kind == NET_MISSING_FRAGMENTS)
        add_pieces(c, owner_of_datagram(c->owners, missing->where));
}

/* Connections that can be read from their beginning alone, by the messages that the
 * model has of them; SCTP associations. */
static void add_connections(struct collector *c)
{
    const struct call_table *calls = c->choice->analysis->calls;

    for (size_t i = 0; i < call_count(calls); i++) {
        const struct call *call = call_at(calls, i);
        uint32_t file = c->choice->calls[i];

        for (size_t k = 0; file != CHOICE_NONE && k < call->messages.n; k++) {
            const struct message *m = &call->messages.v[k];
            const struct path *path = call_path(calls, m->path);
            struct connection_use *use;

            if (path->transport == NET_UDP || path->transport == NET_TCP || path->logged)
                continue;
            use = connections_use(&c->out->connections, &path->src, &path->dst, file, m->time);
            if (!use) {
                c->failed = true;
                return;
            }
            use->whole = true;
        }
    }
}

static int in_order(const void *pa, const void *pb)
{
    const struct collected_frame *a = pa, *b = pb;

    if (a->frame != b->frame)
        return a->frame < b->frame ? -1 : 1;
    return a->file < b->file ? -1 : a->file > b->file;
}

static void walk(struct collector *c, struct net *net, struct capture *capture)
{
    struct packet packet;
    struct datagram d;

    while (!c->failed && capture_next(capture, &packet)) {
        c->piece_count = 0;
        if (!net_plain_datagram(&packet, &d))
            net_packet(net, &packet);
    }
    c->piece_count = 0;
    net_flush(net);
}

int collect(struct collected *out, const struct choice *choice, struct owners *owners,
            struct capture *capture, struct anonymize *anonymize)
{
    struct collector c = {
        .out = out, .choice = choice, .owners = owners, .anonymize = anonymize};
    struct net_sink sink = {.ctx = &c,
                            .datagram = on_datagram,
                            .stream = on_stream,
                            .icmp = on_icmp,
                            .missing = on_missing,
                            .frame = on_frame,
                            .fragments = on_fragments};
    struct net *net = net_new(&sink);

    *out = (struct collected){.connections.seed = hash_seed()};
    if (!net)
        return -ENOMEM;
    add_connections(&c);
    walk(&c, net, capture);
    net_free(net);
    if (out->frames.n)
        qsort(out->frames.v, out->frames.n, sizeof *out->frames.v, in_order);
    return c.failed ? -ENOMEM : 0;
}

void collected_free(struct collected *c)
{
    connections_free(&c->connections);
    vec_free(&c->frames);
    arena_free(&c->arena);
}
