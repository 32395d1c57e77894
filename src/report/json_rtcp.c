/* What RTCP says of a stream, as JSON. */
#include "report/json.h"

static struct json_object *feedback(const struct stream_rtcp *r)
{
    static const char *const names[RTCP_FEEDBACK_KINDS] = {
        [RTCP_NACK] = "nack", [RTCP_PLI] = "pli",   [RTCP_FIR] = "fir",
        [RTCP_REMB] = "remb", [RTCP_TRANSPORT_CC] = "transport_cc",
        [RTCP_FEEDBACK_OTHER] = "other",
    };
    struct json_object *o = json_object_new_object();

    for (unsigned i = 0; i < RTCP_FEEDBACK_KINDS; i++)
        json_add(o, names[i], json_count(r->feedback[i]));
    return o;
}

/* The names of the extended reports' blocks; numbers where none is known. */
static struct json_object *blocks(const struct stream_rtcp *r)
{
    struct json_object *list = json_object_new_array();
    char number[16];

    for (unsigned type = 0; type < 64; type++) {
        const char *name = rtcp_block_name(type);

        if (!(r->blocks >> type & 1))
            continue;
        snprintf(number, sizeof number, "%u", type);
        json_object_array_add(list, json_object_new_string(name ? name : number));
    }
    return list;
}

/* 127: not known (RFC 3611 §4.7.3, §4.7.5). */
static struct json_object *known(int x, double unit)
{
    return x == 127 ? NULL : json_number(x * unit, unit < 1 ? 1 : 0);
}

static struct json_object *rate(unsigned in_256)
{
    return json_number(in_256 * 100.0 / 256, 3);
}

static struct json_object *voip_metrics(const struct stream_rtcp *r)
{
    const struct rtcp_voip_metrics *m = &r->metrics;
    struct json_object *o;

    if (!r->has_metrics)
        return NULL;
    o = json_object_new_object();
    json_add(o, "loss_pct", rate(m->loss_rate));
    json_add(o, "discard_pct", rate(m->discard_rate));
    json_add(o, "burst_density_pct", rate(m->burst_density));
    json_add(o, "gap_density_pct", rate(m->gap_density));
    json_add(o, "burst_ms", json_count(m->burst_ms));
    json_add(o, "gap_ms", json_count(m->gap_ms));
    json_add(o, "gmin", json_count(m->gmin));
    json_add(o, "round_trip_ms", json_count(m->round_trip_ms));
    json_add(o, "end_system_delay_ms", json_count(m->end_system_ms));
    json_add(o, "signal_dbm", known(m->signal_dbm, 1));
    json_add(o, "noise_dbm", known(m->noise_dbm, 1));
    json_add(o, "echo_return_loss_db", known(m->echo_return_loss, 1));
    json_add(o, "r_factor", known(m->r_factor, 1));
    json_add(o, "external_r_factor", known(m->external_r, 1));
    json_add(o, "mos_lq", known(m->mos_lq, 0.1));
    json_add(o, "mos_cq", known(m->mos_cq, 0.1));
    json_add(o, "buffer_ms", json_count(m->buffer_ms));
    json_add(o, "buffer_max_ms", json_count(m->buffer_max_ms));
    json_add(o, "buffer_limit_ms", json_count(m->buffer_limit_ms));
    return o;
}

struct json_object *json_rtcp(const struct stream_figures *f)
{
    const struct stream_rtcp *r = &f->rtcp;
    bool reported = r->lost_where != STREAM_SIDE_UNKNOWN;
    struct json_object *o;

    if (!f->rtcp_packets)
        return NULL;
    o = json_object_new_object();
    json_add(o, "packets", json_count(f->rtcp_packets));
    json_add(o, "sender_reports", json_count(f->sender_reports));
    json_add(o, "receiver_reports", json_count(f->receiver_reports));
    json_add(o, "reported_loss_pct", json_number(f->reported_loss_pct, 3));
    json_add(o, "reported_jitter_ms", json_number(f->reported_jitter_ms, 3));
    json_add(o, "reported_lost", reported ? json_object_new_int64(r->reported_lost) : NULL);
    json_add(o, "reported_highest", reported ? json_count(r->reported_highest) : NULL);
    json_add(o, "worst_loss_pct", json_number(r->worst_loss_pct, 3));
    json_add(o, "worst_jitter_ms", json_number(r->worst_jitter_ms, 3));
    json_add(o, "round_trip_ms", json_range(&f->round_trip_ms));
    json_add(o, "one_way_ms", json_range(&r->one_way_ms));
    json_add(o, "descriptions", json_count(r->descriptions));
    json_add(o, "cname", *r->cname ? json_text(slice_str(r->cname)) : NULL);
    json_add(o, "byes", json_count(r->byes));
    json_add(o, "bye_time", r->bye_time ? json_time(r->bye_time) : NULL);
    json_add(o, "applications", json_count(r->applications));
    json_add(o, "encrypted", json_count(r->encrypted));
    json_add(o, "extended_reports", json_count(r->extended));
    json_add(o, "extended_blocks", blocks(r));
    json_add(o, "voip_metrics", voip_metrics(r));
    json_add(o, "feedback", feedback(r));
    return o;
}
