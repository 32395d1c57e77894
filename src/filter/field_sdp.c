/* Fields of session descriptions, one value an m= section or format. */
#include <stddef.h>

#include "filter/eval.h"

enum part {
    S_SESSION, S_TYPE, S_ADDRESS, S_PORT, S_RTCP_PORT, S_PROTOCOL, S_DIRECTION, S_PTIME, S_SUITE,
    S_FORMAT, S_PT, S_CODEC, S_RATE, S_FMTP, S_RTCP_MUX,
};

static bool tell_format(const struct sdp_format *f, enum part part, value_visit *visit, void *ctx)
{
    switch (part) {
    case S_FORMAT: return field_tell_text(visit, ctx, f->id);
    case S_PT: return f->pt >= 0 && field_tell_number(visit, ctx, f->pt);
    case S_CODEC:
        if (f->codec.n || f->pt < 0)
            return field_tell_text(visit, ctx, f->codec.n ? f->codec : f->id);
        return false;
    case S_RATE: return f->clock_rate && field_tell_number(visit, ctx, f->clock_rate);
    case S_FMTP: return field_tell_text(visit, ctx, f->fmtp);
    default: return false;
    }
}

static bool tell_media(const struct sdp_media *m, enum part part, value_visit *visit, void *ctx)
{
    struct net_addr addr;

    switch (part) {
    case S_TYPE: return field_tell_text(visit, ctx, m->type);
    case S_ADDRESS:
        return addr_parse_ip(m->address, m->port, &addr) && field_tell_addr(visit, ctx, &addr);
    case S_PORT: return field_tell_number(visit, ctx, m->port);
    case S_RTCP_PORT: return m->rtcp_port && field_tell_number(visit, ctx, m->rtcp_port);
    case S_PROTOCOL: return field_tell_text(visit, ctx, m->protocol);
    case S_DIRECTION: return field_tell_name(visit, ctx, sdp_direction_name(m->direction));
    case S_PTIME: return m->ptime && field_tell_number(visit, ctx, m->ptime);
    case S_SUITE: return m->crypto.n && field_tell_text(visit, ctx, m->crypto);
    case S_RTCP_MUX: return field_tell_bool(visit, ctx, m->rtcp_mux);
    default:
        for (unsigned i = 0; i < m->format_count; i++)
            if (tell_format(&m->formats[i], part, visit, ctx))
                return true;
        return false;
    }
}

static bool get_media(struct filter_eval *e, const struct field_ref *ref, const struct item *item,
                      value_visit *visit, void *ctx)
{
    const struct sdp_session *sdp = eval_sdp(e, item);

    for (unsigned i = 0; sdp && i < sdp->media_count; i++)
        if (tell_media(&sdp->media[i], ref->field->which, visit, ctx))
            return true;
    return false;
}

/* A slice of the session. */
static bool get_session(struct filter_eval *e, const struct field_ref *ref,
                        const struct item *item, value_visit *visit, void *ctx)
{
    const struct sdp_session *sdp = eval_sdp(e, item);

    return sdp && field_tell_text(visit, ctx, *(const struct slice *)((const char *)sdp +
                                                                      ref->field->offset));
}

#define MEDIA(name, type, unit, which, fold, what) \
    {name, what, get_media, 0, which, type, ITEM_MESSAGE, unit, fold, NULL}
#define SESSION(name, member, what) \
    {name, what, get_session, offsetof(struct sdp_session, member), S_SESSION, VALUE_TEXT, \
     ITEM_MESSAGE, UNIT_NONE, false, NULL}

static const struct field fields[] = {
    SESSION("sdp.owner", origin, "o= line"),
    SESSION("sdp.owner.username", origin_user, "its user name"),
    SESSION("sdp.owner.sessionid", origin_id, "its session id"),
    SESSION("sdp.owner.version", origin_version, "its session version"),
    SESSION("sdp.owner.address", origin_address, "its address"),
    SESSION("sdp.session_name", name, "s= line"),
    MEDIA("sdp.connection_info.address", VALUE_ADDRESS, UNIT_NONE, S_ADDRESS, false,
          "address for each m= section's media"),
    MEDIA("sdp.media.media", VALUE_TEXT, UNIT_NONE, S_TYPE, true,
          "each m= section's type: audio, video, image"),
    MEDIA("sdp.media.port", VALUE_NUMBER, UNIT_NONE, S_PORT, false, "its port; 0: refused"),
    MEDIA("sdp.media.proto", VALUE_TEXT, UNIT_NONE, S_PROTOCOL, true, "its protocol: RTP/AVP"),
    MEDIA("sdp.media.format", VALUE_TEXT, UNIT_NONE, S_FORMAT, false, "each format of it"),
    MEDIA("sdp.mime.type", VALUE_TEXT, UNIT_NONE, S_CODEC, true, "each format's codec: PCMU"),
    MEDIA("sdp.sample_rate", VALUE_NUMBER, UNIT_HZ, S_RATE, false, "each format's clock rate"),
    MEDIA("sdp.fmtp.parameter", VALUE_TEXT, UNIT_NONE, S_FMTP, false,
          "each format's parameters (a=fmtp)"),
    MEDIA("sdp.crypto", VALUE_TEXT, UNIT_NONE, S_SUITE, false,
          "each m= section's first a=crypto"),
    MEDIA("message.sdp.media.type", VALUE_TEXT, UNIT_NONE, S_TYPE, true, "as sdp.media.media"),
    MEDIA("message.sdp.media.ip", VALUE_ADDRESS, UNIT_NONE, S_ADDRESS, false,
          "as sdp.connection_info.address"),
    MEDIA("message.sdp.media.port", VALUE_NUMBER, UNIT_NONE, S_PORT, false,
          "as sdp.media.port"),
    MEDIA("message.sdp.media.rtcp_port", VALUE_NUMBER, UNIT_NONE, S_RTCP_PORT, false,
          "each m= section's port for RTCP"),
    MEDIA("message.sdp.media.protocol", VALUE_TEXT, UNIT_NONE, S_PROTOCOL, true,
          "as sdp.media.proto"),
    MEDIA("message.sdp.media.direction", VALUE_TEXT, UNIT_NONE, S_DIRECTION, true,
          "sendrecv, sendonly, recvonly or inactive"),
    MEDIA("message.sdp.media.rtcp_mux", VALUE_BOOL, UNIT_NONE, S_RTCP_MUX, false,
          "RTCP on the port of RTP"),
    MEDIA("message.sdp.media.ptime_ms", VALUE_NUMBER, UNIT_MS, S_PTIME, false, "a=ptime"),
    MEDIA("message.sdp.media.formats.pt", VALUE_NUMBER, UNIT_NONE, S_PT, false,
          "each format's payload type"),
    MEDIA("message.sdp.media.formats.codec", VALUE_TEXT, UNIT_NONE, S_CODEC, true,
          "as sdp.mime.type"),
    MEDIA("message.sdp.media.formats.clock_rate", VALUE_NUMBER, UNIT_HZ, S_RATE, false,
          "as sdp.sample_rate"),
    MEDIA("message.sdp.media.formats.fmtp", VALUE_TEXT, UNIT_NONE, S_FMTP, false,
          "as sdp.fmtp.parameter"),
};

const struct field_table field_sdp = {fields, sizeof fields / sizeof fields[0]};
