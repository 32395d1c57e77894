/* AMR and AMR-WB in RTP (RFC 4867), by opencore-amr.  The session description says
 * whether fields are aligned to octets; here what fits the payload's length is
 * taken, which at most one of the two does but for chance. */
#include "audio/codec.h"

#define NB_LIBRARY "opencore-amrnb (libopencore-amrnb-dev)"
#define WB_LIBRARY "opencore-amrwb (libopencore-amrwb-dev)"

#if defined HAVE_AMRNB || defined HAVE_AMRWB

enum { TYPES = 16, MOST_FRAMES = 12, MOST_OCTETS = 62 };

/* Bits of speech by frame type (RFC 4867 tables 1 and 2); -1: not used. */
static const int nb_bits[TYPES] = {95, 103, 118, 134, 148, 159, 204, 244,
                                   39, -1,  -1,  -1,  -1,  -1,  -1,  0};
static const int wb_bits[TYPES] = {132, 177, 253, 285, 317, 365, 397, 461,
                                   477, 40,  -1,  -1,  -1,  -1,  0,   0};

/* A frame as the decoders want it: type and quality in an octet, then the bits. */
struct frame {
    uint8_t octets[1 + MOST_OCTETS];
};

static unsigned bits_at(struct slice payload, size_t at, unsigned n)
{
    unsigned x = 0;

    for (unsigned i = 0; i < n; i++, at++)
        x = x << 1 | ((unsigned)(uint8_t)payload.p[at / 8] >> (7 - at % 8) & 1u);
    return x;
}

static size_t padded(size_t bits, bool aligned)
{
    return aligned ? (bits + 7) / 8 * 8 : bits;
}

/* How many frames the payload holds in that form; 0 when it is not of that form. */
static unsigned take_apart(struct slice payload, const int *bits, bool aligned,
                           struct frame *frames)
{
    size_t at = aligned ? 8 : 4, end = payload.n * 8, data;
    unsigned toc = aligned ? 8 : 6, count = 0, heads[MOST_FRAMES];
    size_t speech = 0;
    bool more = true;

    while (more) { /* F, type (4), quality, padding */
        if (count == MOST_FRAMES || at + toc > end)
            return 0;
        heads[count] = bits_at(payload, at, 6);
        if (bits[heads[count] >> 1 & 15] < 0 || (aligned && bits_at(payload, at + 6, 2)))
            return 0;
        speech += padded((size_t)bits[heads[count] >> 1 & 15], aligned);
        more = heads[count] >> 5;
        count++;
        at += toc;
    }
    data = padded(at + speech, true);
    if (data != end)
        return 0;
    for (unsigned i = 0; i < count; i++) {
        size_t n = (size_t)bits[heads[i] >> 1 & 15];

        frames[i].octets[0] = (uint8_t)((heads[i] & 0x1f) << 2);
        for (size_t k = 0; k < n; k += 8) {
            unsigned step = n - k < 8 ? (unsigned)(n - k) : 8;

            frames[i].octets[1 + k / 8] =
                (uint8_t)(bits_at(payload, at + k, step) << (8 - step));
        }
        at += padded(n, aligned);
    }
    return count;
}

static unsigned frames_of(struct slice payload, const int *bits, struct frame *frames)
{
    unsigned n = 0;

    if (payload.n >= 2 && !((uint8_t)payload.p[0] & 15))
        n = take_apart(payload, bits, true, frames);
    return n || payload.n < 2 ? n : take_apart(payload, bits, false, frames);
}

#endif

#ifdef HAVE_AMRNB

#include <opencore-amrnb/interf_dec.h>

#define NB_FUNCTIONS(X) \
    X(Decoder_Interface_init) X(Decoder_Interface_exit) X(Decoder_Interface_Decode)
LIBRARY(amrnb, AMRNB_FILE, NB_FUNCTIONS);

enum { NB_SAMPLES = 160 };

static void *open_nb(const struct codec *codec)
{
    (void)codec;
    return amrnb.Decoder_Interface_init();
}

static void close_nb(void *state)
{
    amrnb.Decoder_Interface_exit(state);
}

static size_t decode_nb(void *state, struct slice payload, int16_t *out)
{
    struct frame frames[MOST_FRAMES];
    unsigned n = frames_of(payload, nb_bits, frames);

    for (unsigned i = 0; i < n; i++)
        amrnb.Decoder_Interface_Decode(state, frames[i].octets, out + i * NB_SAMPLES, 0);
    return (size_t)n * NB_SAMPLES;
}

#define AMR .needs = &amrnb_library, .open = open_nb, .close = close_nb, .decode = decode_nb
#else
#define AMR .open = NULL
#endif

#ifdef HAVE_AMRWB

#include <opencore-amrwb/dec_if.h>

#define WB_FUNCTIONS(X) X(D_IF_init) X(D_IF_exit) X(D_IF_decode)
LIBRARY(amrwb, AMRWB_FILE, WB_FUNCTIONS);

enum { WB_SAMPLES = 320 };

static void *open_wb(const struct codec *codec)
{
    (void)codec;
    return amrwb.D_IF_init();
}

static void close_wb(void *state)
{
    amrwb.D_IF_exit(state);
}

static size_t decode_wb(void *state, struct slice payload, int16_t *out)
{
    struct frame frames[MOST_FRAMES];
    unsigned n = frames_of(payload, wb_bits, frames);

    for (unsigned i = 0; i < n; i++)
        amrwb.D_IF_decode(state, frames[i].octets, out + i * WB_SAMPLES, 0);
    return (size_t)n * WB_SAMPLES;
}

#define AMR_WB \
    .needs = &amrwb_library, .open = open_wb, .close = close_wb, .decode = decode_wb
#else
#define AMR_WB .open = NULL
#endif

const struct codec codec_amr = {.name = "AMR", .library = NB_LIBRARY, .rate = 8000, AMR};
const struct codec codec_amr_wb = {
    .name = "AMR-WB", .library = WB_LIBRARY, .rate = 16000, AMR_WB};
