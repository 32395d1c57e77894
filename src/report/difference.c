/* Differences between two messages, and what elements changed in what they passed
 * on, as text and JSON. */
#include "report/difference.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "call/onward.h"
#include "report/grid.h"
#include "report/json.h"

enum { MOST_PAIRS = 256 }; /* of a call */

/* What is compared, and where it is told. */
struct telling {
    const struct fosip_analysis *a;
    const struct fosip_report_options *o;
    FILE *out;
    struct line line;
    struct sip_msg *before, *after;
    struct json *j;       /* as JSON: where to */
    bool body;            /* changes of the body, not of what stands before it */
    struct slice section; /* last one named */
    bool headers_alone;   /* and those left out that every element changes */
    bool other_call;
    bool any;
    struct onward pair;    /* --changes: named when the first change is told */
    const struct message *from, *to;
    bool named;
};

static bool open_telling(struct telling *t)
{
    t->before = malloc(sizeof *t->before);
    t->after = malloc(sizeof *t->after);
    return t->before && t->after;
}

static void close_telling(struct telling *t)
{
    free(t->before);
    free(t->after);
    line_free(&t->line);
}

/* What each proxy changes by the way (RFC 3261 §16.6), and a B2BUA in making a call
 * of its own. */
static bool is_usual(const struct sip_difference *d, bool other_call)
{
    switch (d->id) {
    case SIP_H_VIA:
    case SIP_H_MAX_FORWARDS:
    case SIP_H_ROUTE:
    case SIP_H_RECORD_ROUTE:
    case SIP_H_CONTENT_LENGTH:
        return true;
    case SIP_H_CALL_ID:
    case SIP_H_CSEQ:
        return other_call;
    default:
        return false;
    }
}

/* ---- text ----------------------------------------------------------------------- */

static void put_line(struct telling *t, char sign, struct slice name, struct slice text)
{
    if (!text.p)
        return;
    line_clear(&t->line);
    line_style(&t->line, sign == '-' ? style_bad(t->o) : style_good(t->o));
    line_printf(&t->line, "%c", sign);
    if (name.n) {
        line_add_foreign(&t->line, name, 0);
        line_add(&t->line, ": ");
    }
    line_add_foreign(&t->line, text, 0);
    line_style(&t->line, style_end(t->o));
    line_write(&t->line, t->out);
}

static void put_section(struct telling *t, struct slice section)
{
    if (!section.p || section.p == t->section.p)
        return;
    t->section = section;
    line_clear(&t->line);
    line_add(&t->line, " ");
    line_add_foreign(&t->line, section, 0);
    line_write(&t->line, t->out);
}

static void put_place(struct telling *t, const char *sign, const struct message *m,
                      const struct sip_msg *msg)
{
    const struct path *path = call_path(t->a->calls, m->path);
    char time[TEXT_TIME], src[ADDR_TEXT], dst[ADDR_TEXT];

    line_clear(&t->line);
    line_style(&t->line, style_title(t->o));
    line_printf(&t->line, "%s frame %llu  %s  %s -> %s  %s  ", sign, (unsigned long long)m->frame,
                text_time(t->o->time, m->time, t->a->first_time, t->a->first_time, time),
                addr_text(&path->src, src), addr_text(&path->dst, dst),
                net_transport_name(path->transport));
    if (!msg->request)
        line_printf(&t->line, "%u to ", msg->status);
    line_add_foreign(&t->line, msg->request ? msg->method_name : msg->cseq_name, 24);
    line_style(&t->line, style_end(t->o));
    line_write(&t->line, t->out);
}

static void put_places(struct telling *t)
{
    put_place(t, "---", t->from, t->before);
    put_place(t, "+++", t->to, t->after);
    t->section = SLICE_EMPTY;
}

static void tell_text(void *ctx, const struct sip_difference *d)
{
    struct telling *t = ctx;

    if (d->part == DIFFERENCE_BODY &&
        d->section.p != d->before.p && d->section.p != d->after.p)
        put_section(t, d->section);
    put_line(t, '-', d->name, d->before);
    put_line(t, '+', d->name, d->after);
}

/* The heading stands above the first change alone. */
static void tell_change(void *ctx, const struct sip_difference *d)
{
    struct telling *t = ctx;
    char by[ADDR_TEXT];

    if (t->headers_alone && (d->part == DIFFERENCE_BODY || is_usual(d, t->other_call)))
        return;
    if (!t->any) {
        fprintf(t->out, "%sCall %u ", t->named ? "\n" : "", t->pair.call + 1);
        if (t->other_call)
            fprintf(t->out, "went on as call %u ", t->pair.next_call + 1);
        fprintf(t->out, "at %s\n", addr_text(&t->pair.by, by));
        put_places(t);
    }
    t->any = t->named = true;
    tell_text(t, d);
}

/* ---- JSON ----------------------------------------------------------------------- */

static void open_change(struct telling *t)
{
    json_open(t->j, NULL);
    json_id(t->j, "call", model_call_id(t->a, t->pair.call));
    json_id(t->j, "message", t->pair.message);
    json_id(t->j, "next_call", model_call_id(t->a, t->pair.next_call));
    json_id(t->j, "next_message", t->pair.next);
    json_address(t->j, "by", &t->pair.by);
    json_list(t->j, "headers");
}

static void tell_json(void *ctx, const struct sip_difference *d)
{
    struct telling *t = ctx;

    if ((d->part == DIFFERENCE_BODY) != t->body ||
        (t->headers_alone && is_usual(d, t->other_call)))
        return;
    if (t->headers_alone && !t->any)
        open_change(t);
    t->any = true;
    json_open(t->j, NULL);
    if (t->body)
        json_text(t->j, "section", d->section);
    else
        json_text(t->j, "name", d->part == DIFFERENCE_HEADER ? d->name : SLICE_EMPTY);
    json_text(t->j, "before", d->before);
    json_text(t->j, "after", d->after);
    json_close(t->j);
}

static void tell_pair(struct telling *t, const struct onward *pair)
{
    t->pair = *pair;
    t->any = false;
    t->other_call = pair->call != pair->next_call;
    sip_compare(t->before, t->after, tell_json, t);
    if (!t->any)
        return;
    json_end(t->j);
    json_close(t->j);
}

static bool parse_pair(struct telling *t, const struct message *a, const struct message *b)
{
    return message_parse(a, t->before) && message_parse(b, t->after);
}

static const struct message *message_at(const struct fosip_analysis *a, uint32_t call,
                                        uint32_t message)
{
    return &call_at(a->calls, call)->messages.v[message];
}

void json_header_changes(struct json *j, const struct fosip_analysis *a, uint32_t call)
{
    struct telling t = {.a = a, .j = j, .headers_alone = true};
    struct onward *pairs = malloc(MOST_PAIRS * sizeof *pairs);
    size_t n = pairs && open_telling(&t) ? onward_read(a->calls, call, pairs, MOST_PAIRS) : 0;

    json_list(j, "header_changes");
    for (size_t i = 0; i < n; i++)
        if (parse_pair(&t, message_at(a, pairs[i].call, pairs[i].message),
                       message_at(a, pairs[i].next_call, pairs[i].next)))
            tell_pair(&t, &pairs[i]);
    json_end(j);
    close_telling(&t);
    free(pairs);
}

/* ---- messages --changes ------------------------------------------------------------ */

static bool selects(const struct telling *t, uint32_t call)
{
    return report_selects(t->a, call, &t->o->select);
}

static int compare_pair(struct telling *t, const struct onward *pair, unsigned *unchanged)
{
    int r;

    t->from = message_at(t->a, pair->call, pair->message);
    t->to = message_at(t->a, pair->next_call, pair->next);
    if (!parse_pair(t, t->from, t->to))
        return 0;
    t->pair = *pair;
    t->other_call = pair->call != pair->next_call;
    t->any = false;
    r = sip_compare(t->before, t->after, tell_change, t);
    *unchanged += !t->any;
    return r;
}

int report_changes(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out)
{
    struct telling t = {.a = a, .o = o, .out = out, .line = {.unicode = o->unicode},
                        .headers_alone = !o->verbose};
    struct onward *pairs = malloc(MOST_PAIRS * sizeof *pairs);
    int r = pairs && open_telling(&t) ? 0 : -ENOMEM;
    unsigned unchanged = 0;

    for (uint32_t i = 0; r == 0 && i < call_count(a->calls); i++) {
        size_t n = selects(&t, i) ? onward_read(a->calls, i, pairs, MOST_PAIRS) : 0;

        for (size_t k = 0; r == 0 && k < n; k++)
            r = compare_pair(&t, &pairs[k], &unchanged);
    }
    if (unchanged)
        fprintf(out, "%s%u message%s passed on with nothing changed but %s.\n",
                t.named ? "\n" : "", unchanged, unchanged == 1 ? " was" : "s were",
                o->verbose ? "white space" : "what every hop changes (-v shows that, too)");
    else if (!t.named)
        fputs("No message that was passed on.\n", out);
    close_telling(&t);
    free(pairs);
    return r;
}

/* ---- messages --diff --------------------------------------------------------------- */

/* The first message of that frame, among the chosen calls; NULL: none. */
static const struct message *in_frame(const struct fosip_analysis *a,
                                      const struct fosip_report_options *o, uint64_t frame)
{
    for (uint32_t i = 0; i < call_count(a->calls); i++) {
        const struct call *call = call_at(a->calls, i);

        if (!report_selects(a, i, &o->select))
            continue;
        for (size_t m = 0; m < call->messages.n; m++)
            if (call->messages.v[m].frame == frame)
                return &call->messages.v[m];
    }
    return NULL;
}

static int compare_as_json(struct telling *t, const struct message *a, const struct message *b)
{
    int r;

    t->j = json_new(t->out);
    if (!t->j)
        return -ENOMEM;
    json_open(t->j, NULL);
    json_list(t->j, "frames");
    json_count(t->j, NULL, a->frame);
    json_count(t->j, NULL, b->frame);
    json_end(t->j);
    json_list(t->j, "headers");
    r = sip_compare(t->before, t->after, tell_json, t);
    json_end(t->j);
    json_list(t->j, "body");
    t->body = true;
    if (r == 0)
        r = sip_compare(t->before, t->after, tell_json, t);
    json_end(t->j);
    json_close(t->j);
    json_raw(t->j, "\n");
    json_free(t->j);
    return r;
}

static int compare_frames(struct telling *t, const struct message *a, const struct message *b)
{
    if (t->o->format != FOSIP_TEXT && t->o->format != FOSIP_CSV)
        return compare_as_json(t, a, b);
    t->from = a;
    t->to = b;
    put_places(t);
    return sip_compare(t->before, t->after, tell_text, t);
}

int report_difference(const struct fosip_analysis *a, const struct fosip_report_options *o,
                      FILE *out, struct fosip_error *err)
{
    struct telling t = {.a = a, .o = o, .out = out, .line = {.unicode = o->unicode}};
    const struct message *before = in_frame(a, o, o->diff[0]);
    const struct message *after = in_frame(a, o, o->diff[1]);
    int r;

    if (!before || !after)
        return error_set(err, -EINVAL,
                         "--diff: frame %llu holds no SIP message of the chosen calls; "
                         "fosip messages lists the frames that do",
                         (unsigned long long)o->diff[before ? 1 : 0]);
    r = open_telling(&t) ? 0 : -ENOMEM;
    if (r == 0 && parse_pair(&t, before, after))
        r = compare_frames(&t, before, after);
    close_telling(&t);
    return r;
}
