/* Subscriptions: RFC 6665, and those that REFER implies: RFC 3515 §2.4. */
#include "call/usage.h"
#include "sip/body.h"
#include "sip/header.h"

static const int64_t SECOND = 1000000000;

struct reading {
    const struct call *call;
    struct subscription *v;
    size_t n, room;
    struct sip_msg msg;
    uint32_t last_notify; /* message: its copies on other hops are left out */
};

static struct slice event_of(const struct sip_msg *msg)
{
    const struct sip_header *h = sip_header(msg, SIP_H_EVENT, 0);

    return h ? h->value : SLICE_EMPTY;
}

/* RFC 6665 §8.2.1: package and id make one subscription; REFER's id is the
 * CSeq of its request (RFC 3515 §2.4.6), which the first one may leave out. */
static bool same_event(const struct subscription *s, struct slice event)
{
    struct slice one_params, two_params, one_id = SLICE_EMPTY, two_id = SLICE_EMPTY;
    struct slice one = sip_token(s->event, &one_params), two = sip_token(event, &two_params);

    sip_param(one_params, SLICE("id"), &one_id);
    sip_param(two_params, SLICE("id"), &two_id);
    if (!slice_ieq(one, two))
        return false;
    return slice_eq(one_id, two_id) || (s->by_refer && (!one_id.n || !two_id.n));
}

static struct subscription *find(struct reading *r, struct slice event)
{
    for (size_t i = r->n; i-- > 0;)
        if (same_event(&r->v[i], event) && r->v[i].end < 0)
            return &r->v[i];
    return NULL;
}

static struct subscription *open_one(struct reading *r, uint32_t message, struct slice event)
{
    struct subscription *s;

    if (r->n == r->room)
        return NULL;
    s = &r->v[r->n++];
    *s = (struct subscription){.event = event, .message = message, .end = -1, .expires = -1,
                               .start = r->call->messages.v[message].time};
    return s;
}

static void note_expiry(struct subscription *s, const struct message *m, struct slice seconds)
{
    uint32_t n;

    if (slice_u32(slice_trim(seconds), &n))
        s->expires = m->time + n * SECOND;
}

/* RFC 6665 §4.1.2.3: asking for 0 seconds unsubscribes. */
static bool ends(const struct sip_msg *msg)
{
    const struct sip_header *h = sip_header(msg, SIP_H_EXPIRES, 0);

    return h && slice_eq(slice_trim(h->value), SLICE("0"));
}

static void take_subscribe(struct reading *r, uint32_t i)
{
    const struct message *m = &r->call->messages.v[i];
    struct slice event = event_of(&r->msg);
    struct subscription *s = find(r, event);

    if (!s) {
        s = open_one(r, i, event);
        if (s)
            s->last_cseq = m->cseq;
        return;
    }
    /* The same request on its next hop, or again after a challenge, refreshes
     * nothing; a refresh is inside the dialog. */
    if (m->cseq != s->last_cseq && !(m->flags & MESSAGE_OUT_OF_DIALOG) && !ends(&r->msg))
        s->refreshes++;
    s->last_cseq = m->cseq;
}

static void take_accepted(struct reading *r, uint32_t i)
{
    const struct sip_header *h = sip_header(&r->msg, SIP_H_EXPIRES, 0);

    for (size_t k = r->n; h && k-- > 0;)
        if (!r->v[k].by_refer && r->v[k].end < 0) {
            note_expiry(&r->v[k], &r->call->messages.v[i], h->value);
            return;
        }
}

static void take_progress(struct reading *r, struct subscription *s, uint32_t i)
{
    struct slice fragment, status;
    uint32_t code;

    if (!sip_body_find(&r->msg, SLICE("message/sipfrag"), &fragment) ||
        s->progress_count == SUBSCRIPTION_PROGRESS ||
        !slice_istarts(fragment, SLICE("SIP/2.0 ")) || fragment.n < 11)
        return;
    status = slice_upto(slice_from(fragment, 8), 3);
    if (!slice_u32(status, &code) || code < 100 || code > 699)
        return;
    fragment = slice_upto(fragment, slice_find(fragment, '\r'));
    fragment = slice_upto(fragment, slice_find(fragment, '\n'));
    s->progress[s->progress_count].message = i;
    s->progress[s->progress_count].status = (uint16_t)code;
    s->progress[s->progress_count++].phrase = slice_trim(slice_from(fragment, 11));
}

static bool same_notify(const struct reading *r, uint32_t i)
{
    const struct message *a, *b = &r->call->messages.v[i];

    if (r->last_notify == CALL_NONE)
        return false;
    a = &r->call->messages.v[r->last_notify];
    return a->cseq == b->cseq && a->dialog == b->dialog &&
           (a->flags & MESSAGE_FROM_CALLER) == (b->flags & MESSAGE_FROM_CALLER);
}

static void take_notify(struct reading *r, uint32_t i)
{
    const struct message *m = &r->call->messages.v[i];
    const struct sip_header *h = sip_header(&r->msg, SIP_H_SUBSCRIPTION_STATE, 0);
    struct slice params = SLICE_EMPTY, value;
    struct subscription *s;

    if (same_notify(r, i))
        return;
    r->last_notify = i;
    s = find(r, event_of(&r->msg));
    if (!s) {
        s = open_one(r, i, event_of(&r->msg));
        if (!s)
            return;
        s->message = CALL_NONE;
    }
    s->notifies++;
    take_progress(r, s, i);
    if (!h)
        return;
    s->state = sip_token(h->value, &params);
    if (sip_param(params, SLICE("expires"), &value))
        note_expiry(s, m, value);
    if (sip_param(params, SLICE("reason"), &value))
        s->reason = value;
    if (slice_ieq(s->state, SLICE("terminated")))
        s->end = m->time;
}

static void take_refer(struct reading *r, uint32_t i)
{
    const struct message *m = &r->call->messages.v[i];
    struct subscription *s;

    for (size_t k = 0; k < r->n; k++) /* on its next hop */
        if (r->v[k].by_refer && r->v[k].message != CALL_NONE &&
            r->call->messages.v[r->v[k].message].cseq == m->cseq)
            return;
    s = open_one(r, i, SLICE("refer"));
    if (s)
        s->by_refer = true;
}

static bool concerns(const struct message *m)
{
    if (m->retransmission_of != CALL_NONE)
        return false;
    if (m->status)
        return m->method == SIP_SUBSCRIBE && m->status / 100 == 2;
    return m->method == SIP_SUBSCRIBE || m->method == SIP_NOTIFY || m->method == SIP_REFER;
}

size_t subscriptions_read(const struct call *call, struct subscription *out, size_t room)
{
    struct reading r; /* not cleared: most calls have no subscription to parse */

    r.call = call;
    r.v = out;
    r.n = 0;
    r.room = room;
    r.last_notify = CALL_NONE;
    for (uint32_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];

        if (!concerns(m) || !message_parse(m, &r.msg))
            continue;
        if (m->status)
            take_accepted(&r, i);
        else if (m->method == SIP_SUBSCRIBE)
            take_subscribe(&r, i);
        else if (m->method == SIP_NOTIFY)
            take_notify(&r, i);
        else
            take_refer(&r, i);
    }
    return r.n;
}
