/* Rules about signalling that cannot be read. */
#include <inttypes.h>
#include <stdio.h>

#include "analysis/findings.h"

enum { SUBJECT = 512 };

static const char *version_name(uint16_t version)
{
    static const char *const names[] = {"SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"};

    return version >= 0x0300 && version <= 0x0304 ? names[version - 0x0300] : "TLS";
}

/* "Connection A - B is TLS 1.3", or how many there are to B. */
static void subject(char text[SUBJECT], const struct encrypted *e)
{
    const struct net_tls *c = &e->first;
    char client[ADDR_TEXT], server[ADDR_TEXT], name[300] = "";

    addr_text(&c->client, client);
    addr_text(&c->server, server);
    if (c->server_name[0])
        snprintf(name, sizeof name, " (%s)", c->server_name);
    if (e->count == 1)
        snprintf(text, SUBJECT, "The connection from %s to %s%s is %s", client, server, name,
                 version_name(c->version));
    else
        snprintf(text, SUBJECT, "%" PRIu64 " connections to %s%s (the first from %s) are %s",
                 e->count, server, name, client, version_name(c->version));
}

static const char *reason(unsigned outcome)
{
    switch (outcome) {
    case NET_TLS_NO_KEYS:
        return "the keys are not known; to read it, log the keys (SSLKEYLOGFILE, or the key log "
               "option of a client or server) and give the file with --tls-keys";
    case NET_TLS_WRONG_KEYS:
        return "the keys given for it do not open it: the key log is of another run, or damaged";
    case NET_TLS_NO_HANDSHAKE:
        return "its handshake is not whole in the capture, so that no key log can help; begin the "
               "capture before the connection, or have it made anew";
    case NET_TLS_NOT_SUPPORTED:
        return "its cipher suite is not one that can be decrypted here";
    default:
        return "this fosip was built without OpenSSL, which decrypting needs";
    }
}

void findings_encrypted(struct fosip_analysis *a)
{
    for (size_t i = 0; i < a->encrypted.n; i++) {
        const struct encrypted *e = &a->encrypted.v[i];
        char text[SUBJECT], suite[16] = "";
        struct finding *f;

        subject(text, e);
        if (e->first.outcome == NET_TLS_NOT_SUPPORTED)
            snprintf(suite, sizeof suite, " (0x%04X)", e->first.suite);
        f = finding_add(a, "encrypted-signalling", FINDING_NOTE, CALL_NONE, CALL_NONE, CALL_NONE,
                        "%s, and %s%s.", text, reason(e->first.outcome), suite);
        if (!f)
            continue;
        f->time = e->first.time;
        f->frames[f->frame_count++] = e->first.frame;
    }
}
