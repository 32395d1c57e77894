/* A call as JSON: contract.md's CALL, MESSAGE, TRANSACTION and DIALOG. */
#include <math.h>
#include <stdlib.h>

#include "base/time.h"
#include "call/repeat.h"
#include "call/usage.h"
#include "report/difference.h"
#include "report/json.h"
#include "sip/body.h"

static void party(struct json *j, const char *key, const struct party *p)
{
    json_open(j, key);
    json_text(j, "display", p->display);
    json_text(j, "uri", p->uri);
    json_text(j, "user", p->user);
    json_text(j, "host", p->host);
    json_text(j, "tag", p->tag);
    json_close(j);
}

static void format(struct json *j, const struct sdp_format *f)
{
    json_open(j, NULL);
    if (f->pt < 0)
        json_null(j, "pt");
    else
        json_int(j, "pt", f->pt);
    json_text(j, "codec", f->codec.n ? f->codec : f->pt < 0 ? f->id : SLICE_EMPTY);
    json_nonzero(j, "clock_rate", f->clock_rate);
    json_text(j, "fmtp", f->fmtp);
    json_close(j);
}

static void media(struct json *j, const struct sdp_media *m)
{
    json_open(j, NULL);
    json_text(j, "type", m->type);
    json_text(j, "ip", m->address);
    json_count(j, "port", m->port);
    json_nonzero(j, "rtcp_port", m->rtcp_port);
    json_text(j, "protocol", m->protocol);
    json_name(j, "direction", sdp_direction_name(m->direction));
    json_boolean(j, "rtcp_mux", m->rtcp_mux);
    json_name(j, "key_exchange", rtp_exchange_name(sdp_exchange(m)));
    json_nonzero(j, "ptime_ms", m->ptime);
    json_list(j, "formats");
    for (unsigned i = 0; i < m->format_count; i++)
        format(j, &m->formats[i]);
    json_end(j);
    json_close(j);
}

/* Whether there is one. */
static bool description(struct json *j, const struct sip_msg *msg, struct sdp_session *sdp)
{
    struct slice body;

    if (!sip_body_find(msg, SLICE("application/sdp"), &body) || !sdp_parse(sdp, body)) {
        json_null(j, "sdp");
        return false;
    }
    json_open(j, "sdp");
    json_list(j, "media");
    for (unsigned i = 0; i < sdp->media_count; i++)
        media(j, &sdp->media[i]);
    json_end(j);
    json_close(j);
    return true;
}

/* `sdp` is NULL where there is none. */
static void problems(struct json *j, const struct message *m, const struct sip_msg *msg,
                     const struct sdp_session *sdp)
{
    char text[256];

    json_list(j, "problems");
    for (unsigned i = 0; i < msg->problem_count; i++) {
        snprintf(text, sizeof text, "octet %u: %s", msg->problems[i].offset,
                 msg->problems[i].text);
        json_name(j, NULL, text);
    }
    if (sdp && sdp->problem) {
        snprintf(text, sizeof text, "SDP line %u: %s", sdp->problem_line, sdp->problem);
        json_name(j, NULL, text);
    } else if (!sdp && m->flags & MESSAGE_SDP_PROBLEMS) {
        json_name(j, NULL, "the body is no session description");
    }
    json_end(j);
}

/* The types of what the body holds: its own, or those of a multipart's parts. */
static void bodies(struct json *j, const struct sip_msg *msg)
{
    struct sip_parts parts = sip_parts(msg);
    struct sip_part part;

    json_list(j, "bodies");
    while (msg->body.n && sip_parts_next(&parts, &part))
        json_text(j, NULL, part.type);
    json_end(j);
}

static void number_in(struct json *j, const char *key, const struct sip_msg *msg,
                      enum sip_header_id id)
{
    const struct sip_header *h = sip_header(msg, id, 0);
    uint32_t number;

    if (h && slice_u32(h->value, &number))
        json_count(j, key, number);
    else
        json_null(j, key);
}

static void cseq(struct json *j, const struct sip_msg *msg)
{
    json_open(j, "cseq");
    if (msg->has_cseq)
        json_count(j, "number", msg->cseq);
    else
        json_null(j, "number");
    json_text(j, "method", msg->cseq_name);
    json_close(j);
}

static void retransmission(struct json *j, const struct call *call, uint32_t index)
{
    struct retransmission r;
    char timer[2] = "";

    if (!retransmission_of(call, index, &r)) {
        json_null(j, "retransmission");
        return;
    }
    timer[0] = r.timer;
    json_open(j, "retransmission");
    json_ms(j, "after_ms", r.after);
    json_name(j, "timer", r.timer ? timer : NULL);
    json_ms(j, "expected_ms", r.expected);
    if (r.expected < 0)
        json_null(j, "on_time");
    else
        json_boolean(j, "on_time", r.on_time);
    json_close(j);
}

static void message(struct json *j, const struct fosip_analysis *a, const struct call *call,
                    uint32_t index, struct sip_msg *msg, struct sdp_session *sdp)
{
    const struct message *m = &call->messages.v[index];
    const struct path *path = call_path(a->calls, m->path);
    bool described;

    if (!message_parse(m, msg)) {
        json_null(j, NULL);
        return;
    }
    json_open(j, NULL);
    json_id(j, "id", index);
    json_count(j, "frame", m->frame);
    json_time(j, "time", m->time);
    json_seconds(j, "t", time_between(a->first_time, m->time));
    json_address(j, "src", &path->src);
    json_address(j, "dst", &path->dst);
    json_name(j, "transport", net_transport_name(path->transport));
    json_dscp(j, m->dscp);
    json_text(j, "method", msg->request ? msg->method_name : SLICE_EMPTY);
    if (msg->request)
        json_null(j, "status");
    else
        json_count(j, "status", msg->status);
    json_text(j, "reason", msg->request ? SLICE_EMPTY : msg->reason);
    cseq(j, msg);
    json_text(j, "branch", msg->branch);
    json_text(j, "from_tag", msg->from_tag);
    json_text(j, "to_tag", msg->to_tag);
    json_id(j, "transaction", m->transaction);
    json_id(j, "dialog", m->dialog);
    json_id(j, "retransmission_of", m->retransmission_of);
    retransmission(j, call, index);
    json_boolean(j, "captured_again", m->flags & MESSAGE_COPIED);
    number_in(j, "max_forwards", msg, SIP_H_MAX_FORWARDS);
    number_in(j, "rseq", msg, SIP_H_RSEQ);
    json_text(j, "content_type", msg->content_type);
    bodies(j, msg);
    described = description(j, msg, sdp);
    json_count(j, "length", m->whole);
    problems(j, m, msg, described ? sdp : NULL);
    json_close(j);
}

static void messages(struct json *j, const struct fosip_analysis *a, uint32_t number,
                     const struct fosip_select *select)
{
    const struct call *call = call_at(a->calls, number);
    struct sip_msg *msg = malloc(sizeof *msg);
    struct sdp_session *sdp = malloc(sizeof *sdp);
    bool *chosen = NULL; /* NULL: all */
    bool ready = msg && sdp &&
                 (!select || report_chosen_messages(call, select, &chosen) == 0);

    json_list(j, "messages");
    for (uint32_t i = 0; ready && i < call->messages.n; i++)
        if ((!chosen || chosen[i]) && (!select || report_selects_message(a, number, i, select)))
            message(j, a, call, i, msg, sdp);
    json_end(j);
    free(chosen);
    free(msg);
    free(sdp);
}

/* Messages by their transaction or dialog: a chain for each, in order. */
struct chains {
    uint32_t *first; /* of each transaction or dialog, CALL_NONE: has none */
    uint32_t *next;  /* of each message, CALL_NONE: the last */
};

static uint32_t member_of(const struct message *m, bool by_dialog)
{
    return by_dialog ? m->dialog : m->transaction;
}

/* False when memory is short; `first` is to be freed in any case. */
static bool chain_messages(const struct call *call, size_t n, bool by_dialog,
                           struct chains *chains)
{
    chains->first = malloc((n + call->messages.n + 1) * sizeof *chains->first);
    if (!chains->first)
        return false;
    chains->next = chains->first + n;
    for (size_t i = 0; i < n; i++)
        chains->first[i] = CALL_NONE;
    for (uint32_t i = (uint32_t)call->messages.n; i-- > 0;) {
        uint32_t which = member_of(&call->messages.v[i], by_dialog);

        if (which >= n)
            continue;
        chains->next[i] = chains->first[which];
        chains->first[which] = i;
    }
    return true;
}

static void ids(struct json *j, const struct chains *chains, uint32_t number)
{
    json_list(j, "messages");
    for (uint32_t i = chains->first[number]; i != CALL_NONE; i = chains->next[i])
        json_id(j, NULL, i);
    json_end(j);
}

static void repeat(struct json *j, const struct fosip_analysis *a, const struct call *call,
                   uint32_t number)
{
    uint32_t before = CALL_NONE;
    enum repeat how = transaction_repeat(a->calls, call, number, &before);

    if (how == REPEAT_NONE) {
        json_null(j, "repeats");
        return;
    }
    json_open(j, "repeats");
    json_name(j, "as", repeat_name(how));
    json_id(j, "of", before);
    json_close(j);
}

static void transaction(struct json *j, const struct fosip_analysis *a, const struct call *call,
                        uint32_t number, const struct chains *chains)
{
    const struct transaction *x = &call->transactions.v[number];
    const struct path *path = call_path(a->calls, x->path);
    bool answered = x->request != CALL_NONE && x->final_time >= 0;

    json_open(j, NULL);
    json_id(j, "id", number);
    json_text(j, "method", x->method_name);
    json_text(j, "branch", x->branch);
    json_count(j, "cseq", x->cseq);
    json_address(j, "client", &path->src);
    json_address(j, "server", &path->dst);
    json_nonzero(j, "status", x->status);
    json_name(j, "state", transaction_state_name(x->state));
    ids(j, chains, number);
    json_count(j, "retransmissions", x->retransmissions);
    json_ms(j, "response_ms", answered ? time_between(x->start, x->final_time) : -1);
    json_id(j, "acknowledges", prack_acknowledges(a->calls, call, number));
    repeat(j, a, call, number);
    json_id(j, "retry_of", transaction_retries(a->calls, call, number));
    json_close(j);
}

static void transactions(struct json *j, const struct fosip_analysis *a, const struct call *call)
{
    struct chains chains;
    bool chained = chain_messages(call, call->transactions.n, false, &chains);

    json_list(j, "transactions");
    for (uint32_t i = 0; chained && i < call->transactions.n; i++)
        transaction(j, a, call, i, &chains);
    json_end(j);
    free(chains.first);
}

static void dialogs(struct json *j, const struct call *call)
{
    struct dialog_targets *targets = calloc(call->dialogs.n + 1, sizeof *targets);
    struct chains chains;
    bool chained = chain_messages(call, call->dialogs.n, true, &chains) && targets;

    if (targets)
        dialog_targets_read(call, targets);
    json_list(j, "dialogs");
    for (uint32_t i = 0; chained && i < call->dialogs.n; i++) {
        const struct dialog *d = &call->dialogs.v[i];

        json_open(j, NULL);
        json_id(j, "id", i);
        json_text(j, "local_tag", d->local_tag);
        json_text(j, "remote_tag", d->remote_tag);
        json_name(j, "state", dialog_state_name(d->state));
        json_text(j, "local_target", targets[i].local);
        json_text(j, "remote_target", targets[i].remote);
        json_count(j, "target_refreshes", targets[i].refreshes);
        ids(j, &chains, i);
        json_close(j);
    }
    json_end(j);
    free(targets);
    free(chains.first);
}

static void timing(struct json *j, const struct call *call)
{
    json_open(j, "timing");
    json_ms(j, "trying_ms", call->trying);
    json_ms(j, "post_dial_delay_ms", call->delay);
    json_ms(j, "answer_ms", call->answer);
    json_ms(j, "talk_ms", call->talk);
    json_ms(j, "duration_ms", time_between(call->start, call->end));
    json_close(j);
}

static void holds(struct json *j, const struct call *call)
{
    json_list(j, "holds");
    for (size_t i = 0; i < call->holds.n; i++) {
        const struct call_hold *h = &call->holds.v[i];

        json_open(j, NULL);
        json_name(j, "by", call_side_name(h->by));
        json_time(j, "start_time", h->start);
        json_time(j, "end_time", h->end);
        json_ms(j, "duration_ms", h->end < 0 ? -1 : time_between(h->start, h->end));
        json_id(j, "message", h->message);
        json_close(j);
    }
    json_end(j);
}

static void joins(struct json *j, const struct fosip_analysis *a, const struct call *call)
{
    json_list(j, "joined_by");
    for (size_t i = 0; i < call->joins.n; i++) {
        const struct call_join *join = &call->joins.v[i];

        json_open(j, NULL);
        json_id(j, "call", model_call_id(a, join->call));
        json_name(j, "evidence", call_evidence_name(join->evidence));
        json_text(j, "detail", join->detail);
        json_close(j);
    }
    json_end(j);
}

static void media_of(struct json *j, const struct fosip_analysis *a, const struct call *call)
{
    struct stream_rates rates;

    json_list(j, "streams");
    for (size_t i = 0; i < call->streams.n; i++)
        json_id(j, NULL, model_stream_id(a, call->streams.v[i]));
    json_end(j);
    if (!call->streams.n) {
        json_null(j, "bandwidth_kbps");
        json_null(j, "peak_kbps");
        return;
    }
    rates = stream_rates_together(a->streams, call->streams.v, call->streams.n);
    json_rates(j, "bandwidth_kbps", &rates);
    rates = stream_peak_together(a->streams, call->streams.v, call->streams.n);
    json_rates(j, "peak_kbps", &rates);
}

/* The clock of the caller's media against the callee's: of each direction the stream
 * whose skew is best known.  Null without both. */
static void clock_difference(struct json *j, const struct fosip_analysis *a,
                             const struct call *call)
{
    double ppm[2] = {NAN, NAN}, error[2] = {INFINITY, INFINITY};

    for (size_t i = 0; i < call->streams.n; i++) {
        const struct stream *s = stream_at(a->streams, call->streams.v[i]);
        unsigned way = stream_way(s) == STREAM_TO_CALLER;
        double its_error, its_ppm = stream_clock_ppm(s, &its_error);

        if (stream_way(s) == STREAM_NO_DIRECTION || isnan(its_ppm) || its_error >= error[way])
            continue;
        ppm[way] = its_ppm;
        error[way] = its_error;
    }
    json_number(j, "clock_difference_ppm", ppm[0] - ppm[1], 1);
}

void json_call(struct json *j, const struct fosip_analysis *a, uint32_t number,
               const struct fosip_select *select)
{
    const struct call *c = call_at(a->calls, number);
    const struct path *path = call_path(a->calls, c->first_path);

    json_id(j, "id", model_call_id(a, number));
    json_text(j, "call_id", c->call_id.p ? c->call_id : SLICE(""));
    json_name(j, "kind", call_kind_name(c->kind));
    json_id(j, "group", model_call_id(a, c->group));
    joins(j, a, c);
    json_text(j, "method", c->method_name);
    json_text(j, "request_uri", c->request_uri);
    json_name(j, "transport", net_transport_name(path->transport));
    party(j, "from", &c->from);
    party(j, "to", &c->to);
    json_address(j, "src", &path->src);
    json_address(j, "dst", &path->dst);
    json_name(j, "state", call_state_name(c->state));
    json_nonzero(j, "status", c->status);
    json_text(j, "reason", c->reason);
    json_name(j, "released_by", call_side_name(c->released_by));
    json_name(j, "offer", call_offer_name(c->offer));
    json_time(j, "start_time", c->start);
    json_time(j, "end_time", c->end);
    timing(j, c);
    holds(j, c);
    json_negotiations(j, a, c);
    json_session_timer(j, a, c);
    json_subscriptions(j, c);
    json_registrations(j, c);
    messages(j, a, number, select);
    transactions(j, a, c);
    dialogs(j, c);
    json_header_changes(j, a, number);
    media_of(j, a, c);
    clock_difference(j, a, c);
    json_dtmf(j, a, c);
    json_fax(j, a, number);
    json_ice_checks(j, a, number);
    json_stun(j, a, number);
    json_icmp(j, a, number);
}
