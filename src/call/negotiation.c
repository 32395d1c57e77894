/* Finds which message holds the offer and which the answer. */
#include "call/negotiation.h"

#include "call/repeat.h"
#include "sip/body.h"

enum { LOOK_BACK = 32 }; /* negotiations */

const char *negotiation_state_name(enum negotiation_state state)
{
    static const char *const names[] = {"open", "early", "agreed", "refused"};

    return names[state];
}

struct reading {
    const struct call_table *table;
    const struct call *call;
    struct negotiation *v;
    size_t n, room;
};

static bool from_caller(const struct message *m)
{
    return (m->flags & MESSAGE_FROM_CALLER) != 0;
}

/* On the caller's own hop, where each message is seen once. */
static bool is_callers(const struct reading *r, const struct message *m)
{
    const struct net_addr *caller = &call_path(r->table, r->call->first_path)->src;
    const struct path *p = call_path(r->table, m->path);

    if (addr_same_ip(&p->src, &p->dst)) /* ports tell them apart */
        return addr_eq(&p->src, caller) || addr_eq(&p->dst, caller);
    return addr_same_ip(&p->src, caller) || addr_same_ip(&p->dst, caller);
}

static bool request_has_sdp(const struct reading *r, const struct message *m)
{
    const struct transaction *x = &r->call->transactions.v[m->transaction];

    return x->request != CALL_NONE && r->call->messages.v[x->request].flags & MESSAGE_HAS_SDP;
}

static struct negotiation *open_one(struct reading *r, uint32_t i)
{
    const struct message *m = &r->call->messages.v[i];
    struct negotiation *n;

    if (r->n == r->room)
        return NULL;
    n = &r->v[r->n++];
    *n = (struct negotiation){
        .offer = i,
        .answer = CALL_NONE,
        .early_answer = CALL_NONE,
        .transaction = m->transaction,
        .dialog = m->dialog,
        .by_caller = from_caller(m),
    };
    return n;
}

/* The newest negotiation of that dialog which waits for its answer; where none
 * is, one whose dialog was not known yet. */
static struct negotiation *waiting(struct reading *r, uint32_t transaction, uint32_t dialog)
{
    struct negotiation *unknown = NULL;

    for (size_t i = r->n; i-- > 0 && r->n - i <= LOOK_BACK;) {
        struct negotiation *n = &r->v[i];

        if (transaction != CALL_NONE && n->transaction != transaction)
            continue;
        if (n->dialog == dialog)
            return n;
        if (n->dialog == CALL_NONE && !unknown)
            unknown = n;
    }
    return unknown;
}

static struct negotiation *any_of(struct reading *r, uint32_t transaction)
{
    for (size_t i = r->n; i-- > 0 && r->n - i <= LOOK_BACK;)
        if (r->v[i].transaction == transaction)
            return &r->v[i];
    return NULL;
}

static void answer(struct negotiation *n, uint32_t i, const struct message *m, bool binds)
{
    if (n->dialog == CALL_NONE)
        n->dialog = m->dialog;
    if (n->state == NEGOTIATION_AGREED || n->state == NEGOTIATION_REFUSED)
        return;
    if (!binds) {
        if (n->early_answer == CALL_NONE)
            n->early_answer = i;
        n->state = NEGOTIATION_EARLY;
        return;
    }
    n->answer = i;
    n->state = NEGOTIATION_AGREED;
}

/* An offer in a response waits for the ACK or PRACK of that dialog; both come
 * from who sent the INVITE. */
static struct negotiation *offered_by_response(struct reading *r, const struct message *m)
{
    for (size_t i = r->n; i-- > 0 && r->n - i <= LOOK_BACK;) {
        struct negotiation *n = &r->v[i];

        if (n->state == NEGOTIATION_OPEN && r->call->messages.v[n->offer].status &&
            n->by_caller != from_caller(m) && n->dialog == m->dialog)
            return n;
    }
    return NULL;
}

static void take_request(struct reading *r, uint32_t i)
{
    const struct message *m = &r->call->messages.v[i];
    struct negotiation *n;

    switch (m->method) {
    case SIP_ACK:
    case SIP_PRACK:
        n = offered_by_response(r, m);
        if (n)
            answer(n, i, m, true);
        else if (m->method == SIP_PRACK)
            open_one(r, i);
        break;
    case SIP_INVITE:
    case SIP_UPDATE:
        open_one(r, i);
        break;
    default:
        break;
    }
}

static void take_description(struct reading *r, uint32_t i)
{
    const struct message *m = &r->call->messages.v[i];
    uint32_t rseq;
    bool binds = m->status / 100 == 2 || message_rseq(m, &rseq);
    struct negotiation *n = waiting(r, m->transaction, m->dialog);

    if (n) {
        if (n->by_caller != from_caller(m))
            answer(n, i, m, binds);
        return;
    }
    if (!request_has_sdp(r, m)) {
        if (binds)
            open_one(r, i);
        return;
    }
    /* Another branch of a fork answers the same offer. */
    n = any_of(r, m->transaction);
    if (n && r->n < r->room) {
        r->v[r->n] = *n;
        n = &r->v[r->n++];
        n->dialog = m->dialog;
        n->answer = n->early_answer = CALL_NONE;
        n->state = NEGOTIATION_OPEN;
        answer(n, i, m, binds);
    }
}

static void take_refusal(struct reading *r, const struct message *m)
{
    for (size_t i = r->n; i-- > 0 && r->n - i <= LOOK_BACK;) {
        struct negotiation *n = &r->v[i];

        if (n->transaction != m->transaction || n->state == NEGOTIATION_AGREED ||
            n->state == NEGOTIATION_REFUSED)
            continue;
        n->state = NEGOTIATION_REFUSED;
        n->status = m->status;
    }
}

size_t negotiations_read(const struct call_table *table, const struct call *call,
                         struct negotiation *out, size_t room)
{
    struct reading r = {.table = table, .call = call, .v = out, .room = room};

    for (uint32_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];

        if (m->retransmission_of != CALL_NONE || m->transaction == CALL_NONE ||
            !is_callers(&r, m))
            continue;
        if (m->status >= 300)
            take_refusal(&r, m);
        else if (!(m->flags & MESSAGE_HAS_SDP))
            continue;
        else if (m->status)
            take_description(&r, i);
        else
            take_request(&r, i);
    }
    return r.n;
}

static bool is_codec(const struct sdp_format *f)
{
    return !slice_ieq(f->codec, SLICE("telephone-event")) && !slice_ieq(f->codec, SLICE("CN")) &&
           !slice_ieq(f->codec, SLICE("red")) && !slice_ieq(f->codec, SLICE("rtx")) &&
           !slice_ieq(f->codec, SLICE("ulpfec"));
}

/* The same encoding, whatever number the other side gave it (RFC 3264 §6.1). */
static bool same_format(const struct sdp_format *a, const struct sdp_format *b)
{
    if (!a->codec.n || !b->codec.n)
        return slice_ieq(a->id, b->id);
    return slice_ieq(a->codec, b->codec) &&
           (!a->clock_rate || !b->clock_rate || a->clock_rate == b->clock_rate);
}

static void agree_formats(struct agreed_media *m)
{
    for (unsigned i = 0; i < m->answer->format_count; i++) {
        const struct sdp_format *f = &m->answer->formats[i];

        for (unsigned k = 0; k < m->offer->format_count; k++) {
            if (!same_format(f, &m->offer->formats[k]))
                continue;
            m->formats[m->format_count++] = f;
            if (!m->codec && is_codec(f))
                m->codec = f;
            break;
        }
    }
}

static bool sends(const struct sdp_media *m)
{
    return m->direction == SDP_SENDRECV || m->direction == SDP_SENDONLY;
}

/* c=0.0.0.0 is RFC 2543's way to say that nothing is to be sent there. */
static bool receives(const struct sdp_media *m)
{
    return (m->direction == SDP_SENDRECV || m->direction == SDP_RECVONLY) &&
           !slice_eq(m->address, SLICE("0.0.0.0"));
}

/* The session's part of the text. */
static struct slice session_lines(const struct sdp_session *sdp)
{
    if (!sdp->media_count || !sdp->media[0].lines.p)
        return sdp->text;
    return slice_span(sdp->text.p, sdp->media[0].lines.p);
}

/* The section's attribute, else the session's, which holds for all sections
 * (RFC 5763 §5, RFC 4145 §4). */
static struct slice attribute(const struct sdp_session *sdp, struct slice own, struct slice name)
{
    struct slice rest = session_lines(sdp), one, value;

    if (own.p)
        return slice_trim(own);
    while (sdp_attribute_next(&rest, &one, &value))
        if (slice_eq(one, name))
            return slice_trim(value);
    return SLICE_EMPTY;
}

/* a=group:BUNDLE (RFC 9143) of the session names the section. */
static bool in_bundle(const struct sdp_session *sdp, struct slice mid)
{
    struct slice rest = session_lines(sdp), name, value;

    mid = slice_trim(mid);
    while (mid.n && sdp_attribute_next(&rest, &name, &value)) {
        struct slice words = slice_trim(value);

        if (!slice_eq(name, SLICE("group")) || !slice_istarts(words, SLICE("BUNDLE")))
            continue;
        while (words.n) {
            size_t end = slice_find(words, ' ');

            if (slice_eq(slice_upto(words, end), mid))
                return true;
            words = slice_from(words, end + 1);
        }
    }
    return false;
}

static bool has_fingerprint(const struct sdp_session *sdp, const struct sdp_media *m)
{
    return attribute(sdp, m->fingerprint, SLICE("fingerprint")).n > 0;
}

/* "1 AES_CM_128_HMAC_SHA1_80 inline:..." */
static struct slice suite_of(const struct sdp_media *m)
{
    struct slice rest = slice_from(m->crypto, slice_find(m->crypto, ' ') + 1);

    return slice_upto(rest, slice_find(rest, ' '));
}

bool negotiation_media(const struct sdp_session *offer, const struct sdp_session *answer,
                       unsigned n, struct agreed_media *out)
{
    if (n >= offer->media_count)
        return false;
    *out = (struct agreed_media){.offer = &offer->media[n], .refused = true};
    if (n >= answer->media_count)
        return true;
    out->answer = &answer->media[n];
    out->refused = !out->answer->port;
    if (out->refused || !out->offer->port)
        return true;
    agree_formats(out);
    if (sends(out->offer) && receives(out->answer))
        out->flow |= FLOW_TO_ANSWERER;
    if (sends(out->answer) && receives(out->offer))
        out->flow |= FLOW_TO_OFFERER;
    out->rtcp_mux = out->offer->rtcp_mux && out->answer->rtcp_mux;
    out->ice = out->offer->candidates && out->answer->candidates;
    out->bundled = in_bundle(offer, out->offer->mid) && in_bundle(answer, out->answer->mid);
    out->dtls = has_fingerprint(offer, out->offer) && has_fingerprint(answer, out->answer);
    out->answerer_starts = slice_eq(
        attribute(answer, out->answer->setup, SLICE("setup")), SLICE("active"));
    if (out->offer->crypto.p && out->answer->crypto.p)
        out->suite = suite_of(out->answer);
    return true;
}
