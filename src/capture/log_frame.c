/* Owns what a SIP message looks like in a text.
 *
 * Programs log messages with the line ends they had or with LF alone, indented,
 * or with something before every line.  The lines are restored (CRLF, RFC 3261
 * §7), and the body ends where Content-Length says, as far as the text agrees. */
#include "capture/log_frame.h"

enum { LONGEST_METHOD = 32 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Of methods, and of the header fields that are in use. */
static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' ||
           c == '_' || c == '.';
}

static struct slice past(struct slice s, size_t n)
{
    return slice_make(s.p + n, s.n - n);
}

static struct slice trim_end(struct slice s)
{
    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct slice log_line(struct slice text, struct slice *next)
{
    size_t n = slice_find(text, '\n');
    struct slice line = slice_upto(text, n);

    *next = n < text.n ? past(text, n + 1) : past(text, n);
    return line;
}

/* ---- lines ----------------------------------------------------------------- */

enum prefix_kind { NO_PREFIX, INDENT, PREFIX };

/* The lines of a message, one after the other. */
struct lines {
    struct slice rest;
    struct slice prefix;
    enum prefix_kind kind;
    bool dotted;
};

/* A terminal's colours: "ESC [ 36 ; 1 m". */
static size_t escape_length(struct slice s)
{
    size_t n = 2;

    if (s.n < 3 || s.p[0] != 0x1b || s.p[1] != '[')
        return 0;
    while (n < s.n && (is_digit(s.p[n]) || s.p[n] == ';'))
        n++;
    return n < s.n ? n + 1 : 0;
}

static struct slice without_escapes(struct slice s)
{
    size_t n;

    while ((n = escape_length(s)))
        s = past(s, n);
    return s;
}

/* Numbers in the prefix (times, sequence numbers) may be others on each line. */
static bool matches_prefix(struct slice prefix, struct slice line, size_t *length)
{
    size_t i = 0, j = 0;

    while (i < prefix.n && j < line.n) {
        if (is_digit(prefix.p[i]) && is_digit(line.p[j])) {
            while (i < prefix.n && is_digit(prefix.p[i]))
                i++;
            while (j < line.n && is_digit(line.p[j]))
                j++;
        } else if (prefix.p[i++] != line.p[j++]) {
            return false;
        }
    }
    *length = j;
    return i == prefix.n || slice_trim(past(prefix, i)).n == 0;
}

/* Takes what the log put before the line away; false when it is not there. */
static bool strip(const struct lines *lines, struct slice *line)
{
    size_t n = 0;

    *line = without_escapes(*line);
    if (lines->kind == PREFIX) {
        if (!matches_prefix(lines->prefix, *line, &n))
            return false;
    } else if (lines->kind == INDENT) {
        while (n < line->n && n < lines->prefix.n && is_blank(line->p[n]))
            n++;
    }
    *line = past(*line, n);
    return true;
}

/* The next line; false at the end of the text, and before a line that has not
 * the prefix of the others. */
static bool next_line(struct lines *lines, struct body_line *line)
{
    struct slice next;

    if (!lines->rest.n)
        return false;
    line->text = log_line(lines->rest, &next);
    if (!strip(lines, &line->text))
        return false;
    line->crlf = line->text.n && line->text.p[line->text.n - 1] == (lines->dotted ? '.' : '\r');
    if (line->crlf)
        line->text.n--;
    line->after = lines->rest = next;
    return true;
}

/* ---- where a message begins ------------------------------------------------ */

static const struct slice version = {"SIP/2.0", 7};

/* What may stand behind a start line: nothing, a sign of CRLF. */
static bool ends_line(struct slice s)
{
    return slice_trim(s).n == 0 || s.p[0] == '.' || s.p[0] == '#' || s.p[0] == '\\' ||
           s.p[0] == 0x1b;
}

/* "SIP/2.0 200 OK": `at` is where it begins. */
static bool is_status_line(struct slice line, size_t at)
{
    struct slice s = past(line, at + version.n);

    if (at && is_name_char(line.p[at - 1]))
        return false;
    return s.n >= 4 && s.p[0] == ' ' && s.p[1] >= '1' && s.p[1] <= '6' && is_digit(s.p[2]) &&
           is_digit(s.p[3]) && (s.n == 4 || !is_digit(s.p[4]));
}

/* "INVITE sip:bob@example.com SIP/2.0": `at` is the version's place; gives the
 * method's. */
static bool is_request_line(struct slice line, size_t at, size_t *start)
{
    size_t uri, method;

    if (at < 2 || line.p[at - 1] != ' ' || !ends_line(past(line, at + version.n)))
        return false;
    uri = at - 1;
    while (uri && !is_blank(line.p[uri - 1]))
        uri--;
    if (uri < 2 || line.p[uri - 1] != ' ' || !memchr(line.p + uri, ':', at - 1 - uri))
        return false;
    method = uri - 1;
    while (method && uri - method < LONGEST_METHOD && is_name_char(line.p[method - 1]))
        method--;
    *start = method;
    return method < uri - 1 && line.p[method] >= 'A' && line.p[method] <= 'Z';
}

/* The place of a start line in the line, line.n without one. */
static size_t find_start(struct slice line)
{
    size_t at = 0, start;

    while (at < line.n) {
        const char *hit = memmem(line.p + at, line.n - at, version.p, version.n);

        if (!hit)
            break;
        at = (size_t)(hit - line.p);
        if (is_status_line(line, at))
            return at;
        if (is_request_line(line, at, &start))
            return start;
        at += version.n;
    }
    return line.n;
}

static bool is_version_at_end(struct slice s)
{
    return s.n >= version.n && memcmp(s.p + s.n - version.n, version.p, version.n) == 0;
}

/* "Via: ..." */
static bool is_header_line(struct slice line)
{
    size_t n = 0;

    while (n < line.n && is_name_char(line.p[n]))
        n++;
    if (!n || is_digit(line.p[0]) || line.p[0] == '-')
        return false;
    while (n < line.n && is_blank(line.p[n]))
        n++;
    return n < line.n && line.p[n] == ':';
}

/* A start line and a header field below it. */
static bool begins_message(struct slice line, struct slice below)
{
    struct slice next;

    return find_start(line) == 0 && is_header_line(log_line(below, &next));
}

/* ---- writing the message ---------------------------------------------------- */

struct writer {
    char *out;
    size_t n;     /* octets written */
    size_t whole; /* and those for which there was no room, too */
};

static void put(struct writer *w, struct slice s)
{
    size_t room = LOG_MESSAGE_ROOM - w->n, n = s.n < room ? s.n : room;

    if (n)
        memcpy(w->out + w->n, s.p, n);
    w->n += n;
    w->whole += s.n;
}

static void put_line(struct writer *w, struct slice s)
{
    put(w, s);
    put(w, SLICE("\r\n"));
}

/* What framing has to know of the header fields. */
struct fields {
    unsigned known; /* how many of those that every message has */
    bool has_length;
    uint32_t length;
    bool has_type;
    bool holds_sip; /* the body may hold start lines */
};

static bool is_named(struct slice name, const char *full, const char *compact)
{
    return slice_ieq(name, slice_str(full)) || slice_ieq(name, slice_str(compact));
}

static void note_field(struct fields *f, struct slice line)
{
    size_t colon = slice_find(line, ':');
    struct slice name = slice_trim(slice_upto(line, colon));
    struct slice value = slice_trim(slice_from(line, colon + 1));

    if (is_named(name, "Via", "v") || is_named(name, "From", "f") || is_named(name, "To", "t") ||
        is_named(name, "Call-ID", "i") || is_named(name, "CSeq", "CSeq"))
        f->known++;
    if (is_named(name, "Content-Length", "l") && !f->has_length)
        f->has_length = slice_u32(value, &f->length);
    if (is_named(name, "Content-Type", "c")) {
        f->has_type = true;
        f->holds_sip =
            slice_istarts(value, SLICE("message/")) || slice_istarts(value, SLICE("multipart/"));
    }
}

/* Header lines, up to the empty one; whether that is there. */
static bool take_headers(struct lines *lines, struct writer *w, struct fields *f)
{
    struct body_line line;
    struct lines before = *lines;
    bool any = false;

    while (next_line(lines, &line)) {
        struct slice text = trim_end(line.text);

        if (!text.n && (any || line.crlf || !lines->rest.n)) {
            put(w, SLICE("\r\n"));
            return true;
        }
        if (!is_header_line(text) && !(any && text.n && is_blank(text.p[0])))
            break;
        any = true;
        put_line(w, text);
        note_field(f, text);
        before = *lines;
    }
    *lines = before;
    return false;
}

/* ---- the body ----------------------------------------------------------------- */

struct body {
    struct body_line *lines; /* LOG_BODY_LINES of them */
    size_t count;
};

/* How the octets of a line are counted. */
enum line_end { AS_LOGGED, WITH_CRLF, WITH_LF };

static size_t end_length(const struct body_line *line, enum line_end how)
{
    if (how == AS_LOGGED)
        return line->crlf ? 2 : 1;
    return how == WITH_CRLF ? 2 : 1;
}

/* The lines that may be the body: until they are enough, or something else
 * begins. */
static void gather(struct lines lines, const struct fields *f, struct body *body)
{
    size_t octets = 0;
    struct body_line *line = body->lines;

    body->count = 0;
    while (body->count < LOG_BODY_LINES && next_line(&lines, line)) {
        if (!f->holds_sip && begins_message(line->text, line->after))
            return;
        if (!f->holds_sip && log_mark_opens(line->text))
            return;
        octets += line->text.n + 1;
        body->count++;
        line++;
        if (octets >= (size_t)f->length + 1)
            return;
    }
}

/* What may stand right behind a body that does not end with its line. */
static bool may_follow(struct slice rest)
{
    return find_start(rest) == 0 || escape_length(rest) || slice_trim(rest).n == 0;
}

/* Whether Content-Length fits the lines when they are counted that way: at the
 * end of a line, with or without its line end, or where a message follows on the
 * same line.  *last is the line that the body ends in. */
static bool fits(const struct body *body, uint32_t length, enum line_end how, size_t *last)
{
    size_t total = 0;

    for (size_t i = 0; i < body->count; i++) {
        const struct body_line *line = &body->lines[i];
        size_t text = total + line->text.n;

        *last = i;
        if (length < text)
            return how == AS_LOGGED || may_follow(past(line->text, length - total));
        total = text + end_length(line, how);
        if (length <= total) /* what ends with a CR alone was counted with LF */
            return how != WITH_CRLF || length != text + 1;
    }
    return false;
}

/* Writes the lines up to the length; gives the text that follows. */
static struct slice put_body(struct writer *w, const struct body *body, uint32_t length,
                             enum line_end how, size_t last, struct slice end)
{
    size_t left = length;
    struct slice after = end;

    for (size_t i = 0; i <= last; i++) {
        const struct body_line *line = &body->lines[i];
        size_t n = line->text.n < left ? line->text.n : left;

        put(w, slice_make(line->text.p, n));
        left -= n;
        after = line->after;
        if (n < line->text.n)
            return slice_span(line->text.p + n, end.p + end.n);
        n = end_length(line, how) < left ? end_length(line, how) : left;
        put(w, slice_make(end_length(line, how) == 2 ? "\r\n" : "\n", n));
        left -= n;
    }
    return after;
}

/* A body whose length says nothing, or not what the text says: up to an empty
 * line, or to what begins next. */
static struct slice put_paragraph(struct writer *w, const struct body *body, struct slice after)
{
    for (size_t i = 0; i < body->count; i++) {
        const struct body_line *line = &body->lines[i];

        if (!slice_trim(line->text).n)
            break;
        put_line(w, line->text);
        after = line->after;
    }
    return after;
}

/* Whether a line says itself whether it had a CR. */
static bool says_ends(const struct lines *lines, const struct body *body)
{
    bool any = lines->dotted;

    for (size_t i = 0; i < body->count; i++)
        any = any || body->lines[i].crlf;
    return any;
}

/* Gives the text behind the body. */
static struct slice take_body(const struct lines *lines, struct writer *w, struct fields *f,
                              struct body *body)
{
    struct slice end = lines->rest;
    size_t last, head = w->whole;
    enum line_end how;

    if (f->has_length ? !f->length : !f->has_type)
        return end;
    if (!f->has_length)
        f->length = LOG_MESSAGE_ROOM;
    gather(*lines, f, body);
    how = says_ends(lines, body) ? AS_LOGGED : WITH_CRLF;
    if (f->has_length && fits(body, f->length, how, &last))
        return put_body(w, body, f->length, how, last, end);
    if (f->has_length && how == WITH_CRLF && fits(body, f->length, WITH_LF, &last))
        return put_body(w, body, f->length, WITH_LF, last, end);
    end = put_paragraph(w, body, end);
    if (f->has_length && w->whole < head + f->length)
        w->whole = head + f->length;
    return end;
}

/* ---- messages on one line ------------------------------------------------------ */

/* How CR and LF are written where a log keeps a message on one line: by syslog
 * daemons, as in C and JSON, by ngrep -W single. */
static const struct escape {
    const char *crlf, *lf;
} escapes[] = {
    {"#015#012", "#012"},
    {"\\r\\n", "\\n"},
    {"..", NULL},
};

static bool begins_with(struct slice s, const char *text)
{
    return text && s.n >= strlen(text) && memcmp(s.p, text, strlen(text)) == 0;
}

static bool parts_lines(struct slice line, const char *written)
{
    const char *hit = written ? memmem(line.p, line.n, written, strlen(written)) : NULL;

    return hit && is_header_line(slice_span(hit + strlen(written), line.p + line.n));
}

/* The escape that stands between the start line and a header field, NULL when
 * none does. */
static const struct escape *escape_in(struct slice line)
{
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++)
        if (parts_lines(line, escapes[i].crlf) || parts_lines(line, escapes[i].lf))
            return &escapes[i];
    return NULL;
}

/* One octet or escape of the line, put into `out`; how much of the line it was. */
static size_t unescape(struct slice s, const struct escape *e, char *out, size_t *n)
{
    if (begins_with(s, e->crlf)) {
        out[(*n)++] = '\r';
        out[(*n)++] = '\n';
        return strlen(e->crlf);
    }
    if (begins_with(s, e->lf)) {
        out[(*n)++] = '\n';
        return strlen(e->lf);
    }
    if (e->crlf[0] == '\\' && s.n >= 2 && s.p[0] == '\\' && s.p[1] && strchr("\"\\/t", s.p[1])) {
        out[(*n)++] = s.p[1] == 't' ? '\t' : s.p[1];
        return 2;
    }
    out[(*n)++] = s.p[0];
    return 1;
}

static struct slice unescape_line(struct slice line, const struct escape *e, char *out)
{
    size_t n = 0;

    while (line.n && n + 2 < LOG_MESSAGE_ROOM)
        line = past(line, unescape(line, e, out, &n));
    return slice_make(out, n);
}

/* ---- the whole -------------------------------------------------------------------- */

static enum prefix_kind kind_of(struct slice prefix, struct slice below)
{
    struct slice next, line = without_escapes(log_line(below, &next));
    size_t n;

    if (!prefix.n)
        return NO_PREFIX;
    if (!slice_trim(prefix).n)
        return INDENT;
    return matches_prefix(prefix, line, &n) && is_header_line(past(line, n)) ? PREFIX : NO_PREFIX;
}

/* From a start line on; gives the text behind the message. */
static bool frame_lines(struct log_framer *framer, struct lines *lines, struct slice start,
                        char *out, struct log_frame *frame, struct slice *after)
{
    struct writer w = {.out = out};
    struct body body = {.lines = framer->lines};
    struct fields f = {0};
    bool ended;

    put_line(&w, start);
    ended = take_headers(lines, &w, &f);
    if (f.known < 2)
        return false;
    *after = lines->rest;
    if (ended) {
        *after = take_body(lines, &w, &f, &body);
    } else if (f.length) {
        w.whole += 2 + f.length;
    } else {
        put(&w, SLICE("\r\n")); /* an empty line at the end is soon lost */
    }
    frame->n = w.n;
    frame->whole = w.whole;
    return true;
}

static bool frame_one_line(struct log_framer *framer, struct slice line, const struct escape *e,
                           char *out, struct log_frame *frame)
{
    struct slice text = unescape_line(line, e, framer->unescaped), after;
    struct lines lines = {.kind = NO_PREFIX};
    struct slice start = log_line(text, &lines.rest);

    return frame_lines(framer, &lines, slice_trim(start), out, frame, &after);
}

bool log_frame(struct log_framer *framer, struct slice text, bool dotted, char *out,
               struct log_frame *frame)
{
    struct slice next, line = without_escapes(log_line(text, &next)), start, after;
    size_t at = find_start(line);
    struct lines lines = {.rest = next};
    const struct escape *e;

    if (at == line.n)
        return false;
    frame->prefix = slice_upto(line, at);
    start = past(line, at);
    e = escape_in(start);
    if (e) {
        frame->taken = (size_t)(next.p - text.p);
        return frame_one_line(framer, start, e, out, frame);
    }
    start = slice_trim(start);
    lines.dotted = start.n && start.p[start.n - 1] == '.' &&
                   (dotted || is_version_at_end(slice_upto(start, start.n - 1)));
    if (lines.dotted)
        start.n--;
    lines.prefix = frame->prefix;
    lines.kind = kind_of(frame->prefix, next);
    if (!frame_lines(framer, &lines, start, out, frame, &after))
        return false;
    frame->taken = (size_t)(after.p - text.p);
    return true;
}
