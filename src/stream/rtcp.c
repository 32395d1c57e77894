/* What RTCP says of streams: RFC 3550 §6.4, RFC 3611, RFC 4585. */
#include <stdlib.h>

#include "stream/reports.h"
#include "stream/table.h"

/* Of the stream, which is not alone, made when RTCP first speaks of it; NULL when memory is
 * short.  Counts the datagram once. */
static struct reports *reports_of(struct stream *s, const struct datagram *d)
{
    if (!s->reports)
        s->reports = calloc(1, sizeof *s->reports);
    if (s->reports && s->reports->frame != d->packet->frame) {
        s->reports->frame = d->packet->frame;
        s->reports->packets++;
    }
    return s->reports;
}

/* The reports of the stream that its own sender's RTCP is about. */
static struct reports *of_sender(struct stream_table *t, const struct datagram *d, uint32_t ssrc)
{
    struct stream *s = stream_by_ssrc(t, ssrc, &d->src, &d->dst);

    if (!s)
        s = stream_confirm(t, ssrc, &d->src, &d->dst);
    s = stream_whole(t, s);
    return s ? reports_of(s, d) : NULL;
}

/* The stream that flows against this packet, whose receiver speaks. */
static struct stream *received(struct stream_table *t, const struct datagram *d, uint32_t ssrc)
{
    if (addr_is_multicast(&d->dst)) /* all of the group hear what its receivers report */
        return stream_to_group(t, ssrc, &d->dst);
    return stream_by_ssrc(t, ssrc, &d->dst, &d->src);
}

static void add_to(struct running *x, double ms)
{
    x->min = !x->packets || ms < x->min ? ms : x->min;
    x->max = !x->packets || ms > x->max ? ms : x->max;
    x->sum += ms;
    x->packets++;
}

/* From the sender's wall clock to the capture's: the time on the way, and what the two
 * clocks differ by. */
static void note_one_way(struct reports *r, uint64_t ntp, int64_t time)
{
    static const int64_t SINCE_1900 = 2208988800, SECOND = 1000000000;
    /* whole seconds apart, so that nothing is rounded */
    int64_t seconds = time / SECOND - ((int64_t)(ntp >> 32) - SINCE_1900);

    add_to(&r->one_way, (double)seconds * 1000 + (double)(time % SECOND) / 1e6 -
                            (double)(uint32_t)ntp * 1000 / 4294967296.0);
}

static void note_sent(struct reports *r, const struct rtcp_sender_info *info, int64_t time)
{
    if (!info->ntp) /* the sender has no wall clock (§6.4.1) */
        return;
    if (!r->ntp_first) {
        r->ntp_first = info->ntp;
        r->timestamp_first = info->timestamp;
    }
    r->ntp_last = info->ntp;
    r->timestamp_last = info->timestamp;
    note_one_way(r, info->ntp, time);
    r->sent[r->sent_count++ % SENT_REPORTS] =
        (struct sent_report){.ntp = (uint32_t)(info->ntp >> 16), .time = time};
}

/* Here, a sender report went to the receiver; now its answer comes back, less
 * the time that the receiver kept it. */
static void note_round_trip(struct reports *r, const struct rtcp_report *report, int64_t time)
{
    /* how far clocks and their rounding may make it less than nothing */
    static const double SLACK_MS = 10;
    unsigned n = r->sent_count < SENT_REPORTS ? r->sent_count : SENT_REPORTS;

    for (unsigned i = 0; report->last_sr && i < n; i++) {
        const struct sent_report *sent = &r->sent[i];
        double ms = (double)(time - sent->time) / 1e6 - report->delay * 1000.0 / 65536;

        if (sent->ntp != report->last_sr || ms < -SLACK_MS)
            continue;
        add_to(&r->round_trip, ms < 0 ? 0 : ms);
        return;
    }
}

static void read_block(struct stream_table *t, const struct datagram *d,
                       const struct rtcp_report *report)
{
    struct stream *s = stream_whole(t, received(t, d, report->ssrc));
    struct reports *r = s ? reports_of(s, d) : NULL;

    if (!r)
        return;
    r->receivers++;
    r->last = *report;
    r->lost_here = (int64_t)(sequence_expected(&s->sequence) - s->sequence.received);
    r->twice_here = (int64_t)s->sequence.duplicates;
    if (!r->reported) {
        r->lost_first = report->lost;
        r->lost_here_first = r->lost_here;
        r->twice_here_first = r->twice_here;
    }
    r->reported = true;
    if (report->fraction > r->worst_fraction)
        r->worst_fraction = report->fraction;
    if (report->jitter > r->worst_jitter)
        r->worst_jitter = report->jitter;
    note_round_trip(r, report, d->packet->time);
}

static void read_report(struct stream_table *t, const struct datagram *d,
                        const struct rtcp_packet *packet)
{
    struct rtcp_sender_info info;
    struct rtcp_report report;
    struct reports *r;
    uint32_t ssrc;

    if (rtcp_sender_info(packet, &info) && rtcp_sender(packet, &ssrc)) {
        r = of_sender(t, d, ssrc);
        if (r) {
            r->senders++;
            note_sent(r, &info, d->packet->time);
        }
    }
    for (unsigned i = 0; rtcp_report(packet, i, &report); i++)
        read_block(t, d, &report);
}

static void read_description(struct stream_table *t, const struct datagram *d,
                             const struct rtcp_packet *packet)
{
    uint32_t ssrc;
    struct slice name = rtcp_cname(packet, &ssrc);
    struct reports *r = name.n ? of_sender(t, d, ssrc) : NULL;

    if (!r)
        return;
    r->descriptions++;
    name = slice_upto(name, sizeof r->cname - 1);
    memcpy(r->cname, name.p, name.n);
    r->cname[name.n] = 0;
}

static void read_bye(struct stream_table *t, const struct datagram *d,
                     const struct rtcp_packet *packet)
{
    struct cursor c = packet->body;
    uint32_t ssrc;

    for (unsigned i = 0; i < packet->count && cursor_u32(&c, &ssrc); i++) {
        struct reports *r = of_sender(t, d, ssrc);

        if (!r)
            continue;
        r->byes++;
        r->bye_time = d->packet->time;
    }
}

static void read_extended(struct stream_table *t, const struct datagram *d,
                          const struct rtcp_packet *packet)
{
    struct cursor blocks = rtcp_blocks(packet);
    struct rtcp_voip_metrics metrics;
    struct rtcp_block block;
    uint64_t seen[4] = {0};
    uint32_t ssrc;
    struct reports *r;

    while (rtcp_next_block(&blocks, &block)) {
        struct stream *s;

        seen[block.type / 64] |= (uint64_t)1 << block.type % 64;
        if (!rtcp_voip_metrics(&block, &metrics))
            continue;
        s = stream_whole(t, received(t, d, metrics.ssrc));
        r = s ? reports_of(s, d) : NULL;
        if (r) {
            r->has_metrics = true;
            r->metrics = metrics;
        }
    }
    r = rtcp_sender(packet, &ssrc) ? of_sender(t, d, ssrc) : NULL;
    if (r) {
        r->extended++;
        for (unsigned i = 0; i < 4; i++)
            r->blocks[i] |= seen[i];
    }
}

static void read_feedback(struct stream_table *t, const struct datagram *d,
                          const struct rtcp_packet *packet)
{
    struct rtcp_sources about;
    enum rtcp_feedback kind = rtcp_feedback(packet, &about);
    uint32_t ssrc;

    while (rtcp_next_source(&about, &ssrc)) {
        struct stream *s = stream_whole(t, received(t, d, ssrc));
        struct reports *r = s ? reports_of(s, d) : NULL;

        if (r)
            r->feedback[kind]++;
    }
}

static void read_application(struct stream_table *t, const struct datagram *d,
                             const struct rtcp_packet *packet)
{
    uint32_t ssrc;
    struct reports *r = rtcp_sender(packet, &ssrc) ? of_sender(t, d, ssrc) : NULL;

    if (r)
        r->applications++;
}

/* A list of streams, each once. */
struct named {
    struct stream_table *table;
    uint32_t *numbers;
    unsigned count, most;
};

static void name_stream(struct named *list, const struct stream *s)
{
    uint32_t number = s ? stream_number_of(s) : STREAM_NO_NUMBER;

    for (unsigned i = 0; i < list->count; i++)
        if (list->numbers[i] == number)
            return;
    if (s && list->count < list->most)
        list->numbers[list->count++] = number;
}

static void name_reported(struct named *list, const struct datagram *d,
                          const struct rtcp_packet *packet)
{
    struct rtcp_sources about;
    struct rtcp_report report;
    uint32_t ssrc;

    if (packet->type == RTCP_TRANSPORT_FEEDBACK || packet->type == RTCP_PAYLOAD_FEEDBACK) {
        rtcp_feedback(packet, &about);
        while (rtcp_next_source(&about, &ssrc))
            name_stream(list, received(list->table, d, ssrc));
    } else if (packet->type == RTCP_SENDER_REPORT || packet->type == RTCP_RECEIVER_REPORT) {
        for (unsigned i = 0; rtcp_report(packet, i, &report); i++)
            name_stream(list, received(list->table, d, report.ssrc));
    }
}

unsigned stream_of_control(struct stream_table *t, const struct datagram *d, uint32_t *numbers,
                           unsigned most)
{
    struct named list = {.table = t, .numbers = numbers, .most = most};
    struct rtcp_walk walk = rtcp_walk(d->data, d->caplen);
    struct rtcp_packet packet;

    if (d->caplen >= 8)
        name_stream(&list, stream_by_ssrc(t, be32(d->data + 4), &d->src, &d->dst));
    if (rtcp_is_plain(d->data, d->caplen, d->len))
        while (rtcp_next(&walk, &packet))
            name_reported(&list, d, &packet);
    return list.count;
}

/* Only the first eight octets can be read (RFC 3711 §3.4). */
static void read_encrypted(struct stream_table *t, const struct datagram *d)
{
    struct reports *r;

    if (d->caplen < 8 || !rtcp_type_name(d->data[1]))
        return;
    r = of_sender(t, d, be32(d->data + 4));
    if (!r)
        return;
    r->encrypted++;
    r->senders += d->data[1] == RTCP_SENDER_REPORT;
}

void stream_control(struct stream_table *t, const struct datagram *d)
{
    struct rtcp_walk walk = rtcp_walk(d->data, d->caplen);
    struct rtcp_packet packet;

    if (!rtcp_is_plain(d->data, d->caplen, d->len)) {
        read_encrypted(t, d);
        return;
    }
    while (rtcp_next(&walk, &packet))
        switch (packet.type) {
        case RTCP_SENDER_REPORT:
        case RTCP_RECEIVER_REPORT:
            read_report(t, d, &packet);
            break;
        case RTCP_DESCRIPTION:
            read_description(t, d, &packet);
            break;
        case RTCP_BYE:
            read_bye(t, d, &packet);
            break;
        case RTCP_APPLICATION:
            read_application(t, d, &packet);
            break;
        case RTCP_EXTENDED_REPORT:
            read_extended(t, d, &packet);
            break;
        case RTCP_TRANSPORT_FEEDBACK:
        case RTCP_PAYLOAD_FEEDBACK:
            read_feedback(t, d, &packet);
            break;
        default:
            break;
        }
}
