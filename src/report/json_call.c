/* A call as JSON: contract.md's CALL, MESSAGE, TRANSACTION and DIALOG. */
#include <math.h>
#include <stdlib.h>

#include "base/time.h"
#include "call/repeat.h"
#include "call/usage.h"
#include "report/difference.h"
#include "report/json.h"
#include "sip/body.h"

static struct json_object *party(const struct party *p)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "display", json_text(p->display));
    json_add(o, "uri", json_text(p->uri));
    json_add(o, "user", json_text(p->user));
    json_add(o, "host", json_text(p->host));
    json_add(o, "tag", json_text(p->tag));
    return o;
}

static struct json_object *format(const struct sdp_format *f)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "pt", f->pt < 0 ? NULL : json_object_new_int(f->pt));
    json_add(o, "codec", json_text(f->codec.n ? f->codec : f->pt < 0 ? f->id : SLICE_EMPTY));
    json_add(o, "clock_rate", f->clock_rate ? json_object_new_int64(f->clock_rate) : NULL);
    json_add(o, "fmtp", json_text(f->fmtp));
    return o;
}

static struct json_object *media(const struct sdp_media *m)
{
    struct json_object *o = json_object_new_object(), *formats = json_object_new_array();

    for (unsigned i = 0; i < m->format_count; i++)
        json_object_array_add(formats, format(&m->formats[i]));
    json_add(o, "type", json_text(m->type));
    json_add(o, "ip", json_text(m->address));
    json_add(o, "port", json_object_new_int(m->port));
    json_add(o, "rtcp_port", m->rtcp_port ? json_object_new_int(m->rtcp_port) : NULL);
    json_add(o, "protocol", json_text(m->protocol));
    json_add(o, "direction", json_name(sdp_direction_name(m->direction)));
    json_add(o, "rtcp_mux", json_object_new_boolean(m->rtcp_mux));
    json_add(o, "key_exchange", json_name(rtp_exchange_name(sdp_exchange(m))));
    json_add(o, "ptime_ms", m->ptime ? json_object_new_int64(m->ptime) : NULL);
    json_add(o, "formats", formats);
    return o;
}

static struct json_object *description(const struct sip_msg *msg, struct sdp_session *sdp)
{
    struct json_object *o, *list;
    struct slice body;

    if (!sip_body_find(msg, SLICE("application/sdp"), &body) || !sdp_parse(sdp, body))
        return NULL;
    o = json_object_new_object();
    list = json_object_new_array();
    for (unsigned i = 0; i < sdp->media_count; i++)
        json_object_array_add(list, media(&sdp->media[i]));
    json_add(o, "media", list);
    return o;
}

/* `sdp` is NULL where there is none. */
static struct json_object *problems(const struct message *m, const struct sip_msg *msg,
                                    const struct sdp_session *sdp)
{
    struct json_object *list = json_object_new_array();
    char text[256];

    for (unsigned i = 0; i < msg->problem_count; i++) {
        snprintf(text, sizeof text, "octet %u: %s", msg->problems[i].offset,
                 msg->problems[i].text);
        json_object_array_add(list, json_object_new_string(text));
    }
    if (sdp && sdp->problem) {
        snprintf(text, sizeof text, "SDP line %u: %s", sdp->problem_line, sdp->problem);
        json_object_array_add(list, json_object_new_string(text));
    } else if (!sdp && m->flags & MESSAGE_SDP_PROBLEMS) {
        json_object_array_add(list, json_object_new_string("the body is no session description"));
    }
    return list;
}

/* The types of what the body holds: its own, or those of a multipart's parts. */
static struct json_object *bodies(const struct sip_msg *msg)
{
    struct json_object *list = json_object_new_array();
    struct sip_parts parts = sip_parts(msg);
    struct sip_part part;

    while (msg->body.n && sip_parts_next(&parts, &part))
        json_object_array_add(list, json_text(part.type));
    return list;
}

static struct json_object *number_in(const struct sip_msg *msg, enum sip_header_id id)
{
    const struct sip_header *h = sip_header(msg, id, 0);
    uint32_t number;

    return h && slice_u32(h->value, &number) ? json_object_new_int64(number) : NULL;
}

static struct json_object *cseq(const struct sip_msg *msg)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "number", msg->has_cseq ? json_object_new_int64(msg->cseq) : NULL);
    json_add(o, "method", json_text(msg->cseq_name));
    return o;
}

static struct json_object *retransmission(const struct call *call, uint32_t index)
{
    struct retransmission r;
    struct json_object *o;
    char timer[2] = "";

    if (!retransmission_of(call, index, &r))
        return NULL;
    timer[0] = r.timer;
    o = json_object_new_object();
    json_add(o, "after_ms", json_ms(r.after));
    json_add(o, "timer", json_name(r.timer ? timer : NULL));
    json_add(o, "expected_ms", json_ms(r.expected));
    json_add(o, "on_time", r.expected < 0 ? NULL : json_object_new_boolean(r.on_time));
    return o;
}

struct json_object *json_message(const struct fosip_analysis *a, const struct call *call,
                                 uint32_t index, struct sip_msg *msg, struct sdp_session *sdp)
{
    const struct message *m = &call->messages.v[index];
    const struct path *path = call_path(a->calls, m->path);
    struct json_object *o, *session;

    if (!message_parse(m, msg))
        return NULL;
    o = json_object_new_object();
    json_add(o, "id", json_id(index));
    json_add(o, "frame", json_object_new_int64((int64_t)m->frame));
    json_add(o, "time", json_time(m->time));
    json_add(o, "t", json_seconds(time_between(a->first_time, m->time)));
    json_add(o, "src", json_address(&path->src));
    json_add(o, "dst", json_address(&path->dst));
    json_add(o, "transport", json_name(net_transport_name(path->transport)));
    json_add(o, "method", msg->request ? json_text(msg->method_name) : NULL);
    json_add(o, "status", msg->request ? NULL : json_object_new_int((int)msg->status));
    json_add(o, "reason", msg->request ? NULL : json_text(msg->reason));
    json_add(o, "cseq", cseq(msg));
    json_add(o, "branch", json_text(msg->branch));
    json_add(o, "from_tag", json_text(msg->from_tag));
    json_add(o, "to_tag", json_text(msg->to_tag));
    json_add(o, "transaction", json_id(m->transaction));
    json_add(o, "dialog", json_id(m->dialog));
    json_add(o, "retransmission_of", json_id(m->retransmission_of));
    json_add(o, "retransmission", retransmission(call, index));
    json_add(o, "max_forwards", number_in(msg, SIP_H_MAX_FORWARDS));
    json_add(o, "rseq", number_in(msg, SIP_H_RSEQ));
    json_add(o, "content_type", json_text(msg->content_type));
    json_add(o, "bodies", bodies(msg));
    session = description(msg, sdp);
    json_add(o, "sdp", session);
    json_add(o, "length", json_object_new_int64(m->whole));
    json_add(o, "problems", problems(m, msg, session ? sdp : NULL));
    return o;
}

/* Lists of message ids by transaction or dialog, in one pass over the
 * messages. */
static struct json_object **lists(const struct call *call, size_t n, bool by_dialog)
{
    struct json_object **list = calloc(n + 1, sizeof(struct json_object *));

    for (size_t i = 0; list && i < n; i++)
        list[i] = json_object_new_array();
    for (size_t i = 0; list && i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];
        uint32_t which = by_dialog ? m->dialog : m->transaction;

        if (which < n)
            json_object_array_add(list[which], json_id((uint32_t)i));
    }
    return list;
}

static struct json_object *repeat(const struct fosip_analysis *a, const struct call *call,
                                  uint32_t number)
{
    uint32_t before = CALL_NONE;
    enum repeat how = transaction_repeat(a->calls, call, number, &before);
    struct json_object *o;

    if (how == REPEAT_NONE)
        return NULL;
    o = json_object_new_object();
    json_add(o, "as", json_name(repeat_name(how)));
    json_add(o, "of", json_id(before));
    return o;
}

static struct json_object *transaction(const struct fosip_analysis *a, const struct call *call,
                                       uint32_t number, struct json_object *messages)
{
    const struct transaction *x = &call->transactions.v[number];
    const struct path *path = call_path(a->calls, x->path);
    struct json_object *o = json_object_new_object();

    json_add(o, "id", json_id(number));
    json_add(o, "method", json_text(x->method_name));
    json_add(o, "branch", json_text(x->branch));
    json_add(o, "cseq", json_object_new_int64(x->cseq));
    json_add(o, "client", json_address(&path->src));
    json_add(o, "server", json_address(&path->dst));
    json_add(o, "status", x->status ? json_object_new_int(x->status) : NULL);
    json_add(o, "state", json_name(transaction_state_name(x->state)));
    json_add(o, "messages", messages);
    json_add(o, "retransmissions", json_object_new_int64(x->retransmissions));
    json_add(o, "response_ms",
             x->request != CALL_NONE && x->final_time >= 0
                 ? json_ms(time_between(x->start, x->final_time))
                 : NULL);
    json_add(o, "acknowledges", json_id(prack_acknowledges(a->calls, call, number)));
    json_add(o, "repeats", repeat(a, call, number));
    json_add(o, "retry_of", json_id(transaction_retries(a->calls, call, number)));
    return o;
}

static struct json_object *dialog(const struct dialog *d, uint32_t number,
                                  const struct dialog_targets *targets,
                                  struct json_object *messages)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "id", json_id(number));
    json_add(o, "local_tag", json_text(d->local_tag));
    json_add(o, "remote_tag", json_text(d->remote_tag));
    json_add(o, "state", json_name(dialog_state_name(d->state)));
    json_add(o, "local_target", json_text(targets->local));
    json_add(o, "remote_target", json_text(targets->remote));
    json_add(o, "target_refreshes", json_object_new_int64(targets->refreshes));
    json_add(o, "messages", messages);
    return o;
}

static struct json_object *messages(const struct fosip_analysis *a, uint32_t number,
                                    const struct fosip_select *select)
{
    const struct call *call = call_at(a->calls, number);
    struct json_object *list = json_object_new_array();
    struct sip_msg *msg = malloc(sizeof *msg);
    struct sdp_session *sdp = malloc(sizeof *sdp);

    for (uint32_t i = 0; msg && sdp && i < call->messages.n; i++)
        if (!select || report_selects_message(a, number, i, select))
            json_object_array_add(list, json_message(a, call, i, msg, sdp));
    free(msg);
    free(sdp);
    return list;
}

static struct json_object *all_transactions(const struct fosip_analysis *a,
                                            const struct call *call)
{
    struct json_object *list = json_object_new_array();
    struct json_object **ids = lists(call, call->transactions.n, false);

    for (uint32_t i = 0; ids && i < call->transactions.n; i++)
        json_object_array_add(list, transaction(a, call, i, ids[i]));
    free(ids);
    return list;
}

static struct json_object *all_dialogs(const struct call *call)
{
    struct json_object *list = json_object_new_array();
    struct json_object **ids = lists(call, call->dialogs.n, true);
    struct dialog_targets *targets = calloc(call->dialogs.n + 1, sizeof *targets);

    if (targets)
        dialog_targets_read(call, targets);
    for (uint32_t i = 0; ids && targets && i < call->dialogs.n; i++)
        json_object_array_add(list, dialog(&call->dialogs.v[i], i, &targets[i], ids[i]));
    free(targets);
    free(ids);
    return list;
}

static struct json_object *timing(const struct call *call)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "trying_ms", json_ms(call->trying));
    json_add(o, "post_dial_delay_ms", json_ms(call->delay));
    json_add(o, "answer_ms", json_ms(call->answer));
    json_add(o, "talk_ms", json_ms(call->talk));
    json_add(o, "duration_ms", json_ms(time_between(call->start, call->end)));
    return o;
}

static struct json_object *holds(const struct call *call)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < call->holds.n; i++) {
        const struct call_hold *h = &call->holds.v[i];
        struct json_object *o = json_object_new_object();

        json_add(o, "by", json_name(call_side_name(h->by)));
        json_add(o, "start_time", json_time(h->start));
        json_add(o, "end_time", json_time(h->end));
        json_add(o, "duration_ms", h->end < 0 ? NULL : json_ms(time_between(h->start, h->end)));
        json_add(o, "message", json_id(h->message));
        json_object_array_add(list, o);
    }
    return list;
}

static struct json_object *joins(const struct call *call)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < call->joins.n; i++) {
        const struct call_join *join = &call->joins.v[i];
        struct json_object *o = json_object_new_object();

        json_add(o, "call", json_id(join->call));
        json_add(o, "evidence", json_name(call_evidence_name(join->evidence)));
        json_add(o, "detail", json_text(join->detail));
        json_object_array_add(list, o);
    }
    return list;
}

static struct json_object *stream_ids(const struct call *call)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < call->streams.n; i++)
        json_object_array_add(list, json_id(call->streams.v[i]));
    return list;
}

/* Null without media. */
static struct json_object *bandwidth(const struct fosip_analysis *a, const struct call *call)
{
    struct stream_rates rates =
        stream_rates_together(a->streams, call->streams.v, call->streams.n);

    return call->streams.n ? json_rates(&rates) : NULL;
}

/* The clock of the caller's media against the callee's: of each direction the stream
 * whose skew is best known.  Null without both. */
static struct json_object *clock_difference(const struct fosip_analysis *a,
                                            const struct call *call)
{
    double ppm[2] = {NAN, NAN}, error[2] = {INFINITY, INFINITY};

    for (size_t i = 0; i < call->streams.n; i++) {
        struct stream_figures f;
        unsigned way;

        stream_figures(stream_at(a->streams, call->streams.v[i]), &f);
        way = f.direction == STREAM_TO_CALLER;
        if (f.direction == STREAM_NO_DIRECTION || isnan(f.clock_ppm) ||
            f.clock_error_ppm >= error[way])
            continue;
        ppm[way] = f.clock_ppm;
        error[way] = f.clock_error_ppm;
    }
    return json_number(ppm[0] - ppm[1], 1);
}

struct json_object *json_call(const struct fosip_analysis *a, uint32_t number,
                              const struct fosip_select *select)
{
    const struct call *c = call_at(a->calls, number);
    const struct path *path = call_path(a->calls, c->first_path);
    struct json_object *o = json_object_new_object();

    json_add(o, "id", json_id(number));
    json_add(o, "call_id", json_text(c->call_id.p ? c->call_id : SLICE("")));
    json_add(o, "kind", json_name(call_kind_name(c->kind)));
    json_add(o, "group", json_id(c->group));
    json_add(o, "joined_by", joins(c));
    json_add(o, "method", json_text(c->method_name));
    json_add(o, "request_uri", json_text(c->request_uri));
    json_add(o, "transport", json_name(net_transport_name(path->transport)));
    json_add(o, "from", party(&c->from));
    json_add(o, "to", party(&c->to));
    json_add(o, "src", json_address(&path->src));
    json_add(o, "dst", json_address(&path->dst));
    json_add(o, "state", json_name(call_state_name(c->state)));
    json_add(o, "status", c->status ? json_object_new_int(c->status) : NULL);
    json_add(o, "reason", json_text(c->reason));
    json_add(o, "released_by", json_name(call_side_name(c->released_by)));
    json_add(o, "offer", json_name(call_offer_name(c->offer)));
    json_add(o, "start_time", json_time(c->start));
    json_add(o, "end_time", json_time(c->end));
    json_add(o, "timing", timing(c));
    json_add(o, "holds", holds(c));
    json_add(o, "negotiations", json_negotiations(a, c));
    json_add(o, "session_timer", json_session_timer(a, c));
    json_add(o, "subscriptions", json_subscriptions(c));
    json_add(o, "registrations", json_registrations(c));
    json_add(o, "messages", messages(a, number, select));
    json_add(o, "transactions", all_transactions(a, c));
    json_add(o, "dialogs", all_dialogs(c));
    json_add(o, "header_changes", json_header_changes(a, number));
    json_add(o, "streams", stream_ids(c));
    json_add(o, "bandwidth_kbps", bandwidth(a, c));
    json_add(o, "clock_difference_ppm", clock_difference(a, c));
    json_add(o, "dtmf", json_dtmf(a, c));
    json_add(o, "fax", json_fax(a, number));
    json_add(o, "ice_checks", json_ice_checks(a, number));
    json_add(o, "stun", json_stun(a, number));
    json_add(o, "icmp_errors", json_icmp(a, number));
    return o;
}
