/* Owns what decoding has to remember: fragments and TCP streams. */
#include "net/net.h"

#include <stdlib.h>

#include "net/fragment.h"
#include "net/layer.h"
#include "net/tcp.h"

struct net {
    struct net_sink sink;
    struct fragments *fragments;
    struct tcp *tcp;
};

const char *net_transport_name(enum net_transport transport)
{
    static const char *const names[] = {"udp", "tcp", "tls", "sctp", "ws", "wss", "log"};

    return names[transport];
}

struct net *net_new(const struct net_sink *sink)
{
    struct net *net = calloc(1, sizeof *net);

    if (!net)
        return NULL;
    net->sink = *sink;
    net->fragments = fragments_new();
    net->tcp = tcp_new();
    if (!net->fragments || !net->tcp) {
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
    free(net);
}

static void on_whole(void *ctx, struct decoded *whole, const uint8_t *data, uint32_t caplen,
                     uint32_t len)
{
    struct net *net = ctx;

    net_decode_payload(whole, data, caplen, len);
    if (whole->kind == DECODED_DATAGRAM)
        net->sink.datagram(net->sink.ctx, &whole->datagram);
    else if (whole->kind == DECODED_SEGMENT)
        tcp_segment(net->tcp, whole, &net->sink);
}

enum net_verdict net_packet(struct net *net, const struct packet *packet)
{
    struct decoded decoded;

    net_decode(packet, &decoded);
    switch (decoded.kind) {
    case DECODED_DATAGRAM:
        net->sink.datagram(net->sink.ctx, &decoded.datagram);
        return NET_PASSED;
    case DECODED_SEGMENT:
        tcp_segment(net->tcp, &decoded, &net->sink);
        return NET_PASSED;
    case DECODED_FRAGMENT:
        fragments_add(net->fragments, &decoded, on_whole, net);
        return NET_PASSED;
    case DECODED_OTHER:
        return NET_OTHER;
    default:
        return NET_UNDECODED;
    }
}

void net_flush(struct net *net)
{
    fragments_flush(net->fragments, on_whole, net);
    tcp_flush(net->tcp, &net->sink);
}
