#include "sip/ordinary.h"

#include "sip/chars.h"

static bool is_visible(char c)
{
    return c > 0x20 && c < 0x7f;
}

static const char *skip_token(const char *p, const char *end)
{
    while (p < end && sip_is_token_char(*p))
        p++;
    return p;
}

static bool is_value_char(char c)
{
    return sip_is_token_char(c) ||
           (is_visible(c) && c != ';' && c != ',' && c != '"' && c != '<' && c != '>' && c != '\\');
}

/* ";name" or ";name=value" up to the end: the value of the first parameter of
 * that name. */
static bool take_params(const char *p, const char *end, struct slice wanted, struct slice *found)
{
    struct slice value = SLICE_EMPTY;

    while (p < end) {
        const char *name = p + 1, *stop = skip_token(name, end), *begin;
        struct slice key = slice_span(name, stop);

        if (*p != ';' || stop == name || slice_ieq(key, SLICE("expires")))
            return false;
        p = stop;
        if (p == end || *p != '=')
            continue;
        for (begin = ++p; p < end && is_value_char(*p);)
            p++;
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

/* "sip:" or "sips:", perhaps a user, and a host: where '>' stands, or NULL. */
static const char *skip_uri(const char *p, const char *end)
{
    struct slice rest = slice_span(p, end);
    const char *host;

    if (slice_istarts(rest, SLICE("sip:")))
        p += 4;
    else if (slice_istarts(rest, SLICE("sips:")))
        p += 5;
    else
        return NULL;
    for (host = p; p < end && *p != '>'; p++) {
        if (!is_visible(*p) || *p == '<' || *p == '"')
            return NULL;
        if (*p == '@' && host[-1] != '@')
            host = p + 1;
    }
    if (p == end || *host == ':' || *host == ';' || *host == '?' || *host == '>')
        return NULL;
    return p;
}

bool sip_addr_is_ordinary(struct slice value, struct slice *tag)
{
    const char *end = value.p + value.n, *p = skip_display_name(value.p, end);

    p = p ? skip_uri(p + 1, end) : NULL;
    return p && take_params(p + 1, end, SLICE("tag"), tag);
}

bool sip_via_is_ordinary(struct slice value, struct slice *sent_by, struct slice *branch)
{
    const struct slice start = SLICE("SIP/2.0/");
    const char *p = value.p + start.n, *end = value.p + value.n, *begin;

    if (value.n <= start.n || memcmp(value.p, start.p, start.n) != 0)
        return false;
    begin = p;
    p = skip_token(p, end);
    if (p == begin || p == end || *p != ' ')
        return false;
    for (begin = ++p; p < end && is_value_char(*p);)
        p++;
    if (p == begin || !take_params(p, end, SLICE("branch"), branch))
        return false;
    *sent_by = slice_span(begin, p);
    return true;
}
