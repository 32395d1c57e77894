/* The JSON report: contract.md §2, written object by object, so that the whole
 * document is never in memory. */
#include "base/time.h"
#include "report/json.h"

#include <errno.h>
#include <stdlib.h>

#include "analysis/statistics.h"
#include "analysis/tally.h"
#include "base/error.h"

/* A count that may be unknown. */
static void known(struct json *j, const char *key, int64_t n)
{
    if (n < 0)
        json_null(j, key);
    else
        json_int(j, key, n);
}

static void comments(struct json *j, const struct capture_file *f)
{
    json_list(j, "packet_comments");
    for (size_t i = 0; i < f->packet_comment_count; i++) {
        json_open(j, NULL);
        json_count(j, "packet", f->packet_comments[i].packet);
        json_text(j, "text", slice_str(f->packet_comments[i].text));
        json_close(j);
    }
    json_end(j);
}

static void file_object(struct json *j, const struct capture_file *f)
{
    char number[32];

    json_open(j, NULL);
    json_text(j, "path", slice_str(f->path));
    json_name(j, "format", f->format);
    json_name(j, "compression", f->compression);
    json_list(j, "link_types");
    for (size_t i = 0; i < f->link_count; i++) {
        const char *name = net_link_name(f->links[i]);

        snprintf(number, sizeof number, "LINKTYPE_%u", f->links[i]);
        json_name(j, NULL, name ? name : number);
    }
    json_end(j);
    json_count(j, "packets", f->packets);
    json_count(j, "bytes", f->bytes);
    known(j, "dropped", f->dropped);
    known(j, "accepted", f->accepted);
    json_count(j, "backwards", f->backwards);
    json_text(j, "comment", slice_str(f->comment));
    comments(j, f);
    json_text(j, "problem", slice_str(f->problem));
    json_close(j);
}

static void counts(struct json *j, const struct capture_counts *c)
{
    json_open(j, "counts");
    json_count(j, "sip", c->sip);
    json_count(j, "sip_requests", c->sip_requests);
    json_count(j, "sip_responses", c->sip_responses);
    json_count(j, "sip_malformed", c->sip_malformed);
    json_count(j, "rtp", c->rtp);
    json_count(j, "rtcp", c->rtcp);
    json_count(j, "stun", c->stun);
    json_count(j, "other", c->other);
    json_count(j, "undecoded", c->undecoded);
    json_close(j);
}

static void tls_connections(struct json *j, const struct net_tls_counts *c)
{
    static const char *const names[] = {"opening",      "decrypted",     "no_keys",   "wrong_keys",
                                        "no_handshake", "not_supported", "no_library"};
    uint64_t all = 0;

    for (unsigned i = 0; i < NET_TLS_OUTCOMES; i++)
        all += c->of[i];
    json_open(j, "tls");
    json_count(j, "connections", all);
    for (unsigned i = 0; i < NET_TLS_OUTCOMES; i++)
        json_count(j, names[i], c->of[i]);
    json_close(j);
}

void json_capture(struct json *j, const struct fosip_analysis *a)
{
    json_list(j, "files");
    for (size_t i = 0; i < capture_file_count(a->capture); i++) {
        struct capture_file f = capture_file(a->capture, i);

        file_object(j, &f);
    }
    json_end(j);
    json_count(j, "packets", a->packets);
    json_count(j, "bytes", a->bytes);
    json_time(j, "first_time", a->packets ? a->first_time : -1);
    json_time(j, "last_time", a->packets ? a->last_time : -1);
    json_seconds(j, "duration_s",
                 a->packets ? time_between(a->first_time, a->last_time) : TIME_NO_SPAN);
    counts(j, &a->counts);
    tls_connections(j, &a->tls);
    json_markings(j, a);
    json_h323_keys(j, a);
    json_fax(j, a, CALL_NONE);
    json_nat(j, a);
}

void json_finding(struct json *j, const struct fosip_analysis *a, const struct finding *f)
{
    json_name(j, "rule", f->rule);
    json_name(j, "severity", finding_severity_name(f->severity));
    json_id(j, "call", model_call_id(a, f->call));
    json_id(j, "stream", model_stream_id(a, f->stream));
    json_id(j, "message", f->message);
    json_list(j, "frames");
    for (unsigned i = 0; i < f->frame_count; i++)
        json_count(j, NULL, f->frames[i]);
    json_end(j);
    json_time(j, "time", f->frame_count || f->call != CALL_NONE ? f->time : -1);
    json_text(j, "text", slice_str(f->text));
    json_name(j, "reference", f->reference);
}

/* The document: members are lists whose objects come one by one. */
struct writer {
    const struct fosip_analysis *a;
    const struct fosip_report_options *o;
    const struct fosip_select *messages; /* of the calls; NULL: all */
    const struct tally *tally;           /* of the participants */
    struct json *j;
    bool lines; /* NDJSON */
};

static void begin_list(struct writer *w, const char *name)
{
    if (w->lines)
        return;
    json_raw(w->j, ",\n");
    w->j->follows = false;
    json_list(w->j, name);
}

/* Each object begins a line. */
static void begin_item(struct writer *w)
{
    if (!w->lines) {
        json_open_line(w->j);
        return;
    }
    w->j->follows = false;
    json_open(w->j, NULL);
}

static void end_item(struct writer *w, const char *type)
{
    if (w->lines)
        json_name(w->j, "type", type);
    json_close(w->j);
    if (w->lines)
        json_raw(w->j, "\n");
}

static void end_list(struct writer *w)
{
    if (w->lines)
        return;
    if (w->j->follows)
        json_raw(w->j, "\n");
    json_end(w->j);
}

static bool selects(const struct writer *w, uint32_t call)
{
    return report_selects(w->a, call, &w->o->select);
}

static void write_call(const void *ctx, struct json *j, uint32_t i)
{
    struct writer w = *(const struct writer *)ctx;

    if (!selects(&w, i))
        return;
    w.j = j;
    begin_item(&w);
    json_call(j, w.a, i, w.messages);
    end_item(&w, "call");
}

static size_t weight_of_call(const void *ctx, uint32_t i)
{
    const struct writer *w = ctx;

    return 1 + call_at(w->a->calls, i)->messages.n;
}

static void calls(struct writer *w, struct json_task *task)
{
    struct json_items items = {(uint32_t)call_count(w->a->calls), weight_of_call, write_call,
                               w};

    begin_list(w, "calls");
    json_write_items(w->j, &items, w->o->threads, task);
    end_list(w);
}

static void write_stream(const void *ctx, struct json *j, uint32_t i)
{
    struct writer w = *(const struct writer *)ctx;

    if (!report_selects_stream(w.a, i, &w.o->select))
        return;
    w.j = j;
    begin_item(&w);
    json_stream(j, w.a, i);
    end_item(&w, "stream");
}

static size_t weight_of_stream(const void *ctx, uint32_t i)
{
    (void)ctx;
    (void)i;
    return 4;
}

static void streams(struct writer *w)
{
    struct json_items items = {(uint32_t)stream_count(w->a->streams), weight_of_stream,
                               write_stream, w};

    begin_list(w, "streams");
    json_write_items(w->j, &items, w->o->threads, NULL);
    end_list(w);
}

/* Of items that are short. */
static size_t weight_of_one(const void *ctx, uint32_t i)
{
    (void)ctx;
    (void)i;
    return 1;
}

static void write_participant(const void *ctx, struct json *j, uint32_t i)
{
    struct writer w = *(const struct writer *)ctx;

    if (w.tally->participants->v.v[i].addr.family == NET_UNKNOWN)
        return;
    w.j = j;
    begin_item(&w);
    json_participant(j, w.tally, i);
    end_item(&w, "participant");
}

static void participants(struct writer *w)
{
    struct json_items items = {(uint32_t)w->tally->participants->v.n, weight_of_one,
                               write_participant, w};

    begin_list(w, "participants");
    json_write_items(w->j, &items, w->o->threads, NULL);
    end_list(w);
}

static void write_finding(const void *ctx, struct json *j, uint32_t i)
{
    struct writer w = *(const struct writer *)ctx;
    const struct finding *f = &w.a->findings.v[i];

    if (!report_selects_finding(w.a, f, &w.o->select))
        return;
    w.j = j;
    begin_item(&w);
    json_finding(j, w.a, f);
    end_item(&w, "finding");
}

static void findings(struct writer *w)
{
    struct json_items items = {(uint32_t)w->a->findings.n, weight_of_one, write_finding, w};

    begin_list(w, "findings");
    json_write_items(w->j, &items, w->o->threads, NULL);
    end_list(w);
}

/* A member that is no list: its own line in NDJSON. */
static void begin_member(struct writer *w, const char *name)
{
    if (w->lines) {
        begin_item(w);
        return;
    }
    json_raw(w->j, ",\n");
    w->j->follows = false;
    json_open(w->j, name);
}

static void end_member(struct writer *w, const char *type)
{
    if (w->lines)
        end_item(w, type);
    else
        json_close(w->j);
}

static bool is_selected(void *ctx, uint32_t call)
{
    return selects(ctx, call);
}

/* Who took part in the calls that are chosen, how many messages of which kind there were,
 * and the measures of these calls: gathered, then written. */
struct gathered {
    struct participants participants;
    struct tally tally;
    struct statistics statistics;
    unsigned kept_types;   /* of bodies in the statistics, whose names are in: */
    struct arena arena;
};

static int gather(struct writer *w, struct gathered *g)
{
    int r = 0;

    for (uint32_t i = 0; r == 0 && i < call_count(w->a->calls); i++)
        if (selects(w, i))
            r = participants_add(&g->participants, i);
    if (r == 0)
        r = tally_add(&g->tally, is_selected, w);
    statistics_add(w->a, is_selected, w, true, &g->statistics);
    return r;
}

static int write_gathered(struct writer *w, struct gathered *g, bool with_statistics)
{
    int r = tally_settle(&g->tally);

    if (r < 0)
        return r;
    w->tally = &g->tally;
    participants(w);
    if (!with_statistics)
        return 0;
    statistics_settle(&g->statistics);
    begin_member(w, "statistics");
    json_statistics(w->j, &g->statistics, &g->tally);
    end_member(w, "statistics");
    return 0;
}

static void let_go_gathered(struct gathered *g)
{
    tally_close(&g->tally);
    participants_close(&g->participants);
    arena_free(&g->arena);
}

static bool has_statistics(enum fosip_report report)
{
    return report == FOSIP_SUMMARY || report == FOSIP_CALLS;
}

/* They need no more than the model, and are gathered while the calls are written. */
struct peers {
    struct writer writer;
    struct gathered gathered;
    int result;
};

static void gather_peers(void *ctx)
{
    struct peers *p = ctx;
    struct gathered *g = &p->gathered;

    p->result = participants_open(&g->participants, p->writer.a);
    if (p->result == 0)
        p->result = tally_begin(&g->tally, &g->participants);
    if (p->result == 0)
        p->result = gather(&p->writer, g);
}

static int write_peers(struct peers *p, struct writer *w, enum fosip_report report)
{
    int r = p->result < 0 ? p->result : write_gathered(w, &p->gathered, has_statistics(report));

    let_go_gathered(&p->gathered);
    return r;
}

static void head(struct writer *w)
{
    if (!w->lines) {
        json_open(w->j, NULL);
        json_name(w->j, "schema", "fosip/1");
        begin_member(w, "generator");
        json_name(w->j, "name", "fosip");
        json_name(w->j, "version", fosip_version());
        end_member(w, "generator");
    }
    begin_member(w, "capture");
    json_capture(w->j, w->a);
    end_member(w, "capture");
}

/* The task is done meanwhile; where calls are written, that is. */
static void lists(struct writer *w, enum fosip_report report, struct json_task *task)
{
    w->messages = report == FOSIP_MESSAGES ? &w->o->select : NULL;
    if (report != FOSIP_STREAMS)
        calls(w, task);
    if (report == FOSIP_SUMMARY || report == FOSIP_STREAMS || report == FOSIP_LADDER)
        streams(w);
    if (report == FOSIP_SUMMARY || report == FOSIP_CALLS)
        findings(w);
}

static int write_report(struct writer *w, enum fosip_report report)
{
    struct peers peers = {.writer = *w};
    struct json_task task = {gather_peers, &peers};
    int r = 0;

    head(w);
    lists(w, report, &task);
    if (report != FOSIP_STREAMS)
        r = write_peers(&peers, w, report);
    if (!w->lines)
        json_raw(w->j, "}\n");
    return r;
}

int report_json(const struct fosip_analysis *a, enum fosip_report report,
                const struct fosip_report_options *o, FILE *out)
{
    struct writer w = {.a = a, .o = o, .j = json_new(out), .lines = o->format == FOSIP_NDJSON};
    int r;

    if (!w.j)
        return -ENOMEM;
    r = write_report(&w, report);
    json_free(w.j);
    return r;
}

/* ---- in parts -------------------------------------------------------------------- */

struct fosip_lines {
    enum fosip_report report;
    struct fosip_report_options options;
    FILE *out;
    struct writer writer;
    struct gathered gathered;
};

struct fosip_lines *fosip_lines_new(enum fosip_report report,
                                    const struct fosip_report_options *options, FILE *out)
{
    struct fosip_lines *l = calloc(1, sizeof *l);

    if (!l)
        return NULL;
    l->report = report;
    l->options = *options;
    l->out = out;
    l->writer = (struct writer){.o = &l->options, .j = json_new(out), .lines = true};
    participants_begin(&l->gathered.participants);
    if (l->writer.j && tally_begin(&l->gathered.tally, &l->gathered.participants) == 0)
        return l;
    fosip_lines_free(l);
    return NULL;
}

void fosip_lines_free(struct fosip_lines *l)
{
    if (!l)
        return;
    if (l->writer.j)
        json_free(l->writer.j);
    let_go_gathered(&l->gathered);
    free(l);
}

/* Names of bodies stand in messages that will be gone. */
static void keep_types(struct gathered *g)
{
    for (; g->kept_types < g->statistics.body_types; g->kept_types++) {
        struct slice *type = &g->statistics.bodies[g->kept_types].type;

        *type = type->n ? arena_dup(&g->arena, *type) : SLICE_EMPTY;
    }
}

static int write_part(struct fosip_lines *l, const struct fosip_analysis *part)
{
    struct writer *w = &l->writer;
    int r = report_choose(part, &l->options.select, l->report != FOSIP_STREAMS);

    w->a = part;
    if (r < 0)
        return r;
    lists(w, l->report, NULL);
    if (l->report == FOSIP_STREAMS)
        return 0;
    r = participants_go_on(&l->gathered.participants, part);
    if (r == 0)
        r = gather(w, &l->gathered);
    keep_types(&l->gathered);
    return r;
}

/* The capture and what was gathered come last. */
static int write_end(struct fosip_lines *l)
{
    struct writer *w = &l->writer;

    head(w);
    return l->report == FOSIP_STREAMS
               ? 0
               : write_gathered(w, &l->gathered, has_statistics(l->report));
}

static int settle(struct fosip_lines *l, int r, struct fosip_error *err)
{
    json_flush(l->writer.j);
    if (r < 0)
        return error_set(err, r, "not enough memory for the report");
    return report_flushed(l->out, err);
}

int fosip_lines_part(struct fosip_lines *l, const struct fosip_analysis *part,
                     struct fosip_error *err)
{
    return settle(l, write_part(l, part), err);
}

int fosip_lines_end(struct fosip_lines *l, const struct fosip_analysis *rest,
                    struct fosip_error *err)
{
    int r = write_part(l, rest);

    return settle(l, r < 0 ? r : write_end(l), err);
}
