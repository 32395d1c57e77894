/* A stream and a finding of the JSON result, read into the side. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "diff/side_read.h"

/* Whether the call was selected: all are where nothing selects. */
static bool has_call(const struct reader *r, uint32_t id)
{
    const struct fosip_select *s = &r->side->select;
    size_t low = 0, high = r->side->calls.n;

    if (!s->call_id && !s->from && !s->to && !s->user)
        return true;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (r->side->calls.v[middle].id == id)
            return true;
        if (r->side->calls.v[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static double inner(struct reader *r, struct json_object *o, const char *key, const char *part)
{
    return reader_number(r, reader_member(r, o, key, json_type_object), part);
}

static double percent(double part, double all)
{
    return all > 0 ? 100.0 * part / all : NAN;
}

static void read_figures(struct reader *r, struct json_object *o, double figure[FIGURES])
{
    double packets = reader_number(r, o, "packets");

    figure[FIGURE_PACKETS] = packets;
    figure[FIGURE_LOSS] = reader_number(r, o, "loss_pct");
    figure[FIGURE_DUPLICATES] = percent(reader_number(r, o, "duplicates"), packets);
    figure[FIGURE_REORDERED] = percent(reader_number(r, o, "reordered"), packets);
    figure[FIGURE_JITTER_MEAN] = inner(r, o, "jitter_ms", "mean");
    figure[FIGURE_JITTER_MAX] = inner(r, o, "jitter_ms", "max");
    figure[FIGURE_DELTA_MAX] = inner(r, o, "delta_ms", "max");
    figure[FIGURE_MOS] = reader_number(r, o, "mos");
    figure[FIGURE_PTIME] = reader_number(r, o, "ptime_ms");
    figure[FIGURE_DURATION] = reader_number(r, o, "duration_s");
    figure[FIGURE_SSRC_CHANGES] = reader_number(r, o, "ssrc_changes");
    figure[FIGURE_RESETS] = reader_number(r, o, "sequence_resets");
}

static uint32_t read_payload_types(struct reader *r, struct json_object *o)
{
    struct json_object *list = reader_member(r, o, "payload_types", json_type_array);
    size_t n = list ? json_object_array_length(list) : 0;
    struct text text = {0};
    uint32_t number;

    for (size_t i = 0; i < n && !r->failed; i++) {
        struct json_object *one = json_object_array_get_idx(list, i);
        struct slice codec;

        if (!json_object_is_type(one, json_type_object)) {
            reader_refuse(r, "payload_types", "a list of objects");
            break;
        }
        codec = pool_text(r->pool, reader_text(r, one, "codec"));
        text_format(&text, "%s%lld", i ? ", " : "", (long long)reader_whole(r, one, "pt", 127));
        if (codec.n) {
            text_char(&text, ' ');
            text_add(&text, codec);
        }
    }
    number = text.n ? pool_number(r->pool, text_slice(&text)) : 0;
    text_free(&text);
    return number;
}

void side_read_stream(struct reader *r, struct json_object *o)
{
    struct side_stream s = {.id = reader_id(r, o, "id"),
                            .call = reader_id(r, o, "call"),
                            .media = reader_text(r, o, "media"),
                            .direction = reader_text(r, o, "direction"),
                            .codec = reader_text(r, o, "codec"),
                            .ssrc = reader_text(r, o, "ssrc"),
                            .found_by = reader_text(r, o, "found_by"),
                            .payload_types = read_payload_types(r, o),
                            .encrypted = reader_flag(r, o, "encrypted")};
    struct side_stream *slot;

    if (!s.id)
        reader_refuse(r, "id", "a number from 1");
    side_read_address(r, o, "src", &s.src_ip, &s.src_port);
    side_read_address(r, o, "dst", &s.dst_ip, &s.dst_port);
    read_figures(r, o, s.figure);
    if (r->failed || !has_call(r, s.call))
        return;
    slot = vec_add(&r->side->streams);
    if (slot)
        *slot = s;
    else
        r->failed = -ENOMEM;
}

static uint64_t first_frame(struct reader *r, struct json_object *o)
{
    struct json_object *frames = reader_member(r, o, "frames", json_type_array);
    struct json_object *first = frames && json_object_array_length(frames)
                                    ? json_object_array_get_idx(frames, 0) : NULL;
    int64_t frame = json_object_is_type(first, json_type_int) ? json_object_get_int64(first) : 0;

    return frame > 0 ? (uint64_t)frame : 0;
}

void side_read_finding(struct reader *r, struct json_object *o)
{
    struct side_finding f = {.rule = reader_text(r, o, "rule"),
                             .severity = reader_text(r, o, "severity"),
                             .text = reader_text(r, o, "text"),
                             .call = reader_id(r, o, "call"),
                             .stream = reader_id(r, o, "stream"),
                             .frame = first_frame(r, o)};
    struct side_finding *slot;

    if (!f.rule)
        reader_refuse(r, "rule", "a string");
    if (r->failed || !has_call(r, f.call))
        return;
    f.order = (uint32_t)r->side->findings.n;
    slot = vec_add(&r->side->findings);
    if (slot)
        *slot = f;
    else
        r->failed = -ENOMEM;
}

static int streams_by_call(const void *pa, const void *pb)
{
    const struct side_stream *a = pa, *b = pb;

    if (a->call != b->call)
        return a->call < b->call ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static int findings_by_call(const void *pa, const void *pb)
{
    const struct side_finding *a = pa, *b = pb;

    if (a->call != b->call)
        return a->call < b->call ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

void side_sort(struct side *side)
{
    if (side->streams.n)
        qsort(side->streams.v, side->streams.n, sizeof side->streams.v[0], streams_by_call);
    if (side->findings.n)
        qsort(side->findings.v, side->findings.n, sizeof side->findings.v[0], findings_by_call);
}

const struct side_stream *side_streams(const struct side *side, uint32_t call, size_t *count)
{
    const struct side_stream *v = side->streams.v;
    size_t low = 0, high = side->streams.n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (v[middle].call < call)
            low = middle + 1;
        else
            high = middle;
    }
    for (*count = 0; low + *count < side->streams.n && v[low + *count].call == call; ++*count)
        ;
    return v ? v + low : NULL;
}

const struct side_finding *side_findings(const struct side *side, uint32_t call, size_t *count)
{
    const struct side_finding *v = side->findings.v;
    size_t low = 0, high = side->findings.n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (v[middle].call < call)
            low = middle + 1;
        else
            high = middle;
    }
    for (*count = 0; low + *count < side->findings.n && v[low + *count].call == call; ++*count)
        ;
    return v ? v + low : NULL;
}
