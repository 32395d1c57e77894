/* Says of a message what an expert would write at its arrow, and of a stream how it
 * arrived. */
#include "report/ladder_label.h"

#include <stdlib.h>

#include "analysis/participants.h"
#include "sip/body.h"
#include "sip/header.h"

enum { MOST_CODECS = 4, MOST_WORD = 32 };

struct ladder_labels ladder_labels_open(void)
{
    struct ladder_labels labels;

    labels.msg = malloc(sizeof *labels.msg);
    labels.sdp = malloc(sizeof *labels.sdp);
    return labels;
}

void ladder_labels_close(struct ladder_labels *labels)
{
    free(labels->msg);
    free(labels->sdp);
}

static bool is_no_codec(struct slice codec)
{
    return slice_ieq(codec, SLICE("telephone-event")) || slice_ieq(codec, SLICE("CN"));
}

/* One codec may stand in several formats, with other rates or parameters. */
static bool is_named(const struct sdp_media *m, unsigned format)
{
    for (unsigned i = 0; i < format; i++)
        if (slice_ieq(m->formats[i].codec, m->formats[format].codec))
            return true;
    return false;
}

/* "PCMU, PCMA": the media of an offer or answer, events left out. */
static void add_codecs(struct ladder_labels *labels, struct line *out)
{
    const struct sdp_session *sdp = labels->sdp;
    struct slice body;
    unsigned named = 0;

    if (!sip_body_find(labels->msg, SLICE("application/sdp"), &body) ||
        !sdp_parse(labels->sdp, body))
        return;
    line_add(out, " (SDP");
    for (unsigned i = 0; i < sdp->media_count; i++) {
        const struct sdp_media *m = &sdp->media[i];

        for (unsigned f = 0; m->port && f < m->format_count; f++) {
            struct slice codec = m->formats[f].codec;

            if (is_no_codec(codec) || (codec.n && is_named(m, f)))
                continue;
            if (named++ == MOST_CODECS) {
                line_add(out, ", ...");
                break;
            }
            line_add(out, named == 1 ? ": " : ", ");
            line_add_foreign(out, codec.n ? codec : m->formats[f].id, 16);
        }
        if (!m->port)
            line_printf(out, "%s refused", named++ ? "," : ":");
    }
    if (sdp->media_count && sdp->media[0].direction != SDP_SENDRECV)
        line_printf(out, "; %s", sdp_direction_name(sdp->media[0].direction));
    line_add(out, ")");
}

/* " to carol@example.com", without what stands around it. */
static void add_target(const struct sip_msg *msg, enum sip_header_id id, struct line *out)
{
    const struct sip_header *h = sip_header(msg, id, 0);
    struct sip_addr addr;

    if (!h || !sip_addr_parse(&addr, h->value))
        return;
    line_add(out, " to ");
    if (addr.uri.user.n) {
        line_add_foreign(out, addr.uri.user, MOST_WORD);
        line_add(out, "@");
    }
    line_add_foreign(out, addr.uri.host, MOST_WORD);
    if (slice_icontains(addr.uri.headers, SLICE("Replaces=")))
        line_add(out, " with Replaces");
}

/* Which call it takes the place of, or joins. */
static void add_replaced(const struct ladder *l, const struct sip_msg *msg, struct line *out)
{
    const struct sip_header *h = sip_header(msg, SIP_H_REPLACES, 0);
    struct sip_replaces replaces;
    uint32_t call;

    if (!h || !sip_replaces_parse(h->value, &replaces))
        return;
    call = call_by_id(l->analysis->calls, replaces.call_id);
    line_add(out, " replaces ");
    if (call == CALL_NONE)
        line_add(out, "a call not captured");
    else
        line_printf(out, "call %u", call + 1);
}

/* "(presence, active)"; of a REFER's, how its request fares: "(200 OK)". */
static void add_event(const struct sip_msg *msg, struct line *out)
{
    const struct sip_header *event = sip_header(msg, SIP_H_EVENT, 0);
    const struct sip_header *state = sip_header(msg, SIP_H_SUBSCRIPTION_STATE, 0);
    struct slice body;

    if (sip_body_find(msg, SLICE("message/sipfrag"), &body) &&
        slice_istarts(body, SLICE("SIP/2.0 "))) {
        body = slice_from(body, 8);
        line_add(out, " (");
        line_add_foreign(out, slice_trim(slice_upto(body, slice_find(body, '\n'))), MOST_WORD);
        line_add(out, ")");
        return;
    }
    if (!event && !state)
        return;
    line_add(out, " (");
    if (event)
        line_add_foreign(out, sip_token(event->value, NULL), MOST_WORD);
    if (state) {
        line_add(out, event ? ", " : "");
        line_add_foreign(out, sip_token(state->value, NULL), MOST_WORD);
    }
    line_add(out, ")");
}

static void label_request(const struct ladder *l, const struct sip_msg *msg, struct line *out)
{
    line_add_foreign(out, msg->method_name, 24);
    if (msg->method == SIP_REFER)
        add_target(msg, SIP_H_REFER_TO, out);
    else if (msg->method == SIP_INVITE)
        add_replaced(l, msg, out);
    else if (msg->method == SIP_NOTIFY || msg->method == SIP_SUBSCRIBE)
        add_event(msg, out);
}

/* What else is under way beside the INVITE is named, so that its 200 is not taken for
 * the call's. */
static void label_response(const struct sip_msg *msg, struct line *out)
{
    line_printf(out, "%u ", msg->status);
    line_add_foreign(out, msg->reason, MOST_WORD);
    if (msg->status / 100 == 3)
        add_target(msg, SIP_H_CONTACT, out);
    if (msg->cseq_method == SIP_CANCEL || msg->cseq_method == SIP_PRACK ||
        msg->cseq_method == SIP_UPDATE)
        line_printf(out, " to %s", sip_method_name(msg->cseq_method));
}

static void label_message(const struct ladder *l, const struct rung *r,
                          struct ladder_labels *labels, struct line *out)
{
    const struct message *m = &call_at(l->analysis->calls, r->call)->messages.v[r->index];

    if (!message_parse(m, labels->msg))
        return;
    if (labels->msg->request)
        label_request(l, labels->msg, out);
    else
        label_response(labels->msg, out);
    if (m->flags & MESSAGE_HAS_SDP)
        add_codecs(labels, out);
    if (m->retransmission_of != CALL_NONE)
        line_add(out, " retransmission");
}

static void label_stream(const struct ladder *l, const struct rung *r, struct line *out)
{
    struct stream_figures f;

    stream_figures(stream_at(l->analysis->streams, r->index), &f);
    line_add(out, f.encrypted ? "SRTP " : "RTP ");
    if (f.codec.n)
        line_add_foreign(out, f.codec, 16);
    else if (f.pt_count)
        line_printf(out, "type %u", f.pts[0].pt);
    line_printf(out, " %llu packets, %.2f %% lost", (unsigned long long)f.packets, f.loss_pct);
    if (f.jitter_ms.max == f.jitter_ms.max)
        line_printf(out, ", jitter %.1f ms", f.jitter_ms.max);
    line_printf(out, ", %.1f s", f.duration_s);
}

/* In a group's ladder the call's number stands before the label. */
void ladder_label(const struct ladder *l, const struct rung *r, struct ladder_labels *labels,
                  struct line *out)
{
    line_clear(out);
    if (l->group)
        line_printf(out, "%u: ", r->call + 1);
    if (r->kind == RUNG_STREAM)
        label_stream(l, r, out);
    else
        label_message(l, r, labels, out);
}

void ladder_participant(const struct participant *p, char *out, size_t room)
{
    static const struct {
        unsigned role;
        const char *name;
    } servers[] = {{ROLE_B2BUA, "B2BUA"},
                   {ROLE_REDIRECT_SERVER, "redirect server"},
                   {ROLE_REGISTRAR, "registrar"},
                   {ROLE_MEDIA_RELAY, "media relay"}};
    size_t n = 0;

    out[0] = '\0';
    if (p->role)
        n = (size_t)snprintf(out, room, "%s%s%.*s", p->role, p->name.n ? " " : "",
                             SLICE_ARG(slice_upto(p->name, 100)));
    for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++)
        if (p->roles & servers[i].role)
            n += (size_t)snprintf(out + n, room - n, "%s%s", n ? ", " : "", servers[i].name);
}
