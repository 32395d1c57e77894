/* Reads packets and takes apart on the spot what needs no state. */
#include "analysis/batch.h"

#include "base/time.h"
#include "net/plain.h"

enum { SOME = 16 }; /* packets read at once */

static struct parsed *parse_ahead(struct batch *b, const struct datagram *d)
{
    struct parsed *ahead = &b->messages[b->message_count];

    ahead->data = (const char *)d->data;
    ahead->n = d->caplen;
    if (!sip_parse(&ahead->msg, ahead->data, d->caplen, d->len))
        return NULL;
    b->message_count++;
    return ahead;
}

static void take_in(struct batch *b, const struct batch_source *source,
                    const struct packet *packet)
{
    size_t i = b->count++;
    struct datagram d;

    b->bytes += packet->caplen;
    if (packet->time > b->last_time && time_has_date(packet->time))
        b->last_time = packet->time;
    b->media[i] = source->look && stream_look_at_packet(source->streams, packet, &b->looks[i]);
    if (b->media[i])
        return;
    b->packets[i] = *packet;
    b->parsed[i] = net_plain_datagram(packet, &d) ? parse_ahead(b, &d) : NULL;
}

void batch_read(struct batch *b, const struct batch_source *source, size_t most)
{
    struct packet packets[SOME];
    size_t n;

    b->bytes = 0;
    b->count = b->message_count = 0;
    while (b->count + SOME <= most && b->message_count + SOME <= BATCH_MESSAGES &&
           (n = capture_some(source->capture, packets, SOME))) {
        if (source->secrets->waiting.n)
            secrets_move(&b->secrets, source->secrets, b->count);
        if (!b->count)
            b->first_time = b->last_time = packets[0].time;
        for (size_t i = 0; i < n; i++)
            take_in(b, source, &packets[i]);
        if (!packets[0].stable) /* gone with the next one */
            break;
    }
    capture_progress(source->capture, &b->done, &b->total);
}
