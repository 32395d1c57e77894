/* Owns the way of octets from TCP to the sink: a stream of its own, or one that
 * wraps messages (WebSocket).  A connection has a state here only when it needs
 * one: then it is also told of missing octets by a run without any. */
#include "net/stream.h"

#include "net/websocket.h"

size_t stream_run(void *ctx, void **state, unsigned side, const struct datagram *run, bool last)
{
    struct stream_stage *stage = ctx;

    if (!*state) {
        switch (websocket_opening(run->data, run->caplen)) {
        case WEBSOCKET_YES:
            *state = websocket_new(&stage->octets);
            break;
        case WEBSOCKET_MORE:
            if (!last)
                return 0;
            break;
        case WEBSOCKET_NO:
            break;
        }
    }
    if (*state)
        return websocket_run(*state, side, run, last, stage->sink);
    return stage->sink->stream(stage->sink->ctx, run, last);
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
    (void)ctx;
    websocket_free(state);
}
