/* One stream on one screen, for a ticket: who sent what to whom, how it arrived
 * here, what the receiver says of it, and when it was bad. */
#include <inttypes.h>
#include <math.h>

#include "analysis/ice.h"
#include "report/grid.h"

struct view {
    const struct fosip_analysis *a;
    const struct fosip_report_options *o;
    FILE *out;
    struct line line;
    struct stream_figures f;
    uint32_t number;
};

enum { LABEL = 10 }; /* columns before the text */

static void begin(struct view *v, const char *label)
{
    line_clear(&v->line);
    line_style(&v->line, style_title(v->o));
    line_add(&v->line, label);
    line_style(&v->line, style_end(v->o));
    line_pad(&v->line, LABEL);
}

static void end(struct view *v)
{
    line_write(&v->line, v->out);
}

/* "1.234", "-" when unknown. */
static void number(struct view *v, double x, int decimals)
{
    if (isfinite(x))
        line_printf(&v->line, "%.*f", decimals, x);
    else
        line_add(&v->line, "-");
}

static void range(struct view *v, const struct stream_range *r)
{
    number(v, r->min, 3);
    line_add(&v->line, " / ");
    number(v, r->mean, 3);
    line_add(&v->line, " / ");
    number(v, r->max, 3);
    line_add(&v->line, " ms");
}

/* ---- who, what, when --------------------------------------------------------- */

static void title(struct view *v)
{
    char src[ADDR_TEXT], dst[ADDR_TEXT];

    line_clear(&v->line);
    line_style(&v->line, style_title(v->o));
    line_printf(&v->line, "Stream %u  %s -> %s  SSRC 0x%08x", v->number + 1,
                addr_text(&v->f.src, src), addr_text(&v->f.dst, dst), v->f.ssrc);
    line_style(&v->line, style_end(v->o));
    end(v);
}

static void call_line(struct view *v)
{
    static const char *const ways[] = {"", ", caller to callee", ", callee to caller"};
    static const char *const found[] = {"announced by SDP", "found by its headers",
                                        "found by RTCP", "found inside TURN"};

    begin(v, "Call");
    if (v->f.call == STREAM_NO_CALL) {
        line_add(&v->line, "none in this capture");
    } else {
        line_printf(&v->line, "%u, Call-ID ", v->f.call + 1);
        line_add_foreign(&v->line, call_at(v->a->calls, v->f.call)->call_id, 60);
    }
    line_printf(&v->line, "%s; %s", ways[v->f.direction], found[v->f.found_by]);
    end(v);
}

static void marking_line(struct view *v)
{
    const struct stream_figures *f = &v->f;

    if (f->marking_count == 1 && f->markings[0].dscp == NET_NO_DSCP)
        return;
    begin(v, "DSCP");
    for (unsigned i = 0; i < f->marking_count; i++) {
        const struct stream_marking *m = &f->markings[i];
        const char *name = net_dscp_name(m->dscp);

        line_add(&v->line, i ? ", " : "");
        if (m->dscp == NET_NO_DSCP)
            line_add(&v->line, "not known");
        else
            line_printf(&v->line, "%u", m->dscp);
        if (name)
            line_printf(&v->line, " (%s)", name);
        if (f->marking_count > 1)
            line_printf(&v->line, " in %" PRIu64 " packets", m->packets);
    }
    end(v);
}

/* The pair of candidates that it flows on. */
static void ice_line(struct view *v)
{
    const struct ice_path *p = ice_of_flow(v->a->ice, &v->f.src, &v->f.dst);
    char time[TEXT_TIME], src[ADDR_TEXT], dst[ADDR_TEXT];

    if (!p)
        return;
    begin(v, "ICE");
    line_printf(&v->line, "%s %s -> %s %s, nominated at %s by the %s, m= line %u",
                ice_type_name(p->local), addr_text(&p->src, src),
                p->in_turn ? "TURN" : ice_type_name(p->remote), addr_text(&p->dst, dst),
                text_time(v->o->time, p->nominated, v->a->first_time, v->a->first_time, time),
                call_side_name(p->by), p->media);
    end(v);
}

static void codec_line(struct view *v)
{
    static const char *const exchanges[] = {"", "SDES", "DTLS", "ZRTP"};
    const struct stream_figures *f = &v->f;

    begin(v, "Codec");
    if (f->codec.n)
        line_add_foreign(&v->line, f->codec, 30);
    else if (f->guessed_codec.n)
        line_printf(&v->line, "%.*s? (a guess)", SLICE_ARG(f->guessed_codec));
    else
        line_add(&v->line, "unknown");
    for (unsigned i = 0; i < f->pt_count; i++)
        line_printf(&v->line, "%s %u", i ? "," : "; payload type", f->pts[i].pt);
    if (f->clock_rate)
        line_printf(&v->line, "; %u Hz", f->clock_rate);
    if (isfinite(f->ptime_ms)) {
        line_add(&v->line, "; ");
        line_printf(&v->line, "%g ms a packet", f->ptime_ms);
    }
    if (f->announced_ptime_ms)
        line_printf(&v->line, " (announced: %u ms)", f->announced_ptime_ms);
    if (f->encrypted)
        line_add(&v->line, f->decrypted ? "; decrypted" : "; encrypted");
    if (f->exchange)
        line_printf(&v->line, " (keys by %s)", exchanges[f->exchange]);
    if (f->silence_suppressed)
        line_printf(&v->line, "; pauses, %u talkspurts", f->talkspurts);
    end(v);
}

static void time_line(struct view *v)
{
    char from[TEXT_TIME], to[TEXT_TIME];

    begin(v, "Time");
    line_printf(&v->line, "%s to %s, %.3f s, from frame %" PRIu64,
                text_time(v->o->time, v->f.start, v->a->first_time, v->a->first_time, from),
                text_time(v->o->time, v->f.end, v->a->first_time, v->f.start, to),
                v->f.duration_s, v->f.first_frame);
    end(v);
}

/* ---- how it arrived ------------------------------------------------------------ */

static void loss_lines(struct view *v)
{
    const struct stream_figures *f = &v->f;

    begin(v, "Packets");
    line_printf(&v->line, "%" PRIu64 " of %" PRIu64 "; ", f->packets, f->expected);
    line_style(&v->line, f->loss_pct >= 1 ? style_bad(v->o) : "");
    line_printf(&v->line, "%" PRIu64 " lost (%.2f %%)", f->lost, f->loss_pct);
    line_style(&v->line, f->loss_pct >= 1 ? style_end(v->o) : "");
    line_printf(&v->line, ", %" PRIu64 " duplicates, %" PRIu64 " reordered", f->duplicates,
                f->reordered);
    if (f->sequence_resets)
        line_printf(&v->line, ", numbers began anew %u times", f->sequence_resets);
    end(v);
    if (!f->lost && !f->discarded)
        return;
    begin(v, "Bursts");
    line_printf(&v->line, "%u", f->bursts);
    if (isfinite(f->burst_ms))
        line_printf(&v->line, " of %.0f ms, %.1f %% missing", f->burst_ms, f->burst_loss_pct);
    line_printf(&v->line, "; %.2f %% outside; %u lost in a row; %.1f ms without a packet",
                f->gap_loss_pct, f->longest_loss, f->longest_gap_ms);
    end(v);
    if (!f->outages)
        return;
    begin(v, "Outages");
    line_printf(&v->line, "%u of 200 ms or more, %.1f ms together, %.1f ms at most", f->outages,
                f->outage_ms, f->longest_outage_ms);
    end(v);
}

static void timing_lines(struct view *v)
{
    const struct stream_figures *f = &v->f;

    begin(v, "Delta");
    range(v, &f->delta_ms);
    line_add(&v->line, "  (least / mean / greatest)");
    end(v);
    begin(v, "Jitter");
    range(v, &f->jitter_ms);
    line_add(&v->line, ";  RFC 3550: mean ");
    number(v, f->rfc_jitter_mean_ms, 3);
    line_add(&v->line, ", greatest ");
    number(v, f->rfc_jitter_max_ms, 3);
    line_add(&v->line, " ms");
    end(v);
    begin(v, "Buffer");
    line_printf(&v->line, "of %g ms: %" PRIu64 " packets too late; adaptive: %" PRIu64,
                f->buffer_ms, f->discarded, f->discarded_adaptive);
    if (isfinite(f->clock_ppm))
        line_printf(&v->line, ";  the sender's clock is %.0f ppm %s", fabs(f->clock_ppm),
                    f->clock_ppm < 0 ? "slow" : "fast");
    end(v);
}

static void quality_line(struct view *v)
{
    const struct stream_figures *f = &v->f;

    begin(v, "Quality");
    if (isfinite(f->mos))
        line_printf(&v->line, "MOS %.2f, R %.1f%s, with %.0f ms of delay (%s)", f->mos,
                    f->r_factor, f->wideband ? " (wideband)" : "", f->delay_ms,
                    f->delay_measured ? "half the round trip" : "assumed");
    else
        line_add(&v->line, "no MOS: none is published for this codec, or too few packets");
    end(v);
}

static void video_line(struct view *v)
{
    const struct stream_video *x = &v->f.video;

    begin(v, "Video");
    line_printf(&v->line, "%" PRIu64 " frames, ", x->frames);
    number(v, x->rate, 1);
    line_add(&v->line, " a second");
    if (x->keys_known)
        line_printf(&v->line, "; %" PRIu64 " key frames", x->keys);
    if (isfinite(x->key_interval_s))
        line_printf(&v->line, ", up to %.1f s apart", x->key_interval_s);
    end(v);
}

static void bandwidth_lines(struct view *v)
{
    const struct stream_packet *p = &v->f.packet;

    begin(v, "Packet");
    line_printf(&v->line, "%u + %u RTP + ", p->payload, p->rtp);
    if (p->other)
        line_printf(&v->line, "%u other + ", p->other);
    line_printf(&v->line, "%u UDP + %u IP + %u link = %u bytes", p->udp, p->ip, p->link,
                p->whole);
    if (p->whole)
        line_printf(&v->line, " (%.1f %% payload)", 100.0 * p->payload / p->whole);
    if (isfinite(p->kbps))
        line_printf(&v->line, ", %.4g/s: %.1f kbit/s", p->per_second, p->kbps);
    end(v);
    begin(v, "kbit/s");
    line_add(&v->line, "payload ");
    number(v, v->f.payload_kbps, 1);
    line_add(&v->line, ", RTP ");
    number(v, v->f.rtp_kbps, 1);
    line_add(&v->line, ", IP ");
    number(v, v->f.ip_kbps, 1);
    line_add(&v->line, ", link ");
    number(v, v->f.link_kbps, 1);
    line_printf(&v->line, ";  fullest second: IP %.1f, link %.1f", v->f.peak_kbps.ip,
                v->f.peak_kbps.link);
    end(v);
}

/* ---- what the receiver says ------------------------------------------------------ */

static void side_line(struct view *v)
{
    static const char *const sides[] = {NULL, "nothing was lost on either side of it",
                                        "lost before it", "lost after it",
                                        "lost on both sides of it"};
    const struct stream_rtcp *r = &v->f.rtcp;

    begin(v, "");
    line_add(&v->line, "Capture point: ");
    if (r->lost_where == STREAM_NOT_CAPTURED)
        line_printf(&v->line, "%.0f packets reached the receiver and were not captured",
                    r->not_captured);
    else
        line_printf(&v->line, "%s (%.0f before, %.0f after)", sides[r->lost_where],
                    r->lost_before, r->lost_after);
    end(v);
}

static void report_lines(struct view *v)
{
    const struct stream_figures *f = &v->f;

    begin(v, "");
    line_printf(&v->line, "Receiver: %" PRId64 " lost (%.2f %%), jitter ", f->rtcp.reported_lost,
                f->reported_loss_pct);
    number(v, f->reported_jitter_ms, 1);
    line_add(&v->line, " ms, at worst ");
    number(v, f->rtcp.worst_loss_pct, 1);
    line_add(&v->line, " % and ");
    number(v, f->rtcp.worst_jitter_ms, 1);
    line_add(&v->line, " ms");
    end(v);
    begin(v, "");
    line_printf(&v->line, "Here:     %" PRIu64 " lost (%.2f %%), jitter ", f->lost, f->loss_pct);
    number(v, f->rfc_jitter_last_ms, 1);
    line_add(&v->line, " ms;  round trip ");
    number(v, f->round_trip_ms.mean, 1);
    line_add(&v->line, " ms");
    end(v);
    side_line(v);
}

/* What the receiver asked for, where it did. */
static void feedback_line(struct view *v)
{
    static const char *const names[RTCP_FEEDBACK_KINDS] = {
        [RTCP_NACK] = "NACK", [RTCP_PLI] = "PLI", [RTCP_FIR] = "FIR", [RTCP_REMB] = "REMB",
        [RTCP_TRANSPORT_CC] = "transport-cc",
        [RTCP_CONGESTION_CONTROL] = "congestion control (RFC 8888)",
        [RTCP_FEEDBACK_OTHER] = "other",
    };
    const char *between = "Feedback: ";

    for (unsigned i = 0; i < RTCP_FEEDBACK_KINDS; i++) {
        unsigned kind = (i + 1) % RTCP_FEEDBACK_KINDS; /* others last */

        if (!v->f.rtcp.feedback[kind])
            continue;
        if (*between == 'F')
            begin(v, "");
        line_printf(&v->line, "%s%s %" PRIu64, between, names[kind], v->f.rtcp.feedback[kind]);
        between = ", ";
    }
    if (*between != 'F')
        end(v);
}

static void rtcp_lines(struct view *v)
{
    const struct stream_figures *f = &v->f;

    begin(v, "RTCP");
    if (!f->rtcp_packets) {
        line_add(&v->line, "none");
        end(v);
        return;
    }
    line_printf(&v->line, "%" PRIu64 " packets, %" PRIu64 " sender reports, %" PRIu64
                " reports of the receiver, %" PRIu64 " BYE",
                f->rtcp_packets, f->sender_reports, f->receiver_reports, f->rtcp.byes);
    if (*f->rtcp.cname) {
        line_add(&v->line, ", CNAME ");
        line_add_foreign(&v->line, slice_str(f->rtcp.cname), 40);
    }
    end(v);
    feedback_line(v);
    if (f->rtcp.lost_where != STREAM_SIDE_UNKNOWN)
        report_lines(v);
}

/* ---- when it was bad --------------------------------------------------------------- */

enum { MARKS = 60 };

/* The stream's time in equal parts, each some intervals long. */
struct spark {
    unsigned count;
    int64_t each; /* intervals a mark */
    bool any[MARKS];
    double jitter[MARKS];
    uint64_t lost[MARKS], expected[MARKS];
};

static void gather(const struct view *v, struct spark *s)
{
    const struct stream_interval *rows;
    size_t n = stream_intervals(stream_at(v->a->streams, v->number), &rows);
    int64_t first, span;

    *s = (struct spark){0};
    if (!n)
        return;
    first = rows[0].number;
    span = rows[n - 1].number - first + 1;
    s->each = (span + MARKS - 1) / MARKS;
    s->count = (unsigned)((span + s->each - 1) / s->each);
    for (size_t i = 0; i < n; i++) {
        int64_t at = (rows[i].number - first) / s->each;

        s->any[at] = true;
        s->lost[at] += rows[i].lost;
        s->expected[at] += rows[i].packets - rows[i].duplicates + rows[i].lost;
        if (rows[i].jitter_max_ms > s->jitter[at])
            s->jitter[at] = rows[i].jitter_max_ms;
    }
}

/* A mark's height: 0 for nothing, 7 for `most`. */
static void draw(struct view *v, const struct spark *s, const double *x, double most)
{
    static const char *const blocks[] = {"\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83",
                                         "\xe2\x96\x84", "\xe2\x96\x85", "\xe2\x96\x86",
                                         "\xe2\x96\x87", "\xe2\x96\x88"};
    static const char *const ascii[] = {"_", ".", ":", "-", "=", "+", "*", "#"};
    enum { TOP = 7 };

    for (unsigned i = 0; i < s->count; i++) {
        unsigned height = x[i] > 0 ? (unsigned)ceil(x[i] / most * TOP) : 0;

        if (s->any[i])
            line_add(&v->line, v->o->unicode ? blocks[height] : ascii[height]);
        else
            line_add(&v->line, " ");
    }
}

static double greatest(const double *x, unsigned n)
{
    double most = 0;

    for (unsigned i = 0; i < n; i++)
        most = x[i] > most ? x[i] : most;
    return most;
}

/* A scale that begins at what is good, so that a good stream looks flat. */
static void spark_line(struct view *v, const char *label, const struct spark *s, const double *x,
                       double least_scale, const char *unit)
{
    double most = greatest(x, s->count), scale = most > least_scale ? most : least_scale;

    begin(v, label);
    draw(v, s, x, scale);
    if (most > 0)
        line_printf(&v->line, "  up to %.1f %s", most, unit);
    else
        line_add(&v->line, "  none");
    end(v);
}

static void spark_lines(struct view *v)
{
    static const double JITTER_MS = 10, LOSS_PCT = 2;
    struct spark s;
    double loss[MARKS];

    gather(v, &s);
    if (s.count < 2)
        return;
    for (unsigned i = 0; i < s.count; i++)
        loss[i] = s.expected[i] ? 100.0 * (double)s.lost[i] / (double)s.expected[i] : 0;
    spark_line(v, "Jitter", &s, s.jitter, JITTER_MS, "ms");
    spark_line(v, "Loss", &s, loss, LOSS_PCT, "%");
    begin(v, "");
    line_printf(&v->line, "Each mark is %g s; blank: no packets.",
                (double)(s.each * v->a->interval) / 1e9);
    end(v);
}

static void finding_lines(struct view *v)
{
    for (size_t i = 0; i < v->a->findings.n; i++) {
        const struct finding *f = &v->a->findings.v[i];

        if (f->stream != v->number)
            continue;
        begin(v, f->severity == FINDING_NOTE ? "Note"
                 : f->severity == FINDING_ERROR ? "Error" : "Warning");
        line_add_foreign(&v->line, slice_str(f->text), 0);
        end(v);
    }
}

static void one(struct view *v)
{
    title(v);
    call_line(v);
    ice_line(v);
    codec_line(v);
    marking_line(v);
    time_line(v);
    loss_lines(v);
    timing_lines(v);
    if (v->f.video.frames)
        video_line(v);
    else
        quality_line(v);
    bandwidth_lines(v);
    rtcp_lines(v);
    spark_lines(v);
    finding_lines(v);
}

int report_one_stream(const struct fosip_analysis *a, const struct fosip_report_options *o,
                      FILE *out)
{
    struct view v = {.a = a, .o = o, .out = out, .line = {.unicode = o->unicode}};
    bool any = false;

    for (uint32_t i = 0; i < stream_count(a->streams); i++) {
        if (!report_selects_stream(a, i, &o->select))
            continue;
        if (any)
            putc('\n', out);
        any = true;
        v.number = i;
        stream_figures(stream_at(a->streams, i), &v.f);
        one(&v);
    }
    if (!any)
        fputs("No such RTP stream.\n", out);
    line_free(&v.line);
    return 0;
}
