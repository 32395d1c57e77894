/* The SIP and SDP parsers on arbitrary octets: every field that they give must
 * lie within the message, and framing must get on. */
#include <stdlib.h>

#include "sip/body.h"
#include "sip/difference.h"
#include "sip/header.h"
#include "sip/sdp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *begin, *end;

static void inside(struct slice s)
{
    if (s.p && (s.p < begin || s.p + s.n > end))
        abort();
}

static void check_headers(const struct sip_msg *msg)
{
    for (unsigned i = 0; i < msg->header_count; i++) {
        struct slice value = msg->headers[i].value, rest = value, one;
        struct sip_session_expires se;
        struct sip_replaces replaces;
        struct sip_reason reason;
        struct sip_auth auth;
        struct sip_rack rack;
        struct sip_addr addr;

        inside(msg->headers[i].name);
        inside(value);
        while (sip_list_next(&rest, &one)) {
            inside(one);
            sip_addr_parse(&addr, one);
            inside(addr.uri.host);
            inside(addr.tag);
            sip_reason_parse(one, &reason);
            inside(reason.text);
        }
        sip_session_expires_parse(value, &se);
        sip_replaces_parse(value, &replaces);
        sip_rack_parse(value, &rack);
        if (sip_auth_parse(value, &auth) && sip_auth_param(&auth, SLICE("realm"), &one))
            inside(one);
    }
}

static void check_bodies(const struct sip_msg *msg)
{
    static struct sdp_session sdp;
    struct sip_parts parts = sip_parts(msg);
    struct sip_part part;

    while (sip_parts_next(&parts, &part)) {
        inside(part.content);
        inside(part.type);
        sdp_parse(&sdp, part.content);
        for (unsigned i = 0; i < sdp.media_count; i++) {
            inside(sdp.media[i].address);
            inside(sdp.media[i].lines);
            for (unsigned f = 0; f < sdp.media[i].format_count; f++)
                inside(sdp.media[i].formats[f].fmtp);
        }
    }
}

static void check_difference(void *ctx, const struct sip_difference *d)
{
    (void)ctx;
    inside(d->name);
    inside(d->section);
    inside(d->before);
    inside(d->after);
}

/* The input against its own second half, where that looks like a message. */
static void check_comparison(const struct sip_msg *msg, const char *text, size_t n)
{
    static struct sip_msg other;

    if (sip_parse(&other, text + n / 2, n - n / 2, n - n / 2))
        sip_compare(msg, &other, check_difference, NULL);
    other = *msg;
    other.body = slice_from(msg->body, msg->body.n / 3);
    other.header_count /= 2;
    sip_compare(msg, &other, check_difference, NULL);
}

static void check_frames(const char *text, size_t n)
{
    size_t at = 0, length;

    while (at < n) {
        switch (sip_frame(text + at, n - at, &length)) {
        case SIP_FRAME_INCOMPLETE:
            return;
        default:
            if (!length || length > n - at)
                abort();
            at += length;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct sip_msg msg;
    static struct sdp_session sdp;
    const char *text = (const char *)data;
    struct sip_via via;

    begin = text;
    end = text + n;
    check_frames(text, n);
    sdp_parse(&sdp, slice_make(text, n));
    for (unsigned cut = 0; cut < 2; cut++) {
        if (!sip_parse(&msg, text, n, n + cut))
            continue;
        inside(msg.uri);
        inside(msg.body);
        inside(msg.branch);
        inside(msg.to_tag);
        check_headers(&msg);
        check_bodies(&msg);
        check_comparison(&msg, text, n);
        for (unsigned i = 0; i < 4 && sip_via_at(&msg, i, &via); i++)
            inside(via.host);
    }
    return 0;
}
