/* What is heard: tones that are known to have been sent, by Goertzel's algorithm; who
 * spoke and who was silent; how long, and when. */
#include "fosip/audio.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/model.h"
#include "audio/codec.h"
#include "base/cursor.h"
#include "rtp/sdes.h"
#include "support/suite.h"

static char path[] = "/tmp/fosip-audio-XXXXXX";

static struct {
    uint32_t rate;
    size_t n; /* samples of each channel */
    int16_t *channel[2];
} sound;

static struct fosip_audio_done counts;
static char warning[512];

static void warn(void *ctx, const char *text)
{
    (void)ctx;
    snprintf(warning, sizeof warning, "%s", text);
}

static void read_sound(void)
{
    FILE *in = fopen(path, "rb");
    uint8_t h[44], frame[4];

    ck_assert_ptr_nonnull(in);
    ck_assert_uint_eq(fread(h, 1, sizeof h, in), sizeof h);
    ck_assert_mem_eq(h, "RIFF", 4);
    ck_assert_mem_eq(h + 8, "WAVEfmt ", 8);
    ck_assert_uint_eq(le16(h + 20), 1); /* PCM */
    ck_assert_uint_eq(le16(h + 22), 2);
    ck_assert_uint_eq(le16(h + 34), 16);
    sound.rate = le32(h + 24);
    ck_assert_uint_eq(le32(h + 28), sound.rate * 4);
    sound.n = le32(h + 40) / 4;
    ck_assert_uint_eq(le32(h + 4), le32(h + 40) + 36);
    for (unsigned c = 0; c < 2; c++) {
        free(sound.channel[c]);
        sound.channel[c] = calloc(sound.n + 1, sizeof(int16_t));
    }
    for (size_t i = 0; i < sound.n; i++) {
        ck_assert_uint_eq(fread(frame, 1, 4, in), 4);
        sound.channel[0][i] = (int16_t)le16(frame);
        sound.channel[1][i] = (int16_t)le16(frame + 2);
    }
    ck_assert_int_eq(fgetc(in), EOF);
    fclose(in);
}

static struct fosip_analysis *analyse(const char *file, bool srtp)
{
    struct fosip_options options = {.srtp = srtp};
    const char *folder = getenv("TESTDATA");
    char name[1024];
    const char *names[] = {name};
    struct fosip_analysis *a;
    struct fosip_error err;

    snprintf(name, sizeof name, "%s/%s", folder && *folder ? folder : "testdata", file);
    ck_assert_int_eq(fosip_analyse(&a, &options, names, 1, &err), 0);
    return a;
}

static int hear(struct fosip_analysis *a, bool conceal)
{
    struct fosip_audio_options how = {.output = path, .conceal = conceal, .warn = warn};
    struct fosip_error err = {0};
    int r = fosip_audio(a, &how, &counts, &err);

    if (r < 0)
        snprintf(warning, sizeof warning, "%.500s", err.text);
    else
        read_sound();
    fosip_free(a);
    return r;
}

static int listen_to(const char *file, bool conceal)
{
    return hear(analyse(file, false), conceal);
}

static double loudness(unsigned channel, double from, double to)
{
    size_t first = (size_t)(from * sound.rate), end = (size_t)(to * sound.rate);
    double sum = 0;

    ck_assert_uint_le(end, sound.n);
    for (size_t i = first; i < end; i++)
        sum += (double)sound.channel[channel][i] * sound.channel[channel][i];
    return sqrt(sum / (double)(end - first));
}

static double power(const int16_t *samples, size_t n, double frequency, double rate)
{
    double w = 2 * cos(2 * M_PI * frequency / rate), s1 = 0, s2 = 0;

    for (size_t i = 0; i < n; i++) {
        double s = samples[i] + w * s1 - s2;

        s2 = s1;
        s1 = s;
    }
    return (s1 * s1 + s2 * s2 - w * s1 * s2) / ((double)n * (double)n);
}

/* The key that sounds (ITU-T Q.23), 0 for none. */
static char key_at(unsigned channel, size_t at, size_t n)
{
    static const double rows[] = {697, 770, 852, 941}, columns[] = {1209, 1336, 1477, 1633};
    static const char keys[] = "123A456B789C*0#D";
    unsigned row = 0, column = 0;
    double p[8], rest = 0;

    for (unsigned i = 0; i < 8; i++)
        p[i] = power(sound.channel[channel] + at, n, i < 4 ? rows[i] : columns[i - 4],
                     sound.rate);
    for (unsigned i = 1; i < 4; i++) {
        row = p[i] > p[row] ? i : row;
        column = p[4 + i] > p[4 + column] ? i : column;
    }
    for (unsigned i = 0; i < 8; i++)
        rest += i == row || i == 4 + column ? 0 : p[i];
    if (p[row] < 1e5 || p[4 + column] < 1e5 || rest > (p[row] + p[4 + column]) / 8 ||
        p[row] > 6 * p[4 + column] || p[4 + column] > 6 * p[row])
        return 0;
    return keys[row * 4 + column];
}

/* Keys that sound for 75 ms at least. */
static void keys_of(unsigned channel, char heard[64])
{
    size_t n = 0, step = sound.rate / 40;
    unsigned length = 0;
    char before = 0;

    for (size_t at = 0; at + step < sound.n; at += step) {
        char key = key_at(channel, at, step);

        length = key && key == before ? length + 1 : 1;
        if (key && length == 3 && n < 63)
            heard[n++] = key;
        before = key;
    }
    heard[n] = 0;
}

/* The caller's phone sent the sixteen keys as tones of 100 ms with pauses of 100 ms. */
START_TEST(tones)
{
    char caller[64], callee[64];

    ck_assert_int_eq(listen_to("audio/17f_dtmf_inband_pcma.pcap", false), 0);
    ck_assert_uint_eq(sound.rate, 8000);
    keys_of(0, caller);
    keys_of(1, callee);
    ck_assert_str_eq(caller, "1234567890*#ABCD");
    ck_assert_uint_lt(strlen(callee), 3); /* speech may sound like a key for a moment */
}
END_TEST

/* What the lab knows of them: the caller's audio is digital silence, the callee
 * speaks. */
static void one_speaks(const char *file, struct slice codec, uint32_t rate)
{
    if (!codec_can_decode(codec_find(codec))) {
        ck_assert_int_eq(listen_to(file, false), -ENOTSUP);
        ck_assert_ptr_nonnull(strstr(warning, "none of its audio"));
        return;
    }
    ck_assert_int_eq(listen_to(file, false), 0);
    ck_assert_uint_eq(sound.rate, rate);
    ck_assert_double_lt(loudness(0, 0, 4), 30);
    ck_assert_double_gt(loudness(1, 0, 4), 300);
}

/* SRTP with the keys of its session description (RFC 4568): the callee's packets hold two
 * keys as tones; without them nothing is heard. */
START_TEST(encrypted)
{
    char heard[64];

    if (!sdes_library())
        return;
    ck_assert_int_eq(hear(analyse("media/srtp_sdes.pcap", true), false), 0);
    ck_assert_uint_eq(counts.played, 40 + 40); /* of each side */
    keys_of(1, heard);
    ck_assert_str_eq(heard, "12");
    keys_of(0, heard);
    ck_assert_str_eq(heard, "");
    ck_assert_int_lt(listen_to("media/srtp_sdes.pcap", false), 0);
    ck_assert_ptr_nonnull(strstr(warning, "decoded"));
}
END_TEST

START_TEST(codecs)
{
    one_speaks("31a_g722.pcap", SLICE("G722"), 16000);
    one_speaks("audio/31c_opus.pcap", SLICE("opus"), 48000);
    one_speaks("31e_g729.pcap", SLICE("G729"), 8000);
    one_speaks("audio/31g_gsm.pcap", SLICE("GSM"), 8000);
}
END_TEST

/* 407 packets of 20 ms each way; the second stream begins 1.605 ms after the first. */
START_TEST(length)
{
    ck_assert_int_eq(listen_to("01a_basic_caller_bye.pcap", false), 0);
    ck_assert_uint_eq(counts.files, 1);
    ck_assert_uint_eq(counts.played, 814);
    ck_assert_uint_eq(counts.lost, 0);
    ck_assert_uint_eq(counts.late, 0);
    ck_assert_uint_ge(sound.n, 407 * 160);
    ck_assert_uint_le(sound.n, 407 * 160 + 2 * 160);
}
END_TEST

/* What is lost or too late is what the figures say of these streams. */
static void as_the_figures(const char *file)
{
    struct fosip_analysis *a = analyse(file, false);
    uint64_t lost = 0, late = 0, played = 0;
    struct stream_figures f;

    for (size_t i = 0; i < stream_count(a->streams); i++) {
        stream_figures(stream_at(a->streams, i), &f);
        lost += f.lost;
        late += f.discarded;
        played += f.packets - f.duplicates - f.discarded;
    }
    fosip_free(a);
    ck_assert_int_eq(listen_to(file, false), 0);
    ck_assert_uint_eq(counts.lost, lost);
    ck_assert_uint_eq(counts.late, late);
    ck_assert_uint_eq(counts.played, played);
}

START_TEST(figures)
{
    as_the_figures("36g_burst_5.pcap");
    as_the_figures("36n_dup_1.pcap");
    as_the_figures("36p_reorder_2.pcap");
    as_the_figures("36x_seq_wrap.pcap");
    as_the_figures("31o_dtx_pcmu.pcap");
    as_the_figures("37i_late_media.pcap");
}
END_TEST

/* 5 % are lost in bursts: silence there, or something like what was before. */
START_TEST(losses)
{
    double silent, concealed;

    ck_assert_int_eq(listen_to("36g_burst_5.pcap", false), 0);
    ck_assert_uint_gt(counts.lost, 50);
    silent = loudness(0, 1, 30) + loudness(1, 1, 30);
    ck_assert_int_eq(listen_to("36g_burst_5.pcap", true), 0);
    concealed = loudness(0, 1, 30) + loudness(1, 1, 30);
    ck_assert_double_gt(concealed, silent);
}
END_TEST

START_TEST(refused)
{
    struct fosip_analysis *a = analyse("01a_basic_caller_bye.pcap", false);
    struct fosip_audio_options how = {.select.call_id = "1", .output = path};
    struct fosip_error err = {0};

    ck_assert_int_eq(fosip_audio(a, &how, NULL, &err), -ENOENT); /* a registration */
    how.select.call_id = NULL;
    how.output = "/no/such/folder/x.wav";
    ck_assert_int_eq(fosip_audio(a, &how, NULL, &err), -ENOENT);
    ck_assert_ptr_nonnull(strstr(err.text, "/no/such/folder"));
    how.output = NULL;
    ck_assert_int_eq(fosip_audio(a, &how, NULL, &err), -EINVAL);
    fosip_free(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("audio");
    TCase *t = tcase_create("audio");
    SRunner *runner = srunner_create(suite);
    int failed, fd = mkstemp(path);

    if (fd < 0) {
        perror(path);
        return 1;
    }
    close(fd);
    srunner_set_fork_status(runner, CK_NOFORK);
    tcase_add_test(t, tones);
    tcase_add_test(t, encrypted);
    tcase_add_test(t, codecs);
    tcase_add_test(t, length);
    tcase_add_test(t, figures);
    tcase_add_test(t, losses);
    tcase_add_test(t, refused);
    suite_add_tcase(suite, t);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    for (unsigned c = 0; c < 2; c++)
        free(sound.channel[c]);
    unlink(path);
    return failed != 0;
}
