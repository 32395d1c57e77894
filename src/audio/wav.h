/* WAV files of two channels with 16 bits, written in one go.
 *
 * Samples may come a little out of order, and where two meet they are added: what
 * is further back than the window is written, and stays as it is. */
#ifndef AUDIO_WAV_H
#define AUDIO_WAV_H

#include <stdio.h>

#include "base/error.h"
#include "fosip/output.h"

enum { WAV_CHANNELS = 2, WAV_HEADER = 44 };

struct wav {
    struct fosip_output output;
    uint32_t rate;
    uint64_t written; /* samples of each channel */
    uint64_t end;     /* behind the last that was put */
    size_t window;    /* samples of each channel that wait */
    int16_t *waiting; /* interleaved; sample number n at n % window */
    bool full;        /* the format has no room for more */
};

/* 0, or a negative code with `err`. */
int wav_open(struct wav *wav, const char *path, uint32_t rate, struct fosip_error *err);
/* Puts n samples of a channel, at sample number `at` from the beginning. */
void wav_put(struct wav *wav, unsigned channel, uint64_t at, const int16_t *samples, size_t n);
int wav_finish(struct wav *wav, struct fosip_error *err);
void wav_abandon(struct wav *wav);

#endif
