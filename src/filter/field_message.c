/* Fields of SIP messages: those of the record first, which need no parsing. */
#include <math.h>
#include <stddef.h>

#include "base/time.h"
#include "filter/eval.h"
#include "sip/body.h"
#include "sip/header.h"

enum record {
    R_SIP, R_SDP, R_ID, R_STATUS, R_CSEQ, R_LENGTH, R_RESENT, R_ORIGINAL, R_TRANSACTION, R_DIALOG,
    R_RESPONSE_TIME, R_PROBLEMS, R_FROM_CALLER, R_START_LINE_OF_REQUEST, R_START_LINE_OF_RESPONSE,
    R_DSCP,
};

static double number_of(uint32_t index)
{
    return index == CALL_NONE ? NAN : (double)index + 1;
}

static struct slice start_line(const struct message *m)
{
    struct slice s = slice_make(m->text, m->length);

    return slice_trim(slice_upto(s, slice_find(s, '\n')));
}

/* ms since its request was first sent. */
static double response_time(const struct call *call, const struct message *m)
{
    int64_t ns;

    if (!m->status || m->transaction == CALL_NONE ||
        call->transactions.v[m->transaction].request == CALL_NONE)
        return NAN;
    ns = time_between(call->transactions.v[m->transaction].start, m->time);
    return ns < 0 ? NAN : (double)ns / 1e6;
}

static bool get_record(struct filter_eval *e, const struct field_ref *ref,
                       const struct item *item, value_visit *visit, void *ctx)
{
    const struct message *m = eval_record(e, item);

    switch ((enum record)ref->field->which) {
    case R_SIP: return field_tell_bool(visit, ctx, true);
    case R_SDP: return field_tell_bool(visit, ctx, m->flags & MESSAGE_HAS_SDP);
    case R_ID: return field_tell_number(visit, ctx, number_of(item->index));
    case R_STATUS: return m->status && field_tell_number(visit, ctx, m->status);
    case R_CSEQ:
        return m->flags & MESSAGE_HAS_CSEQ && field_tell_number(visit, ctx, m->cseq);
    case R_LENGTH: return field_tell_number(visit, ctx, m->whole);
    case R_RESENT: return field_tell_bool(visit, ctx, m->retransmission_of != CALL_NONE);
    case R_ORIGINAL: return field_tell_number(visit, ctx, number_of(m->retransmission_of));
    case R_TRANSACTION: return field_tell_number(visit, ctx, number_of(m->transaction));
    case R_DIALOG: return field_tell_number(visit, ctx, number_of(m->dialog));
    case R_RESPONSE_TIME:
        return field_tell_number(visit, ctx, response_time(eval_call(e, item), m));
    case R_PROBLEMS: return field_tell_bool(visit, ctx, m->flags & MESSAGE_PROBLEMS);
    case R_FROM_CALLER: return field_tell_bool(visit, ctx, m->flags & MESSAGE_FROM_CALLER);
    case R_DSCP: return m->dscp != NET_NO_DSCP && field_tell_number(visit, ctx, m->dscp);
    case R_START_LINE_OF_REQUEST: return !m->status && field_tell_text(visit, ctx, start_line(m));
    case R_START_LINE_OF_RESPONSE: return m->status && field_tell_text(visit, ctx, start_line(m));
    }
    return false;
}

/* Of the request, or (which: 1) of the CSeq. */
static bool get_method(struct filter_eval *e, const struct field_ref *ref,
                       const struct item *item, value_visit *visit, void *ctx)
{
    const struct message *m = eval_record(e, item);
    const struct sip_msg *msg;

    if (m->status && !ref->field->which)
        return false;
    if (m->method != SIP_UNKNOWN_METHOD && (!m->status || m->flags & MESSAGE_HAS_CSEQ) &&
        !ref->field->which)
        return field_tell_name(visit, ctx, sip_method_name(m->method));
    msg = eval_message(e, item);
    if (!msg)
        return false;
    return field_tell_text(visit, ctx, ref->field->which ? msg->cseq_name : msg->method_name);
}

/* A slice of the parsed message. */
static bool get_text(struct filter_eval *e, const struct field_ref *ref, const struct item *item,
                     value_visit *visit, void *ctx)
{
    const struct sip_msg *msg = eval_message(e, item);

    return msg && field_tell_text(visit, ctx,
                                  *(const struct slice *)((const char *)msg + ref->field->offset));
}

static bool get_reason(struct filter_eval *e, const struct field_ref *ref,
                       const struct item *item, value_visit *visit, void *ctx)
{
    const struct message *m = eval_record(e, item);

    (void)ref;
    return m->status && field_tell_text(visit, ctx, message_reason(m));
}

static bool get_headers(struct filter_eval *e, const struct field_ref *ref,
                        const struct item *item, value_visit *visit, void *ctx)
{
    const struct sip_msg *msg = eval_message(e, item);
    enum sip_header_id id = sip_header_name_id(ref->header);

    for (unsigned i = 0; msg && i < msg->header_count; i++) {
        const struct sip_header *h = &msg->headers[i];
        bool is_it = id == SIP_H_OTHER ? slice_ieq(h->name, ref->header) : h->id == id;

        if ((is_it || !ref->header.n) && field_tell_text(visit, ctx, h->value))
            return true;
    }
    return false;
}

static bool get_all_headers(struct filter_eval *e, const struct field_ref *ref,
                            const struct item *item, value_visit *visit, void *ctx)
{
    const struct sip_msg *msg = eval_message(e, item);
    const struct sip_header *last;

    (void)ref;
    if (!msg || !msg->header_count)
        return false;
    last = &msg->headers[msg->header_count - 1];
    return field_tell_text(visit, ctx, slice_span(msg->headers[0].name.p,
                                                  last->value.p ? last->value.p + last->value.n
                                                                : last->name.p + last->name.n));
}

static bool get_number(struct filter_eval *e, const struct field_ref *ref,
                       const struct item *item, value_visit *visit, void *ctx)
{
    const struct sip_msg *msg = eval_message(e, item);
    const struct sip_header *h;
    uint32_t number;

    for (unsigned i = 0; msg && (h = sip_header(msg, ref->field->which, i)); i++)
        if (slice_u32(sip_token(h->value, &(struct slice){NULL, 0}), &number) &&
            field_tell_number(visit, ctx, number))
            return true;
    return false;
}

enum uri_part { U_DISPLAY, U_URI, U_USER, U_HOST, U_PORT, U_TAG };

static bool tell_uri(const struct sip_uri *uri, enum uri_part part, value_visit *visit, void *ctx)
{
    switch (part) {
    case U_URI: return field_tell_text(visit, ctx, uri->whole);
    case U_USER: return field_tell_text(visit, ctx, uri->user);
    case U_HOST: return field_tell_text(visit, ctx, uri->host);
    case U_PORT: return uri->port && field_tell_number(visit, ctx, uri->port);
    default: return false;
    }
}

static bool get_request_uri(struct filter_eval *e, const struct field_ref *ref,
                            const struct item *item, value_visit *visit, void *ctx)
{
    const struct sip_msg *msg = eval_message(e, item);
    struct sip_uri uri;

    return msg && msg->uri.n && sip_uri_parse(&uri, msg->uri) &&
           tell_uri(&uri, ref->field->which, visit, ctx);
}

static bool tell_name_addr(struct slice element, enum uri_part part, value_visit *visit, void *ctx)
{
    struct sip_addr addr;

    if (!sip_addr_parse(&addr, element))
        return false;
    if (part == U_DISPLAY)
        return addr.display.n && field_tell_text(visit, ctx, addr.display);
    if (part == U_TAG)
        return field_tell_text(visit, ctx, addr.tag);
    return tell_uri(&addr.uri, part, visit, ctx);
}

/* Of each element of each header field of that id. */
static bool get_name_addr(struct filter_eval *e, const struct field_ref *ref,
                          const struct item *item, value_visit *visit, void *ctx)
{
    const struct sip_msg *msg = eval_message(e, item);

    for (unsigned i = 0; msg && i < msg->header_count; i++) {
        struct slice rest = msg->headers[i].value, element;

        if (msg->headers[i].id != ref->field->offset)
            continue;
        while (sip_list_next(&rest, &element))
            if (tell_name_addr(element, ref->field->which, visit, ctx))
                return true;
    }
    return false;
}

enum via_part { V_TRANSPORT, V_HOST, V_PORT, V_BRANCH, V_RECEIVED, V_RPORT };

static bool tell_via(const struct sip_via *via, enum via_part part, value_visit *visit, void *ctx)
{
    uint32_t rport;

    switch (part) {
    case V_TRANSPORT: return field_tell_text(visit, ctx, via->transport);
    case V_HOST: return field_tell_text(visit, ctx, via->host);
    case V_PORT: return via->port && field_tell_number(visit, ctx, via->port);
    case V_BRANCH: return field_tell_text(visit, ctx, via->branch);
    case V_RECEIVED: return field_tell_text(visit, ctx, via->received);
    case V_RPORT:
        return via->rport.n && slice_u32(via->rport, &rport) &&
               field_tell_number(visit, ctx, rport);
    }
    return false;
}

static bool get_via(struct filter_eval *e, const struct field_ref *ref, const struct item *item,
                    value_visit *visit, void *ctx)
{
    const struct sip_msg *msg = eval_message(e, item);

    for (unsigned i = 0; msg && i < msg->header_count; i++) {
        struct slice rest = msg->headers[i].value, element;
        struct sip_via via;

        if (msg->headers[i].id != SIP_H_VIA)
            continue;
        while (sip_list_next(&rest, &element))
            if (sip_via_parse(&via, element) && tell_via(&via, ref->field->which, visit, ctx))
                return true;
    }
    return false;
}

enum reason_part { Q_PROTOCOL, Q_Q850, Q_SIP, Q_TEXT };

static bool tell_reason(const struct sip_reason *r, enum reason_part part, value_visit *visit,
                        void *ctx)
{
    bool q850 = slice_ieq(r->protocol, SLICE("Q.850"));

    switch (part) {
    case Q_PROTOCOL: return field_tell_text(visit, ctx, r->protocol);
    case Q_Q850: return q850 && r->has_cause && field_tell_number(visit, ctx, r->cause);
    case Q_SIP:
        return !q850 && slice_ieq(r->protocol, SLICE("SIP")) && r->has_cause &&
               field_tell_number(visit, ctx, r->cause);
    case Q_TEXT: return field_tell_text(visit, ctx, r->text);
    }
    return false;
}

static bool get_reasons(struct filter_eval *e, const struct field_ref *ref,
                        const struct item *item, value_visit *visit, void *ctx)
{
    const struct sip_msg *msg = eval_message(e, item);
    const struct sip_header *h;

    for (unsigned i = 0; msg && (h = sip_header(msg, SIP_H_REASON, i)); i++) {
        struct slice rest = h->value, element;
        struct sip_reason reason;

        while (sip_list_next(&rest, &element))
            if (sip_reason_parse(element, &reason) &&
                tell_reason(&reason, ref->field->which, visit, ctx))
                return true;
    }
    return false;
}

#define RECORD(name, type, unit, which, what) \
    {name, what, get_record, 0, which, type, ITEM_MESSAGE, unit, false, NULL}
#define TEXT(name, member, what) \
    {name, what, get_text, offsetof(struct sip_msg, member), 0, VALUE_TEXT, ITEM_MESSAGE, \
     UNIT_NONE, false, NULL}
#define OF(name, get, type, offset, which, fold, what) \
    {name, what, get, offset, which, type, ITEM_MESSAGE, UNIT_NONE, fold, NULL}
#define NAME_ADDR(prefix, uri, id, of) \
    OF(prefix ".display.info", get_name_addr, VALUE_TEXT, id, U_DISPLAY, false, \
       "display name of " of), \
    OF(prefix "." uri, get_name_addr, VALUE_TEXT, id, U_URI, false, "URI of " of), \
    OF(prefix ".user", get_name_addr, VALUE_TEXT, id, U_USER, false, "its user part"), \
    OF(prefix ".host", get_name_addr, VALUE_TEXT, id, U_HOST, true, "its host"), \
    OF(prefix ".port", get_name_addr, VALUE_NUMBER, id, U_PORT, false, "its port")

static const struct field fields[] = {
    RECORD("sip", VALUE_BOOL, UNIT_NONE, R_SIP, "a SIP message"),
    OF("sip.Method", get_method, VALUE_TEXT, 0, 0, false, "method of a request"),
    RECORD("sip.Status-Code", VALUE_NUMBER, UNIT_STATUS, R_STATUS, "status code of a response"),
    OF("sip.Reason-Phrase", get_reason, VALUE_TEXT, 0, 0, false, "its reason phrase"),
    RECORD("ip.dsfield.dscp", VALUE_NUMBER, UNIT_NONE, R_DSCP,
           "DSCP of the packet that held it (RFC 2474)"),
    RECORD("sip.Request-Line", VALUE_TEXT, UNIT_NONE, R_START_LINE_OF_REQUEST,
           "first line of a request"),
    RECORD("sip.Status-Line", VALUE_TEXT, UNIT_NONE, R_START_LINE_OF_RESPONSE,
           "first line of a response"),
    OF("sip.r-uri", get_request_uri, VALUE_TEXT, 0, U_URI, false, "Request-URI"),
    OF("sip.r-uri.user", get_request_uri, VALUE_TEXT, 0, U_USER, false, "its user part"),
    OF("sip.r-uri.host", get_request_uri, VALUE_TEXT, 0, U_HOST, true, "its host"),
    OF("sip.r-uri.port", get_request_uri, VALUE_NUMBER, 0, U_PORT, false, "its port"),
    NAME_ADDR("sip.from", "addr", SIP_H_FROM, "From"),
    TEXT("sip.from.tag", from_tag, "its tag"),
    NAME_ADDR("sip.to", "addr", SIP_H_TO, "To"),
    TEXT("sip.to.tag", to_tag, "its tag"),
    NAME_ADDR("sip.contact", "uri", SIP_H_CONTACT, "each Contact"),
    NAME_ADDR("sip.pai", "addr", SIP_H_P_ASSERTED_IDENTITY, "each P-Asserted-Identity"),
    NAME_ADDR("sip.Route", "uri", SIP_H_ROUTE, "each Route"),
    NAME_ADDR("sip.Record-Route", "uri", SIP_H_RECORD_ROUTE, "each Record-Route"),
    NAME_ADDR("sip.Refer-To", "uri", SIP_H_REFER_TO, "Refer-To"),
    TEXT("sip.Call-ID", call_id, "Call-ID"),
    RECORD("sip.CSeq.seq", VALUE_NUMBER, UNIT_NONE, R_CSEQ, "number of CSeq"),
    OF("sip.CSeq.method", get_method, VALUE_TEXT, 0, 1, false, "method of CSeq"),
    OF("sip.Via.transport", get_via, VALUE_TEXT, 0, V_TRANSPORT, true, "transport of each Via"),
    OF("sip.Via.sent-by.address", get_via, VALUE_TEXT, 0, V_HOST, true, "its host"),
    OF("sip.Via.sent-by.port", get_via, VALUE_NUMBER, 0, V_PORT, false, "its port"),
    OF("sip.Via.branch", get_via, VALUE_TEXT, 0, V_BRANCH, false, "its branch"),
    OF("sip.Via.received", get_via, VALUE_TEXT, 0, V_RECEIVED, true, "its received parameter"),
    OF("sip.Via.rport", get_via, VALUE_NUMBER, 0, V_RPORT, false, "its rport parameter"),
    OF("sip.Max-Forwards", get_number, VALUE_NUMBER, 0, SIP_H_MAX_FORWARDS, false,
       "Max-Forwards"),
    OF("sip.Expires", get_number, VALUE_NUMBER, 0, SIP_H_EXPIRES, false, "Expires, in seconds"),
    OF("sip.Content-Length", get_number, VALUE_NUMBER, 0, SIP_H_CONTENT_LENGTH, false,
       "Content-Length"),
    OF("sip.RSeq", get_number, VALUE_NUMBER, 0, SIP_H_RSEQ, false, "RSeq"),
    OF("sip.reason_protocols", get_reasons, VALUE_TEXT, 0, Q_PROTOCOL, true,
       "protocol of each Reason"),
    OF("sip.reason_cause_q850", get_reasons, VALUE_NUMBER, 0, Q_Q850, false,
       "its cause, of Q.850"),
    OF("sip.reason_cause_sip", get_reasons, VALUE_NUMBER, 0, Q_SIP, false, "its cause, of SIP"),
    OF("sip.reason_text", get_reasons, VALUE_TEXT, 0, Q_TEXT, false, "its text"),
    OF("sip.header", get_headers, VALUE_TEXT, 0, 0, false,
       "any header field by its name, as sip.User-Agent or sip.X-Tenant; one value a line of "
       "the message"),
    OF("sip.msg_hdr", get_all_headers, VALUE_TEXT, 0, 0, false, "all header fields"),
    TEXT("sip.msg_body", body, "body"),
    RECORD("sip.resend", VALUE_BOOL, UNIT_NONE, R_RESENT, "a retransmission"),
    RECORD("sip.response-time", VALUE_NUMBER, UNIT_MS, R_RESPONSE_TIME,
           "from a request to this response"),
    RECORD("message.id", VALUE_NUMBER, UNIT_NONE, R_ID, "place of the message in its call"),
    OF("message.method", get_method, VALUE_TEXT, 0, 0, false, "as sip.Method"),
    RECORD("message.status", VALUE_NUMBER, UNIT_STATUS, R_STATUS, "as sip.Status-Code"),
    OF("message.reason", get_reason, VALUE_TEXT, 0, 0, false, "as sip.Reason-Phrase"),
    RECORD("message.cseq.number", VALUE_NUMBER, UNIT_NONE, R_CSEQ, "as sip.CSeq.seq"),
    OF("message.cseq.method", get_method, VALUE_TEXT, 0, 1, false, "as sip.CSeq.method"),
    TEXT("message.branch", branch, "branch of the first Via"),
    TEXT("message.from_tag", from_tag, "as sip.from.tag"),
    TEXT("message.to_tag", to_tag, "as sip.to.tag"),
    RECORD("message.transaction", VALUE_NUMBER, UNIT_NONE, R_TRANSACTION,
           "number of its transaction"),
    RECORD("message.dialog", VALUE_NUMBER, UNIT_NONE, R_DIALOG, "number of its dialog"),
    RECORD("message.retransmission_of", VALUE_NUMBER, UNIT_NONE, R_ORIGINAL,
           "the message that it repeats"),
    TEXT("message.content_type", content_type, "Content-Type"),
    RECORD("message.length", VALUE_NUMBER, UNIT_BYTES, R_LENGTH, "length of the whole message"),
    RECORD("message.problems", VALUE_BOOL, UNIT_NONE, R_PROBLEMS, "it breaks the grammar"),
    RECORD("message.from_caller", VALUE_BOOL, UNIT_NONE, R_FROM_CALLER,
           "it goes from the caller's side to the callee's"),
    RECORD("sdp", VALUE_BOOL, UNIT_NONE, R_SDP, "a message with a session description"),
};

const struct field_table field_message = {fields, sizeof fields / sizeof fields[0]};
