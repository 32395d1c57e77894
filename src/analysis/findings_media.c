/* Rules about media: what was announced, agreed or expected, and did not
 * happen. */
#include <inttypes.h>
#include <stdlib.h>

#include "analysis/fax.h"
#include "analysis/findings.h"
#include "analysis/keys.h"
#include "call/negotiation.h"

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
        const struct stream *s = stream_at(a->streams, call->streams.v[i]);
        unsigned way = stream_way(s) == STREAM_TO_CALLER;

        audio.any = true;
        if (stream_way(s) == STREAM_NO_DIRECTION ||
            slice_ieq(stream_media_type(s), SLICE("video")))
            continue;
        if (audio.stream[way] == CALL_NONE || stream_start(s) < audio.start[way])
            audio.start[way] = stream_start(s);
        if (audio.stream[way] == CALL_NONE || stream_end(s) > audio.end[way])
            audio.end[way] = stream_end(s);
        if (audio.stream[way] == CALL_NONE)
            audio.stream[way] = call->streams.v[i];
        audio.packets[way] += stream_packets(s);
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

enum { MOST_NEGOTIATIONS = 8, PLACE_TEXT = 300 };

/* Where both sides want to receive; of a size for the heap. */
struct agreement {
    struct negotiation list[MOST_NEGOTIATIONS];
    struct sdp_session offer, answer;
    struct net_addr caller, callee; /* family NET_UNKNOWN: a host name */
    struct net_addr server; /* whom the caller's signalling went to */
    char places[2][PLACE_TEXT]; /* of caller and callee */
};

static bool read_sdp(const struct call *call, uint32_t message, struct sdp_session *sdp)
{
    struct sip_msg msg;

    return message != CALL_NONE && message_sdp(&call->messages.v[message], &msg, sdp);
}

/* False where nothing could be sent: 0.0.0.0 holds (RFC 3264 §8.4). */
static bool write_place(const struct sdp_media *m, char out[PLACE_TEXT], struct net_addr *addr)
{
    *addr = (struct net_addr){0};
    if (addr_parse_ip(m->address, m->port, addr)) {
        addr_text(addr, out);
        return !addr_is_zero(addr);
    }
    snprintf(out, PLACE_TEXT, "%.*s:%u", SLICE_ARG(slice_upto(m->address, 255)), m->port);
    return m->address.n > 0;
}

static struct net_addr callee_end(const struct fosip_analysis *a, const struct call *call,
                                  uint32_t message)
{
    const struct message *m = &call->messages.v[message];
    const struct path *path = call_path(a->calls, m->path);

    return m->flags & MESSAGE_FROM_CALLER ? path->dst : path->src;
}

/* The first section that both sides of the call agreed on. */
static bool find_places(const struct fosip_analysis *a, const struct call *call,
                        struct agreement *g)
{
    size_t n = negotiations_read(a->calls, call, g->list, MOST_NEGOTIATIONS);
    struct net_addr addrs[2];
    struct agreed_media m;

    for (size_t i = 0; i < n; i++) {
        unsigned offerer = !g->list[i].by_caller;

        if (g->list[i].state != NEGOTIATION_AGREED ||
            !read_sdp(call, g->list[i].offer, &g->offer) ||
            !read_sdp(call, g->list[i].answer, &g->answer))
            continue;
        for (unsigned k = 0; negotiation_media(&g->offer, &g->answer, k, &m); k++) {
            if (m.refused || !m.offer->port ||
                !write_place(m.offer, g->places[offerer], &addrs[offerer]) ||
                !write_place(m.answer, g->places[!offerer], &addrs[!offerer]))
                continue;
            g->caller = addrs[0];
            g->callee = addrs[1];
            g->server = callee_end(a, call, g->list[i].answer);
            return true;
        }
    }
    return false;
}

/* Whether media goes past the host that the caller's signalling goes to.  The address
 * of a callee behind NAT is not the one it is reached at. */
static bool flows_around(const struct net_addr *callee, const struct net_addr *server)
{
    return callee->family != NET_UNKNOWN && callee->family == server->family &&
           !addr_same_ip(callee, server) &&
           (!addr_is_private(callee) || addr_is_private(server));
}

/* The stream of another call that goes this way between the call's addresses while it
 * lasts: that of another leg, which has the same description, or one of a sender that
 * keeps SSRC and ports for the next call and so has one stream for both. */
static uint32_t counted_elsewhere(const struct fosip_analysis *a, uint32_t number,
                                  const struct call *call, unsigned way)
{
    struct agreement *g = malloc(sizeof *g);
    int64_t from = answered_at(call), to = released_at(a, call);
    uint32_t stream = STREAM_NO_NUMBER;

    if (g && find_places(a, call, g))
        stream = way ? stream_flowing(a->streams, &g->callee, &g->caller, to)
                     : stream_flowing(a->streams, &g->caller, &g->callee, to);
    free(g);
    if (stream == STREAM_NO_NUMBER)
        return CALL_NONE;
    stream = (uint32_t)stream_place(a->streams, stream);
    if (stream_call(stream_at(a->streams, stream)) == number ||
        !stream_flows_within(stream_at(a->streams, stream), from, to))
        return CALL_NONE;
    return stream;
}

static bool lasts_with(const struct call *a, const struct call *b)
{
    return a->start <= b->end && b->start <= a->end;
}

static bool tell_counted_elsewhere(struct fosip_analysis *a, uint32_t number,
                                   const struct call *call, unsigned way)
{
    uint32_t stream = counted_elsewhere(a, number, call, way), other;

    if (stream == CALL_NONE)
        return false;
    other = stream_call(stream_at(a->streams, stream));
    if (other != STREAM_NO_CALL && lasts_with(call, call_at(a->calls, other)))
        return true; /* another leg: nothing is wrong */
    finding_add(a, "media-counted-elsewhere", FINDING_NOTE, number, CALL_NONE, stream,
                "The audio of the %s is counted in stream %u%s: its sender used SSRC, addresses "
                "and ports of before again, and these make one stream.",
                sender(way), model_stream_id(a, stream) + 1,
                other == STREAM_NO_CALL ? "" : ", of an earlier call");
    return true;
}

static void tell_no_media(struct fosip_analysis *a, uint32_t number, const struct call *call,
                          double answered)
{
    struct agreement *g = malloc(sizeof *g);
    char ip[ADDR_TEXT], around[ADDR_TEXT + 80] = "";

    if (!g || !find_places(a, call, g)) {
        finding_add(a, "no-media", FINDING_NOTE, number, CALL_NONE, CALL_NONE,
                    "The call was answered for %.1f s and none of its media is in the capture: it "
                    "does not pass the point of capture, or was never sent.",
                    answered);
        free(g);
        return;
    }
    if (flows_around(&g->callee, &g->server))
        snprintf(around, sizeof around,
                 " (flow-around: media goes directly, not through %s as signalling does)",
                 addr_ip_text(&g->server, ip));
    finding_add(a, "no-media", FINDING_NOTE, number, CALL_NONE, CALL_NONE,
                "The call was answered for %.1f s and none of its media is in the capture: the "
                "session descriptions point to %s (caller) and %s (callee), and what goes between "
                "them does not pass the point of capture%s, or was never sent.",
                answered, g->places[0], g->places[1], around);
    free(g);
}

static void check_directions(struct fosip_analysis *a, uint32_t number, const struct call *call,
                             const struct audio *audio)
{
    int64_t from = answered_at(call), to = released_at(a, call);
    bool elsewhere[2];

    if (seconds(to - from) < QUIET_S || !(call->flags & MESSAGE_HAS_SDP))
        return;
    if (!audio->any && call_path(a->calls, call->first_path)->logged)
        return; /* logs hold no media */
    for (unsigned way = 0; way < 2; way++)
        elsewhere[way] = audio->stream[way] == CALL_NONE &&
                         tell_counted_elsewhere(a, number, call, way);
    if (!audio->any && !elsewhere[0] && !elsewhere[1])
        tell_no_media(a, number, call, seconds(to - from));
    for (unsigned way = 0; way < 2; way++) {
        if (audio->stream[way] != CALL_NONE || elsewhere[way] ||
            audio->stream[!way] == CALL_NONE || on_hold(call, from, to))
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
                              f->fec ? "its parity (FEC) does not restore them"
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
