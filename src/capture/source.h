/* Sources: the octets of a file, mapped or streamed, as contiguous views.
 *
 * A mapped file is one view; what cannot be mapped (a pipe, what compressed
 * data unpacks to) comes through a block that is refilled and grows to what is
 * asked for, up to a limit. */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/* Reads up to n octets into p: how many, 0 at the end, negative errno. */
typedef ssize_t source_reader(void *ctx, uint8_t *p, size_t n);

struct source {
    const uint8_t *at, *end;  /* the view */
    uint64_t base;            /* offset in the file of `at` when the view began */
    const uint8_t *began;
    bool stable;              /* views stay valid until source_close */
    uint64_t size;            /* of the file, as it lies there; 0: unknown */
    uint8_t *block;           /* of a streamed source */
    size_t room;
    source_reader *read;
    void *ctx;
    int fd;                   /* -1: none, or no longer needed */
    bool waits;               /* reading from it waited for more when it was opened */
    bool can_wake;
    int wake[2];              /* a pipe that ends waiting when something is in it */
    void *mapped;
    size_t mapped_size;
    struct decompress *packed; /* what unpacks a compressed file, else NULL */
    /* Why no more octets came, when that is not simply the end of the file: a
     * sentence with the offset and the cause. */
    char trouble[240];
    bool cut;                 /* the trouble is that compressed data ends too early */
};

/* Opens a path ("-": standard input).  What it holds may be compressed
 * (decompress.h): the views are of what that unpacks to.  The source must stay
 * where it is in memory.  0, or a negative errno with `err`. */
int source_open(struct source *source, const char *path, struct fosip_error *err);
void source_close(struct source *source);

/* Goes back to the first octet, without the memory that streaming took: false
 * where that cannot be. */
bool source_rewind(struct source *source);

/* Octets of the file that were consumed, compressed as it may be. */
uint64_t source_progress(const struct source *source);

/* From now on a thread of its own unpacks what is compressed: no more than a bounded
 * piece ahead, and the same octets. */
void source_ahead(struct source *source);

/* Reading from a pipe that stays silent can from now on be ended by source_wake, from another
 * thread: for who reads it is the end.  False where that cannot be. */
bool source_make_wakable(struct source *source);
void source_wake(struct source *source);

/* To be called on a source that was moved in memory. */
void source_moved(struct source *source);

/* The slow way of source_need. */
const uint8_t *source_fill(struct source *source, size_t n);

/* A view of at least `n` octets at the current position, up to source->end;
 * NULL when fewer are left.  Unless stable, valid until the next call. */
static inline const uint8_t *source_need(struct source *source, size_t n)
{
    if ((size_t)(source->end - source->at) >= n)
        return source->at;
    return source_fill(source, n);
}

/* Moves past n octets that source_need has shown. */
static inline void source_take(struct source *source, size_t n)
{
    source->at += n;
}

/* Moves past n octets that need not be in view; false past the end. */
bool source_skip(struct source *source, uint64_t n);

static inline uint64_t source_offset(const struct source *source)
{
    return source->base + (uint64_t)(source->at - source->began);
}

#endif
