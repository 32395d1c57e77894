/* Opus (RFC 6716, RFC 7587), by libopus. */
#include "audio/codec.h"

#ifdef HAVE_OPUS

#include <opus/opus.h>

#define FUNCTIONS(X) X(opus_decoder_create) X(opus_decoder_destroy) X(opus_decode)
LIBRARY(opus, OPUS_FILE, FUNCTIONS);

enum { RATE = 48000, MOST = 5760 /* 120 ms */ };

static void *open_opus(const struct codec *codec)
{
    int error;

    (void)codec;
    return opus.opus_decoder_create(RATE, 1, &error);
}

static void close_opus(void *state)
{
    opus.opus_decoder_destroy(state);
}

static size_t decode_opus(void *state, struct slice payload, int16_t *out)
{
    int n = payload.n ? opus.opus_decode(state, (const unsigned char *)payload.p,
                                         (opus_int32)payload.n, out, MOST, 0)
                      : 0;

    return n > 0 ? (size_t)n : 0;
}

static size_t conceal_opus(void *state, int16_t *out, size_t n)
{
    enum { STEP = RATE / 400 }; /* 2.5 ms */
    size_t whole = n / STEP * STEP;
    int made = whole && whole <= MOST ? opus.opus_decode(state, NULL, 0, out, (int)whole, 0) : 0;

    return made > 0 ? (size_t)made : 0;
}

#define OPUS \
    .needs = &opus_library, .open = open_opus, .close = close_opus, .decode = decode_opus, \
    .conceal = conceal_opus

#else
#define OPUS .open = NULL
#endif

const struct codec codec_opus = {
    .name = "opus", .library = "libopus (libopus-dev)", .rate = 48000, OPUS};
