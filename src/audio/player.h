/* Players: the packets of one stream through a jitter buffer to samples. */
#ifndef AUDIO_PLAYER_H
#define AUDIO_PLAYER_H

#include "audio/codec.h"
#include "audio/wav.h"
#include "stream/state.h"

struct player;

/* Room that players share. */
struct player_scratch {
    int16_t samples[CODEC_MAX_SAMPLES];
    int16_t resampled[CODEC_MAX_SAMPLES * 6];
};

struct player_settings {
    struct player_scratch *scratch;
    double buffer_ms;
    bool conceal;
    int64_t origin;   /* time of the file's first sample, ns since 1970 */
    unsigned channel; /* of the file */
    struct wav *wav;
};

/* What became of the packets. */
struct player_counts {
    uint64_t played, lost, late;
};

/* For a stream whose payload types `figures` say.  NULL when memory is short. */
struct player *player_new(const struct stream_figures *figures,
                          const struct player_settings *settings);
/* Takes in a packet in the order of its capture, and plays what is due. */
void player_take(struct player *player, const struct stream_look *look);
/* Plays what waits; frees the player. */
void player_end(struct player *player, struct player_counts *counts);

/* The decoder of a payload type of the stream, NULL: it is none of audio (events,
 * comfort noise), or not known. */
const struct codec *player_codec(const struct stream_figures *figures, unsigned pt);

#endif
