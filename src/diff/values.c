#include "diff/values.h"

#include <arpa/inet.h>
#include <ctype.h>

/* Parameters whose value is of a class; those of tags and branches are compared
 * by themselves and left out. */
static const struct {
    struct slice name;
    enum value_class of;
    enum sip_header_id in; /* SIP_H_OTHER: any */
} params[] = {
    {SLICE("tag"), VALUE_TAGS, SIP_H_OTHER},
    {SLICE("branch"), VALUE_BRANCHES, SIP_H_VIA},
    {SLICE("rport"), VALUE_PORTS, SIP_H_VIA},
    {SLICE("nonce"), VALUE_NONCES, SIP_H_OTHER},
    {SLICE("cnonce"), VALUE_NONCES, SIP_H_OTHER},
    {SLICE("nextnonce"), VALUE_NONCES, SIP_H_OTHER},
    {SLICE("response"), VALUE_NONCES, SIP_H_OTHER},
    {SLICE("rspauth"), VALUE_NONCES, SIP_H_OTHER},
    {SLICE("opaque"), VALUE_NONCES, SIP_H_OTHER},
    {SLICE("nc"), VALUE_NONCES, SIP_H_OTHER},
    {SLICE("+sip.instance"), VALUE_IDS, SIP_H_OTHER},
    {SLICE("gr"), VALUE_IDS, SIP_H_OTHER},
    {SLICE("pub-gruu"), VALUE_IDS, SIP_H_OTHER},
    {SLICE("temp-gruu"), VALUE_IDS, SIP_H_OTHER},
    {SLICE("epid"), VALUE_IDS, SIP_H_OTHER},
    {SLICE("ftag"), VALUE_TAGS, SIP_H_OTHER},
    {SLICE("did"), VALUE_IDS, SIP_H_OTHER},
    {SLICE("vsf"), VALUE_IDS, SIP_H_OTHER},
    {SLICE("vst"), VALUE_IDS, SIP_H_OTHER},
    {SLICE("icid-value"), VALUE_IDS, SIP_H_OTHER},
    {SLICE("Replaces"), VALUE_CALL_IDS, SIP_H_OTHER},
    {SLICE("boundary"), VALUE_IDS, SIP_H_CONTENT_TYPE},
    {SLICE("id"), VALUE_IDS, SIP_H_EVENT},
    {SLICE("expires"), VALUE_TIMES, SIP_H_SUBSCRIPTION_STATE},
};

/* Header fields that are of a class as a whole. */
static const struct {
    struct slice name;
    enum value_class of;
} wholes[] = {
    {SLICE("Call-ID"), VALUE_CALL_IDS},   {SLICE("i"), VALUE_CALL_IDS},
    {SLICE("In-Reply-To"), VALUE_CALL_IDS}, {SLICE("Replaces"), VALUE_CALL_IDS},
    {SLICE("Join"), VALUE_CALL_IDS},      {SLICE("Target-Dialog"), VALUE_CALL_IDS},
    {SLICE("Date"), VALUE_TIMES},         {SLICE("Timestamp"), VALUE_TIMES},
    {SLICE("Session-ID"), VALUE_IDS},     {SLICE("RSeq"), VALUE_IDS},
    {SLICE("RAck"), VALUE_IDS},           {SLICE("SIP-ETag"), VALUE_IDS},
    {SLICE("SIP-If-Match"), VALUE_IDS},   {SLICE("P-Charging-Vector"), VALUE_IDS},
    {SLICE("Identity"), VALUE_IDS},       {SLICE("Content-ID"), VALUE_IDS},
    {SLICE("X-Call-ID"), VALUE_CALL_IDS}, {SLICE("Content-Length"), VALUE_LENGTHS},
    {SLICE("l"), VALUE_LENGTHS},          {SLICE("Authentication-Info"), VALUE_NONCES},
};

static const struct {
    struct slice name;
    enum value_class of;
} attributes[] = {
    {SLICE("ice-ufrag"), VALUE_IDS}, {SLICE("ice-pwd"), VALUE_IDS},
    {SLICE("candidate"), VALUE_IDS}, {SLICE("remote-candidates"), VALUE_IDS},
    {SLICE("end-of-candidates"), VALUE_IDS}, {SLICE("fingerprint"), VALUE_IDS},
    {SLICE("ssrc"), VALUE_SSRCS},    {SLICE("ssrc-group"), VALUE_SSRCS},
    {SLICE("msid"), VALUE_IDS},      {SLICE("msid-semantic"), VALUE_IDS},
    {SLICE("cname"), VALUE_IDS},     {SLICE("crypto"), VALUE_NONCES},
    {SLICE("key-mgmt"), VALUE_NONCES}, {SLICE("identity"), VALUE_IDS},
    {SLICE("tls-id"), VALUE_IDS},    {SLICE("zrtp-hash"), VALUE_IDS},
};

bool values_is_new_attribute(const struct values *v, struct slice name)
{
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        if (slice_ieq(name, attributes[i].name))
            return !v->settings->compared[attributes[i].of];
    return false;
}

static bool is_new_whole(const struct values *v, struct slice name)
{
    for (size_t i = 0; i < sizeof wholes / sizeof wholes[0]; i++)
        if (slice_ieq(name, wholes[i].name))
            return !v->settings->compared[wholes[i].of];
    return false;
}

static enum value_class param_class(enum sip_header_id id, struct slice name)
{
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++)
        if ((params[i].in == SIP_H_OTHER || params[i].in == id) && slice_ieq(name, params[i].name))
            return params[i].of;
    return VALUE_NONE;
}

void values_add_address(const struct values *v, struct slice ip, struct text *out)
{
    char text[INET6_ADDRSTRLEN], shown[INET6_ADDRSTRLEN];
    unsigned char octets[16];
    uint16_t role = ROLE_NONE;
    struct slice written = ip;

    if (ip.n && ip.n < sizeof text) {
        int family = memchr(ip.p, ':', ip.n) ? AF_INET6 : AF_INET;

        memcpy(text, ip.p, ip.n);
        text[ip.n] = '\0';
        if (inet_pton(family, text, octets) == 1 && inet_ntop(family, octets, shown, sizeof shown))
            written = slice_str(shown);
    }
    if (!v->settings->compared[VALUE_ADDRESSES]) {
        uint32_t number = pool_number(v->pool, written);

        role = roles_of_host(v->roles, number);
        if (role == ROLE_NONE && number < v->host_count && v->hosts[number])
            written = pool_text(v->pool, v->hosts[number]);
    }
    if (role == ROLE_NONE)
        text_add(out, written);
    else
        text_format(out, "{host %u}", role);
}

/* Where a value is being read. */
struct scan {
    const struct values *v;
    enum sip_header_id id;
    struct slice rest;
    struct text *out;
    bool quoted, blank; /* in a quoted string; blanks wait to be added */
};

/* Adds the blank that waits, unless it says nothing beside what is next. */
static void flush(struct scan *s, char next)
{
    char last = s->out->n ? s->out->p[s->out->n - 1] : ',';

    if (s->blank && !strchr(",;=<>", next) && !strchr(",;=<", last))
        text_char(s->out, ' ');
    s->blank = false;
}

static void add(struct scan *s, char c)
{
    flush(s, c);
    text_char(s->out, c);
}

static void add_slice(struct scan *s, struct slice text)
{
    for (size_t i = 0; i < text.n; i++)
        add(s, text.p[i]);
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("-._+%!~", c));
}

/* How many octets of a word are at the beginning. */
static size_t word_length(struct slice s)
{
    size_t n = 0;

    while (n < s.n && is_word(s.p[n]))
        n++;
    return n;
}

/* "192.0.2.1": how many octets it takes, 0: none. */
static size_t ipv4_length(struct slice s)
{
    unsigned dots = 0;
    size_t n = 0;
    char text[INET_ADDRSTRLEN];
    unsigned char octets[4];

    while (n < s.n && (isdigit((unsigned char)s.p[n]) || s.p[n] == '.'))
        dots += s.p[n++] == '.';
    if (dots != 3 || n >= sizeof text || (n < s.n && isalpha((unsigned char)s.p[n])))
        return 0;
    memcpy(text, s.p, n);
    text[n] = '\0';
    return inet_pton(AF_INET, text, octets) == 1 ? n : 0;
}

/* ":5060" that ends there. */
static size_t port_length(struct slice s)
{
    size_t n = 1;

    if (!s.n || s.p[0] != ':')
        return 0;
    while (n < s.n && n < 7 && isdigit((unsigned char)s.p[n]))
        n++;
    return n == 1 || (n < s.n && is_word(s.p[n])) ? 0 : n;
}

static void skip_port(struct scan *s)
{
    if (!s->v->settings->compared[VALUE_PORTS])
        s->rest = slice_from(s->rest, port_length(s->rest));
}

/* An address, in brackets or not; false without one. */
static bool take_address(struct scan *s)
{
    size_t n = ipv4_length(s->rest), skip = 0;

    if (!n && s->rest.n && s->rest.p[0] == '[') {
        n = slice_find(s->rest, ']');
        if (n == s->rest.n || n > INET6_ADDRSTRLEN)
            return false;
        skip = 1;
        n--;
    }
    if (!n)
        return false;
    flush(s, '{');
    values_add_address(s->v, slice_make(s->rest.p + skip, n), s->out);
    s->rest = slice_from(s->rest, n + 2 * skip);
    skip_port(s);
    return true;
}

/* "0x5625a0": a pointer that a program uses as a name. */
static size_t pointer_length(struct slice s)
{
    size_t n = 2;

    if (s.n < 8 || s.p[0] != '0' || s.p[1] != 'x')
        return 0;
    while (n < s.n && isxdigit((unsigned char)s.p[n]))
        n++;
    return n >= 8 ? n : 0;
}

static size_t quoted_length(struct slice s)
{
    size_t n = 1;

    while (n < s.n && s.p[n] != '"')
        n += s.p[n] == '\\' ? 2 : 1;
    return n < s.n ? n + 1 : s.n;
}

/* A parameter's value: quoted, or up to what ends it. */
static size_t value_length(struct slice s)
{
    size_t n = 0;

    if (s.n && s.p[0] == '"')
        return quoted_length(s);
    while (n < s.n && !strchr(";,<> \t\r\n\"&?", s.p[n]))
        n++;
    return n;
}

/* "name=value" of a class that is not compared. */
static bool take_param(struct scan *s, size_t word)
{
    enum value_class of = param_class(s->id, slice_upto(s->rest, word));
    struct slice value = slice_trim(slice_from(s->rest, word)), after;

    if (of == VALUE_NONE || (of != VALUE_TAGS && of != VALUE_BRANCHES &&
                             s->v->settings->compared[of]))
        return false;
    if (!value.n || value.p[0] != '=')
        return false;
    value = slice_trim(slice_from(value, 1));
    after = slice_from(value, value_length(value));
    if ((of == VALUE_TAGS || of == VALUE_BRANCHES) && s->out->n &&
        s->out->p[s->out->n - 1] == ';') {
        s->out->n--;
    } else {
        add_slice(s, slice_upto(s->rest, word));
        add_slice(s, SLICE("=*"));
    }
    s->rest = after;
    return true;
}

/* "sip:alice@host:5060": the host and port after a scheme. */
static bool take_uri(struct scan *s)
{
    struct slice scheme = slice_istarts(s->rest, SLICE("sips:")) ? SLICE("sips:") : SLICE("sip:");
    struct slice uri;
    size_t n = 0, at;

    if (!slice_istarts(s->rest, scheme))
        return false;
    while (n < s->rest.n && !strchr(";>?, \t\r\n\"", s->rest.p[n]))
        n++;
    uri = slice_upto(s->rest, n);
    /* The user part has no such characters, but may have an escaped one. */
    for (at = uri.n; at > scheme.n && uri.p[at - 1] != '@'; at--)
        ;
    add_slice(s, scheme);
    s->rest = slice_from(s->rest, scheme.n);
    while (at > scheme.n && s->rest.n && s->rest.p < uri.p + at) {
        size_t pointer = pointer_length(s->rest);

        if (pointer && !s->v->settings->compared[VALUE_IDS]) {
            add_slice(s, SLICE("0x*"));
            s->rest = slice_from(s->rest, pointer);
        } else {
            add(s, s->rest.p[0]);
            s->rest = slice_from(s->rest, 1);
        }
    }
    if (s->rest.n && !take_address(s)) {
        size_t host = word_length(s->rest);
        struct slice name = slice_upto(s->rest, host);

        /* RFC 7118 §5: a name made up by a client that has none. */
        if (host > 8 && slice_ieq(slice_from(name, host - 8), SLICE(".invalid")) &&
            !s->v->settings->compared[VALUE_IDS])
            name = SLICE("*.invalid");
        add_slice(s, name);
        s->rest = slice_from(s->rest, host);
        skip_port(s);
    }
    return true;
}

/* What begins where a word can. */
static bool take_special(struct scan *s)
{
    size_t word = word_length(s->rest), pointer = pointer_length(s->rest);

    if (take_uri(s) || take_address(s))
        return true;
    if (pointer && !s->v->settings->compared[VALUE_IDS]) {
        add_slice(s, SLICE("0x*"));
        s->rest = slice_from(s->rest, pointer);
        return true;
    }
    return word && take_param(s, word);
}

static void take_plain(struct scan *s)
{
    char c = s->rest.p[0];

    if (s->id == SIP_H_VIA && !s->quoted && c == ':' && port_length(s->rest)) {
        skip_port(s);
        if (!s->v->settings->compared[VALUE_PORTS])
            return;
    }
    if (s->quoted && c == '\\' && s->rest.n > 1) {
        add(s, c);
        s->rest = slice_from(s->rest, 1);
        c = s->rest.p[0];
    } else if (c == '"') {
        s->quoted = !s->quoted;
    }
    if (!s->quoted && strchr(" \t\r\n", c))
        s->blank = true;
    else
        add(s, c);
    s->rest = slice_from(s->rest, 1);
}

void values_add(const struct values *v, enum sip_header_id id, struct slice name,
                struct slice value, struct text *out)
{
    struct scan s = {.v = v, .id = id, .rest = value, .out = out};
    char before = ' ';

    if (is_new_whole(v, name)) {
        text_char(out, '*');
        return;
    }
    while (s.rest.n) {
        const char *at = s.rest.p;

        if (is_word(before) && before != '-' ? true : !take_special(&s))
            take_plain(&s);
        before = s.rest.n ? s.rest.p[-1] : ' ';
        if (s.rest.p == at)
            break;
    }
}
