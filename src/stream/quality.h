/* The E-model: ITU-T G.107 (03/2005) and, for wideband codecs, G.107.1. */
#ifndef STREAM_QUALITY_H
#define STREAM_QUALITY_H

#include "stream/stream.h"

struct codec_quality {
    double ie;     /* equipment impairment without loss */
    double bpl;    /* robustness against packet loss, 0: none is published */
    bool wideband; /* on the scale of G.107.1 */
};

/* What G.113 says of a codec whose packets hold `octets` of payload for
 * `ptime_ms` of sound (NaN: unknown); for some codecs only these tell the
 * mode.  False when nothing is published. */
bool quality_codec(struct slice codec, uint32_t octets, double ptime_ms,
                   struct codec_quality *out);
/* The same for a stream: audio with a known codec. */
bool quality_of(const struct stream_figures *figures, struct codec_quality *out);

/* The rating factor R, from 0 to 100 whatever the scale.  `loss_pct` of the
 * packets are lost or discarded; `burst_ratio` is G.107's BurstR; `delay_ms`
 * one way from mouth to ear.  NaN when loss cannot be rated. */
double quality_r(const struct codec_quality *codec, double loss_pct, double burst_ratio,
                 double delay_ms);
/* MOS-CQE (G.107 Annex B), 1 to 4.5. */
double quality_mos(double r);

#endif
