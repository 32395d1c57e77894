/* Two messages field by field: headers, and the session description. */
#include <errno.h>

#include "diff/compare.h"

struct pair {
    struct comparison *c;
    uint32_t a, b;
    bool differs, other_status;
};

static void note(struct pair *p, enum difference_kind kind, struct slice name,
                 struct slice before, struct slice after)
{
    p->differs = true;
    compare_note(p->c, &(struct difference){.kind = kind,
                                            .name = name,
                                            .before = before,
                                            .after = after,
                                            .places = 1,
                                            .place = {{p->a, p->b}}});
}

/* In the order of their lines; true where the same names stand in another one.
 * `span` are the places between which they differ. */
static bool is_reordered(const struct field *const *a, const struct field *const *b, unsigned n,
                         unsigned *first, unsigned *last)
{
    *first = n;
    for (unsigned i = 0; i < n; i++)
        if (field_compare(a[i], b[i]) != 0) {
            *first = *first == n ? i : *first;
            *last = i;
        }
    return *first < n;
}

static unsigned in_order(const struct fields *f, const struct field **out)
{
    const struct field *by_line[SIP_MAX_HEADERS] = {NULL};
    unsigned n = 0;

    for (size_t i = 0; i < f->v.n; i++)
        if (f->v.v[i].header && f->v.v[i].order < SIP_MAX_HEADERS)
            by_line[f->v.v[i].order] = &f->v.v[i];
    for (unsigned i = 0; i < SIP_MAX_HEADERS; i++)
        if (by_line[i])
            out[n++] = by_line[i];
    return n;
}

static void add_names(const struct field *const *v, unsigned first, unsigned last,
                      struct text *out)
{
    for (unsigned i = first; i <= last; i++) {
        if (i > first)
            text_add(out, SLICE(", "));
        text_add(out, v[i]->name);
    }
}

/* RFC 3261 §7.3.1: the order of different names means nothing to a receiver; to a
 * tester it may. */
static void compare_order(struct pair *p)
{
    const struct field *a[SIP_MAX_HEADERS], *b[SIP_MAX_HEADERS];
    unsigned n = in_order(&p->c->fields_a, a), first, last = 0;
    struct text before = {0}, after = {0};

    if (in_order(&p->c->fields_b, b) != n || !is_reordered(a, b, n, &first, &last))
        return;
    add_names(a, first, last, &before);
    add_names(b, first, last, &after);
    note(p, HEADER_ORDER, SLICE("header order"), text_slice(&before), text_slice(&after));
    text_free(&before);
    text_free(&after);
}

static bool is_wanted(const struct pair *p, struct slice name)
{
    /* Another status has another phrase. */
    if (p->other_status && slice_eq(name, SLICE("reason phrase")))
        return false;
    return settings_has_header(p->c->settings, name);
}

/* A field that only A has. */
static void note_missing(struct pair *p, const struct field *x)
{
    if (is_wanted(p, x->name))
        note(p, FIELD_MISSING, x->name, field_shown(&p->c->fields_a, x), SLICE_EMPTY);
}

static void note_added(struct pair *p, const struct field *y)
{
    if (is_wanted(p, y->name))
        note(p, FIELD_ADDED, y->name, SLICE_EMPTY, field_shown(&p->c->fields_b, y));
}

static void note_changed(struct pair *p, const struct field *x, const struct field *y)
{
    const struct fields *a = &p->c->fields_a, *b = &p->c->fields_b;

    if (is_wanted(p, x->name) && !slice_eq(field_value(a, x), field_value(b, y)))
        note(p, FIELD_CHANGED, x->name, field_shown(a, x), field_shown(b, y));
}

static void compare_fields(struct pair *p)
{
    const struct fields *a = &p->c->fields_a, *b = &p->c->fields_b;
    bool same_names = a->v.n == b->v.n;
    size_t i = 0, j = 0;

    while (i < a->v.n && j < b->v.n) {
        int r = field_compare(&a->v.v[i], &b->v.v[j]);

        same_names = same_names && r == 0;
        if (r < 0)
            note_missing(p, &a->v.v[i++]);
        else if (r > 0)
            note_added(p, &b->v.v[j++]);
        else
            note_changed(p, &a->v.v[i++], &b->v.v[j++]);
    }
    while (i < a->v.n)
        note_missing(p, &a->v.v[i++]);
    while (j < b->v.n)
        note_added(p, &b->v.v[j++]);
    if (same_names && p->c->headers && !p->c->settings->ignored[COMPARED_HEADER_ORDER])
        compare_order(p);
}

/* "SDP audio codecs", "SDP audio 2 codecs". */
static void note_sdp(struct pair *p, const struct side_media *m, unsigned place, const char *what,
                     struct slice before, struct slice after)
{
    struct slice type = slice_upto(pool_text(p->c->pool, m->type), 32);
    char name[96];

    if (place)
        snprintf(name, sizeof name, "SDP %.*s %u %s", SLICE_ARG(type), place + 1, what);
    else
        snprintf(name, sizeof name, "SDP %.*s %s", SLICE_ARG(type), what);
    note(p, SDP_CHANGED, slice_str(name), before.p ? before : SLICE("none"),
         after.p ? after : SLICE("none"));
}

static void note_number(struct pair *p, const struct side_media *m, unsigned place,
                        const char *what, const char *unit, int32_t before, int32_t after)
{
    char a[32] = "none", b[32] = "none";

    if (before >= 0)
        snprintf(a, sizeof a, "%d%s", before, unit);
    if (after >= 0)
        snprintf(b, sizeof b, "%d%s", after, unit);
    note_sdp(p, m, place, what, slice_str(a), slice_str(b));
}

static bool same_address(const struct pair *p, uint32_t a, uint32_t b)
{
    struct comparison *c = p->c;
    struct text x = {0}, y = {0};
    bool same;

    values_add_address(&c->values_a, pool_text(c->pool, a), &x);
    values_add_address(&c->values_b, pool_text(c->pool, b), &y);
    same = slice_eq(text_slice(&x), text_slice(&y));
    text_free(&x);
    text_free(&y);
    return same;
}

static void compare_ports(struct pair *p, const struct side_media *a, const struct side_media *b,
                          unsigned place)
{
    if ((a->port == 0) != (b->port == 0))
        note_sdp(p, a, place, "use", a->port ? SLICE("offered") : SLICE("refused (port 0)"),
                 b->port ? SLICE("offered") : SLICE("refused (port 0)"));
    else if (p->c->settings->compared[VALUE_PORTS] && a->port != b->port)
        note_number(p, a, place, "port", "", a->port, b->port);
}

static void compare_media(struct pair *p, const struct side_media *a, const struct side_media *b,
                          unsigned place)
{
    const struct pool *pool = p->c->pool;

    if (a->type != b->type) {
        note_sdp(p, a, place, "type", pool_text(pool, a->type), pool_text(pool, b->type));
        return;
    }
    if (a->protocol != b->protocol)
        note_sdp(p, a, place, "protocol", pool_text(pool, a->protocol),
                 pool_text(pool, b->protocol));
    if (a->direction != b->direction)
        note_sdp(p, a, place, "direction", pool_text(pool, a->direction),
                 pool_text(pool, b->direction));
    if (a->codecs != b->codecs) {
        note_sdp(p, a, place, "codecs", pool_text(pool, a->codecs), pool_text(pool, b->codecs));
    } else {
        if (a->payload_types != b->payload_types)
            note_sdp(p, a, place, "payload types", pool_text(pool, a->payload_types),
                     pool_text(pool, b->payload_types));
        if (a->parameters != b->parameters)
            note_sdp(p, a, place, "format parameters", pool_text(pool, a->parameters),
                     pool_text(pool, b->parameters));
    }
    if (a->ptime != b->ptime)
        note_number(p, a, place, "ptime", " ms", a->ptime, b->ptime);
    if (a->rtcp_mux != b->rtcp_mux && a->rtcp_mux >= 0 && b->rtcp_mux >= 0)
        note_number(p, a, place, "rtcp-mux", "", a->rtcp_mux, b->rtcp_mux);
    if (a->ip != b->ip && !same_address(p, a->ip, b->ip))
        note_sdp(p, a, place, "address", pool_text(pool, a->ip), pool_text(pool, b->ip));
    compare_ports(p, a, b, place);
}

/* How many m= lines of that type come before. */
static unsigned place_of(const struct side_media *v, unsigned i)
{
    unsigned before = 0;

    for (unsigned k = 0; k < i; k++)
        before += v[k].type == v[i].type;
    return before;
}

static void add_types(const struct pool *pool, const struct side_media *v, unsigned n,
                      struct text *out)
{
    for (unsigned i = 0; i < n; i++) {
        if (i)
            text_add(out, SLICE(", "));
        text_add(out, pool_text(pool, v[i].type));
    }
}

static void compare_sdp(struct pair *p, const struct side_message *a, const struct side_message *b)
{
    const struct side_media *x = a->media_count ? &p->c->side_a->media.v[a->media] : NULL;
    const struct side_media *y = b->media_count ? &p->c->side_b->media.v[b->media] : NULL;
    unsigned n = a->media_count < b->media_count ? a->media_count : b->media_count;

    if (a->has_sdp != b->has_sdp) {
        note(p, a->has_sdp ? FIELD_MISSING : FIELD_ADDED, SLICE("SDP"),
             a->has_sdp ? SLICE("a session description") : SLICE_EMPTY,
             b->has_sdp ? SLICE("a session description") : SLICE_EMPTY);
        return;
    }
    if (a->media_count != b->media_count) {
        struct text before = {0}, after = {0};

        add_types(p->c->pool, x, a->media_count, &before);
        add_types(p->c->pool, y, b->media_count, &after);
        note(p, SDP_CHANGED, SLICE("SDP media"), text_slice(&before), text_slice(&after));
        text_free(&before);
        text_free(&after);
    }
    for (unsigned i = 0; i < n && i < SDP_MAX_MEDIA; i++)
        compare_media(p, &x[i], &y[i], place_of(x, i));
}

bool compare_message(struct comparison *c, uint32_t a, uint32_t b, int64_t base_a,
                     int64_t base_b)
{
    const struct side_message *x = compare_at(c->side_a, c->call_a, a);
    const struct side_message *y = compare_at(c->side_b, c->call_b, b);
    struct pair p = {.c = c, .a = a, .b = b, .other_status = x->status != y->status};

    if (!c->settings->ignored[COMPARED_SDP])
        compare_sdp(&p, x, y);
    if (c->settings->ignored[COMPARED_HEADERS])
        return p.differs;
    if (fields_read(&c->fields_a, &c->values_a, c->call_a, x, base_a, c->headers) < 0 ||
        fields_read(&c->fields_b, &c->values_b, c->call_b, y, base_b, c->headers) < 0) {
        c->failed = true;
        return p.differs;
    }
    compare_fields(&p);
    return p.differs;
}
