/* The door to check: all expectations on one capture; expectations from a capture. */
#include "check/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "report/text.h"

static size_t most_nodes(const struct fosip_check *check)
{
    size_t most = 1;

    for (size_t i = 0; i < check->v.n; i++) {
        const struct expectation *e = &check->v.v[i];

        most = e->where.nodes > most ? e->where.nodes : most;
        most = e->test.nodes > most ? e->test.nodes : most;
    }
    return most;
}

static int finish(FILE *out, struct fosip_error *err)
{
    if (fflush(out) != 0 || ferror(out))
        return error_set(err, -EIO, "writing the results failed: %s", strerror(errno));
    return 0;
}

int fosip_check_run(struct fosip_check *check, const struct fosip_analysis *a,
                    const struct fosip_report_options *options, enum fosip_check_format format,
                    FILE *out, size_t *failed, struct fosip_error *err)
{
    struct checking c = {.analysis = a, .select = &options->select};
    struct outcome *outcomes = calloc(check->v.n + 1, sizeof *outcomes);
    int r = eval_open(&c.eval, a, most_nodes(check));

    *failed = 0;
    if (r == 0)
        r = outcomes ? report_choose(a, &options->select, true) : -ENOMEM;
    for (size_t i = 0; r == 0 && i < check->v.n; i++) {
        expectation_test(&c, &check->v.v[i], &outcomes[i]);
        *failed += !outcomes[i].held;
        if (c.failed || c.eval.failed)
            r = -ENOMEM;
    }
    if (r == 0)
        r = print_results(check, &c, outcomes, format, options, out);
    for (size_t i = 0; outcomes && i < check->v.n; i++)
        outcome_free(&outcomes[i]);
    free(outcomes);
    eval_close(&c.eval);
    return r < 0 ? error_set(err, r, "not enough memory") : finish(out, err);
}

/* ---- expectations from a capture --------------------------------------------------------- */

/* Text in quotes, as expressions want it. */
static void quote(struct slice s, FILE *out)
{
    putc('"', out);
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < ' ' || c >= 0x7f)
            fprintf(out, "\\x%02x", c);
        else
            putc(c, out);
    }
    putc('"', out);
}

/* "p1", "p2", ... by address. */
static unsigned number_of(struct net_addr *ends, unsigned *count, const struct net_addr *addr)
{
    enum { MOST = 24 };

    for (unsigned i = 0; i < *count; i++)
        if (addr_eq(&ends[i], addr))
            return i + 1;
    if (*count < MOST)
        ends[(*count)++] = *addr;
    return *count;
}

static void init_ladder(struct checking *c, const struct call *call, FILE *out)
{
    struct net_addr ends[24];
    unsigned count = 0;

    fputs("ladder call where call.from.user == ", out);
    quote(call->from.user, out);
    fputs(" and call.to.user == ", out);
    quote(call->to.user, out);
    fputs(":\n", out);
    for (size_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];
        const struct path *path = call_path(c->analysis->calls, m->path);
        unsigned from, to;
        char label[64];

        if (m->retransmission_of != CALL_NONE)
            continue;
        message_label(c, m, label);
        from = number_of(ends, &count, &path->src);
        to = number_of(ends, &count, &path->dst);
        fprintf(out, "    p%u -> p%u: %s%s\n", from, to, label, m->status == 100 ? " ?" : "");
    }
}

static void init_call(struct checking *c, const struct call *call, FILE *out)
{
    fputs("\none call where call.from.user == ", out);
    quote(call->from.user, out);
    fputs(" and call.to.user == ", out);
    quote(call->to.user, out);
    fprintf(out, ": call.state == %s", call_state_name(call->state));
    if (call->status)
        fprintf(out, " and call.status == %u", call->status);
    if (call->answer >= 0)
        fprintf(out, " and call.timing.answer_ms == %.0fms +- 50%%", (double)call->answer / 1e6);
    putc('\n', out);
    init_ladder(c, call, out);
}

static bool is_alone(const struct fosip_analysis *a, const struct call *call)
{
    unsigned like = 0;

    for (size_t i = 0; i < call_count(a->calls) && like < 2; i++) {
        const struct call *other = call_at(a->calls, i);

        like += other->kind == CALL_CALL && slice_eq(other->from.user, call->from.user) &&
                slice_eq(other->to.user, call->to.user);
    }
    return like == 1;
}

static bool has_errors(const struct fosip_analysis *a, enum finding_severity worst)
{
    for (size_t i = 0; i < a->findings.n; i++)
        if (a->findings.v[i].severity <= worst)
            return true;
    return false;
}

static void init_streams(const struct fosip_analysis *a, FILE *out)
{
    double loss = 0, jitter = 0, mos = 5;
    struct stream_figures f;

    if (!stream_count(a->streams))
        return;
    for (size_t i = 0; i < stream_count(a->streams); i++) {
        stream_figures(stream_at(a->streams, i), &f);
        loss = f.loss_pct > loss ? f.loss_pct : loss;
        jitter = f.jitter_ms.max > jitter ? f.jitter_ms.max : jitter;
        mos = f.mos < mos ? f.mos : mos;
    }
    fprintf(out, "\neach stream: stream.loss_pct <= %.1f%%\n", loss + 0.5);
    fprintf(out, "each stream: not stream.jitter_ms.max > %.0fms\n", jitter * 2 + 1);
    if (mos < 5)
        fprintf(out, "each stream: not stream.mos < %.1f\n", mos > 1.3 ? mos - 0.3 : 1.0);
}

int fosip_check_init(const struct fosip_analysis *a, FILE *out, struct fosip_error *err)
{
    enum { MOST_CALLS = 20 };
    struct checking c = {.analysis = a};
    size_t calls = 0, written = 0;
    int r = eval_open(&c.eval, a, 1);

    for (size_t i = 0; i < call_count(a->calls); i++)
        calls += call_at(a->calls, i)->kind == CALL_CALL;
    fprintf(out, "# Expectations for fosip check; see fosip-check(1).\n\n"
                 "capture: count(call: call.kind == call) == %zu\n", calls);
    fprintf(out, "capture: count(stream) == %zu\n", stream_count(a->streams));
    if (!has_errors(a, FINDING_WARNING))
        fputs("no finding where finding.severity >= warning\n", out);
    else if (!has_errors(a, FINDING_ERROR))
        fputs("no finding where finding.severity >= error\n", out);
    init_streams(a, out);
    for (size_t i = 0; r == 0 && i < call_count(a->calls) && written < MOST_CALLS; i++) {
        const struct call *call = call_at(a->calls, i);

        if (call->kind != CALL_CALL || !is_alone(a, call))
            continue;
        init_call(&c, call, out);
        written++;
    }
    eval_close(&c.eval);
    return r < 0 ? error_set(err, r, "not enough memory") : finish(out, err);
}
