/* Owns the jitter buffer that is heard.  Which packets come too late for it is
 * decided as for the figures (stream/transit.c): those more than its depth behind
 * the fastest of the last seconds.  The others are decoded in the order of their
 * sequence numbers and put where their timestamp says, from the arrival of the
 * fastest ones on. */
#include "audio/player.h"

#include <math.h>
#include <stdlib.h>

enum {
    MOST_WAITING = 256, /* packets */
    SEEN = 512,         /* sequence numbers that repeats are known among */
    FAR = 3000,         /* a greater step of sequence numbers is a new beginning */
    DECODERS = 8,       /* payload types of one stream */
    LONGEST = 5760,     /* samples that are said again */
    LOWEST_RATE = 8000,
    HIGHEST_RATE = 48000,
};

struct waiting {
    int64_t due;    /* when it is played, ns since 1970 */
    int64_t number; /* sequence number, extended */
    uint32_t timestamp;
    uint16_t n;
    uint8_t pt;
    uint8_t payload[];
};

struct decoder {
    uint8_t pt;
    const struct codec *codec;
    uint32_t clock, rate; /* of RTP timestamps, of samples */
    void *state;
};

struct player {
    struct player_settings settings;
    struct player_counts counts;
    struct decoder decoders[DECODERS];
    unsigned decoder_count;
    /* Of sequence numbers, extended; 0 at first. */
    bool started;
    int64_t highest;
    uint64_t seen[SEEN / 64];
    /* Of the jitter buffer. */
    struct transit transit;
    double lows[LOWS];
    unsigned low_at;
    int64_t start, second_end;
    unsigned waiting_count;
    struct waiting *waiting[MOST_WAITING]; /* by number */
    /* Of what was played. */
    bool playing;
    int64_t last_number;
    uint32_t next_timestamp; /* behind what was played last */
    int64_t next_time;       /* when it is to be heard, ns from the origin */
    size_t frame;            /* samples of the last packet, in `last` */
    unsigned repeats;        /* of them, for what was lost */
    int16_t last[LONGEST];
};

/* ---- decoders -------------------------------------------------------------------------- */

const struct codec *player_codec(const struct stream_figures *f, unsigned pt)
{
    for (unsigned i = 0; i < f->pt_count; i++)
        if (f->pts[i].pt == pt)
            return codec_find(f->pts[i].codec);
    return NULL;
}

struct player *player_new(const struct stream_figures *f, const struct player_settings *settings)
{
    struct player *p = calloc(1, sizeof *p);

    if (!p)
        return NULL;
    p->settings = *settings;
    for (unsigned i = 0; i < f->pt_count && p->decoder_count < DECODERS; i++) {
        const struct codec *codec = codec_find(f->pts[i].codec);
        struct decoder *d = &p->decoders[p->decoder_count];

        if (!codec_can_decode(codec))
            continue;
        *d = (struct decoder){.pt = f->pts[i].pt,
                              .codec = codec,
                              .clock = f->pts[i].clock_rate ? f->pts[i].clock_rate : 8000,
                              .rate = codec->rate};
        if (!d->rate)
            d->rate = d->clock;
        if (d->rate < LOWEST_RATE || d->rate > HIGHEST_RATE)
            continue;
        d->state = codec_open(codec);
        p->decoder_count += d->state != NULL;
    }
    return p;
}

static struct decoder *decoder_of(struct player *p, unsigned pt)
{
    for (unsigned i = 0; i < p->decoder_count; i++)
        if (p->decoders[i].pt == pt)
            return &p->decoders[i];
    return NULL;
}

/* ---- what is heard --------------------------------------------------------------------- */

/* To the file's rate, between neighbours along a line. */
static size_t resample(struct player *p, const int16_t *in, size_t n, uint32_t rate)
{
    uint32_t to = p->settings.wav->rate;
    int16_t *out = p->settings.scratch->resampled;
    size_t most = sizeof p->settings.scratch->resampled / sizeof out[0];
    size_t count = (size_t)((uint64_t)n * to / rate);

    if (count > most)
        count = most;
    for (size_t i = 0; i < count; i++) {
        uint64_t at = (uint64_t)i * rate;
        size_t k = (size_t)(at / to);
        int64_t rest = (int64_t)(at % to);
        int64_t a = in[k], b = in[k + 1 < n ? k + 1 : k];

        out[i] = (int16_t)(a + (b - a) * rest / (int64_t)to);
    }
    return count;
}

/* The number of the sample at a time, ns from the origin. */
static int64_t sample_at(int64_t time, uint32_t rate)
{
    return (int64_t)floor((double)time * rate / 1e9 + 0.5);
}

static void hear(struct player *p, const int16_t *samples, size_t n, uint32_t rate, int64_t time)
{
    struct wav *wav = p->settings.wav;
    int64_t at = sample_at(time, wav->rate), heard = sample_at(p->next_time, wav->rate);
    int64_t from = p->playing && heard > 0 ? heard : 0; /* what is before it was heard */

    if (rate != wav->rate) {
        n = resample(p, samples, n, rate);
        samples = p->settings.scratch->resampled;
    }
    if (at < from) {
        size_t before = from - at < (int64_t)n ? (size_t)(from - at) : n;

        samples += before;
        n -= before;
        at = from;
    }
    wav_put(wav, p->settings.channel, (uint64_t)at, samples, n);
}

static int64_t ns_of(size_t samples, uint32_t rate)
{
    return (int64_t)((double)samples * 1e9 / rate);
}

/* The last frame again, each time at half of its loudness, then silence. */
static size_t repeat(struct player *p, size_t n)
{
    enum { MOST_REPEATS = 4 };

    if (!p->frame || p->repeats++ >= MOST_REPEATS)
        return 0;
    for (size_t i = 0; i < p->frame; i++)
        p->last[i] /= 2;
    for (size_t i = 0; i < n; i++)
        p->settings.scratch->samples[i] = p->last[i % p->frame];
    return n;
}

/* Fills the place of what did not come, up to the packet's timestamp. */
static void conceal(struct player *p, struct decoder *d, uint32_t timestamp)
{
    enum { MOST_MS = 200 };
    size_t missing = (size_t)((uint64_t)(timestamp - p->next_timestamp) * d->rate / d->clock);
    size_t most = d->rate * MOST_MS / 1000, n;
    int16_t *samples = p->settings.scratch->samples;

    if (missing > most)
        missing = most;
    while (missing) {
        size_t step = p->frame && p->frame < missing ? p->frame : missing;

        n = d->codec->conceal ? d->codec->conceal(d->state, samples, step) : repeat(p, step);
        if (!n)
            return;
        hear(p, samples, n, d->rate, p->next_time);
        p->next_time += ns_of(n, d->rate);
        missing -= n < missing ? n : missing;
    }
}

/* When the packet's first sample is heard: behind what was heard before, as far as its
 * timestamp says; by its own place in time after a pause, or where the clocks of
 * sender and capture have come too far apart. */
static int64_t place(struct player *p, const struct decoder *d, const struct waiting *w)
{
    static const int64_t MOST = 200 * (int64_t)1000000, IN_A_PAUSE = 20 * (int64_t)1000000;
    int64_t own = w->due - (int64_t)(p->settings.buffer_ms * 1e6) - p->settings.origin;
    int32_t step = (int32_t)(w->timestamp - p->next_timestamp);
    int64_t behind = p->next_time + (int64_t)((double)step * 1e9 / d->clock);
    int64_t off = own > behind ? own - behind : behind - own;

    if (!p->playing || step < 0 || off > MOST || (step > 0 && off > IN_A_PAUSE))
        return own;
    return behind;
}

static void play(struct player *p, const struct waiting *w)
{
    struct decoder *d = decoder_of(p, w->pt);
    int64_t lost = p->playing ? w->number - p->last_number - 1 : 0;
    int16_t *samples = p->settings.scratch->samples;
    int64_t time;
    size_t n;

    p->counts.lost += lost > 0 ? (uint64_t)lost : 0;
    p->last_number = w->number;
    if (!d)
        return;
    time = place(p, d, w);
    if (p->settings.conceal && lost > 0 && (int32_t)(w->timestamp - p->next_timestamp) > 0)
        conceal(p, d, w->timestamp);
    n = d->codec->decode(d->state, slice_make((const char *)w->payload, w->n), samples);
    hear(p, samples, n, d->rate, time);
    p->counts.played++;
    p->frame = n < LONGEST ? n : LONGEST;
    memcpy(p->last, samples, p->frame * sizeof p->last[0]);
    p->repeats = 0;
    p->playing = true;
    p->next_timestamp = w->timestamp + (uint32_t)((uint64_t)n * d->clock / d->rate);
    p->next_time = time + ns_of(n, d->rate);
}

/* ---- the jitter buffer ----------------------------------------------------------------- */

static void play_first(struct player *p)
{
    struct waiting *w = p->waiting[0];

    p->waiting_count--;
    memmove(p->waiting, p->waiting + 1, p->waiting_count * sizeof p->waiting[0]);
    play(p, w);
    free(w);
}

static void play_all(struct player *p)
{
    while (p->waiting_count)
        play_first(p);
}

static void play_due(struct player *p, int64_t now)
{
    while (p->waiting_count && p->waiting[0]->due <= now)
        play_first(p);
}

/* As the figures do once a second (stream/count.c). */
static void end_seconds(struct player *p, int64_t now)
{
    static const int64_t SECOND = 1000000000;
    struct transit *t = &p->transit;

    if (now < p->second_end)
        return;
    if (t->rate && t->low != INFINITY) {
        p->lows[p->low_at++ % LOWS] = t->low;
        t->low_before = INFINITY;
        for (unsigned i = 0; i < LOWS && i < p->low_at; i++)
            t->low_before = least(t->low_before, p->lows[i]);
        t->low = INFINITY;
    }
    p->second_end += ((now - p->second_end) / SECOND + 1) * SECOND;
}

/* Whether it was there already. */
static bool note_seen(struct player *p, int64_t number)
{
    uint64_t *word = &p->seen[(uint64_t)number % SEEN / 64], bit = (uint64_t)1 << number % 64;
    bool seen;

    if (number > p->highest) {
        for (int64_t i = p->highest + 1; i <= number; i++)
            p->seen[(uint64_t)i % SEEN / 64] &= ~((uint64_t)1 << i % 64);
        p->highest = number;
    }
    seen = *word & bit;
    *word |= bit;
    return seen;
}

static void begin(struct player *p, const struct arrival *a)
{
    play_all(p);
    memset(p->seen, 0, sizeof p->seen);
    p->transit.rate = 0;
    p->low_at = 0;
    p->playing = false;
    p->highest = (int64_t)65536 + a->sequence - 1;
    if (!p->started) {
        p->start = a->time;
        p->second_end = a->time + 1000000000;
    }
    p->started = true;
}

/* How far the packet is behind the fastest, ms; below 0: it is too late. */
static double lead(struct player *p, const struct arrival *a, const struct decoder *d, bool next)
{
    double now = (double)(a->time - p->start) / 1e6, tick = 1000.0 / d->clock;
    double depth = p->settings.buffer_ms;
    uint32_t restarts = p->transit.restarts;
    bool late;

    if (next) {
        late = transit_next(&p->transit, now, a->timestamp, d->clock, tick, depth);
        if (p->transit.restarts != restarts)
            p->low_at = 0;
    } else {
        late = transit_late(&p->transit, now, a->timestamp, tick, depth);
    }
    if (late)
        return -1;
    now -= (double)(p->transit.ticks + (int32_t)(a->timestamp - p->transit.timestamp)) * tick;
    return depth - (now - least(p->transit.low, p->transit.low_before));
}

static void keep(struct player *p, const struct stream_look *look, int64_t number, int64_t due)
{
    const struct arrival *a = &look->arrival;
    struct waiting *w = malloc(sizeof *w + look->captured);
    unsigned at = p->waiting_count;

    if (!w)
        return;
    *w = (struct waiting){.due = due,
                          .number = number,
                          .timestamp = a->timestamp,
                          .n = (uint16_t)look->captured,
                          .pt = a->pt};
    memcpy(w->payload, look->payload, look->captured);
    while (at && p->waiting[at - 1]->number > number)
        at--;
    memmove(p->waiting + at + 1, p->waiting + at,
            (p->waiting_count - at) * sizeof p->waiting[0]);
    p->waiting[at] = w;
    p->waiting_count++;
}

void player_take(struct player *p, const struct stream_look *look)
{
    const struct arrival *a = &look->arrival;
    const struct decoder *d = decoder_of(p, a->pt);
    int64_t number;
    int16_t step;
    bool next;
    double ms;

    step = p->started ? (int16_t)(a->sequence - (uint16_t)p->highest) : 0;
    if (!p->started || step > FAR || step < -FAR) {
        begin(p, a);
        step = 1;
    }
    end_seconds(p, a->time);
    play_due(p, a->time);
    number = p->highest + step;
    next = step > 0;
    if (step <= -SEEN || note_seen(p, number) || look->captured > CODEC_MAX_PAYLOAD)
        return;
    /* Events and comfort noise have numbers, and no place in time. */
    ms = d ? lead(p, a, d, next) : p->settings.buffer_ms;
    if (ms < 0 || (p->playing && number <= p->last_number)) {
        p->counts.late++;
        return;
    }
    if (p->waiting_count == MOST_WAITING)
        play_first(p);
    keep(p, look, number, a->time + (int64_t)(ms * 1e6));
}

void player_end(struct player *p, struct player_counts *counts)
{
    if (!p)
        return;
    play_all(p);
    for (unsigned i = 0; i < p->decoder_count; i++)
        p->decoders[i].codec->close(p->decoders[i].state);
    counts->played += p->counts.played;
    counts->lost += p->counts.lost > p->counts.late ? p->counts.lost - p->counts.late : 0;
    counts->late += p->counts.late;
    free(p);
}
