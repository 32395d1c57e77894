/* The lists of calls, messages and streams, as text and as CSV. */
#include <stdlib.h>

#include "base/digits.h"
#include "report/grid.h"

struct listing {
    const struct fosip_analysis *a;
    const struct fosip_report_options *o;
    int64_t before;     /* time of the row printed before */
    struct sip_msg *msg; /* scratch */
    /* messages: those chosen, in order of frame */
    struct entry {
        uint32_t call, message;
    } *entries;
};

/* ---- calls -------------------------------------------------------------------- */

enum { C_ID, C_KIND, C_START, C_FROM, C_TO, C_STATE, C_STATUS, C_SETUP, C_TALK, C_BY, C_CALL_ID };

static const struct grid_column call_columns[] = {
    [C_ID] = {"#", "id", true, 0},          [C_KIND] = {"Kind", "kind", false, 0},
    [C_START] = {"Start", "start", true, 0}, [C_FROM] = {"From", "from", false, 32},
    [C_TO] = {"To", "to", false, 32},       [C_STATE] = {"State", "state", false, 0},
    [C_STATUS] = {"Status", "status", false, 0},
    [C_SETUP] = {"Answer s", "answer_s", true, 0}, [C_TALK] = {"Talk s", "talk_s", true, 0},
    [C_BY] = {"Released", "released_by", false, 0}, [C_CALL_ID] = {"Call-ID", "call_id", false, 40},
};

static struct slice party_name(const struct party *p)
{
    if (p->user.n)
        return p->user;
    return p->host.n ? p->host : p->uri;
}

static const char *state_style(const struct call *c, const struct fosip_report_options *o)
{
    switch (c->state) {
    case CALL_COMPLETED:
    case CALL_ESTABLISHED:
        return style_good(o);
    case CALL_FAILED:
    case CALL_UNANSWERED:
        return style_bad(o);
    default:
        return style_doubt(o);
    }
}

static void seconds_or_nothing(struct grid *g, size_t column, int64_t ns)
{
    if (ns >= 0)
        grid_number(g, column, (double)ns / 1e9, 3);
}

/* "200 OK", up to a NUL that the phrase may have in it. */
static void status_and_reason(struct grid *g, size_t column, unsigned status, struct slice reason)
{
    enum { MOST = 200 };
    char text[DIGITS_ROOM + MOST];
    size_t n = digits_u64(text, status);

    reason = slice_upto(reason, MOST);
    reason = slice_upto(reason, slice_find(reason, '\0'));
    text[n++] = ' ';
    if (reason.n)
        memcpy(text + n, reason.p, reason.n);
    grid_slice(g, column, slice_make(text, n + reason.n));
}

/* Names lie in the messages, far apart: the reader need not wait for each. */
static void ask_ahead(const struct call_table *calls, size_t i)
{
    enum { FAR = 16, NEAR = 8 }; /* rows */
    size_t n = call_count(calls);

    if (i + FAR < n) {
        const char *record = (const char *)call_at(calls, i + FAR);

        for (size_t at = 0; at < sizeof(struct call); at += 64)
            __builtin_prefetch(record + at);
    }
    if (i + NEAR < n) {
        const struct call *c = call_at(calls, i + NEAR);

        __builtin_prefetch(c->from.user.p);
        __builtin_prefetch(c->to.user.p);
        __builtin_prefetch(c->reason.p);
        __builtin_prefetch(c->call_id.p);
    }
}

static bool call_row(void *ctx, size_t i, struct grid *g)
{
    struct listing *l = ctx;
    const struct call *c = call_at(l->a->calls, i);

    ask_ahead(l->a->calls, i);
    if (!report_selects(l->a, (uint32_t)i, &l->o->select) ||
        (l->o->format == FOSIP_TEXT && !report_lists_kind(l->o, c->kind)))
        return false;
    grid_count(g, C_ID, i + 1);
    grid_string(g, C_KIND, call_kind_name(c->kind));
    grid_time(g, C_START, l->o->time, c->start, l->a->first_time, l->before);
    grid_slice(g, C_FROM, party_name(&c->from));
    grid_slice(g, C_TO, party_name(&c->to));
    grid_string(g, C_STATE, call_state_name(c->state));
    grid_style(g, C_STATE, state_style(c, l->o));
    if (c->status)
        status_and_reason(g, C_STATUS, c->status, c->reason);
    seconds_or_nothing(g, C_SETUP, c->answer);
    seconds_or_nothing(g, C_TALK, c->talk);
    if (c->released_by)
        grid_string(g, C_BY, call_side_name(c->released_by));
    grid_slice(g, C_CALL_ID, c->call_id);
    l->before = c->start;
    return true;
}

static struct grid calls_grid(struct listing *l)
{
    l->before = l->a->first_time;
    return (struct grid){.columns = call_columns,
                         .count = sizeof call_columns / sizeof call_columns[0],
                         .row = call_row,
                         .ctx = l,
                         .rows = call_count(l->a->calls)};
}

int report_calls(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out)
{
    struct listing l = {.a = a, .o = o};
    struct grid g = calls_grid(&l);

    if (!grid_text(&g, o, out))
        fputs("No calls.\n", out);
    return 0;
}

/* ---- messages ------------------------------------------------------------------ */

enum {
    M_FRAME, M_TIME, M_CALL, M_TRANSACTION, M_DIALOG, M_SRC, M_DST, M_TRANSPORT, M_WHAT, M_CSEQ,
    M_SDP, M_NOTE,
};

static const struct grid_column message_columns[] = {
    [M_FRAME] = {"Frame", "frame", true, 0},     [M_TIME] = {"Time", "time", true, 0},
    [M_CALL] = {"Call", "call", true, 0},
    [M_TRANSACTION] = {"Trans", "transaction", true, 0},
    [M_DIALOG] = {"Dialog", "dialog", true, 0},  [M_SRC] = {"Source", "src", false, 0},
    [M_DST] = {"Destination", "dst", false, 0},  [M_TRANSPORT] = {"Via", "transport", false, 0},
    [M_WHAT] = {"Message", "message", false, 48}, [M_CSEQ] = {"CSeq", "cseq", false, 24},
    [M_SDP] = {"SDP", "sdp", false, 0},          [M_NOTE] = {"Note", "note", false, 0},
};

static void what(struct grid *g, const struct sip_msg *msg)
{
    if (msg->request)
        grid_printf(g, M_WHAT, "%.*s %.*s", SLICE_ARG(slice_upto(msg->method_name, 64)),
                    SLICE_ARG(slice_upto(msg->uri, 200)));
    else
        status_and_reason(g, M_WHAT, msg->status, msg->reason);
}

static bool message_row(void *ctx, size_t i, struct grid *g)
{
    struct listing *l = ctx;
    const struct call *c = call_at(l->a->calls, l->entries[i].call);
    const struct message *m = &c->messages.v[l->entries[i].message];
    const struct path *path = call_path(l->a->calls, m->path);

    if (!message_parse(m, l->msg))
        return false;
    grid_count(g, M_FRAME, m->frame);
    grid_time(g, M_TIME, l->o->time, m->time, l->a->first_time, l->before);
    grid_count(g, M_CALL, l->entries[i].call + 1);
    if (m->transaction != CALL_NONE)
        grid_count(g, M_TRANSACTION, m->transaction + 1);
    if (m->dialog != CALL_NONE)
        grid_count(g, M_DIALOG, m->dialog + 1);
    grid_address(g, M_SRC, &path->src);
    grid_address(g, M_DST, &path->dst);
    grid_string(g, M_TRANSPORT, net_transport_name(path->transport));
    what(g, l->msg);
    grid_printf(g, M_CSEQ, "%u %.*s", m->cseq, SLICE_ARG(slice_upto(l->msg->cseq_name, 64)));
    if (m->flags & MESSAGE_HAS_SDP)
        grid_printf(g, M_SDP, "sdp");
    if (m->retransmission_of != CALL_NONE)
        grid_printf(g, M_NOTE, "retransmission");
    else if (m->flags & MESSAGE_COPIED)
        grid_printf(g, M_NOTE, "captured again");
    else if (l->msg->problem_count)
        grid_string(g, M_NOTE, l->msg->problems[0].text);
    l->before = m->time;
    return true;
}

static int by_frame(const void *pa, const void *pb, void *ctx)
{
    const struct fosip_analysis *a = ctx;
    const struct entry *x = pa, *y = pb;
    uint64_t fx = call_at(a->calls, x->call)->messages.v[x->message].frame;
    uint64_t fy = call_at(a->calls, y->call)->messages.v[y->message].frame;

    if (fx != fy)
        return fx < fy ? -1 : 1;
    if (x->call != y->call)
        return x->call < y->call ? -1 : 1;
    return x->message < y->message ? -1 : x->message > y->message;
}

/* The messages of a call that are chosen. */
static size_t collect_call(struct listing *l, uint32_t number, size_t n)
{
    const struct call *call = call_at(l->a->calls, number);
    bool *chosen = NULL;
    bool any = report_selects(l->a, number, &l->o->select) &&
               report_chosen_messages(call, &l->o->select, &chosen) == 0;

    for (uint32_t m = 0; any && m < call->messages.n; m++)
        if ((!chosen || chosen[m]) &&
            report_selects_message(l->a, number, m, &l->o->select))
            l->entries[n++] = (struct entry){number, m};
    free(chosen);
    return n;
}

static size_t collect(struct listing *l)
{
    size_t n = 0, total = 0;

    for (size_t i = 0; i < call_count(l->a->calls); i++)
        total += call_at(l->a->calls, i)->messages.n;
    l->entries = calloc(total + 1, sizeof *l->entries);
    l->msg = malloc(sizeof *l->msg);
    if (!l->entries || !l->msg)
        return 0;
    for (size_t i = 0; i < call_count(l->a->calls); i++)
        n = collect_call(l, (uint32_t)i, n);
    qsort_r(l->entries, n, sizeof *l->entries, by_frame, (void *)l->a);
    return n;
}

static struct grid messages_grid(struct listing *l)
{
    l->before = l->a->first_time;
    return (struct grid){.columns = message_columns,
                         .count = sizeof message_columns / sizeof message_columns[0],
                         .row = message_row,
                         .ctx = l,
                         .rows = collect(l)};
}

static void print_raw(const struct listing *l, size_t i, FILE *out)
{
    const struct call *c = call_at(l->a->calls, l->entries[i].call);
    const struct message *m = &c->messages.v[l->entries[i].message];
    const struct path *path = call_path(l->a->calls, m->path);
    struct line line = {.unicode = l->o->unicode};
    char time[TEXT_TIME], src[ADDR_TEXT], dst[ADDR_TEXT];

    line_style(&line, style_title(l->o));
    line_printf(&line, "frame %llu  %s  %s -> %s  %s", (unsigned long long)m->frame,
                text_time(l->o->time, m->time, l->a->first_time, l->before, time),
                addr_text(&path->src, src), addr_text(&path->dst, dst),
                net_transport_name(path->transport));
    line_style(&line, style_end(l->o));
    line_write(&line, out);
    line_free(&line);
    text_write_lines(slice_make(m->text, m->length), 0, l->o->unicode, out);
    putc('\n', out);
}

int report_messages(const struct fosip_analysis *a, const struct fosip_report_options *o,
                    FILE *out)
{
    struct listing l = {.a = a, .o = o};
    struct grid g = messages_grid(&l);

    if (o->raw) {
        for (size_t i = 0; i < g.rows; i++) {
            print_raw(&l, i, out);
            l.before = call_at(a->calls, l.entries[i].call)->messages.v[l.entries[i].message].time;
        }
    } else if (!grid_text(&g, o, out)) {
        fputs("No SIP messages.\n", out);
    }
    free(l.entries);
    free(l.msg);
    return 0;
}

/* ---- streams ------------------------------------------------------------------- */

enum {
    S_ID, S_CALL, S_START, S_SRC, S_DST, S_SSRC, S_CODEC, S_PACKETS, S_LOST, S_LOSS, S_DUPLICATES,
    S_REORDERED, S_DELTA_MEAN, S_DELTA, S_JITTER_MEAN, S_JITTER, S_KBPS, S_MOS, S_DIRECTION,
};

static const struct grid_column stream_columns[] = {
    [S_ID] = {"#", "id", true, 0},
    [S_CALL] = {"Call", "call", true, 0},
    [S_START] = {"Start", "start", true, 0},
    [S_SRC] = {"Source", "src", false, 0},
    [S_DST] = {"Destination", "dst", false, 0},
    [S_SSRC] = {"SSRC", "ssrc", false, 0},
    [S_CODEC] = {"Codec", "codec", false, 16},
    [S_PACKETS] = {"Packets", "packets", true, 0},
    [S_LOST] = {"Lost", "lost", true, 0},
    [S_LOSS] = {"Loss %", "loss_pct", true, 0},
    [S_DUPLICATES] = {NULL, "duplicates", true, 0},
    [S_REORDERED] = {NULL, "reordered", true, 0},
    [S_DELTA_MEAN] = {NULL, "delta_mean_ms", true, 0},
    [S_DELTA] = {"Max delta ms", "delta_max_ms", true, 0},
    [S_JITTER_MEAN] = {"Mean jitter ms", "jitter_mean_ms", true, 0},
    [S_JITTER] = {"Max jitter ms", "jitter_max_ms", true, 0},
    [S_KBPS] = {"kbit/s", "ip_kbps", true, 0},
    [S_MOS] = {"MOS", "mos", true, 0},
    [S_DIRECTION] = {NULL, "direction", false, 0},
};

static unsigned commonest_type(const struct stream_figures *f)
{
    unsigned most = 0;

    for (unsigned i = 1; i < f->pt_count; i++)
        if (f->pts[i].packets > f->pts[most].packets)
            most = i;
    return f->pts[most].pt;
}

static void stream_codec(struct grid *g, const struct stream_figures *f)
{
    if (f->codec.n)
        grid_slice(g, S_CODEC, f->codec);
    else if (f->guessed_codec.n && !g->csv)
        grid_printf(g, S_CODEC, "%.*s?", SLICE_ARG(f->guessed_codec));
    else if (f->pt_count)
        grid_printf(g, S_CODEC, "type %u", commonest_type(f));
}

static void ssrc_text(struct grid *g, uint32_t ssrc)
{
    char text[10] = "0x";

    digits_hex(text + 2, ssrc);
    grid_slice(g, S_SSRC, slice_make(text, sizeof text));
}

static bool stream_row(void *ctx, size_t i, struct grid *g)
{
    struct listing *l = ctx;
    struct stream_figures f;

    stream_ask_ahead(l->a->streams, i);
    if (!report_selects_stream(l->a, (uint32_t)i, &l->o->select))
        return false;
    stream_list_figures(stream_at(l->a->streams, i), &f);
    grid_count(g, S_ID, i + 1);
    if (f.call != STREAM_NO_CALL)
        grid_count(g, S_CALL, f.call + 1);
    grid_time(g, S_START, l->o->time, f.start, l->a->first_time, l->before);
    grid_address(g, S_SRC, &f.src);
    grid_address(g, S_DST, &f.dst);
    ssrc_text(g, f.ssrc);
    stream_codec(g, &f);
    grid_count(g, S_PACKETS, f.packets);
    grid_count(g, S_LOST, f.lost);
    grid_number(g, S_LOSS, f.loss_pct, 2);
    if (f.loss_pct >= 1)
        grid_style(g, S_LOSS, style_bad(l->o));
    grid_count(g, S_DUPLICATES, f.duplicates);
    grid_count(g, S_REORDERED, f.reordered);
    grid_number(g, S_DELTA_MEAN, f.delta_ms.mean, 3);
    grid_number(g, S_DELTA, f.delta_ms.max, 3);
    grid_number(g, S_JITTER_MEAN, f.jitter_ms.mean, 3);
    grid_number(g, S_JITTER, f.jitter_ms.max, 3);
    if (f.jitter_ms.max >= 30)
        grid_style(g, S_JITTER, style_bad(l->o));
    grid_number(g, S_KBPS, f.ip_kbps, 1);
    grid_number(g, S_MOS, f.mos, 2);
    if (f.direction != STREAM_NO_DIRECTION)
        grid_string(g, S_DIRECTION,
                    f.direction == STREAM_TO_CALLEE ? "caller-to-callee" : "callee-to-caller");
    l->before = f.start;
    return true;
}

static struct grid streams_grid(struct listing *l)
{
    l->before = l->a->first_time;
    return (struct grid){.columns = stream_columns,
                         .count = sizeof stream_columns / sizeof stream_columns[0],
                         .row = stream_row,
                         .ctx = l,
                         .rows = stream_count(l->a->streams)};
}

int report_streams(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out)
{
    struct listing l = {.a = a, .o = o};
    struct grid g = streams_grid(&l);

    if (o->details) {
        report_one_stream(a, o, out);
    } else if (!grid_text(&g, o, out)) {
        fputs("No RTP streams.\n", out);
        return 0;
    }
    if (!o->intervals)
        return 0;
    putc('\n', out);
    return report_intervals(a, o, out);
}

int report_csv(const struct fosip_analysis *a, enum fosip_report report,
               const struct fosip_report_options *o, FILE *out)
{
    struct listing l = {.a = a, .o = o};
    struct grid g = report == FOSIP_MESSAGES  ? messages_grid(&l)
                    : report == FOSIP_STREAMS ? streams_grid(&l)
                                              : calls_grid(&l);

    if (report == FOSIP_STREAMS && o->intervals)
        return report_intervals(a, o, out);
    grid_csv(&g, out);
    free(l.entries);
    free(l.msg);
    return 0;
}
