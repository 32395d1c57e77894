/* Sums up how packets are marked: signalling by its messages, media by its streams. */
#include "analysis/marking.h"

static void add_messages(const struct call *call, struct marked *all)
{
    for (size_t i = 0; i < call->messages.n; i++) {
        unsigned dscp = call->messages.v[i].dscp;

        if (dscp < NET_NO_DSCP)
            all[dscp].sip++;
    }
}

static void add_stream(const struct stream *stream, struct marked *all)
{
    struct stream_marking rows[STREAM_MARKINGS];
    unsigned n = stream_markings(stream, rows);

    for (unsigned i = 0; i < n; i++)
        if (rows[i].dscp < NET_NO_DSCP)
            all[rows[i].dscp].rtp += rows[i].packets;
}

void markings_read(const struct fosip_analysis *a, struct marked *all)
{
    for (unsigned i = 0; i < NET_NO_DSCP; i++)
        all[i] = (struct marked){.packets = a->counts.dscp[i],
                                 .sip = a->counts.left[i].sip,
                                 .rtp = a->counts.left[i].rtp};
    for (size_t i = 0; i < call_count(a->calls); i++)
        add_messages(call_at(a->calls, i), all);
    for (size_t i = 0; i < stream_count(a->streams); i++)
        add_stream(stream_at(a->streams, i), all);
}

void markings_let_go(struct fosip_analysis *a, const struct fosip_analysis *part)
{
    struct marked left[NET_NO_DSCP];

    markings_read(part, left);
    for (unsigned i = 0; i < NET_NO_DSCP; i++) {
        a->counts.left[i].sip += left[i].sip;
        a->counts.left[i].rtp += left[i].rtp;
    }
}

unsigned marking_of(const struct stream_figures *f)
{
    const struct stream_marking *most = &f->markings[0];

    for (unsigned i = 1; i < f->marking_count; i++)
        if (f->markings[i].packets > most->packets)
            most = &f->markings[i];
    return most->dscp;
}
