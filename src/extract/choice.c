/* Owns what is chosen.  A call goes to one file, with its group where groups
 * stay together; a stream goes where its call goes. */
#include "extract/choice.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/time.h"
#include "report/report.h"

/* What comes before a call's first message, or its last, and belongs to it: STUN,
 * RTCP, errors that took their time. */
static const int64_t SLACK = 5 * TIME_SECOND;

static bool chooses_streams(const struct fosip_select *s)
{
    return s->stream || s->ssrc;
}

static bool has_chosen_stream(const struct fosip_analysis *a, uint32_t number,
                              const struct fosip_select *s)
{
    const struct call *call = call_at(a->calls, number);

    for (size_t i = 0; i < call->streams.n; i++)
        if (report_selects_stream(a, call->streams.v[i], s))
            return true;
    return false;
}

static bool is_chosen(const struct fosip_analysis *a, uint32_t call, const struct fosip_select *s)
{
    return chooses_streams(s) ? has_chosen_stream(a, call, s) : report_selects(a, call, s);
}

/* Of each call whose group has a chosen one: 0. */
static void add_groups(struct choice *c, size_t calls)
{
    for (size_t i = 0; i < calls; i++)
        if (c->calls[i] != CHOICE_NONE)
            c->calls[call_at(c->analysis->calls, i)->group] = 0;
    for (size_t i = 0; i < calls; i++)
        c->calls[i] = c->calls[call_at(c->analysis->calls, i)->group];
}

/* A file a call, or a group. */
static void split(struct choice *c, size_t calls, bool alone)
{
    for (uint32_t i = 0; i < calls; i++) {
        uint32_t group = call_at(c->analysis->calls, i)->group;

        if (c->calls[i] == CHOICE_NONE)
            continue;
        if (!alone && group != i) { /* the first of a group has the lowest number */
            c->calls[i] = c->calls[group];
            continue;
        }
        c->first[c->files] = i;
        c->calls[i] = c->files++;
    }
}

static void choose_calls(struct choice *c, const struct fosip_extract_options *o)
{
    const struct fosip_analysis *a = c->analysis;
    size_t calls = call_count(a->calls);

    for (uint32_t i = 0; i < calls; i++)
        c->calls[i] = is_chosen(a, i, &o->select) ? 0 : CHOICE_NONE;
    if (!o->alone)
        add_groups(c, calls);
    if (o->split) {
        split(c, calls, o->alone);
        return;
    }
    c->files = 1;
    c->first[0] = CALL_NONE;
    for (uint32_t i = 0; i < calls && c->first[0] == CALL_NONE; i++)
        if (c->calls[i] != CHOICE_NONE)
            c->first[0] = i;
}

/* A stream without a call is chosen by itself, or where everything is. */
static uint32_t file_of_stream(const struct choice *c, uint32_t place,
                               const struct fosip_extract_options *o)
{
    uint32_t call = stream_call(stream_at(c->analysis->streams, place));

    if (chooses_streams(&o->select) && !report_selects_stream(c->analysis, place, &o->select))
        return CHOICE_NONE;
    if (call != STREAM_NO_CALL)
        return c->calls[call];
    if (o->split || !report_selects_stream(c->analysis, place, &o->select))
        return CHOICE_NONE;
    return 0;
}

/* How many. */
static size_t choose_streams(struct choice *c, const struct fosip_extract_options *o)
{
    size_t count = stream_count(c->analysis->streams), chosen = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t place = (uint32_t)stream_place(c->analysis->streams, i);

        c->streams[i] = c->media ? file_of_stream(c, place, o) : CHOICE_NONE;
        chosen += c->streams[i] != CHOICE_NONE;
    }
    return chosen;
}

static bool any_call(const struct choice *c)
{
    return c->files && c->first[0] != CALL_NONE;
}

static bool within(const struct choice_span *span, int64_t time)
{
    return time >= span->from - SLACK && time <= span->to + SLACK;
}

static struct choice_span span_of(const struct stream *s)
{
    return (struct choice_span){stream_start(s), stream_end(s)};
}

/* From the first message or packet of media to the last. */
static void measure(struct choice *c, size_t calls)
{
    for (size_t i = 0; i < calls; i++) {
        const struct call *call = call_at(c->analysis->calls, i);
        struct choice_span *span = &c->spans[i];

        *span = (struct choice_span){call->start, call->end};
        for (size_t k = 0; k < call->streams.n; k++) {
            struct choice_span media =
                span_of(stream_at(c->analysis->streams, call->streams.v[k]));

            span->from = media.from < span->from ? media.from : span->from;
            span->to = media.to > span->to ? media.to : span->to;
        }
    }
}

bool choice_stream_lasts(const struct choice *c, uint32_t number, int64_t time)
{
    size_t place = stream_place(c->analysis->streams, number);
    struct choice_span span = span_of(stream_at(c->analysis->streams, place));

    return within(&span, time);
}

bool choice_call_lasts(const struct choice *c, uint32_t call, int64_t time)
{
    return within(&c->spans[call], time);
}

int choice_make(struct choice *c, const struct fosip_analysis *a,
                const struct fosip_extract_options *o, struct fosip_error *err)
{
    size_t calls = call_count(a->calls), streams = stream_count(a->streams), chosen;

    *c = (struct choice){.analysis = a, .media = !o->no_media};
    c->calls = calloc(calls + 1, sizeof *c->calls);
    c->first = calloc(calls + 1, sizeof *c->first);
    c->spans = calloc(calls + 1, sizeof *c->spans);
    c->streams = calloc(streams + 1, sizeof *c->streams);
    if (!c->calls || !c->first || !c->spans || !c->streams ||
        report_choose(a, &o->select, true) < 0) {
        choice_free(c);
        return error_set(err, -ENOMEM, "not enough memory");
    }
    measure(c, calls);
    choose_calls(c, o);
    chosen = choose_streams(c, o);
    if (chosen || any_call(c))
        return 0;
    choice_free(c);
    return error_set(err, -ENOENT,
                     calls || streams ? "no call is chosen: `fosip calls --all` lists them"
                                      : "there is no call in it, and no stream");
}

void choice_free(struct choice *c)
{
    free(c->calls);
    free(c->streams);
    free(c->first);
    free(c->spans);
}
