#include "sip/ordinary.h"

#include "sip/chars.h"

/* ";name" or ";name=value" up to the end: the value of the first parameter of
 * that name. */
static bool take_params(const char *p, const char *end, struct slice wanted, struct slice *found)
{
    struct slice value = SLICE_EMPTY;

    while (p < end) {
        const char *name = p + 1, *stop = sip_skip_chars(name, end, SIP_TOKEN), *begin;
        struct slice key = slice_span(name, stop);

        if (*p != ';' || stop == name || slice_ieq(key, SLICE("expires")))
            return false;
        p = stop;
        if (p == end || *p != '=')
            continue;
        begin = p + 1;
        p = sip_skip_chars(begin, end, SIP_PARAM_VALUE);
        if (p == begin)
            return false;
        if (!value.p && slice_ieq(key, wanted))
            value = slice_span(begin, p);
    }
    if (value.p)
        *found = value;
    return true;
}

/* Tokens and blanks, or one quoted string, before '<'; NULL when it is neither. */
static const char *skip_display_name(const char *p, const char *end)
{
    if (p < end && *p == '"') {
        for (p++; p < end && *p != '"'; p++)
            if (*p == '\\')
                return NULL;
        p += p < end;
        while (p < end && *p == ' ')
            p++;
    } else {
        while (p < end && (sip_is_token_char(*p) || *p == ' '))
            p++;
    }
    return p < end && *p == '<' ? p : NULL;
}

/* Behind "sip:" or "sips:", or NULL. */
static const char *skip_scheme(const char *p, const char *end)
{
    struct slice rest = slice_span(p, end);

    if (slice_istarts(rest, SLICE("sip:")))
        return p + 4;
    return slice_istarts(rest, SLICE("sips:")) ? p + 5 : NULL;
}

/* Perhaps a user, and a host, behind the scheme: where '>' stands, or NULL. */
static const char *skip_uri(const char *p, const char *end)
{
    const char *host = p, *at;

    p = sip_skip_chars(p, end, SIP_IN_URI);
    if (p == end || *p != '>')
        return NULL;
    at = memchr(host, '@', (size_t)(p - host));
    if (at)
        host = at + 1;
    return *host == ':' || *host == ';' || *host == '?' || *host == '>' ? NULL : p;
}

bool sip_uri_is_ordinary(struct slice uri)
{
    const char *end = uri.p + uri.n, *p = skip_scheme(uri.p, end), *at, *host;

    if (!p)
        return false;
    at = memchr(p, '@', (size_t)(end - p));
    if (at && sip_skip_chars(p, at, SIP_IN_URI) != at)
        return false;
    host = at ? at + 1 : p;
    p = sip_skip_chars(host, end, SIP_HOST);
    if (p == host || p == end || *p != ':')
        return p > host && p == end;
    for (host = ++p; p < end && *p >= '0' && *p <= '9' && p - host < 4;)
        p++;
    return p > host && p == end;
}

bool sip_addr_is_ordinary(struct slice value, struct slice *tag)
{
    const char *end = value.p + value.n, *p = skip_display_name(value.p, end);

    p = p ? skip_scheme(p + 1, end) : NULL;
    p = p ? skip_uri(p, end) : NULL;
    return p && take_params(p + 1, end, SLICE("tag"), tag);
}

bool sip_via_is_ordinary(struct slice value, struct slice *sent_by, struct slice *branch)
{
    const struct slice start = SLICE("SIP/2.0/");
    const char *p = value.p + start.n, *end = value.p + value.n, *begin;

    if (value.n <= start.n || memcmp(value.p, start.p, start.n) != 0)
        return false;
    begin = p;
    p = sip_skip_chars(p, end, SIP_TOKEN);
    if (p == begin || p == end || *p != ' ')
        return false;
    begin = p + 1;
    p = sip_skip_chars(begin, end, SIP_PARAM_VALUE);
    if (p == begin || !take_params(p, end, SLICE("branch"), branch))
        return false;
    *sent_by = slice_span(begin, p);
    return true;
}
