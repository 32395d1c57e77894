/* A stream as JSON: contract.md's STREAM. */
#include <math.h>

#include "report/json.h"

struct json_object *json_range(const struct stream_range *r)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "min", json_number(r->min, 3));
    json_add(o, "mean", json_number(r->mean, 3));
    json_add(o, "max", json_number(r->max, 3));
    return o;
}

static struct json_object *payload_types(const struct stream_figures *f)
{
    struct json_object *list = json_object_new_array();

    for (unsigned i = 0; i < f->pt_count; i++) {
        const struct stream_pt *pt = &f->pts[i];
        struct json_object *o = json_object_new_object();

        json_add(o, "pt", json_object_new_int(pt->pt));
        json_add(o, "codec", json_text(pt->codec.n ? pt->codec : SLICE_EMPTY));
        json_add(o, "clock_rate", pt->clock_rate ? json_object_new_int64(pt->clock_rate) : NULL);
        json_add(o, "packets", json_count(pt->packets));
        json_add(o, "negotiated",
                 f->found_by == STREAM_BY_SDP ? json_object_new_boolean(pt->negotiated) : NULL);
        json_object_array_add(list, o);
    }
    return list;
}

static struct json_object *skew(const struct stream_figures *f)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "min", json_number(f->skew_min_ms, 3));
    json_add(o, "max", json_number(f->skew_max_ms, 3));
    return o;
}

static struct json_object *rfc3550(const struct stream_figures *f)
{
    struct json_object *o = json_object_new_object(), *jitter = json_object_new_object();

    json_add(jitter, "mean", json_number(f->rfc_jitter_mean_ms, 3));
    json_add(jitter, "max", json_number(f->rfc_jitter_max_ms, 3));
    json_add(jitter, "last", json_number(f->rfc_jitter_last_ms, 3));
    json_add(o, "cumulative_lost", json_object_new_int64(f->cumulative_lost));
    json_add(o, "extended_highest", json_object_new_int64(f->extended_highest));
    json_add(o, "jitter_ms", jitter);
    return o;
}

static struct json_object *octets(const struct stream_figures *f)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "payload", json_count(f->payload_bytes));
    json_add(o, "rtp", json_count(f->rtp_bytes));
    json_add(o, "ip", json_count(f->ip_bytes));
    json_add(o, "link", json_count(f->link_bytes));
    return o;
}

struct json_object *json_rates(const struct stream_rates *r)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "payload", json_number(r->payload, 3));
    json_add(o, "rtp", json_number(r->rtp, 3));
    json_add(o, "ip", json_number(r->ip, 3));
    json_add(o, "link", json_number(r->link, 3));
    return o;
}

static struct json_object *bandwidth(const struct stream_figures *f)
{
    return json_rates(
        &(struct stream_rates){f->payload_kbps, f->rtp_kbps, f->ip_kbps, f->link_kbps});
}

static void add_part(struct json_object *parts, const char *name, uint32_t octets,
                     const struct stream_packet *p)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "bytes", json_count(octets));
    json_add(o, "pct", json_number(p->whole ? 100.0 * octets / p->whole : 0, 2));
    json_add(parts, name, o);
}

static struct json_object *packet(const struct stream_packet *p)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "ptime_ms", json_number(p->ptime_ms, 3));
    json_add(o, "packets_s", json_number(p->per_second, 3));
    json_add(o, "bytes", json_count(p->whole));
    json_add(o, "kbps", json_number(p->kbps, 3));
    add_part(o, "payload", p->payload, p);
    add_part(o, "rtp_header", p->rtp, p);
    add_part(o, "udp_header", p->udp, p);
    add_part(o, "ip_header", p->ip, p);
    add_part(o, "link_header", p->link, p);
    add_part(o, "other_header", p->other, p);
    return o;
}

static struct json_object *codec_guess(const struct stream_figures *f)
{
    struct json_object *o;

    if (!f->guessed_media)
        return NULL;
    o = json_object_new_object();
    json_add(o, "media", json_name(f->guessed_media));
    json_add(o, "codec", json_text(f->guessed_codec.n ? f->guessed_codec : SLICE_EMPTY));
    json_add(o, "clock_rate", f->guessed_clock_rate ? json_count(f->guessed_clock_rate) : NULL);
    return o;
}

static struct json_object *jitter_buffer(const struct stream_figures *f)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "depth_ms", json_number(f->buffer_ms, 3));
    json_add(o, "discarded", json_count(f->discarded));
    json_add(o, "discarded_adaptive", json_count(f->discarded_adaptive));
    return o;
}

static struct json_object *sender_clock(const struct stream_figures *f)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "skew_ppm", json_number(f->clock_ppm, 1));
    json_add(o, "skew_error_ppm",
             json_number(isnan(f->clock_ppm) ? NAN : f->clock_error_ppm, 1));
    json_add(o, "sender_reports_ppm", json_number(f->rtcp.media_clock_ppm, 1));
    json_add(o, "restarts", json_count(f->clock_restarts));
    return o;
}

/* Of audio alone: in video the marker ends a frame. */
static struct json_object *silence(const struct stream_figures *f)
{
    struct json_object *o;

    if (!slice_ieq(f->media, SLICE("audio")))
        return NULL;
    o = json_object_new_object();
    json_add(o, "suppressed", json_object_new_boolean(f->silence_suppressed));
    json_add(o, "talkspurts", json_count(f->talkspurts));
    json_add(o, "comfort_noise_packets", json_count(f->noise_packets));
    return o;
}

/* Null without a receiver's report. */
static struct json_object *lost_side(const struct stream_figures *f)
{
    static const char *const names[] = {NULL, "none", "before", "after", "both",
                                        "capture"};
    struct json_object *o;

    if (!f->rtcp_packets || f->rtcp.lost_where == STREAM_SIDE_UNKNOWN)
        return NULL;
    o = json_object_new_object();
    json_add(o, "before", json_number(f->rtcp.lost_before, 0));
    json_add(o, "after", json_number(f->rtcp.lost_after, 0));
    json_add(o, "not_captured", json_number(f->rtcp.not_captured, 0));
    json_add(o, "side", json_name(names[f->rtcp.lost_where]));
    return o;
}

/* Null for what is no video. */
static struct json_object *video(const struct stream_video *v)
{
    struct json_object *o;

    if (!v->frames)
        return NULL;
    o = json_object_new_object();
    json_add(o, "frames", json_count(v->frames));
    json_add(o, "key_frames", v->keys_known ? json_count(v->keys) : NULL);
    json_add(o, "frame_rate", json_number(v->rate, 3));
    json_add(o, "key_interval_max_s", json_number(v->key_interval_s, 3));
    return o;
}

static struct json_object *assumptions(const struct stream_figures *f)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "delay_ms", json_number(f->delay_ms, 3));
    json_add(o, "delay_measured", json_object_new_boolean(f->delay_measured));
    json_add(o, "wideband", json_object_new_boolean(f->wideband));
    return o;
}

static struct json_object *burst(const struct stream_figures *f)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "bursts", json_object_new_int64(f->bursts));
    json_add(o, "burst_loss_pct", json_number(f->burst_loss_pct, 3));
    json_add(o, "gap_loss_pct", json_number(f->gap_loss_pct, 3));
    json_add(o, "longest_loss_packets", json_object_new_int64(f->longest_loss));
    json_add(o, "longest_gap_ms", json_number(f->longest_gap_ms, 3));
    json_add(o, "burst_ms", json_number(f->burst_ms, 3));
    json_add(o, "gap_ms", json_number(f->gap_ms, 3));
    json_add(o, "burst_ratio", json_number(f->burst_ratio, 3));
    return o;
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

static void add_figures(struct json_object *o, const struct stream_figures *f)
{
    json_add(o, "packets", json_count(f->packets));
    json_add(o, "expected", json_count(f->expected));
    json_add(o, "lost", json_count(f->lost));
    json_add(o, "loss_pct", json_number(f->loss_pct, 4));
    json_add(o, "duplicates", json_count(f->duplicates));
    json_add(o, "capture_copies", json_count(f->copies));
    json_add(o, "duplicates_seen_twice", json_count(f->seen_twice));
    json_add(o, "reordered", json_count(f->reordered));
    json_add(o, "ssrc_changes", json_object_new_int64(f->ssrc_changes));
    json_add(o, "sequence_resets", json_object_new_int64(f->sequence_resets));
    json_add(o, "delta_ms", json_range(&f->delta_ms));
    json_add(o, "jitter_ms", json_range(&f->jitter_ms));
    json_add(o, "skew_ms", skew(f));
    json_add(o, "rfc3550", rfc3550(f));
    json_add(o, "bytes", octets(f));
    json_add(o, "bandwidth_kbps", bandwidth(f));
    json_add(o, "peak_kbps", json_rates(&f->peak_kbps));
    json_add(o, "packet", packet(&f->packet));
    json_add(o, "burst", burst(f));
    json_add(o, "lost_side", lost_side(f));
    json_add(o, "jitter_buffer", jitter_buffer(f));
    json_add(o, "clock", sender_clock(f));
    json_add(o, "silence", silence(f));
    json_add(o, "video", video(&f->video));
    json_add(o, "r_factor", json_number(f->r_factor, 2));
    json_add(o, "mos", json_number(f->mos, 2));
    json_add(o, "mos_assumes", assumptions(f));
    json_add(o, "rtcp", json_rtcp(f));
}

struct json_object *json_stream(const struct fosip_analysis *a, uint32_t number)
{
    struct json_object *o = json_object_new_object();
    struct stream_figures f;
    char ssrc[16];

    stream_figures(stream_at(a->streams, number), &f);
    snprintf(ssrc, sizeof ssrc, "0x%08x", f.ssrc);
    json_add(o, "id", json_id(number));
    json_add(o, "call", json_id(f.call));
    json_add(o, "src", json_address(&f.src));
    json_add(o, "dst", json_address(&f.dst));
    json_add(o, "ssrc", json_object_new_string(ssrc));
    json_add(o, "multicast", json_object_new_boolean(addr_is_multicast(&f.dst)));
    json_add(o, "media", json_text(f.media));
    json_add(o, "direction", json_name(direction_name(f.direction)));
    json_add(o, "found_by", json_name(found_name(f.found_by)));
    json_add(o, "encrypted", json_object_new_boolean(f.encrypted));
    json_add(o, "key_exchange", json_name(rtp_exchange_name(f.exchange)));
    json_add(o, "decrypted", f.encrypted ? json_object_new_boolean(f.decrypted) : NULL);
    json_add(o, "payload_types", payload_types(&f));
    json_add(o, "codec", json_text(f.codec.n ? f.codec : SLICE_EMPTY));
    json_add(o, "clock_rate", f.clock_rate ? json_object_new_int64(f.clock_rate) : NULL);
    json_add(o, "codec_guess", codec_guess(&f));
    json_add(o, "ptime_ms", json_number(f.ptime_ms, 3));
    json_add(o, "ptime_announced_ms",
             f.announced_ptime_ms ? json_count(f.announced_ptime_ms) : NULL);
    json_add(o, "start_time", json_time(f.start));
    json_add(o, "end_time", json_time(f.end));
    json_add(o, "duration_s", json_number(f.duration_s, 6));
    add_figures(o, &f);
    json_add(o, "icmp_errors",
             json_object_new_int64((int64_t)icmp_count_of_stream(a->icmp, f.call, number)));
    json_add(o, "intervals", json_intervals(a, number, &f));
    return o;
}
