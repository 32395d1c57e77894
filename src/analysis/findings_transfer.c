/* Rules about transfers: what became of a REFER (RFC 3515). */
#include "analysis/findings.h"

#include "base/time.h"
#include "call/usage.h"
#include "sip/header.h"

enum { MOST_SUBSCRIPTIONS = 16 };

/* "carol@example.com"; the whole value where that is no URI. */
static struct slice target_of(const struct sip_msg *msg)
{
    const struct sip_header *h = sip_header(msg, SIP_H_REFER_TO, 0);
    struct sip_addr addr;

    if (!h)
        return SLICE("nobody");
    if (!sip_addr_parse(&addr, h->value) || !addr.uri.host.n)
        return slice_upto(h->value, 100);
    return slice_span(addr.uri.user.n ? addr.uri.user.p : addr.uri.host.p,
                      addr.uri.host.p + addr.uri.host.n);
}

/* RFC 4488: it asked for no subscription. */
static bool wants_no_notify(const struct sip_msg *msg)
{
    return slice_ieq(sip_token(sip_header_named(msg, SLICE("Refer-Sub")), NULL), SLICE("false"));
}

static void refer_to(struct finding *f)
{
    if (f)
        f->reference = "RFC 3515 §2.4";
}

static void check(struct fosip_analysis *a, uint32_t number, const struct call *call,
                  const struct subscription *s)
{
    const struct message *m = &call->messages.v[s->message];
    const struct transaction *x =
        m->transaction == CALL_NONE ? NULL : &call->transactions.v[m->transaction];
    unsigned status = s->progress_count ? s->progress[s->progress_count - 1].status : 0;
    struct sip_msg msg;
    struct slice target;

    if (!x || findings_is_one_way(a, m->path) || !message_parse(m, &msg))
        return;
    target = slice_upto(target_of(&msg), 100);
    if (x->status >= 300 && x->status != 401 && x->status != 407)
        refer_to(finding_add(a, "transfer-refused", FINDING_WARNING, number, s->message, CALL_NONE,
                             "The transfer to %.*s was not tried: the REFER was answered %u.",
                             SLICE_ARG(target), x->status));
    else if (status >= 300)
        refer_to(finding_add(a, "transfer-failed", FINDING_ERROR, number, s->message, CALL_NONE,
                             "The transfer to %.*s failed: the new call was answered %u %.*s.",
                             SLICE_ARG(target), status,
                             SLICE_ARG(slice_upto(s->progress[s->progress_count - 1].phrase, 64))));
    else if (x->status / 100 == 2 && status < 200 && !wants_no_notify(&msg))
        refer_to(finding_add(a, "transfer-outcome-unknown", FINDING_NOTE, number, s->message,
                             CALL_NONE,
                             "The transfer to %.*s was accepted (%u), but no NOTIFY said what "
                             "became of it.",
                             SLICE_ARG(target), x->status));
}

/* Some elements count CSeq anew for what they pass on: one finding for both hops. */
static bool is_next_hop(const struct subscription *told, const struct subscription *s)
{
    int64_t after = told ? time_between(told->start, s->start) : -1;

    return after >= 0 && after < TIME_SECOND;
}

void findings_transfer(struct fosip_analysis *a, uint32_t number)
{
    const struct call *call = call_at(a->calls, number);
    struct subscription subscriptions[MOST_SUBSCRIPTIONS];
    const struct subscription *told = NULL;
    size_t n = call->flags & CALL_REFERS
                   ? subscriptions_read(call, subscriptions, MOST_SUBSCRIPTIONS)
                   : 0;

    for (size_t i = 0; i < n; i++) {
        const struct subscription *s = &subscriptions[i];
        size_t before = a->findings.n;

        if (!s->by_refer || s->message == CALL_NONE || is_next_hop(told, s))
            continue;
        check(a, number, call, s);
        if (a->findings.n > before)
            told = s;
    }
}
