/* Tells the copies of a packet that several taps, or one tap at several places of
 * its way, put into the capture from duplicates that were on the network.
 *
 * Both have the same sequence number, timestamp, length and IP identification.  A
 * copy was captured elsewhere: in another file, at another interface, or with other
 * MAC addresses, VLAN tag or TTL; and hardly later.  A duplicate went the same way.
 * What another file or interface holds once more is in no figure.  What one tap saw
 * at two places counts as Wireshark counts it, as a duplicate, and is counted apart as
 * well.
 *
 * Files whose packets are no copies take turns when they lie one behind the other.
 * Where they do so time and again, and each time the stream goes back, the clock was
 * set between them.
 *
 * Where one tap was enough so far, the packet before is all that is remembered: the
 * first copy that follows its packet at once tells that there is more than one. */
#include <stdlib.h>

#include "stream/state.h"

enum {
    NEAR = 5000000 >> TRACE_UNIT,  /* within one file: a router or a switch */
    FAR = 100000000 >> TRACE_UNIT, /* clocks of two machines, and the way between them */
};

static struct trace make_trace(const struct arrival *a)
{
    return (struct trace){.origin = a->origin,
                          .ip_id = a->ip_id,
                          .sequence = a->sequence,
                          .time = (uint32_t)((uint64_t)a->time >> TRACE_UNIT),
                          .timestamp = a->timestamp,
                          .size = (uint16_t)a->octets.rtp};
}

static enum copy compare(const struct trace *before, const struct trace *now)
{
    int32_t later = (int32_t)(now->time - before->time);
    bool other_tap = now->origin.tap != before->origin.tap;

    if (now->sequence != before->sequence || now->timestamp != before->timestamp ||
        now->size != before->size || now->ip_id != before->ip_id)
        return COPY_NONE;
    if ((!other_tap && now->origin.link == before->origin.link) ||
        abs(later) > (other_tap && now->ip_id ? FAR : NEAR))
        return COPY_NONE;
    return other_tap ? COPY_OF_ANOTHER_TAP : COPY_OF_THIS_TAP;
}

static struct trace *make_traces(struct stream *s)
{
    struct cold *cold = stream_cold(s);

    if (cold && !cold->traces)
        cold->traces = calloc(TRACES, sizeof *cold->traces);
    return cold ? cold->traces : NULL;
}

static void note_clocks(struct clocks *k, const struct arrival *a, const struct format *format)
{
    enum { FEW = 8 }; /* what a network may reorder */
    int16_t on = (int16_t)(a->sequence - k->sequence);

    if (k->begun && a->origin.tap != k->tap && on <= -FEW) {
        k->steps++;
        k->apart_ms = (double)(a->time - k->time) / 1e6 +
                      (double)(int32_t)(k->timestamp - a->timestamp) * format->ms_per_tick;
    }
    k->begun = true;
    k->time = a->time;
    k->timestamp = a->timestamp;
    k->sequence = a->sequence;
    k->tap = a->origin.tap;
}

enum copy copies_note(struct stream *s, const struct arrival *a, const struct context *c)
{
    struct trace now = make_trace(a);
    struct trace *traces = s->cold ? s->cold->traces : NULL;
    struct trace *before = &s->trace;
    enum copy copy;

    if (!traces && c->taps)
        traces = make_traces(s);
    if (traces)
        before = &traces[a->sequence % TRACES];
    copy = compare(before, &now);
    if (copy == COPY_NONE) {
        *before = now;
        if (c->taps && traces)
            note_clocks(&s->cold->clocks, a, &s->format);
        return copy;
    }
    if (!traces && (traces = make_traces(s)))
        traces[a->sequence % TRACES] = *before;
    if (stream_cold(s)) {
        s->cold->copies += copy == COPY_OF_ANOTHER_TAP;
        s->cold->seen_twice += copy == COPY_OF_THIS_TAP;
    }
    return copy;
}
