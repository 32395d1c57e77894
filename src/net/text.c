/* The packets of text logs: a header with what the log says of the message, then
 * the message (capture/text_header.h). */
#include "capture/text_header.h"
#include "net/layer.h"

static void set_addr(struct net_addr *addr, const struct text_address *said)
{
    *addr = (struct net_addr){.family = said->family};
    if (said->family == NET_UNKNOWN)
        return;
    memcpy(addr->ip, said->ip, sizeof addr->ip);
    addr->port = be16(said->port);
}

static enum net_transport transport_of(enum text_transport said)
{
    switch (said) {
    case TEXT_UDP:
        return NET_UDP;
    case TEXT_TCP:
        return NET_TCP;
    case TEXT_TLS:
        return NET_TLS;
    case TEXT_SCTP:
        return NET_SCTP;
    case TEXT_WS:
        return NET_WS;
    case TEXT_WSS:
        return NET_WSS;
    case TEXT_NO_TRANSPORT:
        break;
    }
    return NET_LOG;
}

static enum net_logged logged_as(enum text_direction said)
{
    if (said == TEXT_NO_DIRECTION)
        return NET_LOGGED;
    return said == TEXT_SENT ? NET_LOGGED_SENT : NET_LOGGED_RECEIVED;
}

void layer_text(struct walk *walk)
{
    struct datagram *d = &walk->out->datagram;
    struct text_header said;
    const uint8_t *p = walk_header(walk, sizeof said);

    if (!p)
        return;
    memcpy(&said, p, sizeof said);
    set_addr(&d->src, &said.src);
    set_addr(&d->dst, &said.dst);
    d->transport = (uint8_t)transport_of((enum text_transport)said.transport);
    d->logged = (uint8_t)logged_as((enum text_direction)said.direction);
    walk_end_payload(walk, DECODED_DATAGRAM);
}
