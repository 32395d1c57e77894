/* Header values with a structure of their own. */
#include "sip/header.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next word, and `rest` moved past it. */
static struct slice word(struct slice *rest)
{
    struct slice w;
    size_t n = 0;

    *rest = slice_trim(*rest);
    while (n < rest->n && !is_blank(rest->p[n]))
        n++;
    w = slice_upto(*rest, n);
    *rest = slice_trim(slice_from(*rest, n));
    return w;
}

/* The first comma outside quotes and angle brackets, s.n without one. */
static size_t find_comma(struct slice s)
{
    size_t comma = slice_find(s, ',');
    struct slice before = slice_upto(s, comma);
    bool quoted = false, bracketed = false;

    if (comma == s.n ||
        (slice_find(before, '"') == before.n && slice_find(before, '<') == before.n))
        return comma;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '<' || c == '>'))
            bracketed = c == '<';
        else if (!quoted && !bracketed && c == ',')
            return i;
    }
    return s.n;
}

bool sip_list_next(struct slice *rest, struct slice *element)
{
    size_t comma;

    if (!rest->n)
        return false;
    comma = find_comma(*rest);
    *element = slice_trim(slice_upto(*rest, comma));
    *rest = slice_from(*rest, comma + 1);
    return true;
}

struct slice sip_via_host(struct slice sent_by)
{
    if (sent_by.n && sent_by.p[0] == '[')
        return slice_upto(sent_by, slice_find(sent_by, ']') + 1);
    return slice_trim(slice_upto(sent_by, slice_find(sent_by, ':')));
}

static void split_sent_by(struct sip_via *via)
{
    struct slice s = via->sent_by;
    size_t colon;
    uint32_t port;

    via->host = sip_via_host(s);
    if (s.n && s.p[0] == '[')
        s = slice_from(s, via->host.n);
    colon = slice_find(s, ':');
    if (colon < s.n && slice_u32(slice_trim(slice_from(s, colon + 1)), &port) && port <= 65535)
        via->port = (uint16_t)port;
}

bool sip_via_tells_source(struct slice via)
{
    while (via.n) {
        struct slice param;

        via = slice_from(via, slice_find(via, ';') + 1);
        while (via.n && is_blank(via.p[0]))
            via = slice_from(via, 1);
        param = slice_upto(via, slice_find(via, ';'));
        if (param.n && (param.p[0] | 0x20) == 'r' && slice_find(param, '=') < param.n)
            return true;
    }
    return false;
}

bool sip_via_parse(struct sip_via *via, struct slice element)
{
    size_t semicolon = slice_find(element, ';'), slash;
    struct slice head = slice_trim(slice_upto(element, semicolon));
    struct slice params = slice_from(element, semicolon + 1);
    struct slice name, value;

    *via = (struct sip_via){0};
    /* "SIP / 2.0 / UDP host": blanks may stand around the slashes */
    slash = slice_find(head, '/');
    if (slash >= head.n)
        return false;
    slash += 1 + slice_find(slice_from(head, slash + 1), '/');
    if (slash >= head.n)
        return false;
    via->protocol = slice_trim(slice_upto(head, slash));
    head = slice_from(head, slash + 1);
    via->transport = word(&head);
    via->sent_by = head;
    split_sent_by(via);
    while (sip_param_next(&params, &name, &value)) {
        if (slice_ieq(name, SLICE("branch")) && !via->branch.p)
            via->branch = value;
        else if (slice_ieq(name, SLICE("received")))
            via->received = value;
        else if (slice_ieq(name, SLICE("maddr")))
            via->maddr = value;
        else if (slice_ieq(name, SLICE("ttl")))
            via->ttl = value;
        else if (slice_ieq(name, SLICE("rport"))) {
            via->rport = value;
            via->has_rport = true;
        }
    }
    return via->sent_by.n > 0;
}

bool sip_via_at(const struct sip_msg *msg, unsigned n, struct sip_via *via)
{
    for (unsigned i = 0; i < msg->header_count; i++) {
        struct slice rest = msg->headers[i].value, element;

        if (msg->headers[i].id != SIP_H_VIA)
            continue;
        while (sip_list_next(&rest, &element))
            if (n-- == 0)
                return sip_via_parse(via, element);
    }
    return false;
}

unsigned sip_via_count(const struct sip_msg *msg)
{
    unsigned count = 0;

    for (unsigned i = 0; i < msg->header_count; i++) {
        struct slice rest = msg->headers[i].value, element;

        if (msg->headers[i].id == SIP_H_VIA)
            while (sip_list_next(&rest, &element))
                count++;
    }
    return count;
}

bool sip_cseq_parse(struct slice value, uint32_t *number, struct slice *method)
{
    struct slice first = word(&value);

    *method = value;
    return slice_u32(first, number) && method->n > 0;
}

bool sip_rack_parse(struct slice value, struct sip_rack *rack)
{
    struct slice a = word(&value), b = word(&value);

    rack->method = value;
    return slice_u32(a, &rack->rseq) && slice_u32(b, &rack->cseq) && value.n > 0;
}

struct slice sip_token(struct slice value, struct slice *params)
{
    size_t semicolon = slice_find(value, ';');

    if (params)
        *params = slice_from(value, semicolon + 1);
    return slice_trim(slice_upto(value, semicolon));
}

bool sip_reason_parse(struct slice element, struct sip_reason *reason)
{
    struct slice params, value;

    *reason = (struct sip_reason){.protocol = sip_token(element, &params)};
    if (sip_param(params, SLICE("cause"), &value))
        reason->has_cause = slice_u32(value, &reason->cause);
    sip_param(params, SLICE("text"), &reason->text);
    return reason->protocol.n > 0;
}

bool sip_session_expires_parse(struct slice value, struct sip_session_expires *se)
{
    struct slice params, seconds = sip_token(value, &params);

    *se = (struct sip_session_expires){0};
    sip_param(params, SLICE("refresher"), &se->refresher);
    return slice_u32(seconds, &se->seconds);
}

bool sip_replaces_parse(struct slice value, struct sip_replaces *replaces)
{
    struct slice params, nothing;

    *replaces = (struct sip_replaces){.call_id = sip_token(value, &params)};
    replaces->early_only = sip_param(params, SLICE("early-only"), &nothing);
    return replaces->call_id.n && sip_param(params, SLICE("to-tag"), &replaces->to_tag) &&
           sip_param(params, SLICE("from-tag"), &replaces->from_tag);
}

bool sip_auth_parse(struct slice value, struct sip_auth *auth)
{
    auth->scheme = word(&value);
    auth->params = value;
    return auth->scheme.n > 0;
}

bool sip_auth_param(const struct sip_auth *auth, struct slice name, struct slice *value)
{
    struct slice rest = auth->params, one;

    while (sip_list_next(&rest, &one)) {
        struct slice n, v;

        if (!sip_param_next(&one, &n, &v) || !slice_ieq(n, name))
            continue;
        *value = v;
        return true;
    }
    return false;
}
