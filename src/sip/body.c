/* Owns how a body is divided into parts. */
#include "sip/body.h"

#include "sip/header.h"

enum { MAX_DEPTH = 4 };

static bool boundary_of(struct slice type, struct slice *boundary)
{
    struct slice params, token = sip_token(type, &params);

    return slice_istarts(token, SLICE("multipart/")) &&
           sip_param(params, SLICE("boundary"), boundary) && boundary->n;
}

struct sip_parts sip_parts(const struct sip_msg *msg)
{
    return (struct sip_parts){.rest = msg->body, .type = msg->content_type};
}

struct delimiter {
    size_t at, after; /* where its line begins and ends */
    unsigned level;   /* whose boundary it is */
    bool last;        /* "--boundary--" */
};

static bool is_delimiter(struct slice line, struct slice boundary, bool *last)
{
    if (line.n < boundary.n + 2 || line.p[0] != '-' || line.p[1] != '-' ||
        !slice_eq(slice_make(line.p + 2, boundary.n), boundary))
        return false;
    line = slice_from(line, boundary.n + 2);
    *last = line.n >= 2 && line.p[0] == '-' && line.p[1] == '-';
    return *last || !slice_trim(line).n;
}

/* The next line that is a boundary of any multipart that we are in. */
static bool find_delimiter(const struct sip_parts *parts, struct slice s, struct delimiter *d)
{
    for (size_t at = 0; at < s.n;) {
        struct slice rest = slice_from(s, at);
        struct slice line = slice_upto(rest, slice_find(rest, '\n'));

        d->at = at;
        d->after = at + line.n + 1;
        for (d->level = parts->depth; d->level-- > 0;)
            if (is_delimiter(line, parts->boundary[d->level], &d->last))
                return true;
        at = d->after;
    }
    d->at = d->after = s.n;
    d->level = 0;
    d->last = true;
    return false;
}

/* Goes on behind a delimiter; what follows a multipart's end, up to the next
 * one, is its epilogue. */
static void go_behind(struct sip_parts *parts, struct slice s, struct delimiter d)
{
    for (;;) {
        s = slice_from(s, d.after);
        parts->depth = d.last ? d.level : d.level + 1;
        parts->rest = parts->depth ? s : SLICE_EMPTY;
        if (!d.last || !parts->depth)
            return;
        find_delimiter(parts, s, &d);
    }
}

/* Header fields of a part; gives its content. */
static struct slice part_headers(struct slice s, struct sip_part *part)
{
    while (s.n) {
        size_t end = slice_find(s, '\n'), colon;
        struct slice line = slice_trim(slice_upto(s, end)), name, value;

        s = slice_from(s, end + 1);
        if (!line.n)
            return s;
        colon = slice_find(line, ':');
        name = slice_trim(slice_upto(line, colon));
        value = slice_trim(slice_from(line, colon + 1));
        if (sip_header_name_id(name) == SIP_H_CONTENT_TYPE)
            part->type = value;
        else if (sip_header_name_id(name) == SIP_H_CONTENT_DISPOSITION)
            part->disposition = value;
    }
    return s;
}

static struct slice without_last_line_end(struct slice s)
{
    if (s.n && s.p[s.n - 1] == '\n')
        s.n--;
    if (s.n && s.p[s.n - 1] == '\r')
        s.n--;
    return s;
}

/* Goes into a multipart: past its preamble.  False for anything else. */
static bool enter(struct sip_parts *parts, struct slice type, struct slice content)
{
    struct slice boundary;
    struct delimiter d;

    if (parts->depth == MAX_DEPTH || !boundary_of(type, &boundary))
        return false;
    parts->boundary[parts->depth++] = boundary;
    find_delimiter(parts, content, &d);
    go_behind(parts, content, d);
    return true;
}

bool sip_parts_next(struct sip_parts *parts, struct sip_part *part)
{
    if (!parts->depth) {
        struct slice whole = parts->rest;

        if (!whole.n)
            return false;
        if (!enter(parts, parts->type, whole)) {
            *part = (struct sip_part){.type = parts->type, .content = whole};
            parts->rest = SLICE_EMPTY;
            return true;
        }
    }
    while (parts->rest.n) {
        struct slice inside;
        struct delimiter d;

        *part = (struct sip_part){0};
        inside = part_headers(parts->rest, part);
        if (enter(parts, part->type, inside))
            continue;
        find_delimiter(parts, inside, &d);
        part->content = without_last_line_end(slice_upto(inside, d.at));
        go_behind(parts, inside, d);
        return true;
    }
    return false;
}

static bool begins_like_sdp(struct slice body)
{
    return body.n > 4 && body.p[0] == 'v' && body.p[1] == '=' && body.p[2] == '0';
}

bool sip_body_find(const struct sip_msg *msg, struct slice type, struct slice *content)
{
    struct sip_parts parts = sip_parts(msg);
    struct sip_part part;

    while (sip_parts_next(&parts, &part)) {
        if (part.type.n ? !slice_ieq(sip_token(part.type, NULL), type)
                        : !slice_ieq(type, SLICE("application/sdp")) ||
                              !begins_like_sdp(part.content))
            continue;
        *content = part.content;
        return true;
    }
    return false;
}
