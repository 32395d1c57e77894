/* Chunks: octets that are made piece after piece, where asked on a thread of their
 * own, some pieces ahead of who takes them.  What comes is the same either way. */
#ifndef CAPTURE_CHUNKS_H
#define CAPTURE_CHUNKS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { CHUNK = 128 << 10 };

struct chunk {
    ssize_t result; /* 1: more may come; 0: the end; negative errno */
    size_t n;
    uint64_t consumed; /* octets of the file that it took, with all chunks before it */
    uint8_t octets[CHUNK];
};

struct chunks;

/* `make` fills a chunk; after one whose result is not 1 it is not called again.
 * NULL when memory is short. */
struct chunks *chunks_new(void (*make)(void *ctx, struct chunk *chunk), void *ctx);
/* Waits for a chunk that is being made. */
void chunks_free(struct chunks *chunks);

/* From the next but one on, chunks are made ahead. */
void chunks_ahead(struct chunks *chunks);

/* The next chunk, valid until the next call; not to be called after the last. */
const struct chunk *chunks_next(struct chunks *chunks);

#endif
