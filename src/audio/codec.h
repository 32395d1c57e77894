/* Decoders: the payload of one RTP packet to samples.
 *
 * A codec is a row of a table; which library decodes it, its row says, whether it is
 * there or not. */
#ifndef AUDIO_CODEC_H
#define AUDIO_CODEC_H

#include "base/library.h"
#include "base/slice.h"

enum {
    CODEC_MAX_PAYLOAD = 4096, /* octets; more is no audio */
    CODEC_MAX_SAMPLES = 32768, /* of one packet */
};

struct codec {
    const char *name;    /* encoding name of RTP, case ignored */
    const char *library; /* that decodes it, with its Debian package; NULL: none is needed */
    uint32_t rate;       /* of the samples, Hz; 0: the RTP clock rate */
    struct library *needs; /* what the functions below call; NULL: nothing */
    /* See codec_open; NULL in a build without the library. */
    void *(*open)(const struct codec *codec);
    void (*close)(void *state);
    /* At most CODEC_MAX_SAMPLES to `out`; how many.  payload->n is at most
     * CODEC_MAX_PAYLOAD. */
    size_t (*decode)(void *state, struct slice payload, int16_t *out);
    /* So many samples in place of what was lost; NULL: nothing better than to say
     * the last ones again is known. */
    size_t (*conceal)(void *state, int16_t *out, size_t n);
    int setting;         /* for the functions above */
};

/* NULL for an encoding that is not known. */
const struct codec *codec_find(struct slice name);
/* Whether its functions can be called: not for NULL, nor without the library. */
bool codec_can_decode(const struct codec *codec);
/* A decoder's state, for codec->decode and codec->close; NULL when it cannot decode or memory
 * is short. */
void *codec_open(const struct codec *codec);

/* One file a library. */
extern const struct codec codec_pcmu, codec_pcma, codec_l16;
extern const struct codec codec_g722, codec_g726_16, codec_g726_24, codec_g726_32, codec_g726_40;
extern const struct codec codec_aal2_16, codec_aal2_24, codec_aal2_32, codec_aal2_40, codec_gsm;
extern const struct codec codec_opus, codec_g729, codec_amr, codec_amr_wb, codec_ilbc;

#endif
