/* The summary: what is in the capture, its calls, streams and findings. */
#include "analysis/fax.h"
#include "analysis/marking.h"
#include "analysis/nat.h"
#include "report/summary.h"

#include <errno.h>
#include <inttypes.h>

#include "base/time.h"
#include "report/grid.h"

static void heading(const char *text, const struct fosip_report_options *o, FILE *out)
{
    fprintf(out, "\n%s%s%s\n", style_title(o), text, style_end(o));
}

static void print_comment(const char *title, struct slice text,
                          const struct fosip_report_options *o, FILE *out)
{
    struct line line = {.unicode = o->unicode};

    line_printf(&line, "  %s: ", title);
    line_add_foreign(&line, text, 0);
    line_write(&line, out);
    line_free(&line);
}

/* What somebody wrote into the file, a line each. */
static void print_comments(const struct capture_file *f, const struct fosip_report_options *o,
                           FILE *out)
{
    enum { MOST = 20 };
    struct slice rest = slice_str(f->comment);

    while (rest.n) {
        const char *end = memchr(rest.p, '\n', rest.n);
        size_t n = end ? (size_t)(end - rest.p) : rest.n;

        print_comment("comment", slice_upto(rest, n), o, out);
        rest = slice_from(rest, end ? n + 1 : n);
    }
    for (size_t i = 0; i < f->packet_comment_count && i < MOST; i++) {
        char title[64];

        snprintf(title, sizeof title, "comment on packet %" PRIu64, f->packet_comments[i].packet);
        print_comment(title, slice_str(f->packet_comments[i].text), o, out);
    }
    if (f->packet_comment_count > MOST)
        fprintf(out, "  and %zu more comments on packets (-T json has them)\n",
                f->packet_comment_count - MOST);
}

static void print_files(const struct fosip_analysis *a, const struct fosip_report_options *o,
                        FILE *out)
{
    for (size_t i = 0; i < capture_file_count(a->capture); i++) {
        struct capture_file f = capture_file(a->capture, i);
        struct line line = {.unicode = o->unicode};

        line_add_foreign(&line, slice_str(f.path), 0);
        line_printf(&line, "  %s%s%s", f.format, f.compression ? ", " : "",
                    f.compression ? f.compression : "");
        for (size_t l = 0; l < f.link_count; l++) {
            const char *name = net_link_name(f.links[l]);

            if (name)
                line_printf(&line, ", %s", name);
            else
                line_printf(&line, ", link type %u (not decoded)", f.links[l]);
        }
        line_printf(&line, ", %" PRIu64 " packets", f.packets);
        line_write(&line, out);
        line_free(&line);
        print_comments(&f, o, out);
    }
}

static void print_counts(const struct fosip_analysis *a, FILE *out)
{
    const struct capture_counts *c = &a->counts;
    char text[TEXT_TIME];

    if (a->packets && time_is_known(a->first_time))
        fprintf(out, "%s, %.3f s\n", text_utc(a->first_time, text),
                (double)(a->last_time - a->first_time) / 1e9);
    fprintf(out, "SIP %" PRIu64 " (%" PRIu64 " requests, %" PRIu64 " responses", c->sip,
            c->sip_requests, c->sip_responses);
    if (c->sip_malformed)
        fprintf(out, ", %" PRIu64 " malformed", c->sip_malformed);
    fprintf(out, ")  RTP %" PRIu64 "  RTCP %" PRIu64 "  STUN %" PRIu64 "  other %" PRIu64, c->rtp,
            c->rtcp, c->stun, c->other);
    if (c->undecoded)
        fprintf(out, "  undecoded %" PRIu64, c->undecoded);
    putc('\n', out);
}

/* What became of the TLS connections, where there are any. */
static void print_tls(const struct net_tls_counts *c, FILE *out)
{
    static const char *const names[] = {
        "without data",        "decrypted",          "keys not known",
        "keys do not fit",     "handshake not whole", "cipher not supported",
        "built without OpenSSL"};
    uint64_t all = 0;
    bool any = false;

    for (unsigned i = 0; i < NET_TLS_OUTCOMES; i++)
        all += c->of[i];
    if (!all)
        return;
    fprintf(out, "TLS %" PRIu64 " connection%s (", all, all == 1 ? "" : "s");
    for (unsigned i = 0; i < NET_TLS_OUTCOMES; i++) {
        if (!c->of[i])
            continue;
        fprintf(out, "%s%" PRIu64 " %s", any ? ", " : "", c->of[i], names[i]);
        any = true;
    }
    fputs(")\n", out);
}

enum { KINDS = CALL_OTHER + 1 };

/* What all chosen calls are counted for, in one walk. */
struct totals {
    struct statistics statistics;
    struct participants participants;
    struct tally tally;
    size_t kinds[KINDS];
};

static int add_call(struct totals *t, const struct fosip_analysis *a, uint32_t i)
{
    statistics_add_call(a, i, false, &t->statistics);
    t->kinds[call_at(a->calls, i)->kind]++;
    if (participants_add(&t->participants, i) < 0)
        return -ENOMEM;
    return tally_add_call(&t->tally, i);
}

/* Of all that are chosen.  0 or -ENOMEM; `let_go` frees in any case. */
static int gather(struct totals *t, const struct fosip_analysis *a,
                  const struct fosip_report_options *o)
{
    int r = participants_open(&t->participants, a);

    if (r == 0)
        r = tally_begin(&t->tally, &t->participants);
    for (uint32_t i = 0; r == 0 && i < call_count(a->calls); i++) {
        call_ask_ahead(a->calls, i);
        if (report_selects(a, i, &o->select))
            r = add_call(t, a, i);
    }
    statistics_settle(&t->statistics);
    return r == 0 ? tally_settle(&t->tally) : r;
}

static void let_go(struct totals *t)
{
    tally_close(&t->tally);
    participants_close(&t->participants);
}

/* "; SDD 0.120 s" */
static void print_delay(const char *name, const struct spread *spread, FILE *out)
{
    if (spread->count)
        fprintf(out, "; %s %.3f s", name, (double)spread_mean(spread) / 1e9);
}

/* RFC 6076's ratios and mean delays, where there is more than one attempt to speak
 * of. */
static void print_measures(const struct statistics *s, FILE *out)
{
    if (s->attempts > 1) {
        fprintf(out, "%" PRIu64 " of %" PRIu64 " attempts answered", s->answered, s->attempts);
        if (s->ser == s->ser)
            fprintf(out, "; SER %.1f %%, SEER %.1f %%", s->ser, s->seer);
        fprintf(out, ", ISA %.1f %%, SCR %.1f %%", s->isa, s->scr);
        print_delay("SRD", &s->request_delay_ok, out);
        print_delay("SRD of failures", &s->request_delay_failed, out);
        print_delay("SDD", &s->disconnect_delay, out);
        print_delay("SDT", &s->duration, out);
        fputs(" (RFC 6076, means)\n", out);
    }
    if (s->registrations > 1) {
        fprintf(out, "%" PRIu64 " of %" PRIu64 " registrations succeeded; IRA %.1f %%",
                s->registrations - s->registrations_failed, s->registrations, s->ira);
        print_delay("RRD", &s->registration_delay, out);
        putc('\n', out);
    }
}

/* How many of each kind are not in the table of calls. */
static void print_other_kinds(const size_t counts[KINDS], FILE *out)
{
    static const char *const plurals[KINDS] = {"calls",    "registrations", "subscriptions",
                                               "publications", "message exchanges",
                                               "options exchanges", "other exchanges"};
    bool any = false;

    for (size_t k = CALL_REGISTRATION; k < KINDS; k++) {
        if (!counts[k])
            continue;
        fprintf(out, "%s%zu %s", any ? ", " : "Also ", counts[k],
                counts[k] == 1 ? call_kind_name((enum call_kind)k) : plurals[k]);
        any = true;
    }
    if (any)
        fputs(" (fosip calls --all lists them)\n", out);
}

static void print_finding(const struct fosip_analysis *a, const struct finding *f,
                          const struct fosip_report_options *o, FILE *out)
{
    const char *style = f->severity == FINDING_ERROR     ? style_bad(o)
                        : f->severity == FINDING_WARNING ? style_doubt(o)
                                                         : style_faint(o);
    struct line line = {.unicode = o->unicode};

    line_style(&line, style);
    line_add(&line, finding_severity_name(f->severity));
    line_style(&line, style_end(o));
    line_pad(&line, 9);
    if (f->call != CALL_NONE)
        line_printf(&line, "call %u  ", f->call + 1);
    else if (f->stream != CALL_NONE)
        line_printf(&line, "stream %u  ", f->stream + 1);
    line_add_foreign(&line, slice_str(f->text), 0);
    if (f->frame_count && f->message != CALL_NONE)
        line_printf(&line, "  (frame %" PRIu64 ")", f->frames[0]);
    line_write(&line, out);
    line_free(&line);
    (void)a;
}

static void print_findings(const struct fosip_analysis *a, const struct fosip_report_options *o,
                           FILE *out)
{
    bool any = false;

    for (size_t i = 0; i < a->findings.n; i++) {
        const struct finding *f = &a->findings.v[i];

        if (!report_selects_finding(a, f, &o->select))
            continue;
        if (!any)
            heading("Findings", o, out);
        any = true;
        print_finding(a, f, o, out);
    }
    if (!any)
        fputs("\nNo findings.\n", out);
}

/* Calls of H.323 are not in the list; the keys pressed in them are told. */
static void print_h323_keys(const struct fosip_analysis *a, FILE *out)
{
    char text[ADDR_TEXT];

    for (size_t i = 0; i < a->h323_keys.n; i++) {
        const struct h323_key *k = &a->h323_keys.v[i];
        bool same = i && addr_eq(&k->src, &a->h323_keys.v[i - 1].src);

        if (!same)
            fprintf(out, "%sKeys by H.245 (H.323) from %s: ", i ? "\n" : "",
                    addr_text(&k->src, text));
        fwrite(k->keys.keys, 1, k->keys.count, out);
    }
    if (a->h323_keys.n)
        putc('\n', out);
}

static const char *port_text(const struct net_addr *addr, char text[ADDR_TEXT])
{
    return addr->port ? addr_text(addr, text) : addr_ip_text(addr, text);
}

static void print_nat(const struct fosip_analysis *a, const struct fosip_report_options *o,
                      FILE *out)
{
    enum { MOST = 8 }; /* without --verbose */
    size_t count = nat_count(a->nat), rows = count > MOST && !o->verbose ? MOST : count;
    char inside[ADDR_TEXT], outside[ADDR_TEXT], server[ADDR_TEXT];

    if (count)
        heading("NAT bindings", o, out);
    for (size_t i = 0; i < rows; i++) {
        const struct nat_binding *b = nat_at(a->nat, i);

        fprintf(out, "%s <-> %s, towards %s (%s)\n", port_text(&b->inside, inside),
                port_text(&b->outside, outside), port_text(&b->server, server),
                b->evidence == NAT_BY_STUN ? "STUN" : "Via");
    }
    if (rows < count)
        fprintf(out, "%zu more (-v shows them)\n", count - rows);
}

static bool any_marked(const struct fosip_analysis *a)
{
    for (unsigned i = 1; i < NET_NO_DSCP; i++)
        if (a->counts.dscp[i])
            return true;
    return false;
}

/* Where none is marked there is nothing to tell. */
static void print_markings(const struct fosip_analysis *a, const struct fosip_report_options *o,
                           FILE *out)
{
    struct marked all[NET_NO_DSCP];

    if (!any_marked(a))
        return;
    markings_read(a, all);
    heading("DSCP", o, out);
    for (unsigned i = NET_NO_DSCP; i-- > 0;) {
        const char *name = net_dscp_name(i);

        if (!all[i].packets)
            continue;
        fprintf(out, "%2u %-11s  packets %" PRIu64, i, name ? name : "-", all[i].packets);
        if (all[i].sip)
            fprintf(out, "  SIP %" PRIu64, all[i].sip);
        if (all[i].rtp)
            fprintf(out, "  RTP %" PRIu64, all[i].rtp);
        putc('\n', out);
    }
}

static int print(const struct totals *t, const struct fosip_analysis *a,
                 const struct fosip_report_options *o, FILE *out)
{
    print_files(a, o, out);
    print_counts(a, out);
    print_tls(&a->tls, out);
    print_h323_keys(a, out);
    summary_totals(&t->statistics, out);
    heading("Calls", o, out);
    report_calls(a, o, out);
    print_measures(&t->statistics, out);
    if (!report_lists_kind(o, CALL_OTHER))
        print_other_kinds(t->kinds, out);
    if (summary_peers(&t->tally, o, out) < 0)
        return -ENOMEM;
    heading("Streams", o, out);
    report_streams(a, o, out);
    if (fax_count(a->faxes)) {
        heading("Faxes", o, out);
        report_faxes(a, o, out);
    }
    print_markings(a, o, out);
    print_nat(a, o, out);
    print_findings(a, o, out);
    return 0;
}

int report_summary(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out)
{
    struct totals totals = {.kinds = {0}};
    int r = gather(&totals, a, o);

    if (r == 0)
        r = print(&totals, a, o, out);
    let_go(&totals);
    return r;
}
