/* Rules about the capture itself: what it does not hold, so that nobody takes it
 * for a fault of the network. */
#include "analysis/findings.h"

static const int64_t SECOND = 1000000000;

enum { NO_CALL = CALL_NONE };

static unsigned long long number(uint64_t n)
{
    return (unsigned long long)n;
}

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* ---- fragments ------------------------------------------------------------------ */

/* How many of the messages, from that one on, are of the call. */
static unsigned messages_of(uint32_t call, size_t from, const uint32_t *calls, size_t n)
{
    unsigned count = 0;

    for (size_t i = from; i < n; i++)
        count += calls[i] == call;
    return count;
}

static void report_message(struct fosip_analysis *a, const struct gap_message *m, uint32_t call,
                           unsigned count)
{
    struct finding *f;

    if (count == 1)
        f = finding_add(a, "fragments-missing", FINDING_WARNING, call, CALL_NONE, CALL_NONE,
                        "A SIP message came in fragments that are not all in the capture, so it is "
                        "not counted; it begins with \"%s\" (frame %llu).",
                        m->line, number(m->frame));
    else
        f = finding_add(a, "fragments-missing", FINDING_WARNING, call, CALL_NONE, CALL_NONE,
                        "%u SIP messages came in fragments that are not all in the capture, so "
                        "they are not counted; the first begins with \"%s\" (frame %llu).",
                        count, m->line, number(m->frame));
    finding_place(f, m->time, m->frame);
}

/* Messages of calls of the model, one finding a call; gives how many. */
static uint64_t report_messages(struct fosip_analysis *a)
{
    uint32_t calls[GAP_MESSAGES];
    uint64_t told = 0;
    size_t n = a->gaps.messages.count < GAP_MESSAGES ? a->gaps.messages.count : GAP_MESSAGES;

    for (size_t i = 0; i < n; i++) {
        const struct gap_message *m = &a->gaps.first_messages[i];

        calls[i] = *m->call_id ? call_by_id(a->calls, slice_str(m->call_id)) : CALL_NONE;
    }
    for (size_t i = 0; i < n; i++) {
        bool again = calls[i] == CALL_NONE;
        unsigned count;

        for (size_t k = 0; k < i; k++)
            again = again || calls[k] == calls[i];
        if (again)
            continue;
        count = messages_of(calls[i], i, calls, n);
        report_message(a, &a->gaps.first_messages[i], calls[i], count);
        told += count;
    }
    return told;
}

static void check_fragments(struct fosip_analysis *a)
{
    const struct gaps *g = &a->gaps;
    uint64_t told = report_messages(a), rest = g->fragments.count - told;
    uint64_t sip = g->messages.count - told;
    struct finding *f;

    if (!rest)
        return;
    if (sip)
        f = finding_add(a, "fragments-missing", FINDING_WARNING, NO_CALL, CALL_NONE, CALL_NONE,
                        "Of %llu IP packet%s that came in fragments some are not in the capture, "
                        "first in frame %llu; %llu of them began a SIP message, like \"%s\", and "
                        "are not counted.",
                        number(rest), plural(rest), number(g->fragments.frame), number(sip),
                        g->first_messages[0].line);
    else
        f = finding_add(a, "fragments-missing", FINDING_NOTE, NO_CALL, CALL_NONE, CALL_NONE,
                        "%llu IP packet%s came in fragments that are not all in the capture, first "
                        "in frame %llu: what they held is not counted.",
                        number(rest), plural(rest), number(g->fragments.frame));
    finding_place(f, g->fragments.time, g->fragments.frame);
}

/* ---- packets cut short --------------------------------------------------------------- */

static void check_logged(struct fosip_analysis *a)
{
    const struct gap_tally *cut = &a->gaps.cut_logged;
    struct finding *f;

    if (!cut->count)
        return;
    f = finding_add(a, "messages-cut", FINDING_WARNING, NO_CALL, CALL_NONE, CALL_NONE,
                    "The log has only the beginning of %llu SIP message%s, first in frame %llu: "
                    "header fields or session descriptions are missing.",
                    number(cut->count), plural(cut->count), number(cut->frame));
    finding_place(f, cut->time, cut->frame);
}

static void check_cut(struct fosip_analysis *a)
{
    const struct gaps *g = &a->gaps;
    const struct gap_tally *first = g->cut_sip.count ? &g->cut_sip : &g->cut_media;
    struct finding *f;

    if (!first->count)
        return;
    if (g->cut_sip.count)
        f = finding_add(a, "packets-cut", FINDING_WARNING, NO_CALL, CALL_NONE, CALL_NONE,
                        "The capture kept only the beginning of %llu packet%s (snap length): %llu "
                        "SIP message%s cut, first in frame %llu, so that header fields and "
                        "session descriptions are missing.",
                        number(g->cut.count), plural(g->cut.count), number(g->cut_sip.count),
                        g->cut_sip.count == 1 ? " is" : "s are", number(first->frame));
    else
        f = finding_add(a, "packets-cut", FINDING_NOTE, NO_CALL, CALL_NONE, CALL_NONE,
                        "The capture kept only the beginning of %llu packet%s (snap length), first "
                        "in frame %llu: the figures of RTP are whole, its audio is not.",
                        number(g->cut.count), plural(g->cut.count), number(first->frame));
    finding_place(f, first->time, first->frame);
}

/* ---- TCP segments -------------------------------------------------------------------- */

static bool carried_sip(const struct fosip_analysis *a, const struct net_addr *src,
                        const struct net_addr *dst)
{
    static const enum net_transport over_tcp[] = {NET_TCP, NET_TLS, NET_WS, NET_WSS};
    uint32_t call, message;

    for (size_t i = 0; i < sizeof over_tcp / sizeof *over_tcp; i++)
        if (call_newest_message(a->calls, src, dst, over_tcp[i], &call, &message) ||
            call_newest_message(a->calls, dst, src, over_tcp[i], &call, &message))
            return true;
    return false;
}

static void check_segments(struct fosip_analysis *a)
{
    const struct gap_way *first = NULL;
    uint64_t holes = 0, octets = 0;
    char src[ADDR_TEXT], dst[ADDR_TEXT];
    struct finding *f;

    for (size_t i = 0; i < a->gaps.ways.n; i++) {
        const struct gap_way *way = &a->gaps.ways.v[i];

        if (!carried_sip(a, &way->src, &way->dst))
            continue;
        holes += way->holes.count;
        octets += way->octets;
        if (!first || way->holes.frame < first->holes.frame)
            first = way;
    }
    if (!first)
        return;
    f = finding_add(a, "segments-missing", FINDING_WARNING, NO_CALL, CALL_NONE, CALL_NONE,
                    "TCP segments that carried SIP are not in the capture: %llu octets in %llu "
                    "place%s, first before frame %llu (%s to %s); messages in them are missing.",
                    number(octets), number(holes), plural(holes), number(first->holes.frame),
                    addr_text(&first->src, src), addr_text(&first->dst, dst));
    finding_place(f, first->holes.time, first->holes.frame);
}

/* ---- the beginning --------------------------------------------------------------------- */

/* Streams of no call that flow from the capture's beginning on, where there are
 * calls at all. */
static void check_media_before(struct fosip_analysis *a)
{
    enum { FEWEST_PACKETS = 50 };
    uint64_t n = 0;
    const struct stream *first = NULL;
    struct finding *finding;

    for (size_t i = 0; a->counts.sip && i < stream_count(a->streams); i++) {
        const struct stream *s = stream_at(a->streams, i);

        if (stream_call(s) != CALL_NONE || stream_packets(s) < FEWEST_PACKETS ||
            stream_start(s) - a->first_time >= SECOND)
            continue;
        if (!n++)
            first = s;
    }
    if (!n)
        return;
    finding = finding_add(a, "media-before-capture", FINDING_NOTE, NO_CALL, CALL_NONE, CALL_NONE,
                          "%llu RTP stream%s flow%s when the capture begins and belong%s to no "
                          "call in it (first in frame %llu): the call was set up before.",
                          number(n), plural(n), n == 1 ? "s" : "", n == 1 ? "s" : "",
                          number(stream_first_frame(first)));
    finding_place(finding, stream_start(first), stream_first_frame(first));
}

void findings_capture(struct fosip_analysis *a)
{
    check_fragments(a);
    check_logged(a);
    check_cut(a);
    check_segments(a);
    check_media_before(a);
}
