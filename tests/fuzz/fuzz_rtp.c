/* Arbitrary datagrams as RTP, RTCP and TURN: the input is a list of them, each
 * behind a length octet. */
#include <stdlib.h>

#include "rtp/rtp.h"
#include "rtp/turn.h"
#include "stream/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void take(struct stream_table *table, const struct datagram *d)
{
    struct stream_look look;
    size_t inner_n, inner_len;
    const uint8_t *inner = turn_payload(d->data, d->caplen, d->len, &inner_n, &inner_len);

    if (inner && (inner < d->data || inner + inner_n > d->data + d->caplen))
        abort();
    switch (rtp_classify(d->data, d->caplen, d->len)) {
    case RTP_MEDIA:
        if (stream_look(table, d, &look))
            stream_media(table, &look);
        break;
    case RTP_CONTROL:
        stream_control(table, d);
        break;
    default:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct stream_table *table = stream_table_new(NULL, NULL);
    struct packet packet = {.frame = 0};
    struct stream_figures f;

    while (table && n > 1) {
        size_t size = data[0] < n - 1 ? data[0] : n - 1;
        struct datagram d = {.packet = &packet, .data = data + 1, .caplen = (uint32_t)size,
                             .len = (uint32_t)size + (data[0] & 1), .ip_bytes = 28};

        packet.frame++;
        packet.time += 20000000;
        d.src.port = 4000;
        take(table, &d);
        data += 1 + size;
        n -= 1 + size;
    }
    stream_finish(table);
    for (size_t i = 0; i < stream_count(table); i++)
        stream_figures(stream_at(table, i), &f);
    stream_table_free(table);
    return 0;
}
