/* Owns the chunks of SCTP packets: RFC 9260 §3.3, RFC 8260 §2.1. */
#include "anonymize/address.h"
#include "anonymize/anonymize.h"
#include "anonymize/crc.h"
#include "anonymize/message.h"
#include "sip/msg.h"

/* Parameters of INIT and INIT ACK (RFC 9260 §3.3.2.1), in place. */
static void exchange_parameters(struct anonymize *a, uint8_t *p, size_t n)
{
    enum { IP4 = 5, IP6 = 6, COOKIE = 7 };

    for (size_t at = 0; at + 4 <= n;) {
        unsigned type = be16(p + at);
        size_t length = be16(p + at + 2);

        if (length < 4 || length > n - at)
            return;
        if (type == IP4 && length >= 8)
            address_ip4(a->keyed, p + at + 4);
        else if (type == IP6 && length >= 20)
            address_ip6(a->keyed, p + at + 4);
        else if (type == COOKIE)
            keyed_fill(a->keyed, p + at + 4, length - 4);
        at += (length + 3) & ~(size_t)3;
    }
}

static void exchange_data(struct anonymize *a, uint8_t *data, size_t n, bool whole)
{
    if (whole && sip_looks_like((const char *)data, n)) {
        message_anonymize(a->words, a->keyed, (char *)data, n);
        return;
    }
    a->counts.overwritten++;
    keyed_fill(a->keyed, data, n);
}

static void exchange_chunk(struct anonymize *a, uint8_t *p, size_t n)
{
    enum { DATA = 0, INIT = 1, INIT_ACK = 2, SACK = 3, SHUTDOWN = 7, I_DATA = 64, WHOLE = 3 };
    size_t head = p[0] == I_DATA ? 20 : p[0] == DATA ? 16 : 4;
    bool init = p[0] == INIT || p[0] == INIT_ACK;

    head = init ? 20 : head;
    if (p[0] == SACK || p[0] == SHUTDOWN || n <= head)
        return;
    if (init)
        exchange_parameters(a, p + head, n - head);
    else if (p[0] == DATA || p[0] == I_DATA)
        exchange_data(a, p + head, n - head, (p[1] & WHOLE) == WHOLE);
    else
        keyed_fill(a->keyed, p + head, n - head);
}

void anonymize_sctp(struct anonymize *a, const uint8_t *before, uint8_t *after, size_t n)
{
    enum { HEAD = 12, CHECKSUM = 8 };
    uint32_t crc;

    if (n < HEAD)
        return;
    for (size_t at = HEAD; at + 4 <= n;) {
        size_t length = be16(before + at + 2);

        if (length < 4)
            break;
        exchange_chunk(a, after + at, length < n - at ? length : n - at);
        at += (length + 3) & ~(size_t)3;
    }
    if (crc_sctp(before, n) != le32(before + CHECKSUM))
        return; /* a wrong one stays wrong */
    crc = crc_sctp(after, n);
    for (unsigned i = 0; i < 4; i++)
        after[CHECKSUM + i] = (uint8_t)(crc >> (8 * i));
}
