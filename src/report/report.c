/* The door to all reports, and which calls they are about. */
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

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

bool report_selects(const struct fosip_analysis *a, uint32_t number,
                    const struct fosip_select *s)
{
    const struct call *call;

    if (!s->call_id && !s->from && !s->to && !s->user)
        return true;
    call = number == CALL_NONE ? NULL : call_at(a->calls, number);
    if (!call)
        return false;
    if (s->call_id && !slice_eq(call->call_id, slice_str(s->call_id)) &&
        !is_number_of(s->call_id, number))
        return false;
    if (s->from && !matches_party(&call->from, s->from))
        return false;
    if (s->to && !matches_party(&call->to, s->to))
        return false;
    return !s->user || matches_party(&call->from, s->user) || matches_party(&call->to, s->user) ||
           matches(call->request_uri, s->user);
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

    if (s->stream && !is_number_of(s->stream, number))
        return false;
    if (s->ssrc && !is_ssrc(s->ssrc, stream_ssrc(stream)))
        return false;
    return report_selects(a, stream_call(stream), s);
}

/* Where streams are chosen, what is about none of them is left out. */
bool report_selects_finding(const struct fosip_analysis *a, const struct finding *f,
                            const struct fosip_select *s)
{
    if (!s->stream && !s->ssrc)
        return report_selects(a, f->call, s);
    return f->stream != CALL_NONE && report_selects_stream(a, f->stream, s);
}

typedef int text_report(const struct fosip_analysis *, const struct fosip_report_options *,
                        FILE *);

int fosip_report(const struct fosip_analysis *a, enum fosip_report report,
                 const struct fosip_report_options *o, FILE *out, struct fosip_error *err)
{
    static text_report *const text[] = {
        [FOSIP_SUMMARY] = report_summary, [FOSIP_CALLS] = report_calls,
        [FOSIP_MESSAGES] = report_messages, [FOSIP_STREAMS] = report_streams,
        [FOSIP_LADDER] = report_ladder,
    };
    int r;

    if (o->format == FOSIP_CSV)
        r = report_csv(a, report, o, out);
    else
        r = o->format == FOSIP_TEXT ? text[report](a, o, out) : report_json(a, report, o, out);
    if (r < 0)
        return error_set(err, r, "not enough memory for the report");
    if (fflush(out) != 0 || ferror(out))
        return error_set(err, -EIO, "writing the report failed: %s", strerror(errno));
    return 0;
}
