/* Owns what decoding has to remember: fragments, TCP connections, SCTP. */
#include "net/net.h"

#include <stdlib.h>

#include "net/fragment.h"
#include "net/layer.h"
#include "net/plain.h"
#include "net/sctp.h"
#include "net/stream.h"
#include "net/twin.h"

/* Fragments may carry a tunnel's packet that is a fragment itself, and so on. */
enum { MAX_NESTED_FRAGMENTS = 8 };

struct net {
    struct net_sink sink;
    struct fragments *fragments;
    int64_t deadline; /* of the oldest fragment */
    struct tcp *tcp;
    struct stream_stage stage;
    struct sctp *sctp;
    struct twins *twins;
    uint64_t dscp[NET_NO_DSCP + 1]; /* packets by what they are marked with */
};

const char *net_transport_name(enum net_transport transport)
{
    static const char *const names[] = {"udp", "tcp", "tls", "sctp", "ws", "wss", "log"};

    return names[transport];
}

const char *net_dscp_name(unsigned dscp)
{
    static const char *const names[NET_NO_DSCP] = {
        [0] = "BE",    [1] = "LE",    [8] = "CS1",   [10] = "AF11", [12] = "AF12",
        [14] = "AF13", [16] = "CS2",  [18] = "AF21", [20] = "AF22", [22] = "AF23",
        [24] = "CS3",  [26] = "AF31", [28] = "AF32", [30] = "AF33", [32] = "CS4",
        [34] = "AF41", [36] = "AF42", [38] = "AF43", [40] = "CS5",  [44] = "VOICE-ADMIT",
        [46] = "EF",   [48] = "CS6",  [56] = "CS7",
    };

    return dscp < NET_NO_DSCP ? names[dscp] : NULL;
}

struct net *net_new(const struct net_sink *sink)
{
    struct net *net = calloc(1, sizeof *net);
    struct tcp_consumer consumer = {
        .run = stream_run, .forget = stream_forget, .missing = stream_missing};

    if (!net)
        return NULL;
    net->sink = *sink;
    net->stage.sink = net->stage.tls.sink = &net->sink;
    consumer.ctx = &net->stage;
    net->deadline = INT64_MAX;
    net->fragments = fragments_new(sink->fragments != NULL);
    net->tcp = tcp_new(&consumer);
    net->sctp = sctp_new();
    net->twins = twins_new();
    net->stage.tls.keys = keylog_new();
    if (!net->fragments || !net->tcp || !net->sctp || !net->twins || !net->stage.tls.keys) {
        net_free(net);
        return NULL;
    }
    return net;
}

void net_free(struct net *net)
{
    if (!net)
        return;
    fragments_free(net->fragments);
    tcp_free(net->tcp);
    sctp_free(net->sctp);
    twins_free(net->twins);
    keylog_free(net->stage.tls.keys);
    free(net);
}

long net_add_secrets(struct net *net, const char *text, size_t n)
{
    return keylog_add(net->stage.tls.keys, text, n);
}

struct net_tls_counts net_tls_counts(const struct net *net)
{
    return net->stage.tls.counts;
}

const uint64_t *net_dscp_counts(const struct net *net)
{
    return net->dscp;
}

static void tell_fragments(const struct net *net, const struct decoded *whole)
{
    const uint64_t *frames;
    size_t count;

    if (!net->sink.fragments)
        return;
    count = fragments_frames(net->fragments, &frames);
    net->sink.fragments(net->sink.ctx, frames, count, whole);
}

static void take_quote(struct net *net, struct decoded *d)
{
    struct net_icmp icmp = {.quoted = &d->datagram,
                            .reporter = d->reporter,
                            .type = d->icmp_type,
                            .code = d->icmp_code};

    d->datagram.duplicate = twins_note(net->twins, d);
    if (net->sink.icmp)
        net->sink.icmp(net->sink.ctx, &icmp);
}

static void take_datagram(struct net *net, struct decoded *d)
{
    struct packet packet;

    /* In a log, equal messages are sent again; copies of other logs are known by
     * more than this (call/logged.c). */
    d->datagram.duplicate = !d->datagram.logged && twins_note(net->twins, d);
    if (d->timed) {
        packet = *d->datagram.packet;
        packet.time = d->time;
        d->datagram.packet = &packet;
    }
    net->sink.datagram(net->sink.ctx, &d->datagram);
}

static enum net_verdict take_whole(struct net *net, struct decoded *d)
{
    switch (d->kind) {
    case DECODED_DATAGRAM:
        take_datagram(net, d);
        return NET_PASSED;
    case DECODED_SEGMENT:
        tcp_segment(net->tcp, d);
        return NET_PASSED;
    case DECODED_CHUNKS:
        return sctp_packet(net->sctp, d, &net->sink) ? NET_PASSED : NET_OTHER;
    case DECODED_FRAGMENT:
        return NET_PASSED;
    case DECODED_QUOTE:
        take_quote(net, d);
        return NET_OTHER;
    case DECODED_OTHER:
        return NET_OTHER;
    case DECODED_BAD:
        break;
    }
    return NET_UNDECODED;
}

/* The rest of its fragments never came.  A datagram that is not whole is none, but
 * what was in a tunnel may be, and TCP knows what to do with a part. */
static void take_partial(struct net *net, struct decoded *part)
{
    struct datagram *d = &part->datagram;
    struct net_missing missing = {.kind = NET_MISSING_FRAGMENTS, .where = d};

    tell_fragments(net, part);
    if (d->caplen)
        net_decode_payload(part);
    else
        part->kind = DECODED_OTHER;
    if (part->kind == DECODED_SEGMENT || (part->kind == DECODED_DATAGRAM && d->caplen == d->len)) {
        take_whole(net, part);
        return;
    }
    if (part->kind != DECODED_DATAGRAM)
        d->caplen = 0;
    if (net->sink.missing)
        net->sink.missing(net->sink.ctx, &missing);
}

/* Lets go the fragments that have waited too long. */
static void expire_fragments(struct net *net, int64_t now)
{
    struct decoded part;

    while (fragments_expire(net->fragments, now, &part))
        take_partial(net, &part);
    net->deadline = fragments_deadline(net->fragments);
}

static void take_fragment(struct net *net, const struct decoded *first)
{
    struct decoded piece = *first, whole;

    for (unsigned i = 0; i < MAX_NESTED_FRAGMENTS && piece.kind == DECODED_FRAGMENT; i++) {
        if (!fragments_add(net->fragments, &piece, &whole))
            break;
        tell_fragments(net, &whole);
        net_decode_payload(&whole);
        take_whole(net, &whole);
        piece = whole;
    }
    expire_fragments(net, first->datagram.packet->time);
}

/* What most packets are, in one go, or a packet by its layers. */
static inline void decode(const struct packet *packet, struct decoded *d)
{
    if (!net_plain_datagram(packet, &d->datagram)) {
        net_decode(packet, d);
        return;
    }
    d->kind = DECODED_DATAGRAM;
    d->quoted = d->timed = false;
    d->fragment_id = d->datagram.ip_id;
}

enum net_verdict net_packet(struct net *net, const struct packet *packet)
{
    struct decoded decoded;

    if (packet->time > net->deadline)
        expire_fragments(net, packet->time);
    decode(packet, &decoded);
    /* What an error quotes was not sent in this packet. */
    net->dscp[decoded.quoted ? decoded.reporter_dscp : decoded.datagram.dscp]++;
    if (decoded.kind == DECODED_FRAGMENT)
        take_fragment(net, &decoded);
    return take_whole(net, &decoded);
}

void net_flush(struct net *net)
{
    struct decoded part;

    while (fragments_flush(net->fragments, &part))
        take_partial(net, &part);
    tcp_flush(net->tcp);
}
