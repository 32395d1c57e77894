#include "sip/ordinary.h"

#include "sip/chars.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_status_line(struct slice line, struct sip_start *start)
{
    const char *code = line.p + sizeof "SIP/2.0 " - 1;

    if (code[0] < '1' || code[0] > '6' || !is_digit(code[1]) || !is_digit(code[2]) ||
        code[3] != ' ')
        return false;
    *start = (struct sip_start){
        .status = (unsigned)((code[0] - '0') * 100 + (code[1] - '0') * 10 + code[2] - '0'),
        .reason = slice_span(code + 4, line.p + line.n),
        .version = slice_upto(line, 7)};
    return true;
}

bool sip_start_is_ordinary(struct slice line, struct sip_start *start)
{
    enum { LEAST = 13, MOST = 4096, LONGEST_METHOD = 32 };
    const char *end, *p = line.p;

    if (line.n < LEAST || line.n > MOST)
        return false;
    end = line.p + line.n - 8;
    if (memcmp(line.p, "SIP/2.0 ", 8) == 0)
        return is_status_line(line, start);
    if (memcmp(end, " SIP/2.0", 8) != 0)
        return false;
    while (p < end && p - line.p < LONGEST_METHOD && sip_is_token_char(*p))
        p++;
    if (p == line.p || p + 1 >= end || *p != ' ')
        return false;
    *start = (struct sip_start){.method = slice_span(line.p, p),
                                .uri = slice_span(p + 1, end),
                                .version = slice_make(end + 1, 7)};
    return true;
}

bool sip_cseq_is_ordinary(struct slice value, uint32_t *number, struct slice *method)
{
    enum { MOST = 9 };
    uint32_t x = 0;
    size_t n = 0;

    for (; n < value.n && n < MOST && is_digit(value.p[n]); n++)
        x = x * 10 + (uint32_t)(value.p[n] - '0');
    if (!n || n + 1 >= value.n || value.p[n] != ' ' || !sip_is_token_char(value.p[n + 1]))
        return false;
    *number = x;
    *method = slice_from(value, n + 1);
    return true;
}

bool sip_hops_are_ordinary(struct slice value)
{
    return (value.n == 1 || value.n == 2) && is_digit(value.p[0]) && is_digit(value.p[value.n - 1]);
}

/* ";name" or ";name=value" up to the end: the value of the first parameter of
 * that name. */
static bool take_params(const char *p, const char *end, struct slice wanted, struct slice *found)
{
    struct slice value = SLICE_EMPTY;

    while (p < end) {
        const char *name = p + 1, *stop = sip_skip_chars(name, end, SIP_TOKEN), *begin;
        size_t n = (size_t)(stop - name);

        if (*p != ';' || !n || (n == 7 && slice_same_letters(name, "expires", n)))
            return false;
        p = stop;
        if (p == end || *p != '=')
            continue;
        begin = p + 1;
        p = sip_skip_chars(begin, end, SIP_PARAM_VALUE);
        if (p == begin)
            return false;
        if (!value.p && n == wanted.n && slice_same_letters(name, wanted.p, n))
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
