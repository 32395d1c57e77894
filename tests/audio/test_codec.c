/* Decoders: values of the standards, and what encoders of the same libraries made of a
 * tone. */
#include "audio/codec.h"

#include <math.h>
#include <stdlib.h>

#ifdef HAVE_SPANDSP
#define SPANDSP_EXPOSE_INTERNAL_STRUCTURES
#include <spandsp.h>
#endif
#ifdef HAVE_OPUS
#include <opus/opus.h>
#endif
#ifdef HAVE_BCG729
#include <bcg729/encoder.h>
#endif
#ifdef HAVE_AMRNB
#include <opencore-amrnb/interf_enc.h>
#endif

#include "support/suite.h"

enum { TONE = 1000, MOST = 48000 };

static int16_t samples[CODEC_MAX_SAMPLES];

static size_t decode(const struct codec *codec, void *state, const void *payload, size_t n)
{
    return codec->decode(state, slice_make(payload, n), samples);
}

#if defined(HAVE_SPANDSP) || defined(HAVE_OPUS) || defined(HAVE_AMRNB) || defined(HAVE_BCG729)
static int16_t tone[MOST], decoded[MOST];

static void make_tone(uint32_t rate)
{
    for (size_t i = 0; i < rate; i++)
        tone[i] = (int16_t)(8000 * sin(2 * M_PI * TONE * (double)i / rate));
}

/* Most of the power of half a second is at the tone's frequency. */
static void is_tone(uint32_t rate)
{
    double re = 0, im = 0, all = 0;
    size_t n = rate / 2;

    for (size_t i = 0; i < n; i++) {
        double x = decoded[rate / 4 + i], w = 2 * M_PI * TONE * (double)i / rate;

        re += x * cos(w);
        im += x * sin(w);
        all += x * x;
    }
    ck_assert_double_gt(all / (double)n, 1e6);
    ck_assert_double_gt(2 * (re * re + im * im) / (double)n, 0.8 * all);
}
#endif

START_TEST(without_library)
{
    static const uint8_t mu[] = {0xff, 0x80, 0x00, 0x7f}, a[] = {0xd5, 0x55, 0xaa, 0x2a};
    static const uint8_t linear[] = {0x12, 0x34, 0xff, 0xfe, 0x80};
    void *state = codec_open(&codec_pcmu);

    ck_assert_uint_eq(decode(&codec_pcmu, state, mu, 4), 4);
    ck_assert_int_eq(samples[0], 0);
    ck_assert_int_eq(samples[1], 32124);
    ck_assert_int_eq(samples[2], -32124);
    ck_assert_int_eq(samples[3], 0);
    ck_assert_uint_eq(decode(&codec_pcma, state, a, 4), 4);
    ck_assert_int_eq(samples[0], 8);
    ck_assert_int_eq(samples[1], -8);
    ck_assert_int_eq(samples[2], 32256);
    ck_assert_int_eq(samples[3], -32256);
    ck_assert_uint_eq(decode(&codec_l16, state, linear, 5), 2);
    ck_assert_int_eq(samples[0], 0x1234);
    ck_assert_int_eq(samples[1], -2);
    codec_pcmu.close(state);
}
END_TEST

START_TEST(names)
{
    ck_assert_ptr_eq(codec_find(SLICE("pcmu")), &codec_pcmu);
    ck_assert_ptr_eq(codec_find(SLICE("OPUS")), &codec_opus);
    ck_assert_ptr_eq(codec_find(SLICE("AAL2-G726-32")), &codec_aal2_32);
    ck_assert_ptr_null(codec_find(SLICE("telephone-event")));
    ck_assert_ptr_null(codec_find(SLICE("CN")));
    ck_assert_ptr_null(codec_find(SLICE_EMPTY));
}
END_TEST

/* Whatever comes, no more than there is room for goes out. */
START_TEST(nonsense)
{
    static const char *const all[] = {"PCMU", "PCMA", "L16", "G722", "G726-16", "G726-40",
                                      "AAL2-G726-24", "GSM", "opus", "G729", "AMR", "AMR-WB"};
    static uint8_t payload[CODEC_MAX_PAYLOAD];
    uint32_t x = 1;

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const struct codec *codec = codec_find(slice_str(all[i]));
        void *state = codec_open(codec);

        for (unsigned round = 0; state && round < 40; round++) {
            size_t n = round % 2 ? sizeof payload : round;

            for (size_t k = 0; k < n; k++)
                payload[k] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
            ck_assert_uint_le(decode(codec, state, payload, n), CODEC_MAX_SAMPLES);
        }
        if (state)
            codec->close(state);
    }
}
END_TEST

#ifdef HAVE_SPANDSP
START_TEST(spandsp)
{
    g722_encode_state_t *g722 = g722_encode_init(NULL, 64000, 0);
    void *state = codec_open(&codec_g722);
    static uint8_t octets[MOST];

    make_tone(16000);
    for (size_t at = 0; at < 16000; at += 320) {
        int n = g722_encode(g722, octets, tone + at, 320);

        ck_assert_uint_eq(decode(&codec_g722, state, octets, (size_t)n), 320);
        memcpy(decoded + at, samples, 320 * sizeof samples[0]);
    }
    is_tone(16000);
    codec_g722.close(state);
    g722_encode_free(g722);

    g726_state_t *g726 = g726_init(NULL, 32000, G726_ENCODING_LINEAR, G726_PACKING_RIGHT);

    state = codec_open(&codec_g726_32);
    make_tone(8000);
    for (size_t at = 0; at < 8000; at += 160) {
        int n = g726_encode(g726, octets, tone + at, 160);

        ck_assert_uint_eq(decode(&codec_g726_32, state, octets, (size_t)n), 160);
        memcpy(decoded + at, samples, 160 * sizeof samples[0]);
    }
    is_tone(8000);
    codec_g726_32.close(state);
    g726_free(g726);
}
END_TEST
#endif

#ifdef HAVE_OPUS
START_TEST(opus)
{
    int error;
    OpusEncoder *encoder = opus_encoder_create(48000, 1, OPUS_APPLICATION_VOIP, &error);
    void *state = codec_open(&codec_opus);
    uint8_t octets[1500];

    make_tone(48000);
    for (size_t at = 0; at < 48000; at += 960) {
        opus_int32 n = opus_encode(encoder, tone + at, 960, octets, sizeof octets);

        ck_assert_uint_eq(decode(&codec_opus, state, octets, (size_t)n), 960);
        memcpy(decoded + at, samples, 960 * sizeof samples[0]);
    }
    is_tone(48000);
    ck_assert_uint_eq(codec_opus.conceal(state, samples, 960), 960);
    codec_opus.close(state);
    opus_encoder_destroy(encoder);
}
END_TEST
#endif

#ifdef HAVE_AMRNB
/* The encoder's frames of 12.2 kbit/s, packed as RFC 4867 has it in both ways. */
START_TEST(amr)
{
    void *encoder = Encoder_Interface_init(0), *state[2];
    unsigned char frame[64];
    uint8_t aligned[33], packed[32];

    make_tone(8000);
    for (unsigned way = 0; way < 2; way++) {
        state[way] = codec_open(&codec_amr);
        for (size_t at = 0; at < 8000; at += 160) {
            ck_assert_int_eq(Encoder_Interface_Encode(encoder, MR122, tone + at, frame, 0), 32);
            aligned[0] = 0xf0; /* no mode is asked for */
            memcpy(aligned + 1, frame, 32);
            memset(packed, 0, sizeof packed);
            packed[0] = (uint8_t)(0xf0 | (frame[0] >> 4 & 7));
            packed[1] = (uint8_t)((frame[0] & 0x0c) << 4);
            for (unsigned bit = 0; bit < 244; bit++)
                packed[(bit + 10) / 8] |= (uint8_t)((frame[1 + bit / 8] >> (7 - bit % 8) & 1)
                                                    << (7 - (bit + 10) % 8));
            ck_assert_uint_eq(decode(&codec_amr, state[way], way ? packed : aligned,
                                     way ? sizeof packed : sizeof aligned),
                              160);
            memcpy(decoded + at, samples, 160 * sizeof samples[0]);
        }
        is_tone(8000);
        codec_amr.close(state[way]);
    }
    Encoder_Interface_exit(encoder);
}
END_TEST
#endif

#ifdef HAVE_BCG729
START_TEST(g729)
{
    bcg729EncoderChannelContextStruct *encoder = initBcg729EncoderChannel(0);
    void *state = codec_open(&codec_g729);
    uint8_t octets[20], n;

    make_tone(8000);
    for (size_t at = 0; at < 8000; at += 160) {
        bcg729Encoder(encoder, tone + at, octets, &n);
        bcg729Encoder(encoder, tone + at + 80, octets + 10, &n);
        ck_assert_uint_eq(decode(&codec_g729, state, octets, 20), 160);
        memcpy(decoded + at, samples, 160 * sizeof samples[0]);
    }
    is_tone(8000);
    ck_assert_uint_eq(decode(&codec_g729, state, octets, 12), 160); /* the last is noise */
    ck_assert_uint_eq(codec_g729.conceal(state, samples, 160), 160);
    codec_g729.close(state);
    closeBcg729EncoderChannel(encoder);
}
END_TEST
#endif

int main(void)
{
    TCase *t = tcase_create("codec");

    tcase_add_test(t, without_library);
    tcase_add_test(t, names);
    tcase_add_test(t, nonsense);
#ifdef HAVE_SPANDSP
    tcase_add_test(t, spandsp);
#endif
#ifdef HAVE_OPUS
    tcase_add_test(t, opus);
#endif
#ifdef HAVE_AMRNB
    tcase_add_test(t, amr);
#endif
#ifdef HAVE_BCG729
    tcase_add_test(t, g729);
#endif
    return run_suite("codec", t);
}
