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

/* A packet that is none of a known flow.  Kept out of the loop over those that are. */
static __attribute__((noinline)) void take_other(struct batch *b, const struct batch_source *source,
                                                 const struct packet *packet,
                                                 const struct stream_glance *glance, size_t i)
{
    struct datagram d;

    b->forms[i] = STREAM_NO_MEDIA;
    if (source->flows && stream_see(source->flows, packet, glance, &b->looks[i])) {
        b->forms[i] = STREAM_WHOLE;
        return;
    }
    b->packets[i] = *packet;
    b->parsed[i] = b->parse && net_plain_datagram(packet, &d) ? parse_ahead(b, &d) : NULL;
}

static void take_in(struct batch *b, const struct batch_source *source,
                    const struct packet *packets, size_t n)
{
    struct stream_glance glances[SOME] = {{0}};
    const struct stream_base base = b->base;
    int64_t last = b->last_time;
    uint64_t bytes = 0;
    size_t first = b->count;

    if (source->flows)
        stream_glance(source->flows, packets, n, glances);
    for (size_t i = 0; i < n; i++) {
        const struct packet *packet = &packets[i];

        bytes += packet->caplen;
        if (packet->time > last && time_has_date(packet->time))
            last = packet->time;
        if (glances[i].may_be_known &&
            stream_see_known(source->flows, packet, &glances[i], &base, &b->briefs[first + i]))
            b->forms[first + i] = STREAM_IN_BRIEF;
        else
            take_other(b, source, packet, &glances[i], first + i);
    }
    b->count += n;
    b->bytes += bytes;
    b->last_time = last;
}

static void begin(struct batch *b, const struct packet *first)
{
    b->first_time = b->last_time = first->time;
    b->base = (struct stream_base){first->time, first->frame, first->data};
}

void batch_read(struct batch *b, const struct batch_source *source, size_t most)
{
    struct packet packets[SOME];
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
        take_in(b, source, packets, n);
        if (!packets[0].stable) /* gone with the next one */
            break;
    }
    capture_progress(source->capture, &b->done, &b->total);
}
