#include "diff/fields.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "sip/body.h"

enum { MOST_BODY = 4096 };

struct slice field_value(const struct fields *f, const struct field *field)
{
    return slice_upto(slice_from(text_slice(&f->text), field->value), field->value_length);
}

struct slice field_shown(const struct fields *f, const struct field *field)
{
    return slice_upto(slice_from(text_slice(&f->text), field->shown), field->shown_length);
}

int field_compare(const struct field *a, const struct field *b)
{
    size_t n = a->name.n < b->name.n ? a->name.n : b->name.n;
    int r;

    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    if (a->id != SIP_H_OTHER)
        return 0;
    r = strncasecmp(a->name.p, b->name.p, n);
    return r ? r : a->name.n < b->name.n ? -1 : a->name.n > b->name.n;
}

/* Lines of one header are a list (RFC 3261 §7.3.1). */
static int sort_order(const void *pa, const void *pb)
{
    const struct field *a = pa, *b = pb;
    int r = field_compare(a, b);

    return r ? r : a->order < b->order ? -1 : a->order > b->order;
}

/* The long form of a name that may be a compact one. */
static struct slice long_name(struct slice name)
{
    static const struct {
        char letter;
        const char *name;
    } names[] = {{'v', "Via"},          {'f', "From"},           {'t', "To"},
                 {'m', "Contact"},      {'i', "Call-ID"},        {'l', "Content-Length"},
                 {'c', "Content-Type"}, {'e', "Content-Encoding"}, {'k', "Supported"},
                 {'s', "Subject"},      {'o', "Event"},          {'u', "Allow-Events"},
                 {'r', "Refer-To"},     {'b', "Referred-By"},    {'x', "Session-Expires"},
                 {'y', "Identity"},     {'a', "Accept-Contact"}, {'j', "Reject-Contact"},
                 {'d', "Request-Disposition"}};

    for (size_t i = 0; name.n == 1 && i < sizeof names / sizeof names[0]; i++)
        if ((name.p[0] | 0x20) == names[i].letter)
            return slice_str(names[i].name);
    return name;
}

/* A field whose value has been added to the text from `at` on. */
static struct field *add_field(struct fields *f, struct slice name, size_t at, struct slice shown)
{
    struct field *field = vec_add(&f->v);

    if (!field)
        return NULL;
    *field = (struct field){.name = name,
                            .value = (uint32_t)at,
                            .value_length = (uint32_t)(f->text.n - at),
                            .shown = (uint32_t)f->text.n,
                            .shown_length = (uint32_t)shown.n};
    text_add(&f->text, shown);
    return field;
}

static void add_plain(struct fields *f, struct slice name, struct slice value)
{
    size_t at = f->text.n;

    if (!value.p)
        return;
    text_add(&f->text, value);
    add_field(f, name, at, value);
}

static void add_number(struct fields *f, struct slice name, int64_t value, int64_t base)
{
    size_t at = f->text.n;
    char shown[32];

    if (value < 0 || base < 0)
        return;
    text_format(&f->text, "%lld", (long long)(value - base));
    snprintf(shown, sizeof shown, "%lld", (long long)value);
    add_field(f, name, at, slice_str(shown));
}

static void add_value(struct fields *f, const struct values *v, enum sip_header_id id,
                      struct slice name, struct slice value)
{
    size_t at = f->text.n;

    if (!value.p)
        return;
    values_add(v, id, name, value, &f->text);
    add_field(f, name, at, value);
}

/* Of the JSON result. */
static void add_told(struct fields *f, const struct values *v, const struct side_message *m,
                     int64_t cseq_base)
{
    const bool *compared = v->settings->compared;
    const struct pool *p = v->pool;

    add_plain(f, SLICE("transport"), pool_text(p, m->transport));
    if (!m->method)
        add_plain(f, SLICE("reason phrase"), pool_text(p, m->reason));
    add_number(f, SLICE("CSeq number"), m->cseq, compared[VALUE_CSEQ] ? 0 : cseq_base);
    add_number(f, SLICE("Max-Forwards"), m->max_forwards, 0);
    add_value(f, v, SIP_H_CONTENT_TYPE, SLICE("Content-Type"), pool_text(p, m->content_type));
    add_plain(f, SLICE("grammar"), pool_text(p, m->problems));
    if (compared[VALUE_TAGS]) {
        add_plain(f, SLICE("From tag"), pool_text(p, m->from_tag));
        add_plain(f, SLICE("To tag"), pool_text(p, m->to_tag));
    }
    if (compared[VALUE_BRANCHES])
        add_plain(f, SLICE("Via branch"), pool_text(p, m->branch));
    if (compared[VALUE_ADDRESSES]) {
        add_plain(f, SLICE("source address"), pool_text(p, m->src_ip));
        add_plain(f, SLICE("destination address"), pool_text(p, m->dst_ip));
    }
    if (compared[VALUE_PORTS]) {
        add_number(f, SLICE("source port"), m->src_port, 0);
        add_number(f, SLICE("destination port"), m->dst_port, 0);
    }
    if (compared[VALUE_IDS])
        add_number(f, SLICE("RSeq"), m->rseq, 0);
}

/* Told above, where the JSON result has them, too. */
static bool is_told(const struct sip_header *h)
{
    return h->id == SIP_H_CSEQ || h->id == SIP_H_CONTENT_TYPE || h->id == SIP_H_MAX_FORWARDS ||
           h->id == SIP_H_RSEQ;
}

static void add_headers(struct fields *f, const struct values *v)
{
    for (unsigned i = 0; i < f->msg->header_count; i++) {
        const struct sip_header *h = &f->msg->headers[i];
        struct field *field;

        if (is_told(h) || !settings_has_header(v->settings, long_name(h->name)))
            continue;
        add_value(f, v, h->id, long_name(h->name), h->value.p ? h->value : SLICE(""));
        field = f->v.n ? &f->v.v[f->v.n - 1] : NULL;
        if (!field)
            continue;
        field->id = h->id;
        field->header = true;
        field->order = (uint16_t)i;
    }
}

/* What the JSON result has of a session description, by its own fields. */
static bool is_told_line(struct slice line, struct slice name)
{
    static const struct slice told[] = {SLICE("rtpmap"),   SLICE("fmtp"),     SLICE("ptime"),
                                        SLICE("rtcp"),     SLICE("rtcp-mux"), SLICE("sendrecv"),
                                        SLICE("sendonly"), SLICE("recvonly"), SLICE("inactive")};

    if (line.p[0] != 'a')
        return strchr("mct", line.p[0]) != NULL;
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (slice_ieq(name, told[i]))
            return true;
    return false;
}

/* "a=ice-ufrag:x" is "SDP a=ice-ufrag", "b=AS:64" is "SDP b=AS". */
static void add_sdp_line(struct fields *f, const struct values *v, struct slice line,
                         uint16_t order)
{
    struct slice rest = slice_from(line, 2);
    size_t colon = line.p[0] == 'a' || line.p[0] == 'b' ? slice_find(rest, ':') : 0;
    struct slice name = slice_upto(rest, colon);
    struct slice value = colon ? slice_from(rest, colon + 1) : rest;
    size_t at = f->text.n, label;
    struct field *field;

    if (is_told_line(line, name))
        return;
    if (line.p[0] == 'o' && !v->settings->compared[VALUE_IDS])
        return;
    text_add(&f->text, SLICE("SDP "));
    text_add(&f->text, slice_upto(line, 2));
    text_add(&f->text, name);
    label = f->text.n;
    if (values_is_new_attribute(v, name))
        text_char(&f->text, '*');
    else
        values_add(v, SIP_H_OTHER, SLICE(""), value.p ? value : SLICE(""), &f->text);
    field = add_field(f, SLICE_EMPTY, label, value);
    if (!field)
        return;
    /* The text may move until it is whole. */
    field->name = slice_make(NULL, label - at);
    field->order = order;
}

static void add_sdp(struct fields *f, const struct values *v)
{
    struct slice body, rest;
    uint16_t order = 0;

    if (!sip_body_find(f->msg, SLICE("application/sdp"), &body))
        return;
    for (rest = body; rest.n && order < UINT16_MAX; order++) {
        size_t end = slice_find(rest, '\n');
        struct slice line = slice_trim(slice_upto(rest, end));

        if (line.n >= 2 && line.p[1] == '=')
            add_sdp_line(f, v, line, order);
        rest = slice_from(rest, end + 1);
    }
}

/* Bodies in which nothing is new in each call. */
static void add_body(struct fields *f)
{
    static const struct slice plain[] = {SLICE("text/"), SLICE("message/sipfrag"),
                                         SLICE("application/dtmf")};

    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (slice_istarts(f->msg->content_type, plain[i]) && f->msg->body.n) {
            add_plain(f, SLICE("body"), slice_trim(slice_upto(f->msg->body, MOST_BODY)));
            return;
        }
}

static void add_captured(struct fields *f, const struct values *v, const struct side_call *c,
                         const struct side_message *m)
{
    const struct fosip_analysis *a = v->roles->side->analysis;
    const struct call *call = call_at(a->calls, c->id - 1);

    if (m->id > call->messages.n || !message_parse(&call->messages.v[m->id - 1], f->msg))
        return;
    if (f->msg->request)
        add_value(f, v, SIP_H_OTHER, SLICE("Request-URI"), f->msg->uri);
    add_headers(f, v);
    if (!v->settings->ignored[COMPARED_SDP])
        add_sdp(f, v);
    add_body(f);
}

/* Lines of one name become one field; the longer it gets, the later its text
 * stands. */
static void join(struct fields *f)
{
    size_t kept = 0;

    for (size_t i = 0; i < f->v.n;) {
        size_t end = i + 1;
        struct field one = f->v.v[i];

        while (end < f->v.n && field_compare(&f->v.v[i], &f->v.v[end]) == 0)
            end++;
        if (end > i + 1) {
            struct field whole = one;

            whole.value = (uint32_t)f->text.n;
            for (size_t k = i; k < end; k++) {
                text_add(&f->text, k > i ? SLICE(", ") : SLICE(""));
                text_add(&f->text, field_value(f, &f->v.v[k]));
            }
            whole.value_length = (uint32_t)f->text.n - whole.value;
            whole.shown = (uint32_t)f->text.n;
            for (size_t k = i; k < end; k++) {
                text_add(&f->text, k > i ? SLICE(", ") : SLICE(""));
                text_add(&f->text, field_shown(f, &f->v.v[k]));
            }
            whole.shown_length = (uint32_t)f->text.n - whole.shown;
            one = whole;
        }
        f->v.v[kept++] = one;
        i = end;
    }
    f->v.n = kept;
}

/* Names that stand in the text, now that it is whole. */
static void settle_names(struct fields *f)
{
    for (size_t i = 0; i < f->v.n; i++) {
        struct field *one = &f->v.v[i];

        if (!one->name.p)
            one->name.p = f->text.p + one->value - one->name.n;
    }
}

int fields_read(struct fields *f, const struct values *v, const struct side_call *call,
                const struct side_message *m, int64_t cseq_base, bool headers)
{
    f->v.n = f->text.n = 0;
    if (!f->msg)
        f->msg = malloc(sizeof *f->msg);
    if (!f->msg)
        return -ENOMEM;
    add_told(f, v, m, cseq_base);
    if (headers)
        add_captured(f, v, call, m);
    /* Joined values stand twice; names stay where they are. */
    text_reserve(&f->text, f->text.n + 4 * f->v.n);
    if (f->text.failed)
        return -ENOMEM;
    settle_names(f);
    if (f->v.n)
        qsort(f->v.v, f->v.n, sizeof f->v.v[0], sort_order);
    join(f);
    return 0;
}

void fields_free(struct fields *f)
{
    vec_free(&f->v);
    text_free(&f->text);
    free(f->msg);
    f->msg = NULL;
}
