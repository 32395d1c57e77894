/* Offers and answers as JSON. */
#include <stdlib.h>

#include "call/negotiation.h"
#include "report/json.h"
#include "sip/body.h"

enum { MOST = 128 };

struct scratch {
    struct sip_msg msg;
    struct sdp_session offer, answer;
    struct negotiation v[MOST];
};

static bool read_description(const struct call *call, uint32_t message, struct sip_msg *msg,
                             struct sdp_session *sdp)
{
    struct slice body;

    return message != CALL_NONE && message_parse(&call->messages.v[message], msg) &&
           sip_body_find(msg, SLICE("application/sdp"), &body) && sdp_parse(sdp, body);
}

static struct json_object *codec_name(const struct sdp_format *f)
{
    return f ? json_text(f->codec.n ? f->codec : f->id) : NULL;
}

static struct json_object *direction(enum media_flow flow, bool by_caller)
{
    switch (flow) {
    case FLOW_BOTH: return json_name("both");
    case FLOW_NONE: return json_name("none");
    default:
        return json_name((flow == FLOW_TO_ANSWERER) == by_caller ? "caller-to-callee"
                                                                 : "callee-to-caller");
    }
}

static const char *security(const struct agreed_media *m)
{
    return m->dtls ? "dtls-srtp" : m->suite.n ? "sdes" : NULL;
}

static struct json_object *side(const struct sdp_media *m)
{
    struct json_object *o;

    if (!m)
        return NULL;
    o = json_object_new_object();
    json_add(o, "ip", json_text(m->address));
    json_add(o, "port", json_object_new_int(m->port));
    json_add(o, "direction", json_name(sdp_direction_name(m->direction)));
    return o;
}

static struct json_object *media(const struct agreed_media *m, bool by_caller)
{
    struct json_object *o = json_object_new_object(), *codecs = json_object_new_array();

    for (unsigned i = 0; i < m->format_count; i++)
        json_object_array_add(codecs, codec_name(m->formats[i]));
    json_add(o, "type", json_text(m->offer->type));
    json_add(o, "protocol", json_text(m->answer ? m->answer->protocol : m->offer->protocol));
    json_add(o, "refused", json_object_new_boolean(m->refused));
    json_add(o, "codec", codec_name(m->codec));
    json_add(o, "clock_rate", m->codec && m->codec->clock_rate
                                  ? json_object_new_int64(m->codec->clock_rate) : NULL);
    json_add(o, "codecs", codecs);
    json_add(o, "direction", m->refused ? NULL : direction(m->flow, by_caller));
    json_add(o, "offered", side(m->offer));
    json_add(o, "answered", side(m->answer));
    json_add(o, "rtcp_mux", json_object_new_boolean(m->rtcp_mux));
    json_add(o, "ice", json_object_new_boolean(m->ice));
    json_add(o, "bundle", json_object_new_boolean(m->bundled));
    json_add(o, "security", json_name(security(m)));
    json_add(o, "crypto_suite", m->suite.n ? json_text(m->suite) : NULL);
    json_add(o, "dtls_client",
             m->dtls ? json_name(m->answerer_starts == by_caller ? "callee" : "caller") : NULL);
    return o;
}

static struct json_object *all_media(const struct call *call, const struct negotiation *n,
                                     struct scratch *s)
{
    struct json_object *list = json_object_new_array();
    uint32_t answer = n->answer != CALL_NONE ? n->answer : n->early_answer;
    struct agreed_media m;

    if (!read_description(call, answer, &s->msg, &s->answer) ||
        !read_description(call, n->offer, &s->msg, &s->offer))
        return list;
    for (unsigned i = 0; negotiation_media(&s->offer, &s->answer, i, &m); i++)
        json_object_array_add(list, media(&m, n->by_caller));
    return list;
}

static struct json_object *negotiation(const struct call *call, const struct negotiation *n,
                                       struct scratch *s)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "by", json_name(n->by_caller ? "caller" : "callee"));
    json_add(o, "offer", json_id(n->offer));
    json_add(o, "answer", json_id(n->answer));
    json_add(o, "early_answer", json_id(n->early_answer));
    json_add(o, "dialog", json_id(n->dialog));
    json_add(o, "state", json_name(negotiation_state_name(n->state)));
    json_add(o, "status", n->status ? json_object_new_int(n->status) : NULL);
    json_add(o, "media", all_media(call, n, s));
    return o;
}

struct json_object *json_negotiations(const struct fosip_analysis *a, const struct call *call)
{
    struct json_object *list = json_object_new_array();
    struct scratch *s = call->kind == CALL_CALL ? malloc(sizeof *s) : NULL;
    size_t n = s ? negotiations_read(a->calls, call, s->v, MOST) : 0;

    for (size_t i = 0; i < n; i++)
        json_object_array_add(list, negotiation(call, &s->v[i], s));
    free(s);
    return list;
}
