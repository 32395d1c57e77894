/* Takes a message apart: start line, header fields, body (RFC 3261 §7). */
#include "sip/msg.h"

#include "sip/check.h"
#include "sip/header.h"
#include "sip/ordinary.h"

/* A line without its end; *next is where the following one begins. */
static struct slice take_line(const char *p, const char *end, const char **next)
{
    const char *lf = memchr(p, '\n', (size_t)(end - p));
    const char *stop = lf ? lf : end;

    *next = lf ? lf + 1 : end;
    if (stop > p && stop[-1] == '\r')
        stop--;
    return slice_span(p, stop);
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
    const char *next;
    struct slice line = take_line(text.p, text.p + text.n, &next);
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

static bool parse_start_line(struct sip_msg *msg, struct slice line)
{
    struct sip_start start;

    if (sip_start_is_ordinary(line, &start)) {
        msg->request = !start.status;
        msg->method_name = start.method;
        msg->uri = start.uri;
        msg->status = start.status;
        msg->reason = start.reason;
        msg->version = start.version;
    } else if (!parse_any_start_line(msg, line)) {
        return false;
    }
    if (msg->request)
        msg->method = sip_method_id(msg->method_name);
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

static void read_content_length(struct sip_msg *msg, struct slice value)
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

static void read_top_via(struct sip_msg *msg, struct sip_header *h)
{
    struct slice rest = h->value, element;
    struct sip_via via;

    msg->via = h->value;
    h->ordinary = sip_via_is_ordinary(h->value, &msg->sent_by, &msg->branch);
    if (h->ordinary)
        return;
    if (sip_list_next(&rest, &element) && sip_via_parse(&via, element)) {
        msg->branch = via.branch;
        msg->sent_by = via.sent_by;
    }
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
static void read_party(struct sip_msg *msg, struct sip_header *h, struct slice *field,
                       struct slice *tag, const char *twice)
{
    once(field, h->value, msg, twice);
    h->ordinary = field->p == h->value.p && sip_addr_is_ordinary(h->value, tag);
    if (!h->ordinary)
        *tag = tag_of(*field);
}

/* Keeps what the rest of the program asks of nearly every message, and says of fields with
 * a rule whether they are known to keep it. */
static void note_header(struct sip_msg *msg, struct sip_header *h)
{
    struct slice tag;

    switch (h->id) {
    case SIP_H_VIA:
        if (!msg->via.p)
            read_top_via(msg, h);
        else
            h->ordinary = false;
        break;
    case SIP_H_FROM:
        read_party(msg, h, &msg->from, &msg->from_tag, "From is given twice");
        break;
    case SIP_H_TO:
        read_party(msg, h, &msg->to, &msg->to_tag, "To is given twice");
        break;
    case SIP_H_CALL_ID:
        once(&msg->call_id, h->value, msg, "Call-ID is given twice");
        break;
    case SIP_H_CSEQ:
        if (msg->has_cseq)
            sip_problem(msg, "CSeq is given twice", h->value.p);
        else
            read_cseq(msg, h->value);
        break;
    case SIP_H_CONTACT:
        if (!msg->contact.p)
            msg->contact = h->value;
        h->ordinary = sip_addr_is_ordinary(h->value, &tag);
        break;
    case SIP_H_MAX_FORWARDS:
        h->ordinary = sip_hops_are_ordinary(h->value);
        break;
    case SIP_H_CONTENT_TYPE:
        once(&msg->content_type, h->value, msg, "Content-Type is given twice");
        break;
    case SIP_H_USER_AGENT:
    case SIP_H_SERVER:
        msg->has_agent = true;
        break;
    case SIP_H_CONTENT_LENGTH:
        read_content_length(msg, h->value);
        break;
    default:
        h->ordinary = !sip_has_rule(h->id);
        break;
    }
}

/* The end of a header field's value: lines that begin with a blank go on with
 * it (§7.3.1). */
static struct slice take_folded(const char *p, const char *end, const char **next)
{
    struct slice line = take_line(p, end, next);

    while (*next < end && (**next == ' ' || **next == '\t')) {
        struct slice more = take_line(*next, end, next);

        line = slice_span(line.p, more.p + more.n);
    }
    return line;
}

/* A name as it is nearly always written, or any other. */
static bool take_name(struct sip_msg *msg, struct slice line, struct sip_header *h)
{
    size_t n;

    h->id = sip_usual_header(line, &n);
    if (h->id == SIP_H_OTHER) {
        n = slice_find(line, ':');
        if (n == line.n) {
            sip_problem(msg, "a header line without a colon", line.p);
            return false;
        }
        h->name = slice_trim(slice_upto(line, n));
        h->id = sip_header_name_id(h->name);
    } else {
        h->name = slice_upto(line, n);
    }
    if (line.n > ++n && line.p[n] == ' ')
        n++;
    h->value = slice_trim(slice_from(line, n));
    if (!h->value.p)
        h->value = slice_make(line.p + line.n, 0);
    return true;
}

static void add_header(struct sip_msg *msg, struct slice line)
{
    struct sip_header *h = &msg->headers[msg->header_count], other;

    if (msg->header_count == SIP_MAX_HEADERS) {
        if (take_name(msg, line, &other))
            sip_problem(msg, "more header fields than are kept (256)", line.p);
        return;
    }
    if (!take_name(msg, line, h))
        return;
    msg->header_count++;
    h->ordinary = true;
    note_header(msg, h);
    msg->unusual |= !h->ordinary;
}

/* Up to the empty line; gives where the body begins, NULL without one.  A last
 * line that the capture cut is left out: half a value would be a wrong one. */
static const char *parse_headers(struct sip_msg *msg, const char *p, const char *end, bool cut)
{
    while (p < end) {
        const char *next;
        struct slice line = take_folded(p, end, &next);

        if (!line.n)
            return next;
        if (!cut || next < end || end[-1] == '\n')
            add_header(msg, line);
        p = next;
    }
    return NULL;
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

static void clear(struct sip_msg *msg)
{
    memset(msg, 0, offsetof(struct sip_msg, problems));
    msg->header_count = msg->problem_count = 0;
}

bool sip_parse(struct sip_msg *msg, const char *data, size_t n, size_t whole)
{
    const char *end = data + n, *next, *body;
    bool cut = n < whole;
    struct slice line;

    clear(msg);
    while (data < end && (*data == '\r' || *data == '\n'))
        data++;
    msg->text = slice_span(data, end);
    line = take_line(data, end, &next);
    if (!line.n || !parse_start_line(msg, line))
        return false;
    body = parse_headers(msg, next, end, cut);
    if (body)
        take_body(msg, body, end, cut);
    else if (!cut)
        sip_problem(msg, "the empty line after the header fields is missing", end);
    if (msg->status)
        msg->method = msg->cseq_method;
    sip_check(msg, cut);
    return true;
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
