/* Owns the list of findings and the order in which rules run. */
#include "analysis/findings.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

const char *finding_severity_name(enum finding_severity severity)
{
    static const char *const names[] = {"error", "warning", "note"};

    return names[severity];
}

static void place(struct fosip_analysis *a, struct finding *f)
{
    if (f->message != CALL_NONE) {
        const struct message *m = &call_at(a->calls, f->call)->messages.v[f->message];

        f->time = m->time;
        f->frames[f->frame_count++] = m->frame;
    } else if (f->stream != CALL_NONE) {
        const struct stream *s = stream_at(a->streams, f->stream);

        f->time = stream_start(s);
        f->frames[f->frame_count++] = stream_first_frame(s);
    } else if (f->call != CALL_NONE) {
        f->time = call_at(a->calls, f->call)->start;
    }
}

struct finding *finding_add(struct fosip_analysis *a, const char *rule,
                            enum finding_severity severity, uint32_t call, uint32_t message,
                            uint32_t stream, const char *format, ...)
{
    struct finding *f = vec_add(&a->findings);
    va_list args;
    int n;

    if (!f)
        return NULL;
    *f = (struct finding){.rule = rule, .severity = severity, .call = call, .message = message,
                          .stream = stream};
    va_start(args, format);
    n = vasprintf(&f->text, format, args);
    va_end(args);
    if (n < 0) {
        a->findings.n--;
        return NULL;
    }
    place(a, f);
    return f;
}

void finding_add_frame(struct finding *f, uint64_t frame)
{
    if (f && f->frame_count < sizeof f->frames / sizeof *f->frames)
        f->frames[f->frame_count++] = frame;
}

void finding_place(struct finding *f, int64_t time, uint64_t frame)
{
    if (!f)
        return;
    f->time = time;
    f->frame_count = 0;
    finding_add_frame(f, frame);
}

/* Calls first, in their order; within a call by time, rules of one time as
 * they stand in the list. */
static int in_order(const void *pa, const void *pb)
{
    const struct finding *a = pa, *b = pb;

    if (a->call != b->call)
        return a->call < b->call ? -1 : 1;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->severity != b->severity)
        return a->severity < b->severity ? -1 : 1;
    if (strcmp(a->rule, b->rule) != 0)
        return strcmp(a->rule, b->rule);
    return a->text && b->text ? strcmp(a->text, b->text) : 0;
}

int findings_run(struct fosip_analysis *a)
{
    int r = findings_direction(a);

    if (r < 0)
        return r;
    for (size_t i = 0; i < call_count(a->calls); i++) {
        call_ask_ahead(a->calls, i);
        findings_signalling(a, (uint32_t)i);
        findings_transfer(a, (uint32_t)i);
        findings_media(a, (uint32_t)i);
        findings_ice(a, (uint32_t)i);
        findings_nat(a, (uint32_t)i);
        findings_marking(a, (uint32_t)i);
    }
    for (size_t i = 0; i < stream_count(a->streams); i++)
        findings_stream(a, (uint32_t)i);
    findings_icmp(a);
    if (!a->is_part) { /* of which only the whole capture can tell */
        findings_capture(a);
        findings_files(a);
        findings_encrypted(a);
    }
    if (a->findings.n)
        qsort(a->findings.v, a->findings.n, sizeof a->findings.v[0], in_order);
    return 0;
}
