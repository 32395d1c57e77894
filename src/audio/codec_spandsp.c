/* G.722, G.726 and GSM full rate, by spandsp. */
#include "audio/codec.h"

#define PACKAGE "spandsp (libspandsp-dev)"

#ifdef HAVE_SPANDSP

#define SPANDSP_EXPOSE_INTERNAL_STRUCTURES
#include <spandsp.h>

#define FUNCTIONS(X) \
    X(g722_decode_init) X(g722_decode_free) X(g722_decode) \
    X(g726_init) X(g726_free) X(g726_decode) \
    X(gsm0610_init) X(gsm0610_free) X(gsm0610_decode)
LIBRARY(spandsp, SPANDSP_FILE, FUNCTIONS);

static void *open_g722(const struct codec *codec)
{
    (void)codec;
    return spandsp.g722_decode_init(NULL, 64000, 0);
}

static void close_g722(void *state)
{
    spandsp.g722_decode_free(state);
}

static size_t decode_g722(void *state, struct slice payload, int16_t *out)
{
    return (size_t)spandsp.g722_decode(state, out, (const uint8_t *)payload.p, (int)payload.n);
}

/* A negative setting: packed as AAL2 does (RFC 3551 §4.5.4), the first code in the
 * high bits. */
static void *open_g726(const struct codec *codec)
{
    int rate = codec->setting < 0 ? -codec->setting : codec->setting;

    return spandsp.g726_init(NULL, rate, G726_ENCODING_LINEAR,
                             codec->setting < 0 ? G726_PACKING_LEFT : G726_PACKING_RIGHT);
}

static void close_g726(void *state)
{
    spandsp.g726_free(state);
}

static size_t decode_g726(void *state, struct slice payload, int16_t *out)
{
    return (size_t)spandsp.g726_decode(state, out, (const uint8_t *)payload.p, (int)payload.n);
}

static void *open_gsm(const struct codec *codec)
{
    (void)codec;
    return spandsp.gsm0610_init(NULL, GSM0610_PACKING_VOIP);
}

static void close_gsm(void *state)
{
    spandsp.gsm0610_free(state);
}

static size_t decode_gsm(void *state, struct slice payload, int16_t *out)
{
    enum { FRAME = 33 };
    size_t n = payload.n / FRAME * FRAME;

    return n ? (size_t)spandsp.gsm0610_decode(state, out, (const uint8_t *)payload.p, (int)n) : 0;
}

#define G722 \
    .needs = &spandsp_library, .open = open_g722, .close = close_g722, .decode = decode_g722
#define G726 \
    .needs = &spandsp_library, .open = open_g726, .close = close_g726, .decode = decode_g726
#define GSM \
    .needs = &spandsp_library, .open = open_gsm, .close = close_gsm, .decode = decode_gsm

#else
#define G722 .open = NULL
#define G726 .open = NULL
#define GSM .open = NULL
#endif

/* Its RTP clock is 8000 Hz for 16000 samples a second (RFC 3551 §4.5.2). */
const struct codec codec_g722 = {.name = "G722", .library = PACKAGE, .rate = 16000, G722};

#define ROW(variable, encoding, bits) \
    const struct codec variable = { \
        .name = encoding, .library = PACKAGE, .rate = 8000, .setting = bits, G726}
ROW(codec_g726_16, "G726-16", 16000);
ROW(codec_g726_24, "G726-24", 24000);
ROW(codec_g726_32, "G726-32", 32000);
ROW(codec_g726_40, "G726-40", 40000);
ROW(codec_aal2_16, "AAL2-G726-16", -16000);
ROW(codec_aal2_24, "AAL2-G726-24", -24000);
ROW(codec_aal2_32, "AAL2-G726-32", -32000);
ROW(codec_aal2_40, "AAL2-G726-40", -40000);

const struct codec codec_gsm = {.name = "GSM", .library = PACKAGE, .rate = 8000, GSM};
