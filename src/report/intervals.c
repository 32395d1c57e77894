/* The streams' figures by intervals of time (--interval): as text, as CSV, and
 * in a stream's JSON. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "report/grid.h"
#include "report/json.h"

struct rows {
    const struct fosip_analysis *a;
    const struct fosip_report_options *o;
    struct row {
        uint32_t stream, interval;
    } *list;
    size_t count;
    uint32_t number; /* of the stream whose figures these are, CALL_NONE at first */
    struct stream_figures figures;
    int64_t before;
};

enum { I_STREAM, I_START, I_PACKETS, I_LOST, I_LOSS, I_DISCARDED, I_DUPLICATES, I_DELTA,
       I_JITTER_MEAN, I_JITTER, I_KBPS, I_LINK, I_MOS };

static const struct grid_column columns[] = {
    [I_STREAM] = {"#", "stream", true, 0},
    [I_START] = {"Time", "start", true, 0},
    [I_PACKETS] = {"Packets", "packets", true, 0},
    [I_LOST] = {"Lost", "lost", true, 0},
    [I_LOSS] = {"Loss %", "loss_pct", true, 0},
    [I_DISCARDED] = {"Late", "discarded", true, 0},
    [I_DUPLICATES] = {NULL, "duplicates", true, 0},
    [I_DELTA] = {"Max delta ms", "delta_max_ms", true, 0},
    [I_JITTER_MEAN] = {"Mean jitter ms", "jitter_mean_ms", true, 0},
    [I_JITTER] = {"Max jitter ms", "jitter_max_ms", true, 0},
    [I_KBPS] = {"kbit/s", "ip_kbps", true, 0},
    [I_LINK] = {NULL, "link_kbps", true, 0},
    [I_MOS] = {"MOS", "mos", true, 0},
};

static double kbps(uint64_t octets, int64_t length)
{
    return (double)octets * 8e6 / (double)length;
}

static double loss_pct(const struct stream_interval *i)
{
    uint64_t expected = i->packets - i->duplicates + i->lost;

    return expected ? 100.0 * (double)i->lost / (double)expected : 0;
}

static double jitter_mean(const struct stream_interval *i)
{
    return i->jitter_count ? i->jitter_sum_ms / (double)i->jitter_count : NAN;
}

static double jitter_max(const struct stream_interval *i)
{
    return i->jitter_count ? i->jitter_max_ms : NAN;
}

static int64_t start_of(const struct fosip_analysis *a, const struct stream_interval *i)
{
    return a->first_time + i->number * a->interval;
}

static bool fill(void *ctx, size_t n, struct grid *g)
{
    struct rows *rows = ctx;
    const struct row *row = &rows->list[n];
    const struct stream *stream = stream_at(rows->a->streams, row->stream);
    const struct stream_interval *i;

    if (rows->number != row->stream) {
        stream_figures(stream, &rows->figures);
        rows->number = row->stream;
    }
    stream_intervals(stream, &i);
    i += row->interval;
    grid_count(g, I_STREAM, row->stream + 1);
    grid_time(g, I_START, rows->o->time, start_of(rows->a, i), rows->a->first_time,
              rows->before);
    grid_count(g, I_PACKETS, i->packets);
    grid_count(g, I_LOST, i->lost);
    grid_number(g, I_LOSS, loss_pct(i), 2);
    if (loss_pct(i) >= 1)
        grid_style(g, I_LOSS, style_bad(rows->o));
    grid_count(g, I_DISCARDED, i->discarded);
    grid_count(g, I_DUPLICATES, i->duplicates);
    grid_number(g, I_DELTA, i->delta_max_ms, 3);
    grid_number(g, I_JITTER_MEAN, jitter_mean(i), 3);
    grid_number(g, I_JITTER, jitter_max(i), 3);
    grid_number(g, I_KBPS, kbps(i->ip_bytes, rows->a->interval), 1);
    grid_number(g, I_LINK, kbps(i->link_bytes, rows->a->interval), 1);
    grid_number(g, I_MOS, stream_interval_mos(&rows->figures, i), 2);
    rows->before = start_of(rows->a, i);
    return true;
}

/* All intervals of the chosen streams; false when memory is short. */
static bool collect(struct rows *rows)
{
    const struct fosip_analysis *a = rows->a;
    const struct stream_interval *intervals;
    size_t total = 0;

    for (size_t s = 0; s < stream_count(a->streams); s++)
        total += stream_intervals(stream_at(a->streams, s), &intervals);
    rows->list = calloc(total + 1, sizeof *rows->list);
    for (size_t s = 0; rows->list && s < stream_count(a->streams); s++) {
        size_t n = stream_intervals(stream_at(a->streams, s), &intervals);

        if (!report_selects_stream(a, (uint32_t)s, &rows->o->select))
            continue;
        for (size_t i = 0; i < n; i++)
            rows->list[rows->count++] = (struct row){(uint32_t)s, (uint32_t)i};
    }
    return rows->list != NULL;
}

int report_intervals(const struct fosip_analysis *a, const struct fosip_report_options *o,
                     FILE *out)
{
    struct rows rows = {.a = a, .o = o, .number = CALL_NONE, .before = a->first_time};
    struct grid g = {.columns = columns,
                     .count = sizeof columns / sizeof columns[0],
                     .row = fill,
                     .ctx = &rows};

    if (!collect(&rows))
        return -ENOMEM;
    g.rows = rows.count;
    if (o->format == FOSIP_CSV)
        grid_csv(&g, out);
    else
        grid_text(&g, o, out);
    free(rows.list);
    return 0;
}

static void write_interval(struct json *j, const struct fosip_analysis *a,
                           const struct stream_figures *f, const struct stream_interval *i)
{
    struct stream_rates rates = {
        kbps(i->payload_bytes, a->interval), kbps(i->rtp_bytes, a->interval),
        kbps(i->ip_bytes, a->interval), kbps(i->link_bytes, a->interval)};

    json_open(j, NULL);
    json_seconds(j, "t", i->number * a->interval);
    json_count(j, "packets", i->packets);
    json_count(j, "lost", i->lost);
    json_count(j, "discarded", i->discarded);
    json_count(j, "duplicates", i->duplicates);
    json_number(j, "delta_max_ms", i->delta_max_ms, 3);
    json_number(j, "jitter_mean_ms", jitter_mean(i), 3);
    json_number(j, "jitter_max_ms", jitter_max(i), 3);
    json_rates(j, "bandwidth_kbps", &rates);
    json_number(j, "mos", stream_interval_mos(f, i), 2);
    json_close(j);
}

void json_intervals(struct json *j, const struct fosip_analysis *a, uint32_t stream,
                    const struct stream_figures *f)
{
    const struct stream_interval *intervals;
    size_t n = stream_intervals(stream_at(a->streams, stream), &intervals);

    if (!a->interval) {
        json_null(j, "intervals");
        return;
    }
    json_list(j, "intervals");
    for (size_t i = 0; i < n; i++)
        write_interval(j, a, f, &intervals[i]);
    json_end(j);
}
