/* From and To as nearly all write them: "Alice" <sip:alice@atlanta.com>;tag=1928301774.
 * What is not so is read by the rules (sip/uri.c), with the same result. */
#include "call/party.h"

#include "sip/chars.h"

/* What stands before the bracket; NULL where it is not usual. */
static const char *take_display(const char *p, const char *end, struct slice *display)
{
    const char *close;

    *display = slice_make(p, 0);
    if (p == end || *p != '"')
        return p;
    p++;
    close = memchr(p, '"', (size_t)(end - p));
    if (!close || memchr(p, '\\', (size_t)(close - p)))
        return NULL;
    *display = slice_span(p, close);
    p = close + 1;
    return p < end && *p == ' ' ? p + 1 : p;
}

/* sip:user@host:port, up to the bracket. */
static const char *take_uri(const char *p, const char *end, struct sip_uri *uri)
{
    const char *begin = p, *user, *host;

    if (end - p < 4 || memcmp(p, "sip:", 4) != 0)
        return NULL;
    user = p + 4;
    p = sip_skip_chars(user, end, SIP_TOKEN);
    if (p == end || *p != '@')
        return NULL;
    uri->user = slice_span(user, p);
    host = p + 1;
    p = sip_skip_chars(host, end, SIP_HOST);
    uri->host = slice_span(host, p);
    if (p < end && *p == ':')
        do
            p++;
        while (p < end && *p >= '0' && *p <= '9');
    if (p == end || *p != '>' || !uri->host.n)
        return NULL;
    uri->whole = slice_span(begin, p);
    return p + 1;
}

static bool take_tag(const char *p, const char *end, struct slice *tag)
{
    *tag = SLICE_EMPTY;
    if (p == end)
        return true;
    if (end - p < 6 || memcmp(p, ";tag=", 5) != 0)
        return false;
    *tag = slice_span(p + 5, end);
    return sip_skip_chars(p + 5, end, SIP_TOKEN) == end;
}

static bool read_usual(struct sip_addr *addr, struct slice value)
{
    const char *end = value.p + value.n;
    const char *p = value.n ? take_display(value.p, end, &addr->display) : NULL;

    if (!p || p == end || *p != '<')
        return false;
    p = take_uri(p + 1, end, &addr->uri);
    return p && take_tag(p, end, &addr->tag);
}

struct party party_read(struct slice value)
{
    struct sip_addr addr;

    if (!read_usual(&addr, value))
        sip_addr_parse(&addr, value);
    return (struct party){.tag = addr.tag,
                          .display = addr.display,
                          .uri = addr.uri.whole,
                          .user = addr.uri.user,
                          .host = addr.uri.host};
}
