/* Joins calls by the media that a relay passes on: it keeps the SSRC, as
 * RFC 3550 §7.1 asks of a translator. */
#include "analysis/relays.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/noted.h"

enum { LOOK_BACK = 16 };

struct ssrc {
    uint32_t newest; /* stream that carries it */
    bool constant;   /* one sender uses it for two calls at once: no identity */
};

struct relays {
    struct fosip_analysis *analysis;
    uint64_t seed;
    struct noted noted; /* most SSRCs are one stream's: these are not entered */
    struct table by_ssrc;
    VEC(struct ssrc) ssrcs;
    uint32_t *before; /* of a stream: the one before with its SSRC */
    uint32_t *key;    /* of a stream: its place in ssrcs */
    bool any;         /* one has another before it */
};

static const struct stream *stream_of(const struct relays *r, uint32_t i)
{
    return stream_at(r->analysis->streams, i);
}

static bool at_once(const struct stream *a, const struct stream *b)
{
    return stream_start(a) <= stream_end(b) && stream_start(b) <= stream_end(a);
}

static bool same_hop(const struct stream *a, const struct stream *b)
{
    return addr_same_ip(stream_src(a), stream_src(b)) && addr_same_ip(stream_dst(a), stream_dst(b));
}

/* `on` leaves from where `s` arrived, and does not go back. */
static bool carries_on(const struct stream *s, const struct stream *on)
{
    return addr_same_ip(stream_dst(s), stream_src(on)) &&
           !addr_same_ip(stream_src(s), stream_dst(on)) &&
           !addr_same_ip(stream_src(on), stream_dst(on));
}

static bool belongs_apart(const struct stream *a, const struct stream *b)
{
    return stream_call(a) != STREAM_NO_CALL && stream_call(b) != STREAM_NO_CALL &&
           stream_call(a) != stream_call(b) && at_once(a, b);
}

static void note_constant(struct relays *r, uint32_t number)
{
    const struct stream *s = stream_of(r, number);
    uint32_t i = r->before[number];

    for (unsigned n = 0; i != CALL_NONE && n < LOOK_BACK; n++, i = r->before[i])
        if (same_hop(stream_of(r, i), s) && belongs_apart(stream_of(r, i), s))
            r->ssrcs.v[r->key[number]].constant = true;
}

static int join(struct relays *r, uint32_t number)
{
    const struct stream *s = stream_of(r, number);
    uint32_t i = r->before[number];
    char text[32];

    if (r->ssrcs.v[r->key[number]].constant)
        return 0;
    snprintf(text, sizeof text, "0x%08x", stream_ssrc(s));
    for (unsigned n = 0; i != CALL_NONE && n < LOOK_BACK; n++, i = r->before[i]) {
        const struct stream *other = stream_of(r, i);

        if (!belongs_apart(s, other) || (!carries_on(s, other) && !carries_on(other, s)))
            continue;
        if (call_join(r->analysis->calls, stream_call(s), stream_call(other), EVIDENCE_MEDIA_SSRC,
                      slice_str(text)) < 0)
            return -ENOMEM;
    }
    return 0;
}

static int enter(struct relays *r, uint32_t number)
{
    uint32_t ssrc = stream_ssrc(stream_of(r, number)), key;
    struct ssrc *slot;
    uint64_t hash = hash_u64(r->seed, ssrc);
    struct table_walk walk = table_walk(&r->by_ssrc, hash);

    r->before[number] = CALL_NONE;
    if (!noted_again(&r->noted, hash))
        return 0;
    while (table_next(&walk, &key)) {
        if (stream_ssrc(stream_of(r, r->ssrcs.v[key].newest)) != ssrc)
            continue;
        r->before[number] = r->ssrcs.v[key].newest;
        r->ssrcs.v[key].newest = number;
        r->key[number] = key;
        r->any = true;
        note_constant(r, number);
        return 0;
    }
    slot = vec_add(&r->ssrcs);
    if (!slot || table_put(&r->by_ssrc, hash, (uint32_t)(r->ssrcs.n - 1)) < 0)
        return -ENOMEM;
    *slot = (struct ssrc){.newest = number};
    r->key[number] = (uint32_t)(r->ssrcs.n - 1);
    return 0;
}

static void note_same(struct fosip_analysis *a, const struct relays *r, size_t count)
{
    free(a->same_ssrc); /* of the look before, where calls leave */
    a->lone_ssrcs = !r->any;
    a->same_ssrc = a->lone_ssrcs ? NULL : calloc(count + 1, sizeof *a->same_ssrc);
    for (size_t i = 0; a->same_ssrc && i < count; i++)
        if (r->before[i] != CALL_NONE)
            a->same_ssrc[i] = a->same_ssrc[r->before[i]] = true;
}

/* Those that may share their SSRC. */
static int enter_all(struct relays *r, size_t count)
{
    int result = 0;

    r->before = malloc((count + 1) * sizeof *r->before);
    r->key = malloc((count + 1) * sizeof *r->key);
    if (!r->before || !r->key)
        return -ENOMEM;
    for (uint32_t i = 0; result == 0 && i < count; i++)
        result = enter(r, i);
    return result;
}

int relays_join(struct fosip_analysis *a)
{
    size_t count = stream_count(a->streams);
    struct relays r = {.analysis = a, .seed = hash_seed()};
    int result = noted_open(&r.noted, count) ? 0 : -ENOMEM;

    for (uint32_t i = 0; result == 0 && i < count; i++)
        noted_add(&r.noted, hash_u64(r.seed, stream_ssrc(stream_of(&r, i))));
    if (result == 0 && r.noted.any)
        result = enter_all(&r, count);
    if (result == 0)
        note_same(a, &r, count);
    for (uint32_t i = 0; result == 0 && r.any && i < count; i++)
        if (r.before[i] != CALL_NONE)
            result = join(&r, i);
    noted_close(&r.noted);
    table_free(&r.by_ssrc);
    vec_free(&r.ssrcs);
    free(r.before);
    free(r.key);
    return result;
}
