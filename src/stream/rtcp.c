/* What RTCP says of streams: RFC 3550 §6.4. */
#include "base/cursor.h"
#include "stream/state.h"

enum { SENDER_REPORT = 200, RECEIVER_REPORT = 201, SENDER_INFO = 20, REPORT_BLOCK = 24 };

static int32_t signed24(uint32_t x)
{
    return (int32_t)(x << 8) >> 8;
}

/* A report block about a stream that flows against this packet. */
static void read_block(struct stream_table *t, const struct datagram *d, const uint8_t *p)
{
    struct stream *s = stream_by_ssrc(t, be32(p), &d->dst, &d->src);

    if (!s)
        return;
    s->rtcp_packets++;
    s->receiver_reports++;
    s->reported = true;
    s->reported_lost = signed24(be32(p + 4));
    s->reported_highest = be32(p + 8);
    s->reported_jitter = be32(p + 12);
}

static void read_report(struct stream_table *t, const struct datagram *d, struct cursor body,
                        uint8_t type, unsigned blocks)
{
    const uint8_t *p = cursor_take(&body, 4);

    if (!p)
        return;
    if (type == SENDER_REPORT) {
        struct stream *s = stream_by_ssrc(t, be32(p), &d->src, &d->dst);

        if (s) {
            s->rtcp_packets++;
            s->sender_reports++;
        }
        if (!cursor_take(&body, SENDER_INFO))
            return;
    }
    while (blocks-- && (p = cursor_take(&body, REPORT_BLOCK)))
        read_block(t, d, p);
}

void stream_control(struct stream_table *t, const struct datagram *d)
{
    struct cursor at = cursor_make(d->data, d->caplen);

    for (;;) {
        const uint8_t *p = cursor_take(&at, 4);
        const uint8_t *body;
        size_t length;

        if (!p || p[0] >> 6 != 2)
            return;
        length = (size_t)be16(p + 2) * 4;
        body = at.p;
        if (!cursor_take(&at, length))
            return;
        if (p[1] == SENDER_REPORT || p[1] == RECEIVER_REPORT)
            read_report(t, d, cursor_make(body, length), p[1], p[0] & 31);
    }
}
