/* Tells retransmissions, loops, spirals and merged requests apart, and which
 * provisional response a PRACK is for. */
#include "call/repeat.h"

#include <stdlib.h>

#include "base/time.h"
#include "sip/header.h"

static const int64_t MS = 1000000;

enum {
    T1_MS = 500, T2_MS = 4000,
    LAST_MS = 64 * T1_MS, /* timers B, F and H end it */
    LOOK_BACK = 256,      /* messages or transactions */
};

/* Which timer sends such a message again; 0: none does. */
static char timer_of(const struct message *m)
{
    if (!m->status)
        return m->method == SIP_INVITE ? 'A' : m->method == SIP_ACK ? 0 : 'E';
    return m->method == SIP_INVITE && m->status > 100 ? 'G' : 0;
}

/* The firing nearest to `after`: intervals double from T1, up to T2 but for
 * timer A and for reliable provisional responses (RFC 3262 §3). */
static int64_t nearest_firing(const struct message *m, int64_t after)
{
    int64_t at = 0, interval = T1_MS * MS, best = -1;
    bool capped = m->status ? m->status >= 200 : m->method != SIP_INVITE;

    while (at + interval <= LAST_MS * MS) {
        at += interval;
        if (best < 0 || llabs(after - at) < llabs(after - best))
            best = at;
        interval *= 2;
        if (capped && interval > T2_MS * MS)
            interval = T2_MS * MS;
    }
    return best;
}

bool retransmission_of(const struct call *call, uint32_t message, struct retransmission *out)
{
    const struct message *m = &call->messages.v[message];
    int64_t slack;

    if (m->retransmission_of == CALL_NONE)
        return false;
    *out = (struct retransmission){.original = m->retransmission_of,
                                   .timer = timer_of(m),
                                   .after = time_between(
                                       call->messages.v[m->retransmission_of].time, m->time),
                                   .expected = -1};
    if (out->after == TIME_NO_SPAN)
        out->timer = 0; /* a log without times */
    if (!out->timer)
        return true;
    out->expected = nearest_firing(m, out->after);
    slack = out->expected / 10 > 100 * MS ? out->expected / 10 : 100 * MS;
    out->on_time = llabs(out->after - out->expected) <= slack;
    return true;
}

const char *repeat_name(enum repeat repeat)
{
    static const char *const names[] = {NULL, "loop", "spiral", "merged"};

    return names[repeat];
}

static bool same_request(const struct call *call, const struct transaction *x,
                         const struct transaction *y)
{
    return x->method != SIP_ACK && x->method != SIP_CANCEL && transaction_same_request(call, x, y);
}

/* Whether the request's Vias name a transaction in which `server` sent it. */
static bool passed_by(const struct call_table *table, const struct call *call,
                      const struct sip_msg *msg, const struct transaction *x,
                      const struct net_addr *server)
{
    struct sip_via via;

    for (unsigned n = 1; n < 70 && sip_via_at(msg, n, &via); n++)
        for (size_t i = 0; i < call->transactions.n && i < LOOK_BACK; i++) {
            const struct transaction *y = &call->transactions.v[i];

            if (same_request(call, x, y) && via.branch.n && slice_eq(y->branch, via.branch) &&
                addr_eq(&call_path(table, y->path)->src, server))
                return true;
        }
    return false;
}

static enum repeat judge(const struct call_table *table, const struct call *call,
                          const struct transaction *x, const struct transaction *before)
{
    const struct net_addr *server = &call_path(table, x->path)->dst;
    struct sip_msg msg;
    struct slice uri;

    if (!message_parse(&call->messages.v[before->request], &msg))
        return REPEAT_NONE;
    uri = msg.uri; /* of the text, which stays */
    if (!message_parse(&call->messages.v[x->request], &msg))
        return REPEAT_NONE;
    if (passed_by(table, call, &msg, x, server))
        return slice_eq(uri, msg.uri) ? REPEAT_LOOP : REPEAT_SPIRAL;
    if (x->status == 482 || !addr_eq(&call_path(table, x->path)->src,
                                     &call_path(table, before->path)->src))
        return REPEAT_MERGED;
    return REPEAT_NONE;
}

enum repeat transaction_repeat(const struct call_table *table, const struct call *call,
                                 uint32_t transaction, uint32_t *before)
{
    const struct transaction *x = &call->transactions.v[transaction];
    uint32_t stop = transaction > LOOK_BACK ? transaction - LOOK_BACK : 0;

    for (uint32_t i = stop; i < transaction; i++) {
        const struct transaction *y = &call->transactions.v[i];
        enum repeat repeat;

        if (!same_request(call, x, y) ||
            !addr_eq(&call_path(table, y->path)->dst, &call_path(table, x->path)->dst))
            continue;
        repeat = judge(table, call, x, y);
        *before = i;
        return repeat;
    }
    return REPEAT_NONE;
}

bool message_rseq(const struct message *message, uint32_t *rseq)
{
    struct sip_msg msg;
    const struct sip_header *h;

    if (message->status <= 100 || message->status >= 200 || !message_parse(message, &msg))
        return false;
    h = sip_header(&msg, SIP_H_RSEQ, 0);
    return h && slice_u32(h->value, rseq);
}

static bool read_rack(const struct call *call, const struct transaction *x, struct sip_rack *rack)
{
    struct sip_msg msg;
    const struct sip_header *h;

    if (x->method != SIP_PRACK || x->request == CALL_NONE ||
        !message_parse(&call->messages.v[x->request], &msg))
        return false;
    h = sip_header(&msg, SIP_H_RACK, 0);
    return h && sip_rack_parse(h->value, rack);
}

uint32_t prack_acknowledges(const struct call_table *table, const struct call *call,
                            uint32_t transaction)
{
    const struct transaction *x = &call->transactions.v[transaction];
    struct sip_rack rack;
    uint32_t i, rseq;

    if (!read_rack(call, x, &rack))
        return CALL_NONE;
    for (i = x->request; i-- > 0 && x->request - i < LOOK_BACK;) {
        const struct message *m = &call->messages.v[i];

        if (m->method == SIP_INVITE && m->cseq == rack.cseq && m->retransmission_of == CALL_NONE &&
            addr_eq(&call_path(table, m->path)->dst, &call_path(table, x->path)->src) &&
            m->dialog == call->messages.v[x->request].dialog && message_rseq(m, &rseq) &&
            rseq == rack.rseq)
            return i;
    }
    return CALL_NONE;
}
