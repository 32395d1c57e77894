/* Fields of RTP streams: their figures, under the names of fosip-json(5). */
#include <math.h>
#include <stddef.h>

#include "filter/eval.h"

/* How a figure is kept. */
enum kept { K_DOUBLE, K_U64, K_U32, K_U32_KNOWN /* 0: unknown */, K_I64, K_BOOL, K_TEXT };

static bool get_figure(struct filter_eval *e, const struct field_ref *ref,
                       const struct item *item, value_visit *visit, void *ctx)
{
    const struct stream_figures *f = eval_stream(e, item);
    const char *p = (const char *)f + ref->field->offset;
    struct slice s;
    uint64_t u64;
    int64_t i64;
    uint32_t u32;
    double d;

    switch ((enum kept)ref->field->which) {
    case K_DOUBLE:
        memcpy(&d, p, sizeof d);
        return field_tell_number(visit, ctx, d);
    case K_U64:
        memcpy(&u64, p, sizeof u64);
        return field_tell_number(visit, ctx, (double)u64);
    case K_I64:
        memcpy(&i64, p, sizeof i64);
        return field_tell_number(visit, ctx, (double)i64);
    case K_U32:
    case K_U32_KNOWN:
        memcpy(&u32, p, sizeof u32);
        return (u32 || ref->field->which == K_U32) && field_tell_number(visit, ctx, u32);
    case K_BOOL: return field_tell_bool(visit, ctx, *(const bool *)p);
    case K_TEXT:
        memcpy(&s, p, sizeof s);
        return s.n && field_tell_text(visit, ctx, s);
    }
    return false;
}

/* The same, where there is RTCP about the stream. */
static bool get_reported(struct filter_eval *e, const struct field_ref *ref,
                         const struct item *item, value_visit *visit, void *ctx)
{
    const struct stream_figures *f = eval_stream(e, item);

    return f->rtcp_packets && get_figure(e, ref, item, visit, ctx);
}

enum special {
    S_RTP, S_RTCP, S_ID, S_CALL, S_DIRECTION, S_FOUND_BY, S_END, S_PT, S_PT_CODEC, S_DSCP, S_ICMP,
};

static bool tell_types(const struct stream_figures *f, enum special which, value_visit *visit,
                       void *ctx)
{
    for (unsigned i = 0; i < f->pt_count; i++) {
        bool stop = which == S_PT ? field_tell_number(visit, ctx, f->pts[i].pt)
                                  : f->pts[i].codec.n &&
                                        field_tell_text(visit, ctx, f->pts[i].codec);

        if (stop)
            return true;
    }
    return false;
}

static bool tell_markings(const struct stream_figures *f, value_visit *visit, void *ctx)
{
    for (unsigned i = 0; i < f->marking_count; i++)
        if (f->markings[i].dscp != NET_NO_DSCP &&
            field_tell_number(visit, ctx, f->markings[i].dscp))
            return true;
    return false;
}

static const char *const directions[] = {"caller-to-callee", "callee-to-caller"};
static const char *const founds[] = {"sdp", "heuristic", "rtcp", "turn"};
static const struct field_names direction_names = {directions, 2, false};
static const struct field_names found_names = {founds, 4, false};

static bool get_special(struct filter_eval *e, const struct field_ref *ref,
                        const struct item *item, value_visit *visit, void *ctx)
{
    const struct stream_figures *f = eval_stream(e, item);
    uint64_t errors;

    switch ((enum special)ref->field->which) {
    case S_RTP: return field_tell_bool(visit, ctx, true);
    case S_RTCP: return field_tell_bool(visit, ctx, f->rtcp_packets > 0);
    case S_ID:
        return field_tell_number(visit, ctx, model_stream_id(e->analysis, item->index) + 1.0);
    case S_CALL:
        return f->call != STREAM_NO_CALL &&
               field_tell_number(visit, ctx, model_call_id(e->analysis, f->call) + 1.0);
    case S_DIRECTION:
        return f->direction != STREAM_NO_DIRECTION &&
               field_tell_name(visit, ctx, directions[f->direction != STREAM_TO_CALLEE]);
    case S_FOUND_BY: return field_tell_name(visit, ctx, founds[f->found_by]);
    case S_DSCP: return tell_markings(f, visit, ctx);
    case S_END: return field_tell_time(visit, ctx, f->end);
    case S_ICMP:
        errors = icmp_count_of_stream(e->analysis->icmp, f->call, item->index);
        return field_tell_number(visit, ctx, (double)errors);
    default: return tell_types(f, ref->field->which, visit, ctx);
    }
}

#define FIGURE(name, unit, member, kept, what) \
    {"stream." name, what, get_figure, offsetof(struct stream_figures, member), kept, \
     VALUE_NUMBER, ITEM_STREAM, unit, false, NULL}
#define REPORTED(name, unit, member, kept, what) \
    {"stream.rtcp." name, what, get_reported, offsetof(struct stream_figures, member), kept, \
     VALUE_NUMBER, ITEM_STREAM, unit, false, NULL}
#define TEXT(name, member, what) \
    {name, what, get_figure, offsetof(struct stream_figures, member), K_TEXT, VALUE_TEXT, \
     ITEM_STREAM, UNIT_NONE, true, NULL}
#define FLAG(name, member, what) \
    {"stream." name, what, get_figure, offsetof(struct stream_figures, member), K_BOOL, \
     VALUE_BOOL, ITEM_STREAM, UNIT_NONE, false, NULL}
#define SPECIAL(name, type, unit, which, names, what) \
    {name, what, get_special, 0, which, type, ITEM_STREAM, unit, true, names}

static const struct field fields[] = {
    SPECIAL("rtp", VALUE_BOOL, UNIT_NONE, S_RTP, NULL, "an RTP stream"),
    {"rtp.ssrc", "SSRC", get_figure, offsetof(struct stream_figures, ssrc), K_U32, VALUE_NUMBER,
     ITEM_STREAM, UNIT_HEX, false, NULL},
    SPECIAL("rtp.p_type", VALUE_NUMBER, UNIT_NONE, S_PT, NULL, "each payload type in it"),
    SPECIAL("rtcp", VALUE_BOOL, UNIT_NONE, S_RTCP, NULL, "a stream about which RTCP was seen"),
    SPECIAL("stream.id", VALUE_NUMBER, UNIT_NONE, S_ID, NULL, "number of the stream"),
    SPECIAL("stream.call", VALUE_NUMBER, UNIT_NONE, S_CALL, NULL, "number of its call"),
    {"stream.ssrc", "as rtp.ssrc", get_figure, offsetof(struct stream_figures, ssrc), K_U32,
     VALUE_NUMBER, ITEM_STREAM, UNIT_HEX, false, NULL},
    TEXT("stream.media", media, "audio, video, ..."),
    SPECIAL("stream.direction", VALUE_TEXT, UNIT_NONE, S_DIRECTION, &direction_names,
            "caller-to-callee or callee-to-caller"),
    SPECIAL("stream.found_by", VALUE_TEXT, UNIT_NONE, S_FOUND_BY, &found_names,
            "sdp, heuristic, rtcp or turn"),
    FLAG("encrypted", encrypted, "SRTP"),
    SPECIAL("stream.dscp.value", VALUE_NUMBER, UNIT_NONE, S_DSCP, NULL,
            "each DSCP that its packets are marked with"),
    SPECIAL("stream.payload_types.pt", VALUE_NUMBER, UNIT_NONE, S_PT, NULL, "as rtp.p_type"),
    SPECIAL("stream.payload_types.codec", VALUE_TEXT, UNIT_NONE, S_PT_CODEC, NULL,
            "the codec of each"),
    TEXT("stream.codec", codec, "codec of most packets"),
    FIGURE("clock_rate", UNIT_HZ, clock_rate, K_U32_KNOWN, "its clock rate"),
    FIGURE("ptime_ms", UNIT_MS, ptime_ms, K_DOUBLE, "time that a packet holds, as measured"),
    FIGURE("ptime_announced_ms", UNIT_MS, announced_ptime_ms, K_U32_KNOWN, "the same, by SDP"),
    SPECIAL("stream.end_time", VALUE_TIME, UNIT_NONE, S_END, NULL, "time of its last packet"),
    FIGURE("duration_s", UNIT_S, duration_s, K_DOUBLE, "first packet to last"),
    FIGURE("packets", UNIT_NONE, packets, K_U64, "packets received"),
    FIGURE("expected", UNIT_NONE, expected, K_U64, "packets expected"),
    FIGURE("lost", UNIT_NONE, lost, K_U64, "packets lost"),
    FIGURE("loss_pct", UNIT_PERCENT, loss_pct, K_DOUBLE, "packets lost, of those expected"),
    FIGURE("duplicates", UNIT_NONE, duplicates, K_U64, "packets that came twice"),
    FIGURE("reordered", UNIT_NONE, reordered, K_U64, "packets out of order"),
    FIGURE("ssrc_changes", UNIT_NONE, ssrc_changes, K_U32, "changes of the SSRC"),
    FIGURE("sequence_resets", UNIT_NONE, sequence_resets, K_U32,
           "jumps of the sequence number"),
    FIGURE("delta_ms.min", UNIT_MS, delta_ms.min, K_DOUBLE, "least time between packets"),
    FIGURE("delta_ms.mean", UNIT_MS, delta_ms.mean, K_DOUBLE, "mean time between packets"),
    FIGURE("delta_ms.max", UNIT_MS, delta_ms.max, K_DOUBLE, "greatest time between packets"),
    FIGURE("jitter_ms.min", UNIT_MS, jitter_ms.min, K_DOUBLE,
           "least jitter, as Wireshark has it"),
    FIGURE("jitter_ms.mean", UNIT_MS, jitter_ms.mean, K_DOUBLE, "mean jitter, likewise"),
    FIGURE("jitter_ms.max", UNIT_MS, jitter_ms.max, K_DOUBLE, "greatest jitter, likewise"),
    FIGURE("skew_ms.min", UNIT_MS, skew_min_ms, K_DOUBLE, "least skew"),
    FIGURE("skew_ms.max", UNIT_MS, skew_max_ms, K_DOUBLE, "greatest skew"),
    FIGURE("rfc3550.cumulative_lost", UNIT_NONE, cumulative_lost, K_I64,
           "packets lost as RFC 3550 counts them"),
    FIGURE("rfc3550.jitter_ms.mean", UNIT_MS, rfc_jitter_mean_ms, K_DOUBLE,
           "mean interarrival jitter of RFC 3550"),
    FIGURE("rfc3550.jitter_ms.max", UNIT_MS, rfc_jitter_max_ms, K_DOUBLE, "the greatest"),
    FIGURE("rfc3550.jitter_ms.last", UNIT_MS, rfc_jitter_last_ms, K_DOUBLE, "the last"),
    FIGURE("bytes.payload", UNIT_BYTES, payload_bytes, K_U64, "octets of payload"),
    FIGURE("bytes.rtp", UNIT_BYTES, rtp_bytes, K_U64, "with RTP headers"),
    FIGURE("bytes.ip", UNIT_BYTES, ip_bytes, K_U64, "with UDP and IP headers"),
    FIGURE("bytes.link", UNIT_BYTES, link_bytes, K_U64, "with link layer headers"),
    FIGURE("bandwidth_kbps.payload", UNIT_KBPS, payload_kbps, K_DOUBLE, "payload alone"),
    FIGURE("bandwidth_kbps.rtp", UNIT_KBPS, rtp_kbps, K_DOUBLE, "with RTP headers"),
    FIGURE("bandwidth_kbps.ip", UNIT_KBPS, ip_kbps, K_DOUBLE, "with UDP and IP headers"),
    FIGURE("bandwidth_kbps.link", UNIT_KBPS, link_kbps, K_DOUBLE, "with link layer headers"),
    FIGURE("peak_kbps.ip", UNIT_KBPS, peak_kbps.ip, K_DOUBLE,
           "bandwidth of the fullest second, at IP level"),
    FIGURE("burst.bursts", UNIT_NONE, bursts, K_U32, "bursts of losses (RFC 3611)"),
    FIGURE("burst.burst_loss_pct", UNIT_PERCENT, burst_loss_pct, K_DOUBLE, "loss in bursts"),
    FIGURE("burst.gap_loss_pct", UNIT_PERCENT, gap_loss_pct, K_DOUBLE, "loss between them"),
    FIGURE("burst.longest_loss_packets", UNIT_NONE, longest_loss, K_U32,
           "most packets lost in a row"),
    FIGURE("burst.longest_gap_ms", UNIT_MS, longest_gap_ms, K_DOUBLE, "the longest silence"),
    FIGURE("burst.outages", UNIT_NONE, outages, K_U32, "times of 200 ms or more that were lost"),
    FIGURE("burst.outage_ms", UNIT_MS, outage_ms, K_DOUBLE, "how long they were together"),
    FIGURE("jitter_buffer.discarded", UNIT_NONE, discarded, K_U64,
           "packets too late for the jitter buffer"),
    FIGURE("clock.skew_ppm", UNIT_PPM, clock_ppm, K_DOUBLE,
           "sender's clock against the capture's"),
    FLAG("silence.suppressed", silence_suppressed, "the sender pauses in silence"),
    FIGURE("video.frames", UNIT_NONE, video.frames, K_U64, "frames of video"),
    FIGURE("video.frame_rate", UNIT_HZ, video.rate, K_DOUBLE, "frames a second"),
    FIGURE("r_factor", UNIT_NONE, r_factor, K_DOUBLE, "R (ITU-T G.107)"),
    FIGURE("mos", UNIT_NONE, mos, K_DOUBLE, "mean opinion score, 1 to 4.5"),
    REPORTED("packets", UNIT_NONE, rtcp_packets, K_U64, "RTCP packets about the stream"),
    REPORTED("sender_reports", UNIT_NONE, sender_reports, K_U64, "sender reports"),
    REPORTED("receiver_reports", UNIT_NONE, receiver_reports, K_U64, "receiver reports"),
    REPORTED("reported_loss_pct", UNIT_PERCENT, reported_loss_pct, K_DOUBLE,
             "loss that the receiver reports"),
    REPORTED("reported_jitter_ms", UNIT_MS, reported_jitter_ms, K_DOUBLE,
             "jitter that the receiver reports"),
    REPORTED("round_trip_ms.min", UNIT_MS, round_trip_ms.min, K_DOUBLE, "least round trip"),
    REPORTED("round_trip_ms.mean", UNIT_MS, round_trip_ms.mean, K_DOUBLE, "mean round trip"),
    REPORTED("round_trip_ms.max", UNIT_MS, round_trip_ms.max, K_DOUBLE, "greatest round trip"),
    SPECIAL("stream.icmp_errors", VALUE_NUMBER, UNIT_NONE, S_ICMP, NULL,
            "ICMP errors about its packets"),
};

const struct field_table field_stream = {fields, sizeof fields / sizeof fields[0]};
