/* Owns what tells encrypted signalling from all the other TLS of a network, and
 * the list of servers that it is for. */
#include "analysis/encrypted.h"

#include "base/slice.h"

enum { MAX_SERVERS = 256 };

/* SIP over TLS has 5061, and servers use neighbours of 5060 for more of it;
 * 7443 and 8089 are where widespread ones offer WebSocket. */
static bool is_sip_port(uint16_t port)
{
    return (port >= 5060 && port < 5070) || port == 5080 || port == 5081 || port == 7443 ||
           port == 8089;
}

/* The host is named "sip", "sips3", "sip-proxy"... in a label of its name. */
static bool is_sip_name(struct slice name)
{
    while (name.n) {
        struct slice label = slice_upto(name, slice_find(name, '.'));

        if (slice_istarts(label, SLICE("sip")))
            return true;
        name = slice_from(name, label.n + 1);
    }
    return false;
}

static bool may_carry_sip(const struct net_tls *c)
{
    struct slice protocol = slice_str(c->protocol);

    if (slice_istarts(protocol, SLICE("sip")))
        return true;
    if (protocol.n && !slice_istarts(protocol, SLICE("http/1.1"))) /* xmpp, imap, h2... */
        return false;
    return is_sip_port(c->server.port) || is_sip_port(c->client.port) ||
           is_sip_name(slice_str(c->server_name));
}

void encrypted_note(struct fosip_analysis *a, const struct net_tls *c)
{
    struct encrypted *e;

    if (!may_carry_sip(c))
        return;
    for (size_t i = 0; i < a->encrypted.n; i++) {
        e = &a->encrypted.v[i];
        if (e->first.outcome != c->outcome || !addr_eq(&e->first.server, &c->server))
            continue;
        e->count++;
        return;
    }
    if (a->encrypted.n >= MAX_SERVERS)
        return;
    e = vec_add(&a->encrypted);
    if (e)
        *e = (struct encrypted){.first = *c, .count = 1};
}
