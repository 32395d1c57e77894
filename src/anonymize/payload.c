/* Owns what datagrams carry: RTP, RTCP (RFC 3550), STUN (RFC 8489) and what it
 * relays, DTLS, ZRTP; SIP is anonymize/message.c's. */
#include <string.h>

#include "anonymize/address.h"
#include "anonymize/anonymize.h"
#include "anonymize/crc.h"
#include "anonymize/message.h"
#include "rtp/event.h"
#include "rtp/rtcp.h"
#include "rtp/rtp.h"
#include "rtp/turn.h"
#include "sip/msg.h"

/* ---- RTP ------------------------------------------------------------------------------- */

/* An event (RFC 4733): keys are exchanged, of the same duration. */
static bool exchange_event(struct anonymize *a, const struct rtp_header *h, uint8_t *payload,
                           size_t n)
{
    struct rtp_event event;

    if (h->pt < 96 || h->payload_bytes != RTP_EVENT_BYTES || n < RTP_EVENT_BYTES ||
        !rtp_event_parse(&event, payload, n))
        return false;
    if (event.event < 10)
        payload[0] = (uint8_t)(words_digit(a->words, (char)('0' + event.event)) - '0');
    return true;
}

static bool is_comfort_noise(uint8_t pt)
{
    return pt == 13 || pt == 19;
}

static void exchange_media(struct anonymize *a, const struct datagram *d, uint8_t *data)
{
    struct rtp_header h;
    size_t n, kept;
    uint8_t *payload;

    if (!rtp_parse(&h, d->data, d->caplen, d->len)) {
        keyed_fill(a->keyed, data, d->caplen);
        return;
    }
    if (h.header_bytes >= d->caplen || is_comfort_noise(h.pt))
        return;
    n = d->caplen - h.header_bytes;
    n = n < h.payload_bytes ? n : h.payload_bytes;
    payload = data + h.header_bytes;
    if (exchange_event(a, &h, payload, n))
        return;
    kept = a->video_head ? a->video_head(a->ctx, d, payload, n) : 0;
    if (kept)
        memset(payload + kept, 0, n - kept); /* no length of something that follows */
    else
        keyed_fill(a->keyed, payload, n);
}

/* ---- RTCP ------------------------------------------------------------------------------ */

/* Chunks of SSRC and items, each padded to four octets (RFC 3550 §6.5). */
static void exchange_description(struct anonymize *a, uint8_t *p, size_t n)
{
    enum { SSRC = 4 };
    size_t at = 0;

    while (at + SSRC < n) {
        at += SSRC;
        while (at + 2 <= n && p[at]) {
            size_t length = p[at + 1];

            if (length > n - at - 2)
                length = n - at - 2;
            words_exchange(a->words, (char *)p + at + 2, length, 0);
            at += 2 + length;
        }
        at = (at + 4) & ~(size_t)3; /* the end of the items, and padding */
    }
}

static void exchange_report(struct anonymize *a, unsigned type, unsigned count, uint8_t *p,
                            size_t n)
{
    enum { SSRC = 4, NAME = 4 };
    size_t at;

    switch (type) {
    case RTCP_DESCRIPTION:
        exchange_description(a, p, n);
        break;
    case RTCP_BYE:
        at = count * SSRC;
        if (at + 1 < n)
            words_phrase(a->words, (char *)p + at + 1,
                         p[at] < n - at - 1 ? p[at] : n - at - 1);
        break;
    case RTCP_APPLICATION:
        if (n > SSRC + NAME)
            keyed_fill(a->keyed, p + SSRC + NAME, n - SSRC - NAME);
        break;
    case RTCP_SENDER_REPORT:
    case RTCP_RECEIVER_REPORT:
    case RTCP_TRANSPORT_FEEDBACK:
    case RTCP_PAYLOAD_FEEDBACK:
    case RTCP_EXTENDED_REPORT:
        break;
    default:
        if (n > SSRC)
            keyed_fill(a->keyed, p + SSRC, n - SSRC);
    }
}

/* What is encrypted stays so, from behind the first SSRC on. */
static void exchange_control(struct anonymize *a, const struct datagram *d, uint8_t *data)
{
    enum { CLEAR = 8, HEADER = 4 };
    size_t n = d->caplen;

    if (!rtcp_is_plain(d->data, d->caplen, d->len)) {
        if (n > CLEAR)
            keyed_fill(a->keyed, data + CLEAR, n - CLEAR);
        return;
    }
    for (size_t at = 0; at + HEADER <= n;) {
        size_t length = ((size_t)be16(data + at + 2) + 1) * 4;
        size_t some = length < n - at ? length : n - at;

        exchange_report(a, data[at + 1], data[at] & 31, data + at + HEADER, some - HEADER);
        at += length;
    }
}

/* ---- STUN ------------------------------------------------------------------------------ */

enum { STUN_HEADER = 20, STUN_COOKIE_AT = 4 };

/* Family and port, then the address, behind the XOR of cookie and transaction. */
static void exchange_address(struct anonymize *a, const uint8_t *key, uint8_t *value, size_t n)
{
    size_t size = n >= 20 && value[1] == 2 ? 16 : n >= 8 && value[1] == 1 ? 4 : 0;

    for (size_t i = 0; key && i < size; i++)
        value[4 + i] ^= key[i];
    if (size == 4)
        address_ip4(a->keyed, value + 4);
    else if (size)
        address_ip6(a->keyed, value + 4);
    for (size_t i = 0; key && i < size; i++)
        value[4 + i] ^= key[i];
}

/* §14.7: over the message in front of it.  A wrong one stays wrong. */
static void repair_fingerprint(const uint8_t *before, uint8_t *data, size_t at)
{
    enum { XOR = 0x5354554e };
    uint32_t crc;

    if (be32(before + at + 4) != (crc_stun(before, at) ^ XOR))
        return;
    crc = crc_stun(data, at) ^ XOR;
    for (unsigned i = 0; i < 4; i++)
        data[at + 4 + i] = (uint8_t)(crc >> (24 - 8 * i));
}

static void exchange_attribute(struct anonymize *a, const struct datagram *d, uint8_t *data,
                               size_t at, size_t n)
{
    enum {
        MAPPED = 0x01, RESPONSE = 0x02, SOURCE = 0x04, CHANGED = 0x05, USERNAME = 0x06,
        INTEGRITY = 0x08, REFLECTED = 0x0b, XOR_PEER = 0x12, DATA = 0x13, REALM = 0x14,
        NONCE = 0x15, XOR_RELAYED = 0x16, INTEGRITY_SHA256 = 0x1c, USERHASH = 0x1e,
        XOR_MAPPED = 0x20, RESERVATION = 0x22, XOR_MAPPED_OLD = 0x8020, ALTERNATE = 0x8023,
        DOMAIN = 0x8003, FINGERPRINT = 0x8028, ORIGIN = 0x802b, OTHER = 0x802c,
    };
    uint8_t *value = data + at + 4;

    switch (be16(data + at)) {
    case MAPPED: case RESPONSE: case SOURCE: case CHANGED: case REFLECTED: case ALTERNATE:
    case ORIGIN: case OTHER:
        exchange_address(a, NULL, value, n);
        break;
    case XOR_PEER: case XOR_RELAYED: case XOR_MAPPED: case XOR_MAPPED_OLD:
        exchange_address(a, d->data + STUN_COOKIE_AT, value, n);
        break;
    case USERNAME: case REALM: case NONCE: case DOMAIN:
        words_exchange(a->words, (char *)value, n, 0);
        break;
    case INTEGRITY: case INTEGRITY_SHA256: case USERHASH: case RESERVATION:
        keyed_fill(a->keyed, value, n);
        break;
    case FINGERPRINT:
        if (n == 4)
            repair_fingerprint(d->data, data, at);
        break;
    default: /* what relays wrap is exchanged as what it is */
        break;
    }
}

static void exchange_stun(struct anonymize *a, const struct datagram *d, uint8_t *data)
{
    size_t n = d->caplen, at = STUN_HEADER;

    while (at + 4 <= n) {
        size_t length = be16(d->data + at + 2);

        if (length > n - at - 4)
            return;
        exchange_attribute(a, d, data, at, length);
        at += 4 + ((length + 3) & ~(size_t)3);
    }
}

/* ---- what is encrypted ----------------------------------------------------------------- */

/* Records of DTLS (RFC 6347 §4.1): their heads stay, the hellos, and what has no
 * content of its own. */
static void exchange_dtls(struct anonymize *a, uint8_t *data, size_t n)
{
    enum {
        RECORD = 13, CHANGE_CIPHER = 20, ALERT = 21, HANDSHAKE = 22, MESSAGE = 12,
        CLIENT_HELLO = 1, HELLO_VERIFY = 3,
    };

    for (size_t at = 0; at + RECORD < n;) {
        size_t length = be16(data + at + 11), from = at + RECORD;
        size_t end = length < n - from ? from + length : n;
        bool clear = be16(data + at + 3) == 0;
        uint8_t type = data[at];

        at = from + length;
        if (clear && (type == CHANGE_CIPHER || type == ALERT))
            continue;
        if (clear && type == HANDSHAKE) {
            if (data[from] >= CLIENT_HELLO && data[from] <= HELLO_VERIFY)
                continue;
            from += MESSAGE;
        }
        if (from < end)
            keyed_fill(a->keyed, data + from, end - from);
    }
}

/* RFC 6189 §5: SSRC and the message's type stay. */
static void exchange_zrtp(struct anonymize *a, uint8_t *data, size_t n)
{
    enum { HEAD = 24 };

    if (n > HEAD)
        keyed_fill(a->keyed, data + HEAD, n - HEAD);
}

/* ---- all of them ----------------------------------------------------------------------- */

static void exchange_unknown(struct anonymize *a, const struct datagram *d, uint8_t *data)
{
    size_t n = d->caplen;

    if (sip_looks_like((const char *)d->data, n)) {
        message_anonymize(a->words, a->keyed, (char *)data, n);
        return;
    }
    if (message_is_blank((const char *)data, n))
        return;
    a->counts.overwritten++;
    keyed_fill(a->keyed, data, n);
}

static void exchange_one(struct anonymize *a, const struct datagram *d, uint8_t *data)
{
    switch (rtp_classify(d->data, d->caplen, d->len)) {
    case RTP_MEDIA:
        exchange_media(a, d, data);
        break;
    case RTP_CONTROL:
        exchange_control(a, d, data);
        break;
    case RTP_STUN:
        exchange_stun(a, d, data);
        break;
    case RTP_DTLS:
        exchange_dtls(a, data, d->caplen);
        break;
    case RTP_ZRTP:
        exchange_zrtp(a, data, d->caplen);
        break;
    default:
        exchange_unknown(a, d, data);
    }
}

void anonymize_payload(struct anonymize *a, const struct datagram *d, uint8_t *data)
{
    struct datagram inside = *d;
    size_t n, len;

    if (!d->caplen)
        return;
    inside.data = turn_payload(d->data, d->caplen, d->len, &n, &len);
    if (!inside.data) {
        exchange_one(a, d, data);
        return;
    }
    inside.caplen = (uint32_t)n;
    inside.len = (uint32_t)len;
    if (n)
        exchange_one(a, &inside, data + (inside.data - d->data));
    if (data[0] < 4) /* an indication, no ChannelData */
        exchange_stun(a, d, data);
}
