/* Drives the analysis: each packet is taken apart where it lies and handed to
 * the one table that owns what it belongs to.  Ports are hints at most: a
 * datagram is what its first octets say (RFC 7983 for what shares media
 * ports). */
#include "analysis/pipeline.h"

#include <errno.h>
#include <stdlib.h>

#include "analysis/findings.h"
#include "call/media.h"
#include "rtp/turn.h"
#include "sip/msg.h"

/* Datagrams that wait while the memory which they will touch is on its way.
 * Each goes through three steps, STEP datagrams apart. */
enum { STEP = 8, WAITING = 2 * STEP };

struct waiting {
    struct packet packet;
    struct datagram datagram;
    struct stream_look look;
    bool media;
};

struct pipeline {
    struct fosip_analysis *analysis;
    struct sip_msg msg; /* scratch */
    uint64_t rtp_seen;  /* datagrams that looked like RTP */
    bool failed;        /* memory ran short */
    uint64_t first, next; /* numbers of the waiting datagrams: [first, next) */
    struct waiting waiting[WAITING];
};

static void take_sip(struct pipeline *p, const struct datagram *d, const char *data, size_t n,
                     size_t whole)
{
    struct capture_counts *counts = &p->analysis->counts;
    struct datagram part = *d;
    uint32_t index;

    if (!sip_parse(&p->msg, data, n, whole)) {
        counts->other++;
        return;
    }
    counts->sip++;
    if (p->msg.request)
        counts->sip_requests++;
    else
        counts->sip_responses++;
    counts->sip_malformed += p->msg.problem_count > 0;
    part.data = (const uint8_t *)data;
    part.caplen = (uint32_t)n;
    part.len = (uint32_t)whole;
    if (call_add(p->analysis->calls, &p->msg, &part, &index) == CALL_NONE)
        p->failed = true;
}

static void take_plain(struct pipeline *p, const struct datagram *d)
{
    struct capture_counts *counts = &p->analysis->counts;

    switch (rtp_classify(d->data, d->caplen, d->len)) {
    case RTP_CONTROL:
        counts->rtcp++;
        stream_control(p->analysis->streams, d);
        return;
    case RTP_STUN:
        counts->stun++;
        return;
    default:
        break;
    }
    if (sip_looks_like((const char *)d->data, d->caplen))
        take_sip(p, d, (const char *)d->data, d->caplen, d->len);
    else
        counts->other++;
}

static void take(struct pipeline *p, const struct waiting *w)
{
    if (!w->media) {
        take_plain(p, &w->datagram);
        return;
    }
    p->rtp_seen++;
    stream_media(p->analysis->streams, &w->datagram, &w->look);
}

static struct waiting *slot(struct pipeline *p, uint64_t number)
{
    return &p->waiting[number % WAITING];
}

/* The first step. */
static void look(const struct pipeline *p, struct waiting *w)
{
    const struct datagram *d = &w->datagram;

    w->media = rtp_classify(d->data, d->caplen, d->len) == RTP_MEDIA;
    if (w->media)
        stream_look(p->analysis->streams, d, &w->look);
}

/* The newest datagram joins those that wait: one further back takes its second
 * step, and the one that has waited longest is taken. */
static void line_up(struct pipeline *p)
{
    struct waiting *w;

    look(p, slot(p, p->next++));
    if (p->next - p->first > STEP) {
        w = slot(p, p->next - 1 - STEP);
        if (w->media)
            stream_fetch(p->analysis->streams, &w->look);
    }
    if (p->next - p->first == WAITING)
        take(p, slot(p, p->first++));
}

/* Takes all datagrams that wait, in order. */
static void drain(struct pipeline *p)
{
    for (; p->first < p->next; p->first++)
        take(p, slot(p, p->first));
}

/* Takes in what comes out of reassembly and tunnels, or cannot wait because
 * the reader may overwrite it. */
static void on_datagram(void *ctx, const struct datagram *d)
{
    struct pipeline *p = ctx;
    struct waiting now = {.datagram = *d};
    size_t n, len;
    const uint8_t *inside = turn_payload(d->data, d->caplen, d->len, &n, &len);

    drain(p);
    if (inside) {
        now.datagram.data = inside;
        now.datagram.caplen = (uint32_t)n;
        now.datagram.len = (uint32_t)len;
        now.datagram.relayed = true;
    }
    look(p, &now);
    take(p, &now);
}

/* Octets of a TCP stream: messages are framed by Content-Length (RFC 3261
 * §18.3). */
static size_t on_stream(void *ctx, const struct datagram *run, bool last)
{
    struct pipeline *p = ctx;
    const char *data = (const char *)run->data;
    size_t done = 0;

    drain(p);
    while (done < run->caplen) {
        size_t length;

        switch (sip_frame(data + done, run->caplen - done, &length)) {
        case SIP_FRAME_MESSAGE:
            take_sip(p, run, data + done, length, length);
            done += length;
            break;
        case SIP_FRAME_SKIP:
            done += length;
            break;
        case SIP_FRAME_INCOMPLETE:
            if (last && sip_looks_like(data + done, run->caplen - done))
                take_sip(p, run, data + done, run->caplen - done, run->caplen - done + 1);
            return done;
        }
    }
    return done;
}

static bool announced(void *ctx, const struct net_addr *src, const struct net_addr *dst,
                      const struct rtp_map **map)
{
    const struct fosip_analysis *a = ctx;
    const struct announcement *to = call_announced(a->calls, dst);

    if (!to)
        to = call_announced(a->calls, src);
    *map = to ? to->map : NULL;
    return to != NULL;
}

static void on_media(void *ctx, const struct net_addr *addr, const struct rtp_map *map)
{
    struct fosip_analysis *a = ctx;

    stream_set_map(a->streams, addr, map);
}

static void note_packet(struct fosip_analysis *a, const struct packet *packet)
{
    if (!a->packets++) {
        a->first_time = a->last_time = packet->time;
        stream_set_origin(a->streams, packet->time);
    }
    if (packet->time > a->last_time)
        a->last_time = packet->time;
    a->bytes += packet->caplen;
}

static void note_verdict(struct fosip_analysis *a, enum net_verdict verdict)
{
    a->counts.other += verdict == NET_OTHER;
    a->counts.undecoded += verdict == NET_UNDECODED;
}

static void show_progress(const struct fosip_analysis *a, const struct fosip_options *options)
{
    uint64_t done, total;

    if (!options || !options->progress || a->packets % 65536)
        return;
    capture_progress(a->capture, &done, &total);
    options->progress(options->progress_ctx, done, total);
}

static void walk(struct pipeline *p, struct net *net, const struct fosip_options *options)
{
    struct fosip_analysis *a = p->analysis;

    while (!p->failed) {
        struct waiting *w = slot(p, p->next);

        if (!capture_next(a->capture, &w->packet))
            break;
        note_packet(a, &w->packet);
        if (w->packet.stable && net_plain_datagram(&w->packet, &w->datagram))
            line_up(p);
        else
            note_verdict(a, net_packet(net, &w->packet));
        show_progress(a, options);
    }
    net_flush(net);
    drain(p);
}

static void bind_streams(struct fosip_analysis *a)
{
    for (size_t i = 0; i < stream_count(a->streams); i++) {
        struct stream *s = stream_at(a->streams, i);
        enum call_side to;
        uint32_t call = call_of_stream(a->calls, stream_src(s), stream_dst(s), stream_start(s),
                                       stream_end(s), &to);
        uint32_t *slot;

        if (call == CALL_NONE)
            continue;
        stream_bind(s, call, to == SIDE_CALLER ? STREAM_TO_CALLER : STREAM_TO_CALLEE);
        slot = vec_add(&call_at(a->calls, call)->streams);
        if (slot)
            *slot = (uint32_t)i;
    }
}

int pipeline_run(struct fosip_analysis *a, const struct fosip_options *options)
{
    struct pipeline *p = calloc(1, sizeof *p);
    struct net_sink sink = {.ctx = p, .datagram = on_datagram, .stream = on_stream};
    struct net *net = net_new(&sink);
    int result = -ENOMEM;

    a->first_time = a->last_time = -1;
    a->calls = call_table_new(on_media, a);
    a->streams = stream_table_new(announced, a);
    if (!p || !net || !a->calls || !a->streams)
        goto out;
    p->analysis = a;
    walk(p, net, options);
    if (p->failed)
        goto out;
    stream_finish(a->streams);
    a->counts.rtp = stream_packets_counted(a->streams);
    a->counts.other += p->rtp_seen - a->counts.rtp;
    call_finish(a->calls, a->last_time);
    bind_streams(a);
    result = findings_run(a);
out:
    net_free(net);
    free(p);
    return result;
}
