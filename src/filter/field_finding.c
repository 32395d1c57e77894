/* Fields of findings and of the capture as a whole. */
#include <stddef.h>

#include "base/time.h"
#include "filter/eval.h"

enum finding_part { F_RULE, F_SEVERITY, F_TEXT, F_REFERENCE, F_FRAMES, F_TIME };

/* From least to greatest. */
static const char *const severities[] = {"note", "warning", "error"};
static const struct field_names severity_names = {severities, 3, true};

static bool get_finding(struct filter_eval *e, const struct field_ref *ref,
                        const struct item *item, value_visit *visit, void *ctx)
{
    const struct finding *f = &e->analysis->findings.v[item->index];

    switch ((enum finding_part)ref->field->which) {
    case F_RULE: return field_tell_name(visit, ctx, f->rule);
    case F_SEVERITY: return field_tell_name(visit, ctx, finding_severity_name(f->severity));
    case F_TEXT: return field_tell_name(visit, ctx, f->text);
    case F_REFERENCE: return field_tell_name(visit, ctx, f->reference);
    case F_TIME: return field_tell_time(visit, ctx, f->time);
    case F_FRAMES: break;
    }
    for (unsigned i = 0; i < f->frame_count; i++)
        if (field_tell_number(visit, ctx, (double)f->frames[i]))
            return true;
    return false;
}

static bool get_count(struct filter_eval *e, const struct field_ref *ref, const struct item *item,
                      value_visit *visit, void *ctx)
{
    uint64_t n;

    (void)item;
    memcpy(&n, (const char *)e->analysis + ref->field->offset, sizeof n);
    return field_tell_number(visit, ctx, (double)n);
}

static bool get_duration(struct filter_eval *e, const struct field_ref *ref,
                         const struct item *item, value_visit *visit, void *ctx)
{
    const struct fosip_analysis *a = e->analysis;
    int64_t ns = a->packets ? time_between(a->first_time, a->last_time) : TIME_NO_SPAN;

    (void)ref;
    (void)item;
    return ns != TIME_NO_SPAN && field_tell_number(visit, ctx, (double)ns / 1e9);
}

#define FINDING(name, type, which, names, what) \
    {"finding." name, what, get_finding, 0, which, type, ITEM_FINDING, UNIT_NONE, false, names}
#define COUNT(name, unit, member, what) \
    {"capture." name, what, get_count, offsetof(struct fosip_analysis, member), 0, \
     VALUE_NUMBER, ITEM_CAPTURE, unit, false, NULL}

static const struct field of_findings[] = {
    FINDING("rule", VALUE_TEXT, F_RULE, NULL, "name of its rule"),
    FINDING("severity", VALUE_TEXT, F_SEVERITY, &severity_names,
            "note, warning or error, in this order"),
    FINDING("text", VALUE_TEXT, F_TEXT, NULL, "what it says"),
    FINDING("reference", VALUE_TEXT, F_REFERENCE, NULL, "the standard that it refers to"),
    FINDING("frames", VALUE_NUMBER, F_FRAMES, NULL, "each frame that it names"),
    FINDING("time", VALUE_TIME, F_TIME, NULL, "when"),
};

static const struct field of_captures[] = {
    COUNT("packets", UNIT_NONE, packets, "packets read"),
    COUNT("bytes", UNIT_BYTES, bytes, "octets captured"),
    {"capture.duration_s", "first packet to last", get_duration, 0, 0, VALUE_NUMBER,
     ITEM_CAPTURE, UNIT_S, false, NULL},
    COUNT("counts.sip", UNIT_NONE, counts.sip, "SIP messages"),
    COUNT("counts.sip_requests", UNIT_NONE, counts.sip_requests, "requests among them"),
    COUNT("counts.sip_responses", UNIT_NONE, counts.sip_responses, "responses among them"),
    COUNT("counts.sip_malformed", UNIT_NONE, counts.sip_malformed,
          "messages that break the grammar"),
    COUNT("counts.rtp", UNIT_NONE, counts.rtp, "RTP packets"),
    COUNT("counts.rtcp", UNIT_NONE, counts.rtcp, "RTCP packets"),
    COUNT("counts.stun", UNIT_NONE, counts.stun, "STUN messages"),
    COUNT("counts.other", UNIT_NONE, counts.other, "packets of other kinds"),
    COUNT("counts.undecoded", UNIT_NONE, counts.undecoded, "packets that could not be decoded"),
};

const struct field_table field_finding = {of_findings, sizeof of_findings / sizeof of_findings[0]};
const struct field_table field_capture = {of_captures, sizeof of_captures / sizeof of_captures[0]};
