/* Owns the way of octets from TCP to the sink.  What is above TCP is told by its
 * first octets, wherever the capture begins: TLS, and within it or without it
 * WebSocket, binary messages (net/framed.c) and, when it is none of these, text
 * whose messages the sink frames.  A connection has a state here only when it
 * needs one: then it is also told of missing octets by a run without any. */
#include "net/stream.h"

#include <stdlib.h>

#include "net/framed.h"
#include "net/websocket.h"

/* What carries messages on a connection, or within its TLS. */
struct carrier {
    struct websocket *websocket; /* NULL: none */
    struct framed framed;
};

struct state {
    struct stream_stage *stage;
    struct tls *tls; /* NULL: in clear */
    struct carrier carrier;
};

static bool is_used(const struct carrier *c)
{
    return c->websocket || c->framed.stun || c->framed.lengths || c->framed.rtsp;
}

static struct datagram rest_of(const struct datagram *run, size_t from)
{
    struct datagram rest =
        datagram_part(run, run->data + from, run->caplen - (uint32_t)from, run->stable);

    rest.sequence += (uint32_t)from;
    return rest;
}

static void deliver(const struct net_sink *sink, const struct datagram *run, size_t at, size_t n)
{
    struct datagram d = datagram_part(run, run->data + at, (uint32_t)n, run->stable);

    if (n)
        sink->datagram(sink->ctx, &d);
}

static void tell(const struct net_sink *sink, const struct datagram *run, size_t from,
                 const struct framed_message *m)
{
    struct net_frame frame = {.kind = NET_FRAME_BINARY,
                              .run = run,
                              .at = from,
                              .n = m->whole,
                              .payload = m->at,
                              .length = m->n};

    if (sink->frame && m->n && run->transport == NET_TCP)
        sink->frame(sink->ctx, &frame);
}

/* Takes what of a run begins at `from`; 0 when more is needed. */
static size_t take(struct stream_stage *stage, struct carrier *c, const struct datagram *run,
                   size_t from, bool last)
{
    const uint8_t *p = run->data + from;
    size_t n = run->caplen - from;
    struct datagram rest;
    struct framed_message m;

    switch (framed_look(&c->framed, p, n, &m)) {
    case FRAMED_YES:
        tell(stage->sink, run, from, &m);
        deliver(stage->sink, run, from + m.at, m.n);
        return m.whole;
    case FRAMED_MORE:
        if (!last)
            return 0;
        break;
    case FRAMED_NO:
        break;
    }
    rest = rest_of(run, from);
    return stage->sink->stream(stage->sink->ctx, &rest, last);
}

/* A carrier's octets, not those of TLS. */
static size_t carry(struct stream_stage *stage, struct carrier *c, unsigned side,
                    const struct datagram *run, bool last)
{
    size_t done = 0, taken;

    if (!c->websocket) {
        switch (websocket_opening(run->data, run->caplen)) {
        case WEBSOCKET_YES:
            c->websocket = websocket_new(&stage->octets);
            break;
        case WEBSOCKET_MORE:
            if (!last)
                return 0;
            break;
        case WEBSOCKET_NO:
            break;
        }
    }
    if (c->websocket)
        return websocket_run(c->websocket, side, run, last, stage->sink);
    while (done < run->caplen) {
        taken = take(stage, c, run, done, last);
        if (!taken)
            break;
        done += taken;
    }
    /* What comes next may begin anywhere: a length is believed only when what
     * is behind it agrees. */
    if (last)
        c->framed.lengths = false;
    return done;
}

static size_t on_plaintext(void *ctx, unsigned side, const struct datagram *run, bool last)
{
    struct state *s = ctx;

    return carry(s->stage, &s->carrier, side, run, last);
}

static struct state *new_state(struct stream_stage *stage)
{
    struct state *s = calloc(1, sizeof *s);

    if (s)
        s->stage = stage;
    return s;
}

/* TLS begins: a connection of its own from here on. */
static void begin_tls(struct stream_stage *stage, void **state, const struct datagram *run)
{
    struct state *s = *state ? *state : new_state(stage);

    if (!s)
        return;
    *state = s;
    s->tls = tls_new(&stage->tls, run);
}

/* In clear, as far as is known. */
static size_t run_clear(struct stream_stage *stage, void **state, unsigned side,
                        const struct datagram *run, bool last)
{
    struct state *s = *state;
    struct carrier carrier = {.websocket = NULL};
    size_t done = carry(stage, s ? &s->carrier : &carrier, side, run, last);

    if (s || !is_used(&carrier))
        return done;
    s = new_state(stage);
    if (s)
        s->carrier = carrier;
    else
        websocket_free(carrier.websocket);
    *state = s;
    return done;
}

size_t stream_run(void *ctx, void **state, unsigned side, const struct datagram *run, bool last)
{
    struct stream_stage *stage = ctx;
    struct state *s = *state;

    if (!s || (!s->tls && !s->carrier.websocket)) {
        switch (tls_opening(run->data, run->caplen)) {
        case TLS_OPENING_YES:
            begin_tls(stage, state, run);
            s = *state;
            break;
        case TLS_OPENING_MORE:
            if (!last)
                return 0;
            break;
        case TLS_OPENING_NO:
            break;
        }
    }
    if (s && s->tls) {
        struct tls_consumer consumer = {.ctx = s, .run = on_plaintext};

        return tls_run(s->tls, side, run, last, &consumer);
    }
    return run_clear(stage, state, side, run, last);
}

void stream_missing(void *ctx, const struct datagram *where, uint32_t octets)
{
    struct stream_stage *stage = ctx;
    struct net_missing missing = {
        .kind = NET_MISSING_SEGMENTS, .where = where, .octets = octets};

    if (stage->sink->missing)
        stage->sink->missing(stage->sink->ctx, &missing);
}

void stream_forget(void *ctx, void *state)
{
    struct state *s = state;

    (void)ctx;
    if (!s)
        return;
    tls_free(s->tls);
    websocket_free(s->carrier.websocket);
    free(s);
}
