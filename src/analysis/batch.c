/* Reads packets and takes apart on the spot what needs no state. */
#include "analysis/batch.h"

#include "base/time.h"
#include "net/plain.h"

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
                                                 struct capture_run *run, size_t i,
                                                 const struct stream_glance *glance)
{
    struct other *other = &b->others[b->other_count++];
    struct datagram d;

    other->after = b->brief_count;
    capture_ask(run);
    other->packet = capture_packet(run, i);
    other->media =
        source->flows && stream_see(source->flows, &other->packet, glance, &other->look);
    other->parsed = !other->media && b->parse && net_plain_datagram(&other->packet, &d)
                        ? parse_ahead(b, &d)
                        : NULL;
}

static void note_run(struct batch *b, const struct capture_run *run)
{
    b->bytes += run->bytes;
    b->count += run->n;
    if (run->latest > b->last_time && time_has_date(run->latest))
        b->last_time = run->latest;
}

static void take_in(struct batch *b, const struct batch_source *source, struct capture_run *run)
{
    struct stream_glance glances[CAPTURE_RECORDS];

    if (source->flows)
        stream_glance(source->flows, run, glances);
    for (size_t i = 0; i < run->n; i++) {
        size_t seen = source->flows ? stream_see_known(source->flows, run, i, glances, &b->base,
                                                       &b->briefs[b->brief_count])
                                    : 0;

        b->brief_count += seen;
        i += seen;
        if (i < run->n)
            take_other(b, source, run, i, &glances[i]);
    }
    note_run(b, run);
}

static void begin(struct batch *b, const struct capture_run *run)
{
    const struct capture_record *first = &run->of[0];

    b->first_time = b->last_time = first->time;
    b->base = (struct stream_base){first->time, run->frame, first->data};
}

void batch_read(struct batch *b, const struct batch_source *source, size_t most)
{
    struct capture_run run;

    /* While the counting thread has enough to do; else it is the faster one. */
    b->parse = source->handover && handover_waiting(source->handover) > 1;
    b->bytes = 0;
    b->count = b->brief_count = b->other_count = b->message_count = 0;
    while (b->count + CAPTURE_RECORDS <= most &&
           b->message_count + CAPTURE_RECORDS <= BATCH_MESSAGES &&
           capture_some(source->capture, &run)) {
        if (source->secrets->waiting.n)
            secrets_move(&b->secrets, source->secrets, b->count);
        if (!b->count)
            begin(b, &run);
        take_in(b, source, &run);
        if (!run.stable) /* gone with the next one */
            break;
    }
    capture_progress(source->capture, &b->done, &b->total);
}

/* The octets that are going to be parsed. */
static void ask_for_text(const struct packet *packet)
{
    enum { CACHE_LINE = 64, MOST = 1024 };

    for (size_t at = CACHE_LINE; at < packet->caplen && at < MOST; at += CACHE_LINE)
        __builtin_prefetch(packet->data + at);
}

void batch_ask_for(struct batch *b, size_t i, const struct stream_table *streams)
{
    struct other *other;

    if (i >= b->other_count)
        return;
    other = &b->others[i];
    if (other->media)
        stream_fetch(streams, &other->look);
    else if (!other->parsed)
        ask_for_text(&other->packet);
}

void batch_ask_for_first(struct batch *b, const struct stream_table *streams,
                         const struct stream_flows *flows)
{
    for (size_t i = 0; i < b->other_count; i++)
        if (b->others[i].media)
            stream_prefetch(streams, &b->others[i].look);
    for (size_t i = 0; i < BATCH_AHEAD; i++)
        batch_ask_for(b, i, streams);
    for (size_t i = 0; i < STREAM_BRIEFS_AHEAD && i < b->brief_count; i++)
        stream_fetch_flow(flows, &b->briefs[i]);
}
