/* What RTCP says of a stream, as JSON. */
#include <math.h>

#include "report/json.h"

static void feedback(struct json *j, const struct stream_rtcp *r)
{
    static const char *const names[RTCP_FEEDBACK_KINDS] = {
        [RTCP_NACK] = "nack", [RTCP_PLI] = "pli",   [RTCP_FIR] = "fir",
        [RTCP_REMB] = "remb", [RTCP_TRANSPORT_CC] = "transport_cc",
        [RTCP_CONGESTION_CONTROL] = "congestion_control",
        [RTCP_FEEDBACK_OTHER] = "other",
    };

    json_open(j, "feedback");
    for (unsigned i = 0; i < RTCP_FEEDBACK_KINDS; i++)
        json_count(j, names[i], r->feedback[i]);
    json_close(j);
}

/* The names of the extended reports' blocks; numbers where none is known. */
static void blocks(struct json *j, const struct stream_rtcp *r)
{
    char number[16];

    json_list(j, "extended_blocks");
    for (unsigned type = 0; type < 256; type++) {
        const char *name = rtcp_block_name(type);

        if (!(r->blocks[type / 64] >> type % 64 & 1))
            continue;
        snprintf(number, sizeof number, "%u", type);
        json_name(j, NULL, name ? name : number);
    }
    json_end(j);
}

/* 127: not known (RFC 3611 §4.7.3, §4.7.5). */
static void known(struct json *j, const char *key, int x, double unit)
{
    json_number(j, key, x == 127 ? NAN : x * unit, unit < 1 ? 1 : 0);
}

static void rate(struct json *j, const char *key, unsigned in_256)
{
    json_number(j, key, in_256 * 100.0 / 256, 3);
}

static void voip_metrics(struct json *j, const struct stream_rtcp *r)
{
    const struct rtcp_voip_metrics *m = &r->metrics;

    if (!r->has_metrics) {
        json_null(j, "voip_metrics");
        return;
    }
    json_open(j, "voip_metrics");
    rate(j, "loss_pct", m->loss_rate);
    rate(j, "discard_pct", m->discard_rate);
    rate(j, "burst_density_pct", m->burst_density);
    rate(j, "gap_density_pct", m->gap_density);
    json_count(j, "burst_ms", m->burst_ms);
    json_count(j, "gap_ms", m->gap_ms);
    json_count(j, "gmin", m->gmin);
    json_count(j, "round_trip_ms", m->round_trip_ms);
    json_count(j, "end_system_delay_ms", m->end_system_ms);
    known(j, "signal_dbm", m->signal_dbm, 1);
    known(j, "noise_dbm", m->noise_dbm, 1);
    known(j, "echo_return_loss_db", m->echo_return_loss, 1);
    known(j, "r_factor", m->r_factor, 1);
    known(j, "external_r_factor", m->external_r, 1);
    known(j, "mos_lq", m->mos_lq, 0.1);
    known(j, "mos_cq", m->mos_cq, 0.1);
    json_count(j, "buffer_ms", m->buffer_ms);
    json_count(j, "buffer_max_ms", m->buffer_max_ms);
    json_count(j, "buffer_limit_ms", m->buffer_limit_ms);
    json_close(j);
}

/* What the last report of a receiver says. */
static void reported(struct json *j, const struct stream_rtcp *r)
{
    if (r->lost_where == STREAM_SIDE_UNKNOWN) {
        json_null(j, "reported_lost");
        json_null(j, "reported_highest");
        return;
    }
    json_int(j, "reported_lost", r->reported_lost);
    json_count(j, "reported_highest", r->reported_highest);
}

void json_rtcp(struct json *j, const struct stream_figures *f)
{
    const struct stream_rtcp *r = &f->rtcp;

    if (!f->rtcp_packets) {
        json_null(j, "rtcp");
        return;
    }
    json_open(j, "rtcp");
    json_count(j, "packets", f->rtcp_packets);
    json_count(j, "sender_reports", f->sender_reports);
    json_count(j, "receiver_reports", f->receiver_reports);
    json_number(j, "reported_loss_pct", f->reported_loss_pct, 3);
    json_number(j, "reported_jitter_ms", f->reported_jitter_ms, 3);
    reported(j, r);
    json_number(j, "worst_loss_pct", r->worst_loss_pct, 3);
    json_number(j, "worst_jitter_ms", r->worst_jitter_ms, 3);
    json_range(j, "round_trip_ms", &f->round_trip_ms);
    json_range(j, "one_way_ms", &r->one_way_ms);
    json_count(j, "descriptions", r->descriptions);
    json_name(j, "cname", *r->cname ? r->cname : NULL);
    json_count(j, "byes", r->byes);
    json_time(j, "bye_time", r->bye_time ? r->bye_time : -1);
    json_count(j, "applications", r->applications);
    json_count(j, "encrypted", r->encrypted);
    json_count(j, "extended_reports", r->extended);
    blocks(j, r);
    voip_metrics(j, r);
    feedback(j, r);
    json_close(j);
}
