#include "diff/describe.h"

enum { NAMED = 3 }; /* messages whose names are told */

void describe_message(const struct pool *pool, const struct side_message *m, struct text *out)
{
    if (pool_text(pool, m->method).n) {
        text_add(out, pool_text(pool, m->method));
    } else if (!m->status) {
        text_add(out, SLICE("a message without a method"));
    } else {
        text_format(out, "%u ", m->status);
        text_add(out, pool_text(pool, m->reason));
        text_add(out, SLICE(" ("));
        text_add(out, pool_text(pool, m->cseq_method));
        text_char(out, ')');
    }
    if (m->retransmission)
        text_add(out, SLICE(" (retransmission)"));
}

static void add_party(const struct pool *pool, uint32_t user, uint32_t host, struct text *out)
{
    struct slice name = pool_text(pool, user ? user : host);

    text_add(out, name.n ? slice_upto(name, 64) : SLICE("?"));
}

void describe_call(const struct pool *pool, const struct side_call *c, const char *arrow,
                   struct text *out)
{
    add_party(pool, c->from_user, c->from_host, out);
    text_format(out, " %s ", arrow);
    add_party(pool, c->to_user, c->to_host, out);
}

static void add_cut(struct text *out, struct slice s, size_t most)
{
    if (most && s.n > most) {
        /* Between characters of UTF-8. */
        while (most > 1 && ((unsigned char)s.p[most] & 0xc0) == 0x80)
            most--;
        text_add(out, slice_upto(s, most));
        text_add(out, SLICE("..."));
    } else {
        text_add(out, s);
    }
}

/* Its sender and receiver, "caller -> proxy". */
static void add_link(const struct comparison *c, const struct difference *d, const char *arrow,
                     struct text *out)
{
    bool in_a = d->place[0].a != ALIGN_NONE;
    const struct side_message *m =
        in_a ? compare_at(c->side_a, c->call_a, d->place[0].a)
             : compare_at(c->side_b, c->call_b, d->place[0].b);
    const struct roles *r = in_a ? &c->roles_a : &c->roles_b;

    text_add(out, slice_str(roles_name(r, roles_of(r, m->src_ip, m->src_port))));
    text_format(out, " %s ", arrow);
    text_add(out, slice_str(roles_name(r, roles_of(r, m->dst_ip, m->dst_port))));
}

/* "(A frame 9, B frame 10)". */
static void add_frames(const struct comparison *c, const struct difference *d, unsigned i,
                       struct text *out)
{
    bool in_a = d->place[i].a != ALIGN_NONE, in_b = d->place[i].b != ALIGN_NONE;

    text_add(out, SLICE("("));
    if (in_a)
        text_format(out, "A frame %llu",
                    (unsigned long long)compare_at(c->side_a, c->call_a, d->place[i].a)->frame);
    if (in_b)
        text_format(out, "%sB frame %llu", in_a ? ", " : "",
                    (unsigned long long)compare_at(c->side_b, c->call_b, d->place[i].b)->frame);
    text_char(out, ')');
}

static const struct side_message *message_of(const struct comparison *c,
                                             const struct difference *d, unsigned i)
{
    return d->place[i].a != ALIGN_NONE ? compare_at(c->side_a, c->call_a, d->place[i].a)
                                       : compare_at(c->side_b, c->call_b, d->place[i].b);
}

static void describe_place(const struct comparison *c, const struct difference *d,
                           const char *arrow, struct text *out)
{
    describe_message(c->pool, message_of(c, d, 0), out);
    text_format(out, " %s: ",
                d->kind == MESSAGE_MISSING ? "is missing"
                : d->kind == MESSAGE_ADDED ? "is added"
                                           : "has moved");
    add_link(c, d, arrow, out);
    text_char(out, ' ');
    add_frames(c, d, 0, out);
}

/* "in INVITE (A frame 9, B frame 9), ACK (...) and 2 more". */
static void add_places(const struct comparison *c, const struct difference *d, struct text *out)
{
    unsigned named = d->places < NAMED ? d->places : NAMED;

    text_add(out, SLICE(" in "));
    for (unsigned i = 0; i < named; i++) {
        if (i)
            text_add(out, SLICE(", "));
        describe_message(c->pool, message_of(c, d, i), out);
        text_char(out, ' ');
        add_frames(c, d, i, out);
    }
    if (d->places > named)
        text_format(out, " and %u more", d->places - named);
}

static void add_change(const struct difference *d, const char *arrow, size_t most,
                       struct text *out)
{
    if (d->before.p)
        add_cut(out, d->before.n ? d->before : SLICE("(empty)"), most);
    if (d->before.p && d->after.p)
        text_format(out, " %s ", arrow);
    if (d->after.p)
        add_cut(out, d->after.n ? d->after : SLICE("(empty)"), most);
    if (d->note.p) {
        text_add(out, SLICE(" ("));
        text_add(out, d->note);
        text_char(out, ')');
    }
}

/* "stream caller-to-callee, audio". */
static void add_stream(const struct comparison *c, const struct difference *d, struct text *out)
{
    const struct side *side = d->stream_a ? c->side_a : c->side_b;
    const struct side_call *call = d->stream_a ? c->call_a : c->call_b;
    uint32_t id = d->stream_a ? d->stream_a : d->stream_b;
    const struct side_stream *v;
    size_t n, i = 0;

    v = side_streams(side, call ? call->id : 0, &n);
    while (i < n && v[i].id != id)
        i++;
    if (i == n)
        return;
    text_add(out, SLICE("stream "));
    text_add(out, v[i].direction ? pool_text(c->pool, v[i].direction) : SLICE("of no call"));
    if (v[i].media) {
        text_add(out, SLICE(", "));
        text_add(out, pool_text(c->pool, v[i].media));
    }
    if (d->stream_a && d->stream_b)
        text_format(out, " (A stream %u, B stream %u)", d->stream_a, d->stream_b);
    else
        text_format(out, " (%s stream %u)", d->stream_a ? "A" : "B", id);
}

static void describe_finding(const struct comparison *c, const struct difference *d,
                             struct text *out)
{
    text_format(out, "finding is %s: ", d->kind == FINDING_NEW ? "new" : "gone");
    text_add(out, d->kind == FINDING_NEW ? d->after : d->before);
    text_char(out, ' ');
    text_add(out, d->name);
    if (d->stream_a || d->stream_b) {
        text_add(out, SLICE(", "));
        add_stream(c, d, out);
    }
    text_add(out, SLICE(": "));
    text_add(out, d->note);
}

void describe(const struct comparison *c, const struct difference *d, const char *arrow,
              size_t most, struct text *out)
{
    switch (d->kind) {
    case CALL_MISSING:
    case CALL_ADDED:
        text_add(out, d->kind == CALL_MISSING ? SLICE("the call is missing in B")
                                              : SLICE("the call is added in B"));
        return;
    case MESSAGE_MISSING:
    case MESSAGE_ADDED:
    case MESSAGE_MOVED:
        describe_place(c, d, arrow, out);
        return;
    case STATUS_CHANGED:
        text_add(out, SLICE("response changed"));
        break;
    case STREAM_MISSING:
    case STREAM_ADDED:
        add_stream(c, d, out);
        text_add(out, d->kind == STREAM_MISSING ? SLICE(" is missing") : SLICE(" is added"));
        return;
    case FINDING_GONE:
    case FINDING_NEW:
        describe_finding(c, d, out);
        return;
    case STREAM_CHANGED:
        text_add(out, d->name);
        text_add(out, SLICE(" of "));
        add_stream(c, d, out);
        text_add(out, SLICE(" changed"));
        break;
    default:
        text_add(out, d->name);
        text_add(out, d->kind == FIELD_MISSING ? SLICE(" is missing")
                      : d->kind == FIELD_ADDED ? SLICE(" is added")
                                               : SLICE(" changed"));
    }
    if (d->places)
        add_places(c, d, out);
    text_add(out, SLICE(": "));
    add_change(d, arrow, most, out);
}
