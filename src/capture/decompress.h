/* Compressed captures: recognised by their first octets, unpacked as they are
 * read, with bounded memory and no temporary file.
 *
 * A compressed file is a sequence of members: gzip's members (RFC 1952 §2.2),
 * the frames of zstd (RFC 8878 §3) and lz4, the streams of bzip2 and xz.  The
 * libraries unpack one; what is common to all, how members follow each other
 * and what is said of a damaged or cut one, is here. */
#ifndef CAPTURE_DECOMPRESS_H
#define CAPTURE_DECOMPRESS_H

#include "capture/source.h"

enum unpacked {
    UNPACKED_SOME, /* goes on with more input, or with more room for output */
    UNPACKED_END,  /* a member is complete: the next input begins another */
    UNPACKED_BAD,  /* the data is not what the format wants: `cause` says how */
};

/* One step of unpacking: both ends move as far as the step came. */
struct unpack {
    const uint8_t *in;
    size_t in_left;
    uint8_t *out;
    size_t out_left;
    const char *cause; /* lives as long as the program */
};

/* A compressed format.  What needs the library is NULL where fosip was built
 * without it.  A state belongs to one file; steps of different states may run on
 * different threads. */
struct compression {
    const char *name;    /* as JSON has it: "gzip" */
    const char *library; /* what unpacks it: "zlib" */
    const char *package; /* of Debian, to build with it */
    const char *tool;    /* that unpacks it by hand */
    size_t magic;        /* octets that `is` needs to be sure */
    /* Whether these octets, at least one, can begin a member. */
    bool (*is)(const uint8_t *p, size_t n);
    const char *(*version)(void);
    void *(*open)(void); /* NULL: not enough memory */
    enum unpacked (*step)(void *state, struct unpack *u);
    void (*close)(void *state);
};

/* All formats; the last one has no name. */
extern const struct compression compressions[];

/* When the source's first octets are those of a compressed format, the source
 * gives what they unpack to from here on.  It must not move in memory after
 * that.  0; -ENOTSUP when the library for it is missing, -ENOMEM. */
int decompress_source(struct source *source, const char *path, struct fosip_error *err);

/* The format's name, or NULL for a source that is not compressed. */
const char *decompress_name(const struct source *source);

/* The octets of the compressed file that what was given so far took. */
uint64_t decompress_offset(const struct source *source);

/* From now on unpacks on a thread of its own, where that can be. */
void decompress_ahead(struct source *source);

/* Forgets all that was read and lets go of the memory that it took; reading
 * begins with the file's first octet again.  False where that cannot be: what
 * came through a pipe is gone. */
bool decompress_restart(struct source *source);

void decompress_close(struct source *source);

#endif
