/* Fields of calls, under the names of fosip-json(5). */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "analysis/keys.h"
#include "base/time.h"
#include "call/negotiation.h"
#include "call/usage.h"
#include "filter/eval.h"

static bool get_text(struct filter_eval *e, const struct field_ref *ref, const struct item *item,
                     value_visit *visit, void *ctx)
{
    const struct call *c = eval_call(e, item);

    return field_tell_text(visit, ctx,
                           *(const struct slice *)((const char *)c + ref->field->offset));
}

static bool tell_duration(value_visit *visit, void *ctx, int64_t ns)
{
    return ns >= 0 && field_tell_number(visit, ctx, (double)ns / 1e6);
}

static bool get_duration(struct filter_eval *e, const struct field_ref *ref,
                         const struct item *item, value_visit *visit, void *ctx)
{
    const struct call *c = eval_call(e, item);

    return tell_duration(visit, ctx, *(const int64_t *)((const char *)c + ref->field->offset));
}

static bool get_time(struct filter_eval *e, const struct field_ref *ref, const struct item *item,
                     value_visit *visit, void *ctx)
{
    const struct call *c = eval_call(e, item);

    return field_tell_time(visit, ctx, *(const int64_t *)((const char *)c + ref->field->offset));
}

enum special {
    C_ID, C_GROUP, C_KIND, C_STATE, C_STATUS, C_RELEASED_BY, C_OFFER, C_TRANSPORT, C_DURATION,
    C_SRC_IP, C_SRC_PORT, C_DST_IP, C_DST_PORT, C_HOLDS, C_JOINED_BY, C_ICMP,
};

static bool tell_joins(const struct call *c, value_visit *visit, void *ctx)
{
    for (size_t i = 0; i < c->joins.n; i++)
        if (field_tell_name(visit, ctx, call_evidence_name(c->joins.v[i].evidence)))
            return true;
    return false;
}

static bool get_special(struct filter_eval *e, const struct field_ref *ref,
                        const struct item *item, value_visit *visit, void *ctx)
{
    const struct call *c = eval_call(e, item);
    const struct path *path = call_path(e->analysis->calls, c->first_path);
    const struct icmp_row *rows;

    switch ((enum special)ref->field->which) {
    case C_ID:
        return field_tell_number(visit, ctx, model_call_id(e->analysis, item->call) + 1.0);
    case C_GROUP:
        return field_tell_number(visit, ctx, model_call_id(e->analysis, c->group) + 1.0);
    case C_KIND: return field_tell_name(visit, ctx, call_kind_name(c->kind));
    case C_STATE: return field_tell_name(visit, ctx, call_state_name(c->state));
    case C_STATUS: return c->status && field_tell_number(visit, ctx, c->status);
    case C_RELEASED_BY: return field_tell_name(visit, ctx, call_side_name(c->released_by));
    case C_OFFER: return field_tell_name(visit, ctx, call_offer_name(c->offer));
    case C_TRANSPORT: return field_tell_name(visit, ctx, net_transport_name(path->transport));
    case C_DURATION: return tell_duration(visit, ctx, time_between(c->start, c->end));
    case C_SRC_IP: return field_tell_addr(visit, ctx, &path->src);
    case C_SRC_PORT: return field_tell_port(visit, ctx, &path->src);
    case C_DST_IP: return field_tell_addr(visit, ctx, &path->dst);
    case C_DST_PORT: return field_tell_port(visit, ctx, &path->dst);
    case C_HOLDS: return field_tell_number(visit, ctx, (double)c->holds.n);
    case C_JOINED_BY: return tell_joins(c, visit, ctx);
    case C_ICMP:
        return field_tell_bool(visit, ctx,
                               icmp_rows_of_call(e->analysis->icmp, item->call, &rows) > 0);
    }
    return false;
}

enum icmp_part { I_TYPE, I_CODE, I_ERROR, I_REPORTER };

static bool get_icmp(struct filter_eval *e, const struct field_ref *ref, const struct item *item,
                     value_visit *visit, void *ctx)
{
    const struct icmp_row *rows;
    size_t n = icmp_rows_of_call(e->analysis->icmp, item->call, &rows);
    bool stop = false;

    for (size_t i = 0; i < n && !stop; i++)
        switch ((enum icmp_part)ref->field->which) {
        case I_TYPE: stop = field_tell_number(visit, ctx, rows[i].type); break;
        case I_CODE: stop = field_tell_number(visit, ctx, rows[i].code); break;
        case I_ERROR:
            stop = field_tell_name(visit, ctx, icmp_kind_name((enum icmp_kind)rows[i].kind));
            break;
        case I_REPORTER: stop = field_tell_addr(visit, ctx, &rows[i].reporter); break;
        }
    return stop;
}

enum transaction_part { T_METHOD, T_STATUS, T_STATE, T_RETRANSMISSIONS, T_RESPONSE };

static bool tell_transaction(const struct transaction *x, enum transaction_part part,
                             value_visit *visit, void *ctx)
{
    switch (part) {
    case T_METHOD: return field_tell_text(visit, ctx, x->method_name);
    case T_STATUS: return x->status && field_tell_number(visit, ctx, x->status);
    case T_STATE: return field_tell_name(visit, ctx, transaction_state_name(x->state));
    case T_RETRANSMISSIONS: return field_tell_number(visit, ctx, x->retransmissions);
    case T_RESPONSE:
        return x->request != CALL_NONE && x->final_time >= 0 &&
               tell_duration(visit, ctx, time_between(x->start, x->final_time));
    }
    return false;
}

static bool get_transactions(struct filter_eval *e, const struct field_ref *ref,
                             const struct item *item, value_visit *visit, void *ctx)
{
    const struct call *c = eval_call(e, item);

    for (size_t i = 0; i < c->transactions.n; i++)
        if (tell_transaction(&c->transactions.v[i], ref->field->which, visit, ctx))
            return true;
    return false;
}

static bool get_dialogs(struct filter_eval *e, const struct field_ref *ref,
                        const struct item *item, value_visit *visit, void *ctx)
{
    const struct call *c = eval_call(e, item);

    (void)ref;
    for (size_t i = 0; i < c->dialogs.n; i++)
        if (field_tell_name(visit, ctx, dialog_state_name(c->dialogs.v[i].state)))
            return true;
    return false;
}

/* ---- what was negotiated -------------------------------------------------------- */

enum negotiated { N_STATE, N_CODEC, N_CODECS, N_SECURITY, N_REFUSED };
enum { MOST_NEGOTIATIONS = 128 };

struct descriptions {
    struct sip_msg msg;
    struct sdp_session offer, answer;
};

static bool read_sdp(const struct call *c, uint32_t message, struct sip_msg *msg,
                     struct sdp_session *sdp)
{
    return message != CALL_NONE && message_sdp(&c->messages.v[message], msg, sdp);
}

static struct slice codec_of(const struct sdp_format *f)
{
    return f->codec.n ? f->codec : f->id;
}

static bool tell_agreed(const struct agreed_media *m, enum negotiated part, value_visit *visit,
                        void *ctx)
{
    switch (part) {
    case N_CODEC: return m->codec && field_tell_text(visit, ctx, codec_of(m->codec));
    case N_CODECS:
        for (unsigned i = 0; i < m->format_count; i++)
            if (field_tell_text(visit, ctx, codec_of(m->formats[i])))
                return true;
        return false;
    case N_SECURITY:
        return field_tell_name(visit, ctx,
                               m->dtls ? "dtls-srtp" : m->suite.n ? "sdes" : NULL);
    default: return field_tell_bool(visit, ctx, m->refused);
    }
}

static bool tell_negotiation(const struct call *c, const struct negotiation *n,
                             struct descriptions *d, enum negotiated part, value_visit *visit,
                             void *ctx)
{
    uint32_t answer = n->answer != CALL_NONE ? n->answer : n->early_answer;
    struct agreed_media m;

    if (part == N_STATE)
        return field_tell_name(visit, ctx, negotiation_state_name(n->state));
    if (!read_sdp(c, answer, &d->msg, &d->answer) || !read_sdp(c, n->offer, &d->msg, &d->offer))
        return false;
    for (unsigned i = 0; negotiation_media(&d->offer, &d->answer, i, &m); i++)
        if (tell_agreed(&m, part, visit, ctx))
            return true;
    return false;
}

static bool get_negotiated(struct filter_eval *e, const struct field_ref *ref,
                           const struct item *item, value_visit *visit, void *ctx)
{
    const struct call *c = eval_call(e, item);
    struct negotiation *v = NULL;
    struct descriptions *d = NULL;
    bool stop = false;
    size_t n;

    if (c->kind != CALL_CALL)
        return false;
    v = malloc(MOST_NEGOTIATIONS * sizeof *v);
    d = malloc(sizeof *d);
    e->failed = e->failed || !v || !d;
    n = v && d ? negotiations_read(e->analysis->calls, c, v, MOST_NEGOTIATIONS) : 0;
    for (size_t i = 0; i < n && !stop; i++)
        stop = tell_negotiation(c, &v[i], d, ref->field->which, visit, ctx);
    free(v);
    free(d);
    return stop;
}

/* ---- session timer, subscriptions, registrations, keys --------------------------- */

enum timer_part { X_INTERVAL, X_REFRESHER, X_REFRESHES, X_RAN_OUT };

static bool get_timer(struct filter_eval *e, const struct field_ref *ref, const struct item *item,
                      value_visit *visit, void *ctx)
{
    const struct call *c = eval_call(e, item);
    struct session_timer t;

    if (c->kind != CALL_CALL || !session_timer_read(c, e->analysis->last_time, &t))
        return false;
    switch ((enum timer_part)ref->field->which) {
    case X_INTERVAL: return field_tell_number(visit, ctx, t.interval_s);
    case X_REFRESHER: return field_tell_name(visit, ctx, call_side_name(t.refresher));
    case X_REFRESHES: return field_tell_number(visit, ctx, t.refreshes);
    case X_RAN_OUT: return field_tell_bool(visit, ctx, t.ran_out);
    }
    return false;
}

enum usage_part { G_ACTION, G_EXPIRES, G_EVENT, G_STATE };
enum { MOST_USAGES = 64 };

static bool get_registrations(struct filter_eval *e, const struct field_ref *ref,
                              const struct item *item, value_visit *visit, void *ctx)
{
    const struct call *c = eval_call(e, item);
    struct registration v[MOST_USAGES];
    size_t n = c->kind == CALL_REGISTRATION ? registrations_read(c, v, MOST_USAGES) : 0;

    for (size_t i = 0; i < n; i++) {
        bool stop = ref->field->which == G_ACTION
                        ? field_tell_name(visit, ctx, registration_action_name(v[i].action))
                        : v[i].expires >= 0 && field_tell_number(visit, ctx, v[i].expires_s);

        if (stop)
            return true;
    }
    return false;
}

static bool get_subscriptions(struct filter_eval *e, const struct field_ref *ref,
                              const struct item *item, value_visit *visit, void *ctx)
{
    const struct call *c = eval_call(e, item);
    struct subscription *v = malloc(MOST_USAGES * sizeof *v);
    size_t n = v ? subscriptions_read(c, v, MOST_USAGES) : 0;
    bool stop = false;

    e->failed = e->failed || !v;
    for (size_t i = 0; i < n && !stop; i++)
        stop = ref->field->which == G_EVENT
                   ? field_tell_text(visit, ctx, v[i].event)
                   : v[i].state.n && field_tell_text(visit, ctx, v[i].state);
    free(v);
    return stop;
}

enum key_part { D_DIGITS, D_VIA };

static bool get_keys(struct filter_eval *e, const struct field_ref *ref, const struct item *item,
                     value_visit *visit, void *ctx)
{
    struct key_list keys;
    size_t n = 0;
    bool stop = false;

    keys_of_call(e->analysis, eval_call(e, item), &keys);
    for (size_t i = 0; i < keys.list.n && !stop; i++) {
        const struct key *key = &keys.list.v[i];

        if (ref->field->which == D_VIA)
            stop = field_tell_name(visit, ctx, key_via_name(key->via));
        else if (key->double_of == CALL_NONE && n < sizeof e->digits)
            e->digits[n++] = key->digit;
    }
    vec_free(&keys.list);
    if (ref->field->which == D_DIGITS && n)
        stop = field_tell_text(visit, ctx, slice_make(e->digits, n));
    return stop;
}

static const char *const kinds[] = {"call", "registration", "subscription", "publication",
                                    "message", "options", "other"};
static const char *const states[] = {"setup", "ringing", "established", "completed",
                                     "cancelled", "rejected", "failed", "redirected",
                                     "unanswered", "partial"};
static const char *const sides[] = {"caller", "callee"};
static const char *const offers[] = {"early", "delayed", "none"};
static const char *const transports[] = {"udp", "tcp", "tls", "sctp", "ws", "wss", "log"};
static const struct field_names kind_names = {kinds, 7, false};
static const struct field_names state_names = {states, 10, false};
static const struct field_names side_names = {sides, 2, false};
static const struct field_names offer_names = {offers, 3, false};
static const struct field_names transport_names = {transports, 7, false};

#define OF(name, get, type, unit, which, names, what) \
    {name, what, get, 0, which, type, ITEM_CALL, unit, true, names}
#define SPECIAL(name, type, which, names, what) \
    OF("call." name, get_special, type, UNIT_NONE, which, names, what)
#define TEXT(name, member, what) \
    {"call." name, what, get_text, offsetof(struct call, member), 0, VALUE_TEXT, ITEM_CALL, \
     UNIT_NONE, false, NULL}
#define DURATION(name, member, what) \
    {"call.timing." name, what, get_duration, offsetof(struct call, member), 0, VALUE_NUMBER, \
     ITEM_CALL, UNIT_MS, false, NULL}
#define TIME(name, member, what) \
    {"call." name, what, get_time, offsetof(struct call, member), 0, VALUE_TIME, ITEM_CALL, \
     UNIT_NONE, false, NULL}
#define PARTY(name, member, of) \
    TEXT(name ".display", member.display, "display name of " of), \
    TEXT(name ".uri", member.uri, "its URI"), \
    TEXT(name ".user", member.user, "its user part"), \
    TEXT(name ".host", member.host, "its host"), TEXT(name ".tag", member.tag, "its tag")

static const struct field fields[] = {
    SPECIAL("id", VALUE_NUMBER, C_ID, NULL, "number of the call"),
    TEXT("call_id", call_id, "its Call-ID"),
    SPECIAL("kind", VALUE_TEXT, C_KIND, &kind_names,
            "call, registration, subscription, publication, message, options or other"),
    SPECIAL("group", VALUE_NUMBER, C_GROUP, NULL, "number of the group that it is a leg of"),
    SPECIAL("joined_by.evidence", VALUE_TEXT, C_JOINED_BY, NULL, "why it is a leg of its group"),
    TEXT("method", method_name, "method of its first request"),
    TEXT("request_uri", request_uri, "Request-URI of its first request"),
    SPECIAL("transport", VALUE_TEXT, C_TRANSPORT, &transport_names, "of its first message"),
    PARTY("from", from, "From"),
    PARTY("to", to, "To"),
    SPECIAL("src.ip", VALUE_ADDRESS, C_SRC_IP, NULL, "source of its first message"),
    SPECIAL("src.port", VALUE_NUMBER, C_SRC_PORT, NULL, "its port"),
    SPECIAL("dst.ip", VALUE_ADDRESS, C_DST_IP, NULL, "destination of its first message"),
    SPECIAL("dst.port", VALUE_NUMBER, C_DST_PORT, NULL, "its port"),
    SPECIAL("state", VALUE_TEXT, C_STATE, &state_names,
            "setup, ringing, established, completed, cancelled, rejected, failed, redirected, "
            "unanswered or partial"),
    OF("call.status", get_special, VALUE_NUMBER, UNIT_STATUS, C_STATUS, NULL,
       "final response to its initial request"),
    OF("call.final_status", get_special, VALUE_NUMBER, UNIT_STATUS, C_STATUS, NULL,
       "the same"),
    TEXT("reason", reason, "reason phrase of it"),
    SPECIAL("released_by", VALUE_TEXT, C_RELEASED_BY, &side_names, "caller or callee"),
    SPECIAL("offer", VALUE_TEXT, C_OFFER, &offer_names, "early, delayed or none"),
    TIME("start_time", start, "time of its first message"),
    TIME("end_time", end, "time of its last message"),
    DURATION("trying_ms", trying, "INVITE to 100"),
    DURATION("post_dial_delay_ms", delay, "INVITE to 180, 183, 2xx or the final failure"),
    DURATION("answer_ms", answer, "INVITE to 2xx"),
    DURATION("talk_ms", talk, "2xx to BYE"),
    OF("call.timing.duration_ms", get_special, VALUE_NUMBER, UNIT_MS, C_DURATION, NULL,
       "first message to last"),
    SPECIAL("holds", VALUE_NUMBER, C_HOLDS, NULL, "how often it was held"),
    OF("call.negotiations.state", get_negotiated, VALUE_TEXT, UNIT_NONE, N_STATE, NULL,
       "of each offer: open, early, agreed or refused"),
    OF("call.negotiations.media.codec", get_negotiated, VALUE_TEXT, UNIT_NONE, N_CODEC, NULL,
       "codec agreed for each m= section"),
    OF("call.negotiations.media.codecs", get_negotiated, VALUE_TEXT, UNIT_NONE, N_CODECS, NULL,
       "each codec that both list"),
    OF("call.negotiations.media.security", get_negotiated, VALUE_TEXT, UNIT_NONE, N_SECURITY,
       NULL, "dtls-srtp or sdes"),
    OF("call.negotiations.media.refused", get_negotiated, VALUE_BOOL, UNIT_NONE, N_REFUSED,
       NULL, "an m= section was refused"),
    OF("call.session_timer.interval_s", get_timer, VALUE_NUMBER, UNIT_S, X_INTERVAL, NULL,
       "session timer agreed"),
    OF("call.session_timer.refresher", get_timer, VALUE_TEXT, UNIT_NONE, X_REFRESHER,
       &side_names, "who refreshes"),
    OF("call.session_timer.refreshes", get_timer, VALUE_NUMBER, UNIT_NONE, X_REFRESHES, NULL,
       "refreshes seen"),
    OF("call.session_timer.ran_out", get_timer, VALUE_BOOL, UNIT_NONE, X_RAN_OUT, NULL,
       "nobody refreshed in time"),
    OF("call.subscriptions.event", get_subscriptions, VALUE_TEXT, UNIT_NONE, G_EVENT, NULL,
       "event of each subscription"),
    OF("call.subscriptions.state", get_subscriptions, VALUE_TEXT, UNIT_NONE, G_STATE, NULL,
       "its last state"),
    OF("call.registrations.action", get_registrations, VALUE_TEXT, UNIT_NONE, G_ACTION, NULL,
       "register, refresh, unregister or query, of each REGISTER"),
    OF("call.registrations.expires_s", get_registrations, VALUE_NUMBER, UNIT_S, G_EXPIRES, NULL,
       "time granted"),
    OF("call.transactions.method", get_transactions, VALUE_TEXT, UNIT_NONE, T_METHOD, NULL,
       "method of each transaction"),
    OF("call.transactions.status", get_transactions, VALUE_NUMBER, UNIT_STATUS, T_STATUS, NULL,
       "its final response"),
    OF("call.transactions.state", get_transactions, VALUE_TEXT, UNIT_NONE, T_STATE, NULL,
       "proceeding, completed or timeout"),
    OF("call.transactions.retransmissions", get_transactions, VALUE_NUMBER, UNIT_NONE,
       T_RETRANSMISSIONS, NULL, "messages of it that were repetitions"),
    OF("call.transactions.response_ms", get_transactions, VALUE_NUMBER, UNIT_MS, T_RESPONSE,
       NULL, "request to final response"),
    OF("call.dialogs.state", get_dialogs, VALUE_TEXT, UNIT_NONE, 0, NULL,
       "early, confirmed or terminated, of each dialog"),
    OF("call.dtmf.digits", get_keys, VALUE_TEXT, UNIT_NONE, D_DIGITS, NULL,
       "all keys pressed, in order, as 1234#"),
    OF("call.dtmf.via", get_keys, VALUE_TEXT, UNIT_NONE, D_VIA, NULL,
       "how each came: rfc4733, info, inband or kpml"),
    OF("icmp", get_special, VALUE_BOOL, UNIT_NONE, C_ICMP, NULL,
       "a call about which ICMP errors came"),
    OF("icmp.type", get_icmp, VALUE_NUMBER, UNIT_NONE, I_TYPE, NULL, "type of each such error"),
    OF("icmp.code", get_icmp, VALUE_NUMBER, UNIT_NONE, I_CODE, NULL, "its code"),
    OF("call.icmp_errors.error", get_icmp, VALUE_TEXT, UNIT_NONE, I_ERROR, NULL,
       "its name: port-unreachable, ..."),
    OF("call.icmp_errors.reporter", get_icmp, VALUE_ADDRESS, UNIT_NONE, I_REPORTER, NULL,
       "who sent it"),
};

const struct field_table field_call = {fields, sizeof fields / sizeof fields[0]};
