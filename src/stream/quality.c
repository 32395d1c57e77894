/* R factor and MOS by the E-model.
 *
 * G.107 with its default values: R = 93.2 - Id - Ie,eff.  The delay impairment
 * is the common simplification Id = 0.024 d + 0.11 (d - 177.3) H(d - 177.3)
 * (Cole and Rosenbluth 2001).  Wideband codecs are rated by G.107.1: R = 129 -
 * Id - Ie,eff,wb, divided by 1.29 as its Annex A does before the mapping to
 * MOS. */
#include "stream/quality.h"

#include <math.h>

enum { ANY = 0 };

/* Values of ITU-T G.113 Appendix I (05/2002, 11/2007): Ie from table I.1, Bpl
 * from table I.4, where one is published; codecs that are not there (iLBC,
 * Speex, Opus, most modes of AMR) have none.  `octets` of payload per `frame_ms`
 * tell modes of one name apart. */
static const struct {
    struct slice codec;
    uint16_t octets, frame_ms;
    double ie, bpl;
} narrowband[] = {
#define ROW(name, octets, ms, ie, bpl) {{name, sizeof(name) - 1}, octets, ms, ie, bpl}
    ROW("PCMU", ANY, 0, 0, 4.3), /* without concealment: G.107's default */
    ROW("PCMA", ANY, 0, 0, 4.3),
    ROW("G726-40", ANY, 0, 2, 0),
    ROW("G726-32", ANY, 0, 7, 0),
    ROW("G726-24", ANY, 0, 25, 0),
    ROW("G726-16", ANY, 0, 50, 0),
    ROW("AAL2-G726-40", ANY, 0, 2, 0),
    ROW("AAL2-G726-32", ANY, 0, 7, 0),
    ROW("AAL2-G726-24", ANY, 0, 25, 0),
    ROW("AAL2-G726-16", ANY, 0, 50, 0),
    ROW("G728", 10, 5, 7, 0),    /* 16 kbit/s */
    ROW("G728", 8, 5, 20, 0),    /* 12.8 */
    ROW("G729", ANY, 0, 11, 19), /* as G.729A with VAD: the payload format is one */
    ROW("G723", 24, 30, 15, 16.1), /* 6.3 kbit/s, with VAD */
    ROW("G723", 20, 30, 19, 0),  /* 5.3 */
    ROW("GSM", ANY, 0, 20, 0),   /* full rate, 13 */
    ROW("GSM-HR-08", ANY, 0, 23, 0),
    ROW("GSM-EFR", ANY, 0, 5, 10),
    ROW("AMR", 32, 20, 5, 10),   /* 12.2: the same coding as GSM-EFR (3GPP TS 26.071); */
    ROW("AMR", 33, 20, 5, 10),   /* bandwidth-efficient, octet-aligned (RFC 4867) */
    ROW("EVRC", ANY, 0, 6, 0),   /* IS-127 */
    ROW("EVRC0", ANY, 0, 6, 0),
};

/* G.113 Appendix IV, table IV.1 (a handset); Bpl,wb is published only for two
 * ears, which must not be mixed with it, so loss cannot be rated.  AMR-WB's
 * payloads of one frame are told by their size, octet-aligned or not. */
static const struct {
    struct slice codec;
    uint16_t octets, frame_ms;
    double ie;
} wideband[] = {
#define WIDE(name, octets, ms, ie) {{name, sizeof(name) - 1}, octets, ms, ie}
    WIDE("G722", ANY, 0, 13), /* 64 kbit/s, the mode that RTP carries (RFC 3551 §4.5.2) */
    WIDE("AMR-WB", 18, 20, 41), WIDE("AMR-WB", 19, 20, 41), /* 6.60 */
    WIDE("AMR-WB", 24, 20, 26), WIDE("AMR-WB", 25, 20, 26), /* 8.85 */
    WIDE("AMR-WB", 33, 20, 13), WIDE("AMR-WB", 34, 20, 13), /* 12.65 */
    WIDE("AMR-WB", 37, 20, 10), WIDE("AMR-WB", 38, 20, 10), /* 14.25 */
    WIDE("AMR-WB", 41, 20, 7),  WIDE("AMR-WB", 42, 20, 7),  /* 15.85 */
    WIDE("AMR-WB", 47, 20, 5),  WIDE("AMR-WB", 48, 20, 5),  /* 18.25 */
    WIDE("AMR-WB", 51, 20, 3),  WIDE("AMR-WB", 52, 20, 3),  /* 19.85 */
    WIDE("AMR-WB", 59, 20, 1),  WIDE("AMR-WB", 60, 20, 1),  /* 23.05 */
    WIDE("AMR-WB", 61, 20, 8),  WIDE("AMR-WB", 62, 20, 8),  /* 23.85 */
};

/* Whether payloads of that size for that long are frames of these octets. */
static bool is_mode(uint32_t octets, double ptime_ms, unsigned frame, unsigned frame_ms)
{
    if (frame == ANY)
        return true;
    return fabs((double)octets * frame_ms - ptime_ms * frame) < 0.001 * frame * frame_ms;
}

bool quality_codec(struct slice codec, uint32_t octets, double ptime_ms,
                   struct codec_quality *out)
{
    for (size_t i = 0; i < sizeof narrowband / sizeof narrowband[0]; i++)
        if (slice_ieq(codec, narrowband[i].codec) &&
            is_mode(octets, ptime_ms, narrowband[i].octets, narrowband[i].frame_ms)) {
            *out = (struct codec_quality){narrowband[i].ie, narrowband[i].bpl, false};
            return true;
        }
    for (size_t i = 0; i < sizeof wideband / sizeof wideband[0]; i++)
        if (slice_ieq(codec, wideband[i].codec) &&
            is_mode(octets, ptime_ms, wideband[i].octets, wideband[i].frame_ms)) {
            *out = (struct codec_quality){wideband[i].ie, 0, true};
            return true;
        }
    return false;
}

/* G.711 with the receiver's concealment, where its extended report says that
 * it has one (RFC 3611 §4.7.6: 3 standard, 2 enhanced); G.113 table I.4. */
static void note_concealment(const struct stream_figures *f, struct codec_quality *q)
{
    enum { ENHANCED = 2, CONCEALS_BITS = 6 };

    if (q->ie == 0 && f->rtcp.has_metrics &&
        f->rtcp.metrics.config >> CONCEALS_BITS >= ENHANCED)
        q->bpl = 25.1;
}

bool quality_of(const struct stream_figures *f, struct codec_quality *out)
{
    if (!f->codec.n || !slice_ieq(f->media, SLICE("audio")) ||
        !quality_codec(f->codec, f->packet.payload, f->ptime_ms, out))
        return false;
    note_concealment(f, out);
    return true;
}

static double delay_impairment(double d)
{
    return 0.024 * d + (d > 177.3 ? 0.11 * (d - 177.3) : 0);
}

double quality_r(const struct codec_quality *q, double loss_pct, double burst_ratio,
                 double delay_ms)
{
    double ie = q->ie, id = delay_impairment(delay_ms), r;

    if (loss_pct > 0) {
        if (q->bpl <= 0)
            return NAN;
        ie += (95 - ie) * loss_pct / (loss_pct / burst_ratio + q->bpl);
    }
    r = q->wideband ? (129 - id - ie) / 1.29 : 93.2 - id - ie;
    return r < 0 ? 0 : r > 100 ? 100 : r;
}

double quality_mos(double r)
{
    double mos;

    if (isnan(r))
        return NAN;
    if (r <= 0)
        return 1;
    if (r >= 100)
        return 4.5;
    mos = 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r);
    return mos < 1 ? 1 : mos; /* the polynomial dips below 1 up to R = 6.5 */
}
