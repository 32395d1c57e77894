/* The door to all reports, and which calls they are about. */
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "filter/filter.h"
#include "report/difference.h"

int report_choose(const struct fosip_analysis *a, const struct fosip_select *s, bool whole)
{
    return s->filter ? filter_apply(s->filter, a, whole) : 0;
}

static bool matches(struct slice s, const char *part)
{
    return slice_icontains(s, slice_str(part));
}

static bool matches_party(const struct party *p, const char *part)
{
    return matches(p->user, part) || matches(p->uri, part) || matches(p->display, part);
}

static bool is_number_of(const char *text, uint32_t call)
{
    uint32_t number;

    return slice_u32(slice_str(text), &number) && number == call + 1;
}

/* By Call-ID and users. */
static bool chosen_by_options(const struct fosip_analysis *a, uint32_t number,
                              const struct fosip_select *s)
{
    const struct call *call;

    if (!s->call_id && !s->from && !s->to && !s->user)
        return true;
    call = number == CALL_NONE ? NULL : call_at(a->calls, number);
    if (!call)
        return false;
    if (s->call_id && !slice_eq(call->call_id, slice_str(s->call_id)) &&
        !is_number_of(s->call_id, model_call_id(a, number)))
        return false;
    if (s->from && !matches_party(&call->from, s->from))
        return false;
    if (s->to && !matches_party(&call->to, s->to))
        return false;
    return !s->user || matches_party(&call->from, s->user) || matches_party(&call->to, s->user) ||
           matches(call->request_uri, s->user);
}

bool report_selects(const struct fosip_analysis *a, uint32_t number,
                    const struct fosip_select *s)
{
    return chosen_by_options(a, number, s) &&
           (!s->filter ||
            (number != CALL_NONE && filter_chooses_call(s->filter, number)));
}

bool report_selects_message(const struct fosip_analysis *a, uint32_t call, uint32_t message,
                            const struct fosip_select *s)
{
    return report_selects(a, call, s) &&
           (!s->filter || filter_chooses_message(s->filter, call, message));
}

static bool is_of_transaction(const struct call *call, uint32_t number, const char *want)
{
    return number != CALL_NONE &&
           (is_number_of(want, number) ||
            slice_eq(call->transactions.v[number].branch, slice_str(want)));
}

static bool is_of_dialog(const struct call *call, uint32_t number, const char *want)
{
    return number != CALL_NONE &&
           (is_number_of(want, number) ||
            slice_eq(call->dialogs.v[number].local_tag, slice_str(want)) ||
            slice_eq(call->dialogs.v[number].remote_tag, slice_str(want)));
}

/* Of a transaction that has messages of the dialog, those without one belong to it,
 * too. */
static int add_beginnings(const struct call *call, bool *chosen)
{
    bool *has = calloc(call->transactions.n + 1, sizeof *has);

    if (!has)
        return -ENOMEM;
    for (size_t i = 0; i < call->messages.n; i++)
        if (chosen[i] && call->messages.v[i].transaction != CALL_NONE)
            has[call->messages.v[i].transaction] = true;
    for (size_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];

        if (m->dialog == CALL_NONE && m->transaction != CALL_NONE && has[m->transaction])
            chosen[i] = true;
    }
    free(has);
    return 0;
}

int report_chosen_messages(const struct call *call, const struct fosip_select *s, bool **chosen)
{
    int r = 0;

    *chosen = NULL;
    if (!s->transaction && !s->dialog)
        return 0;
    *chosen = calloc(call->messages.n + 1, sizeof **chosen);
    if (!*chosen)
        return -ENOMEM;
    for (size_t i = 0; s->dialog && i < call->messages.n; i++)
        (*chosen)[i] = is_of_dialog(call, call->messages.v[i].dialog, s->dialog);
    if (s->dialog)
        r = add_beginnings(call, *chosen);
    for (size_t i = 0; s->transaction && i < call->messages.n; i++)
        (*chosen)[i] = ((*chosen)[i] || !s->dialog) &&
                       is_of_transaction(call, call->messages.v[i].transaction, s->transaction);
    return r;
}

static bool is_ssrc(const char *text, uint32_t ssrc)
{
    char *end;
    unsigned long long x = strtoull(text, &end, 0);

    return *text && !*end && x == ssrc;
}

bool report_selects_stream(const struct fosip_analysis *a, uint32_t number,
                           const struct fosip_select *s)
{
    const struct stream *stream = stream_at(a->streams, number);

    if (s->stream && !is_number_of(s->stream, model_stream_id(a, number)))
        return false;
    if (s->ssrc && !is_ssrc(s->ssrc, stream_ssrc(stream)))
        return false;
    if (s->filter && !filter_chooses_stream(s->filter, number))
        return false;
    return chosen_by_options(a, stream_call(stream), s);
}

/* Where streams are chosen, what is about none of them is left out. */
bool report_selects_finding(const struct fosip_analysis *a, const struct finding *f,
                            const struct fosip_select *s)
{
    if (s->filter && !filter_chooses_finding(s->filter, (uint32_t)(f - a->findings.v)))
        return false;
    if (!s->stream && !s->ssrc)
        return chosen_by_options(a, f->call, s);
    return f->stream != CALL_NONE && report_selects_stream(a, f->stream, s);
}

bool report_lists_kind(const struct fosip_report_options *o, uint8_t kind)
{
    const struct fosip_filter *filter = o->select.filter;

    return kind == CALL_CALL || o->all || (filter && !filter_chooses_kind(filter, CALL_CALL));
}

int report_flushed(FILE *out, struct fosip_error *err)
{
    if (fflush(out) != 0 || ferror(out))
        return error_set(err, -EIO, "writing the report failed: %s", strerror(errno));
    return 0;
}

static int report_drawn(const struct fosip_analysis *a, const struct fosip_report_options *o,
                        FILE *out, struct fosip_error *err)
{
    int r = report_image(a, o, out, err);

    return r < 0 ? r : report_flushed(out, err);
}

typedef int text_report(const struct fosip_analysis *, const struct fosip_report_options *,
                        FILE *);

int fosip_report(const struct fosip_analysis *a, enum fosip_report report,
                 const struct fosip_report_options *o, FILE *out, struct fosip_error *err)
{
    static text_report *const text[] = {
        [FOSIP_SUMMARY] = report_summary, [FOSIP_CALLS] = report_calls,
        [FOSIP_MESSAGES] = report_messages, [FOSIP_STREAMS] = report_streams,
        [FOSIP_LADDER] = report_ladder,     [FOSIP_HTML] = report_html,
    };
    int r = report_choose(a, &o->select, report != FOSIP_STREAMS);

    if (r < 0)
        return error_set(err, r, "not enough memory for the filter");
    if (o->format >= FOSIP_SVG)
        return report == FOSIP_LADDER
                   ? report_drawn(a, o, out, err)
                   : error_set(err, -EINVAL, "only a ladder can be drawn as a picture");
    if (report == FOSIP_MESSAGES && o->diff[0])
        r = report_difference(a, o, out, err);
    else if (report == FOSIP_MESSAGES && o->changes && o->format == FOSIP_TEXT)
        r = report_changes(a, o, out);
    else if (o->format == FOSIP_CSV)
        r = report_csv(a, report, o, out);
    else
        r = o->format == FOSIP_TEXT ? text[report](a, o, out) : report_json(a, report, o, out);
    if (r == -EINVAL)
        return r;
    if (r < 0)
        return error_set(err, r, "not enough memory for the report");
    return report_flushed(out, err);
}
