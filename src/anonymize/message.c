/* Owns which parts of a message name somebody.  What is not known not to is taken to:
 * a header that is in no list here, a body of another type. */
#include "anonymize/message.h"

#include <string.h>

#include "sip/header.h"
#include "sip/msg.h"

/* ---- lines ----------------------------------------------------------------------------- */

bool message_line(char **text, size_t *n, char **line, size_t *length)
{
    char *end = *n ? memchr(*text, '\n', *n) : NULL;
    size_t whole = end ? (size_t)(end - *text) + 1 : *n;

    if (!*n)
        return false;
    *line = *text;
    *length = end ? whole - 1 : whole;
    if (*length && (*line)[*length - 1] == '\r')
        --*length;
    *text += whole;
    *n -= whole;
    return true;
}

/* A header field with the lines that it goes on in. */
static bool header_field(char **text, size_t *n, char **line, size_t *length)
{
    char *more;
    size_t some;

    if (!message_line(text, n, line, length))
        return false;
    while (*length && *n && (**text == ' ' || **text == '\t') &&
           message_line(text, n, &more, &some))
        *length = (size_t)(more - *line) + some;
    return true;
}

bool message_is_blank(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] && text[i] != '\r' && text[i] != '\n' && text[i] != ' ')
            return false;
    return true;
}

/* ---- headers --------------------------------------------------------------------------- */

enum policy {
    EXCHANGE,   /* all but what belongs to the protocol */
    KEEP,       /* nothing in it names anybody */
    VIA,
    PARAMETERS, /* what is before the first semicolon stays */
    WARNING,    /* the code stays */
    AGENT,      /* which software it is stays */
};

static const struct {
    struct slice name;
    enum policy policy;
} policies[] = {
#define H(text, policy) {{text, sizeof(text) - 1}, policy}
    H("Via", VIA), H("v", VIA), H("Max-Forwards", KEEP), H("CSeq", KEEP),
    H("Content-Length", KEEP), H("l", KEEP), H("Content-Type", KEEP), H("c", KEEP),
    H("Content-Encoding", KEEP), H("e", KEEP), H("Content-Disposition", KEEP),
    H("Content-Transfer-Encoding", KEEP), H("Content-Language", KEEP), H("MIME-Version", KEEP),
    H("Allow", KEEP), H("Allow-Events", KEEP), H("u", KEEP), H("Supported", KEEP),
    H("k", KEEP), H("Require", KEEP), H("Proxy-Require", KEEP), H("Unsupported", KEEP),
    H("Accept", KEEP), H("Accept-Encoding", KEEP), H("Accept-Language", KEEP),
    H("Accept-Resource-Priority", KEEP), H("Resource-Priority", KEEP), H("Expires", KEEP),
    H("Min-Expires", KEEP), H("Session-Expires", KEEP), H("x", KEEP), H("Min-SE", KEEP),
    H("RSeq", KEEP), H("RAck", KEEP), H("Date", KEEP), H("Timestamp", KEEP), H("Priority", KEEP),
    H("Privacy", KEEP), H("Refer-Sub", KEEP), H("Request-Disposition", KEEP), H("d", KEEP),
    H("P-Early-Media", KEEP), H("Recv-Info", KEEP), H("Info-Package", KEEP),
    H("Answer-Mode", KEEP), H("Priv-Answer-Mode", KEEP), H("Flow-Timer", KEEP),
    H("Max-Breadth", KEEP), H("Session-ID", KEEP), H("SIP-ETag", EXCHANGE),
    H("Accept-Contact", KEEP), H("a", KEEP), H("Reject-Contact", KEEP), H("j", KEEP),
    H("Security-Client", PARAMETERS), H("Security-Server", PARAMETERS),
    H("Security-Verify", PARAMETERS), H("Event", PARAMETERS), H("o", PARAMETERS),
    H("Subscription-State", KEEP), H("Reason", PARAMETERS), H("Retry-After", PARAMETERS),
    /* of a WebSocket's handshake */
    H("Upgrade", KEEP), H("Connection", KEEP), H("Sec-WebSocket-Version", KEEP),
    H("Sec-WebSocket-Protocol", KEEP), H("Sec-WebSocket-Extensions", KEEP),
    H("Warning", WARNING), H("User-Agent", AGENT), H("Server", AGENT),
#undef H
};

static enum policy policy_of(struct slice name)
{
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++)
        if (slice_ieq(name, policies[i].name))
            return policies[i].policy;
    return EXCHANGE;
}

/* "SIP/2.0/UDP host:port;branch=...", one or several. */
static void exchange_via(struct words *w, char *value, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t end = i + slice_find(slice_make(value + i, n - i), ',');
        size_t at = i, slashes = 0;

        while (at < end && slashes < 2)
            slashes += value[at++] == '/';
        while (at < end && (value[at] == ' ' || value[at] == '\t'))
            at++;
        while (at < end && value[at] != ' ' && value[at] != '\t' && value[at] != ';')
            at++; /* the transport */
        words_exchange(w, value + at, end - at, WORDS_HOST);
        i = end + 1;
    }
}

static void exchange_behind(struct words *w, char *value, size_t n, char separator)
{
    size_t at = slice_find(slice_make(value, n), separator);

    words_exchange(w, value + at, n - at, WORDS_PHRASES);
}

static void exchange_value(struct words *w, struct slice name, char *value, size_t n)
{
    while (n && (*value == ' ' || *value == '\t')) {
        value++;
        n--;
    }
    switch (policy_of(name)) {
    case KEEP:
        break;
    case VIA:
        exchange_via(w, value, n);
        break;
    case PARAMETERS:
        exchange_behind(w, value, n, ';');
        break;
    case WARNING:
        exchange_behind(w, value, n, ' ');
        break;
    case AGENT:
        words_agent(w, value, n);
        break;
    case EXCHANGE:
        words_exchange(w, value, n, 0);
        break;
    }
}

/* ---- bodies ---------------------------------------------------------------------------- */

enum { MOST_PARTS = 32 };

/* What is still to be done: an entity is headers and a body. */
struct pending {
    struct {
        char *p;
        size_t n;
        bool message; /* begins with a start line */
    } part[MOST_PARTS];
    unsigned n;
};

static void add_part(struct pending *todo, struct words *w, char *p, size_t n, bool message)
{
    if (todo->n == MOST_PARTS) {
        words_all(w, p, n);
        return;
    }
    todo->part[todo->n].p = p;
    todo->part[todo->n].n = n;
    todo->part[todo->n++].message = message;
}

/* What stands between the delimiters of a multipart (RFC 2046 §5.1.1). */
static void add_parts(struct pending *todo, struct words *w, struct slice boundary, char *p,
                      size_t n)
{
    char *begin = p, *line;
    size_t length;

    while (message_line(&p, &n, &line, &length)) {
        bool delimiter = length >= boundary.n + 2 && line[0] == '-' && line[1] == '-' &&
                         memcmp(line + 2, boundary.p, boundary.n) == 0;

        if (!delimiter)
            continue;
        if (line > begin)
            add_part(todo, w, begin, (size_t)(line - begin), false);
        begin = p;
    }
    if (n == 0 && p > begin)
        add_part(todo, w, begin, (size_t)(p - begin), false);
}

/* "Signal=5": the key is exchanged, with whatever else is there. */
static void exchange_keys(struct words *w, char *p, size_t n)
{
    char *line;
    size_t length;

    while (message_line(&p, &n, &line, &length)) {
        struct slice name = slice_trim(slice_upto(slice_make(line, length),
                                                  slice_find(slice_make(line, length), '=')));

        if (name.n < length && !slice_ieq(name, SLICE("Signal")))
            continue;
        for (size_t i = name.n < length ? (size_t)(name.p - line) + name.n : 0; i < length; i++)
            line[i] = words_digit(w, line[i]);
    }
}

/* The digits that were pressed stand in one attribute (RFC 4730 §5.2), all else that
 * is quoted there says how. */
static void exchange_kpml(struct words *w, char *p, size_t n)
{
    static const char name[] = "digits=";
    size_t skip = sizeof name - 1;

    for (size_t i = 0; i + skip < n; i++) {
        if (memcmp(p + i, name, skip) != 0)
            continue;
        for (i += skip + 1; i < n && p[i] != '"' && p[i] != '\''; i++)
            p[i] = words_digit(w, p[i]);
    }
}

/* RFC 3842: whose mailbox it is. */
static void exchange_summary(struct words *w, char *p, size_t n)
{
    char *line;
    size_t length;

    while (message_line(&p, &n, &line, &length))
        if (slice_istarts(slice_make(line, length), SLICE("Message-Account:")))
            words_exchange(w, line + 16, length - 16, 0);
}

/* Names of elements and of attributes stay, values and text do not. */
static void exchange_xml(struct words *w, char *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        char *end;
        size_t name = i + 1;

        if (p[i] != '<') {
            end = memchr(p + i, '<', n - i);
            words_exchange(w, p + i, end ? (size_t)(end - p) - i : n - i, 0);
            i = end ? (size_t)(end - p) : n;
            continue;
        }
        end = memchr(p + i, '>', n - i);
        while (name < n && p[name] != ' ' && p[name] != '>')
            name++;
        if (end && p[i + 1] != '?' && name < (size_t)(end - p))
            words_exchange(w, p + name, (size_t)(end - p) - name, 0);
        i = end ? (size_t)(end - p) + 1 : n;
    }
}

static bool ends_with(struct slice s, struct slice end)
{
    return s.n >= end.n && slice_ieq(slice_from(s, s.n - end.n), end);
}

struct entity {
    struct slice type, parameters;
    bool encoded;
};

static void exchange_body(struct words *w, struct keyed *k, struct pending *todo,
                          const struct entity *e, char *p, size_t n)
{
    struct slice boundary;

    if (e->encoded)
        keyed_fill(k, (uint8_t *)p, n);
    else if (slice_istarts(e->type, SLICE("multipart/")) &&
             sip_param(e->parameters, SLICE("boundary"), &boundary) && boundary.n)
        add_parts(todo, w, boundary, p, n);
    else if (slice_ieq(e->type, SLICE("application/sdp")) ||
             (!e->type.n && slice_istarts(slice_make(p, n), SLICE("v=0"))))
        sdp_anonymize(w, p, n);
    else if (slice_istarts(e->type, SLICE("message/sip")))
        add_part(todo, w, p, n, true);
    else if (slice_istarts(e->type, SLICE("application/dtmf")))
        exchange_keys(w, p, n);
    else if (slice_istarts(e->type, SLICE("application/kpml")))
        exchange_kpml(w, p, n);
    else if (slice_ieq(e->type, SLICE("application/simple-message-summary")))
        exchange_summary(w, p, n);
    else if (slice_ieq(e->type, SLICE("application/media_control+xml")))
        return;
    else if (ends_with(e->type, SLICE("xml")))
        exchange_xml(w, p, n);
    else if (slice_istarts(e->type, SLICE("text/")) || !e->type.n)
        words_all(w, p, n);
    else
        keyed_fill(k, (uint8_t *)p, n);
}

static void take_header(struct words *w, struct entity *e, char *line, size_t n)
{
    size_t colon = slice_find(slice_make(line, n), ':');
    struct slice name = slice_trim(slice_make(line, colon));

    if (colon == n) { /* none, or cut before its value */
        words_all(w, line, n);
        return;
    }
    if (slice_ieq(name, SLICE("Content-Type")) || slice_ieq(name, SLICE("c")))
        e->type = sip_token(slice_make(line + colon + 1, n - colon - 1), &e->parameters);
    else if (slice_ieq(name, SLICE("Content-Encoding")) || slice_ieq(name, SLICE("e")))
        e->encoded = !slice_ieq(slice_trim(slice_make(line + colon + 1, n - colon - 1)),
                                SLICE("identity"));
    exchange_value(w, name, line + colon + 1, n - colon - 1);
}

/* "SIP/2.0 486 Busy Here", "INVITE sip:bob@example.com SIP/2.0" */
static void start_line(struct words *w, char *line, size_t n)
{
    struct slice text = slice_make(line, n), phrase, code;
    size_t blank = slice_find(text, ' ');
    const char *usual;
    uint32_t status = 0;

    if (!slice_istarts(text, SLICE("SIP/")) && !slice_istarts(text, SLICE("HTTP/"))) {
        words_exchange(w, line + blank, n - blank, 0);
        return;
    }
    phrase = slice_from(text, blank + 1);
    code = slice_upto(phrase, slice_find(phrase, ' '));
    phrase = slice_from(phrase, code.n + 1);
    usual = slice_u32(code, &status) ? sip_status_reason(status) : NULL;
    if (phrase.n && !(usual && slice_ieq(phrase, slice_str(usual))))
        words_phrase(w, line + (phrase.p - line), phrase.n);
}

void message_anonymize(struct words *w, struct keyed *k, char *text, size_t n)
{
    struct pending todo = {.n = 0};

    add_part(&todo, w, text, n, true);
    while (todo.n) {
        struct entity e = {.type = SLICE_EMPTY};
        char *p = todo.part[--todo.n].p, *line;
        size_t left = todo.part[todo.n].n, length;
        bool started = !todo.part[todo.n].message;

        while (header_field(&p, &left, &line, &length) && (length || !started)) {
            if (started)
                take_header(w, &e, line, length);
            else if (length)
                start_line(w, line, length);
            started = started || length;
        }
        if (left)
            exchange_body(w, k, &todo, &e, p, left);
    }
}
