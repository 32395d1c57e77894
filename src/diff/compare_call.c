/* What two calls are as a whole: parties, outcome, timings. */
#include <math.h>

#include "diff/compare.h"

static void note(struct comparison *c, const char *name, struct slice before, struct slice after)
{
    if (!settings_has_header(c->settings, slice_str(name)))
        return;
    compare_note(c, &(struct difference){.kind = CALL_CHANGED,
                                         .name = slice_str(name),
                                         .before = before.p ? before : SLICE("none"),
                                         .after = after.p ? after : SLICE("none")});
}

static void texts(struct comparison *c, const char *name, uint32_t a, uint32_t b)
{
    if (a != b)
        note(c, name, pool_text(c->pool, a), pool_text(c->pool, b));
}

/* Counts that one side does not tell are not compared. */
static void counts(struct comparison *c, const char *name, int32_t a, int32_t b)
{
    char before[16], after[16];

    if (a < 0 || b < 0 || a == b)
        return;
    snprintf(before, sizeof before, "%d", a);
    snprintf(after, sizeof after, "%d", b);
    note(c, name, slice_str(before), slice_str(after));
}

static void compare_status(struct comparison *c)
{
    char before[16] = "none", after[16] = "none";

    if (c->call_a->status == c->call_b->status)
        return;
    if (c->call_a->status >= 0)
        snprintf(before, sizeof before, "%d", c->call_a->status);
    if (c->call_b->status >= 0)
        snprintf(after, sizeof after, "%d", c->call_b->status);
    note(c, "final status", slice_str(before), slice_str(after));
}

/* Where headers are compared, they tell it of each message. */
static void compare_uri(struct comparison *c)
{
    struct slice a = pool_text(c->pool, c->call_a->request_uri);
    struct slice b = pool_text(c->pool, c->call_b->request_uri);
    struct text x = {0}, y = {0};

    values_add(&c->values_a, SIP_H_OTHER, SLICE(""), a, &x);
    values_add(&c->values_b, SIP_H_OTHER, SLICE(""), b, &y);
    if (!slice_eq(text_slice(&x), text_slice(&y)))
        note(c, "Request-URI", a, b);
    text_free(&x);
    text_free(&y);
}

static void compare_outcome(struct comparison *c)
{
    const struct side_call *a = c->call_a, *b = c->call_b;

    texts(c, "kind", a->kind, b->kind);
    texts(c, "caller's user", a->from_user, b->from_user);
    texts(c, "caller's display name", a->from_display, b->from_display);
    texts(c, "callee's user", a->to_user, b->to_user);
    texts(c, "callee's display name", a->to_display, b->to_display);
    if (!c->headers)
        compare_uri(c);
    texts(c, "state", a->state, b->state);
    compare_status(c);
    texts(c, "released by", a->released_by, b->released_by);
    texts(c, "offer", a->offer, b->offer);
    texts(c, "agreed codecs", a->agreed, b->agreed);
    texts(c, "keys pressed", a->keys, b->keys);
    counts(c, "holds", a->holds, b->holds);
    counts(c, "dialogs", a->dialogs, b->dialogs);
    counts(c, "ICMP errors", a->icmp_errors, b->icmp_errors);
    if (c->settings->compared[VALUE_CALL_IDS])
        texts(c, "Call-ID", a->call_id, b->call_id);
}

static void compare_timing(struct comparison *c, unsigned i)
{
    const struct tolerance *t = &c->settings->tolerance[TOLERANCE_TIME];
    double a = c->call_a->timing[i], b = c->call_b->timing[i];
    char before[64] = "none", after[64] = "none", note[64];

    /* What only one side has is told by its messages. */
    if (isnan(a) || isnan(b) || settings_same(c->settings, TOLERANCE_TIME, a, b))
        return;
    snprintf(before, sizeof before, "%.0f ms", a);
    snprintf(after, sizeof after, "%.0f ms", b);
    snprintf(note, sizeof note, "tolerance %.0f ms or %.0f %%", t->by, t->share * 100);
    compare_note(c, &(struct difference){.kind = TIMING_CHANGED,
                                         .name = slice_str(side_timing_name(i)),
                                         .before = slice_str(before),
                                         .after = slice_str(after),
                                         .note = slice_str(note)});
}

void compare_summary(struct comparison *c)
{
    if (!c->settings->ignored[COMPARED_CALL])
        compare_outcome(c);
    for (unsigned i = 0; !c->settings->ignored[COMPARED_TIMING] && i < SIDE_TIMINGS; i++)
        compare_timing(c, i);
}
