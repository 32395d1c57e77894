/* The streams and findings of two calls. */
#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "diff/compare.h"

static const struct {
    const char *name, *unit;
    unsigned decimals;
    enum tolerance_name tolerance;
    bool exact;      /* whole numbers that may not differ at all */
    double by;       /* ms in one of the unit, for a tolerance of time; 1 else */
} figures[FIGURES] = {
    [FIGURE_PACKETS] = {"packets", "", 0, TOLERANCE_PACKETS, false, 1},
    [FIGURE_LOSS] = {"loss", " %", 2, TOLERANCE_LOSS, false, 1},
    [FIGURE_DUPLICATES] = {"duplicates", " %", 2, TOLERANCE_LOSS, false, 1},
    [FIGURE_REORDERED] = {"reordered packets", " %", 2, TOLERANCE_LOSS, false, 1},
    [FIGURE_JITTER_MEAN] = {"mean jitter", " ms", 2, TOLERANCE_JITTER, false, 1},
    [FIGURE_JITTER_MAX] = {"greatest jitter", " ms", 2, TOLERANCE_DELTA, false, 1},
    [FIGURE_DELTA_MAX] = {"greatest delta", " ms", 2, TOLERANCE_DELTA, false, 1},
    [FIGURE_MOS] = {"MOS", "", 2, TOLERANCE_MOS, false, 1},
    [FIGURE_PTIME] = {"measured ptime", " ms", 1, TOLERANCE_JITTER, false, 1},
    [FIGURE_DURATION] = {"duration", " s", 3, TOLERANCE_TIME, false, 1000},
    [FIGURE_SSRC_CHANGES] = {"SSRC changes", "", 0, TOLERANCE_LOSS, true, 1},
    [FIGURE_RESETS] = {"sequence resets", "", 0, TOLERANCE_LOSS, true, 1},
};

struct streams {
    const struct side_stream *a, *b;
};

static void note_text(struct comparison *c, const struct streams *s, const char *name,
                      struct slice before, struct slice after, struct slice note)
{
    if (!settings_has_header(c->settings, slice_str(name)))
        return;
    compare_note(c, &(struct difference){.kind = STREAM_CHANGED,
                                         .name = slice_str(name),
                                         .before = before.p ? before : SLICE("unknown"),
                                         .after = after.p ? after : SLICE("unknown"),
                                         .note = note,
                                         .stream_a = s->a->id,
                                         .stream_b = s->b->id});
}

static void texts(struct comparison *c, const struct streams *s, const char *name, uint32_t a,
                  uint32_t b)
{
    if (a != b)
        note_text(c, s, name, pool_text(c->pool, a), pool_text(c->pool, b), SLICE_EMPTY);
}

static void describe_tolerance(const struct comparison *c, unsigned i, char *out, size_t room)
{
    const struct tolerance *t = &c->settings->tolerance[figures[i].tolerance];
    const char *unit = figures[i].tolerance == TOLERANCE_TIME ? " ms" : figures[i].unit;

    if (t->by > 0 && t->share > 0)
        snprintf(out, room, "tolerance %g%s or %g %%", t->by, unit, t->share * 100);
    else if (t->share > 0)
        snprintf(out, room, "tolerance %g %%", t->share * 100);
    else
        snprintf(out, room, "tolerance %g%s", t->by, unit);
}

static bool is_same_figure(const struct comparison *c, unsigned i, double a, double b)
{
    if (figures[i].exact)
        return isnan(a) || isnan(b) || (a <= b && a >= b);
    return settings_same(c->settings, figures[i].tolerance, a * figures[i].by,
                         b * figures[i].by);
}

static void compare_figure(struct comparison *c, const struct streams *s, unsigned i)
{
    double a = s->a->figure[i], b = s->b->figure[i];
    char before[400], after[400], note[128] = "";

    /* A figure that only one side has: MOS, where the codec changed. */
    if (isnan(a) || isnan(b) || is_same_figure(c, i, a, b))
        return;
    snprintf(before, sizeof before, "%.*f%s", (int)figures[i].decimals, a, figures[i].unit);
    snprintf(after, sizeof after, "%.*f%s", (int)figures[i].decimals, b, figures[i].unit);
    if (!figures[i].exact)
        describe_tolerance(c, i, note, sizeof note);
    note_text(c, s, figures[i].name, slice_str(before), slice_str(after),
              *note ? slice_str(note) : SLICE_EMPTY);
}

static void compare_volatile(struct comparison *c, const struct streams *s)
{
    const bool *compared = c->settings->compared;

    if (compared[VALUE_SSRCS])
        texts(c, s, "SSRC", s->a->ssrc, s->b->ssrc);
    if (compared[VALUE_ADDRESSES]) {
        texts(c, s, "source address", s->a->src_ip, s->b->src_ip);
        texts(c, s, "destination address", s->a->dst_ip, s->b->dst_ip);
    }
    if (compared[VALUE_PORTS] &&
        (s->a->src_port != s->b->src_port || s->a->dst_port != s->b->dst_port)) {
        char before[32], after[32];

        snprintf(before, sizeof before, "%d to %d", s->a->src_port, s->a->dst_port);
        snprintf(after, sizeof after, "%d to %d", s->b->src_port, s->b->dst_port);
        note_text(c, s, "ports", slice_str(before), slice_str(after), SLICE_EMPTY);
    }
}

static void compare_one(struct comparison *c, const struct streams *s)
{
    texts(c, s, "media", s->a->media, s->b->media);
    texts(c, s, "codec", s->a->codec, s->b->codec);
    texts(c, s, "payload types", s->a->payload_types, s->b->payload_types);
    texts(c, s, "direction", s->a->direction, s->b->direction);
    if (s->a->encrypted >= 0 && s->b->encrypted >= 0 && s->a->encrypted != s->b->encrypted)
        note_text(c, s, "encryption", s->a->encrypted ? SLICE("encrypted") : SLICE("in clear"),
                  s->b->encrypted ? SLICE("encrypted") : SLICE("in clear"), SLICE_EMPTY);
    for (unsigned i = 0; i < FIGURES; i++)
        compare_figure(c, s, i);
    compare_volatile(c, s);
}

/* Streams are the same by direction, media and codec; failing that by fewer of
 * these. */
static void stream_keys(const struct side_stream *v, size_t n, unsigned level, uint64_t *out)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t hash = hash_u64(level, v[i].call != 0);

        if (level < 3)
            hash = hash_u64(hash, v[i].direction);
        if (level < 2)
            hash = hash_u64(hash, v[i].media);
        if (level < 1)
            hash = hash_u64(hash, v[i].codec);
        out[i] = hash;
    }
}

/* Room for the keys and the matches of two lists. */
struct matching {
    uint64_t *keys_a, *keys_b;
    uint32_t *a, *b;
};

static bool matching_open(struct matching *m, size_t na, size_t nb)
{
    m->keys_a = malloc((na + 1) * sizeof *m->keys_a);
    m->keys_b = malloc((nb + 1) * sizeof *m->keys_b);
    m->a = malloc((na + 1) * sizeof *m->a);
    m->b = malloc((nb + 1) * sizeof *m->b);
    if (!m->keys_a || !m->keys_b || !m->a || !m->b)
        return false;
    for (size_t i = 0; i < na; i++)
        m->a[i] = ALIGN_NONE;
    for (size_t i = 0; i < nb; i++)
        m->b[i] = ALIGN_NONE;
    return true;
}

static void matching_close(struct matching *m)
{
    free(m->keys_a);
    free(m->keys_b);
    free(m->a);
    free(m->b);
}

static void compare_stream_lists(struct comparison *c, const struct side_stream *a, size_t na,
                                 const struct side_stream *b, size_t nb, struct matching *m)
{
    /* Without a call, nothing but the order tells streams of one codec apart. */
    unsigned levels = c->call_a ? 4 : 2;

    for (unsigned level = 0; level < levels && !c->failed; level++) {
        stream_keys(a, na, level, m->keys_a);
        stream_keys(b, nb, level, m->keys_b);
        c->failed = align_by_key(m->keys_a, m->a, na, m->keys_b, m->b, nb) < 0;
    }
    for (size_t i = 0; i < na; i++) {
        if (m->a[i] != ALIGN_NONE)
            compare_one(c, &(struct streams){&a[i], &b[m->a[i]]});
        else
            compare_note(c, &(struct difference){.kind = STREAM_MISSING, .stream_a = a[i].id});
    }
    for (size_t i = 0; i < nb; i++)
        if (m->b[i] == ALIGN_NONE)
            compare_note(c, &(struct difference){.kind = STREAM_ADDED, .stream_b = b[i].id});
}

/* The direction of the stream that a finding is about. */
static uint32_t direction_of(const struct side_stream *v, size_t n, uint32_t id)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (v[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return id && low < n && v[low].id == id ? v[low].direction : 0;
}

static void finding_keys(const struct side_finding *v, size_t n, const struct side_stream *streams,
                         size_t stream_count, uint64_t *out)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t hash = hash_u64(v[i].rule, v[i].severity);

        out[i] = hash_u64(hash, direction_of(streams, stream_count, v[i].stream));
    }
}

static void note_finding(struct comparison *c, enum difference_kind kind,
                         const struct side_finding *f)
{
    struct slice severity = pool_text(c->pool, f->severity);

    if (!settings_has_header(c->settings, pool_text(c->pool, f->rule)))
        return;
    compare_note(c, &(struct difference){
                        .kind = kind,
                        .name = pool_text(c->pool, f->rule),
                        .before = kind == FINDING_GONE ? severity : SLICE_EMPTY,
                        .after = kind == FINDING_NEW ? severity : SLICE_EMPTY,
                        .note = pool_text(c->pool, f->text),
                        .stream_a = kind == FINDING_GONE ? f->stream : 0,
                        .stream_b = kind == FINDING_NEW ? f->stream : 0,
                        .frame = f->frame});
}

static void compare_finding_lists(struct comparison *c, const struct side_finding *a, size_t na,
                                  const struct side_finding *b, size_t nb, struct matching *m)
{
    c->failed = c->failed || align_by_key(m->keys_a, m->a, na, m->keys_b, m->b, nb) < 0;
    for (size_t i = 0; i < na; i++)
        if (m->a[i] == ALIGN_NONE)
            note_finding(c, FINDING_GONE, &a[i]);
    for (size_t i = 0; i < nb; i++)
        if (m->b[i] == ALIGN_NONE)
            note_finding(c, FINDING_NEW, &b[i]);
}

void compare_streams(struct comparison *c)
{
    uint32_t call_a = c->call_a ? c->call_a->id : 0, call_b = c->call_b ? c->call_b->id : 0;
    size_t sa, sb, fa, fb;
    const struct side_stream *streams_a = side_streams(c->side_a, call_a, &sa);
    const struct side_stream *streams_b = side_streams(c->side_b, call_b, &sb);
    const struct side_finding *findings_a = side_findings(c->side_a, call_a, &fa);
    const struct side_finding *findings_b = side_findings(c->side_b, call_b, &fb);
    struct matching m;

    if (!c->settings->ignored[COMPARED_STREAMS] && c->side_a->has_streams &&
        c->side_b->has_streams) {
        if (matching_open(&m, sa, sb))
            compare_stream_lists(c, streams_a, sa, streams_b, sb, &m);
        else
            c->failed = true;
        matching_close(&m);
    }
    if (!c->settings->ignored[COMPARED_FINDINGS] && c->side_a->has_findings &&
        c->side_b->has_findings) {
        if (matching_open(&m, fa, fb)) {
            finding_keys(findings_a, fa, streams_a, sa, m.keys_a);
            finding_keys(findings_b, fb, streams_b, sb, m.keys_b);
            compare_finding_lists(c, findings_a, fa, findings_b, fb, &m);
        } else {
            c->failed = true;
        }
        matching_close(&m);
    }
}
