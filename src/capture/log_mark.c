/* Owns the lines that logs put above messages. */
#include "capture/log_mark.h"

#include <arpa/inet.h>

/* A line is described by its words.  In a pattern,
 *   %s, %d   are an address with or without port: the source, the destination
 *   %p, %q   are their ports, where they stand alone
 *   %t       is a transport: UDP, TCP, TLS, SCTP, WS, WSS
 *   %n, %w   are a number, a word
 *   %*       is anything, as little as possible
 *   ^, $     are the beginning and the end of the line
 * and all else is itself.  Addresses may carry a transport: "udp/192.0.2.1:5060". */
struct row {
    const char *dialect;
    const char *key; /* every such line holds it */
    const char *pattern;
    uint8_t direction; /* enum text_direction */
    uint8_t transport; /* enum text_transport */
    bool adds;         /* goes on with what lines before it say */
    uint8_t reach;     /* how many lines further down the message may begin */
};

enum { REACH = 4 };

static const struct row rows[] = {
    {"ccsip", "ccsipDisplayMsg", "ccsipDisplayMsg", 0, 0, false, REACH},
    {NULL, "Received:", "Received:$", TEXT_RECEIVED, 0, true, 2},
    {NULL, "Sent:", "Sent:$", TEXT_SENT, 0, true, 2},
    {"cucm", "Incoming SIP ", "Incoming SIP %t message from %s on port %p", TEXT_RECEIVED, 0, false,
     REACH},
    {"cucm", "Incoming SIP ", "Incoming SIP %t message size %n from %s", TEXT_RECEIVED, 0, false,
     REACH},
    {"cucm", "Outgoing SIP ", "Outgoing SIP %t message to %d on port %q", TEXT_SENT, 0, false,
     REACH},
    {"cucm", "Outgoing SIP ", "Outgoing SIP %t message to %d", TEXT_SENT, 0, false, REACH},
    {"audiocodes", "Incoming SIP ", "Incoming SIP Message from %s", TEXT_RECEIVED, 0, false, REACH},
    {"audiocodes", "Outgoing SIP ", "Outgoing SIP Message to %d", TEXT_SENT, 0, false, REACH},
    {"pjsip", "Received SIP ", "Received SIP %w (%n bytes) from %s", TEXT_RECEIVED, 0, false,
     REACH},
    {"pjsip", "Transmitting SIP ", "Transmitting SIP %w (%n bytes) to %d", TEXT_SENT, 0, false,
     REACH},
    {"asterisk", "SIP read from ", "SIP read from %s", TEXT_RECEIVED, 0, false, REACH},
    {"asterisk", "ransmitting ", "ransmitting %*) to %d", TEXT_SENT, 0, false, REACH},
    {"pjsua", "RX ", "RX %n bytes %*from %t %s", TEXT_RECEIVED, 0, false, REACH},
    {"pjsua", "TX ", "TX %n bytes %*to %t %d", TEXT_SENT, 0, false, REACH},
    {"freeswitch", " bytes from ", "recv %n bytes from %s", TEXT_RECEIVED, 0, false, REACH},
    {"freeswitch", " bytes to ", "send %n bytes to %d", TEXT_SENT, 0, false, REACH},
    {"sipp", " message received", "%t message received", TEXT_RECEIVED, 0, false, REACH},
    {"sipp", " message sent", "%t message sent", TEXT_SENT, 0, false, REACH},
    {"linphone", " new bytes from ", "received [%n] new bytes from [%s", TEXT_RECEIVED, 0, false,
     REACH},
    {"linphone", "message sent to ", "message sent to [%d", TEXT_SENT, 0, false, REACH},
    {"acme", " received from ", "On %d received from %s", TEXT_RECEIVED, 0, false, REACH},
    {"acme", " sent to ", "On %s sent to %d", TEXT_SENT, 0, false, REACH},
    {"twinkle", "Received from: ", "Received from: %s", TEXT_RECEIVED, 0, false, REACH},
    {"twinkle", "Send to: ", "Send to: %d", TEXT_SENT, 0, false, REACH},
    {"sipdump", "tag: ", "^tag: rcv$", TEXT_RECEIVED, 0, false, LOG_LINES},
    {"sipdump", "tag: ", "^tag: snd$", TEXT_SENT, 0, false, LOG_LINES},
    {NULL, "proto: ", "^proto: %t", 0, 0, true, LOG_LINES},
    {NULL, "time: ", "^time: ", 0, 0, true, LOG_LINES},
    {NULL, "srcip: ", "^srcip: %s", 0, 0, true, LOG_LINES},
    {NULL, "srcport: ", "^srcport: %p", 0, 0, true, LOG_LINES},
    {NULL, "dstip: ", "^dstip: %d", 0, 0, true, LOG_LINES},
    {NULL, "dstport: ", "^dstport: %q", 0, 0, true, LOG_LINES},
    {"ngrep", " -> ", "^U %*%s -> %d", 0, TEXT_UDP, false, 1},
    {"ngrep", " -> ", "^T %*%s -> %d", 0, TEXT_TCP, false, 1},
    {"baresip", " -> ", "^%t %s -> %d", 0, 0, false, 1},
    {"sngrep", " -> ", "^%n/%n/%n %w %s -> %d", 0, 0, false, 1},
    {NULL, " -> ", "%s -> %d", 0, 0, false, 2},
    {NULL, " from ", "from %s to %d", 0, 0, false, 2},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct slice past(struct slice s, size_t n)
{
    return slice_make(s.p + n, s.n - n);
}

static bool skip_text(struct slice *s, struct slice text)
{
    if (s->n < text.n || memcmp(s->p, text.p, text.n) != 0)
        return false;
    *s = past(*s, text.n);
    return true;
}

static bool take_transport(struct slice *s, uint8_t *out)
{
    static const struct {
        struct slice name;
        uint8_t transport;
    } names[] = {
        {{"udp", 3}, TEXT_UDP},   {{"tcp", 3}, TEXT_TCP}, {{"tls", 3}, TEXT_TLS},
        {{"sctp", 4}, TEXT_SCTP}, {{"wss", 3}, TEXT_WSS}, {{"ws", 2}, TEXT_WS},
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct slice rest;

        if (!slice_istarts(*s, names[i].name))
            continue;
        rest = past(*s, names[i].name.n);
        if (rest.n && !strchr(" :/;,", rest.p[0]))
            continue;
        *out = names[i].transport;
        *s = rest;
        return true;
    }
    return false;
}

static bool take_number(struct slice *s, uint32_t *out)
{
    size_t n = 0;

    while (n < s->n && is_digit(s->p[n]))
        n++;
    if (!n || !slice_u32(slice_upto(*s, n), out))
        return false;
    *s = past(*s, n);
    return true;
}

static void set_port(struct text_address *a, uint32_t port)
{
    a->port[0] = (uint8_t)(port >> 8);
    a->port[1] = (uint8_t)port;
}

static bool read_ip(struct slice s, struct text_address *out)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    char copy[48];

    if (!s.n || s.n >= sizeof copy || memchr(s.p, 0, s.n))
        return false;
    memcpy(copy, s.p, s.n);
    copy[s.n] = 0;
    *out = (struct text_address){.family = 4};
    if (inet_pton(AF_INET, copy, out->ip) == 1)
        return true;
    if (inet_pton(AF_INET6, copy, out->ip) != 1)
        return false;
    out->family = 6;
    if (memcmp(out->ip, mapped, sizeof mapped) == 0) {
        memcpy(out->ip, out->ip + 12, 4);
        memset(out->ip + 4, 0, 12);
        out->family = 4;
    }
    return true;
}

/* "192.0.2.1:5060", "2001:db8::1:5060" where all behind the last colon is the
 * port, or either without one. */
static bool read_plain(struct slice s, struct text_address *out)
{
    size_t colon = s.n;
    uint32_t port;

    while (colon && s.p[colon - 1] != ':')
        colon--;
    if (colon && slice_u32(past(s, colon), &port) && port <= UINT16_MAX &&
        read_ip(slice_upto(s, colon - 1), out)) {
        set_port(out, port);
        return true;
    }
    return read_ip(s, out);
}

/* ":5060", ":[5060]" */
static void take_port(struct slice *s, struct text_address *out)
{
    struct slice rest = *s;
    uint32_t port;
    bool bracket;

    if (!skip_text(&rest, SLICE(":")))
        return;
    bracket = skip_text(&rest, SLICE("["));
    if (!take_number(&rest, &port) || port > UINT16_MAX ||
        (bracket && !skip_text(&rest, SLICE("]"))))
        return;
    set_port(out, port);
    *s = rest;
}

static size_t address_length(struct slice s)
{
    size_t n = 0;

    while (n < s.n && (is_digit(s.p[n]) || strchr(":.abcdefABCDEF", s.p[n])) && s.p[n])
        n++;
    while (n && (s.p[n - 1] == ':' || s.p[n - 1] == '.') && !(n >= 2 && s.p[n - 2] == ':'))
        n--;
    return n;
}

static bool take_bracketed(struct slice *s, struct text_address *out)
{
    size_t close = slice_find(*s, ']');

    if (close >= s->n)
        return false;
    if (read_ip(slice_make(s->p + 1, close - 1), out)) {
        *s = past(*s, close + 1);
        take_port(s, out);
        return true;
    }
    return false;
}

/* An address, with its transport if that stands before it. */
static bool take_address(struct slice *s, struct text_address *out, uint8_t *transport)
{
    struct slice rest = *s;
    size_t n;

    if (take_transport(&rest, transport) && !skip_text(&rest, SLICE("://")) &&
        !skip_text(&rest, SLICE(":")))
        skip_text(&rest, SLICE("/"));
    if (rest.n && rest.p[0] == '[') {
        *s = rest;
        if (take_bracketed(s, out))
            return true;
        /* the interface of the network, as in "[0:0]192.0.2.1:5060" */
        n = slice_find(rest, ']');
        rest = n < rest.n ? past(rest, n + 1) : rest;
    }
    n = address_length(rest);
    if (!read_plain(slice_upto(rest, n), out))
        return false;
    *s = past(rest, n);
    if (!out->port[0] && !out->port[1])
        take_port(s, out);
    return true;
}

static bool take_word(struct slice *s)
{
    size_t n = slice_find(*s, ' ');

    if (!n)
        return false;
    *s = past(*s, n);
    return true;
}

static bool take_field(struct slice *s, char kind, struct text_header *h)
{
    uint32_t value;

    switch (kind) {
    case 's':
        return take_address(s, &h->src, &h->transport);
    case 'd':
        return take_address(s, &h->dst, &h->transport);
    case 't':
        return take_transport(s, &h->transport);
    case 'w':
        return take_word(s);
    default:
        break;
    }
    if (!take_number(s, &value))
        return false;
    if (kind == 'p' && value <= UINT16_MAX)
        set_port(&h->src, value);
    if (kind == 'q' && value <= UINT16_MAX)
        set_port(&h->dst, value);
    return true;
}

/* Matches at the beginning of `s`.  Goes deeper once for every "%*" of the
 * pattern, which are ours. */
static bool matches_here(const char *pattern, struct slice s, struct text_header *h)
{
    for (; *pattern; pattern++) {
        if (*pattern == '$')
            return slice_trim(s).n == 0;
        if (*pattern != '%') {
            if (!s.n || s.p[0] != *pattern)
                return false;
            s = past(s, 1);
            continue;
        }
        pattern++;
        if (*pattern == '*') {
            for (size_t i = 0; i <= s.n; i++) {
                struct text_header inner = *h;

                if (matches_here(pattern + 1, past(s, i), &inner)) {
                    *h = inner;
                    return true;
                }
            }
            return false;
        }
        if (!take_field(&s, *pattern, h))
            return false;
    }
    return true;
}

/* At the beginning, or where a word begins. */
static bool matches(const struct row *row, struct slice line, struct text_header *h)
{
    const char *pattern = row->pattern;
    struct text_header start = *h;

    if (*pattern == '^')
        return matches_here(pattern + 1, line, h);
    for (size_t i = 0; i < line.n; i++) {
        if (*pattern == '%' ? i && line.p[i - 1] != ' ' : line.p[i] != *pattern)
            continue;
        *h = start;
        if (matches_here(pattern, past(line, i), h))
            return true;
    }
    *h = start;
    return false;
}

static bool holds(struct slice line, const char *key)
{
    return memmem(line.p, line.n, key, strlen(key)) != NULL;
}

/* The row that describes the line, with *h filled from what it says; NULL when
 * there is none. */
static const struct row *row_of(struct slice line, struct text_header *h)
{
    for (size_t i = 0; line.n && i < sizeof rows / sizeof rows[0]; i++)
        if (holds(line, rows[i].key) && matches(&rows[i], line, h))
            return &rows[i];
    return NULL;
}

bool log_mark_opens(struct slice line)
{
    struct text_header h = {0};
    const struct row *row = row_of(slice_upto(line, LOG_LINE_ROOM), &h);

    return row && row->dialect && !row->adds;
}

bool log_mark_is_dotted(const struct log_mark *mark)
{
    return mark->dialect && strcmp(mark->dialect, "ngrep") == 0;
}

void log_lines_clear(struct log_lines *lines)
{
    lines->count = lines->next = 0;
}

void log_lines_add(struct log_lines *lines, struct slice line)
{
    line = slice_upto(slice_trim(line), LOG_LINE_ROOM);
    if (!line.n)
        return;
    memcpy(lines->lines[lines->next].text, line.p, line.n);
    lines->lines[lines->next].n = line.n;
    lines->next = (lines->next + 1) % LOG_LINES;
    if (lines->count < LOG_LINES)
        lines->count++;
}

/* A stamp on a line that tells of the message is better than one on a line
 * nearby, and of two on such lines the finer one. */
static void note_stamp(struct log_mark *mark, struct slice line, bool marked, bool *by_mark)
{
    struct log_stamp stamp;

    if (!log_stamp_find(line, &stamp))
        return;
    if (mark->stamped && *by_mark && (!marked || stamp.decimals <= mark->stamp.decimals))
        return;
    mark->stamp = stamp;
    mark->stamped = true;
    *by_mark = marked;
}

/* One line, `distance` lines above the message. */
static void note_line(struct log_mark *mark, struct slice line, unsigned distance, bool *by_mark)
{
    enum { NEAR = 2 };
    struct text_header h = mark->header;
    const struct row *row = row_of(line, &h);

    if (row && distance > row->reach)
        row = NULL;
    if (row && !row->adds) {
        h = (struct text_header){0};
        row_of(line, &h);
        mark->dialect = row->dialect;
        if (*by_mark) {
            mark->stamped = *by_mark = false;
        }
    }
    if (row) {
        mark->header = h;
        if (row->direction)
            mark->header.direction = row->direction;
        if (row->transport)
            mark->header.transport = row->transport;
    }
    if (row || distance <= NEAR)
        note_stamp(mark, line, row != NULL, by_mark);
}

void log_mark_read(const struct log_lines *lines, struct slice prefix, struct log_mark *mark)
{
    bool by_mark = false;

    *mark = (struct log_mark){0};
    for (unsigned i = 0; i < lines->count; i++) {
        unsigned at = (lines->next + LOG_LINES - lines->count + i) % LOG_LINES;

        note_line(mark, slice_make(lines->lines[at].text, lines->lines[at].n), lines->count - i,
                  &by_mark);
    }
    prefix = slice_upto(slice_trim(prefix), LOG_LINE_ROOM);
    if (prefix.n)
        note_line(mark, prefix, 0, &by_mark);
}
