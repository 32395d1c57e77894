/* What is a SIP message, and where one ends in a byte stream (RFC 3261 §18.3). */
#include "sip/chars.h"
#include "sip/msg.h"

enum {
    LARGEST_HEADER = 64 * 1024,
    LARGEST_BODY = 16 * 1024 * 1024,
    LONGEST_METHOD = 64,
};

static bool is_version(struct slice s)
{
    return s.n >= 5 && slice_istarts(s, SLICE("SIP/")) && s.p[4] >= '0' && s.p[4] <= '9';
}

/* A scheme and a colon: what a Request-URI begins with. */
static bool begins_uri(struct slice s)
{
    size_t i = 0;

    while (i < s.n && i < 32 && sip_is_token_char(s.p[i]))
        i++;
    return i > 0 && i < s.n && s.p[i] == ':';
}

static bool is_request_line(struct slice line, bool whole)
{
    size_t i = 0, last;

    while (i < line.n && i < LONGEST_METHOD && sip_is_token_char(line.p[i]))
        i++;
    if (!i || i >= line.n || line.p[i] != ' ')
        return false;
    line = slice_trim(line);
    last = line.n;
    while (last && line.p[last - 1] != ' ')
        last--;
    if (last > i + 1 && is_version(slice_from(line, last)))
        return true;
    /* The snap length cut the line: it may still be going to be one. */
    return !whole && sip_method_id(slice_upto(line, i)) != SIP_UNKNOWN_METHOD &&
           begins_uri(slice_from(line, i + 1));
}

bool sip_looks_like(const char *data, size_t n)
{
    const char *lf;
    struct slice line;

    while (n && (*data == '\r' || *data == '\n')) {
        data++;
        n--;
    }
    if (n < 8 || !sip_is_token_char(data[0]))
        return false;
    if ((data[0] | 0x20) == 's' && slice_istarts(slice_make(data, n), SLICE("SIP/")))
        return is_version(slice_make(data, n)) && memchr(data, ' ', n < 16 ? n : 16);
    /* A method is followed by one space within a few octets: ask that before
     * looking for the end of the line. */
    if (!memchr(data, ' ', n < LONGEST_METHOD ? n : LONGEST_METHOD))
        return false;
    lf = memchr(data, '\n', n < LARGEST_HEADER ? n : LARGEST_HEADER);
    line = slice_span(data, lf ? lf : data + n);
    return is_request_line(line, lf != NULL);
}

/* Where the empty line after the header fields ends; NULL when it is not
 * there yet. */
static const char *header_end(const char *p, const char *end)
{
    while (p < end) {
        const char *lf = memchr(p, '\n', (size_t)(end - p));

        if (!lf)
            return NULL;
        p = lf + 1;
        if (p < end && *p == '\n')
            return p + 1;
        if (end - p >= 2 && p[0] == '\r' && p[1] == '\n')
            return p + 2;
    }
    return NULL;
}

/* Content-Length of the header fields; 0 without one: on a stream it must be
 * there (§18.3), and without it the next message follows at once. */
static bool body_length(const char *p, const char *end, size_t *length)
{
    *length = 0;
    while (p < end) {
        const char *lf = memchr(p, '\n', (size_t)(end - p));
        struct slice line = slice_span(p, lf ? lf : end);
        size_t colon;
        uint32_t value;

        p = lf ? lf + 1 : end;
        if (!line.n || ((line.p[0] | 0x20) != 'c' && (line.p[0] | 0x20) != 'l'))
            continue;
        colon = slice_find(line, ':');
        if (colon == line.n || sip_header_name_id(slice_trim(slice_upto(line, colon))) !=
                                   SIP_H_CONTENT_LENGTH)
            continue;
        if (!slice_u32(slice_trim(slice_from(line, colon + 1)), &value) || value > LARGEST_BODY)
            return false;
        *length = value;
        return true;
    }
    return true;
}

/* Octets that cannot begin a message: up to the next line that may. */
static size_t to_next_line(const char *data, size_t n)
{
    const char *lf = memchr(data, '\n', n);

    return lf ? (size_t)(lf - data) + 1 : n;
}

/* Whether more octets could make a start line of an unfinished first line. */
static bool may_become_one(const char *data, size_t n)
{
    size_t i = 0;

    if (memchr(data, '\n', n) || n >= LARGEST_HEADER)
        return false;
    while (i < n && sip_is_token_char(data[i]))
        i++;
    if (i == n || data[i] == '/')
        return i <= LONGEST_METHOD;
    return data[i] == ' ' && i && sip_method_id(slice_make(data, i)) != SIP_UNKNOWN_METHOD;
}

enum sip_frame_result sip_frame(const char *data, size_t n, size_t *length)
{
    const char *body;
    size_t blank = 0, extra;

    while (blank < n && (data[blank] == '\r' || data[blank] == '\n'))
        blank++;
    if (blank) {
        *length = blank;
        return SIP_FRAME_SKIP;
    }
    if (!sip_looks_like(data, n) || !memchr(data, '\n', n)) {
        if (may_become_one(data, n))
            return SIP_FRAME_INCOMPLETE;
        *length = to_next_line(data, n);
        return SIP_FRAME_SKIP;
    }
    body = header_end(data, data + n);
    if (!body && n < LARGEST_HEADER)
        return SIP_FRAME_INCOMPLETE;
    if (!body || !body_length(data, body, &extra)) {
        *length = to_next_line(data, n);
        return SIP_FRAME_SKIP;
    }
    if (extra > n - (size_t)(body - data))
        return SIP_FRAME_INCOMPLETE;
    *length = (size_t)(body - data) + extra;
    return SIP_FRAME_MESSAGE;
}
