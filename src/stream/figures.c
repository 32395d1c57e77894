/* Turns what a stream remembers into the figures that reports print. */
#include <math.h>

#include "stream/state.h"

static struct stream_range to_range(const struct running *r)
{
    if (!r->packets)
        return (struct stream_range){NAN, NAN, NAN};
    return (struct stream_range){r->min, r->sum / (double)r->packets, r->max};
}

static void list_pts(const struct stream *s, struct stream_figures *out)
{
    const struct pt_count *most = NULL;

    out->pt_count = s->pt_count;
    for (unsigned i = 0; i < s->pt_count; i++) {
        const struct pt_count *c = &s->pts[i];
        const struct rtp_format *format = rtp_map_format(s->map, c->pt);

        out->pts[i] = (struct stream_pt){.pt = c->pt,
                                         .codec = format ? format->codec : SLICE_EMPTY,
                                         .clock_rate = format ? format->clock_rate : c->rate,
                                         .packets = c->packets,
                                         .negotiated = c->negotiated};
        if (c->event || rtp_is_comfort_noise(c->pt))
            continue;
        if (most && most->packets >= c->packets)
            continue;
        most = c;
        out->codec = out->pts[i].codec;
        out->clock_rate = out->pts[i].clock_rate;
    }
    if (!most && s->pt_count) { /* nothing but events or comfort noise */
        out->codec = out->pts[0].codec;
        out->clock_rate = out->pts[0].clock_rate;
    }
}

static struct slice media_of(const struct stream *s)
{
    const char *name = s->pt_count ? rtp_static_media(s->pts[0].pt) : NULL;

    if (s->map && s->map->media.n)
        return s->map->media;
    return slice_str(name);
}

static void sequence_figures(const struct stream *s, struct stream_figures *out)
{
    const struct sequence *q = &s->sequence;
    uint64_t distinct = q->received - q->duplicates;

    out->packets = q->received;
    out->expected = sequence_expected(q);
    out->duplicates = q->duplicates;
    out->reordered = q->reordered;
    out->lost = out->expected > distinct ? out->expected - distinct : 0;
    out->loss_pct = 100.0 * (double)out->lost / (double)out->expected;
    out->cumulative_lost = (int64_t)out->expected - (int64_t)q->received;
    out->sequence_resets = q->resets;
    out->ssrc_changes = s->ssrc_changes;
}

static void loss_figures(const struct stream *s, struct stream_figures *out)
{
    const struct loss_shape *l = &s->sequence.loss;

    out->bursts = l->bursts;
    out->longest_loss = l->longest;
    out->burst_loss_pct =
        l->burst_packets ? 100.0 * (double)l->burst_lost / (double)l->burst_packets : 0;
    out->gap_loss_pct = l->gap_packets ? 100.0 * (double)l->gap_lost / (double)l->gap_packets : 0;
    out->longest_gap_ms = (double)s->longest_gap / 1e6;
}

static void timing_figures(const struct timing *t, struct stream_figures *out)
{
    out->delta_ms = to_range(&t->deltas);
    out->jitter_ms = to_range(&t->jitters);
    out->skew_min_ms = t->any_skew ? t->skew_min : NAN;
    out->skew_max_ms = t->any_skew ? t->skew_max : NAN;
    out->rfc_jitter_mean_ms = t->media_count ? t->media_sum / (double)t->media_count : NAN;
    out->rfc_jitter_max_ms = t->media_count ? t->media_max : NAN;
    out->rfc_jitter_last_ms = t->media_count ? t->media_jitter : NAN;
}

/* What one packet lasts: by the commonest step of timestamps, else by the
 * packets' mean distance; NaN for a single packet. */
static double packet_time_s(const struct stream_figures *f)
{
    if (!isnan(f->ptime_ms))
        return f->ptime_ms / 1000;
    return f->packets > 1 ? f->duration_s / (double)(f->packets - 1) : NAN;
}

static double kbps(uint64_t octets, double seconds)
{
    return seconds > 0 ? (double)octets * 8 / seconds / 1000 : NAN;
}

static void bandwidth_figures(const struct stream *s, struct stream_figures *out)
{
    double seconds;

    out->ptime_ms = s->step && out->clock_rate && slice_ieq(out->media, SLICE("audio"))
                        ? (double)s->step * 1000 / out->clock_rate
                        : NAN;
    seconds = out->duration_s + packet_time_s(out);
    out->payload_bytes = s->payload_bytes;
    out->rtp_bytes = s->rtp_bytes;
    out->ip_bytes = s->ip_bytes;
    out->link_bytes = s->link_bytes;
    out->payload_kbps = kbps(s->payload_bytes, seconds);
    out->rtp_kbps = kbps(s->rtp_bytes, seconds);
    out->ip_kbps = kbps(s->ip_bytes, seconds);
    out->link_kbps = kbps(s->link_bytes, seconds);
}

static void rtcp_figures(const struct stream *s, struct stream_figures *out)
{
    out->rtcp_packets = s->rtcp_packets;
    out->sender_reports = s->sender_reports;
    out->receiver_reports = s->receiver_reports;
    out->reported_loss_pct = out->reported_jitter_ms = NAN;
    out->round_trip_ms = (struct stream_range){NAN, NAN, NAN};
    if (!s->reported)
        return;
    out->reported_loss_pct = 100.0 * s->reported_lost / (double)out->expected;
    if (out->clock_rate)
        out->reported_jitter_ms = (double)s->reported_jitter * 1000 / out->clock_rate;
}

void stream_figures(const struct stream *s, struct stream_figures *out)
{
    *out = (struct stream_figures){.src = s->key.src,
                                   .dst = s->key.dst,
                                   .ssrc = s->key.ssrc,
                                   .call = s->call,
                                   .direction = (enum stream_direction)s->direction,
                                   .found_by = (enum stream_found)s->found_by,
                                   .encrypted = s->map && s->map->secure,
                                   .media = media_of(s),
                                   .start = s->start,
                                   .end = s->end,
                                   .first_frame = s->first_frame,
                                   .duration_s = (double)(s->end - s->start) / 1e9,
                                   .r_factor = NAN,
                                   .mos = NAN};
    list_pts(s, out);
    sequence_figures(s, out);
    loss_figures(s, out);
    timing_figures(&s->timing, out);
    bandwidth_figures(s, out);
    rtcp_figures(s, out);
}

void stream_bind(struct stream *s, uint32_t call, enum stream_direction direction)
{
    s->call = call;
    s->direction = (uint8_t)direction;
    if (s->found_by == STREAM_BY_HEURISTIC)
        s->found_by = STREAM_BY_SDP;
}

const struct net_addr *stream_src(const struct stream *s)
{
    return &s->key.src;
}

const struct net_addr *stream_dst(const struct stream *s)
{
    return &s->key.dst;
}

int64_t stream_start(const struct stream *s)
{
    return s->start;
}

int64_t stream_end(const struct stream *s)
{
    return s->end;
}
