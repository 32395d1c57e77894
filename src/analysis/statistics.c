/* Works out RFC 6076's measures from the finished model. */
#include "analysis/statistics.h"

#include <math.h>

#include "base/time.h"
#include "sip/header.h"

int64_t spread_mean(const struct spread *spread)
{
    return spread->count ? spread->sum / (int64_t)spread->count : -1;
}

static void add(struct spread *s, int64_t ns)
{
    if (ns < 0)
        return;
    if (!s->count || ns < s->min)
        s->min = ns;
    if (ns > s->max)
        s->max = ns;
    s->count++;
    s->sum += ns;
}

static void count_messages(const struct call *call, struct statistics *s)
{
    for (size_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];

        if (m->retransmission_of != CALL_NONE)
            continue;
        if (m->status)
            s->statuses[m->status < 700 ? m->status : 0]++;
        else
            s->methods[m->method <= SIP_UPDATE ? m->method : 0]++;
    }
}

/* On the hop of who sent it; a proxy's copies are not another one. */
static const struct transaction *first_of(const struct call *call, enum sip_method method)
{
    for (size_t i = 0; i < call->transactions.n; i++)
        if (call->transactions.v[i].method == method &&
            call->transactions.v[i].request != CALL_NONE)
            return &call->transactions.v[i];
    return NULL;
}

static void measure_registrations(const struct fosip_analysis *a, const struct call *call,
                                  struct statistics *s)
{
    const struct transaction *first = first_of(call, SIP_REGISTER);

    /* §4.1: a challenge is no end of the request; the time runs from the attempt
     * that led to the 2xx, which is made again with credentials. */
    for (size_t i = 0; first && i < call->transactions.n; i++) {
        const struct transaction *x = &call->transactions.v[i];

        if (x->method == SIP_REGISTER && x->request != CALL_NONE && x->status / 100 == 2 &&
            addr_eq(&call_path(a->calls, x->path)->src, &call_path(a->calls, first->path)->src))
            add(&s->registration_delay, time_between(x->start, x->final_time));
    }
}

/* Max-Forwards of the first hop captured less that of the last, and 1. */
static void measure_hops(const struct call *call, struct statistics *s)
{
    uint32_t most = 0, least = CALL_NONE;

    for (size_t i = 0; i < call->transactions.n; i++) {
        const struct transaction *x = &call->transactions.v[i];
        const struct sip_header *h;
        struct sip_msg msg;
        uint32_t n;

        if (x->method != SIP_INVITE || x->request == CALL_NONE || i >= 16 ||
            !(call->messages.v[x->request].flags & MESSAGE_OUT_OF_DIALOG) ||
            !message_parse(&call->messages.v[x->request], &msg))
            continue;
        h = sip_header(&msg, SIP_H_MAX_FORWARDS, 0);
        if (!h || !slice_u32(h->value, &n) || n > 255)
            continue;
        most = n > most ? n : most;
        least = n < least ? n : least;
    }
    if (least == CALL_NONE)
        return;
    s->hops += most - least + 1;
    s->hop_calls++;
}

static void measure_disconnect(const struct call *call, struct statistics *s, bool *confirmed)
{
    for (size_t i = 0; i < call->transactions.n; i++) {
        const struct transaction *x = &call->transactions.v[i];

        if (x->method != SIP_BYE || x->request == CALL_NONE)
            continue;
        *confirmed = x->status / 100 == 2;
        if (*confirmed)
            add(&s->disconnect_delay, time_between(x->start, x->final_time));
        return;
    }
}

static void measure_call(const struct call *call, bool hops, struct statistics *s)
{
    bool confirmed = false;
    unsigned status = call->status;

    if (call->state == CALL_PARTIAL || !status)
        return;
    s->attempts++;
    s->redirected += status / 100 == 3;
    s->unauthorised += status == 401 || status == 402 || status == 407;
    s->user_caused += status == 480 || status == 486 || status == 600 || status == 603;
    s->ineffective += status == 408 || status == 500 || status == 503 || status == 504;
    add(status / 100 == 2 ? &s->request_delay_ok : &s->request_delay_failed, call->delay);
    if (hops)
        measure_hops(call, s);
    if (status / 100 != 2)
        return;
    s->answered++;
    add(&s->duration, call->talk);
    measure_disconnect(call, s, &confirmed);
    s->completed += confirmed;
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : NAN;
}

void statistics_read(const struct fosip_analysis *a, bool (*selects)(void *ctx, uint32_t call),
                     void *ctx, bool hops, struct statistics *out)
{
    *out = (struct statistics){0};
    for (uint32_t i = 0; i < call_count(a->calls); i++) {
        const struct call *call = call_at(a->calls, i);

        if (selects && !selects(ctx, i))
            continue;
        count_messages(call, out);
        if (call->kind == CALL_REGISTRATION)
            measure_registrations(a, call, out);
        else if (call->kind == CALL_CALL)
            measure_call(call, hops, out);
    }
    /* §4.6, §4.7: redirections are no attempts; SEER counts as effective what the
     * called user chose, and leaves out what lacked credentials. */
    out->ser = percent(out->answered, out->attempts - out->redirected);
    out->seer = percent(out->answered + out->user_caused,
                        out->attempts - out->redirected - out->unauthorised);
    out->isa = percent(out->ineffective, out->attempts);
    out->scr = percent(out->completed, out->attempts);
}
