/* The public entry: chooses the streams that are heard, walks the captures once more
 * and gives each packet to its player. */
#include "fosip/audio.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/decrypt.h"
#include "audio/player.h"
#include "base/error.h"
#include "extract/again.h"
#include "extract/name.h"
#include "report/report.h"
#include "rtp/turn.h"

enum {
    AT_ONCE = 64, /* files that are written in one walk */
    NO_PLAYER = UINT32_MAX,
    LOWEST_RATE = 8000,
    HIGHEST_RATE = 48000,
};

/* A stream that is heard. */
struct voice {
    uint32_t stream; /* for stream_at */
    uint32_t file;
    unsigned channel;
    struct player *player;
};

struct audio {
    const struct fosip_analysis *analysis;
    const struct fosip_audio_options *options;
    VEC(struct voice) voices; /* by file */
    VEC(uint32_t) calls;      /* of each file */
    const char **paths;
    bool encrypted;    /* some of them: with keys that are known */
    struct decrypt *decrypt; /* opens these, in one walk */
    uint32_t *players; /* by stream_number: the number of its voice, NO_PLAYER */
    struct wav *wavs;
    struct player_scratch *scratch;
    struct player_counts counts;
    const char *reason; /* why a stream could not be heard, the last one */
    struct fosip_error *err;
};

/* ---- what is heard --------------------------------------------------------------------- */

static void warn(const struct audio *x, uint32_t stream, const char *why)
{
    char text[256];

    if (!x->options->warn)
        return;
    snprintf(text, sizeof text, "stream %u (0x%08x) is left out: %s", stream + 1,
             stream_ssrc(stream_at(x->analysis->streams, stream)), why);
    x->options->warn(x->options->warn_ctx, text);
}

/* The codec of most packets that has no decoder, NULL: none. */
static const char *why_silent(const struct stream_figures *f, char *text, size_t n)
{
    const struct codec *codec = codec_find(f->codec);

    if (f->encrypted && !f->decrypted)
        return "its payload is encrypted (SRTP), and its keys are not known";
    if (!f->codec.n)
        return "what its payload type stands for is not known";
    if (codec_can_decode(codec))
        return NULL;
    if (codec && strchr(codec->library, '('))
        snprintf(text, n, "%.*s is decoded by %s, which was not found",
                 SLICE_ARG(f->codec), codec->library);
    else
        snprintf(text, n, "no library that fosip can use decodes %.*s", SLICE_ARG(f->codec));
    return text;
}

static bool is_audio(const struct stream_figures *f)
{
    return !f->media.n || slice_ieq(f->media, SLICE("audio"));
}

/* Whether the two are one voice, seen twice on its way. */
static bool is_another_hop(const struct stream *a, const struct stream *b)
{
    int64_t from = stream_start(a) > stream_start(b) ? stream_start(a) : stream_start(b);
    int64_t to = stream_end(a) < stream_end(b) ? stream_end(a) : stream_end(b);
    int64_t shorter = stream_end(a) - stream_start(a);

    if (stream_end(b) - stream_start(b) < shorter)
        shorter = stream_end(b) - stream_start(b);
    return stream_way(a) == stream_way(b) && to - from > shorter / 2;
}

/* Of the same voice at two places the one that was heard first is taken: the nearer
 * to its speaker. */
static bool is_heard_already(const struct audio *x, size_t first_voice, const struct stream *s)
{
    for (size_t i = first_voice; i < x->voices.n; i++)
        if (is_another_hop(stream_at(x->analysis->streams, x->voices.v[i].stream), s))
            return true;
    return false;
}

static int add_voice(struct audio *x, uint32_t number, size_t first_voice, uint32_t file)
{
    struct stream *s = stream_at(x->analysis->streams, number);
    struct stream_figures f;
    struct voice *slot;
    char text[128];
    const char *why;

    stream_figures(s, &f);
    if (!is_audio(&f) || !report_selects_stream(x->analysis, number, &x->options->select))
        return 0;
    why = why_silent(&f, text, sizeof text);
    if (why) {
        warn(x, number, why);
        x->reason = "none of its audio can be decoded";
        return 0;
    }
    if (is_heard_already(x, first_voice, s))
        return 0;
    slot = vec_add(&x->voices);
    if (!slot)
        return -ENOMEM;
    x->encrypted = x->encrypted || f.encrypted;
    *slot = (struct voice){
        .stream = number, .file = file, .channel = f.direction == STREAM_TO_CALLER};
    return 0;
}

static int choose(struct audio *x)
{
    const struct call_table *calls = x->analysis->calls;
    int r = 0;

    for (uint32_t i = 0; r == 0 && i < call_count(calls); i++) {
        const struct call *call = call_at(calls, i);
        size_t before = x->voices.n;
        uint32_t *slot;

        if (!report_selects(x->analysis, i, &x->options->select))
            continue;
        for (size_t k = 0; r == 0 && k < call->streams.n; k++)
            r = add_voice(x, call->streams.v[k], before, (uint32_t)x->calls.n);
        if (x->voices.n == before)
            continue;
        slot = vec_add(&x->calls);
        if (!slot)
            return -ENOMEM;
        *slot = i;
    }
    return r;
}

/* ---- the walk -------------------------------------------------------------------------- */

/* The packet in clear, where it is one that a key opens. */
static void play(struct audio *x, struct player *player, const struct datagram *d,
                 const struct stream_look *look)
{
    struct datagram clear;
    struct stream_look inside;
    bool first;

    if (x->decrypt && decrypt_packet(x->decrypt, d, false, &clear, &first) &&
        stream_look(x->analysis->streams, &clear, &inside))
        player_take(player, &inside);
    else
        player_take(player, look);
}

static void on_datagram(void *ctx, const struct datagram *datagram)
{
    struct audio *x = ctx;
    struct datagram d = *datagram;
    struct stream_look look;
    uint32_t number, voice;
    size_t n, len;
    const uint8_t *inside = turn_payload(d.data, d.caplen, d.len, &n, &len);

    if (inside) {
        d.data = inside;
        d.caplen = (uint32_t)n;
        d.len = (uint32_t)len;
    }
    if (rtp_classify(d.data, d.caplen, d.len) != RTP_MEDIA ||
        !stream_look(x->analysis->streams, &d, &look))
        return;
    number = stream_number(x->analysis->streams, &look);
    voice = number == STREAM_NO_NUMBER ? NO_PLAYER : x->players[number];
    if (voice != NO_PLAYER)
        play(x, x->voices.v[voice].player, &d, &look);
}

static size_t on_stream(void *ctx, const struct datagram *run, bool last)
{
    (void)ctx;
    (void)last;
    return run->caplen;
}

static int walk(struct audio *x)
{
    struct net_sink sink = {.ctx = x, .datagram = on_datagram, .stream = on_stream};
    struct net *net = net_new(&sink);
    struct capture *capture;
    struct packet packet;
    int r;

    x->decrypt = x->encrypted ? decrypt_new(x->analysis->calls) : NULL;
    if (!net || (x->encrypted && !x->decrypt)) {
        net_free(net);
        return error_set(x->err, -ENOMEM, "not enough memory");
    }
    r = again_open(x->analysis, NULL, NULL, &capture, x->err);
    if (r == 0) {
        while (capture_next(capture, &packet))
            net_packet(net, &packet);
        net_flush(net);
        capture_close(capture);
    }
    net_free(net);
    decrypt_free(x->decrypt);
    x->decrypt = NULL;
    return r;
}

/* ---- files ----------------------------------------------------------------------------- */

static uint32_t rate_of(const struct stream_figures *f)
{
    uint32_t rate = LOWEST_RATE;

    for (unsigned i = 0; i < f->pt_count; i++) {
        const struct codec *codec = codec_find(f->pts[i].codec);
        uint32_t own = !codec_can_decode(codec) ? 0
                       : codec->rate            ? codec->rate
                                                : f->pts[i].clock_rate;

        if (own > rate && own <= HIGHEST_RATE)
            rate = own;
    }
    return rate;
}

/* The voices of a file: from *first on, behind the last of them is given. */
static size_t voices_of(const struct audio *x, uint32_t file, size_t *first)
{
    size_t i = 0;

    while (x->voices.v[i].file != file)
        i++;
    *first = i;
    while (i < x->voices.n && x->voices.v[i].file == file)
        i++;
    return i;
}

/* The file's first sample is when the first of its voices begins; its rate that of the
 * one with the highest. */
static int begin_file(struct audio *x, uint32_t file, struct wav *wav)
{
    size_t first, end = voices_of(x, file, &first);
    struct player_settings how = {.scratch = x->scratch,
                                  .buffer_ms = x->options->buffer_ms ? x->options->buffer_ms
                                                                     : STREAM_BUFFER_MS,
                                  .conceal = x->options->conceal,
                                  .origin = INT64_MAX,
                                  .wav = wav};
    struct stream_figures f;
    uint32_t rate = LOWEST_RATE;
    int r;

    for (size_t i = first; i < end; i++) {
        stream_figures(stream_at(x->analysis->streams, x->voices.v[i].stream), &f);
        rate = rate_of(&f) > rate ? rate_of(&f) : rate;
        how.origin = f.start < how.origin ? f.start : how.origin;
    }
    r = wav_open(wav, x->paths[file], rate, x->err);
    for (size_t i = first; r == 0 && i < end; i++) {
        stream_figures(stream_at(x->analysis->streams, x->voices.v[i].stream), &f);
        how.channel = x->voices.v[i].channel;
        x->voices.v[i].player = player_new(&f, &how);
        if (!x->voices.v[i].player) {
            wav_abandon(wav);
            return error_set(x->err, -ENOMEM, "not enough memory");
        }
    }
    return r;
}

/* Which voice a packet is for, by the number of its stream. */
static void list_players(struct audio *x)
{
    size_t count = stream_count(x->analysis->streams);
    uint32_t *by_place = malloc((count + 1) * sizeof *by_place);

    memset(x->players, 0xff, (count + 1) * sizeof *x->players);
    if (!by_place)
        return;
    memset(by_place, 0xff, (count + 1) * sizeof *by_place);
    for (uint32_t i = 0; i < x->voices.n; i++)
        if (x->voices.v[i].player)
            by_place[x->voices.v[i].stream] = i;
    for (uint32_t i = 0; i < count; i++)
        x->players[i] = by_place[stream_place(x->analysis->streams, i)];
    free(by_place);
}

static void end_players(struct audio *x)
{
    for (size_t i = 0; i < x->voices.n; i++) {
        player_end(x->voices.v[i].player, &x->counts);
        x->voices.v[i].player = NULL;
    }
}

/* Some of the files, in one walk. */
static int write_files(struct audio *x, uint32_t first, uint32_t count)
{
    uint32_t begun = 0, done = 0;
    int r = 0;

    for (; r == 0 && begun < count; begun += r == 0)
        r = begin_file(x, first + begun, &x->wavs[begun]);
    list_players(x);
    if (r == 0)
        r = walk(x);
    end_players(x);
    for (; r == 0 && done < begun; done += r == 0)
        r = wav_finish(&x->wavs[done], x->err);
    for (; done < begun; done++)
        wav_abandon(&x->wavs[done]);
    return r;
}

static int name_files(struct audio *x)
{
    const char *template = x->options->output;

    if (!template)
        return error_set(x->err, -EINVAL, "audio goes to a file: -o FILE says which");
    x->paths = calloc(x->calls.n + 1, sizeof *x->paths);
    if (!x->paths)
        return error_set(x->err, -ENOMEM, "not enough memory");
    if (x->calls.n == 1 && !name_has_place(template)) {
        x->paths[0] = strdup(template);
        return x->paths[0] ? 0 : error_set(x->err, -ENOMEM, "not enough memory");
    }
    return name_calls(x->paths, template, x->analysis, x->calls.v, x->calls.n, x->err);
}

static int run(struct audio *x)
{
    size_t streams = stream_count(x->analysis->streams);
    int r = report_choose(x->analysis, &x->options->select, true);

    if (r == 0)
        r = choose(x);

    if (r < 0)
        return error_set(x->err, r, "not enough memory");
    if (!x->calls.n && x->reason)
        return error_set(x->err, -ENOTSUP, "%s", x->reason);
    if (!x->calls.n)
        return error_set(x->err, -ENOENT, "no call with audio is chosen: `fosip streams` lists it");
    r = name_files(x);
    x->players = calloc(streams + 1, sizeof *x->players);
    x->wavs = calloc(AT_ONCE, sizeof *x->wavs);
    x->scratch = malloc(sizeof *x->scratch);
    if (r == 0 && (!x->players || !x->wavs || !x->scratch))
        return error_set(x->err, -ENOMEM, "not enough memory");
    for (uint32_t i = 0; r == 0 && i < x->calls.n; i += AT_ONCE) {
        uint32_t left = (uint32_t)x->calls.n - i;

        r = write_files(x, i, left < AT_ONCE ? left : AT_ONCE);
    }
    return r;
}

int fosip_audio(const struct fosip_analysis *analysis, const struct fosip_audio_options *options,
                struct fosip_audio_done *done, struct fosip_error *err)
{
    struct audio x = {.analysis = analysis, .options = options, .err = err};
    int r = run(&x);

    if (r == 0 && done)
        *done = (struct fosip_audio_done){.files = x.calls.n,
                                          .played = x.counts.played,
                                          .lost = x.counts.lost,
                                          .late = x.counts.late};
    for (size_t i = 0; x.paths && i < x.calls.n; i++)
        free((char *)x.paths[i]);
    free(x.paths);
    free(x.players);
    free(x.wavs);
    free(x.scratch);
    vec_free(&x.voices);
    vec_free(&x.calls);
    return r;
}
