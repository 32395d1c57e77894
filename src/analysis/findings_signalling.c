/* Rules about signalling: what was not answered, was refused, or was not
 * captured. */
#include "analysis/findings.h"

#include <stdlib.h>

#include "base/time.h"
#include "call/repeat.h"
#include "call/usage.h"
#include "sip/body.h"
#include "sip/header.h"

enum {
    RETRANSMISSIONS_WORTH_A_WORD = 2,
    METHODS = 32,
    MOST_RELIABLE = 16, /* provisional responses whose PRACK is looked for */
    MOST_CHECKED = 1024, /* transactions of a call that may be loops */
    LOOK_AHEAD = 4096, /* messages: what belongs together is near */
};

static const struct message *message_of(const struct call *call, uint32_t i)
{
    return &call->messages.v[i];
}

enum { SPAN_TEXT = 48 };

/* " in 1.5 s" after that word; nothing where the times are not known. */
static const char *span(const char *word, int64_t from, int64_t to, char out[SPAN_TEXT])
{
    int64_t ns = time_between(from, to);

    *out = 0;
    if (ns != TIME_NO_SPAN)
        snprintf(out, SPAN_TEXT, " %s %.1f s", word, (double)ns / 1e9);
    return out;
}

/* How often the message was sent again, and when last. */
static unsigned sent_again(const struct call *call, uint32_t original, int64_t *last)
{
    unsigned n = 0;

    for (size_t i = original + 1; i < call->messages.n && i - original < LOOK_AHEAD; i++) {
        if (call->messages.v[i].retransmission_of != original)
            continue;
        n++;
        *last = call->messages.v[i].time;
    }
    return n;
}

static bool acknowledged(const struct call *call, uint32_t ok, int64_t *when)
{
    for (size_t i = ok + 1; i < call->messages.n && i - ok < LOOK_AHEAD; i++) {
        const struct message *m = &call->messages.v[i];

        if (m->method != SIP_ACK || m->status || m->cseq != call->messages.v[ok].cseq)
            continue;
        *when = m->time;
        return true;
    }
    return false;
}

/* The callee repeats its 2xx until the ACK arrives, and gives up after 32 s
 * (RFC 3261 §13.3.1.4). */
static void check_ack(struct fosip_analysis *a, uint32_t number, const struct call *call)
{
    for (uint32_t i = 0; i < call->messages.n; i++) {
        const struct message *m = message_of(call, i);
        int64_t last = m->time, acked = 0;
        struct finding *f = NULL;
        char text[SPAN_TEXT];
        unsigned again;

        if (m->status / 100 != 2 || m->method != SIP_INVITE ||
            m->retransmission_of != CALL_NONE || findings_is_one_way(a, m->path))
            continue;
        again = sent_again(call, i, &last);
        if (!acknowledged(call, i, &acked)) {
            if (again || time_between(m->time, a->last_time) > TIME_SECOND)
                f = finding_add(a, "ack-missing", FINDING_ERROR, number, i, CALL_NONE,
                                "The %u to the INVITE was never acknowledged: it was sent %u "
                                "times and no ACK was captured.",
                                m->status, again + 1);
        } else if (again >= RETRANSMISSIONS_WORTH_A_WORD) {
            f = finding_add(a, "ack-late", FINDING_WARNING, number, i, CALL_NONE,
                            "The %u to the INVITE was sent %u times before its ACK came%s: "
                            "the first ACKs were lost or sent late.",
                            m->status, again + 1, span("after", m->time, acked, text));
        }
        if (f)
            f->reference = "RFC 3261 §13.3.1.4";
    }
}

/* Whether no response to it was captured, not even a provisional one.  Not known of
 * messages that are cut, nor of copies that come too soon to have been sent again. */
static bool got_nothing(const struct call *call, const struct transaction *x, int64_t last)
{
    const struct message *request = message_of(call, x->request);
    int64_t span = time_between(request->time, last);
    uint32_t which = request->transaction;

    if (request->length < request->whole || (span != TIME_NO_SPAN && span < TIME_SECOND / 10))
        return false;
    for (size_t i = x->request + 1; i < call->messages.n && i - x->request < LOOK_AHEAD; i++)
        if (call->messages.v[i].status && call->messages.v[i].transaction == which)
            return false;
    return !x->status;
}

/* Sent again, and no response at all.  A client sends an INVITE again after 500 ms, a
 * server sends 100 within 200 ms (RFC 3261 §17.2.1): where the server's own log has it
 * twice, the server is at fault.  Elsewhere it may never have come there. */
static void tell_silence(struct fosip_analysis *a, uint32_t number, const struct transaction *x,
                         unsigned times, const char *within)
{
    const struct path *path = call_path(a->calls, x->path);
    bool invite = x->method == SIP_INVITE, received = path->logged == NET_LOGGED_RECEIVED;
    bool certain = x->state == TRANSACTION_TIMEOUT || (received && invite);
    const char *rule = certain ? "request-unanswered" : "request-retransmitted";
    enum finding_severity severity = certain ? FINDING_ERROR : FINDING_WARNING;
    char host[ADDR_TEXT] = "the other side";
    struct finding *f;

    if (path->dst.family != NET_UNKNOWN)
        addr_ip_text(&path->dst, host);
    else if (received)
        snprintf(host, sizeof host, "the host of this log");
    if (received)
        f = finding_add(a, rule, severity, number, x->request, CALL_NONE,
                        "The %.*s was sent again: %s received it %u times%s and did not answer%s.",
                        SLICE_ARG(x->method_name), host, times, within,
                        invite ? ", not even with 100 Trying; a gateway most often has no "
                                 "dial-peer or route for such a call: look at the configuration "
                                 "of the called side"
                               : "");
    else
        f = finding_add(a, rule, severity, number, x->request, CALL_NONE,
                        "The %.*s was sent %u times%s and no response was captured%s: %s did not "
                        "receive it or did not answer, or its answer was lost.",
                        SLICE_ARG(x->method_name), times, within,
                        invite ? ", not even 100 Trying" : "", host);
    if (f)
        f->reference = received && invite ? "RFC 3261 §17.2.1"
                       : invite           ? "RFC 3261 §17.1.1.2"
                                          : "RFC 3261 §17.1.2.2";
}

static void check_transaction(struct fosip_analysis *a, uint32_t number, const struct call *call,
                              const struct transaction *x)
{
    int64_t last = x->start;
    unsigned again;
    struct finding *f = NULL;
    char text[SPAN_TEXT];

    if (x->method == SIP_ACK || x->request == CALL_NONE || findings_is_one_way(a, x->path))
        return;
    again = x->retransmissions ? sent_again(call, x->request, &last) : 0;
    if (again && got_nothing(call, x, last)) {
        tell_silence(a, number, x, again + 1, span("within", x->start, last, text));
        return;
    }
    if (x->state == TRANSACTION_TIMEOUT)
        f = finding_add(a, "request-unanswered", FINDING_ERROR, number, x->request, CALL_NONE,
                        "The %.*s got no final response: it was sent %u time%s%s.",
                        SLICE_ARG(x->method_name), again + 1, again ? "s" : "",
                        again ? span("in", x->start, last, text) : "");
    else if (again >= RETRANSMISSIONS_WORTH_A_WORD)
        f = finding_add(a, "request-retransmitted", FINDING_WARNING, number, x->request, CALL_NONE,
                        "The %.*s was sent %u times%s before the other side was heard: "
                        "requests or responses were lost, or it is slow.",
                        SLICE_ARG(x->method_name), again + 1, span("within", x->start, last, text));
    if (f)
        f->reference = x->method == SIP_INVITE ? "RFC 3261 §17.1.1.2" : "RFC 3261 §17.1.2.2";
}

static uint32_t hops_left(const struct message *m)
{
    struct sip_msg msg;
    const struct sip_header *h;
    uint32_t n = 0;

    if (!message_fields(m, &msg))
        return 0;
    h = sip_header(&msg, SIP_H_MAX_FORWARDS, 0);
    return h && slice_u32(h->value, &n) ? n : 0;
}

/* One finding a call: the first request that came round. */
static void check_repeats(struct fosip_analysis *a, uint32_t number, const struct call *call)
{
    for (uint32_t i = 1; i < call->transactions.n && i < MOST_CHECKED; i++) {
        const struct transaction *x = &call->transactions.v[i], *y;
        uint32_t before = CALL_NONE;
        enum repeat how = transaction_repeat(a->calls, call, i, &before);
        char server[ADDR_TEXT];
        struct finding *f;

        if (how != REPEAT_LOOP && how != REPEAT_MERGED)
            continue;
        y = &call->transactions.v[before];
        addr_text(&call_path(a->calls, x->path)->dst, server);
        if (how == REPEAT_LOOP)
            f = finding_add(a, "loop", FINDING_ERROR, number, x->request, CALL_NONE,
                            "The %.*s came back to %s, which had sent it on: it runs in a circle "
                            "(Max-Forwards %u, then %u).",
                            SLICE_ARG(x->method_name), server,
                            hops_left(message_of(call, y->request)),
                            hops_left(message_of(call, x->request)));
        else
            f = finding_add(a, "merged-request", FINDING_NOTE, number, x->request, CALL_NONE,
                            "The %.*s reached %s on two ways: a proxy before it forked, and the "
                            "branches meet again.",
                            SLICE_ARG(x->method_name), server);
        if (f)
            f->reference = how == REPEAT_LOOP ? "RFC 3261 §16.3" : "RFC 3261 §8.2.2.2";
        return;
    }
}

static bool has_prack(const struct fosip_analysis *a, const struct call *call, uint32_t message)
{
    for (uint32_t i = 0; i < call->transactions.n && i < LOOK_AHEAD; i++)
        if (call->transactions.v[i].method == SIP_PRACK &&
            prack_acknowledges(a->calls, call, i) == message)
            return true;
    return false;
}

/* A reliable provisional response is sent again until its PRACK comes
 * (RFC 3262 §3); only one that was sent again is looked at. */
static void check_prack(struct fosip_analysis *a, uint32_t number, const struct call *call)
{
    unsigned looked = 0;

    for (uint32_t i = 0; i < call->messages.n && looked < MOST_RELIABLE; i++) {
        const struct message *m = message_of(call, i);
        uint32_t original = m->retransmission_of, rseq;
        struct finding *f;

        if (original == CALL_NONE || m->status <= 100 || m->status >= 200)
            continue;
        looked++;
        if (!message_rseq(m, &rseq) || has_prack(a, call, original))
            continue;
        f = finding_add(a, "prack-missing", FINDING_ERROR, number, original, CALL_NONE,
                        "The %u asks for a PRACK (RSeq %u), was sent again, and got none.",
                        m->status, rseq);
        if (f)
            f->reference = "RFC 3262 §3";
        return;
    }
}

static uint32_t final_message(const struct call *call)
{
    for (size_t i = call->messages.n; i-- > 0;)
        if (call->messages.v[i].status == call->status &&
            call->messages.v[i].method == call->method)
            return (uint32_t)i;
    return CALL_NONE;
}

static const char *plain_words(unsigned status)
{
    switch (status) {
    case 403: return "the other side forbids it";
    case 404: return "the called user is not known there";
    case 408: return "nobody answered in time";
    case 480: return "the called user cannot be reached now";
    case 481: return "the other side does not know this call";
    case 482: return "the request came to the same element twice";
    case 483: return "it passed too many proxies, perhaps in a circle";
    case 484: return "the number is not complete";
    case 486: return "the called user is busy";
    case 488: return "the offered media are not acceptable to the other side";
    case 500: return "the server failed";
    case 503: return "the server is overloaded or down";
    case 600: return "the called user is busy everywhere";
    case 603: return "the called user declined";
    default: return NULL;
    }
}

static void check_refusal(struct fosip_analysis *a, uint32_t number, const struct call *call)
{
    const char *words = plain_words(call->status);
    enum finding_severity severity = call->state == CALL_FAILED ? FINDING_ERROR : FINDING_NOTE;

    if (call->kind != CALL_CALL || (call->state != CALL_REJECTED && call->state != CALL_FAILED))
        return;
    if (call->status == 488 || call->status == 401 || call->status == 407)
        severity = FINDING_ERROR;
    finding_add(a, call->state == CALL_FAILED ? "call-failed" : "call-rejected", severity, number,
                final_message(call), CALL_NONE, "The call was refused with %u %.*s%s%s.",
                call->status, SLICE_ARG(call->reason), words ? ": " : "", words ? words : "");
}

/* The last transaction of each method that got a 2xx, and 1; 0: none. */
static void find_successes(const struct call *call, size_t last[METHODS])
{
    memset(last, 0, METHODS * sizeof last[0]);
    for (size_t i = 0; i < call->transactions.n; i++)
        if (call->transactions.v[i].status / 100 == 2)
            last[call->transactions.v[i].method % METHODS] = i + 1;
}

/* One challenge is how digest works; one after credentials is a refusal
 * (RFC 3261 §22.2), unless only the nonce was stale (RFC 7616 §3.3). */
static void check_credentials(struct fosip_analysis *a, uint32_t number, const struct call *call)
{
    size_t last[METHODS];
    uint32_t stale = CALL_NONE;

    find_successes(call, last);
    for (uint32_t i = 0; i < call->transactions.n; i++) {
        const struct transaction *x = &call->transactions.v[i];
        enum refusal refusal;

        if ((x->status != 401 && x->status != 407) || last[x->method % METHODS] > i)
            continue;
        refusal = credentials_refusal(call, i);
        if (refusal == REFUSAL_NONE)
            continue;
        if (refusal == REFUSAL_STALE) {
            stale = i;
            continue;
        }
        finding_add(a, "credentials-refused", FINDING_ERROR, number, x->request, CALL_NONE,
                    "The %.*s was answered %u although it carried credentials: the password, user "
                    "name or realm is wrong.",
                    SLICE_ARG(x->method_name), x->status);
        return;
    }
    if (stale != CALL_NONE)
        finding_add(a, "stale-nonce", FINDING_WARNING, number,
                    call->transactions.v[stale].request, CALL_NONE,
                    "The %.*s was answered %u because its nonce was too old; it was not sent again "
                    "with the new one. The password may well be right.",
                    SLICE_ARG(call->transactions.v[stale].method_name),
                    call->transactions.v[stale].status);
}

/* The shortest interval allowed is 90 s (RFC 4028 §5), and the side that waits gives up
 * a third before at most. */
static void check_session_timer(struct fosip_analysis *a, uint32_t number,
                                const struct call *call)
{
    const int64_t shortest = 55 * TIME_SECOND;
    int64_t captured = time_between(call->start, a->last_time);
    char text[SPAN_TEXT];
    struct session_timer t;
    struct finding *f;
    const char *who;

    if (call->answer < 0 || captured < call->answer + shortest ||
        (call->talk >= 0 && call->talk < shortest) ||
        !session_timer_read(call, a->last_time, &t) || !t.ran_out)
        return;
    who = call_side_name(t.refresher);
    f = finding_add(a, "session-expired", FINDING_ERROR, number, t.message, CALL_NONE,
                    "The session timer of %u s ran out: %s%s did not refresh in time, %s%s.",
                    t.interval_s, who ? "the " : "nobody", who ? who : "",
                    t.ended < 0 ? "and no BYE came" : "and a BYE ended the call",
                    span("after", t.refreshed, t.ended < 0 ? a->last_time : t.ended, text));
    if (f)
        f->reference = "RFC 4028 §10";
}

static void check_glare(struct fosip_analysis *a, uint32_t number, const struct call *call)
{
    for (uint32_t i = 0; i < call->messages.n; i++) {
        struct finding *f;

        if (message_of(call, i)->status != 491)
            continue;
        f = finding_add(a, "glare", FINDING_NOTE, number, i, CALL_NONE,
                        "Both sides changed the session at the same moment, so one was answered "
                        "491 and has to try again.");
        if (f)
            f->reference = "RFC 3261 §14.1";
        return;
    }
}

/* The call goes on as it was (RFC 3261 §14.1). */
static void check_offers(struct fosip_analysis *a, uint32_t number, const struct call *call)
{
    for (uint32_t i = 0; i < call->messages.n; i++) {
        const struct message *m = message_of(call, i);
        const struct transaction *x;
        struct finding *f;

        if ((m->status != 488 && m->status != 606) || m->transaction == CALL_NONE ||
            (m->method != SIP_INVITE && m->method != SIP_UPDATE))
            continue;
        x = &call->transactions.v[m->transaction];
        if (x->request == CALL_NONE ||
            message_of(call, x->request)->flags & MESSAGE_OUT_OF_DIALOG)
            continue;
        f = finding_add(a, "offer-refused", FINDING_WARNING, number, i, CALL_NONE,
                        "The change of the session that the %.*s offered was refused with %u; the "
                        "session stays as it was.",
                        SLICE_ARG(x->method_name), m->status);
        if (f)
            f->reference = "RFC 3261 §14.1";
        return;
    }
}

static void check_edges(struct fosip_analysis *a, uint32_t number, const struct call *call)
{
    if (call->kind != CALL_CALL)
        return;
    if (call->state == CALL_PARTIAL)
        finding_add(a, "start-not-captured", FINDING_NOTE, number, 0, CALL_NONE,
                    "The capture does not hold the beginning of this call.");
    else if (call->state == CALL_ESTABLISHED)
        finding_add(a, "end-not-captured", FINDING_NOTE, number, (uint32_t)(call->messages.n - 1),
                    CALL_NONE, "The call was answered and its end is not in the capture.");
}

static void check_malformed(struct fosip_analysis *a, uint32_t number, const struct call *call)
{
    struct sip_msg msg;

    for (uint32_t i = 0; i < call->messages.n; i++) {
        struct finding *f;

        if (!(message_of(call, i)->flags & MESSAGE_PROBLEMS) ||
            !message_parse(message_of(call, i), &msg) || !msg.problem_count)
            continue;
        f = finding_add(a, "malformed-message", FINDING_WARNING, number, i, CALL_NONE,
                        "A SIP message breaks the grammar at octet %u: %s.",
                        msg.problems[0].offset, msg.problems[0].text);
        if (f)
            f->reference = "RFC 3261 §25";
        return;
    }
}

static void tell_sdp(struct fosip_analysis *a, uint32_t number, uint32_t message,
                     struct sdp_session *sdp)
{
    const struct call *call = call_at(a->calls, number);
    struct finding *f = NULL;
    struct slice body;
    struct sip_msg msg;

    if (!message_fields(message_of(call, message), &msg) ||
        !sip_body_find(&msg, SLICE("application/sdp"), &body))
        return;
    if (!sdp_parse(sdp, body))
        f = finding_add(a, "malformed-sdp", FINDING_WARNING, number, message, CALL_NONE,
                        "The body is called a session description and is none.");
    else if (sdp->problem)
        f = finding_add(a, "malformed-sdp", FINDING_WARNING, number, message, CALL_NONE,
                        "The session description is not as it should be in its line %u: %s.",
                        sdp->problem_line, sdp->problem);
    if (f)
        f->reference = "RFC 8866 §5";
}

/* One finding a call: the first. */
static void check_malformed_sdp(struct fosip_analysis *a, uint32_t number,
                                const struct call *call)
{
    uint32_t i = 0;
    struct sdp_session *sdp; /* too large for a stack */

    while (i < call->messages.n && !(message_of(call, i)->flags & MESSAGE_SDP_PROBLEMS))
        i++;
    sdp = i < call->messages.n ? malloc(sizeof *sdp) : NULL;
    if (!sdp)
        return;
    tell_sdp(a, number, i, sdp);
    free(sdp);
}

void findings_signalling(struct fosip_analysis *a, uint32_t number)
{
    const struct call *call = call_at(a->calls, number);

    check_edges(a, number, call);
    check_session_timer(a, number, call);
    check_ack(a, number, call);
    for (size_t i = 0; i < call->transactions.n; i++)
        check_transaction(a, number, call, &call->transactions.v[i]);
    check_repeats(a, number, call);
    if (call->flags & CALL_REFUSES) {
        check_refusal(a, number, call);
        check_credentials(a, number, call);
        check_glare(a, number, call);
        check_offers(a, number, call);
    }
    if (call->flags & CALL_REPEATS)
        check_prack(a, number, call);
    if (call->flags & MESSAGE_PROBLEMS)
        check_malformed(a, number, call);
    if (call->flags & MESSAGE_SDP_PROBLEMS)
        check_malformed_sdp(a, number, call);
}
