/* What became of a call: state, status, who released it, and how long each
 * step took (RFC 6076).
 *
 * The answer that counts is the one that the caller got: that of the last
 * initial INVITE on the caller's own hop.  What happened between proxies and
 * forks behind it shows in the transactions. */
#include "base/time.h"
#include "call/table.h"

/* Timer B, 64 * T1 (RFC 3261 §17.1.1.2). */
static const int64_t TIMER_B = 32 * (int64_t)1000000000;

/* The initial request of the call on the caller's hop. */
struct attempt {
    const struct transaction *last; /* the one whose final response counts */
    const struct path *path;        /* of the caller's hop, NULL: not captured */
    int64_t first_time;             /* of the first initial INVITE */
};

static bool is_initial(const struct call *call, const struct transaction *x)
{
    return x->request != CALL_NONE && x->method == call->method &&
           call->messages.v[x->request].flags & MESSAGE_OUT_OF_DIALOG;
}

static bool is_challenge(unsigned status)
{
    return status == 401 || status == 407;
}

/* RFC 3261 §16.7: 2xx, then 6xx, then the latest other one. */
static bool better(const struct transaction *x, const struct transaction *best)
{
    unsigned was = best->status / 100, is = x->status / 100;

    if (!best->status || was == 2 || !x->status)
        return !best->status && x->status;
    return is == 2 || (is == 6 && was != 6) || (was != 6 && x->cseq >= best->cseq);
}

static struct attempt find_attempt(const struct call *call, const struct call_table *table)
{
    struct attempt a = {.first_time = -1};
    const struct transaction *best = NULL;
    bool registers = call->kind != CALL_CALL;

    for (size_t i = 0; i < call->transactions.n; i++) {
        const struct transaction *x = &call->transactions.v[i];
        const struct path *path = call_path(table, x->path);

        if (registers ? x->method != call->method || x->request == CALL_NONE : !is_initial(call, x))
            continue;
        if (!a.path) {
            a.path = path;
            a.first_time = x->start;
        }
        if (!addr_eq(&path->src, &a.path->src))
            continue;
        if (!best || x->cseq > best->cseq || (x->cseq == best->cseq && better(x, best)))
            best = x;
    }
    a.last = best;
    return a;
}

/* The final response of the transaction; where none matched it, one that came
 * back on its hop with its CSeq, because branches do get damaged. */
static const struct message *final_response(const struct call *call,
                                            const struct call_table *table,
                                            const struct transaction *x)
{
    uint32_t index = (uint32_t)(x - call->transactions.v);
    const struct message *other = NULL;

    for (size_t i = x->first_message; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];

        if (m->status < 200 || m->method != x->method)
            continue;
        if (m->transaction == index)
            return m;
        if (!other && m->cseq == x->cseq &&
            addr_eq(&call_path(table, m->path)->dst, &call_path(table, x->path)->src))
            other = m;
    }
    return other;
}

static void read_final(struct call *call, const struct call_table *table,
                       const struct transaction *x)
{
    const struct message *m = final_response(call, table, x);

    if (!m)
        return;
    call->status = m->status;
    call->reason = message_reason(m);
}

/* From the first INVITE to what the caller heard, on his own hop. */
static void measure(struct call *call, const struct call_table *table, const struct attempt *a)
{
    int64_t answered = -1;

    for (size_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];
        const struct path *path = call_path(table, m->path);

        /* a re-INVITE counts on */
        if (m->status && m->method == SIP_INVITE && m->cseq <= a->last->cseq &&
            addr_eq(&path->dst, &a->path->src)) {
            int64_t took = time_between(a->first_time, m->time);

            if (m->status == 100 && call->trying < 0)
                call->trying = took;
            if ((m->status > 100 && m->status < 300) && call->delay < 0)
                call->delay = took;
            /* What a redirection or the like was tried again after is no failure. */
            if (m->status >= 300 && !is_challenge(m->status) && call->delay < 0 &&
                m->cseq == a->last->cseq)
                call->delay = took;
            if (m->status / 100 == 2 && answered < 0) {
                call->answer = took;
                answered = m->time;
            }
        }
        if (!m->status && m->method == SIP_BYE && answered >= 0 && call->talk < 0)
            call->talk = time_between(answered, m->time);
    }
}

static enum call_side who_sent(const struct message *m)
{
    return m->flags & MESSAGE_FROM_CALLER ? SIDE_CALLER : SIDE_CALLEE;
}

static const struct message *first_request(const struct call *call, enum sip_method method)
{
    for (size_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];

        if (!m->status && m->method == method)
            return m;
    }
    return NULL;
}

/* A CANCEL on the caller's hop; a proxy's CANCELs to the other branches of a
 * fork are not the caller's. */
static const struct message *callers_cancel(const struct call *call,
                                            const struct call_table *table,
                                            const struct attempt *a)
{
    for (size_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];

        if (!m->status && m->method == SIP_CANCEL &&
            addr_eq(&call_path(table, m->path)->src, &a->path->src))
            return m;
    }
    return NULL;
}

static enum call_state refused(unsigned status)
{
    if (status / 100 == 3)
        return CALL_REDIRECTED;
    if (status / 100 == 5 || status == 408)
        return CALL_FAILED;
    return CALL_REJECTED;
}

static bool has_response(const struct call *call, unsigned from, unsigned to)
{
    for (size_t i = 0; i < call->messages.n; i++)
        if (call->messages.v[i].status >= from && call->messages.v[i].status <= to &&
            call->messages.v[i].method == call->method)
            return true;
    return false;
}

static enum call_state open_state(const struct call *call, int64_t capture_end)
{
    if (has_response(call, 180, 199))
        return CALL_RINGING;
    if (!has_response(call, 100, 199) && time_between(call->start, capture_end) >= TIMER_B)
        return CALL_UNANSWERED;
    return CALL_SETUP;
}

/* Whether what followed shows that the INVITE was answered 2xx, where that response was
 * not captured: an ACK of its own, or a BYE. */
static bool must_be_answered(const struct call *call)
{
    for (size_t i = 0; i < call->transactions.n; i++) {
        const struct transaction *x = &call->transactions.v[i];

        if ((x->method == SIP_ACK || x->method == SIP_BYE) && x->request != CALL_NONE &&
            !(call->messages.v[x->request].flags & MESSAGE_OUT_OF_DIALOG))
            return true;
    }
    return false;
}

static void note_release(struct call *call, const struct message *by)
{
    if (by)
        call->released_by = (uint8_t)who_sent(by);
}

static void finish_invite(struct call *call, const struct call_table *table,
                          const struct attempt *a, int64_t capture_end)
{
    const struct message *bye = first_request(call, SIP_BYE);
    const struct message *cancel = callers_cancel(call, table, a);
    unsigned status;

    read_final(call, table, a->last);
    measure(call, table, a);
    status = call->status;
    if (status / 100 == 2 || (!status && !cancel && must_be_answered(call))) {
        call->state = bye ? CALL_COMPLETED : CALL_ESTABLISHED;
        note_release(call, bye);
    } else if (cancel && (status == 487 || !status)) {
        call->state = CALL_CANCELLED;
        note_release(call, cancel);
    } else if (!status) {
        call->state = (uint8_t)open_state(call, capture_end);
    } else {
        call->state = (uint8_t)refused(status);
    }
}

static void note_offer(struct call *call, const struct attempt *a)
{
    uint32_t invite = (uint32_t)(a->last - call->transactions.v);

    if (call->messages.v[a->last->request].flags & MESSAGE_HAS_SDP) {
        call->offer = OFFER_EARLY;
        return;
    }
    call->offer = OFFER_NONE;
    for (size_t i = 0; i < call->messages.n; i++)
        if (call->messages.v[i].transaction == invite &&
            call->messages.v[i].flags & MESSAGE_HAS_SDP)
            call->offer = OFFER_DELAYED;
}

/* The initial INVITE is not in the capture: what can still be said. */
static void finish_partial(struct call *call, const struct call_table *table)
{
    call->state = CALL_PARTIAL;
    note_release(call, first_request(call, SIP_BYE));
    for (size_t i = 0; i < call->transactions.n; i++) {
        const struct transaction *x = &call->transactions.v[i];

        if (x->method == SIP_INVITE && x->request == CALL_NONE && x->status && !call->status)
            read_final(call, table, x);
    }
}

static void finish_other(struct call *call, const struct call_table *table,
                         const struct attempt *a, int64_t capture_end)
{
    unsigned status;

    read_final(call, table, a->last);
    status = call->status;
    if (status / 100 == 2)
        call->state = CALL_COMPLETED;
    else if (status)
        call->state = (uint8_t)refused(status);
    else
        call->state = (uint8_t)open_state(call, capture_end);
}

/* The INVITE's final response ends all early dialogs that it did not confirm
 * (RFC 3261 §12.3, §13.2.2.4). */
static void end_early_dialogs(struct call *call)
{
    for (size_t i = 0; call->status && i < call->dialogs.n; i++)
        if (call->dialogs.v[i].state == DIALOG_EARLY)
            call->dialogs.v[i].state = DIALOG_TERMINATED;
}

/* A client gives up after 64 * T1 (timers B and F); a server that has sent a
 * provisional response to an INVITE may take longer. */
static void note_timeouts(struct call *call, int64_t capture_end)
{
    for (size_t i = 0; i < call->transactions.n; i++) {
        struct transaction *x = &call->transactions.v[i];

        if (x->state == TRANSACTION_PROCEEDING && x->method == SIP_ACK)
            x->state = TRANSACTION_COMPLETED; /* has no response */
        else if (x->state == TRANSACTION_PROCEEDING &&
                 time_between(x->start, capture_end) >= TIMER_B)
            x->state = TRANSACTION_TIMEOUT;
    }
}

static void forget(struct call *call)
{
    call->state = CALL_SETUP;
    call->status = 0;
    call->reason = SLICE_EMPTY;
    call->released_by = SIDE_UNKNOWN;
    call->offer = OFFER_UNKNOWN;
    call->trying = call->delay = call->answer = call->talk = -1;
}

void outcome_so_far(struct call *call, const struct call_table *table, int64_t now)
{
    struct attempt a;

    forget(call);
    if (call->kind == CALL_CALL)
        call->method = SIP_INVITE;
    a = find_attempt(call, table);
    if (!a.last) {
        finish_partial(call, table);
        return;
    }
    if (call->kind != CALL_CALL) {
        finish_other(call, table, &a, now);
        return;
    }
    finish_invite(call, table, &a, now);
    note_offer(call, &a);
}

void outcome_ask_ahead(const struct call_table *table, size_t i)
{
    enum { AHEAD = 3 }; /* calls, whose messages call_ask_ahead asked for before */
    const struct call *call = i + AHEAD < table->calls.n ? table->calls.v[i + AHEAD] : NULL;

    for (size_t k = 0; call && k < call->messages.n && k < 16; k++)
        if (call->messages.v[k].status >= 200 && call->messages.v[k].method == call->method)
            __builtin_prefetch(call->messages.v[k].text);
}

void outcome_finish(struct call *call, const struct call_table *table, int64_t capture_end)
{
    note_timeouts(call, capture_end);
    outcome_so_far(call, table, capture_end);
    if (call->kind == CALL_CALL && call->state != CALL_PARTIAL)
        end_early_dialogs(call);
}
