/* The table of codecs, and those that need no library: G.711 and L16 (RFC 3551
 * §4.5.11, §4.5.14). */
#include "audio/codec.h"

#include "base/cursor.h"
#include "rtp/g711.h"

static const struct codec *const table[] = {
    &codec_pcmu,    &codec_pcma,    &codec_l16,     &codec_g722,    &codec_g726_16,
    &codec_g726_24, &codec_g726_32, &codec_g726_40, &codec_aal2_16, &codec_aal2_24,
    &codec_aal2_32, &codec_aal2_40, &codec_gsm,     &codec_opus,    &codec_g729,
    &codec_amr,     &codec_amr_wb,  &codec_ilbc,
};

const struct codec *codec_find(struct slice name)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (slice_ieq(name, slice_str(table[i]->name)))
            return table[i];
    return NULL;
}

bool codec_can_decode(const struct codec *codec)
{
    return codec && codec->open && (!codec->needs || library_open(codec->needs));
}

void *codec_open(const struct codec *codec)
{
    return codec_can_decode(codec) ? codec->open(codec) : NULL;
}

/* There is no state, and NULL would mean that memory is short. */
static void *open_plain(const struct codec *codec)
{
    static char none;

    (void)codec;
    return &none;
}

static void close_plain(void *state)
{
    (void)state;
}

static size_t expand(enum g711_law law, struct slice payload, int16_t *out)
{
    for (size_t i = 0; i < payload.n; i++)
        out[i] = g711_sample(law, (uint8_t)payload.p[i]);
    return payload.n;
}

static size_t decode_pcmu(void *state, struct slice payload, int16_t *out)
{
    (void)state;
    return expand(G711_MU, payload, out);
}

static size_t decode_pcma(void *state, struct slice payload, int16_t *out)
{
    (void)state;
    return expand(G711_A, payload, out);
}

static size_t decode_l16(void *state, struct slice payload, int16_t *out)
{
    (void)state;
    for (size_t i = 0; i + 1 < payload.n; i += 2)
        out[i / 2] = (int16_t)be16((const uint8_t *)payload.p + i);
    return payload.n / 2;
}

const struct codec codec_pcmu = {
    .name = "PCMU", .open = open_plain, .close = close_plain, .decode = decode_pcmu};
const struct codec codec_pcma = {
    .name = "PCMA", .open = open_plain, .close = close_plain, .decode = decode_pcma};
const struct codec codec_l16 = {
    .name = "L16", .open = open_plain, .close = close_plain, .decode = decode_l16};

/* No library of Debian decodes it. */
const struct codec codec_ilbc = {.name = "iLBC", .library = "libilbc", .rate = 8000};
