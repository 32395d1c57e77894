/* G.729 with its annexes A and B (RFC 3551 §4.5.6), by bcg729. */
#include "audio/codec.h"

#ifdef HAVE_BCG729

#include <bcg729/decoder.h>

#define FUNCTIONS(X) X(initBcg729DecoderChannel) X(closeBcg729DecoderChannel) X(bcg729Decoder)
LIBRARY(bcg729, BCG729_FILE, FUNCTIONS);

enum { FRAME = 10, NOISE = 2, SAMPLES = 80 };

static void *open_g729(const struct codec *codec)
{
    (void)codec;
    return bcg729.initBcg729DecoderChannel();
}

static void close_g729(void *state)
{
    bcg729.closeBcg729DecoderChannel(state);
}

/* Frames of speech, the last of them perhaps of comfort noise. */
static size_t decode_g729(void *state, struct slice payload, int16_t *out)
{
    size_t at = 0, n = 0;

    for (; at + FRAME <= payload.n && n + SAMPLES <= CODEC_MAX_SAMPLES; at += FRAME, n += SAMPLES)
        bcg729.bcg729Decoder(state, (const uint8_t *)payload.p + at, FRAME, 0, 0, 0, out + n);
    if (payload.n - at == NOISE && n + SAMPLES <= CODEC_MAX_SAMPLES) {
        bcg729.bcg729Decoder(state, (const uint8_t *)payload.p + at, NOISE, 0, 1, 0, out + n);
        n += SAMPLES;
    }
    return n;
}

static size_t conceal_g729(void *state, int16_t *out, size_t samples)
{
    size_t n = 0;

    for (; n + SAMPLES <= samples; n += SAMPLES)
        bcg729.bcg729Decoder(state, NULL, 0, 1, 0, 0, out + n);
    return n;
}

#define G729 \
    .needs = &bcg729_library, .open = open_g729, .close = close_g729, .decode = decode_g729, \
    .conceal = conceal_g729

#else
#define G729 .open = NULL
#endif

const struct codec codec_g729 = {
    .name = "G729", .library = "bcg729 (libbcg729-dev)", .rate = 8000, G729};
