/* Turns what a stream remembers into the figures that reports print. */
#include <math.h>

#include "stream/alone.h"
#include "stream/guess.h"
#include "stream/quality.h"
#include "stream/reports.h"

static struct stream_range to_range(const struct running *r)
{
    if (!r->packets)
        return (struct stream_range){NAN, NAN, NAN};
    return (struct stream_range){r->min, r->sum / (double)r->packets, r->max};
}

/* RFC 3389; a wideband one has a dynamic payload type. */
static bool is_noise(const struct stream_pt *pt)
{
    return rtp_is_comfort_noise(pt->pt) || slice_ieq(pt->codec, SLICE("CN"));
}

static void list_pts(const struct stream *s, struct stream_figures *out)
{
    const struct pt_count *most = NULL;
    uint64_t most_packets = 0;

    out->pt_count = s->pt_count;
    for (unsigned i = 0; i < s->pt_count; i++) {
        const struct pt_count *c = stream_pt_row((struct stream *)s, i);
        const struct rtp_format *format = c->format ? c->format : rtp_map_format(s->map, c->pt);
        uint64_t packets = c->packets + (i == s->pt_index ? s->sequence.received - s->run : 0);

        out->pts[i] = (struct stream_pt){.pt = c->pt,
                                         .codec = format ? format->codec : SLICE_EMPTY,
                                         .clock_rate = format ? format->clock_rate : c->rate,
                                         .packets = packets,
                                         .negotiated = c->negotiated};
        if (is_noise(&out->pts[i])) {
            out->noise_packets += packets;
            continue;
        }
        if (c->event || (most && most_packets >= packets))
            continue;
        most = c;
        most_packets = packets;
        out->codec = out->pts[i].codec;
        out->clock_rate = out->pts[i].clock_rate;
    }
    if (!most && s->pt_count) { /* nothing but events or comfort noise */
        out->codec = out->pts[0].codec;
        out->clock_rate = out->pts[0].clock_rate;
    }
}

struct slice stream_media_type(const struct stream *s)
{
    if (s->map && s->map->media.n)
        return s->map->media;
    return slice_str(rtp_static_media(s->alone ? s->first.pt : s->pts[0].pt));
}

/* Once may be chance. */
double stream_clocks_apart(const struct stream *s)
{
    enum { ENOUGH = 3 };
    const struct cold *cold = s->alone ? NULL : s->cold;

    return cold && !cold->copies && cold->clocks.steps >= ENOUGH ? cold->clocks.apart_ms : 0;
}

static void sequence_figures(const struct stream *s, struct stream_figures *out)
{
    const struct sequence *q = &s->sequence;
    uint64_t distinct = sequence_distinct(q);

    out->packets = q->received;
    out->expected = sequence_expected(q);
    out->duplicates = q->duplicates;
    out->copies = s->cold ? s->cold->copies : 0;
    out->seen_twice = s->cold ? s->cold->seen_twice : 0;
    out->clocks_apart_ms = stream_clocks_apart(s);
    out->reordered = q->reordered;
    out->lost = out->expected > distinct ? out->expected - distinct : 0;
    out->loss_pct = 100.0 * (double)out->lost / (double)out->expected;
    out->cumulative_lost = (int64_t)out->expected - (int64_t)q->received;
    out->extended_highest = q->highest - 65536; /* sequence_start leaves room below */
    out->sequence_resets = q->resets;
    out->ssrc_changes = s->ssrc_changes;
}

static double pct(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

/* G.107: how long runs of missing packets are, against how long they would be
 * at random. */
static double burst_ratio(const struct stream_figures *f, const struct loss_shape *l)
{
    double ratio;

    if (!l->runs || !f->expected)
        return 1;
    ratio = (double)l->missing / l->runs * (1 - (double)l->missing / (double)f->expected);
    return ratio > 1 ? ratio : 1;
}

static void loss_figures(const struct stream *s, struct stream_figures *out)
{
    const struct loss_shape *l = &s->sequence.loss;

    out->bursts = l->bursts;
    out->longest_loss = l->longest;
    out->burst_loss_pct = pct(l->burst_lost, l->burst_packets);
    out->gap_loss_pct = pct(l->gap_lost, l->gap_packets);
    out->longest_gap_ms = (double)s->longest_gap / 1e6;
    out->outages = s->cold ? s->cold->outages : 0;
    out->outage_ms = s->cold ? (double)s->cold->outage / 1e6 : 0;
    out->longest_outage_ms = s->cold ? (double)s->cold->longest_outage / 1e6 : 0;
    out->burst_ratio = burst_ratio(out, l);
    out->discarded = s->transit.discarded;
    out->discarded_adaptive = s->transit.discarded_adaptive;
    out->talkspurts = s->markers;
}

/* §4.7.2: what is before the first burst and behind the last are gaps, too. */
static void burst_lengths(const struct stream *s, struct stream_figures *out)
{
    const struct loss_shape *l = &s->sequence.loss;

    out->burst_ms = l->bursts ? (double)l->burst_packets / l->bursts * out->ptime_ms : NAN;
    out->gap_ms = (double)l->gap_packets / (l->bursts + 1.0) * out->ptime_ms;
}

static void delta_figures(const struct stream *s, struct stream_figures *out)
{
    out->delta_ms = to_range(&s->timing.deltas);
    out->jitter_ms = to_range(&s->timing.jitters);
}

double stream_clock_ppm(const struct stream *s, double *error_ppm)
{
    *error_ppm = NAN;
    return !s->alone && s->seconds ? clock_fit_ppm(&s->seconds->fit, error_ppm) : NAN;
}

static void timing_figures(const struct stream *s, struct stream_figures *out)
{
    const struct timing *t = &s->timing;
    const struct transit *q = &s->transit;

    out->skew_min_ms = t->skew_min <= t->skew_max ? t->skew_min : NAN;
    out->skew_max_ms = t->skew_min <= t->skew_max ? t->skew_max : NAN;
    out->rfc_jitter_mean_ms = q->count ? q->sum / (double)q->count : NAN;
    out->rfc_jitter_max_ms = q->count ? q->max : NAN;
    out->rfc_jitter_last_ms = q->count ? q->jitter : NAN;
    out->clock_ppm = stream_clock_ppm(s, &out->clock_error_ppm);
    out->clock_restarts = q->restarts ? q->restarts - 1 : 0;
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

/* Of the seconds that are over, and the one that is not. */
static double peak(const struct stream *s, unsigned level)
{
    uint64_t last = s->octets[level] - (s->seconds ? s->seconds->before[level] : 0);
    uint64_t most = s->seconds ? s->seconds->peak[level] : 0;

    last = last < UINT32_MAX ? last : UINT32_MAX;
    return (double)(last > most ? last : most) * 8 / 1000;
}

static void bandwidth_figures(const struct stream *s, struct stream_figures *out)
{
    double seconds = out->duration_s + packet_time_s(out);

    out->payload_bytes = s->octets[0];
    out->rtp_bytes = s->octets[1];
    out->ip_bytes = s->octets[2];
    out->link_bytes = s->octets[3];
    out->payload_kbps = kbps(s->octets[0], seconds);
    out->rtp_kbps = kbps(s->octets[1], seconds);
    out->ip_kbps = kbps(s->octets[2], seconds);
    out->link_kbps = kbps(s->octets[3], seconds);
    out->peak_kbps =
        (struct stream_rates){peak(s, 0), peak(s, 1), peak(s, 2), peak(s, 3)};
}

static bool is_audio(const struct stream_figures *f)
{
    return slice_ieq(f->media, SLICE("audio"));
}

static void packet_figures(const struct stream *s, struct stream_figures *out)
{
    out->ptime_ms = s->step && out->clock_rate && is_audio(out)
                        ? (double)s->step * 1000 / out->clock_rate
                        : NAN;
    out->announced_ptime_ms = s->map ? s->map->ptime : 0;
    out->silence_suppressed = is_audio(out) && s->pauses > 0;
}

static uint32_t mean_octets(uint64_t more, uint64_t less, uint64_t packets)
{
    return more > less && packets ? (uint32_t)((more - less + packets / 2) / packets) : 0;
}

/* After bandwidth_figures. */
static void breakdown(const struct stream *s, struct stream_figures *out)
{
    const uint32_t udp = 8, ip = s->key.dst.family == NET_IP6 ? 40 : 20;
    struct stream_packet *p = &out->packet;
    uint64_t counted = out->packets - out->seen_twice; /* whose octets are */
    uint32_t between = mean_octets(out->ip_bytes, out->rtp_bytes, counted);

    p->payload = s->last_size;
    p->rtp = mean_octets(out->rtp_bytes, out->payload_bytes, counted);
    if (between >= udp + ip) {
        p->udp = udp;
        p->ip = ip;
    }
    p->other = between - p->udp - p->ip;
    p->link = mean_octets(out->link_bytes, out->ip_bytes, counted);
    p->whole = p->payload + p->rtp + p->udp + p->ip + p->other + p->link;
    p->ptime_ms = out->ptime_ms;
    p->per_second = 1000 / out->ptime_ms;
    p->kbps = p->whole * 8 / out->ptime_ms;
}

static void guess_figures(const struct stream *s, struct stream_figures *out)
{
    struct traits traits = {.packets = out->packets,
                            .seconds = out->duration_s,
                            .ticks = (uint32_t)s->last - s->timing.first_timestamp,
                            .step = s->step,
                            .octets = s->last_size,
                            .constant = s->size_votes > out->packets / 2};
    struct guess guess;

    if (out->codec.n)
        return;
    guess = stream_guess(&traits);
    out->guessed_codec = guess.codec;
    out->guessed_media = guess.media;
    out->guessed_clock_rate = guess.clock_rate;
}

static enum stream_side side_of(const struct stream_rtcp *r)
{
    static const double ON_THEIR_WAY = 2;

    if (r->not_captured > ON_THEIR_WAY)
        return STREAM_NOT_CAPTURED;
    if (r->lost_after <= ON_THEIR_WAY)
        return r->lost_before > 0 ? STREAM_BEFORE : STREAM_NO_SIDE;
    return r->lost_before > 0 ? STREAM_BOTH_SIDES : STREAM_AFTER;
}

static double at_least_zero(int64_t n)
{
    return n > 0 ? (double)n : 0;
}

/* Where the capture began with the stream, or before it, what the receiver
 * counted is what passed here; otherwise only what both counted since its first
 * report can be compared. */
static void split_loss(const struct stream *s, struct stream_figures *out)
{
    static const int64_t AT_ONCE = 200000000; /* ns */
    const struct reports *r = s->reports;
    int64_t here = r->lost_here, there = r->last.lost, twice = r->twice_here;

    if (s->start - s->context->origin < AT_ONCE) {
        here -= r->lost_here_first;
        twice -= r->twice_here_first;
        there -= r->lost_first;
    }
    /* Duplicates lessen a receiver's loss (A.3).  Whether it got those seen here
     * is not known: what either explains is no difference. */
    out->rtcp.lost_before = at_least_zero(here + twice < there ? here + twice : there);
    out->rtcp.lost_after = at_least_zero(there - here - twice);
    out->rtcp.not_captured = at_least_zero(here - there);
    out->rtcp.lost_where = side_of(&out->rtcp);
}

static double media_clock_ppm(const struct reports *r, uint32_t rate)
{
    enum { FEWEST = 60 }; /* seconds: senders date a packet or so apart */
    double wall = (double)(r->ntp_last - r->ntp_first) / 4294967296.0;
    double media = rate ? (double)(r->timestamp_last - r->timestamp_first) / rate : 0;

    if (r->ntp_last <= r->ntp_first || wall < FEWEST || !rate || fabs(media - wall) > wall / 10)
        return NAN;
    return (media / wall - 1) * 1e6;
}

static void reported_figures(const struct reports *r, struct stream_figures *out)
{
    /* A.3: of the packets that the receiver expected, of which it lost some */
    double rate = out->clock_rate ? (double)out->clock_rate : NAN;

    out->reported_loss_pct = 100.0 * r->last.lost / (double)out->expected;
    out->reported_jitter_ms = r->last.jitter * 1000.0 / rate;
    out->rtcp.worst_jitter_ms = r->worst_jitter * 1000.0 / rate;
    out->rtcp.worst_loss_pct = r->worst_fraction * 100.0 / 256;
    out->rtcp.reported_lost = r->last.lost;
    out->rtcp.reported_highest = r->last.highest;
}

static void rtcp_figures(const struct stream *s, struct stream_figures *out)
{
    const struct reports *r = s->reports;
    struct stream_rtcp *more = &out->rtcp;

    out->reported_loss_pct = out->reported_jitter_ms = NAN;
    out->round_trip_ms = out->rtcp.one_way_ms = (struct stream_range){NAN, NAN, NAN};
    more->worst_loss_pct = more->worst_jitter_ms = NAN;
    more->lost_before = more->lost_after = more->not_captured = NAN;
    more->media_clock_ppm = NAN;
    if (!r)
        return;
    out->rtcp_packets = r->packets;
    out->sender_reports = r->senders;
    out->receiver_reports = r->receivers;
    out->round_trip_ms = to_range(&r->round_trip);
    more->descriptions = r->descriptions;
    more->byes = r->byes;
    more->bye_time = r->bye_time;
    more->applications = r->applications;
    more->one_way_ms = to_range(&r->one_way);
    more->encrypted = r->encrypted;
    more->extended = r->extended;
    memcpy(more->blocks, r->blocks, sizeof more->blocks);
    memcpy(more->feedback, r->feedback, sizeof more->feedback);
    memcpy(more->cname, r->cname, sizeof more->cname);
    more->has_metrics = r->has_metrics;
    more->metrics = r->metrics;
    more->media_clock_ppm = media_clock_ppm(r, out->clock_rate);
    if (r->reported) {
        reported_figures(r, out);
        split_loss(s, out);
    }
}

enum { FEWEST_JUDGED = 16 }; /* packets, to say how they sound */

static void quality_figures(struct stream_figures *out)
{
    uint64_t missing = out->lost + out->discarded;
    double loss = pct(missing < out->expected ? missing : out->expected, out->expected);
    struct codec_quality codec;

    out->delay_measured = !isnan(out->round_trip_ms.mean);
    out->delay_ms = out->delay_measured ? out->round_trip_ms.mean / 2 : 0;
    out->r_factor = out->mos = NAN;
    if (out->packets < FEWEST_JUDGED || !quality_of(out, &codec))
        return;
    out->wideband = codec.wideband;
    out->r_factor = quality_r(&codec, loss, out->burst_ratio, out->delay_ms);
    out->mos = quality_mos(out->r_factor);
}

/* Who sends it to whom, and when; also of one that is alone. */
static void identity(const struct stream *s, struct stream_figures *out)
{
    out->src = s->key.src;
    out->dst = s->key.dst;
    out->ssrc = s->key.ssrc;
    out->call = s->call;
    out->direction = (enum stream_direction)s->direction;
    out->media = stream_media_type(s);
    out->start = s->start;
    out->end = stream_end(s);
    out->duration_s = (double)(out->end - out->start) / 1e9;
}

void stream_figures(const struct stream *any, struct stream_figures *out)
{
    struct stream room;
    const struct stream *s = stream_counted(any, &room);

    *out = (struct stream_figures){.found_by = (enum stream_found)s->found_by,
                                   .encrypted = (s->map && s->map->secure) || s->exchange,
                                   .decrypted = s->decrypted,
                                   .first_frame = s->first_frame,
                                   .buffer_ms = s->context->settings.buffer_ms};
    identity(s, out);
    out->exchange = s->exchange                 ? (enum rtp_exchange)s->exchange
                    : s->map && s->map->secure ? (enum rtp_exchange)s->map->exchange
                                               : RTP_KEYS_UNKNOWN;
    list_pts(s, out);
    out->marking_count = stream_markings(s, out->markings);
    sequence_figures(s, out);
    delta_figures(s, out);
    timing_figures(s, out);
    loss_figures(s, out);
    packet_figures(s, out);
    burst_lengths(s, out);
    bandwidth_figures(s, out);
    breakdown(s, out);
    guess_figures(s, out);
    rtcp_figures(s, out);
    quality_figures(out);
    video_figures(s, &out->video);
}

/* The same of one packet of a known codec: what there is to tell needs no counting. */
static bool list_alone(const struct stream *s, struct stream_figures *out)
{
    static const struct stream_range none = {NAN, NAN, NAN};
    const struct rtp_format *format = s->alone ? rtp_map_format(s->map, s->first.pt) : NULL;

    if (!format || !format->codec.n)
        return false;
    identity(s, out);
    out->codec = format->codec;
    out->pt_count = 1;
    out->pts[0] = (struct stream_pt){.pt = s->first.pt,
                                     .codec = format->codec,
                                     .clock_rate = format->clock_rate,
                                     .packets = 1,
                                     .negotiated = format != rtp_static_format(s->first.pt)};
    out->packets = 1;
    out->lost = out->duplicates = out->reordered = 0;
    out->loss_pct = 0;
    out->delta_ms = out->jitter_ms = none;
    out->ip_kbps = out->mos = NAN;
    return true;
}

void stream_list_figures(const struct stream *any, struct stream_figures *out)
{
    struct stream room;
    const struct stream *s;

    if (list_alone(any, out))
        return;
    s = stream_counted(any, &room);
    if (s->sequence.received >= FEWEST_JUDGED) {
        stream_figures(s, out);
        return;
    }
    identity(s, out);
    out->codec = out->guessed_codec = SLICE_EMPTY;
    out->clock_rate = 0;
    out->noise_packets = 0;
    list_pts(s, out);
    sequence_figures(s, out);
    delta_figures(s, out);
    packet_figures(s, out);
    bandwidth_figures(s, out);
    guess_figures(s, out);
    out->r_factor = out->mos = NAN;
}

struct stream_rates stream_rates_together(struct stream_table *t, const uint32_t *numbers,
                                          size_t count)
{
    uint64_t octets[LEVELS] = {0};
    int64_t start = INT64_MAX, end = INT64_MIN;
    double last = 0, seconds;

    for (size_t i = 0; i < count; i++) {
        struct stream room;
        const struct stream *s = stream_counted(stream_at(t, numbers[i]), &room);
        struct stream_figures f;

        stream_figures(s, &f);
        for (unsigned level = 0; level < LEVELS; level++)
            octets[level] += s->octets[level];
        start = s->start < start ? s->start : start;
        if (s->end <= end)
            continue;
        end = s->end;
        last = isnan(packet_time_s(&f)) ? 0 : packet_time_s(&f);
    }
    seconds = count ? (double)(end - start) / 1e9 + last : NAN;
    return (struct stream_rates){kbps(octets[0], seconds), kbps(octets[1], seconds),
                                 kbps(octets[2], seconds), kbps(octets[3], seconds)};
}

void stream_bind(struct stream *s, uint32_t call, enum stream_direction direction)
{
    s->call = call;
    s->direction = (uint8_t)direction;
    if (call != STREAM_NO_CALL && s->found_by == STREAM_BY_HEURISTIC)
        s->found_by = STREAM_BY_SDP;
}

uint32_t stream_call(const struct stream *s)
{
    return s->call;
}

enum stream_direction stream_way(const struct stream *s)
{
    return (enum stream_direction)s->direction;
}

uint32_t stream_ssrc(const struct stream *s)
{
    return s->key.ssrc;
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
    return s->alone ? s->start : s->end;
}

uint64_t stream_packets(const struct stream *s)
{
    return s->alone ? 1 : s->sequence.received;
}

uint64_t stream_captured_twice(const struct stream *s)
{
    const struct cold *cold = s->alone ? NULL : s->cold;

    return cold ? cold->copies + cold->seen_twice : 0;
}

uint64_t stream_first_frame(const struct stream *s)
{
    return s->first_frame;
}
