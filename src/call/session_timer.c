/* Session timers: RFC 4028. */
#include "call/usage.h"

#include "base/time.h"
#include "sip/header.h"

static const int64_t SECOND = 1000000000;

enum { GIVES_UP_S = 32 }; /* before the end, or a third of the interval (§10) */

static bool agrees(const struct message *m)
{
    return m->status / 100 == 2 && (m->method == SIP_INVITE || m->method == SIP_UPDATE) &&
           m->retransmission_of == CALL_NONE;
}

/* Who made the request that the response answers. */
static enum call_side requester(const struct message *response)
{
    return response->flags & MESSAGE_FROM_CALLER ? SIDE_CALLEE : SIDE_CALLER;
}

static enum call_side other(enum call_side side)
{
    return side == SIDE_CALLER ? SIDE_CALLEE : SIDE_CALLER;
}

/* One refresh goes over several hops: the first one counts. */
static bool same_refresh(const struct call *call, uint32_t before, const struct message *m)
{
    const struct message *b = &call->messages.v[before];

    return b->cseq == m->cseq && b->method == m->method &&
           (b->flags & MESSAGE_FROM_CALLER) == (m->flags & MESSAGE_FROM_CALLER);
}

static void take(const struct call *call, uint32_t i, struct session_timer *t)
{
    const struct message *m = &call->messages.v[i];
    struct sip_session_expires se;
    const struct sip_header *h;
    struct sip_msg msg;

    if (!message_fields(m, &msg))
        return;
    h = sip_header(&msg, SIP_H_SESSION_EXPIRES, 0);
    if (!h || !sip_session_expires_parse(h->value, &se))
        return;
    if (t->message != CALL_NONE && same_refresh(call, t->message, m))
        return;
    t->refreshes += t->message != CALL_NONE;
    t->message = i;
    t->interval_s = se.seconds;
    t->refreshed = m->time;
    t->expires = m->time + se.seconds * SECOND;
    t->refresher = slice_ieq(se.refresher, SLICE("uac"))   ? requester(m)
                   : slice_ieq(se.refresher, SLICE("uas")) ? other(requester(m))
                                                           : SIDE_UNKNOWN;
}

static void take_min_se(const struct message *m, struct session_timer *t)
{
    const struct sip_header *h;
    struct sip_msg msg;
    uint32_t seconds;

    if (m->status && m->status != 422)
        return;
    if (!message_fields(m, &msg) || !(h = sip_header(&msg, SIP_H_MIN_SE, 0)) ||
        !slice_u32(sip_token(h->value, NULL), &seconds))
        return;
    if (seconds > t->min_se_s)
        t->min_se_s = seconds;
}

static void judge_end(const struct call *call, int64_t capture_end, struct session_timer *t)
{
    int64_t early = t->interval_s / 3 < GIVES_UP_S ? t->interval_s / 3 : GIVES_UP_S;
    int64_t gives_up = t->expires - early * SECOND;

    for (size_t i = 0; i < call->messages.n && t->ended < 0; i++)
        if (!call->messages.v[i].status && call->messages.v[i].method == SIP_BYE)
            t->ended = call->messages.v[i].time;
    if (t->ended >= 0)
        t->ran_out = time_between(gives_up - SECOND, t->ended) >= 0;
    else
        t->ran_out = time_between(t->expires, capture_end) > 0;
}

bool session_timer_read(const struct call *call, int64_t capture_end,
                        struct session_timer *out)
{
    *out = (struct session_timer){.message = CALL_NONE, .ended = -1};
    for (uint32_t i = 0; i < call->messages.n; i++)
        if (agrees(&call->messages.v[i]))
            take(call, i, out);
    if (out->message == CALL_NONE)
        return false;
    for (uint32_t i = 0; i < call->messages.n; i++)
        if (call->messages.v[i].method == SIP_INVITE &&
            call->messages.v[i].retransmission_of == CALL_NONE)
            take_min_se(&call->messages.v[i], out);
    judge_end(call, capture_end, out);
    return true;
}
