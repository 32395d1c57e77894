/* Rules about one stream: what it carries, how it arrived, how it sounded. */
#include <math.h>

#include "analysis/findings.h"
#include "call/media.h"

/* Below these a stream is good; equal is already a fault. */
static const double LOSS_PCT = 1.0, JITTER_MS = 30.0, ROUND_TRIP_MS = 250.0;
static const double BAD_LOSS_PCT = 5.0;
static const double DROP_OUT_MS = 200; /* a gap that is heard as one */
static const double CLOCK_PPM = 100;   /* what crystals stay within */
/* G.107 Annex B: below R 70 some users, below R 60 many are dissatisfied. */
static const double FAIR_R = 70, POOR_R = 60;

enum { TOO_SHORT_TO_JUDGE = 50 }; /* packets: a second of audio */

static const char *whose(const struct stream_figures *f)
{
    if (f->direction == STREAM_TO_CALLEE)
        return "from the caller";
    return f->direction == STREAM_TO_CALLER ? "from the callee" : "of this stream";
}

static double part(double n, uint64_t whole)
{
    return whole ? 100 * n / (double)whole : 0;
}

/* ---- what it carries ------------------------------------------------------------ */

/* "8 (PCMA), 101 (telephone-event)": what the map lists, as far as it fits. */
static void list_formats(const struct rtp_map *map, char *out, size_t room)
{
    size_t n = 0;

    *out = 0;
    for (unsigned i = 0; i < map->count && n < room; i++) {
        const struct rtp_format *f = &map->formats[i];

        n += (size_t)snprintf(out + n, room - n, "%s%u%s%.*s%s", i ? ", " : "", f->pt,
                              f->codec.n ? " (" : "", SLICE_ARG(slice_upto(f->codec, 30)),
                              f->codec.n ? ")" : "");
    }
}

static bool lists(const struct rtp_map *map, unsigned pt)
{
    for (unsigned i = 0; i < map->count; i++)
        if (map->formats[i].pt == pt)
            return true;
    return false;
}

static const struct rtp_map *map_of(const struct fosip_analysis *a, const struct net_addr *addr,
                                    uint32_t call)
{
    const struct announcement *announced = call_announced(a->calls, addr);

    return announced && announced->call == call ? announced->map : NULL;
}

/* Why the number is wrong, and what would be right. */
static void explain_type(const struct fosip_analysis *a, const struct stream_figures *f,
                         const struct stream_pt *pt, char *out, size_t room)
{
    const struct rtp_map *to = map_of(a, &f->dst, f->call), *from = map_of(a, &f->src, f->call);
    char allowed[160];

    *out = 0;
    if (!to)
        return;
    list_formats(to, allowed, sizeof allowed);
    if (from && lists(from, pt->pt))
        snprintf(out, room, ": it is the number of the sender's own description, the receiver's "
                            "has %s", allowed);
    else
        snprintf(out, room, ", only %s%s", allowed,
                 pt->codec.n ? "" : "; nothing says how to decode it");
}

static void check_payload_types(struct fosip_analysis *a, uint32_t stream,
                                const struct stream_figures *f)
{
    for (unsigned i = 0; i < f->pt_count; i++) {
        const struct stream_pt *pt = &f->pts[i];
        struct finding *finding;
        char why[300];

        if (f->found_by != STREAM_BY_SDP || pt->negotiated || pt->packets < 2)
            continue;
        explain_type(a, f, pt, why, sizeof why);
        finding = finding_add(a, "payload-type-not-negotiated", FINDING_WARNING, f->call,
                              CALL_NONE, stream,
                              "%llu packets %s have payload type %u%s%.*s%s, which the receiver's "
                              "session description does not allow%s.",
                              (unsigned long long)pt->packets, whose(f), pt->pt,
                              pt->codec.n ? " (" : "", SLICE_ARG(slice_upto(pt->codec, 30)),
                              pt->codec.n ? ")" : "", why);
        if (finding)
            finding->reference = "RFC 3264 §6.1";
    }
}

/* Octets a ms of the codecs that always make as many; 0 for others. */
static double octets_a_ms(struct slice codec)
{
    if (slice_ieq(codec, SLICE("PCMU")) || slice_ieq(codec, SLICE("PCMA")) ||
        slice_ieq(codec, SLICE("G722")))
        return 8;
    return slice_ieq(codec, SLICE("GSM")) ? 33 / 20.0 : 0;
}

/* The payload cannot be what its type says: the timestamps tell how long it
 * lasts, the codec how large it is then. */
static void check_payload_size(struct fosip_analysis *a, uint32_t stream,
                               const struct stream_figures *f)
{
    double expected = octets_a_ms(f->codec) * f->ptime_ms;

    if (f->encrypted || f->pt_count != 1 || !(expected > 0) ||
        fabs(f->packet.payload - expected) <= expected / 10)
        return;
    finding_add(a, "payload-size", FINDING_WARNING, f->call, CALL_NONE, stream,
                "The packets %s are said to be %.*s and hold %u octets for %g ms of sound where "
                "%.0f were expected: another codec is sent, or the timestamps are wrong.",
                whose(f), SLICE_ARG(slice_upto(f->codec, 30)), f->packet.payload, f->ptime_ms,
                expected);
}

static void check_ptime(struct fosip_analysis *a, uint32_t stream, const struct stream_figures *f)
{
    struct finding *finding;

    if (!f->announced_ptime_ms || isnan(f->ptime_ms) ||
        fabs(f->ptime_ms - f->announced_ptime_ms) < 0.5)
        return;
    finding = finding_add(a, "ptime-mismatch", FINDING_NOTE, f->call, CALL_NONE, stream,
                          "The packets %s hold %g ms of sound each, though the session "
                          "description asks for %u ms.",
                          whose(f), f->ptime_ms, f->announced_ptime_ms);
    if (finding)
        finding->reference = "RFC 8866 §6.4";
}

/* ---- how it arrived ---------------------------------------------------------------- */

static void check_loss(struct fosip_analysis *a, uint32_t stream, const struct stream_figures *f)
{
    double lasted = f->longest_loss * f->ptime_ms;

    if (f->loss_pct >= LOSS_PCT)
        finding_add(a, "packet-loss",
                    f->loss_pct >= BAD_LOSS_PCT ? FINDING_ERROR : FINDING_WARNING, f->call,
                    CALL_NONE, stream,
                    "%.2f %% of the packets %s are missing (%llu of %llu); the longest gap is %u "
                    "packet%s.",
                    f->loss_pct, whose(f), (unsigned long long)f->lost,
                    (unsigned long long)f->expected, f->longest_loss,
                    f->longest_loss == 1 ? "" : "s");
    if (!isnan(lasted) && lasted >= DROP_OUT_MS)
        finding_add(a, "loss-burst", FINDING_WARNING, f->call, CALL_NONE, stream,
                    "Up to %u packets %s are missing in a row: %.0f ms without sound, which is "
                    "heard as a drop-out.",
                    f->longest_loss, whose(f), lasted);
}

/* Between whom the packets were lost, where the receiver's reports tell. */
static void check_side(struct fosip_analysis *a, uint32_t stream, const struct stream_figures *f)
{
    const struct stream_rtcp *r = &f->rtcp;
    double after = part(r->lost_after, f->expected);
    enum stream_side side = r->lost_where;
    char addr[ADDR_TEXT];

    if ((side == STREAM_AFTER || side == STREAM_BOTH_SIDES) && after >= LOSS_PCT)
        finding_add(a, "lost-after-capture",
                    after >= BAD_LOSS_PCT ? FINDING_ERROR : FINDING_WARNING, f->call, CALL_NONE,
                    stream,
                    "%.0f packets %s (%.2f %%) passed here and did not reach %s, by its RTCP "
                    "reports: they were lost between the point of capture and the receiver.",
                    r->lost_after, whose(f), after, addr_ip_text(&f->dst, addr));
    if (side == STREAM_BEFORE && f->loss_pct >= LOSS_PCT)
        finding_add(a, "lost-before-capture", FINDING_NOTE, f->call, CALL_NONE, stream,
                    "The packets %s that are missing were lost between %s and the point of "
                    "capture: the receiver, by its RTCP reports, misses no others.",
                    whose(f), addr_ip_text(&f->src, addr));
    if (side == STREAM_NOT_CAPTURED && part(r->not_captured, f->expected) >= LOSS_PCT)
        finding_add(a, "loss-of-the-capture", FINDING_NOTE, f->call, CALL_NONE, stream,
                    "%.0f packets %s that are missing here reached the receiver, by its RTCP "
                    "reports: the capture missed them, not the network.",
                    r->not_captured, whose(f));
}

static void check_timing(struct fosip_analysis *a, uint32_t stream, const struct stream_figures *f)
{
    double late = part((double)f->discarded, f->expected);

    if (!isnan(f->rfc_jitter_max_ms) && f->rfc_jitter_max_ms >= JITTER_MS)
        finding_add(a, "jitter", FINDING_WARNING, f->call, CALL_NONE, stream,
                    "The packets %s arrive unevenly: interarrival jitter reaches %.1f ms (mean "
                    "%.1f ms).",
                    whose(f), f->rfc_jitter_max_ms, f->rfc_jitter_mean_ms);
    if (late >= LOSS_PCT)
        finding_add(a, "late-packets", FINDING_WARNING, f->call, CALL_NONE, stream,
                    "%llu packets %s (%.2f %%) come too late for a jitter buffer of %g ms, and "
                    "sound as if they were lost.",
                    (unsigned long long)f->discarded, whose(f), late, f->buffer_ms);
    if (!isnan(f->round_trip_ms.mean) && f->round_trip_ms.mean >= ROUND_TRIP_MS)
        finding_add(a, "round-trip", FINDING_WARNING, f->call, CALL_NONE, stream,
                    "The round trip measured by RTCP is %.0f ms on average: people will talk over "
                    "each other.",
                    f->round_trip_ms.mean);
}

static void check_clock(struct fosip_analysis *a, uint32_t stream, const struct stream_figures *f)
{
    static const double SURE = 4; /* standard errors */
    double size = fabs(f->clock_ppm);

    if (isnan(size) || size < CLOCK_PPM || size < SURE * f->clock_error_ppm)
        return;
    finding_add(a, "clock-skew", FINDING_WARNING, f->call, CALL_NONE, stream,
                "The clock that paces the packets %s is %.0f ppm %s (%.0f ms a minute): the "
                "receiver must now and then %s sound.",
                whose(f), size, f->clock_ppm < 0 ? "slow" : "fast", size * 60 / 1000,
                f->clock_ppm < 0 ? "invent" : "drop");
}

static void check_identity(struct fosip_analysis *a, uint32_t stream,
                           const struct stream_figures *f)
{
    if (f->ssrc_changes)
        finding_add(a, "ssrc-change", FINDING_NOTE, f->call, CALL_NONE, stream,
                    "Another SSRC follows the packets %s on the same addresses: the sender "
                    "began anew, as after a transfer, or another one took its place.",
                    whose(f));
    if (f->sequence_resets)
        finding_add(a, "sequence-reset", FINDING_NOTE, f->call, CALL_NONE, stream,
                    "The sequence numbers %s start anew %u time%s: the sender was restarted or "
                    "exchanged.",
                    whose(f), f->sequence_resets, f->sequence_resets == 1 ? "" : "s");
}

/* ---- how it sounded ------------------------------------------------------------------ */

/* What a codec cannot do better is no fault. */
static void check_quality(struct fosip_analysis *a, uint32_t stream,
                          const struct stream_figures *f)
{
    static const double LONG_DELAY_MS = 150; /* G.114 */
    double missing = part((double)(f->lost + f->discarded), f->expected);
    char why[96];

    if (isnan(f->r_factor) || f->r_factor >= FAIR_R)
        return;
    if (missing >= LOSS_PCT)
        snprintf(why, sizeof why, "%.1f %% of its packets are missing or come too late",
                 missing < 100 ? missing : 100);
    else if (f->delay_ms >= LONG_DELAY_MS)
        snprintf(why, sizeof why, "it is %.0f ms on its way", f->delay_ms);
    else
        return;
    finding_add(a, "low-mos", f->r_factor < POOR_R ? FINDING_ERROR : FINDING_WARNING, f->call,
                CALL_NONE, stream,
                "The sound %s is estimated at MOS %.1f of 4.5 (R %.0f of 100): %s.", whose(f),
                f->mos, f->r_factor, why);
}

void findings_stream(struct fosip_analysis *a, uint32_t stream)
{
    const struct stream *s = stream_at(a->streams, stream);
    struct stream_figures f;

    if (stream_packets(s) < 2)
        return; /* one says nothing */
    stream_figures(s, &f);
    check_payload_types(a, stream, &f);
    if (f.packets < TOO_SHORT_TO_JUDGE)
        return;
    check_payload_size(a, stream, &f);
    check_ptime(a, stream, &f);
    check_loss(a, stream, &f);
    check_side(a, stream, &f);
    check_identity(a, stream, &f);
    if (f.clocks_apart_ms > 0)
        return; /* findings_files.c says it */
    check_timing(a, stream, &f);
    check_clock(a, stream, &f);
    check_quality(a, stream, &f);
}
