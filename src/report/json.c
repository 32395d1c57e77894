/* The JSON report: contract.md §2, written object by object, so that the whole
 * document is never in memory. */
#include "base/time.h"
#include "report/json.h"

#include <errno.h>

#include "analysis/statistics.h"
#include "analysis/tally.h"

/* A count that may be unknown. */
static struct json_object *json_known(int64_t n)
{
    return n < 0 ? NULL : json_object_new_int64(n);
}

static struct json_object *comments_array(const struct capture_file *f)
{
    struct json_object *array = json_object_new_array();

    for (size_t i = 0; i < f->packet_comment_count; i++) {
        struct json_object *o = json_object_new_object();

        json_add(o, "packet", json_object_new_int64((int64_t)f->packet_comments[i].packet));
        json_add(o, "text", json_text(slice_str(f->packet_comments[i].text)));
        json_object_array_add(array, o);
    }
    return array;
}

static struct json_object *file_object(const struct capture_file *f)
{
    struct json_object *o = json_object_new_object(), *links = json_object_new_array();

    for (size_t i = 0; i < f->link_count; i++) {
        const char *name = net_link_name(f->links[i]);
        char number[32];

        snprintf(number, sizeof number, "LINKTYPE_%u", f->links[i]);
        json_object_array_add(links, json_object_new_string(name ? name : number));
    }
    json_add(o, "path", json_text(slice_str(f->path)));
    json_add(o, "format", json_name(f->format));
    json_add(o, "compression", json_name(f->compression));
    json_add(o, "link_types", links);
    json_add(o, "packets", json_object_new_int64((int64_t)f->packets));
    json_add(o, "bytes", json_object_new_int64((int64_t)f->bytes));
    json_add(o, "dropped", json_known(f->dropped));
    json_add(o, "accepted", json_known(f->accepted));
    json_add(o, "backwards", json_object_new_int64((int64_t)f->backwards));
    json_add(o, "comment", json_text(slice_str(f->comment)));
    json_add(o, "packet_comments", comments_array(f));
    json_add(o, "problem", json_text(slice_str(f->problem)));
    return o;
}

static struct json_object *counts(const struct capture_counts *c)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "sip", json_object_new_int64((int64_t)c->sip));
    json_add(o, "sip_requests", json_object_new_int64((int64_t)c->sip_requests));
    json_add(o, "sip_responses", json_object_new_int64((int64_t)c->sip_responses));
    json_add(o, "sip_malformed", json_object_new_int64((int64_t)c->sip_malformed));
    json_add(o, "rtp", json_object_new_int64((int64_t)c->rtp));
    json_add(o, "rtcp", json_object_new_int64((int64_t)c->rtcp));
    json_add(o, "stun", json_object_new_int64((int64_t)c->stun));
    json_add(o, "other", json_object_new_int64((int64_t)c->other));
    json_add(o, "undecoded", json_object_new_int64((int64_t)c->undecoded));
    return o;
}

static struct json_object *tls_connections(const struct net_tls_counts *c)
{
    static const char *const names[] = {"opening",      "decrypted",     "no_keys",   "wrong_keys",
                                        "no_handshake", "not_supported", "no_library"};
    struct json_object *o = json_object_new_object();
    uint64_t all = 0;

    for (unsigned i = 0; i < NET_TLS_OUTCOMES; i++)
        all += c->of[i];
    json_add(o, "connections", json_object_new_int64((int64_t)all));
    for (unsigned i = 0; i < NET_TLS_OUTCOMES; i++)
        json_object_object_add(o, names[i], json_object_new_int64((int64_t)c->of[i]));
    return o;
}

struct json_object *json_capture(const struct fosip_analysis *a)
{
    struct json_object *o = json_object_new_object(), *files = json_object_new_array();

    for (size_t i = 0; i < capture_file_count(a->capture); i++) {
        struct capture_file f = capture_file(a->capture, i);

        json_object_array_add(files, file_object(&f));
    }
    json_add(o, "files", files);
    json_add(o, "packets", json_object_new_int64((int64_t)a->packets));
    json_add(o, "bytes", json_object_new_int64((int64_t)a->bytes));
    json_add(o, "first_time", a->packets ? json_time(a->first_time) : NULL);
    json_add(o, "last_time", a->packets ? json_time(a->last_time) : NULL);
    json_add(o, "duration_s",
             a->packets ? json_seconds(time_between(a->first_time, a->last_time)) : NULL);
    json_add(o, "counts", counts(&a->counts));
    json_add(o, "tls", tls_connections(&a->tls));
    json_add(o, "h245_dtmf", json_h323_keys(a));
    return o;
}

struct json_object *json_finding(const struct fosip_analysis *a, const struct finding *f)
{
    struct json_object *o = json_object_new_object(), *frames = json_object_new_array();

    for (unsigned i = 0; i < f->frame_count; i++)
        json_object_array_add(frames, json_object_new_int64((int64_t)f->frames[i]));
    json_add(o, "rule", json_name(f->rule));
    json_add(o, "severity", json_name(finding_severity_name(f->severity)));
    json_add(o, "call", json_id(f->call));
    json_add(o, "stream", json_id(f->stream));
    json_add(o, "message", json_id(f->message));
    json_add(o, "frames", frames);
    json_add(o, "time", f->frame_count || f->call != CALL_NONE ? json_time(f->time) : NULL);
    json_add(o, "text", json_text(slice_str(f->text)));
    json_add(o, "reference", json_name(f->reference));
    (void)a;
    return o;
}

enum { PLAIN = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE };

/* Writes one object and lets it go. */
static void put(struct json_object *o, FILE *out)
{
    size_t n;
    const char *text = json_object_to_json_string_length(o, PLAIN, &n);

    if (text)
        fwrite(text, 1, n, out);
    json_object_put(o);
}

/* The document: members are lists whose objects come one by one. */
struct writer {
    const struct fosip_analysis *a;
    const struct fosip_report_options *o;
    FILE *out;
    bool lines;   /* NDJSON */
    bool first;   /* of the list */
};

static void begin_list(struct writer *w, const char *name)
{
    w->first = true;
    if (!w->lines)
        fprintf(w->out, ",\n\"%s\":[", name);
}

static void item(struct writer *w, struct json_object *o, const char *type)
{
    if (w->lines)
        json_object_object_add(o, "type", json_object_new_string(type));
    else
        fputs(w->first ? "\n" : ",\n", w->out);
    put(o, w->out);
    if (w->lines)
        putc('\n', w->out);
    w->first = false;
}

static void end_list(struct writer *w)
{
    if (!w->lines)
        fputs(w->first ? "]" : "\n]", w->out);
}

static bool selects(const struct writer *w, uint32_t call)
{
    return report_selects(w->a, call, &w->o->select);
}

static void calls(struct writer *w, const struct fosip_select *messages)
{
    begin_list(w, "calls");
    for (uint32_t i = 0; i < call_count(w->a->calls); i++)
        if (selects(w, i))
            item(w, json_call(w->a, i, messages), "call");
    end_list(w);
}

static void streams(struct writer *w)
{
    begin_list(w, "streams");
    for (uint32_t i = 0; i < stream_count(w->a->streams); i++)
        if (report_selects_stream(w->a, i, &w->o->select))
            item(w, json_stream(w->a, i), "stream");
    end_list(w);
}

static bool is_selected(void *ctx, uint32_t call)
{
    return selects(ctx, call);
}

static void participants(struct writer *w, const struct tally *tally)
{
    const struct participants *p = tally->participants;

    begin_list(w, "participants");
    for (uint32_t i = 0; i < p->v.n; i++)
        if (p->v.v[i].addr.family != NET_UNKNOWN)
            item(w, json_participant(tally, i), "participant");
    end_list(w);
}

static void statistics(struct writer *w, const struct tally *tally)
{
    struct statistics s;

    statistics_read(w->a, is_selected, w, true, &s);
    if (w->lines) {
        item(w, json_statistics(&s, tally), "statistics");
        return;
    }
    fputs(",\n\"statistics\":", w->out);
    put(json_statistics(&s, tally), w->out);
}

/* Who took part in the calls that are chosen, and how many messages of which kind. */
static int peers(struct writer *w, bool with_statistics)
{
    struct participants p;
    struct tally tally = {.participants = &p};
    int r = participants_open(&p, w->a);

    for (uint32_t i = 0; r == 0 && i < call_count(w->a->calls); i++)
        if (selects(w, i))
            r = participants_add(&p, i);
    if (r == 0)
        r = tally_open(&tally, &p, is_selected, w);
    if (r == 0) {
        participants(w, &tally);
        if (with_statistics)
            statistics(w, &tally);
    }
    tally_close(&tally);
    participants_close(&p);
    return r;
}

static void findings(struct writer *w)
{
    begin_list(w, "findings");
    for (size_t i = 0; i < w->a->findings.n; i++)
        if (report_selects_finding(w->a, &w->a->findings.v[i], &w->o->select))
            item(w, json_finding(w->a, &w->a->findings.v[i]), "finding");
    end_list(w);
}

static void head(struct writer *w)
{
    struct json_object *generator;

    if (w->lines) {
        item(w, json_capture(w->a), "capture");
        return;
    }
    generator = json_object_new_object();
    json_add(generator, "name", json_object_new_string("fosip"));
    json_add(generator, "version", json_object_new_string(fosip_version()));
    fputs("{\"schema\":\"fosip/1\",\n\"generator\":", w->out);
    put(generator, w->out);
    fputs(",\n\"capture\":", w->out);
    put(json_capture(w->a), w->out);
}

int report_json(const struct fosip_analysis *a, enum fosip_report report,
                const struct fosip_report_options *o, FILE *out)
{
    struct writer w = {.a = a, .o = o, .out = out, .lines = o->format == FOSIP_NDJSON};
    int r = 0;

    head(&w);
    if (report != FOSIP_STREAMS)
        calls(&w, report == FOSIP_MESSAGES ? &o->select : NULL);
    if (report == FOSIP_SUMMARY || report == FOSIP_STREAMS || report == FOSIP_LADDER)
        streams(&w);
    if (report == FOSIP_SUMMARY || report == FOSIP_CALLS)
        findings(&w);
    if (report != FOSIP_STREAMS)
        r = peers(&w, report == FOSIP_SUMMARY || report == FOSIP_CALLS);
    if (!w.lines)
        fputs("}\n", out);
    return r;
}
