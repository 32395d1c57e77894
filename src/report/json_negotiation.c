/* Offers and answers as JSON. */
#include <stdlib.h>

#include "call/negotiation.h"
#include "report/json.h"

enum { MOST = 128 };

struct scratch {
    struct sip_msg msg;
    struct sdp_session offer, answer;
    struct negotiation v[MOST];
};

static bool read_description(const struct call *call, uint32_t message, struct sip_msg *msg,
                             struct sdp_session *sdp)
{
    return message != CALL_NONE && message_sdp(&call->messages.v[message], msg, sdp);
}

static void codec_name(struct json *j, const char *key, const struct sdp_format *f)
{
    json_text(j, key, !f ? SLICE_EMPTY : f->codec.n ? f->codec : f->id);
}

static const char *direction(enum media_flow flow, bool by_caller)
{
    switch (flow) {
    case FLOW_BOTH: return "both";
    case FLOW_NONE: return "none";
    default:
        return (flow == FLOW_TO_ANSWERER) == by_caller ? "caller-to-callee" : "callee-to-caller";
    }
}

static const char *security(const struct agreed_media *m)
{
    return m->dtls ? "dtls-srtp" : m->suite.n ? "sdes" : NULL;
}

static const char *dtls_client(const struct agreed_media *m, bool by_caller)
{
    return !m->dtls ? NULL : m->answerer_starts == by_caller ? "callee" : "caller";
}

static void side(struct json *j, const char *key, const struct sdp_media *m)
{
    if (!m) {
        json_null(j, key);
        return;
    }
    json_open(j, key);
    json_text(j, "ip", m->address);
    json_count(j, "port", m->port);
    json_name(j, "direction", sdp_direction_name(m->direction));
    json_close(j);
}

static void media(struct json *j, const struct agreed_media *m, bool by_caller)
{
    json_open(j, NULL);
    json_text(j, "type", m->offer->type);
    json_text(j, "protocol", m->answer ? m->answer->protocol : m->offer->protocol);
    json_boolean(j, "refused", m->refused);
    codec_name(j, "codec", m->codec);
    json_nonzero(j, "clock_rate", m->codec ? m->codec->clock_rate : 0);
    json_list(j, "codecs");
    for (unsigned i = 0; i < m->format_count; i++)
        codec_name(j, NULL, m->formats[i]);
    json_end(j);
    json_name(j, "direction", m->refused ? NULL : direction(m->flow, by_caller));
    side(j, "offered", m->offer);
    side(j, "answered", m->answer);
    json_boolean(j, "rtcp_mux", m->rtcp_mux);
    json_boolean(j, "ice", m->ice);
    json_boolean(j, "bundle", m->bundled);
    json_name(j, "security", security(m));
    json_text(j, "crypto_suite", m->suite.n ? m->suite : SLICE_EMPTY);
    json_name(j, "dtls_client", dtls_client(m, by_caller));
    json_close(j);
}

static void all_media(struct json *j, const struct call *call, const struct negotiation *n,
                      struct scratch *s)
{
    uint32_t answer = n->answer != CALL_NONE ? n->answer : n->early_answer;
    struct agreed_media m;

    json_list(j, "media");
    if (read_description(call, answer, &s->msg, &s->answer) &&
        read_description(call, n->offer, &s->msg, &s->offer))
        for (unsigned i = 0; negotiation_media(&s->offer, &s->answer, i, &m); i++)
            media(j, &m, n->by_caller);
    json_end(j);
}

static void negotiation(struct json *j, const struct call *call, const struct negotiation *n,
                        struct scratch *s)
{
    json_open(j, NULL);
    json_name(j, "by", n->by_caller ? "caller" : "callee");
    json_id(j, "offer", n->offer);
    json_id(j, "answer", n->answer);
    json_id(j, "early_answer", n->early_answer);
    json_id(j, "dialog", n->dialog);
    json_name(j, "state", negotiation_state_name(n->state));
    json_nonzero(j, "status", n->status);
    all_media(j, call, n, s);
    json_close(j);
}

void json_negotiations(struct json *j, const struct fosip_analysis *a, const struct call *call)
{
    struct scratch *s = call->kind == CALL_CALL ? malloc(sizeof *s) : NULL;
    size_t n = s ? negotiations_read(a->calls, call, s->v, MOST) : 0;

    json_list(j, "negotiations");
    for (size_t i = 0; i < n; i++)
        negotiation(j, call, &s->v[i], s);
    json_end(j);
    free(s);
}
