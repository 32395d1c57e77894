/* Owns the WAV file and the seconds at its end that may still change. */
#include "audio/wav.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW_SECONDS = 3, SAMPLE = 2, FRAME = WAV_CHANNELS * SAMPLE };

/* Sizes in the header have 32 bits. */
static const uint64_t MOST = (UINT32_MAX - WAV_HEADER) / FRAME;

static void put_u32(uint8_t *p, uint64_t x)
{
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(x >> 8 * i);
}

static void write_header(const struct wav *w, uint64_t samples)
{
    uint8_t h[WAV_HEADER] = "RIFF....WAVEfmt \x10\0\0\0\x01\0\x02\0........\x04\0\x10\0data";

    put_u32(h + 4, samples * FRAME + WAV_HEADER - 8);
    put_u32(h + 24, w->rate);
    put_u32(h + 28, (uint64_t)w->rate * FRAME);
    put_u32(h + 40, samples * FRAME);
    fwrite(h, 1, sizeof h, w->output.file);
}

int wav_open(struct wav *w, const char *path, uint32_t rate, struct fosip_error *err)
{
    int r;

    *w = (struct wav){.rate = rate, .window = (size_t)rate * WINDOW_SECONDS};
    r = fosip_output_open(&w->output, path, err);
    if (r < 0)
        return r;
    w->waiting = calloc(w->window, FRAME);
    if (!w->waiting) {
        wav_abandon(w);
        return error_set(err, -ENOMEM, "not enough memory");
    }
    /* A pipe cannot be gone back in: what it gets says that the length is not known. */
    write_header(w, MOST);
    return 0;
}

/* Writes the samples before number `to`. */
static void write_until(struct wav *w, uint64_t to)
{
    if (to > MOST) {
        w->full = true;
        to = MOST;
    }
    while (w->written < to) {
        size_t at = (size_t)(w->written % w->window), n = w->window - at;
        int16_t *from = w->waiting + at * WAV_CHANNELS;

        if (n > to - w->written)
            n = (size_t)(to - w->written);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        for (size_t i = 0; i < n * WAV_CHANNELS; i++)
            from[i] = (int16_t)__builtin_bswap16((uint16_t)from[i]);
#endif
        fwrite(from, FRAME, n, w->output.file);
        memset(from, 0, n * FRAME);
        w->written += n;
    }
}

static int16_t add(int16_t a, int16_t b)
{
    int sum = a + b;

    return (int16_t)(sum > INT16_MAX ? INT16_MAX : sum < INT16_MIN ? INT16_MIN : sum);
}

void wav_put(struct wav *w, unsigned channel, uint64_t at, const int16_t *samples, size_t n)
{
    if (n > w->window)
        n = w->window;
    if (w->full || at > MOST - n)
        return;
    if (at + n > w->written + w->window)
        write_until(w, at + n - w->window);
    for (size_t i = 0; i < n; i++) {
        int16_t *slot = &w->waiting[(at + i) % w->window * WAV_CHANNELS + channel];

        if (at + i >= w->written)
            *slot = add(*slot, samples[i]);
    }
    if (at + n > w->end)
        w->end = at + n;
}

int wav_finish(struct wav *w, struct fosip_error *err)
{
    write_until(w, w->end);
    free(w->waiting);
    w->waiting = NULL;
    if (w->output.path && fseek(w->output.file, 0, SEEK_SET) == 0)
        write_header(w, w->written);
    return fosip_output_finish(&w->output, err);
}

void wav_abandon(struct wav *w)
{
    free(w->waiting);
    w->waiting = NULL;
    fosip_output_abandon(&w->output);
}
