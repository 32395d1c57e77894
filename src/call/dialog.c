/* Dialogs: RFC 3261 §12.  A dialog is a Call-ID and the tags of both sides; a
 * forked INVITE opens one for each To tag that answers (§12.1). */
#include <errno.h>

#include "base/hash.h"
#include "call/table.h"
#include "sip/header.h"

bool incoming_from_caller(const struct incoming *in)
{
    const struct sip_msg *msg = in->msg;
    struct slice caller = in->call->from.tag;
    bool from_is_caller;

    if (caller.p && same_tag(in->from_tag, caller))
        from_is_caller = true;
    else if (caller.p && same_tag(in->to_tag, caller))
        from_is_caller = false;
    else if (msg->to_tag.n == 0)
        from_is_caller = true; /* out of dialog, with a new tag */
    else
        from_is_caller =
            addr_same_ip(&in->datagram->src,
                         &call_path(in->table, in->call->first_path)->src) == msg->request;
    return from_is_caller == msg->request;
}

uint64_t dialog_key(const struct call_table *table, const struct call *call, struct slice a,
                    struct slice b)
{
    uint64_t h = hash_u64(table->seed, (uintptr_t)call); /* its number may change */

    return hash_bytes(h, a.p, a.n) + hash_bytes(h, b.p, b.n);
}

static bool is_of(const struct dialog *d, const struct incoming *in)
{
    return (same_tag(d->local_tag, in->from_tag) && same_tag(d->remote_tag, in->to_tag)) ||
           (same_tag(d->local_tag, in->to_tag) && same_tag(d->remote_tag, in->from_tag));
}

/* The place of the message's dialog, CALL_NONE without one. */
static uint32_t find(const struct incoming *in)
{
    struct call_table *t = in->table;
    struct table_walk walk;
    uint32_t i;

    for (i = 0; i < CALL_FEW && i < in->call->dialogs.n; i++)
        if (is_of(&in->call->dialogs.v[i], in))
            return i;
    if (i == in->call->dialogs.n)
        return CALL_NONE;
    walk = table_walk(&t->by_dialog, dialog_key(t, in->call, in->from_tag, in->to_tag));
    while (table_next(&walk, &i)) {
        const struct call_ref *ref = &t->dialog_refs.v[i];

        if (ref->call == in->call_number && is_of(&in->call->dialogs.v[ref->index], in))
            return ref->index;
    }
    return CALL_NONE;
}

static bool is_dialog_method(enum sip_method method)
{
    return method == SIP_INVITE || method == SIP_SUBSCRIBE || method == SIP_REFER ||
           method == SIP_NOTIFY;
}

/* Requests inside a dialog show it even when its start was not captured. */
static bool opens_dialog(const struct sip_msg *msg)
{
    if (msg->request)
        return msg->method != SIP_CANCEL && msg->method != SIP_ACK &&
               msg->method != SIP_REGISTER && msg->method != SIP_PUBLISH;
    if (msg->status <= 100 || msg->status >= 300)
        return false;
    return is_dialog_method(msg->cseq_method);
}

static bool enter(const struct incoming *in, uint32_t index)
{
    struct call_table *t = in->table;
    struct call_ref *ref;

    if (index < CALL_FEW)
        return true;
    ref = vec_add(&t->dialog_refs);
    if (!ref)
        return false;
    *ref = (struct call_ref){in->call_number, index};
    return table_put(&t->by_dialog, dialog_key(t, in->call, in->from_tag, in->to_tag),
                     (uint32_t)(t->dialog_refs.n - 1)) == 0;
}

/* Its place, CALL_NONE when memory is short. */
static uint32_t open_dialog(const struct incoming *in)
{
    const struct sip_msg *msg = in->msg;
    bool caller_is_from = (incoming_message(in)->flags & MESSAGE_FROM_CALLER ? 1 : 0) ==
                          (msg->request ? 1 : 0);
    struct dialog *d = vec_add(&in->call->dialogs);
    uint32_t index = (uint32_t)(in->call->dialogs.n - 1);

    if (!d || !enter(in, index))
        return CALL_NONE;
    *d = (struct dialog){
        .local_tag = caller_is_from ? in->from_tag : in->to_tag,
        .remote_tag = caller_is_from ? in->to_tag : in->from_tag,
        .state = msg->request || msg->status >= 200 ? DIALOG_CONFIRMED : DIALOG_EARLY,
    };
    return index;
}

static bool ends_subscription(const struct sip_msg *msg)
{
    const struct sip_header *h;

    if (!msg->request || msg->method != SIP_NOTIFY)
        return false;
    h = sip_header(msg, SIP_H_SUBSCRIPTION_STATE, 0);
    return h && slice_ieq(sip_token(h->value, NULL), SLICE("terminated"));
}

/* Several usages may share a dialog (RFC 5057): that of a REFER leaves the session as
 * it is. */
static bool shows_session(const struct sip_msg *msg)
{
    enum sip_method method = msg->request ? msg->method : msg->cseq_method;

    return method == SIP_INVITE || method == SIP_ACK || method == SIP_BYE || method == SIP_PRACK ||
           method == SIP_UPDATE || method == SIP_INFO;
}

static void follow(struct dialog *d, const struct sip_msg *msg)
{
    d->session = d->session || shows_session(msg);
    if (msg->request && msg->method == SIP_BYE)
        d->state = DIALOG_TERMINATED;
    else if (ends_subscription(msg) && !d->session)
        d->state = DIALOG_TERMINATED;
    else if (d->state == DIALOG_EARLY && !msg->request && is_dialog_method(msg->cseq_method) &&
             msg->status >= 200)
        d->state = msg->status < 300 ? DIALOG_CONFIRMED : DIALOG_TERMINATED;
}

/* A final response other than 2xx ends all early dialogs of its INVITE
 * (§12.3); only those of the same fork when it is one hop's answer. */
static void end_early(const struct incoming *in)
{
    const struct sip_msg *msg = in->msg;

    if (msg->request || msg->cseq_method != SIP_INVITE || msg->status < 300)
        return;
    for (size_t i = 0; i < in->call->dialogs.n; i++) {
        struct dialog *d = &in->call->dialogs.v[i];

        if (d->state == DIALOG_EARLY && same_tag(d->remote_tag, in->to_tag))
            d->state = DIALOG_TERMINATED;
    }
}

int dialog_add(const struct incoming *in)
{
    const struct sip_msg *msg = in->msg;
    struct message *m = incoming_message(in);
    uint32_t index;

    if (!in->from_tag.n || !in->to_tag.n)
        return 0;
    index = find(in);
    if (index == CALL_NONE && opens_dialog(msg)) {
        index = open_dialog(in);
        if (index == CALL_NONE)
            return -ENOMEM;
    }
    if (index == CALL_NONE) {
        end_early(in);
        return 0;
    }
    follow(&in->call->dialogs.v[index], msg);
    m->dialog = index;
    if (m->transaction != CALL_NONE) {
        struct transaction *x = &in->call->transactions.v[m->transaction];

        if (x->dialog == CALL_NONE)
            x->dialog = index;
    }
    return 0;
}
