/* Finds fields by name, and names near to one that is not there. */
#include "filter/field.h"

#include <math.h>
#include <stdio.h>

#include "base/time.h"
#include "filter/headers.h"
#include "filter/near.h"

static const struct field_table *const tables[] = {
    &field_message, &field_sdp, &field_address, &field_stream, &field_call, &field_finding,
    &field_capture,
};
enum { TABLES = sizeof tables / sizeof tables[0] };

static const char header_prefix[] = "sip.header.";

const struct field *field_at(size_t i)
{
    for (size_t t = 0; t < TABLES; t++) {
        if (i < tables[t]->count)
            return &tables[t]->fields[i];
        i -= tables[t]->count;
    }
    return NULL;
}

static const struct field *by_name(struct slice name)
{
    const struct field *f;

    for (size_t i = 0; (f = field_at(i)); i++)
        if (slice_ieq(slice_str(f->name), name))
            return f;
    return NULL;
}

/* A header that is known goes without question, and one that begins like a private
 * extension. */
static bool is_doubtful(struct slice header, struct slice whole)
{
    const struct field *f;

    if (headers_know(header) || slice_istarts(header, SLICE("X-")) ||
        slice_istarts(header, SLICE("P-")))
        return false;
    for (size_t i = 0; (f = field_at(i)); i++)
        if (near_enough(whole, slice_str(f->name)))
            return true;
    return headers_near(header) != NULL;
}

static bool is_token(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z') &&
            !strchr("0123456789-.!%*_+`'~", s.p[i]))
            return false;
    return s.n > 0;
}

enum field_found field_find(struct slice name, struct field_ref *ref)
{
    struct slice header;

    *ref = (struct field_ref){by_name(name), SLICE_EMPTY};
    if (ref->field)
        return FIELD_FOUND;
    if (!slice_istarts(name, SLICE("sip.")))
        return FIELD_UNKNOWN;
    ref->field = by_name(SLICE("sip.header"));
    if (slice_istarts(name, slice_str(header_prefix))) {
        ref->header = slice_from(name, sizeof header_prefix - 1);
        return is_token(ref->header) ? FIELD_FOUND : FIELD_UNKNOWN;
    }
    header = slice_from(name, 4);
    ref->header = header;
    /* A dot is no part of any known header's name: it is a field mistyped. */
    if (!is_token(header) || slice_find(header, '.') < header.n)
        return FIELD_UNKNOWN;
    return is_doubtful(header, name) ? FIELD_DOUBTFUL : FIELD_FOUND;
}

bool field_like(struct slice name)
{
    static const struct slice prefixes[] = {
        {"sip.", 4}, {"sdp.", 4}, {"rtp.", 4}, {"rtcp.", 5}, {"ip.", 3}, {"ipv6.", 5},
        {"udp.", 4}, {"tcp.", 4}, {"sctp.", 5}, {"frame.", 6}, {"icmp.", 5}, {"call.", 5},
        {"message.", 8}, {"stream.", 7}, {"finding.", 8}, {"capture.", 8},
    };

    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (slice_istarts(name, prefixes[i]))
            return true;
    return false;
}

/* Small: near.  A name that goes on where the word ends is as near as a slip. */
static unsigned score(struct slice word, struct slice name)
{
    unsigned distance = near_distance(word, name);

    if (word.n >= 3 && slice_istarts(name, word))
        return 1;
    if (near_enough(word, name))
        return distance;
    return word.n >= 4 && slice_icontains(name, word) ? 4 : NEAR_FAR;
}

/* Without what stands before the last dot, for "metod", "sip.code". */
static unsigned loose_score(struct slice word, struct slice name)
{
    size_t w = word.n, n = name.n;

    while (w && word.p[w - 1] != '.')
        w--;
    while (n && name.p[n - 1] != '.')
        n--;
    if (w && (w != n || memcmp(word.p, name.p, w) != 0))
        return NEAR_FAR;
    return score(slice_from(word, w), slice_from(name, n)) + 1;
}

enum { NEAREST = 3 };

struct nearest {
    struct slice names[NEAREST];
    unsigned scores[NEAREST], count;
};

static void consider(struct nearest *n, struct slice name, unsigned x)
{
    unsigned at = n->count;

    if (x >= NEAR_FAR)
        return;
    while (at && n->scores[at - 1] > x)
        at--;
    if (at == NEAREST)
        return;
    if (n->count < NEAREST)
        n->count++;
    for (unsigned i = n->count - 1; i > at; i--) {
        n->names[i] = n->names[i - 1];
        n->scores[i] = n->scores[i - 1];
    }
    n->names[at] = name;
    n->scores[at] = x;
}

const char *field_near(struct slice name, char out[FIELD_NEAR])
{
    struct nearest nearest = {.count = 0};
    struct slice header = slice_istarts(name, SLICE("sip.")) ? slice_from(name, 4) : SLICE_EMPTY;
    const char *known = headers_near(header);
    const struct field *f;
    size_t at = 0;

    for (size_t i = 0; (f = field_at(i)); i++) {
        unsigned x = score(name, slice_str(f->name)), y = loose_score(name, slice_str(f->name));

        consider(&nearest, slice_str(f->name), x < y ? x : y);
    }
    if (known)
        consider(&nearest, slice_str(known), near_distance(header, slice_str(known)));
    out[0] = '\0';
    for (unsigned i = 0; i < nearest.count; i++) {
        bool is_header = known && nearest.names[i].p == known;

        at += (size_t)snprintf(out + at, FIELD_NEAR - at, "%s%s%.*s",
                               !i ? "" : i + 1 < nearest.count ? ", " : " or ",
                               is_header ? "sip." : "",
                               SLICE_ARG(slice_upto(nearest.names[i], 64)));
    }
    return out;
}

int field_rank(const struct field_names *names, struct slice text)
{
    for (unsigned i = 0; i < names->count; i++)
        if (slice_ieq(slice_str(names->names[i]), text))
            return (int)i;
    return -1;
}

const char *field_near_name(const struct field_names *names, struct slice text)
{
    const char *best = NULL;
    unsigned least = NEAR_FAR;

    for (unsigned i = 0; i < names->count; i++) {
        unsigned x = score(text, slice_str(names->names[i]));

        if (x >= least)
            continue;
        least = x;
        best = names->names[i];
    }
    return best;
}

bool field_tell_number(value_visit *visit, void *ctx, double x)
{
    struct value v = {.type = VALUE_NUMBER, .number = x};

    return isfinite(x) && visit(ctx, &v);
}

bool field_tell_bool(value_visit *visit, void *ctx, bool x)
{
    struct value v = {.type = VALUE_BOOL, .number = x};

    return visit(ctx, &v);
}

bool field_tell_text(value_visit *visit, void *ctx, struct slice s)
{
    struct value v = {.type = VALUE_TEXT, .text = s};

    return s.p && visit(ctx, &v);
}

bool field_tell_name(value_visit *visit, void *ctx, const char *name)
{
    return field_tell_text(visit, ctx, slice_str(name));
}

bool field_tell_time(value_visit *visit, void *ctx, int64_t time)
{
    struct value v = {.type = VALUE_TIME, .time = time};

    return time >= 0 && time_has_date(time) && visit(ctx, &v);
}

bool field_tell_addr(value_visit *visit, void *ctx, const struct net_addr *addr)
{
    struct value v = {.type = VALUE_ADDRESS, .addr = *addr};

    return addr->family != NET_UNKNOWN && visit(ctx, &v);
}

bool field_tell_port(value_visit *visit, void *ctx, const struct net_addr *addr)
{
    return addr->family != NET_UNKNOWN && field_tell_number(visit, ctx, addr->port);
}
