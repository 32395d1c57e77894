/* Rules about media: what was announced, agreed or expected, and did not
 * happen. */
#include <inttypes.h>

#include "analysis/fax.h"
#include "analysis/findings.h"
#include "analysis/keys.h"

/* Shorter silences are how set-up and release work. */
static const double QUIET_S = 2.0;

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

/* A fax takes the place of audio: what stops then has not failed. */
static void add_faxes(const struct fosip_analysis *a, uint32_t call, struct audio *audio)
{
    size_t first, count = fax_of_call(a->faxes, call, &first);

    for (size_t i = first; i < first + count; i++) {
        const struct fax *f = fax_at(a->faxes, i);
        unsigned way = f->by == SIDE_CALLEE;

        if (audio->stream[way] != CALL_NONE && f->end > audio->end[way])
            audio->end[way] = f->end;
    }
}

static struct audio gather(const struct fosip_analysis *a, uint32_t number)
{
    const struct call *call = call_at(a->calls, number);
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
    add_faxes(a, number, &audio);
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

static const char *way_in_words(enum key_via via)
{
    static const char *const words[] = {"as telephone events", "as tones in the audio",
                                        "by SIP INFO", "by KPML (NOTIFY)"};

    return words[via];
}

/* The same press twice, or other presses another way: a receiver that listens to
 * both ways, or to one, takes more keys or fewer than were pressed. */
static void check_keys(struct fosip_analysis *a, uint32_t number, const struct call *call)
{
    const struct key *first = NULL;
    struct key_list keys;
    unsigned doubles = 0;

    keys_of_call(a, call, &keys);
    for (size_t i = 0; i < keys.list.n; i++) {
        if (keys.list.v[i].double_of == CALL_NONE)
            continue;
        doubles++;
        first = first ? first : &keys.list.v[i];
    }
    if (first)
        finding_add(a, "dtmf-double", FINDING_WARNING, number, first->message, first->stream,
                    "%u key%s of the %s came two ways at once, %s and %s (first %c): the receiver "
                    "may take each for two.",
                    doubles, doubles == 1 ? "" : "s",
                    first->by ? call_side_name(first->by) : "call",
                    way_in_words(keys.list.v[first->double_of].via), way_in_words(first->via),
                    first->digit);
    vec_free(&keys.list);
}

/* Packets of which no copy came, either: parts of a page, or of what the two said. */
static void fax_lost(struct fosip_analysis *a, uint32_t call)
{
    size_t first, count = fax_of_call(a->faxes, call, &first);

    for (size_t i = first; i < first + count; i++) {
        const struct fax *f = fax_at(a->faxes, i);
        struct finding *finding;

        if (f->lost <= f->recovered)
            continue;
        finding = finding_add(a, "fax-packets-lost", FINDING_WARNING, call, CALL_NONE, CALL_NONE,
                              "Of the %s's fax (T.38) %" PRIu64 " of %" PRIu64 " packets were lost "
                              "for good: %s.", call_side_name(f->by), f->lost - f->recovered,
                              f->expected,
                              f->fec ? "its parity (FEC) was not used here to restore them"
                              : f->most_copies
                                  ? "the packets after them, which carry copies, were lost, too"
                                  : "its packets carry no copies of those before");
        if (!finding)
            continue;
        finding->reference = "ITU-T T.38 \xc2\xa7" "9.1";
        finding_place(finding, f->start, f->frame);
    }
}

void findings_media(struct fosip_analysis *a, uint32_t number)
{
    const struct call *call = call_at(a->calls, number);
    struct audio audio;

    if (call->kind != CALL_CALL || call->answer < 0)
        return;
    fax_lost(a, number);
    audio = gather(a, number);
    check_directions(a, number, call, &audio);
    check_coverage(a, number, call, &audio);
    check_keys(a, number, call);
}
