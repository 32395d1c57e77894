/* A stream as JSON: contract.md's STREAM. */
#include <math.h>

#include "report/json.h"

void json_range(struct json *j, const char *key, const struct stream_range *r)
{
    json_open(j, key);
    json_number(j, "min", r->min, 3);
    json_number(j, "mean", r->mean, 3);
    json_number(j, "max", r->max, 3);
    json_close(j);
}

static void payload_type(struct json *j, const struct stream_pt *pt, enum stream_found found_by)
{
    json_open(j, NULL);
    json_count(j, "pt", pt->pt);
    json_text(j, "codec", pt->codec.n ? pt->codec : SLICE_EMPTY);
    json_nonzero(j, "clock_rate", pt->clock_rate);
    json_count(j, "packets", pt->packets);
    if (found_by == STREAM_BY_SDP)
        json_boolean(j, "negotiated", pt->negotiated);
    else
        json_null(j, "negotiated");
    json_close(j);
}

static void skew(struct json *j, const struct stream_figures *f)
{
    json_open(j, "skew_ms");
    json_number(j, "min", f->skew_min_ms, 3);
    json_number(j, "max", f->skew_max_ms, 3);
    json_close(j);
}

static void rfc3550(struct json *j, const struct stream_figures *f)
{
    json_open(j, "rfc3550");
    json_int(j, "cumulative_lost", f->cumulative_lost);
    json_int(j, "extended_highest", f->extended_highest);
    json_open(j, "jitter_ms");
    json_number(j, "mean", f->rfc_jitter_mean_ms, 3);
    json_number(j, "max", f->rfc_jitter_max_ms, 3);
    json_number(j, "last", f->rfc_jitter_last_ms, 3);
    json_close(j);
    json_close(j);
}

static void octets(struct json *j, const struct stream_figures *f)
{
    json_open(j, "bytes");
    json_count(j, "payload", f->payload_bytes);
    json_count(j, "rtp", f->rtp_bytes);
    json_count(j, "ip", f->ip_bytes);
    json_count(j, "link", f->link_bytes);
    json_close(j);
}

void json_rates(struct json *j, const char *key, const struct stream_rates *r)
{
    json_open(j, key);
    json_number(j, "payload", r->payload, 3);
    json_number(j, "rtp", r->rtp, 3);
    json_number(j, "ip", r->ip, 3);
    json_number(j, "link", r->link, 3);
    json_close(j);
}

static void bandwidth(struct json *j, const struct stream_figures *f)
{
    json_rates(j, "bandwidth_kbps",
               &(struct stream_rates){f->payload_kbps, f->rtp_kbps, f->ip_kbps, f->link_kbps});
}

static void part(struct json *j, const char *name, uint32_t octets,
                 const struct stream_packet *p)
{
    json_open(j, name);
    json_count(j, "bytes", octets);
    json_number(j, "pct", p->whole ? 100.0 * octets / p->whole : 0, 2);
    json_close(j);
}

static void packet(struct json *j, const struct stream_packet *p)
{
    json_open(j, "packet");
    json_number(j, "ptime_ms", p->ptime_ms, 3);
    json_number(j, "packets_s", p->per_second, 3);
    json_count(j, "bytes", p->whole);
    json_number(j, "kbps", p->kbps, 3);
    part(j, "payload", p->payload, p);
    part(j, "rtp_header", p->rtp, p);
    part(j, "udp_header", p->udp, p);
    part(j, "ip_header", p->ip, p);
    part(j, "link_header", p->link, p);
    part(j, "other_header", p->other, p);
    json_close(j);
}

static void codec_guess(struct json *j, const struct stream_figures *f)
{
    if (!f->guessed_media) {
        json_null(j, "codec_guess");
        return;
    }
    json_open(j, "codec_guess");
    json_name(j, "media", f->guessed_media);
    json_text(j, "codec", f->guessed_codec.n ? f->guessed_codec : SLICE_EMPTY);
    json_nonzero(j, "clock_rate", f->guessed_clock_rate);
    json_close(j);
}

static void jitter_buffer(struct json *j, const struct stream_figures *f)
{
    json_open(j, "jitter_buffer");
    json_number(j, "depth_ms", f->buffer_ms, 3);
    json_count(j, "discarded", f->discarded);
    json_count(j, "discarded_adaptive", f->discarded_adaptive);
    json_close(j);
}

static void sender_clock(struct json *j, const struct stream_figures *f)
{
    json_open(j, "clock");
    json_number(j, "skew_ppm", f->clock_ppm, 1);
    json_number(j, "skew_error_ppm", isnan(f->clock_ppm) ? NAN : f->clock_error_ppm, 1);
    json_number(j, "sender_reports_ppm", f->rtcp.media_clock_ppm, 1);
    json_count(j, "restarts", f->clock_restarts);
    json_close(j);
}

/* Of audio alone: in video the marker ends a frame. */
static void silence(struct json *j, const struct stream_figures *f)
{
    if (!slice_ieq(f->media, SLICE("audio"))) {
        json_null(j, "silence");
        return;
    }
    json_open(j, "silence");
    json_boolean(j, "suppressed", f->silence_suppressed);
    json_count(j, "talkspurts", f->talkspurts);
    json_count(j, "comfort_noise_packets", f->noise_packets);
    json_close(j);
}

/* Null without a receiver's report. */
static void lost_side(struct json *j, const struct stream_figures *f)
{
    static const char *const names[] = {NULL, "none", "before", "after", "both",
                                        "capture"};

    if (!f->rtcp_packets || f->rtcp.lost_where == STREAM_SIDE_UNKNOWN) {
        json_null(j, "lost_side");
        return;
    }
    json_open(j, "lost_side");
    json_number(j, "before", f->rtcp.lost_before, 0);
    json_number(j, "after", f->rtcp.lost_after, 0);
    json_number(j, "not_captured", f->rtcp.not_captured, 0);
    json_name(j, "side", names[f->rtcp.lost_where]);
    json_close(j);
}

/* Null for what is no video. */
static void video(struct json *j, const struct stream_video *v)
{
    if (!v->frames) {
        json_null(j, "video");
        return;
    }
    json_open(j, "video");
    json_count(j, "frames", v->frames);
    if (v->keys_known)
        json_count(j, "key_frames", v->keys);
    else
        json_null(j, "key_frames");
    json_number(j, "frame_rate", v->rate, 3);
    json_number(j, "key_interval_max_s", v->key_interval_s, 3);
    json_close(j);
}

static void assumptions(struct json *j, const struct stream_figures *f)
{
    json_open(j, "mos_assumes");
    json_number(j, "delay_ms", f->delay_ms, 3);
    json_boolean(j, "delay_measured", f->delay_measured);
    json_boolean(j, "wideband", f->wideband);
    json_close(j);
}

static void burst(struct json *j, const struct stream_figures *f)
{
    json_open(j, "burst");
    json_count(j, "bursts", f->bursts);
    json_number(j, "burst_loss_pct", f->burst_loss_pct, 3);
    json_number(j, "gap_loss_pct", f->gap_loss_pct, 3);
    json_count(j, "longest_loss_packets", f->longest_loss);
    json_number(j, "longest_gap_ms", f->longest_gap_ms, 3);
    json_number(j, "burst_ms", f->burst_ms, 3);
    json_number(j, "gap_ms", f->gap_ms, 3);
    json_number(j, "burst_ratio", f->burst_ratio, 3);
    json_count(j, "outages", f->outages);
    json_number(j, "outage_ms", f->outage_ms, 3);
    json_number(j, "longest_outage_ms", f->longest_outage_ms, 3);
    json_close(j);
}

static const char *direction_name(enum stream_direction d)
{
    return d == STREAM_TO_CALLEE   ? "caller-to-callee"
           : d == STREAM_TO_CALLER ? "callee-to-caller"
                                   : NULL;
}

static const char *found_name(enum stream_found f)
{
    static const char *const names[] = {"sdp", "heuristic", "rtcp", "turn"};

    return names[f];
}

static void figures(struct json *j, const struct stream_figures *f)
{
    json_count(j, "packets", f->packets);
    json_count(j, "expected", f->expected);
    json_count(j, "lost", f->lost);
    json_number(j, "loss_pct", f->loss_pct, 4);
    json_count(j, "duplicates", f->duplicates);
    json_count(j, "capture_copies", f->copies);
    json_count(j, "duplicates_seen_twice", f->seen_twice);
    json_count(j, "reordered", f->reordered);
    json_count(j, "ssrc_changes", f->ssrc_changes);
    json_count(j, "sequence_resets", f->sequence_resets);
    json_range(j, "delta_ms", &f->delta_ms);
    json_range(j, "jitter_ms", &f->jitter_ms);
    skew(j, f);
    rfc3550(j, f);
    octets(j, f);
    bandwidth(j, f);
    json_rates(j, "peak_kbps", &f->peak_kbps);
    packet(j, &f->packet);
    burst(j, f);
    lost_side(j, f);
    jitter_buffer(j, f);
    sender_clock(j, f);
    silence(j, f);
    video(j, &f->video);
    json_number(j, "r_factor", f->r_factor, 2);
    json_number(j, "mos", f->mos, 2);
    assumptions(j, f);
    json_rtcp(j, f);
}

void json_stream(struct json *j, const struct fosip_analysis *a, uint32_t number)
{
    struct stream_figures f;
    char ssrc[16];

    stream_figures(stream_at(a->streams, number), &f);
    snprintf(ssrc, sizeof ssrc, "0x%08x", f.ssrc);
    json_id(j, "id", model_stream_id(a, number));
    json_id(j, "call", model_call_id(a, f.call));
    json_address(j, "src", &f.src);
    json_address(j, "dst", &f.dst);
    json_name(j, "ssrc", ssrc);
    json_boolean(j, "multicast", addr_is_multicast(&f.dst));
    json_text(j, "media", f.media);
    json_name(j, "direction", direction_name(f.direction));
    json_name(j, "found_by", found_name(f.found_by));
    json_boolean(j, "encrypted", f.encrypted);
    json_name(j, "key_exchange", rtp_exchange_name(f.exchange));
    if (f.encrypted)
        json_boolean(j, "decrypted", f.decrypted);
    else
        json_null(j, "decrypted");
    json_list(j, "payload_types");
    for (unsigned i = 0; i < f.pt_count; i++)
        payload_type(j, &f.pts[i], f.found_by);
    json_end(j);
    json_stream_markings(j, &f);
    json_text(j, "codec", f.codec.n ? f.codec : SLICE_EMPTY);
    json_nonzero(j, "clock_rate", f.clock_rate);
    codec_guess(j, &f);
    json_number(j, "ptime_ms", f.ptime_ms, 3);
    json_nonzero(j, "ptime_announced_ms", f.announced_ptime_ms);
    json_time(j, "start_time", f.start);
    json_time(j, "end_time", f.end);
    json_number(j, "duration_s", f.duration_s, 6);
    figures(j, &f);
    json_count(j, "icmp_errors", icmp_count_of_stream(a->icmp, f.call, number));
    json_intervals(j, a, number, &f);
}
