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
                    const struct packet *packet, const struct stream_glance *glance)
{
    size_t i = b->count++;
    struct datagram d;

    b->bytes += packet->caplen;
    if (packet->time > b->last_time && time_has_date(packet->time))
        b->last_time = packet->time;
    b->forms[i] = STREAM_NO_MEDIA;
    if (source->flows)
        b->forms[i] = (uint8_t)stream_see(source->flows, packet, glance, &b->base,
                                          &b->briefs[i], &b->looks[i]);
    if (b->forms[i] != STREAM_NO_MEDIA)
        return;
    b->packets[i] = *packet;
    b->parsed[i] = b->parse && net_plain_datagram(packet, &d) ? parse_ahead(b, &d) : NULL;
}

static void begin(struct batch *b, const struct packet *first)
{
    b->first_time = b->last_time = first->time;
    b->base = (struct stream_base){first->time, first->frame, first->data};
}

void batch_read(struct batch *b, const struct batch_source *source, size_t most)
{
    struct packet packets[SOME];
    struct stream_glance glances[SOME];
    size_t n;

    /* While the counting thread has enough to do; else it is the faster one. */
    b->parse = source->handover && handover_waiting(source->handover) > 1;
    b->bytes = 0;
    b->count = b->message_count = 0;
    while (b->count + SOME <= most && b->message_count + SOME <= BATCH_MESSAGES &&
           (n = capture_some(source->capture, packets, SOME))) {
        if (source->secrets->waiting.n)
            secrets_move(&b->secrets, source->secrets, b->count);
        if (!b->count)
            begin(b, &packets[0]);
        if (source->flows)
            stream_glance(source->flows, packets, n, glances);
        for (size_t i = 0; i < n; i++)
            take_in(b, source, &packets[i], &glances[i]);
        if (!packets[0].stable) /* gone with the next one */
            break;
    }
    capture_progress(source->capture, &b->done, &b->total);
}
