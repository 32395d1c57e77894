/* Rules about media: what was announced, agreed or expected, and did not
 * happen. */
#include <math.h>

#include "analysis/findings.h"

/* Below these a stream is good; equal is already a fault. */
static const double LOSS_PCT = 1.0, JITTER_MS = 30.0, ROUND_TRIP_MS = 250.0;
static const double BAD_LOSS_PCT = 5.0;
/* Shorter silences are how set-up and release work. */
static const double QUIET_S = 2.0;

enum { TOO_SHORT_TO_JUDGE = 50 }; /* packets: a second of audio */

static double seconds(int64_t ns)
{
    return (double)ns / 1e9;
}

struct audio {
    uint32_t stream[2]; /* first to the callee, to the caller; CALL_NONE */
    int64_t start[2], end[2];
    uint64_t packets[2];
    bool any;
};

static struct audio gather(const struct fosip_analysis *a, const struct call *call)
{
    struct audio audio = {.stream = {CALL_NONE, CALL_NONE}};

    for (size_t i = 0; i < call->streams.n; i++) {
        struct stream_figures f;
        unsigned way;

        stream_figures(stream_at(a->streams, call->streams.v[i]), &f);
        audio.any = true;
        if (f.direction == STREAM_NO_DIRECTION || slice_ieq(f.media, SLICE("video")))
            continue;
        way = f.direction == STREAM_TO_CALLER;
        if (audio.stream[way] == CALL_NONE || f.start < audio.start[way])
            audio.start[way] = f.start;
        if (audio.stream[way] == CALL_NONE || f.end > audio.end[way])
            audio.end[way] = f.end;
        if (audio.stream[way] == CALL_NONE)
            audio.stream[way] = call->streams.v[i];
        audio.packets[way] += f.packets;
    }
    return audio;
}

static const char *sender(unsigned way)
{
    return way ? "callee" : "caller";
}

static int64_t answered_at(const struct call *call)
{
    return call->answer < 0 ? -1 : call->start + call->answer;
}

static int64_t released_at(const struct fosip_analysis *a, const struct call *call)
{
    return call->talk >= 0 ? answered_at(call) + call->talk : a->last_time;
}

static bool on_hold(const struct call *call, int64_t from, int64_t to)
{
    for (size_t i = 0; i < call->holds.n; i++)
        if (call->holds.v[i].start < to &&
            (call->holds.v[i].end < 0 || call->holds.v[i].end > from))
            return true;
    return false;
}

static bool announces_media(const struct call *call)
{
    for (size_t i = 0; i < call->messages.n; i++)
        if (call->messages.v[i].flags & MESSAGE_HAS_SDP)
            return true;
    return false;
}

static void check_directions(struct fosip_analysis *a, uint32_t number, const struct call *call,
                             const struct audio *audio)
{
    int64_t from = answered_at(call), to = released_at(a, call);

    if (seconds(to - from) < QUIET_S || !announces_media(call))
        return;
    if (!audio->any && call_path(a->calls, call->first_path)->logged)
        return; /* logs hold no media */
    if (!audio->any) {
        finding_add(a, "no-media", FINDING_NOTE, number, CALL_NONE, CALL_NONE,
                    "The call was answered for %.1f s and none of its media is in the capture: it "
                    "does not pass the point of capture, or was never sent.",
                    seconds(to - from));
        return;
    }
    for (unsigned way = 0; way < 2; way++) {
        if (audio->stream[way] != CALL_NONE || audio->stream[!way] == CALL_NONE ||
            on_hold(call, from, to))
            continue;
        finding_add(a, "one-way-audio", FINDING_ERROR, number, CALL_NONE, audio->stream[!way],
                    "One-way audio: %llu packets from the %s, none from the %s in %.1f s.",
                    (unsigned long long)audio->packets[!way], sender(!way), sender(way),
                    seconds(to - from));
    }
}

/* Late, or gone before the end, while the other side was still sending. */
static void check_coverage(struct fosip_analysis *a, uint32_t number, const struct call *call,
                           const struct audio *audio)
{
    int64_t from = answered_at(call), to = released_at(a, call);

    for (unsigned way = 0; way < 2; way++) {
        if (audio->stream[way] == CALL_NONE)
            continue;
        if (seconds(audio->start[way] - from) >= QUIET_S && !on_hold(call, from, audio->start[way]))
            finding_add(a, "late-media", FINDING_WARNING, number, CALL_NONE, audio->stream[way],
                        "The audio of the %s begins only %.1f s after the answer.", sender(way),
                        seconds(audio->start[way] - from));
        if (seconds(to - audio->end[way]) >= QUIET_S && !on_hold(call, audio->end[way], to) &&
            audio->stream[!way] != CALL_NONE && audio->end[!way] > audio->end[way])
            finding_add(a, "audio-stops", FINDING_ERROR, number, CALL_NONE, audio->stream[way],
                        "The audio of the %s stops %.1f s before the call ends.", sender(way),
                        seconds(to - audio->end[way]));
    }
}

void findings_media(struct fosip_analysis *a, uint32_t number)
{
    const struct call *call = call_at(a->calls, number);
    struct audio audio;

    if (call->kind != CALL_CALL || call->answer < 0)
        return;
    audio = gather(a, call);
    check_directions(a, number, call, &audio);
    check_coverage(a, number, call, &audio);
}

static const char *whose(const struct stream_figures *f)
{
    if (f->direction == STREAM_TO_CALLEE)
        return "from the caller";
    return f->direction == STREAM_TO_CALLER ? "from the callee" : "of this stream";
}

static void check_payload_types(struct fosip_analysis *a, uint32_t stream,
                                const struct stream_figures *f)
{
    for (unsigned i = 0; i < f->pt_count; i++) {
        struct finding *finding;

        if (f->found_by != STREAM_BY_SDP || f->pts[i].negotiated || f->pts[i].packets < 2)
            continue;
        finding = finding_add(a, "payload-type-not-negotiated", FINDING_WARNING, f->call,
                              CALL_NONE, stream,
                              "%llu packets %s have payload type %u, which the receiver's session "
                              "description does not allow.",
                              (unsigned long long)f->pts[i].packets, whose(f), f->pts[i].pt);
        if (finding)
            finding->reference = "RFC 3264 §6.1";
    }
}

void findings_stream(struct fosip_analysis *a, uint32_t stream)
{
    struct stream_figures f;

    stream_figures(stream_at(a->streams, stream), &f);
    check_payload_types(a, stream, &f);
    if (f.packets < TOO_SHORT_TO_JUDGE)
        return;
    if (f.loss_pct >= LOSS_PCT)
        finding_add(a, "packet-loss", f.loss_pct >= BAD_LOSS_PCT ? FINDING_ERROR : FINDING_WARNING,
                    f.call, CALL_NONE, stream,
                    "%.2f %% of the packets %s are missing (%llu of %llu); the longest gap is %u "
                    "packets.",
                    f.loss_pct, whose(&f), (unsigned long long)f.lost,
                    (unsigned long long)f.expected, f.longest_loss);
    if (!isnan(f.rfc_jitter_max_ms) && f.rfc_jitter_max_ms >= JITTER_MS)
        finding_add(a, "jitter", FINDING_WARNING, f.call, CALL_NONE, stream,
                    "The packets %s arrive unevenly: interarrival jitter reaches %.1f ms (mean "
                    "%.1f ms).",
                    whose(&f), f.rfc_jitter_max_ms, f.rfc_jitter_mean_ms);
    if (!isnan(f.round_trip_ms.mean) && f.round_trip_ms.mean >= ROUND_TRIP_MS)
        finding_add(a, "round-trip", FINDING_WARNING, f.call, CALL_NONE, stream,
                    "The round trip measured by RTCP is %.0f ms on average: people will talk over "
                    "each other.",
                    f.round_trip_ms.mean);
    if (f.sequence_resets)
        finding_add(a, "sequence-reset", FINDING_NOTE, f.call, CALL_NONE, stream,
                    "The sequence numbers %s start anew %u time%s: the sender was restarted or "
                    "exchanged.",
                    whose(&f), f.sequence_resets, f.sequence_resets == 1 ? "" : "s");
}
