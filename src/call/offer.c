/* Offers and answers: RFC 3264.  What a session description announces, and
 * who put the other on hold (§8.4) and resumed. */
#include <errno.h>

#include "call/table.h"

static bool is_offer(const struct incoming *in)
{
    const struct message *m = incoming_message(in);
    const struct transaction *x;

    if (in->msg->request)
        return m->method == SIP_INVITE || m->method == SIP_UPDATE;
    if (m->method != SIP_INVITE || m->transaction == CALL_NONE)
        return false;
    /* A response's description is the offer when the INVITE had none
     * (RFC 3261 §13.2.1). */
    x = &in->call->transactions.v[m->transaction];
    return x->request != CALL_NONE &&
           !(in->call->messages.v[x->request].flags & MESSAGE_HAS_SDP);
}

/* RFC 3264 §8.4; c=0.0.0.0 is RFC 2543's way. */
static bool holds(const struct sdp_session *sdp)
{
    bool any = false;

    for (unsigned i = 0; i < sdp->media_count; i++) {
        const struct sdp_media *media = &sdp->media[i];

        if (!media->port)
            continue;
        if (media->direction != SDP_SENDONLY && media->direction != SDP_INACTIVE &&
            !slice_eq(media->address, SLICE("0.0.0.0")))
            return false;
        any = true;
    }
    return any;
}

static struct call_hold *open_hold(struct call *call, enum call_side by)
{
    for (size_t i = call->holds.n; i-- > 0;)
        if (call->holds.v[i].by == by && call->holds.v[i].end < 0)
            return &call->holds.v[i];
    return NULL;
}

static int follow_hold(const struct incoming *in, const struct sdp_session *sdp,
                       enum call_side side)
{
    const struct message *m = incoming_message(in);
    struct call_hold *hold = open_hold(in->call, side);
    bool held = holds(sdp);

    if (hold && !held)
        hold->end = m->time;
    if (hold || !held)
        return 0;
    hold = vec_add(&in->call->holds);
    if (!hold)
        return -ENOMEM;
    *hold = (struct call_hold){.start = m->time, .end = -1, .by = side, .message = in->index};
    return 0;
}

int offer_add(const struct incoming *in, const struct sdp_session *sdp)
{
    const struct message *m = incoming_message(in);
    enum call_side side = m->flags & MESSAGE_FROM_CALLER ? SIDE_CALLER : SIDE_CALLEE;

    for (unsigned i = 0; i < sdp->media_count; i++) {
        const struct rtp_map *map;
        struct net_addr addr;
        int r = media_announce(&in->table->media, in->table->seed, &sdp->media[i],
                               in->call_number, (uint8_t)side, m->time, &addr, &map);

        if (r < 0)
            return r;
        if (addr.family != NET_UNKNOWN && in->table->on_media)
            in->table->on_media(in->table->on_media_ctx, &addr, map);
    }
    return is_offer(in) ? follow_hold(in, sdp, side) : 0;
}
