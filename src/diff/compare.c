/* Owns the list of differences of one pair of calls. */
#include "diff/compare.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"

static const struct {
    const char *name;
    char mark;
} kinds[DIFFERENCE_KINDS] = {
    [CALL_MISSING] = {"call-missing", '-'},       [CALL_ADDED] = {"call-added", '+'},
    [CALL_CHANGED] = {"call-changed", '~'},       [MESSAGE_MISSING] = {"message-missing", '-'},
    [MESSAGE_ADDED] = {"message-added", '+'},     [MESSAGE_MOVED] = {"message-moved", '~'},
    [STATUS_CHANGED] = {"status-changed", '~'},   [FIELD_MISSING] = {"field-missing", '-'},
    [FIELD_ADDED] = {"field-added", '+'},         [FIELD_CHANGED] = {"field-changed", '~'},
    [HEADER_ORDER] = {"header-order", '~'},       [SDP_CHANGED] = {"sdp-changed", '~'},
    [TIMING_CHANGED] = {"timing-changed", '~'},   [STREAM_MISSING] = {"stream-missing", '-'},
    [STREAM_ADDED] = {"stream-added", '+'},       [STREAM_CHANGED] = {"stream-changed", '~'},
    [FINDING_GONE] = {"finding-gone", '-'},       [FINDING_NEW] = {"finding-new", '+'},
};

const char *difference_name(enum difference_kind kind)
{
    return kinds[kind].name;
}

char difference_mark(enum difference_kind kind)
{
    return kinds[kind].mark;
}

static uint64_t hash_of(const struct difference *d)
{
    uint64_t hash = hash_u64(0, d->kind);

    hash = hash_bytes(hash, d->name.p, d->name.n);
    hash = hash_bytes(hash, d->before.p, d->before.n);
    return hash_bytes(hash, d->after.p, d->after.n);
}

/* Messages, streams and findings are told one by one; fields of messages once. */
static bool is_joined(enum difference_kind kind)
{
    return kind >= FIELD_MISSING && kind <= SDP_CHANGED;
}

static struct difference *find(struct comparison *c, const struct difference *d, uint64_t hash)
{
    struct table_walk walk = table_walk(&c->by_text, hash);
    uint32_t i;

    while (is_joined(d->kind) && table_next(&walk, &i)) {
        struct difference *other = &c->list.v[i];

        if (other->kind == d->kind && slice_eq(other->name, d->name) &&
            slice_eq(other->before, d->before) && slice_eq(other->after, d->after))
            return other;
    }
    return NULL;
}

static struct slice keep(struct comparison *c, struct slice s)
{
    struct slice copy = s.p ? arena_dup(&c->arena, s) : SLICE_EMPTY;

    c->failed = c->failed || (s.p && !copy.p);
    return copy;
}

void compare_note(struct comparison *c, const struct difference *d)
{
    uint64_t hash = hash_of(d);
    struct difference *slot = find(c, d, hash);

    if (slot) {
        if (slot->places < DIFFERENCE_PLACES && d->places)
            slot->place[slot->places] = d->place[0];
        slot->places += d->places;
        return;
    }
    if (c->list.n == MOST_DIFFERENCES) {
        c->left_out++;
        return;
    }
    slot = vec_add(&c->list);
    if (!slot || table_put(&c->by_text, hash, (uint32_t)(c->list.n - 1)) < 0) {
        c->failed = true;
        return;
    }
    *slot = *d;
    slot->name = keep(c, d->name);
    slot->before = keep(c, d->before);
    slot->after = keep(c, d->after);
    slot->note = keep(c, d->note);
}

static void empty(struct comparison *c, const struct side_call *a, const struct side_call *b)
{
    c->call_a = a;
    c->call_b = b;
    c->list.n = c->rows.n = c->left_out = 0;
    table_free(&c->by_text);
    arena_free(&c->arena);
    c->values_a = (struct values){.settings = c->settings, .roles = &c->roles_a, .pool = c->pool};
    c->values_b = c->values_a;
    c->values_b.roles = &c->roles_b;
    c->values_b.hosts = c->hosts;
    c->values_b.host_count = c->host_count;
}

static int result(const struct comparison *c)
{
    return c->failed || c->pool->failed ? -ENOMEM : 0;
}

void compare_hosts(struct comparison *c, const struct side_call *a, const struct side_call *b)
{
    roles_match(&c->roles_a, &c->roles_b, c->pool, c->side_a, a, c->side_b, b);
    for (unsigned i = 0; i < c->roles_b.host_count; i++) {
        const struct role *theirs = &c->roles_b.hosts[i];

        for (unsigned k = 0; k < c->roles_a.host_count; k++)
            if (c->roles_a.hosts[k].same == theirs->same && theirs->ip < c->host_count &&
                !c->hosts[theirs->ip])
                c->hosts[theirs->ip] = c->roles_a.hosts[k].ip;
    }
}

int compare_calls(struct comparison *c, const struct side_call *a, const struct side_call *b)
{
    const bool *ignored = c->settings->ignored;

    empty(c, a, b);
    roles_match(&c->roles_a, &c->roles_b, c->pool, c->side_a, a, c->side_b, b);
    if (!ignored[COMPARED_MESSAGES])
        compare_messages(c);
    compare_summary(c);
    compare_streams(c);
    return result(c);
}

int compare_lone(struct comparison *c, const struct side_call *a, const struct side_call *b)
{
    empty(c, a, b);
    if (!c->settings->ignored[COMPARED_CALL])
        compare_note(c, &(struct difference){.kind = a ? CALL_MISSING : CALL_ADDED});
    return result(c);
}

int compare_rest(struct comparison *c)
{
    empty(c, NULL, NULL);
    c->roles_a.host_count = c->roles_b.host_count = 0;
    compare_streams(c);
    return result(c);
}

void comparison_free(struct comparison *c)
{
    vec_free(&c->list);
    vec_free(&c->rows);
    table_free(&c->by_text);
    arena_free(&c->arena);
    fields_free(&c->fields_a);
    fields_free(&c->fields_b);
    free(c->hosts);
}
