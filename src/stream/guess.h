/* Guesses at a stream's codec, where nothing says it. */
#ifndef STREAM_GUESS_H
#define STREAM_GUESS_H

#include "base/slice.h"

struct traits { /* what a stream looks like */
    uint64_t packets;
    double seconds, ticks; /* from the first packet to the last */
    uint32_t step, octets; /* of timestamps, of payload: the commonest */
    bool constant;         /* most payloads have that size */
};

struct guess {
    struct slice codec;  /* empty: no guess */
    const char *media;   /* "audio", "video", NULL */
    uint32_t clock_rate; /* 0: no guess */
};

struct guess stream_guess(const struct traits *traits);

#endif
