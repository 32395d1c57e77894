/* A rule about a session description that was not fit for the NAT before it. */
#include <inttypes.h>

#include "analysis/findings.h"
#include "analysis/ice.h"
#include "analysis/nat.h"

enum { MOST_DESCRIPTIONS = 16, MOST_STREAMS = 256 }; /* of a call, that are looked at */

/* An address for media that its owner cannot be reached at from outside his NAT. */
struct told {
    struct net_addr addr;    /* as the description says it */
    struct net_addr outside; /* where his signalling comes from, the port left out */
    uint32_t message;
    bool from_caller;
};

/* What becomes of the media to him. */
struct fate {
    uint64_t astray; /* packets sent to the private address */
    bool sends;      /* his own media is in the capture */
    bool reached;
};

static bool reads_sdp(const struct message *m, struct sdp_session *sdp)
{
    struct sip_msg msg;

    return m->retransmission_of == CALL_NONE && message_sdp(m, &msg, sdp);
}

/* The first address that is private and for media that is wanted. */
static bool private_address(const struct sdp_session *sdp, struct net_addr *addr)
{
    for (unsigned i = 0; i < sdp->media_count; i++) {
        const struct sdp_media *media = &sdp->media[i];

        if (media->port && !media->candidates &&
            addr_parse_ip(media->address, media->port, addr))
            return addr_is_private(addr);
    }
    return false;
}

/* Where his side of a NAT ends: by the table of bindings, or because a private
 * address came in a packet from a public one. */
static bool find_outside(const struct fosip_analysis *a, const struct path *path,
                         struct told *told)
{
    const struct nat_binding *b = nat_of_inside(a->nat, &told->addr);

    if (b)
        told->outside = b->outside;
    else if (path->logged || path->src.family != told->addr.family || addr_is_private(&path->src))
        return false;
    else
        told->outside = path->src;
    return !addr_same_ip(&told->outside, &told->addr);
}

/* A capture inside the NAT sees the private address in packets, too. */
static bool seen_inside(const struct fosip_analysis *a, const struct call *call,
                        const struct told *told)
{
    const struct path *path = call_path(a->calls, call->messages.v[told->message].path);

    return addr_same_ip(&path->src, &told->addr);
}

static struct fate fate_of(const struct fosip_analysis *a, const struct call *call,
                           const struct told *told)
{
    bool inside = seen_inside(a, call, told);
    struct fate fate = {0};

    for (size_t i = 0; i < call->streams.n && i < MOST_STREAMS; i++) {
        const struct stream *s = stream_at(a->streams, call->streams.v[i]);

        if (addr_same_ip(stream_src(s), &told->addr) ||
            addr_same_ip(stream_src(s), &told->outside)) {
            fate.sends = true;
            /* without a translation on the way: his network is not another one */
            if (!inside && addr_same_ip(stream_src(s), &told->addr))
                fate.reached = true;
            continue;
        }
        if (inside || !addr_same_ip(stream_dst(s), &told->addr)) {
            fate.reached = true;
            continue;
        }
        fate.astray += stream_packets(s);
    }
    return fate;
}

static bool uses_ice(const struct fosip_analysis *a, uint32_t call)
{
    size_t i, count = ice_of_call(a->ice, call, &i), end = i + count;

    for (; i < end; i++)
        if (ice_at(a->ice, i)->username_n)
            return true;
    return false;
}

static void add(struct fosip_analysis *a, uint32_t number, const struct told *told,
                const struct fate *fate)
{
    char addr[ADDR_TEXT], outside[ADDR_TEXT], what[64] = "no audio came back";
    struct finding *f;

    if (fate->astray)
        snprintf(what, sizeof what, "%" PRIu64 " packets went there in vain", fate->astray);
    f = finding_add(a, "nat-private-address", FINDING_WARNING, number, told->message, CALL_NONE,
                    "The %s is behind a NAT (its signalling comes from %s) and asked for media at "
                    "its private address %s, where the other side cannot reach it: %s; STUN in "
                    "the phone, a media relay (SBC), or the proxy's NAT handling helps.",
                    told->from_caller ? "caller" : "callee",
                    addr_ip_text(&told->outside, outside), addr_ip_text(&told->addr, addr), what);
    if (f)
        f->reference = "RFC 3264 \xc2\xa7" "5.1";
}

static bool judge(struct fosip_analysis *a, uint32_t number, const struct told *told)
{
    enum { QUIET_NS = 2000000000 }; /* how set-up and release work, see findings_media.c */
    const struct call *call = call_at(a->calls, number);
    struct fate fate = fate_of(a, call, told);
    int64_t end = call->talk >= 0 ? call->talk : a->last_time - call->start - call->answer;

    if (fate.reached || (!fate.astray && (!fate.sends || call->holds.n || end < QUIET_NS)))
        return false;
    add(a, number, told, &fate);
    return true;
}

void findings_nat(struct fosip_analysis *a, uint32_t number)
{
    const struct call *call = call_at(a->calls, number);
    unsigned looked = 0;

    /* media that was not captured is judged by nobody */
    if (call->kind != CALL_CALL || call->answer < 0 || !call->streams.n ||
        !(call->flags & CALL_TELLS_PRIVATE) || uses_ice(a, number))
        return;
    for (uint32_t i = 0; i < call->messages.n && looked < MOST_DESCRIPTIONS; i++) {
        const struct message *m = &call->messages.v[i];
        struct told told = {.message = i, .from_caller = m->flags & MESSAGE_FROM_CALLER};
        struct sdp_session sdp;

        /* before anything is parsed: without bindings, by a public source alone */
        if (!(m->flags & MESSAGE_HAS_SDP) ||
            (!nat_count(a->nat) && addr_is_private(&call_path(a->calls, m->path)->src)) ||
            !reads_sdp(m, &sdp))
            continue;
        looked++;
        if (private_address(&sdp, &told.addr) &&
            find_outside(a, call_path(a->calls, m->path), &told) && judge(a, number, &told))
            return;
    }
}
