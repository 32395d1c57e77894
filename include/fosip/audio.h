/* Audio: what was said in the chosen calls, as WAV files. */
#ifndef FOSIP_AUDIO_H
#define FOSIP_AUDIO_H

#include "fosip/fosip.h"

#ifdef __cplusplus
extern "C" {
#endif

struct fosip_audio_options {
    struct fosip_select select;
    /* The file of a single call; of several a template, as in fosip_extract_options. */
    const char *output;
    unsigned buffer_ms; /* depth of the jitter buffer, 0: 60 */
    bool conceal;       /* what was lost sounds like what was before it; else silence */
    /* Told of each stream that is left out, in a sentence.  May be NULL. */
    void (*warn)(void *ctx, const char *text);
    void *warn_ctx;
};

struct fosip_audio_done {
    uint64_t files;
    uint64_t played, lost, late; /* packets: decoded, missing, behind the jitter buffer */
};

/* Reads the captures of the analysis again, decodes the audio streams of the chosen
 * calls and writes a WAV file a call, of 16 bits: the left channel is what the
 * caller sent, the right one the callee, both by the clock of the capture.  Files
 * appear whole or not at all.  0, with `done` filled if it is not NULL; or a
 * negative errno-style code with `err` filled: -ENOENT when no chosen call has audio,
 * -ENOTSUP when none of it can be decoded, and those of fosip_extract. */
FOSIP_API int fosip_audio(const struct fosip_analysis *analysis,
                          const struct fosip_audio_options *options,
                          struct fosip_audio_done *done, struct fosip_error *err);

#ifdef __cplusplus
}
#endif

#endif
