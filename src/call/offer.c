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

static int announce(const struct incoming *in, const struct sdp_media *section,
                    enum call_side side, const struct net_addr *addr)
{
    const struct rtp_map *map;

    if (media_announce(&in->table->media, in->table->seed, addr, section, in->call_number,
                       (uint8_t)side, incoming_message(in)->time, &map) < 0)
        return -ENOMEM;
    if (in->table->on_media)
        in->table->on_media(in->table->on_media_ctx, addr, map);
    return 0;
}

/* Where the section's media may arrive: its own address, those of its candidates. */
static int announce_all(const struct incoming *in, const struct sdp_media *section, bool candidates,
                        enum call_side side)
{
    enum { MOST_CANDIDATES = 64, RTP = 1 };
    struct slice lines = candidates ? section->lines : SLICE_EMPTY;
    struct sdp_candidate candidate;
    struct net_addr addr = in->media; /* of the first section */

    if (!section->port) /* refused */
        return 0;
    if (section != in->table->sdp.media &&
        !addr_parse_ip(section->address, section->port, &addr))
        addr = (struct net_addr){.family = NET_UNKNOWN};
    if (addr_is_private(&addr))
        in->call->flags = (uint16_t)(in->call->flags | CALL_TELLS_PRIVATE);
    if (addr.family != NET_UNKNOWN && announce(in, section, side, &addr) < 0)
        return -ENOMEM;
    for (unsigned n = 0; n < MOST_CANDIDATES && sdp_candidate_next(&lines, &candidate); n++)
        if (candidate.component == RTP && !addr_eq(&candidate.addr, &addr) &&
            announce(in, section, side, &candidate.addr) < 0)
            return -ENOMEM;
    return 0;
}

int offer_add(const struct incoming *in, const struct sdp_session *sdp)
{
    enum call_side side =
        incoming_message(in)->flags & MESSAGE_FROM_CALLER ? SIDE_CALLER : SIDE_CALLEE;

    for (unsigned i = 0; i < sdp->media_count; i++) {
        const struct sdp_media *section = &sdp->media[i];
        /* those of sections that did not fit are in the last one's lines, uncounted */
        bool candidates = section->candidates || i + 1 == SDP_MAX_MEDIA;

        if (announce_all(in, section, candidates, side) < 0)
            return -ENOMEM;
    }
    return is_offer(in) ? follow_hold(in, sdp, side) : 0;
}
