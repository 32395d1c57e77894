/* Keys pressed, as tones in G.711 audio: ITU-T Q.23 (frequencies) and Q.24
 * (what a receiver accepts).
 *
 * A key is a tone of each of two groups.  Blocks of 102 samples (12.75 ms) go
 * through eight Goertzel filters; a block holds a key when one tone of each
 * group carries nearly all of its energy at levels that are near enough to each
 * other.  Two blocks in a row with the same key, whose phases go on as the
 * key's own frequencies would, begin a key; the blocks at its ends count for the
 * part of them that it fills, by their amplitude.
 *
 * Most audio is speech or silence, and never comes that far: a look at the signs
 * of the samples, which cost a few operations per 64 of them, sorts it out. */
#include <math.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "stream/state.h"

enum { RATE = 8000, BLOCK = 102, ROWS = 4, SAMPLE_NS = 1000000000 / RATE };

static const double frequencies[TONES] = {697, 770, 852, 941, 1209, 1336, 1477, 1633};
static const char layout[ROWS][ROWS + 1] = {"123A", "456B", "789C", "*0#D"};

/* ---- the quick look -------------------------------------------------------------- */

/* Written out, as 4096 sines would take longer than the rest of a small analysis;
 * tests/stream/test_tone.c has the sines. */
const struct tone_masks tone_masks = {
    .bits = {
        /* 697 Hz */
        {{0x03f03e07e07c0fc0, 0x7e07c0fc0f81f81f, 0xc0fc1f81f83f03f0, 0x1f83f03f07e07e0f},
         {0xe07e0fc0fc1f81f8, 0x0fc0f81f81f03f03, 0xf81f03f03e07e07c, 0x03f07e07e0fc0fc1}},
        /* 770 Hz */
        {{0x7c0f83e0fc1f07c0, 0x1f07c0f83e0fc1f0, 0x0fc1f07c0f83e0fc, 0x83e07c1f07e0f83e},
         {0x0f83e07c1f07e0f8, 0x07e0f83e07c1f07e, 0xc1f07e0f83e07c1f, 0xf07c1f03e0f83f07}},
        /* 852 Hz */
        {{0xc1f0783e1f0783e0, 0x87c1f0f83c1f0f83, 0x0f07c3e0f87c1e0f, 0x3e1f0783e0f07c3e},
         {0xf83c1f0f83c1f0f8, 0xe0f07c1e0f87c1e0, 0x83e1f07c3e0f07c3, 0x0f83c1f0f83e1f07}},
        /* 941 Hz */
        {{0x0f0f8787c3c3e1e0, 0xf0f8787c3c3e1e1f, 0x0f8787c3c3e1e1f0, 0xf8787c3c3e1e1f0f},
         {0xc3c1e1e0f0f07878, 0x3c1e1e0f0f078783, 0xc1e1e0f0f078783c, 0x1e1e0f0f078783c3}},
        /* 1209 Hz */
        {{0x8e1c70e3c70e3c70, 0x38f1c38f1c78e1c7, 0xe3c71e3871e3871c, 0x8e1c78e1c70e3c70},
         {0xc38f1c78e1c78e1c, 0x1e3871e3871c38f1, 0x78e3c70e3c70e3c7, 0xc38f1c38e1c78e1c}},
        /* 1336 Hz */
        {{0x8e38e38e38e38e38, 0x38e38e38e38e38e3, 0xe38e38e38e38e38e, 0x8e38e38e38e38e38},
         {0xc71c71c71c71c71c, 0x1c71c71c71c71c71, 0x71c71c71c71c71c7, 0xe71c71c71c71c71c}},
        /* 1477 Hz */
        {{0x8e718e31ce39c638, 0x1ce31c639c738c71, 0x39c638c738e718e3, 0x738c718e71ce31c6},
         {0xe718e31ce31c639c, 0xce31c639c638c738, 0x9c638c738c718e71, 0x38c718e718e31ce3}},
        /* 1633 Hz */
        {{0xc6319ce7398c6318, 0xe6318c6339ce7318, 0xe739cc6318c6739c, 0x6319ce7398c6318c},
         {0x6318c6339ce7318c, 0x739cc6318c6739ce, 0x319ce739cc6318ce, 0x318c6339ce7398c6}},
    }};

/* How many bits of two words are set. */
static unsigned ones(uint64_t x, uint64_t y)
{
    uint64_t sum;

    x -= x >> 1 & 0x5555555555555555u;
    y -= y >> 1 & 0x5555555555555555u;
    sum = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u) +
          (y & 0x3333333333333333u) + (y >> 2 & 0x3333333333333333u);
    sum = (sum & 0x0f0f0f0f0f0f0f0fu) + (sum >> 4 & 0x0f0f0f0f0f0f0f0fu);
    return (unsigned)(sum * 0x0101010101010101u >> 56);
}

/* The sign bits of 64 octets; both laws keep the sign in the upper bit. */
static uint64_t signs(const uint8_t *p)
{
    uint64_t all = 0;

    for (unsigned i = 0; i < 8; i++, p += 8) {
        /* the multiplication moves the eight bits side by side */
        uint64_t eight = le64(p) & 0x8080808080808080u;

        all |= (eight >> 7) * 0x0102040810204080u >> 56 << (8 * i);
    }
    return all;
}

/* How much of a tone the signs hold, from 0 to the square of all samples. */
static int match(const uint64_t mask[2][TONE_WORDS], const uint64_t *x, unsigned words)
{
    int sum = 0;

    for (unsigned q = 0; q < 2; q++) {
        unsigned differ = 0, i = 0;
        int c;

        for (; i + 1 < words; i += 2)
            differ += ones(x[i] ^ mask[q][i], x[i + 1] ^ mask[q][i + 1]);
        if (i < words)
            differ += ones(x[i] ^ mask[q][i], 0);
        c = (int)(64 * words) - 2 * (int)differ;
        sum += c * c;
    }
    return sum;
}

/* Tones of keys cross zero 12 to 25 times in 64 samples: hum and silence do
 * less, and hiss more. */
static bool crosses(uint64_t x)
{
    enum { FEWEST = 10, MOST = 28 };
    unsigned n = ones((x ^ x >> 1) & ~((uint64_t)1 << 63), 0);

    return n >= FEWEST && n <= MOST;
}

bool tone_may_sound(const uint8_t *payload, size_t n)
{
    /* Two tones of one level make 0.27 of all at least, one tone of a key with
     * the greatest twist as much; in a part of a packet they make less. */
    enum { BOTH = 12, EACH = 1 }; /* per cent */
    unsigned words = (unsigned)(n / 64 < TONE_WORDS ? n / 64 : TONE_WORDS);
    uint64_t x[TONE_WORDS];
    int row = 0, column = 0, all = (int)(64 * 64 * words * words);

    x[0] = signs(payload);
    if (!crosses(x[0]) && !crosses(signs(payload + n - 64)))
        return false;
    for (unsigned i = 1; i < words; i++)
        x[i] = signs(payload + 64 * (size_t)i);
    for (unsigned t = 0; t < ROWS; t++) {
        int r = match(tone_masks.bits[t], x, words);
        int c = match(tone_masks.bits[ROWS + t], x, words);

        row = r > row ? r : row;
        column = c > column ? c : column;
    }
    return 100 * row > EACH * all && 100 * column > EACH * all &&
           100 * (row + column) > BOTH * all;
}

/* ---- the detector ------------------------------------------------------------------- */

struct block { /* what a block of samples held */
    char digit;                 /* 0: none */
    uint8_t row, column;
    float power[TONES];         /* square of the amplitude */
    double phase[2];            /* of row and column, at the block's end */
};

/* The filters side by side: rows, columns. */
typedef float four __attribute__((vector_size(16)));
union eight {
    four of[2];
    float tone[TONES];
};

struct tone {
    union eight s1, s2, coefficient;
    double energy;
    unsigned samples;           /* in this block */
    bool running;               /* the samples so far join on to the next ones */
    struct block last, before;  /* the two blocks before */
    /* the key that is sounding */
    char digit;
    uint8_t row, column;
    unsigned blocks, missed;    /* that held it; without it, in a row */
    double sum;                 /* of the amplitudes of its blocks */
    double first, last_part;    /* amplitude before its first block, after its last */
    double lost_ms;             /* in missing packets */
    int64_t start;
    uint64_t frame;
};

struct tone *tone_new(void)
{
    struct tone *t = calloc(1, sizeof *t);

    for (unsigned i = 0; t && i < TONES; i++)
        t->coefficient.tone[i] = (float)(2 * cos(2 * M_PI * frequencies[i] / RATE));
    return t;
}

bool tone_is_listening(const struct tone *t)
{
    return t->running;
}

static void clear_block(struct tone *t)
{
    t->s1 = t->s2 = (union eight){{{0}}};
    t->energy = 0;
    t->samples = 0;
}

static void forget_blocks(struct tone *t)
{
    clear_block(t);
    t->last = t->before = (struct block){0};
}

static double phase_of(const struct tone *t, unsigned i)
{
    double w = 2 * M_PI * frequencies[i] / RATE;

    double s1 = (double)t->s1.tone[i], s2 = (double)t->s2.tone[i];

    return atan2(s2 * sin(w), s1 - s2 * cos(w));
}

static unsigned strongest(const float *power, unsigned from)
{
    unsigned best = from;

    for (unsigned i = from + 1; i < from + ROWS; i++)
        if (power[i] > power[best])
            best = i;
    return best;
}

/* Whether the tone stands out of its group by 8 dB. */
static bool stands_out(const float *power, unsigned from, unsigned best)
{
    for (unsigned i = from; i < from + ROWS; i++)
        if (i != best && power[best] < 6.3F * power[i])
            return false;
    return true;
}

/* Q.24: levels from 0 down to -25 dBm0 are accepted, with room below; the upper
 * tone may be 4 dB stronger to 8 dB weaker, with room for what a telephone hears
 * of its own keys; the rest of the energy is noise that a receiver need not
 * bear. */
static bool is_key(const struct tone *t, const float *power, unsigned row, unsigned column)
{
    static const double LEAST_POWER = 25000; /* -40 dBm0; full scale is +3.14 */
    static const double STRONGER = 6.3, WEAKER = 0.1; /* +8 and -10 dB */
    static const double SHARE = 0.72;
    double r = (double)power[row], c = (double)power[column];

    return t->energy / BLOCK > LEAST_POWER && c < STRONGER * r && c > WEAKER * r &&
           (r + c) / 2 > SHARE * t->energy / BLOCK && stands_out(power, 0, row) &&
           stands_out(power, ROWS, column);
}

static struct block judge_block(const struct tone *t)
{
    struct block b = {0};
    unsigned row, column;

    for (unsigned i = 0; i < TONES; i++) {
        float s1 = t->s1.tone[i], s2 = t->s2.tone[i];

        b.power[i] =
            (s1 * s1 + s2 * s2 - t->coefficient.tone[i] * s1 * s2) * 4 / (BLOCK * BLOCK);
    }
    row = strongest(b.power, 0);
    column = strongest(b.power, ROWS);
    b.row = (uint8_t)row;
    b.column = (uint8_t)column;
    if (!is_key(t, b.power, row, column))
        return b;
    b.digit = layout[row][column - ROWS];
    b.phase[0] = phase_of(t, row);
    b.phase[1] = phase_of(t, column);
    return b;
}

/* How far from its nominal frequency a tone is, by how its phase went on. */
static double off(double phase, double before, double frequency)
{
    double turn = phase - before - 2 * M_PI * frequency * BLOCK / RATE;

    turn = remainder(turn, 2 * M_PI);
    return fabs(turn) * RATE / (2 * M_PI * BLOCK) / frequency;
}

/* Q.24: 1.5 % are accepted, 3.5 % are not. */
static bool is_tuned(const struct block *b, const struct block *before)
{
    static const double TOLERANCE = 0.025;

    return off(b->phase[0], before->phase[0], frequencies[b->row]) < TOLERANCE &&
           off(b->phase[1], before->phase[1], frequencies[b->column]) < TOLERANCE;
}

/* ---- keys --------------------------------------------------------------------------- */

static double amplitude(const struct tone *t, const struct block *b)
{
    return sqrt((double)b->power[t->row] + (double)b->power[t->column]);
}

/* How much of a block the key sounded in, which held it in part. */
static double part(const struct tone *t, double a)
{
    return t->sum > 0 ? fmin(a * t->blocks / t->sum, 1) : 0;
}

/* The key is over: it was one if it lasted (Q.24: 40 ms are accepted, 23 ms are
 * not). */
static void end_key(struct tone *t, struct keys *keys)
{
    static const double LEAST_MS = 26;
    double blocks = t->blocks + part(t, t->first) + part(t, t->last_part);
    double ms = blocks * BLOCK * 1000 / RATE + t->lost_ms;
    struct stream_digit *d;

    if (t->digit && ms >= LEAST_MS) {
        d = dtmf_add(keys, t->digit, STREAM_DIGIT_TONE, t->start, t->frame);
        if (d) {
            d->duration_ms = ms;
            d->ended = true;
        }
    }
    t->digit = 0;
}

/* The last two blocks held it. */
static void begin_key(struct tone *t, const struct block *b, int64_t end, uint64_t frame)
{
    t->digit = b->digit;
    t->row = b->row;
    t->column = b->column;
    t->blocks = 2;
    t->missed = 0;
    t->last_part = t->lost_ms = 0;
    t->sum = amplitude(t, &t->last) + amplitude(t, b);
    t->first = amplitude(t, &t->before);
    t->start = end - (int64_t)((2 + part(t, t->first)) * BLOCK * SAMPLE_NS);
    t->frame = frame;
}

static void go_on(struct tone *t, struct keys *keys, const struct block *b)
{
    enum { GONE = 2 }; /* blocks: Q.24's interruption of 10 ms is less */
    double a = amplitude(t, b);

    if (b->digit == t->digit) {
        t->blocks += 1 + t->missed;
        t->sum += a * (1 + t->missed);
        t->missed = 0;
        t->last_part = 0;
        return;
    }
    if (!t->missed) /* it may end within this block */
        t->last_part = a;
    if (++t->missed >= GONE)
        end_key(t, keys);
}

/* A block is full; its last sample came at `end`. */
static void end_block(struct tone *t, struct keys *keys, int64_t end, uint64_t frame)
{
    struct block b = judge_block(t);

    if (t->digit)
        go_on(t, keys, &b);
    if (b.digit && b.digit == t->last.digit && b.digit != t->digit && is_tuned(&b, &t->last)) {
        end_key(t, keys);
        begin_key(t, &b, end, frame);
    }
    t->before = t->last;
    t->last = b;
    clear_block(t);
}

/* Runs samples of one block through the filters. */
static void filter(struct tone *t, const float *x, size_t n)
{
    four r1 = t->s1.of[0], r2 = t->s2.of[0], rows = t->coefficient.of[0];
    four c1 = t->s1.of[1], c2 = t->s2.of[1], columns = t->coefficient.of[1];
    float energy = 0;

    for (size_t i = 0; i < n; i++) {
        four in = {x[i], x[i], x[i], x[i]};
        four r = in - r2 + rows * r1, c = in - c2 + columns * c1;

        r2 = r1;
        r1 = r;
        c2 = c1;
        c1 = c;
        energy += x[i] * x[i];
    }
    t->s1 = (union eight){{r1, c1}};
    t->s2 = (union eight){{r2, c2}};
    t->energy += (double)energy;
    t->samples += (unsigned)n;
}

void tone_rest(struct tone *t, struct keys *keys)
{
    end_key(t, keys);
    forget_blocks(t);
    t->running = false;
}

/* Packets are missing: a few are bridged while a key sounds. */
static void bridge(struct tone *t, struct keys *keys, unsigned gap, size_t n)
{
    enum { MOST = 3 };

    if (gap > MOST || !t->digit) {
        end_key(t, keys);
    } else {
        t->lost_ms += (double)gap * (double)n * 1000 / RATE;
        t->missed = 0;
    }
    forget_blocks(t);
}

void tone_add(struct tone *t, struct keys *keys, const struct arrival *a, unsigned gap,
              bool suspected, enum g711_law law, const uint8_t *payload, size_t n)
{
    if (gap && t->running)
        bridge(t, keys, gap, n);
    if (!suspected && !t->digit && !t->last.digit) {
        tone_rest(t, keys);
        return;
    }
    t->running = true;
    for (size_t at = 0; at < n;) {
        size_t piece = BLOCK - t->samples < n - at ? BLOCK - t->samples : n - at;
        float x[BLOCK];

        for (size_t i = 0; i < piece; i++)
            x[i] = (float)g711_sample(law, payload[at + i]);
        filter(t, x, piece);
        at += piece;
        if (t->samples == BLOCK)
            end_block(t, keys, a->time + (int64_t)at * SAMPLE_NS, a->frame);
    }
}
