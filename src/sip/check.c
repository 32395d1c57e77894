/* Notes what breaks the grammar of RFC 3261 §25 in a parsed message.
 *
 * The header fields that every message has are checked at each message, so the
 * tests here are single passes over short slices. */
#include "sip/check.h"

#include "sip/chars.h"
#include "sip/header.h"

void sip_problem(struct sip_msg *msg, const char *text, const char *at)
{
    if (msg->problem_count == SIP_MAX_PROBLEMS)
        return;
    msg->problems[msg->problem_count++] =
        (struct sip_problem){text, (uint32_t)(at && msg->text.p ? at - msg->text.p : 0)};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}


static bool has_blank(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (is_blank(s.p[i]))
            return true;
    return false;
}

/* What stands after the host and its ':' is a number; it is not where an IPv6
 * address has no brackets (RFC 5118 §4.2). */
static bool has_bad_port(const struct sip_uri *u)
{
    struct slice rest = slice_span(u->host.p + u->host.n, u->whole.p + u->whole.n);
    uint32_t port;

    if (!rest.n || rest.p[0] != ':')
        return false;
    rest = slice_from(rest, 1);
    rest = slice_upto(rest, slice_find(rest, ';'));
    rest = slice_upto(rest, slice_find(rest, '?'));
    return !slice_u32(rest, &port) || port > 65535;
}

static void check_sip_uri(struct sip_msg *msg, struct slice uri)
{
    struct sip_uri u;

    if (!sip_uri_parse(&u, uri))
        return;
    if (u.headers.n)
        sip_problem(msg, "the Request-URI has headers", u.headers.p);
    if (slice_istarts(u.scheme, SLICE("sip")) && u.host.p && u.whole.p && has_bad_port(&u))
        sip_problem(msg, "the Request-URI has a port that is no number", uri.p);
}

static void check_request_line(struct sip_msg *msg)
{
    struct slice uri = msg->uri;

    if (!uri.n || uri.p[0] == '<') {
        sip_problem(msg, "the Request-URI is in angle brackets or missing", uri.p);
        return;
    }
    if (has_blank(uri))
        sip_problem(msg, "blanks in the Request-URI", uri.p);
    if (slice_find(uri, ':') == uri.n)
        sip_problem(msg, "the Request-URI has no scheme", uri.p);
    if ((uri.p[0] | 0x20) == 's')
        check_sip_uri(msg, uri);
}

static void check_start_line(struct sip_msg *msg, bool cut)
{
    if (msg->ordinary_start)
        return;
    if (msg->request)
        check_request_line(msg);
    if (slice_ieq(msg->version, SLICE("SIP/2.0")))
        return;
    if (!cut || !slice_istarts(SLICE("SIP/2.0"), msg->version))
        sip_problem(msg, "the version is not SIP/2.0", msg->version.p);
}

static void check_present(struct sip_msg *msg, bool cut)
{
    if (cut)
        return;
    if (!msg->via.p)
        sip_problem(msg, "Via is missing", NULL);
    if (!msg->from.p)
        sip_problem(msg, "From is missing", NULL);
    if (!msg->to.p)
        sip_problem(msg, "To is missing", NULL);
    if (!msg->call_id.p)
        sip_problem(msg, "Call-ID is missing", NULL);
    if (!msg->has_cseq && !sip_header(msg, SIP_H_CSEQ, 0))
        sip_problem(msg, "CSeq is missing", NULL);
}

static void check_cseq(struct sip_msg *msg)
{
    if (!msg->has_cseq)
        return;
    if (msg->cseq > 0x7fffffff)
        sip_problem(msg, "the CSeq number is not below 2^31", msg->cseq_name.p);
    if (msg->request && (msg->method != msg->cseq_method || msg->method == SIP_UNKNOWN_METHOD) &&
        !slice_eq(msg->cseq_name, msg->method_name))
        sip_problem(msg, "the CSeq method is not that of the request", msg->cseq_name.p);
}

/* Without quotes: at most one '<', and one '>' behind it. */
static bool is_plainly_balanced(struct slice s)
{
    size_t open = slice_find(s, '<'), close = slice_find(s, '>');

    if (open == s.n || close == s.n)
        return open == close;
    return open < close && slice_find(slice_from(s, open + 1), '<') == s.n - open - 1 &&
           slice_find(slice_from(s, close + 1), '>') == s.n - close - 1;
}

/* Whether quotes and angle brackets come in pairs, escapes respected. */
static bool is_balanced(struct slice s)
{
    bool quoted = false, bracketed = false;

    if (slice_find(s, '"') == s.n && is_plainly_balanced(s))
        return true;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == '<' && !bracketed)
            bracketed = true;
        else if (!quoted && c == '>' && bracketed)
            bracketed = false;
        else if (!quoted && (c == '<' || c == '>'))
            return false;
    }
    return !quoted && !bracketed;
}

/* display-name of §25.1: tokens and blanks, or one quoted string. */
static bool is_display_name(struct slice s)
{
    s = slice_trim(s);
    if (s.n && s.p[0] == '"')
        return s.n > 1 && s.p[s.n - 1] == '"';
    for (size_t i = 0; i < s.n; i++)
        if (!sip_is_token_char(s.p[i]) && !is_blank(s.p[i]) && !(s.p[i] & 0x80))
            return false;
    return true;
}

static bool has_empty_parameter(struct slice params)
{
    struct slice name, value;

    while (sip_param_next(&params, &name, &value))
        if (!name.n)
            return true;
    return false;
}

static void check_expires(struct sip_msg *msg, const struct sip_addr *addr)
{
    struct slice expires;
    uint32_t seconds;

    if (addr->params.n && sip_param(addr->params, SLICE("expires"), &expires) &&
        !slice_u32(expires, &seconds))
        sip_problem(msg, "expires in Contact is not a number below 2^32", expires.p);
}

/* From, To, Contact: name-addr or addr-spec, and parameters. */
static void check_addr(struct sip_msg *msg, struct slice element, bool contact)
{
    struct sip_addr addr;
    size_t open = sip_find_unquoted(element, '<');

    if (!is_balanced(element)) {
        sip_problem(msg, "quotes or angle brackets do not come in pairs", element.p);
        return;
    }
    if (!sip_addr_parse(&addr, element)) {
        sip_problem(msg, "no URI where an address is expected", element.p);
        return;
    }
    if (open < element.n) {
        if (!is_display_name(slice_upto(element, open)))
            sip_problem(msg, "the display name needs quotes", element.p);
        if (is_blank(element.p[open + 1]) || has_blank(addr.uri.whole))
            sip_problem(msg, "blanks in the URI", element.p + open);
    } else if (addr.uri.headers.n || slice_find(addr.uri.whole, ',') < addr.uri.whole.n) {
        sip_problem(msg, "a URI with '?' or ',' needs angle brackets", element.p);
    }
    if (has_empty_parameter(addr.params))
        sip_problem(msg, "an empty parameter", addr.params.p);
    if (contact)
        check_expires(msg, &addr);
}

static void check_addr_list(struct sip_msg *msg, struct slice value)
{
    struct slice element;

    if (slice_eq(value, SLICE("*")))
        return;
    /* A quote that does not end hides the commas: then the list is one element,
     * and that is what check_addr complains of. */
    while (sip_list_next(&value, &element))
        check_addr(msg, element, true);
}

static void check_via(struct sip_msg *msg, struct slice value)
{
    struct slice element;
    struct sip_via via;

    while (sip_list_next(&value, &element)) {
        size_t semicolon = slice_find(element, ';');

        if (!element.n)
            sip_problem(msg, "an empty element in Via", value.p ? value.p : msg->text.p);
        else if (!sip_via_parse(&via, element))
            sip_problem(msg, "Via does not name protocol, transport and host", element.p);
        else if (has_empty_parameter(slice_from(element, semicolon + 1)))
            sip_problem(msg, "an empty parameter in Via", element.p);
    }
}

static void check_number(struct sip_msg *msg, struct slice value, uint32_t limit, const char *what)
{
    struct slice digits = sip_token(value, NULL);
    size_t blank = 0;
    uint32_t number;

    while (blank < digits.n && !is_blank(digits.p[blank]) && digits.p[blank] != '(')
        blank++;
    if (!slice_u32(slice_upto(digits, blank), &number) || number > limit)
        sip_problem(msg, what, value.p);
}

/* Dates are in GMT (§20.17). */
static void check_date(struct sip_msg *msg, struct slice value)
{
    if (value.n < 3 || !slice_eq(slice_from(value, value.n - 3), SLICE("GMT")))
        sip_problem(msg, "Date is not in GMT", value.p);
}

/* "code agent text": a code of three digits (§20.43) */
static void check_warning(struct sip_msg *msg, struct slice value)
{
    size_t space = slice_find(value, ' ');
    uint32_t code;

    if (space != 3 || !slice_u32(slice_upto(value, space), &code))
        sip_problem(msg, "the Warning code is not a number of three digits", value.p);
}

static void check_header(struct sip_msg *msg, const struct sip_header *h)
{
    switch (h->id) {
    case SIP_H_FROM:
    case SIP_H_TO:
        check_addr(msg, h->value, false);
        break;
    case SIP_H_CONTACT:
        check_addr_list(msg, h->value);
        break;
    case SIP_H_VIA:
        check_via(msg, h->value);
        break;
    case SIP_H_MAX_FORWARDS:
        check_number(msg, h->value, 255, "Max-Forwards is not a number up to 255");
        break;
    case SIP_H_EXPIRES:
        check_number(msg, h->value, UINT32_MAX, "Expires is not a number below 2^32");
        break;
    case SIP_H_RETRY_AFTER:
        check_number(msg, h->value, UINT32_MAX, "Retry-After is not a number below 2^32");
        break;
    case SIP_H_DATE:
        check_date(msg, h->value);
        break;
    case SIP_H_WARNING:
        check_warning(msg, h->value);
        break;
    default:
        break;
    }
}

bool sip_has_rule(enum sip_header_id id)
{
    switch (id) {
    case SIP_H_FROM: case SIP_H_TO: case SIP_H_CONTACT: case SIP_H_VIA: case SIP_H_MAX_FORWARDS:
    case SIP_H_EXPIRES: case SIP_H_RETRY_AFTER: case SIP_H_DATE: case SIP_H_WARNING:
        return true;
    default:
        return false;
    }
}

void sip_check(struct sip_msg *msg, bool cut)
{
    check_start_line(msg, cut);
    check_present(msg, cut);
    check_cseq(msg);
    for (unsigned i = 0; msg->unusual && i < msg->header_count; i++)
        if (!msg->headers[i].ordinary)
            check_header(msg, &msg->headers[i]);
}
