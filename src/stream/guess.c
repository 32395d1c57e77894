/* What a stream of a dynamic payload type may be, where no session description
 * says it: by how its media clock runs against arrival, and by the size of its
 * payloads.  A guess, and called one. */
#include <math.h>

#include "stream/guess.h"

/* Payload octets that hold `ticks` of sound, in one frame. */
static const struct {
    uint32_t rate;
    uint16_t ticks, octets;
    struct slice codec;
} frames[] = {
#define FRAME(rate, ticks, octets, name) {rate, ticks, octets, {name, sizeof(name) - 1}}
    FRAME(8000, 80, 10, "G729"),   FRAME(8000, 160, 20, "G729"),  FRAME(8000, 240, 30, "G729"),
    FRAME(8000, 320, 40, "G729"),  FRAME(8000, 160, 33, "GSM"),   FRAME(8000, 160, 38, "iLBC"),
    FRAME(8000, 240, 50, "iLBC"),  FRAME(8000, 240, 24, "G723"),  FRAME(8000, 240, 20, "G723"),
    FRAME(8000, 160, 80, "G726-32"),
    /* AMR, the modes that no other codec's size is equal to (RFC 4867 §4) */
    FRAME(8000, 160, 32, "AMR"),   FRAME(8000, 160, 28, "AMR"),   FRAME(8000, 160, 27, "AMR"),
    FRAME(8000, 160, 22, "AMR"),   FRAME(8000, 160, 21, "AMR"),   FRAME(8000, 160, 19, "AMR"),
    FRAME(8000, 160, 18, "AMR"),   FRAME(8000, 160, 17, "AMR"),   FRAME(8000, 160, 16, "AMR"),
    FRAME(8000, 160, 15, "AMR"),   FRAME(8000, 160, 14, "AMR"),
    FRAME(16000, 320, 18, "AMR-WB"), FRAME(16000, 320, 19, "AMR-WB"),
    FRAME(16000, 320, 24, "AMR-WB"), FRAME(16000, 320, 25, "AMR-WB"),
    FRAME(16000, 320, 33, "AMR-WB"), FRAME(16000, 320, 34, "AMR-WB"),
    FRAME(16000, 320, 37, "AMR-WB"), FRAME(16000, 320, 38, "AMR-WB"),
    FRAME(16000, 320, 41, "AMR-WB"), FRAME(16000, 320, 42, "AMR-WB"),
    FRAME(16000, 320, 47, "AMR-WB"), FRAME(16000, 320, 48, "AMR-WB"),
    FRAME(16000, 320, 51, "AMR-WB"), FRAME(16000, 320, 52, "AMR-WB"),
    FRAME(16000, 320, 59, "AMR-WB"), FRAME(16000, 320, 60, "AMR-WB"),
    FRAME(16000, 320, 61, "AMR-WB"), FRAME(16000, 320, 62, "AMR-WB"),
    FRAME(16000, 320, 80, "G7221"),
};

/* The clock rate in use that the measured one is nearest to; 0 when none is
 * near. */
static uint32_t nearest_rate(double measured)
{
    static const uint32_t rates[] = {8000, 16000, 32000, 44100, 48000, 90000};

    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        if (fabs(measured - rates[i]) < 0.03 * rates[i])
            return rates[i];
    return 0;
}

struct guess stream_guess(const struct traits *t)
{
    enum { FEWEST = 20 };
    struct guess g = {.codec = SLICE_EMPTY};

    if (t->packets < FEWEST || t->seconds <= 0)
        return g;
    g.clock_rate = nearest_rate(t->ticks / t->seconds);
    if (!g.clock_rate)
        return g;
    if (g.clock_rate == 90000) {
        g.media = "video";
        return g;
    }
    g.media = "audio";
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
        if (frames[i].rate == g.clock_rate && frames[i].ticks == t->step &&
            frames[i].octets == t->octets && t->constant)
            g.codec = frames[i].codec;
    /* frames of 2.5 to 60 ms (RFC 7587 §4.2), of sizes that change */
    if (g.clock_rate == 48000 && t->step >= 120 && t->step <= 2880 && t->step % 120 == 0)
        g.codec = SLICE("opus");
    return g;
}
