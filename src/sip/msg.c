/* Takes a message apart: start line, header fields, body (RFC 3261 §7). */
#include "sip/msg.h"

#include "sip/check.h"
#include "sip/header.h"
#include "sip/ordinary.h"

struct reading {
    struct sip_msg *msg;
    struct sip_lines lines;
};

/* How much of a message is wanted. */
enum depth {
    FIELDS, /* as sip_parse_fields gives it */
    ALL,
};

static inline struct slice without_end(struct slice line)
{
    line.n -= line.n && line.p[line.n - 1] == '\r';
    return line;
}

static inline struct slice take_line(struct reading *r)
{
    return without_end(sip_next_line(&r->lines));
}

static bool is_status(struct slice s)
{
    return s.n == 3 && s.p[0] >= '0' && s.p[0] <= '9' && s.p[1] >= '0' && s.p[1] <= '9' &&
           s.p[2] >= '0' && s.p[2] <= '9';
}

/* "SIP/2.0 200 OK"; the reason phrase may be empty. */
static bool parse_status_line(struct sip_msg *msg, struct slice line)
{
    size_t space = slice_find(line, ' ');
    struct slice rest = slice_from(line, space + 1), code;

    msg->version = slice_upto(line, space);
    while (rest.n && rest.p[0] == ' ') {
        sip_problem(msg, "more than one space in the status line", rest.p);
        rest = slice_from(rest, 1);
    }
    code = slice_upto(rest, slice_find(rest, ' '));
    msg->reason = slice_from(rest, code.n + 1);
    if (!is_status(code)) {
        sip_problem(msg, "the status code is not a number of three digits", line.p + space);
        return code.n > 0 && code.p[0] >= '0' && code.p[0] <= '9';
    }
    msg->status = (unsigned)((code.p[0] - '0') * 100 + (code.p[1] - '0') * 10 + code.p[2] - '0');
    if (msg->status < 100 || msg->status > 699)
        sip_problem(msg, "the status code is not between 100 and 699", code.p);
    return true;
}

/* "INVITE sip:bob@example.com SIP/2.0": the version is the last word, so that
 * a Request-URI with blanks in it is still read. */
static bool parse_request_line(struct sip_msg *msg, struct slice line)
{
    struct slice trimmed = slice_trim(line);
    size_t space = slice_find(trimmed, ' '), last = trimmed.n;

    msg->request = true;
    /* a line that the capture cut may have more behind the blank */
    if (trimmed.n != line.n && line.p + line.n < msg->text.p + msg->text.n)
        sip_problem(msg, "blanks at the end of the request line", trimmed.p + trimmed.n);
    while (last && trimmed.p[last - 1] != ' ')
        last--;
    msg->method_name = slice_upto(trimmed, space);
    if (last <= space + 1) { /* no version: cut by the snap length */
        msg->uri = slice_from(trimmed, space + 1);
        return msg->method_name.n > 0;
    }
    msg->version = slice_from(trimmed, last);
    msg->uri = slice_span(trimmed.p + space + 1, trimmed.p + last - 1);
    return msg->method_name.n > 0;
}

struct slice sip_reason_phrase(struct slice text)
{
    struct slice line = without_end(slice_upto(text, slice_find(text, '\n')));
    size_t version = slice_find(line, ' ');
    struct slice rest = slice_from(line, version + 1);

    if (!slice_istarts(line, SLICE("SIP/")))
        return SLICE_EMPTY;
    return slice_from(rest, slice_find(rest, ' ') + 1);
}

static bool parse_any_start_line(struct sip_msg *msg, struct slice line)
{
    if (!sip_looks_like(msg->text.p, msg->text.n))
        return false;
    if (slice_istarts(line, SLICE("SIP/")))
        return parse_status_line(msg, line);
    return parse_request_line(msg, line);
}

static inline __attribute__((always_inline)) bool
parse_start_line(struct reading *r, struct slice line, enum depth depth)
{
    const struct scan_map *map = &r->lines.places.marks;
    struct sip_msg *msg = r->msg;

    if (!sip_start_is_ordinary(map, line, msg)) {
        if (!parse_any_start_line(msg, line))
            return false;
        if (msg->request)
            msg->method = sip_method_id(msg->method_name);
        return true;
    }
    msg->ordinary_start = depth == ALL && (msg->status || sip_uri_is_ordinary(map, msg->uri));
    return true;
}

static void read_cseq(struct sip_msg *msg, struct slice value)
{
    msg->has_cseq = sip_cseq_is_ordinary(value, &msg->cseq, &msg->cseq_name);
    if (msg->has_cseq) {
        msg->cseq_method = sip_method_id(msg->cseq_name);
        return;
    }
    if (sip_cseq_parse(value, &msg->cseq, &msg->cseq_name)) {
        msg->has_cseq = true;
        msg->cseq_method = sip_method_id(msg->cseq_name);
        return;
    }
    msg->cseq_method = sip_method_id(msg->cseq_name);
    sip_problem(msg, "CSeq is not a number below 2^32 and a method", value.p);
}

static inline void read_content_length(struct sip_msg *msg, struct slice value)
{
    uint32_t length;

    if (!slice_u32(value, &length)) {
        sip_problem(msg, "Content-Length is not a number", value.p);
        return;
    }
    if (msg->has_content_length && msg->content_length != length)
        sip_problem(msg, "Content-Length is given twice, with different values", value.p);
    if (msg->has_content_length)
        return;
    msg->has_content_length = true;
    msg->content_length = length;
}

static void read_any_via(struct sip_msg *msg, struct slice value)
{
    struct slice element;
    struct sip_via via;

    msg->via_tells_source = msg->via_received_elsewhere = sip_via_tells_source(value);
    if (sip_list_next(&value, &element) && sip_via_parse(&via, element)) {
        msg->branch = via.branch;
        msg->sent_by = via.sent_by;
    }
}

/* The first one counts. */
static inline bool read_via(const struct reading *r, struct slice value)
{
    struct sip_msg *msg = r->msg;
    struct sip_usual_via via;
    bool first = !msg->via.p, ordinary;

    if (first)
        msg->via = value;
    ordinary = sip_via_is_ordinary(&r->lines.places.marks, value, &via);
    if (first && ordinary) {
        msg->branch = via.branch;
        msg->sent_by = via.sent_by;
        msg->via_tells_source = via.tells_source;
        msg->via_received_elsewhere = via.received_elsewhere;
    } else if (first) {
        read_any_via(msg, value);
    }
    return ordinary;
}

/* The tag parameter alone: the URI is taken apart when somebody asks. */
static struct slice tag_of(struct slice value)
{
    size_t open = sip_find_unquoted(value, '<');
    struct slice rest = slice_from(value, open), tag = SLICE_EMPTY;

    if (rest.n)
        rest = slice_from(rest, slice_find(rest, '>') + 1);
    else
        rest = value;
    sip_param(slice_from(rest, slice_find(rest, ';') + 1), SLICE("tag"), &tag);
    return tag;
}

static void once(struct slice *field, struct slice value, struct sip_msg *msg, const char *twice)
{
    if (field->p)
        sip_problem(msg, twice, value.p);
    else
        *field = value;
}

/* From and To: the first one counts. */
static inline bool read_party(const struct reading *r, struct slice value, struct slice *field,
                              struct slice *tag, const char *twice)
{
    once(field, value, r->msg, twice);
    if (field->p == value.p && sip_addr_is_ordinary(&r->lines.places.marks, value, tag))
        return true;
    *tag = tag_of(*field);
    return false;
}

/* Keeps what the rest of the program asks of nearly every message.  Whether a field is
 * known to keep the rule that it has, if any.  Where the id is known, little is left of it. */
static inline __attribute__((always_inline)) bool
note_header(const struct reading *r, enum sip_header_id id, struct slice value)
{
    const struct scan_map *map = &r->lines.places.marks;
    struct sip_msg *msg = r->msg;
    struct slice ignored;

    switch (id) {
    case SIP_H_VIA:
        return read_via(r, value);
    case SIP_H_FROM:
        return read_party(r, value, &msg->from, &msg->from_tag, "From is given twice");
    case SIP_H_TO:
        return read_party(r, value, &msg->to, &msg->to_tag, "To is given twice");
    case SIP_H_CALL_ID:
        once(&msg->call_id, value, msg, "Call-ID is given twice");
        return true;
    case SIP_H_CSEQ:
        if (msg->has_cseq)
            sip_problem(msg, "CSeq is given twice", value.p);
        else
            read_cseq(msg, value);
        return true;
    case SIP_H_CONTACT:
        if (!msg->contact.p)
            msg->contact = value;
        return sip_addr_is_ordinary(map, value, &ignored);
    case SIP_H_MAX_FORWARDS:
        return sip_hops_are_ordinary(value);
    case SIP_H_CONTENT_TYPE:
        once(&msg->content_type, value, msg, "Content-Type is given twice");
        return true;
    case SIP_H_USER_AGENT:
    case SIP_H_SERVER:
        msg->has_agent = true;
        return true;
    case SIP_H_CONTENT_LENGTH:
        read_content_length(msg, value);
        return true;
    default:
        return !sip_has_rule(id);
    }
}

static inline void keep_first(struct slice *field, struct slice value)
{
    if (!field->p)
        *field = value;
}

/* The same for the fields alone: which of them are the first ones, and how long the body is. */
static inline __attribute__((always_inline)) bool
note_field(const struct reading *r, enum sip_header_id id, struct slice value)
{
    struct sip_msg *msg = r->msg;

    switch (id) {
    case SIP_H_VIA: keep_first(&msg->via, value); break;
    case SIP_H_FROM: keep_first(&msg->from, value); break;
    case SIP_H_TO: keep_first(&msg->to, value); break;
    case SIP_H_CALL_ID: keep_first(&msg->call_id, value); break;
    case SIP_H_CONTACT: keep_first(&msg->contact, value); break;
    case SIP_H_CONTENT_TYPE: keep_first(&msg->content_type, value); break;
    case SIP_H_CONTENT_LENGTH: read_content_length(msg, value); break;
    default: break;
    }
    return true;
}

static inline __attribute__((always_inline)) bool
note(const struct reading *r, enum sip_header_id id, struct slice value, enum depth depth)
{
    return depth == ALL ? note_header(r, id, value) : note_field(r, id, value);
}

/* Takes the line if it begins with the name, a colon and a blank, and nothing has to be
 * trimmed.  The compiler knows the name, and compares it in words. */
static inline __attribute__((always_inline)) bool
take_usual(const struct reading *r, struct slice line, struct slice name, enum sip_header_id id,
           struct sip_header *h, enum depth depth)
{
    const char *value = line.p + name.n;

    if (line.n <= name.n || memcmp(line.p, name.p, name.n) != 0)
        return false;
    if ((unsigned char)value[0] <= ' ' || (unsigned char)line.p[line.n - 1] <= ' ')
        return false;
    h->name = slice_make(line.p, name.n - 2);
    h->value = slice_make(value, line.n - name.n);
    h->id = id;
    h->ordinary = note(r, id, h->value, depth);
    return true;
}

/* The commonest header fields that begin with C. */
static inline __attribute__((always_inline)) bool
take_usual_c(const struct reading *r, struct slice line, struct sip_header *h, enum depth depth)
{
    switch (line.p[4]) {
    case '-': return take_usual(r, line, SLICE("Call-ID: "), SIP_H_CALL_ID, h, depth);
    case ':': return take_usual(r, line, SLICE("CSeq: "), SIP_H_CSEQ, h, depth);
    case 'a': return take_usual(r, line, SLICE("Contact: "), SIP_H_CONTACT, h, depth);
    default:
        return take_usual(r, line, SLICE("Content-Length: "), SIP_H_CONTENT_LENGTH, h, depth) ||
               take_usual(r, line, SLICE("Content-Type: "), SIP_H_CONTENT_TYPE, h, depth);
    }
}

/* The commonest header fields, in their usual spelling. */
static inline __attribute__((always_inline)) bool
take_usual_field(const struct reading *r, struct slice line, struct sip_header *h,
                 enum depth depth)
{
    enum { SHORTEST = 5 }; /* for what is looked at here */

    if (line.n < SHORTEST)
        return false;
    switch (line.p[0]) {
    case 'V': return take_usual(r, line, SLICE("Via: "), SIP_H_VIA, h, depth);
    case 'F': return take_usual(r, line, SLICE("From: "), SIP_H_FROM, h, depth);
    case 'T': return take_usual(r, line, SLICE("To: "), SIP_H_TO, h, depth);
    case 'M': return take_usual(r, line, SLICE("Max-Forwards: "), SIP_H_MAX_FORWARDS, h, depth);
    case 'U': return take_usual(r, line, SLICE("User-Agent: "), SIP_H_USER_AGENT, h, depth);
    case 'A': return take_usual(r, line, SLICE("Allow: "), SIP_H_ALLOW, h, depth);
    case 'C': return take_usual_c(r, line, h, depth);
    case 'R':
        return take_usual(r, line, SLICE("Record-Route: "), SIP_H_RECORD_ROUTE, h, depth) ||
               take_usual(r, line, SLICE("Route: "), SIP_H_ROUTE, h, depth);
    case 'S':
        return take_usual(r, line, SLICE("Supported: "), SIP_H_SUPPORTED, h, depth) ||
               take_usual(r, line, SLICE("Server: "), SIP_H_SERVER, h, depth) ||
               take_usual(r, line, SLICE("Session-Expires: "), SIP_H_SESSION_EXPIRES, h, depth);
    default: return false;
    }
}

static bool split_field(struct sip_msg *msg, struct slice line, struct sip_header *h)
{
    size_t n = slice_find(line, ':');

    if (n == line.n) {
        sip_problem(msg, "a header line without a colon", line.p);
        return false;
    }
    h->name = slice_trim(slice_upto(line, n));
    h->id = sip_header_name_id(h->name);
    h->value = slice_trim(slice_from(line, n + 1));
    if (!h->value.p)
        h->value = slice_make(line.p + line.n, 0);
    return true;
}

/* False when it is none. */
static __attribute__((noinline)) bool take_any_field(const struct reading *r, struct slice line,
                                                     struct sip_header *h, enum depth depth)
{
    if (!split_field(r->msg, line, h))
        return false;
    h->ordinary = note(r, h->id, h->value, depth);
    return true;
}

/* One more than there is room for. */
static __attribute__((noinline)) void pass_over(struct sip_msg *msg, struct slice line)
{
    struct sip_header other;

    if (split_field(msg, line, &other))
        sip_problem(msg, "more header fields than are kept (256)", line.p);
}

/* Takes the line in as *h; gives where the next header field is to be kept. */
static inline __attribute__((always_inline)) struct sip_header *
add_header(const struct reading *r, struct slice line, struct sip_header *h, enum depth depth)
{
    struct sip_msg *msg = r->msg;

    if (h == msg->headers + SIP_MAX_HEADERS) {
        pass_over(msg, line);
        return h;
    }
    if (!take_usual_field(r, line, h, depth) && !take_any_field(r, line, h, depth))
        return h;
    if (!h->ordinary)
        msg->unusual = true;
    return h + 1;
}

static inline bool begins_blank(const char *p)
{
    return *p == ' ' || *p == '\t';
}

/* Lines that begin with a blank go on with the one before them (§7.3.1). */
static __attribute__((noinline)) struct slice take_lines(struct reading *r)
{
    struct slice line = take_line(r);

    while (r->lines.next < r->lines.end && begins_blank(r->lines.next)) {
        struct slice more = take_line(r);

        line = slice_span(line.p, more.p + more.n);
    }
    return line;
}

/* A header field: mostly one line, ended by CR LF and followed by another one. */
static inline struct slice take_field(struct reading *r)
{
    const struct scan_map *ends = &r->lines.places.ends;
    const char *p = r->lines.next, *lf = scan_map_next(ends, p);

    if (lf >= ends->end || lf + 1 == r->lines.end || lf[-1] != '\r' || begins_blank(lf + 1))
        return take_lines(r);
    r->lines.next = lf + 1;
    return slice_make(p, (size_t)(lf - 1 - p));
}

/* The empty line behind the header fields, as it mostly is: where the body begins. */
static inline const char *skip_empty_line(const struct reading *r)
{
    const char *p = r->lines.next, *end = r->lines.end;

    if (*p != '\r' || end - p < 2 || p[1] != '\n' || (end - p > 2 && begins_blank(p + 2)))
        return NULL;
    return p + 2;
}

/* Up to the empty line; gives where the body begins, NULL without one.  A last
 * line that the capture cut is left out: half a value would be a wrong one. */
static inline __attribute__((always_inline)) const char *
parse_headers(struct reading *r, bool cut, enum depth depth)
{
    struct sip_msg *msg = r->msg;
    struct sip_header *h = msg->headers;
    const char *body = NULL;

    while (r->lines.next < r->lines.end) {
        struct slice line;

        if ((body = skip_empty_line(r)) != NULL)
            break;
        line = take_field(r);
        if (!line.n) {
            body = r->lines.next;
            break;
        }
        if (r->lines.next == r->lines.end && cut && r->lines.end[-1] != '\n')
            break;
        h = add_header(r, line, h, depth);
    }
    msg->header_count = (uint16_t)(h - msg->headers);
    return body;
}

/* RFC 3261 §18.3: a datagram's body ends where Content-Length says, or else
 * with the datagram; octets behind it are to be ignored. */
static void take_body(struct sip_msg *msg, const char *body, const char *end, bool cut)
{
    size_t have = (size_t)(end - body);

    if (!msg->has_content_length || msg->content_length == have) {
        msg->body = slice_make(body, have);
        return;
    }
    if (msg->content_length > have) {
        msg->body = slice_make(body, have);
        if (!cut)
            sip_problem(msg, "Content-Length is larger than the body", body);
        return;
    }
    msg->body = slice_make(body, msg->content_length);
}

/* All but problems and headers.  (Each on its own: a compiler would clear them as a whole by
 * an instruction that is slow to start.) */
static inline void clear(struct sip_msg *msg)
{
    msg->method_name = SLICE_EMPTY;
    msg->uri = SLICE_EMPTY;
    msg->reason = SLICE_EMPTY;
    msg->version = SLICE_EMPTY;
    msg->method = msg->cseq_method = SIP_UNKNOWN_METHOD;
    msg->status = msg->cseq = msg->content_length = 0;
    msg->call_id = SLICE_EMPTY;
    msg->from = SLICE_EMPTY;
    msg->to = SLICE_EMPTY;
    msg->via = SLICE_EMPTY;
    msg->contact = SLICE_EMPTY;
    msg->content_type = SLICE_EMPTY;
    msg->branch = SLICE_EMPTY;
    msg->sent_by = SLICE_EMPTY;
    msg->from_tag = SLICE_EMPTY;
    msg->to_tag = SLICE_EMPTY;
    msg->cseq_name = SLICE_EMPTY;
    msg->body = SLICE_EMPTY;
    msg->request = msg->has_cseq = msg->has_agent = msg->has_content_length = false;
    msg->via_tells_source = msg->via_received_elsewhere = false;
    msg->ordinary_start = msg->unusual = false;
    msg->header_count = msg->problem_count = 0;
}

/* Written once, compiled for each depth. */
static inline __attribute__((always_inline)) bool
parse(struct sip_msg *msg, const char *data, size_t n, size_t whole, enum depth depth)
{
    const char *end = data + n, *body;
    bool cut = n < whole;
    struct reading r;
    struct slice line;

    clear(msg);
    while (data < end && (*data == '\r' || *data == '\n'))
        data++;
    msg->text = slice_span(data, end);
    r.msg = msg;
    sip_lines_begin(&r.lines, data, end);
    line = take_line(&r);
    if (!line.n || !parse_start_line(&r, line, depth))
        return false;
    body = parse_headers(&r, cut, depth);
    if (body)
        take_body(msg, body, end, cut);
    else if (!cut)
        sip_problem(msg, "the empty line after the header fields is missing", end);
    if (depth == ALL && msg->status)
        msg->method = msg->cseq_method;
    if (depth == ALL)
        sip_check(msg, cut);
    else
        msg->problem_count = 0;
    return true;
}

bool sip_parse(struct sip_msg *msg, const char *data, size_t n, size_t whole)
{
    return parse(msg, data, n, whole, ALL);
}

bool sip_parse_fields(struct sip_msg *msg, const char *data, size_t n, size_t whole)
{
    return parse(msg, data, n, whole, FIELDS);
}

const struct sip_header *sip_header(const struct sip_msg *msg, enum sip_header_id id, unsigned n)
{
    for (unsigned i = 0; i < msg->header_count; i++)
        if (msg->headers[i].id == id && n-- == 0)
            return &msg->headers[i];
    return NULL;
}

struct slice sip_header_named(const struct sip_msg *msg, struct slice name)
{
    for (unsigned i = 0; i < msg->header_count; i++)
        if (slice_ieq(msg->headers[i].name, name))
            return msg->headers[i].value;
    return SLICE_EMPTY;
}
