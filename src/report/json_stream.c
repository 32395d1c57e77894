/* A stream as JSON: contract.md's STREAM. */
#include "report/json.h"

static struct json_object *range(const struct stream_range *r)
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
        json_add(o, "packets", json_object_new_int64((int64_t)pt->packets));
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
    json_add(o, "jitter_ms", jitter);
    return o;
}

static struct json_object *octets(const struct stream_figures *f)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "payload", json_object_new_int64((int64_t)f->payload_bytes));
    json_add(o, "rtp", json_object_new_int64((int64_t)f->rtp_bytes));
    json_add(o, "ip", json_object_new_int64((int64_t)f->ip_bytes));
    json_add(o, "link", json_object_new_int64((int64_t)f->link_bytes));
    return o;
}

static struct json_object *bandwidth(const struct stream_figures *f)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "payload", json_number(f->payload_kbps, 3));
    json_add(o, "rtp", json_number(f->rtp_kbps, 3));
    json_add(o, "ip", json_number(f->ip_kbps, 3));
    json_add(o, "link", json_number(f->link_kbps, 3));
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
    return o;
}

static struct json_object *rtcp(const struct stream_figures *f)
{
    struct json_object *o;

    if (!f->rtcp_packets)
        return NULL;
    o = json_object_new_object();
    json_add(o, "packets", json_object_new_int64((int64_t)f->rtcp_packets));
    json_add(o, "sender_reports", json_object_new_int64((int64_t)f->sender_reports));
    json_add(o, "receiver_reports", json_object_new_int64((int64_t)f->receiver_reports));
    json_add(o, "reported_loss_pct", json_number(f->reported_loss_pct, 3));
    json_add(o, "reported_jitter_ms", json_number(f->reported_jitter_ms, 3));
    json_add(o, "round_trip_ms", range(&f->round_trip_ms));
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
    json_add(o, "packets", json_object_new_int64((int64_t)f->packets));
    json_add(o, "expected", json_object_new_int64((int64_t)f->expected));
    json_add(o, "lost", json_object_new_int64((int64_t)f->lost));
    json_add(o, "loss_pct", json_number(f->loss_pct, 4));
    json_add(o, "duplicates", json_object_new_int64((int64_t)f->duplicates));
    json_add(o, "capture_copies", json_object_new_int64((int64_t)f->copies));
    json_add(o, "duplicates_seen_twice", json_object_new_int64((int64_t)f->seen_twice));
    json_add(o, "reordered", json_object_new_int64((int64_t)f->reordered));
    json_add(o, "ssrc_changes", json_object_new_int64(f->ssrc_changes));
    json_add(o, "sequence_resets", json_object_new_int64(f->sequence_resets));
    json_add(o, "delta_ms", range(&f->delta_ms));
    json_add(o, "jitter_ms", range(&f->jitter_ms));
    json_add(o, "skew_ms", skew(f));
    json_add(o, "rfc3550", rfc3550(f));
    json_add(o, "bytes", octets(f));
    json_add(o, "bandwidth_kbps", bandwidth(f));
    json_add(o, "burst", burst(f));
    json_add(o, "r_factor", json_number(f->r_factor, 2));
    json_add(o, "mos", json_number(f->mos, 2));
    json_add(o, "rtcp", rtcp(f));
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
    json_add(o, "media", json_text(f.media));
    json_add(o, "direction", json_name(direction_name(f.direction)));
    json_add(o, "found_by", json_name(found_name(f.found_by)));
    json_add(o, "encrypted", json_object_new_boolean(f.encrypted));
    json_add(o, "payload_types", payload_types(&f));
    json_add(o, "codec", json_text(f.codec.n ? f.codec : SLICE_EMPTY));
    json_add(o, "clock_rate", f.clock_rate ? json_object_new_int64(f.clock_rate) : NULL);
    json_add(o, "ptime_ms", json_number(f.ptime_ms, 3));
    json_add(o, "start_time", json_time(f.start));
    json_add(o, "end_time", json_time(f.end));
    json_add(o, "duration_s", json_number(f.duration_s, 6));
    add_figures(o, &f);
    json_add(o, "icmp_errors",
             json_object_new_int64((int64_t)icmp_count_of_stream(a->icmp, f.call, number)));
    return o;
}
