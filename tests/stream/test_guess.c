/* Guesses at codecs. */
#include "suite.h"

#include "stream/guess.h"

static struct guess of(double rate, uint32_t step, uint32_t octets, bool constant)
{
    return stream_guess(&(struct traits){.packets = 100,
                                         .seconds = 2,
                                         .ticks = 2 * rate,
                                         .step = step,
                                         .octets = octets,
                                         .constant = constant});
}

static void expect(struct guess g, const char *codec, const char *media, uint32_t rate)
{
    ck_assert_msg(slice_eq(g.codec, slice_str(codec)), "%.*s, not %s", SLICE_ARG(g.codec), codec);
    ck_assert_str_eq(g.media, media);
    ck_assert_uint_eq(g.clock_rate, rate);
}

START_TEST(by_frames)
{
    expect(of(8000, 160, 33, true), "GSM", "audio", 8000);
    expect(of(8000, 160, 20, true), "G729", "audio", 8000);
    expect(of(7990, 240, 50, true), "iLBC", "audio", 8000);
    expect(of(16010, 320, 61, true), "AMR-WB", "audio", 16000);
    expect(of(48000, 960, 100, false), "opus", "audio", 48000);
    expect(of(90000, 3000, 1100, false), "", "video", 90000);
    expect(of(8000, 160, 33, false), "", "audio", 8000); /* sizes differ */
}
END_TEST

START_TEST(nothing)
{
    struct guess g = of(23456, 160, 33, true);

    ck_assert_uint_eq(g.clock_rate, 0);
    ck_assert_ptr_null(g.media);
    g = stream_guess(&(struct traits){.packets = 5, .seconds = 1, .ticks = 8000});
    ck_assert_uint_eq(g.clock_rate, 0);
    g = stream_guess(&(struct traits){.packets = 100});
    ck_assert_uint_eq(g.clock_rate, 0);
}
END_TEST

static struct sender s;

static void stream_of(uint8_t pt, double ms, uint32_t step, size_t octets)
{
    static const uint8_t payload[500];

    s = announced_sender(NULL);
    s.pt = pt;
    s.payload = payload;
    s.payload_n = octets;
    for (unsigned i = 0; i < 100; i++)
        rtp(&s, ms * i, i, step * i);
    finish(&s);
}

/* A guess never takes the place of what is known. */
START_TEST(of_a_stream)
{
    stream_of(97, 20, 160, 33);
    ck_assert(slice_eq(s.f.guessed_codec, SLICE("GSM")));
    ck_assert_uint_eq(s.f.guessed_clock_rate, 8000);
    ck_assert_uint_eq(s.f.codec.n, 0);
    ck_assert_uint_eq(s.f.clock_rate, 0);
    ck_assert(isnan(s.f.mos));
    stream_table_free(s.table);
    stream_of(0, 20, 160, 33);
    ck_assert_uint_eq(s.f.guessed_codec.n, 0);
    ck_assert(slice_eq(s.f.codec, SLICE("PCMU")));
    stream_table_free(s.table);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("guess");

    tcase_add_test(t, by_frames);
    tcase_add_test(t, nothing);
    tcase_add_test(t, of_a_stream);
    return run_suite("guess", t);
}
