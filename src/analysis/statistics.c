/* Works out RFC 6076's measures from the finished model. */
#include "analysis/statistics.h"

#include <math.h>

#include "base/time.h"
#include "call/usage.h"
#include "sip/body.h"
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

enum { LOOK_AHEAD = 16 }; /* transactions */

/* 64 * T1 (RFC 3261 §17.1.2.2). */
static const int64_t TIMER_F = 32 * TIME_SECOND;

static bool is_challenge(unsigned status)
{
    return status == 401 || status == 402 || status == 407;
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

static void count_body(struct statistics *s, struct slice type)
{
    for (unsigned i = 0; i < s->body_types; i++)
        if (slice_ieq(s->bodies[i].type, type)) {
            s->bodies[i].count++;
            return;
        }
    if (s->body_types == STATISTICS_BODIES) {
        s->other_bodies++;
        return;
    }
    s->bodies[s->body_types].type = type;
    s->bodies[s->body_types++].count = 1;
}

static void count_bodies(const struct call *call, struct statistics *s)
{
    for (size_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];
        struct sip_parts parts;
        struct sip_part part;
        struct sip_msg msg;

        if (!(m->flags & MESSAGE_HAS_BODY) || m->retransmission_of != CALL_NONE ||
            !message_fields(m, &msg))
            continue;
        parts = sip_parts(&msg);
        while (sip_parts_next(&parts, &part))
            count_body(s, sip_token(part.type, NULL));
    }
}

/* Whether the client tried again after that transaction. */
static bool is_retried(const struct fosip_analysis *a, const struct call *call, uint32_t i)
{
    for (uint32_t k = i + 1; k < call->transactions.n && k <= i + LOOK_AHEAD; k++)
        if (transaction_retries(a->calls, call, k) == i)
            return true;
    return false;
}

/* A challenge is no failure, but the refusal of credentials is. */
static bool is_refusal(const struct fosip_analysis *a, const struct call *call, uint32_t i)
{
    return credentials_refusal(call, i) == REFUSAL_WRONG && !is_retried(a, call, i);
}

/* §4.1, §4.2: an attempt begins with the first REGISTER, and the one that answers
 * a challenge is part of it. */
static void measure_registrations(const struct fosip_analysis *a, const struct call *call,
                                  struct statistics *s)
{
    const struct transaction *first = first_of(call, SIP_REGISTER);
    int64_t start = TIME_UNKNOWN;

    for (uint32_t i = 0; first && i < call->transactions.n; i++) {
        const struct transaction *x = &call->transactions.v[i];
        bool succeeded = x->status / 100 == 2;

        if (x->method != SIP_REGISTER || x->request == CALL_NONE ||
            !addr_eq(&call_path(a->calls, x->path)->src, &call_path(a->calls, first->path)->src))
            continue;
        if (transaction_retries(a->calls, call, i) == CALL_NONE)
            start = x->start;
        if (x->state == TRANSACTION_PROCEEDING ||
            (is_challenge(x->status) && !is_refusal(a, call, i)))
            continue;
        s->registrations++;
        s->registrations_failed += x->state == TRANSACTION_TIMEOUT || x->status >= 400;
        if (succeeded)
            add(&s->registration_delay, time_between(start, x->final_time));
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
            !message_fields(&call->messages.v[x->request], &msg))
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

/* §4.4, §4.5: a BYE that nobody answers fails when timer F fires; the two outcomes
 * are not averaged together. */
static void measure_end(const struct call *call, struct statistics *s)
{
    const struct transaction *bye = NULL;

    for (size_t i = 0; i < call->transactions.n; i++) {
        const struct transaction *x = &call->transactions.v[i];

        if (x->method != SIP_BYE || x->request == CALL_NONE)
            continue;
        if (!bye)
            bye = x;
        if (x->status / 100 != 2)
            continue;
        s->completed++;
        add(&s->disconnect_delay, time_between(bye->start, x->final_time));
        add(&s->duration, call->talk);
        return;
    }
    if (!bye || bye->state != TRANSACTION_TIMEOUT)
        return;
    add(&s->disconnect_delay_failed, TIMER_F);
    if (call->talk >= 0)
        add(&s->duration_failed, call->talk + TIMER_F);
}

static void measure_call(const struct call *call, bool whole, struct statistics *s)
{
    unsigned status = call->status;
    bool timed_out = call->state == CALL_UNANSWERED;
    bool answered = call->state == CALL_ESTABLISHED || call->state == CALL_COMPLETED;

    if (call->state == CALL_PARTIAL ||
        (!status && !timed_out && !answered && call->state != CALL_CANCELLED))
        return;
    s->attempts++;
    s->redirected += status / 100 == 3;
    s->unauthorised += is_challenge(status);
    s->user_caused += status == 480 || status == 486 || status == 600 || status == 603;
    /* RFC 3261 §8.1.3.1: a timeout is taken for a 408. */
    s->ineffective += status == 408 || status == 500 || status == 503 || status == 504 || timed_out;
    if (answered)
        add(&s->request_delay_ok, call->delay);
    else if (status >= 400 && !is_challenge(status))
        add(&s->request_delay_failed, call->delay);
    if (whole)
        measure_hops(call, s);
    if (!answered)
        return;
    s->answered++;
    measure_end(call, s);
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : NAN;
}

void statistics_add_call(const struct fosip_analysis *a, uint32_t number, bool whole,
                         struct statistics *out)
{
    const struct call *call = call_at(a->calls, number);

    count_messages(call, out);
    if (whole)
        count_bodies(call, out);
    if (call->kind == CALL_REGISTRATION)
        measure_registrations(a, call, out);
    else if (call->kind == CALL_CALL)
        measure_call(call, whole, out);
}

void statistics_add(const struct fosip_analysis *a, bool (*selects)(void *ctx, uint32_t call),
                    void *ctx, bool whole, struct statistics *out)
{
    for (uint32_t i = 0; i < call_count(a->calls); i++) {
        call_ask_ahead(a->calls, i);
        if (!selects || selects(ctx, i))
            statistics_add_call(a, i, whole, out);
    }
}

void statistics_settle(struct statistics *out)
{
    out->ira = percent(out->registrations_failed, out->registrations);
    /* §4.6, §4.7: redirections and challenges, which a user agent recovers from by
     * itself, are no attempts; SEER counts what the called user chose as effective. */
    out->ser = percent(out->answered, out->attempts - out->redirected - out->unauthorised);
    out->seer = percent(out->answered + out->user_caused,
                        out->attempts - out->redirected - out->unauthorised);
    out->isa = percent(out->ineffective, out->attempts);
    out->scr = percent(out->completed, out->attempts);
}

void statistics_read(const struct fosip_analysis *a, bool (*selects)(void *ctx, uint32_t call),
                     void *ctx, bool whole, struct statistics *out)
{
    *out = (struct statistics){0};
    statistics_add(a, selects, ctx, whole, out);
    statistics_settle(out);
}
