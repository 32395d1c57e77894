/* Drives the analysis: each packet is taken apart where it lies and handed to
 * the one table that owns what it belongs to.  Ports are hints at most: a
 * datagram is what its first octets say (RFC 7983 for what shares media
 * ports). */
#include "analysis/pipeline.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "analysis/batch.h"
#include "analysis/beside.h"
#include "analysis/encrypted.h"
#include "analysis/fax.h"
#include "analysis/finish.h"
#include "analysis/ice.h"
#include "analysis/quiet.h"
#include "base/handover.h"
#include "base/time.h"
#include "call/media.h"
#include "capture/text_header.h"
#include "rtp/turn.h"
#include "sip/msg.h"

struct pipeline {
    struct fosip_analysis *analysis;
    struct net *net;
    const struct fosip_options *options;
    struct decrypt *decrypt;     /* NULL: SRTP stays as it is */
    struct stream_flows *flows;  /* NULL: every packet is decoded in its turn */
    struct handover *handover;   /* NULL: one thread does all */
    struct capture_ahead ahead;  /* of what is worked on */
    struct quiet *quiet;         /* NULL: nothing is let go before the end */
    struct sip_msg msg;          /* scratch */
    const struct parsed *parsed; /* of the packet whose turn it is, or NULL */
    uint64_t rtp_seen;           /* datagrams that looked like RTP */
    bool failed;                 /* memory ran short */
    bool stopped;                /* by who takes what is let go */
};

static bool was_parsed(const struct pipeline *p, const char *data, size_t n)
{
    return p->parsed && p->parsed->data == data && p->parsed->n == n;
}

static const struct sip_msg *parse(struct pipeline *p, const char *data, size_t n, size_t whole)
{
    if (was_parsed(p, data, n))
        return &p->parsed->msg;
    return sip_parse(&p->msg, data, n, whole) ? &p->msg : NULL;
}

/* By the snap length: where no packet was, a length in a header lies. */
static bool is_cut(const struct pipeline *p, const struct datagram *d)
{
    return d->caplen < d->len && p->analysis->gaps.cut.count;
}

/* `part` is what of the datagram is the message. */
static void take_message(struct pipeline *p, const struct datagram *d, const struct datagram *part,
                         const struct sip_msg *msg)
{
    struct capture_counts *counts = &p->analysis->counts;
    uint32_t index;

    counts->sip++;
    if (msg->request)
        counts->sip_requests++;
    else
        counts->sip_responses++;
    counts->sip_malformed += msg->problem_count > 0;
    if (d->logged && d->caplen < d->len)
        gap_count(&p->analysis->gaps.cut_logged, d->packet);
    else if (is_cut(p, d))
        gap_count(&p->analysis->gaps.cut_sip, d->packet);
    if (d->duplicate) { /* sent once: no retransmission */
        gap_count(&p->analysis->gaps.copies, d->packet);
        call_note_copy(p->analysis->calls, msg, d);
        return;
    }
    if (p->quiet && call_by_id(p->analysis->calls, msg->call_id) == CALL_NONE &&
        quiet_is_straggler(p->quiet, msg))
        return;
    if (call_add(p->analysis->calls, msg, part, &index) == CALL_NONE)
        p->failed = true;
}

/* Octets of a stream, which may be a message. */
static void take_sip(struct pipeline *p, const struct datagram *run, const char *data, size_t n,
                     size_t whole)
{
    const struct sip_msg *msg = parse(p, data, n, whole);
    struct datagram part = *run;

    if (!msg) {
        p->analysis->counts.other++;
        return;
    }
    part.data = (const uint8_t *)data;
    part.caplen = (uint32_t)n;
    part.len = (uint32_t)whole;
    take_message(p, run, &part, msg);
}

static void take_plain(struct pipeline *p, const struct datagram *d, enum rtp_kind kind)
{
    struct capture_counts *counts = &p->analysis->counts;
    const char *text = (const char *)d->data;
    const struct sip_msg *msg;

    switch (kind) {
    case RTP_CONTROL:
        counts->rtcp++;
        beside_control(p->analysis, p->decrypt, d);
        return;
    case RTP_STUN:
        counts->stun++;
        if (!d->duplicate)
            ice_note(p->analysis->ice, d);
        return;
    case RTP_DTLS:
    case RTP_ZRTP:
        beside_exchange(p->analysis, d, kind);
        break;
    default:
        break;
    }
    msg = parse(p, text, d->caplen, d->len);
    if (msg) {
        take_message(p, d, d, msg);
        return;
    }
    counts->other++;
    if (!sip_looks_like(text, d->caplen))
        beside_fax(p->analysis, d);
}

static void take_media(struct pipeline *p, const struct stream_look *look)
{
    p->rtp_seen++;
    stream_media(p->analysis->streams, look);
}

/* As take_media, its payload in clear where a key is known. */
static void take_secret_media(struct pipeline *p, const struct datagram *d,
                              const struct stream_look *look)
{
    struct datagram clear;
    struct stream_look inside;
    bool first;

    if (!decrypt_packet(p->decrypt, d, false, &clear, &first) ||
        !stream_look(p->analysis->streams, &clear, &inside)) {
        take_media(p, look);
        return;
    }
    p->rtp_seen++;
    stream_clear_media(p->analysis->streams, &inside, d->len, first);
}

static void take_datagram(struct pipeline *p, const struct datagram *d)
{
    enum rtp_kind kind = rtp_classify(d->data, d->caplen, d->len);
    struct stream_look look;

    if (kind != RTP_MEDIA || !stream_look(p->analysis->streams, d, &look)) {
        take_plain(p, d, kind);
        return;
    }
    if (is_cut(p, d))
        gap_count(&p->analysis->gaps.cut_media, d->packet);
    if (p->decrypt)
        take_secret_media(p, d, &look);
    else
        take_media(p, &look);
}

/* What comes out of reassembly and tunnels. */
static void on_datagram(void *ctx, const struct datagram *d)
{
    size_t n, len;
    const uint8_t *inside = turn_payload(d->data, d->caplen, d->len, &n, &len);
    struct datagram relayed;

    if (!inside) {
        take_datagram(ctx, d);
        return;
    }
    relayed = *d;
    relayed.data = inside;
    relayed.caplen = (uint32_t)n;
    relayed.len = (uint32_t)len;
    relayed.relayed = true;
    take_datagram(ctx, &relayed);
}

/* Octets of a TCP stream: messages are framed by Content-Length (RFC 3261
 * §18.3), those of H.323 by their length. */
static size_t on_stream(void *ctx, const struct datagram *run, bool last)
{
    struct pipeline *p = ctx;
    const char *data = (const char *)run->data;
    size_t done = 0;

    while (done < run->caplen) {
        size_t length;

        /* Not text: something else may have its messages in between. */
        if (done && data[done] < ' ' && data[done] != '\r' && data[done] != '\n')
            return done;
        switch (tpkt_frame((const uint8_t *)data + done, run->caplen - done, &length)) {
        case TPKT_YES:
            beside_h323(p->analysis, run, run->data + done, length);
            done += length;
            continue;
        case TPKT_MORE:
            return done;
        case TPKT_NO:
            break;
        }
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

static void on_icmp(void *ctx, const struct net_icmp *icmp)
{
    struct pipeline *p = ctx;
    struct fosip_analysis *a = p->analysis;

    icmp_note(a->icmp, icmp, a->calls, a->streams, &p->msg);
}

static void on_missing(void *ctx, const struct net_missing *missing)
{
    struct pipeline *p = ctx;

    gaps_missing(&p->analysis->gaps, missing, &p->msg);
}

static void on_encrypted(void *ctx, const struct net_tls *connection)
{
    const struct pipeline *p = ctx;

    encrypted_note(p->analysis, connection);
}

static bool announced(void *ctx, const struct net_addr *src, const struct net_addr *dst,
                      const struct rtp_map **map)
{
    const struct fosip_analysis *a = ctx;
    const struct announcement *to = call_announced(a->calls, dst);
    const struct net_addr *relayed;

    if (!to)
        to = call_announced(a->calls, src);
    if (!to && (relayed = ice_relayed_on(a->ice, src, dst)))
        to = call_announced(a->calls, relayed);
    *map = to ? to->map : NULL;
    return to && !to->map->udptl;
}

static void on_media(void *ctx, const struct net_addr *addr, const struct rtp_map *map)
{
    struct fosip_analysis *a = ctx;

    /* in parts each call is counted by itself */
    if (a->in_parts && call_took_over(a->calls, addr))
        stream_close_to(a->streams, addr);
    if (map->udptl)
        a->fax_announced = true; /* and if it is refused, RTP flows on as it did */
    else
        stream_set_map(a->streams, addr, map);
}

/* Both tables are told ahead of what the other will be asked. */
static void on_media_ahead(void *ctx, const struct net_addr *addr)
{
    const struct fosip_analysis *a = ctx;

    stream_ask_for_newest(a->streams, addr);
}

static void announced_ahead(void *ctx, const struct net_addr *dst)
{
    const struct fosip_analysis *a = ctx;

    call_ask_for_announced(a->calls, dst);
}

/* Times with a date come before those without (capture/capture.c): the capture
 * spans the former where there are any. */
static void note_span(struct fosip_analysis *a, const struct batch *b)
{
    if (!a->packets || (!time_is_known(a->first_time) && time_is_known(b->first_time))) {
        a->first_time = a->last_time = b->first_time;
        stream_set_origin(a->streams, b->first_time);
    }
    if (time_between(a->last_time, b->last_time) > 0)
        a->last_time = b->last_time;
}

static void note_batch(struct fosip_analysis *a, const struct batch *b)
{
    note_span(a, b);
    a->packets += b->count;
    a->bytes += b->bytes;
}

/* Finishes what is over by itself, and hands it on. */
static int let_go(struct pipeline *p)
{
    struct fosip_analysis *a = p->analysis, *part;
    int r = quiet_part(p->quiet, a, &part);

    if (r < 0 || !part)
        return r;
    stream_finish(part->streams);
    r = finish_model(part);
    if (r == 0)
        p->stopped = p->options->let_go(p->options->let_go_ctx, part) < 0;
    quiet_forget(a, part);
    return r == 0 && p->decrypt ? decrypt_let_go(p->decrypt) : r;
}

static __attribute__((noinline)) void take_packet(struct pipeline *p, const struct packet *packet,
                        const struct parsed *parsed)
{
    struct capture_counts *counts = &p->analysis->counts;
    enum net_verdict verdict;

    if (p->quiet && quiet_tick(p->quiet, packet->time) && let_go(p) < 0) {
        p->failed = true;
        return;
    }
    if (packet->caplen < packet->len && packet->link != LINK_TEXT)
        gap_count(&p->analysis->gaps.cut, packet);
    p->parsed = parsed;
    verdict = net_packet(p->net, packet);
    counts->other += verdict == NET_OTHER;
    counts->undecoded += verdict == NET_UNDECODED;
    p->parsed = NULL;
}

/* Hands on the secrets before a packet, *used of them being done. */
static void use_secrets(struct pipeline *p, const struct batch *b, size_t packet, size_t *used)
{
    for (; *used < b->secrets.waiting.n; ++*used) {
        const struct secrets_text *text = &b->secrets.waiting.v[*used];

        if (text->before > packet)
            return;
        if (net_add_secrets(p->net, text->text, text->n) < 0)
            p->failed = true;
    }
}

static struct batch_source batch_source(const struct pipeline *p)
{
    return (struct batch_source){
        .capture = p->analysis->capture,
        .secrets = &p->analysis->secrets,
        .flows = p->flows,
        .handover = p->handover,
    };
}

/* Those from number `from` on, before number `to`. */
static void take_briefs(struct pipeline *p, const struct batch *b, size_t from, size_t to)
{
    if (from == to)
        return;
    stream_media_briefs(p->analysis->streams, p->flows, &b->base, &b->briefs[from], to - from);
    p->rtp_seen += to - from;
}

static void take_other(struct pipeline *p, const struct other *other)
{
    if (!other->media) {
        take_packet(p, &other->packet, other->parsed);
        return;
    }
    p->analysis->counts.dscp[other->look.arrival.dscp]++;
    p->rtp_seen++;
    stream_media_whole(p->analysis->streams, p->flows, &other->look);
}

static void take_all(struct pipeline *p, struct batch *b)
{
    size_t briefs = 0, used = 0;

    for (size_t i = 0; i < b->other_count; i++) {
        const struct other *other = &b->others[i];

        take_briefs(p, b, briefs, other->after);
        briefs = other->after;
        if (used < b->secrets.waiting.n)
            use_secrets(p, b, briefs + i, &used);
        batch_ask_for(b, i + BATCH_AHEAD, p->analysis->streams);
        take_other(p, other);
        if (p->failed || p->stopped)
            return;
    }
    take_briefs(p, b, briefs, b->brief_count);
}

static void work(struct pipeline *p, struct batch *b)
{
    if (!p->handover || handover_waiting(p->handover) <= HANDOVER_BATCHES / 2)
        capture_make_present(&p->ahead, b->base.data, HANDOVER_BATCHES * b->bytes);
    note_batch(p->analysis, b);
    batch_ask_for_first(b, p->analysis->streams, p->flows);
    take_all(p, b);
    secrets_free(&b->secrets);
    if (p->options && p->options->progress)
        p->options->progress(p->options->progress_ctx, b->done, b->total);
}

/* The reader's thread. */
static void *read_all(void *ctx)
{
    const struct pipeline *p = ctx;
    struct batch_source source = batch_source(p);
    struct batch *b;

    while ((b = handover_empty(p->handover))) {
        batch_read(b, &source, BATCH);
        if (!b->count)
            break;
        handover_give(p->handover);
    }
    handover_end(p->handover);
    return NULL;
}

static bool walk_with_two(struct pipeline *p)
{
    pthread_t reader;
    struct batch *b;

    p->handover = handover_new(sizeof *b);
    if (!p->handover || pthread_create(&reader, NULL, read_all, p) != 0) {
        handover_free(p->handover);
        return false;
    }
    while (!p->failed && !p->stopped && (b = handover_take(p->handover))) {
        work(p, b);
        handover_return(p->handover);
    }
    handover_stop(p->handover);
    pthread_join(reader, NULL);
    while ((b = handover_take(p->handover))) { /* not worked on: memory ran short */
        secrets_free(&b->secrets);
        handover_return(p->handover);
    }
    handover_free(p->handover);
    return true;
}

static void walk_alone(struct pipeline *p)
{
    enum { SMALL = 64 }; /* stays in the nearest cache */
    struct batch_source source = batch_source(p);
    struct batch *b = aligned_alloc(_Alignof(struct batch), sizeof *b);

    p->failed = !b;
    if (b)
        memset(b, 0, offsetof(struct batch, others));
    while (!p->failed && !p->stopped) {
        batch_read(b, &source, SMALL);
        if (!b->count)
            break;
        work(p, b);
    }
    if (b)
        secrets_free(&b->secrets);
    free(b);
}

/* Two threads are worth their start for captures of some size whose packets
 * stay where they are. */
static bool wants_two(const struct pipeline *p)
{
    enum { SMALL_CAPTURE = 4 * 1024 * 1024 };
    unsigned threads = p->options ? p->options->threads : 0;
    uint64_t done, total;

    capture_progress(p->analysis->capture, &done, &total);
    if (!capture_stable(p->analysis->capture) || threads == 1)
        return false;
    return threads > 1 || (total > SMALL_CAPTURE && sysconf(_SC_NPROCESSORS_ONLN) > 1);
}

static void walk(struct pipeline *p)
{
    p->ahead = capture_ahead(p->analysis->capture);
    if (!wants_two(p) || !walk_with_two(p))
        walk_alone(p);
    net_flush(p->net);
}

static void configure(struct fosip_analysis *a, const struct fosip_options *options)
{
    struct stream_settings settings = {.buffer_ms = STREAM_BUFFER_MS,
                                       .no_short_way = a->no_short_ways};

    if (options) {
        settings.interval = a->interval = options->interval;
        if (options->buffer_ms)
            settings.buffer_ms = options->buffer_ms;
    }
    stream_configure(a->streams, &settings);
}

int pipeline_run(struct fosip_analysis *a, const struct fosip_options *options)
{
    struct pipeline *p = calloc(1, sizeof *p);
    struct net_sink sink = {.ctx = p,
                            .datagram = on_datagram,
                            .stream = on_stream,
                            .icmp = on_icmp,
                            .missing = on_missing,
                            .encrypted = on_encrypted};
    int result = -ENOMEM;

    a->first_time = a->last_time = -1;
    a->calls = call_table_new(on_media, a);
    a->streams = stream_table_new(announced, a);
    a->icmp = icmp_table_new();
    a->ice = ice_table_new();
    a->faxes = fax_table_new();
    if (!p || !a->calls || !a->streams || !a->icmp || !a->ice || !a->faxes)
        goto out;
    call_tell_ahead(a->calls, on_media_ahead);
    stream_tell_ahead(a->streams, announced_ahead);
    configure(a, options);
    p->analysis = a;
    p->options = options;
    p->net = net_new(&sink);
    if (options && options->quiet_time && options->let_go) {
        p->quiet = quiet_new(options->quiet_time);
        if (!p->quiet)
            goto out;
        a->in_parts = true;
        stream_ask_departed(a->streams, quiet_media_departed, p->quiet);
    }
    if (options && options->srtp)
        p->decrypt = decrypt_new(a->calls);
    if (!p->net || (options && options->srtp && !p->decrypt))
        goto out;
    /* Decrypting needs the state of its flow, and letting go the time of each packet. */
    if (!a->no_short_ways && !p->decrypt && !p->quiet &&
        !(p->flows = stream_flows_new(a->streams)))
        goto out;
    if (capture_readable(a->capture) > 1)
        stream_expect_copies(a->streams);
    walk(p);
    if (p->failed)
        goto out;
    a->tls = net_tls_counts(p->net);
    for (unsigned i = 0; i <= NET_NO_DSCP; i++)
        a->counts.dscp[i] += net_dscp_counts(p->net)[i];
    stream_finish(a->streams);
    if (p->flows)
        stream_brief_dscp(p->flows, a->counts.dscp);
    a->counts.rtp = stream_packets_counted(a->streams);
    a->counts.other += p->rtp_seen - a->counts.rtp;
    if (p->quiet && quiet_end(p->quiet, a) < 0)
        goto out;
    result = finish_model(a);
out:
    if (p) {
        net_free(p->net);
        stream_flows_free(p->flows);
        decrypt_free(p->decrypt);
        quiet_free(p->quiet);
    }
    free(p);
    return result;
}
