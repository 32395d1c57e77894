#include "capture/decompress.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "capture/chunks.h"

enum {
    LOOK = 18,         /* octets that tell every format */
    SKIPPED = 1 << 20, /* how far skippable frames are followed to tell whose they are */
};

struct decompress {
    struct source raw; /* the compressed octets */
    const struct compression *how;
    void *state; /* of the library; NULL before the first step */
    bool within; /* a member has begun and is not complete */
    bool filled; /* the last step filled its output: there may be more */
    /* What ended it, see struct source. */
    char trouble[sizeof((struct source *)0)->trouble];
    bool cut;
    /* All above is the maker's of the chunks, once there are any. */
    struct chunks *chunks;
    const struct chunk *chunk; /* being taken */
    size_t taken;              /* octets of it */
    bool ahead;
};

static const uint8_t *look(struct source *raw, size_t n, size_t *got)
{
    source_need(raw, n);
    *got = (size_t)(raw->end - raw->at);
    return raw->at;
}

/* Skippable frames may begin a file of zstd or of lz4: the first other one
 * tells which. */
static size_t skippable(struct source *raw)
{
    size_t at = 0, got;

    for (;;) {
        const uint8_t *p = look(raw, at + 8, &got);

        if (got < at + 8 || (le32(p + at) & 0xfffffff0) != 0x184d2a50)
            return at;
        if (le32(p + at + 4) > SKIPPED - at - 8)
            return 0;
        at += 8 + le32(p + at + 4);
        if (at > SKIPPED - 8)
            return 0;
    }
}

static const struct compression *recognise(struct source *raw)
{
    size_t got, at = skippable(raw);
    const uint8_t *p = look(raw, at + LOOK, &got);

    if (got <= at)
        at = 0;
    for (const struct compression *c = compressions; c->name; c++)
        if (got - at >= c->magic && c->is(p + at, got - at))
            return c;
    return NULL;
}

static void damage(struct decompress *d, const char *cause)
{
    snprintf(d->trouble, sizeof d->trouble,
             "the %s data is damaged at offset %llu of the compressed file (%s): what comes "
             "before is used",
             d->how->name, (unsigned long long)source_offset(&d->raw), cause);
    d->cut = false;
}

/* No octet is left: that is right between members only. */
static ssize_t at_end(struct decompress *d)
{
    if (d->raw.trouble[0]) {
        memcpy(d->trouble, d->raw.trouble, sizeof d->trouble);
        return -EIO;
    }
    if (d->within) {
        snprintf(d->trouble, sizeof d->trouble,
                 "the %s data is cut short: the compressed file ends at offset %llu, before it "
                 "is complete",
                 d->how->name, (unsigned long long)source_offset(&d->raw));
        d->cut = true;
    }
    return 0;
}

/* Whether another member follows a complete one; zeros in between are padding.
 * 1, 0 at the end, negative when something else follows. */
static ssize_t begin_member(struct decompress *d)
{
    const uint8_t *p;
    size_t got;

    while ((p = source_need(&d->raw, 1)) && !*p)
        source_take(&d->raw, 1);
    if (!p)
        return at_end(d);
    p = look(&d->raw, d->how->magic, &got);
    if (!d->how->is(p, got)) {
        damage(d, "something else follows the compressed data");
        return -EILSEQ;
    }
    d->within = true;
    return 1;
}

static ssize_t step(struct decompress *d, struct unpack *u)
{
    size_t room = u->out_left;
    enum unpacked result;

    u->in = d->raw.at;
    u->in_left = (size_t)(d->raw.end - d->raw.at);
    result = d->how->step(d->state, u);
    if (result == UNPACKED_SOME && u->in == d->raw.at && u->out_left == room && u->in_left) {
        result = UNPACKED_BAD;
        u->cause = "it does not go on";
    }
    source_take(&d->raw, (size_t)(u->in - d->raw.at));
    d->filled = result == UNPACKED_SOME && !u->out_left;
    d->within = result != UNPACKED_END;
    if (result != UNPACKED_BAD)
        return 1;
    damage(d, u->cause);
    return -EILSEQ;
}

/* Unpacks up to n octets.  What comes before damage is given first, the damage at
 * the next call. */
static ssize_t unpack(struct decompress *d, uint8_t *p, size_t n)
{
    struct unpack u = {.out = p, .out_left = n};
    ssize_t r = 1;

    if (!d->state)
        d->state = d->how->open();
    if (!d->state)
        return -ENOMEM;
    if (d->trouble[0])
        return d->cut ? 0 : -EILSEQ;
    while (r > 0 && u.out_left == n) {
        if (!d->within)
            r = begin_member(d);
        else if (!d->filled && !source_need(&d->raw, 1))
            r = at_end(d);
        if (r > 0)
            r = step(d, &u);
    }
    return u.out_left < n ? (ssize_t)(n - u.out_left) : r;
}

/* As much as the chunk holds; of a pipe, what has come. */
static void make_chunk(void *ctx, struct chunk *chunk)
{
    struct decompress *d = ctx;
    ssize_t r;

    chunk->n = 0;
    do {
        r = unpack(d, chunk->octets + chunk->n, CHUNK - chunk->n);
        if (r > 0)
            chunk->n += (size_t)r;
    } while (r > 0 && chunk->n < CHUNK && d->raw.stable);
    if (r > 0 && d->trouble[0])
        r = d->cut ? 0 : -EILSEQ;
    chunk->result = r > 0 ? 1 : r;
    chunk->consumed = source_offset(&d->raw);
}

/* What is wrong is known with the last chunk: records that make no sense are the
 * damage's doing. */
static void begin_chunk(struct source *s)
{
    struct decompress *d = s->packed;

    d->chunk = chunks_next(d->chunks);
    d->taken = 0;
    if (d->chunk->result > 0)
        return;
    memcpy(s->trouble, d->trouble, sizeof s->trouble);
    s->cut = d->cut;
}

static bool make_chunks(struct decompress *d)
{
    d->chunks = chunks_new(make_chunk, d);
    if (d->chunks && d->ahead)
        chunks_ahead(d->chunks);
    return d->chunks;
}

/* The source_reader of a compressed source. */
static ssize_t read_packed(void *ctx, uint8_t *p, size_t n)
{
    struct source *s = ctx;
    struct decompress *d = s->packed;

    if (!d->chunks && !make_chunks(d))
        return -ENOMEM;
    while (!d->chunk || d->taken == d->chunk->n) {
        if (d->chunk && d->chunk->result <= 0)
            return d->chunk->result;
        begin_chunk(s);
    }
    if (n > d->chunk->n - d->taken)
        n = d->chunk->n - d->taken;
    memcpy(p, d->chunk->octets + d->taken, n);
    d->taken += n;
    return (ssize_t)n;
}

int decompress_source(struct source *s, const char *path, struct fosip_error *err)
{
    const struct compression *how = recognise(s);
    struct decompress *d;

    if (!how)
        return 0;
    if (!how->open)
        return error_set(err, -ENOTSUP,
                         "%s: %s-compressed, and this fosip was built without %s: install %s and "
                         "build it again, or unpack the file first (%s)",
                         path, how->name, how->library, how->package, how->tool);
    d = calloc(1, sizeof *d);
    if (!d)
        return error_set(err, -ENOMEM, "%s: not enough memory", path);
    d->how = how;
    d->raw = *s;
    source_moved(&d->raw);
    *s = (struct source){.fd = -1, .size = d->raw.size, .packed = d, .read = read_packed, .ctx = s};
    return 0;
}

const char *decompress_name(const struct source *s)
{
    return s->packed ? s->packed->how->name : NULL;
}

uint64_t decompress_offset(const struct source *s)
{
    const struct decompress *d = s->packed;

    return d->chunk ? d->chunk->consumed : 0;
}

void decompress_ahead(struct source *s)
{
    struct decompress *d = s->packed;

    /* a pipe that stays silent could not be closed */
    if (!d->raw.stable && !source_make_wakable(&d->raw))
        return;
    d->ahead = true;
    if (d->chunks)
        chunks_ahead(d->chunks);
}

static void let_go(struct decompress *d)
{
    if (d->chunks)
        source_wake(&d->raw);
    chunks_free(d->chunks);
    d->chunks = NULL;
    d->chunk = NULL;
    if (d->state)
        d->how->close(d->state);
    d->state = NULL;
    d->within = d->filled = d->cut = false;
    d->trouble[0] = 0;
}

bool decompress_restart(struct source *s)
{
    struct decompress *d = s->packed;

    if (!source_rewind(&d->raw))
        return false;
    let_go(d);
    return true;
}

void decompress_close(struct source *s)
{
    let_go(s->packed);
    source_close(&s->packed->raw);
    free(s->packed);
    s->packed = NULL;
}
