/* Ties STUN to calls: checks by the user fragments of session descriptions
 * (RFC 8839 §5.4, RFC 8445 §7.2.2), servers' answers by the addresses announced. */
#include <errno.h>
#include <stdlib.h>

#include "analysis/ice_table.h"
#include "base/hash.h"

/* An a=ice-ufrag: whose, of which call and m= line. */
struct fragment {
    struct slice ufrag; /* in the message's text */
    uint32_t call;
    uint32_t first, count; /* of its candidates */
    uint8_t side, media;
};

struct binding {
    struct fosip_analysis *analysis;
    uint64_t seed;
    VEC(struct fragment) fragments;
    VEC(struct sdp_candidate) candidates;
    struct table by_ufrag;
    unsigned budget;    /* messages that may still be read for servers' answers */
    struct sip_msg msg; /* scratch */
    struct sdp_session sdp;
};

enum { MOST_SAME = 64, MOST_CANDIDATES = 64, MOST_READ = 1 << 20 };

/* ---- what session descriptions say ------------------------------------------------ */

static enum ice_type type_of(struct slice name)
{
    for (enum ice_type t = ICE_HOST; t <= ICE_RELAY; t++)
        if (slice_ieq(name, slice_str(ice_type_name(t))))
            return t;
    return ICE_UNKNOWN;
}

static bool is_known(const struct binding *b, const struct fragment *f, uint64_t hash)
{
    struct table_walk walk = table_walk(&b->by_ufrag, hash);
    unsigned seen = 0;
    uint32_t i;

    while (seen++ < MOST_SAME && table_next(&walk, &i)) {
        const struct fragment *x = &b->fragments.v[i];

        if (x->call == f->call && x->side == f->side && slice_eq(x->ufrag, f->ufrag))
            return true;
    }
    return seen > MOST_SAME;
}

/* The attribute in these lines; empty without. */
static struct slice attribute(struct slice lines, struct slice wanted)
{
    struct slice name, value;

    while (sdp_attribute_next(&lines, &name, &value))
        if (slice_eq(name, wanted))
            return slice_trim(value);
    return SLICE_EMPTY;
}

static int add_candidates(struct binding *b, struct fragment *f, struct slice lines)
{
    struct sdp_candidate line, *slot;

    f->first = (uint32_t)b->candidates.n;
    while (f->count < MOST_CANDIDATES && sdp_candidate_next(&lines, &line)) {
        slot = vec_add(&b->candidates);
        if (!slot)
            return -ENOMEM;
        *slot = line;
        f->count++;
    }
    return 0;
}

static int add_section(struct binding *b, uint32_t call, const struct message *m, unsigned i)
{
    const struct sdp_media *media = &b->sdp.media[i];
    struct fragment f = {
        .call = call,
        .side = m->flags & MESSAGE_FROM_CALLER ? SIDE_CALLER : SIDE_CALLEE,
        .media = (uint8_t)(i + 1),
        .ufrag = attribute(media->lines, SLICE("ice-ufrag")),
    };
    struct fragment *slot;
    uint64_t hash;

    if (!f.ufrag.n) /* of the session */
        f.ufrag = attribute(slice_span(b->sdp.text.p, b->sdp.media[0].lines.p),
                            SLICE("ice-ufrag"));
    hash = hash_bytes(b->seed, f.ufrag.p, f.ufrag.n);
    if (!f.ufrag.n || is_known(b, &f, hash))
        return 0;
    if (add_candidates(b, &f, media->lines) < 0)
        return -ENOMEM;
    slot = vec_add(&b->fragments);
    if (!slot || table_put(&b->by_ufrag, hash, (uint32_t)(b->fragments.n - 1)) < 0)
        return -ENOMEM;
    *slot = f;
    return 0;
}

static bool describe(struct binding *b, const struct message *m)
{
    return m->flags & MESSAGE_HAS_SDP && m->retransmission_of == CALL_NONE &&
           message_sdp(m, &b->msg, &b->sdp);
}

static int read_fragments(struct binding *b)
{
    const struct call_table *calls = b->analysis->calls;

    for (uint32_t c = 0; c < call_count(calls); c++) {
        const struct call *call = call_at(calls, c);

        for (size_t i = 0; i < call->messages.n; i++) {
            const struct message *m = &call->messages.v[i];

            if (!(m->flags & MESSAGE_HAS_SDP) ||
                !memmem(m->text, m->length, "ice-ufrag", 9) || !describe(b, m))
                continue;
            for (unsigned k = 0; k < b->sdp.media_count; k++)
                if (add_section(b, c, m, k) < 0)
                    return -ENOMEM;
        }
    }
    return 0;
}

/* ---- checks ---------------------------------------------------------------------- */

static const struct sdp_candidate *candidate(const struct binding *b, const struct fragment *f,
                                              const struct net_addr *addr)
{
    for (uint32_t i = 0; f && i < f->count; i++)
        if (addr_eq(&b->candidates.v[f->first + i].addr, addr))
            return &b->candidates.v[f->first + i];
    return NULL;
}

/* Of the other side of the call of `against`. */
static const struct fragment *find(const struct binding *b, struct slice ufrag,
                                   const struct fragment *against)
{
    struct table_walk walk = table_walk(&b->by_ufrag, hash_bytes(b->seed, ufrag.p, ufrag.n));
    unsigned seen = 0;
    uint32_t i;

    while (seen++ < MOST_SAME && table_next(&walk, &i)) {
        const struct fragment *f = &b->fragments.v[i];

        if (slice_eq(f->ufrag, ufrag) && f->call == against->call && f->side != against->side)
            return f;
    }
    return NULL;
}

/* "RECEIVER:SENDER", each a user fragment; the same description may stand in the
 * calls of several hops: of these, one that has both. */
static const struct fragment *receiver_of(const struct binding *b, const struct ice_path *p,
                                          const struct fragment **sender)
{
    struct slice name = slice_make(p->username, p->username_n);
    size_t colon = slice_find(name, ':');
    struct slice to = slice_upto(name, colon), from = slice_from(name, colon + 1);
    struct table_walk walk = table_walk(&b->by_ufrag, hash_bytes(b->seed, to.p, to.n));
    const struct fragment *first = NULL;
    unsigned seen = 0;
    uint32_t i;

    *sender = NULL;
    while (seen++ < MOST_SAME && table_next(&walk, &i)) {
        const struct fragment *f = &b->fragments.v[i];

        if (!slice_eq(f->ufrag, to))
            continue;
        *sender = find(b, from, f);
        if (*sender)
            return f;
        first = first ? first : f;
    }
    return first;
}

static void bind_check(struct binding *b, struct ice_path *p)
{
    const struct fragment *sender, *receiver = receiver_of(b, p, &sender);
    const struct sdp_candidate *local, *remote;

    if (!receiver)
        return;
    p->call = receiver->call;
    p->by = receiver->side == SIDE_CALLER ? SIDE_CALLEE : SIDE_CALLER;
    p->media = receiver->media;
    local = candidate(b, sender, &p->src);
    if (!local && p->mapped.family != NET_UNKNOWN)
        local = candidate(b, sender, &p->mapped);
    remote = candidate(b, receiver, &p->dst);
    p->component = (uint8_t)(remote ? remote->component : local ? local->component : 1);
    p->local = (uint8_t)(p->in_turn ? ICE_RELAY : local ? type_of(local->type) : ICE_PRFLX);
    p->remote = (uint8_t)(p->in_turn ? ICE_UNKNOWN : remote ? type_of(remote->type) : ICE_PRFLX);
}

static bool has_media(const struct fosip_analysis *a, const struct ice_path *p)
{
    return stream_flowing(a->streams, &p->src, &p->dst, p->nominated) != STREAM_NO_NUMBER ||
           stream_flowing(a->streams, &p->dst, &p->src, p->nominated) != STREAM_NO_NUMBER;
}

/* Of two nominated pairs, the one that media uses; else the one chosen last. */
static bool is_better(const struct fosip_analysis *a, const struct ice_path *p,
                      const struct ice_path *than)
{
    bool flows = has_media(a, p);

    return flows != has_media(a, than) ? flows : p->nominated > than->nominated;
}

static int by_call(const void *pa, const void *pb, void *ctx)
{
    const struct ice_table *ice = ctx;
    uint32_t i = *(const uint32_t *)pa, k = *(const uint32_t *)pb;
    const struct ice_path *a = &ice->paths.v[i], *b = &ice->paths.v[k];

    if (a->call != b->call)
        return a->call < b->call ? -1 : 1;
    if (a->media != b->media)
        return a->media - b->media;
    if (a->component != b->component)
        return a->component - b->component;
    if (a->in_turn != b->in_turn)
        return a->in_turn - b->in_turn;
    return i < k ? -1 : i > k;
}

static int put_in_order(struct ice_table *ice)
{
    ice->order = malloc((ice->paths.n + 1) * sizeof *ice->order);
    if (!ice->order)
        return -ENOMEM;
    for (size_t i = 0; i < ice->paths.n; i++)
        if (ice->paths.v[i].call != CALL_NONE)
            ice->order[ice->bound++] = (uint32_t)i;
    qsort_r(ice->order, ice->bound, sizeof *ice->order, by_call, ice);
    return 0;
}

/* What goes through TURN may stand in a capture twice, on either side of the relay:
 * each is looked at by itself. */
static bool same_component(const struct ice_path *a, const struct ice_path *b)
{
    return a->call == b->call && a->media == b->media && a->component == b->component &&
           a->in_turn == b->in_turn;
}

/* Of each component's nominated pairs the best. */
static void choose(struct fosip_analysis *a)
{
    struct ice_table *ice = a->ice;
    struct ice_path *best = NULL;

    for (size_t i = 0; i < ice->bound; i++) {
        struct ice_path *p = &ice->paths.v[ice->order[i]];

        if (p->nominated < 0)
            continue;
        if (best && !same_component(best, p)) {
            best->won = true;
            best = NULL;
        }
        if (!best || is_better(a, p, best))
            best = p;
    }
    if (best)
        best->won = true;
}

/* ---- answers of servers ------------------------------------------------------------- */

static bool announces(const struct sdp_media *m, const struct net_addr *addr)
{
    struct slice lines = m->lines;
    struct sdp_candidate line;
    struct net_addr own;

    if (addr_parse_ip(m->address, addr->port, &own) && addr_eq(&own, addr) &&
        (addr->port == m->port || addr->port == m->rtcp_port))
        return true;
    while (sdp_candidate_next(&lines, &line))
        if (addr_eq(&line.addr, addr))
            return true;
    return false;
}

/* The m= line of the call that announces the address, 0: none. */
static uint8_t media_of(struct binding *b, const struct call *call, const struct net_addr *addr)
{
    for (size_t i = 0; i < call->messages.n && b->budget; i++) {
        b->budget--;
        if (!describe(b, &call->messages.v[i]))
            continue;
        for (unsigned k = 0; k < b->sdp.media_count; k++)
            if (announces(&b->sdp.media[k], addr))
                return (uint8_t)(k + 1);
    }
    return 0;
}

/* The call that announces the address around that time, or the one below, whose
 * RTCP it is. */
static bool bind_address(struct binding *b, struct ice_path *p, const struct net_addr *addr)
{
    struct net_addr rtp = *addr;
    enum call_side by;

    if (addr->family == NET_UNKNOWN)
        return false;
    p->call = call_of_stream(b->analysis->calls, &rtp, &rtp, p->first, p->last, &by);
    if (p->call == CALL_NONE && rtp.port) {
        rtp.port--;
        p->call = call_of_stream(b->analysis->calls, &rtp, &rtp, p->first, p->last, &by);
    }
    if (p->call == CALL_NONE)
        return false;
    p->by = (uint8_t)by;
    p->media = media_of(b, call_at(b->analysis->calls, p->call), addr);
    if (!p->media) /* a port that is only near */
        p->call = CALL_NONE;
    return p->media > 0;
}

static void bind_answer(struct binding *b, struct ice_path *p)
{
    if (!bind_address(b, p, &p->relayed) && !bind_address(b, p, &p->mapped))
        bind_address(b, p, &p->src);
}

int ice_finish(struct fosip_analysis *a)
{
    struct ice_table *ice = a->ice;
    struct binding *b = ice->paths.n ? calloc(1, sizeof *b) : NULL;
    int result;

    if (!b)
        return ice->paths.n ? -ENOMEM : 0;
    b->analysis = a;
    b->seed = hash_seed();
    b->budget = MOST_READ;
    result = read_fragments(b);
    for (size_t i = 0; result == 0 && i < ice->paths.n; i++) {
        struct ice_path *p = &ice->paths.v[i];

        if (p->username_n && p->method == STUN_BINDING)
            bind_check(b, p);
        else if (p->successes)
            bind_answer(b, p);
    }
    if (result == 0)
        result = put_in_order(ice);
    if (result == 0)
        choose(a);
    vec_free(&b->fragments);
    vec_free(&b->candidates);
    table_free(&b->by_ufrag);
    free(b);
    return result;
}
