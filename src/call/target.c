/* Remote targets: RFC 3261 §12.1, §12.2; which requests refresh them, RFC 6665 §4.4.1
 * and RFC 3311. */
#include "call/usage.h"

#include "sip/uri.h"

static bool sets_target(const struct message *m)
{
    if (m->retransmission_of != CALL_NONE || (m->status && (m->status <= 100 || m->status > 299)))
        return false;
    return m->method == SIP_INVITE || m->method == SIP_UPDATE || m->method == SIP_SUBSCRIBE ||
           m->method == SIP_NOTIFY || m->method == SIP_REFER;
}

static struct slice contact_of(const struct message *m)
{
    struct sip_addr addr;
    struct sip_msg msg;

    if (!message_fields(m, &msg) || !msg.contact.p || !sip_addr_parse(&addr, msg.contact))
        return SLICE_EMPTY;
    return addr.uri.whole;
}

static void set(struct dialog_targets *t, bool by_caller, struct slice uri)
{
    struct slice *target = by_caller ? &t->local : &t->remote;

    t->refreshes += target->n && !slice_eq(*target, uri);
    *target = uri;
}

void dialog_targets_read(const struct call *call, struct dialog_targets *out)
{
    struct slice first = SLICE_EMPTY; /* of the request that can name no dialog yet */

    for (size_t i = 0; i < call->dialogs.n; i++)
        out[i] = (struct dialog_targets){0};
    for (size_t i = 0; call->dialogs.n && i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];
        struct slice uri = sets_target(m) ? contact_of(m) : SLICE_EMPTY;

        if (!uri.n)
            continue;
        if (m->dialog != CALL_NONE) {
            if (!out[m->dialog].local.n)
                out[m->dialog].local = first;
            set(&out[m->dialog], m->flags & MESSAGE_FROM_CALLER, uri);
        } else if (m->flags & MESSAGE_FROM_CALLER) {
            first = uri;
        }
    }
}
