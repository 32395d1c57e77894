/* The HTML report: one page that needs nothing beside it, for a ticket or a
 * customer, on a screen or on paper. */
#include "report/html.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/time.h"

enum {
    MOST_LADDERS = 200,
    MOST_ROWS = 20000, /* of a table: what a browser can show */
};

struct page {
    const struct fosip_analysis *a;
    const struct fosip_report_options *o;
    FILE *out;
};

void html_escaped(FILE *out, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        switch (p[i]) {
        case '&': fputs("&amp;", out); break;
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '"': fputs("&quot;", out); break;
        case '\'': fputs("&#39;", out); break;
        default: putc(p[i], out);
        }
}

void html_text(FILE *out, struct slice s)
{
    struct line line = {.unicode = true};

    line_add_foreign(&line, s, 0);
    html_escaped(out, line.p, line.n);
    line_free(&line);
}

static void cell(struct page *p, struct slice s)
{
    fputs("<td class=\"w\">", p->out);
    html_text(p->out, s.n ? s : SLICE("-"));
    fputs("</td>", p->out);
}

static void number_cell(struct page *p, double x, int decimals)
{
    if (isfinite(x))
        fprintf(p->out, "<td class=\"n\">%.*f</td>", decimals, x);
    else
        fputs("<td class=\"n\">-</td>", p->out);
}

static void seconds_cell(struct page *p, int64_t ns)
{
    number_cell(p, ns < 0 ? NAN : (double)ns / 1e9, 3);
}

static void write_head(struct page *p)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" "
          "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width\">\n"
          "<title>Report of a capture</title>\n<style>\n"
          "body{font:14px/1.45 sans-serif;color:#222;max-width:1200px;margin:2em auto;"
          "padding:0 1em}\n"
          "h1{font-size:1.6em;margin:0 0 .3em}h2{font-size:1.25em;margin:1.8em 0 .5em;"
          "border-bottom:2px solid #1a3f8b}h3{font-size:1.05em;margin:1.6em 0 .3em}\n"
          "table{border-collapse:collapse;width:100%;margin:.4em 0}"
          "th,td{text-align:left;padding:.25em .6em;border-bottom:1px solid #ddd;"
          "vertical-align:top}th{background:#eef2f8;white-space:nowrap}"
          "td.w{overflow-wrap:anywhere}td.k{white-space:nowrap}"
          "td.n,th.n{text-align:right;white-space:nowrap}\n"
          ".error{color:#b00020;font-weight:bold}.warning{color:#8a5200;font-weight:bold}"
          ".note{color:#555}.dim{color:#555}.wide{overflow-x:auto}a{color:#1a3f8b}\n"
          "@media print{body{margin:0;max-width:none;font-size:11px}h3,tr,svg{break-inside:avoid}"
          "h2,h3{break-after:avoid}}\n"
          "</style>\n</head>\n<body>\n",
          p->out);
}

static void write_capture(struct page *p)
{
    const struct capture_counts *c = &p->a->counts;
    char text[TEXT_TIME];

    fputs("<h1>Report of a capture</h1>\n<p>", p->out);
    for (size_t i = 0; i < capture_file_count(p->a->capture); i++) {
        struct capture_file f = capture_file(p->a->capture, i);

        html_text(p->out, slice_str(f.path));
        fprintf(p->out, " <span class=\"dim\">%s, %" PRIu64 " packets</span><br>\n", f.format,
                f.packets);
        if (f.problem) {
            fputs("<span class=\"warning\">", p->out);
            html_text(p->out, slice_str(f.problem));
            fputs("</span><br>\n", p->out);
        }
    }
    if (p->a->packets && time_is_known(p->a->first_time))
        fprintf(p->out, "From %s, %.3f s. ", text_utc(p->a->first_time, text),
                (double)(p->a->last_time - p->a->first_time) / 1e9);
    fprintf(p->out,
            "SIP messages: %" PRIu64 " (%" PRIu64 " requests, %" PRIu64 " responses); packets of "
            "RTP: %" PRIu64 ", RTCP: %" PRIu64 ".</p>\n",
            c->sip, c->sip_requests, c->sip_responses, c->rtp, c->rtcp);
}

static void write_finding(struct page *p, const struct finding *f)
{
    const char *severity = finding_severity_name(f->severity);

    fprintf(p->out, "<tr><td class=\"k %s\">%s</td><td class=\"w\">", severity, severity);
    html_text(p->out, slice_str(f->text));
    fputs("</td><td class=\"k\">", p->out);
    if (f->call != CALL_NONE)
        fprintf(p->out, "<a href=\"#call%u\">call %u</a>", f->call + 1, f->call + 1);
    fputs("</td><td>", p->out);
    for (unsigned i = 0; i < f->frame_count; i++)
        fprintf(p->out, "%s%" PRIu64, i ? ", " : "", f->frames[i]);
    fputs("</td><td class=\"k\">", p->out);
    html_text(p->out, f->reference ? slice_str(f->reference) : SLICE(""));
    fputs("</td></tr>\n", p->out);
}

static void left_out(struct page *p, size_t n)
{
    if (n)
        fprintf(p->out,
                "<p>%zu more are not in this page; <code>fosip -T csv</code> lists all.</p>\n", n);
}

static void write_findings(struct page *p)
{
    size_t shown = 0, more = 0;

    fputs("<h2>Findings</h2>\n", p->out);
    for (size_t i = 0; i < p->a->findings.n; i++) {
        if (!report_selects_finding(p->a, &p->a->findings.v[i], &p->o->select))
            continue;
        if (shown == MOST_ROWS) {
            more++;
            continue;
        }
        if (!shown++)
            fputs("<div class=\"wide\"><table><tr><th>Severity</th><th>What</th>"
                  "<th>Where</th><th>Frames</th><th>Reference</th></tr>\n", p->out);
        write_finding(p, &p->a->findings.v[i]);
    }
    fputs(shown ? "</table></div>\n" : "<p>Nothing that calls for attention.</p>\n", p->out);
    left_out(p, more);
}

static void write_call_row(struct page *p, uint32_t i)
{
    const struct call *c = call_at(p->a->calls, i);
    char status[16] = "-";

    if (c->status)
        snprintf(status, sizeof status, "%u ", c->status);
    fprintf(p->out, "<tr><td class=\"n\"><a href=\"#call%u\">%u</a></td>", i + 1, i + 1);
    cell(p, slice_str(call_kind_name(c->kind)));
    cell(p, c->from.user.n ? c->from.user : c->from.uri);
    cell(p, c->to.user.n ? c->to.user : c->to.uri);
    cell(p, slice_str(call_state_name(c->state)));
    fprintf(p->out, "<td class=\"w\">%s", status);
    html_text(p->out, c->reason);
    fputs("</td>", p->out);
    seconds_cell(p, c->answer);
    seconds_cell(p, c->talk);
    cell(p, c->released_by ? slice_str(call_side_name(c->released_by)) : SLICE_EMPTY);
    fputs("</tr>\n", p->out);
}

static void write_calls(struct page *p)
{
    size_t shown = 0, more = 0;

    fputs("<h2>Calls</h2>\n", p->out);
    for (uint32_t i = 0; i < call_count(p->a->calls); i++) {
        if (!report_selects(p->a, i, &p->o->select))
            continue;
        if (shown == MOST_ROWS) {
            more++;
            continue;
        }
        if (!shown++)
            fputs("<div class=\"wide\"><table><tr><th class=\"n\">#</th><th>Kind</th><th>From</th>"
                  "<th>To</th><th>State</th><th>Status</th><th class=\"n\">Answer&nbsp;s</th>"
                  "<th class=\"n\">Talk&nbsp;s</th><th>Released&nbsp;by</th></tr>\n", p->out);
        write_call_row(p, i);
    }
    fputs(shown ? "</table></div>\n" : "<p>No calls.</p>\n", p->out);
    left_out(p, more);
}

static void write_stream_row(struct page *p, uint32_t i)
{
    struct stream_figures f;
    char src[ADDR_TEXT], dst[ADDR_TEXT];

    stream_figures(stream_at(p->a->streams, i), &f);
    fprintf(p->out, "<tr><td class=\"n\">%u</td><td>%s &rarr; %s<br><span class=\"dim\">SSRC "
                    "0x%08x</span></td>", i + 1, addr_text(&f.src, src), addr_text(&f.dst, dst),
            f.ssrc);
    cell(p, f.codec);
    fprintf(p->out, "<td class=\"n\">%" PRIu64 "</td>", f.packets);
    number_cell(p, f.loss_pct, 2);
    number_cell(p, f.delta_ms.max, 1);
    number_cell(p, f.jitter_ms.mean, 1);
    number_cell(p, f.jitter_ms.max, 1);
    number_cell(p, f.mos, 2);
    fputs("<td>", p->out);
    html_stream_chart(p->a, i, p->out);
    fputs("</td></tr>\n", p->out);
}

static void write_streams_head(struct page *p)
{
    fputs("<div class=\"wide\"><table><tr><th class=\"n\">#</th><th>Stream</th><th>Codec</th>"
          "<th class=\"n\">Packets</th><th class=\"n\">Loss&nbsp;%</th>"
          "<th class=\"n\">Delta&nbsp;max&nbsp;ms</th><th class=\"n\">Jitter&nbsp;ms</th>"
          "<th class=\"n\">max</th><th class=\"n\">MOS</th>"
          "<th>Jitter by second; loss in red</th></tr>\n", p->out);
}

static void write_streams(struct page *p, uint32_t number)
{
    const struct call *c = call_at(p->a->calls, number);
    size_t shown = 0;

    for (size_t i = 0; i < c->streams.n; i++) {
        if (!report_selects_stream(p->a, c->streams.v[i], &p->o->select))
            continue;
        if (!shown++)
            write_streams_head(p);
        if (shown <= MOST_ROWS)
            write_stream_row(p, c->streams.v[i]);
    }
    if (shown)
        fputs("</table></div>\n", p->out);
    left_out(p, shown > MOST_ROWS ? shown - MOST_ROWS : 0);
}

static void write_strays(struct page *p)
{
    size_t shown = 0;

    for (uint32_t i = 0; i < stream_count(p->a->streams); i++) {
        if (stream_call(stream_at(p->a->streams, i)) != CALL_NONE ||
            !report_selects_stream(p->a, i, &p->o->select))
            continue;
        if (!shown++) {
            fputs("<h2>Streams of no call</h2>\n", p->out);
            write_streams_head(p);
        }
        if (shown <= MOST_ROWS)
            write_stream_row(p, i);
    }
    if (shown)
        fputs("</table></div>\n", p->out);
    left_out(p, shown > MOST_ROWS ? shown - MOST_ROWS : 0);
}

static void write_call_title(struct page *p, uint32_t i)
{
    const struct call *c = call_at(p->a->calls, i);

    fprintf(p->out, "<h3 id=\"call%u\">Call %u: ", i + 1, i + 1);
    html_text(p->out, c->from.user.n ? c->from.user : c->from.uri);
    fputs(" &rarr; ", p->out);
    html_text(p->out, c->to.user.n ? c->to.user : c->to.uri);
    fprintf(p->out, ", %s", call_state_name(c->state));
    if (c->status) {
        fprintf(p->out, " %u ", c->status);
        html_text(p->out, c->reason);
    }
    fputs("</h3>\n<p class=\"dim\">Call-ID ", p->out);
    html_text(p->out, c->call_id);
    fputs("</p>\n", p->out);
}

/* A group of calls: its titles, its ladder, its streams. */
static int write_group(struct page *p, uint32_t first)
{
    struct ladder ladder;
    int r = ladder_layout(&ladder, p->a, first, !p->o->alone, &p->o->select);

    for (uint32_t i = first; r == 0 && i != CALL_NONE; i = ladder_next(&ladder, i))
        write_call_title(p, i);
    if (r == 0) {
        fputs("<div class=\"wide\">", p->out);
        r = html_ladder(&ladder, p->out);
        fputs("</div>\n", p->out);
    }
    for (uint32_t i = first; r == 0 && i != CALL_NONE; i = ladder_next(&ladder, i))
        write_streams(p, i);
    ladder_free(&ladder);
    return r;
}

static int write_groups(struct page *p)
{
    bool *drawn = calloc(call_count(p->a->calls) + 1, sizeof *drawn);
    size_t shown = 0, more = 0;
    int r = drawn ? 0 : -ENOMEM;

    fputs("<h2>Call flows and media</h2>\n", p->out);
    for (uint32_t i = 0; r == 0 && i < call_count(p->a->calls); i++) {
        uint32_t first = p->o->alone ? i : call_at(p->a->calls, i)->group;

        if (drawn[first] || !report_selects(p->a, i, &p->o->select))
            continue;
        drawn[first] = true;
        if (shown == MOST_LADDERS)
            more++;
        else if (++shown)
            r = write_group(p, first);
    }
    free(drawn);
    if (more)
        fprintf(p->out, "<p>%zu more call flows are not drawn: choose calls to see them.</p>\n",
                more);
    return r;
}

int report_html(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out)
{
    struct page p = {.a = a, .o = o, .out = out};
    int r;

    write_head(&p);
    write_capture(&p);
    write_findings(&p);
    write_calls(&p);
    r = write_groups(&p);
    if (r == 0)
        write_strays(&p);
    fprintf(out, "<p class=\"dim\">Made by fosip %s.</p>\n</body>\n</html>\n", fosip_version());
    return r;
}
