/* Owns the ways of what is neither SIP nor RTP to its table. */
#include "analysis/beside.h"

#include "analysis/fax.h"
#include "call/media.h"

void beside_control(struct fosip_analysis *a, struct decrypt *decrypt, const struct datagram *d)
{
    struct datagram clear;
    bool first;

    if (d->duplicate)
        return;
    if (decrypt && !rtcp_is_plain(d->data, d->caplen, d->len) &&
        decrypt_packet(decrypt, d, true, &clear, &first))
        d = &clear;
    stream_control(a->streams, d);
}

/* The last message of a ZRTP handshake but one (RFC 6189 §5.8): from here on, what
 * flows is SRTP. */
static bool is_zrtp_agreed(const struct datagram *d)
{
    static const char agreed[] = "Conf2ACK";
    enum { TYPE = 16 };

    return d->caplen >= TYPE + 8 && memcmp(d->data + TYPE, agreed, 8) == 0;
}

void beside_exchange(struct fosip_analysis *a, const struct datagram *d, enum rtp_kind kind)
{
    enum { DTLS_HANDSHAKE = 22 };

    if (kind == RTP_DTLS && d->data[0] == DTLS_HANDSHAKE)
        stream_note_exchange(a->streams, &d->src, &d->dst, RTP_KEYS_DTLS);
    else if (kind == RTP_ZRTP && is_zrtp_agreed(d))
        stream_note_exchange(a->streams, &d->src, &d->dst, RTP_KEYS_ZRTP);
}

void beside_fax(struct fosip_analysis *a, const struct datagram *d)
{
    const struct announcement *to = NULL;

    if (d->duplicate)
        return;
    if (a->fax_announced) {
        to = call_announced(a->calls, &d->dst);
        if (!to)
            to = call_announced(a->calls, &d->src);
    }
    if (to && to->map->udptl)
        fax_note(a->faxes, d, to->map->fax_version);
    else
        fax_guess(a->faxes, d);
}

void beside_h323(struct fosip_analysis *a, const struct datagram *run, const uint8_t *data,
                 size_t n)
{
    struct h245_keys keys;
    struct h323_key *key;

    if (!h245_keys(&keys, data, n) || a->h323_keys.n >= MOST_H323_KEYS)
        return;
    key = vec_add(&a->h323_keys);
    if (key)
        *key = (struct h323_key){.src = run->src, .dst = run->dst, .time = run->packet->time,
                                 .frame = run->packet->frame, .keys = keys};
}
