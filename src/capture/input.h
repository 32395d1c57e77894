/* Inputs: one file of a capture each, on its way from closed to read.
 *
 * A mapped file stays mapped until the end: its packets are views of it.  One
 * that is streamed takes memory while it is read; it can rest before, when only
 * the time of its first packet is of interest, and is closed as soon as it
 * ends. */
#ifndef CAPTURE_INPUT_H
#define CAPTURE_INPUT_H

#include "capture/reader.h"

struct input {
    struct reader reader;
    char *path;
    const char *compression; /* NULL: none */
    const uint8_t *asked;    /* up to there memory was asked for */
    struct packet head;      /* the packet that waits, when several files are merged */
    int64_t first;           /* time of the first packet, 0: unknown */
    uint64_t size;           /* of the file, 0: unknown */
    uint32_t number;         /* among all files */
    bool usable;             /* its header could be read */
    bool stable;             /* its packets stay where they are */
    bool log;                /* it is text */
    bool foreign;            /* it is something else than a capture */
    bool resting;            /* begins again when input_wake is called */
    bool waiting;            /* there may be packets to come */
    bool begun;              /* its turn has come */
};

/* NULL when memory is short. */
struct input *input_new(const char *path, const struct capture_options *options);
void input_free(struct input *input);

/* Opens the file and reads its header; what is wrong stands in the reader. */
void input_open(struct input *input);

/* The next packet; false at the end, when what is not needed is let go. */
bool input_next(struct input *input, struct packet *packet);

/* The next ones, some at once where the file is mapped, but for the number of the first;
 * false at the end. */
bool input_some(struct input *input, struct capture_run *run);
/* The packet, as if it had been read so. */
void input_record(const struct packet *packet, struct capture_run *run);

/* Reads the first packet into `head`, and lets the input rest where it can;
 * false when it has none. */
bool input_peek(struct input *input);

/* Ends the rest: `head` is whole again.  False when it cannot be read. */
bool input_wake(struct input *input);

#endif
