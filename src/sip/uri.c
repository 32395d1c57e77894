/* URIs and the values that carry them: RFC 3261 §19.1, §20.10, RFC 3966. */
#include "sip/uri.h"

size_t sip_find_unquoted(struct slice s, char c)
{
    size_t first = slice_find(s, c);
    bool quoted = false;

    if (first == s.n || slice_find(slice_upto(s, first), '"') == first)
        return first;
    for (size_t i = 0; i < s.n; i++) {
        if (quoted && s.p[i] == '\\')
            i++;
        else if (s.p[i] == '"')
            quoted = !quoted;
        else if (!quoted && s.p[i] == c)
            return i;
    }
    return s.n;
}

static void split_host(struct sip_uri *uri, struct slice hostport)
{
    size_t colon;
    uint32_t port;

    if (hostport.n && hostport.p[0] == '[') {
        size_t close = slice_find(hostport, ']');

        uri->host = slice_upto(hostport, close + 1);
        hostport = slice_from(hostport, close + 1);
        colon = slice_find(hostport, ':');
    } else {
        colon = slice_find(hostport, ':');
        uri->host = slice_upto(hostport, colon);
    }
    if (colon < hostport.n && slice_u32(slice_from(hostport, colon + 1), &port) && port <= 65535)
        uri->port = (uint16_t)port;
}

/* user[:password]@.  The user part may hold ';' and '?'; '@' is escaped
 * everywhere else (§25.1), so the first one ends it. */
static struct slice take_user(struct sip_uri *uri, struct slice rest)
{
    size_t at = slice_find(rest, '@'), colon;

    if (at == rest.n)
        return rest;
    uri->user = slice_upto(rest, at);
    colon = slice_find(uri->user, ':');
    if (colon < uri->user.n) {
        uri->password = slice_from(uri->user, colon + 1);
        uri->user = slice_upto(uri->user, colon);
    }
    return slice_from(rest, at + 1);
}

static bool is_scheme(struct slice s)
{
    if (!s.n)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';

        if (!letter && (!i || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')))
            return false;
    }
    return true;
}

bool sip_uri_parse(struct sip_uri *uri, struct slice text)
{
    struct slice rest;
    size_t at;

    *uri = (struct sip_uri){.whole = text};
    at = slice_find(text, ':');
    if (at >= text.n || !is_scheme(slice_upto(text, at)))
        return false;
    uri->scheme = slice_upto(text, at);
    rest = slice_from(text, at + 1);
    if (slice_ieq(uri->scheme, SLICE("tel"))) {
        at = slice_find(rest, ';');
        uri->user = slice_upto(rest, at);
        uri->params = slice_from(rest, at + 1);
        return uri->user.n > 0;
    }
    if (!slice_ieq(uri->scheme, SLICE("sip")) && !slice_ieq(uri->scheme, SLICE("sips")))
        return rest.n > 0;
    rest = take_user(uri, rest);
    at = slice_find(rest, '?');
    uri->headers = slice_from(rest, at + 1);
    rest = slice_upto(rest, at);
    at = slice_find(rest, ';');
    uri->params = slice_from(rest, at + 1);
    split_host(uri, slice_upto(rest, at));
    return uri->host.n > 0;
}

static struct slice unquote(struct slice s)
{
    s = slice_trim(s);
    if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
        return slice_make(s.p + 1, s.n - 2);
    return s;
}

bool sip_addr_parse(struct sip_addr *addr, struct slice text)
{
    size_t open, close, semicolon;
    struct slice spec;
    bool good;

    *addr = (struct sip_addr){0};
    text = slice_trim(text);
    open = sip_find_unquoted(text, '<');
    if (open < text.n) {
        struct slice inside = slice_from(text, open + 1);

        close = slice_find(inside, '>');
        addr->display = unquote(slice_upto(text, open));
        spec = slice_upto(inside, close);
        text = slice_from(inside, close + 1);
        semicolon = slice_find(text, ';');
    } else { /* without brackets, what follows ';' is of the header (§20.10) */
        semicolon = slice_find(text, ';');
        spec = slice_upto(text, semicolon);
    }
    addr->params = slice_from(text, semicolon + 1);
    good = sip_uri_parse(&addr->uri, slice_trim(spec));
    sip_param(addr->params, SLICE("tag"), &addr->tag);
    return good;
}

bool sip_param_next(struct slice *rest, struct slice *name, struct slice *value)
{
    struct slice one;
    size_t end, equals;

    if (!rest->n)
        return false;
    end = sip_find_unquoted(*rest, ';');
    one = slice_upto(*rest, end);
    *rest = slice_from(*rest, end + 1);
    equals = sip_find_unquoted(one, '=');
    *name = slice_trim(slice_upto(one, equals));
    *value = equals < one.n ? unquote(slice_from(one, equals + 1)) : SLICE_EMPTY;
    if (equals < one.n && !value->p)
        *value = slice_make(one.p + one.n, 0);
    return true;
}

bool sip_param(struct slice params, struct slice name, struct slice *value)
{
    struct slice n, v;

    while (sip_param_next(&params, &n, &v)) {
        if (!slice_ieq(n, name))
            continue;
        *value = v;
        return true;
    }
    return false;
}
