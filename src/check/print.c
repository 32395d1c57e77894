/* Results for people: what was expected, what was found, and the messages around it. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/time.h"
#include "check/print.h"
#include "report/grid.h"

void print_title(const struct expectation *e, FILE *out)
{
    struct slice s = e->name.n ? e->name : e->text;
    size_t n;
    char *valid = text_to_utf8(s, &n);

    fprintf(out, "%.*s", valid ? (int)n : 0, valid ? valid : "");
    free(valid);
}

void failure_place(const struct failure *f, char out[FAILURE_PLACE])
{
    static const char *const names[] = {"capture", "call", "message", "stream", "finding", ""};
    const struct item *item = &f->item;
    size_t n;

    out[0] = '\0';
    if (item->kind == ITEM_CAPTURE)
        return;
    if (item->kind == ITEM_CALL)
        n = (size_t)snprintf(out, FAILURE_PLACE, "call %u", item->call + 1);
    else if (item->kind == ITEM_MESSAGE)
        n = (size_t)snprintf(out, FAILURE_PLACE, "call %u, message %u", item->call + 1,
                             item->index + 1);
    else
        n = (size_t)snprintf(out, FAILURE_PLACE, "%s %u", names[item->kind], item->index + 1);
    if (f->frame)
        snprintf(out + n, FAILURE_PLACE - n, ", frame %" PRIu64, f->frame);
}

void print_pieces(struct checking *c, const struct failure *f, const char *margin, bool unicode,
                  FILE *out)
{
    const struct fosip_analysis *a = c->analysis;

    for (uint32_t i = f->first; f->first <= f->last && i <= f->last; i++) {
        const struct message *m = &call_at(a->calls, f->item.call)->messages.v[i];
        const struct path *path = call_path(a->calls, m->path);
        struct line line = {.unicode = unicode};
        char label[64], src[ADDR_TEXT], dst[ADDR_TEXT], time[TEXT_TIME];

        message_label(c, m, label);
        line_printf(&line, "%sframe %" PRIu64 "  %s  %s -> %s  ", margin, m->frame,
                    text_time(FOSIP_TIME_RELATIVE, m->time, a->first_time, a->first_time, time),
                    addr_text(&path->src, src), addr_text(&path->dst, dst));
        line_add_foreign(&line, slice_str(label), 0);
        if (m->retransmission_of != CALL_NONE)
            line_add(&line, "  retransmission");
        if (f->here && m->frame == f->frame)
            line_add(&line, "  <-- here");
        line_write(&line, out);
        line_free(&line);
    }
}

static void print_failure(struct checking *c, const struct failure *f,
                          const struct fosip_report_options *o, FILE *out)
{
    struct line line = {.unicode = o->unicode};
    char place[FAILURE_PLACE];

    failure_place(f, place);
    line_printf(&line, "    found     %s%s", place, *place ? ": " : "");
    line_add_foreign(&line, slice_str(f->text ? f->text : ""), 0);
    line_write(&line, out);
    line_free(&line);
    print_pieces(c, f, "              ", o->unicode, out);
}

void print_more(const struct outcome *o, const char *margin, FILE *out)
{
    if (o->failed > o->failures.n)
        fprintf(out, "%sand %zu more\n", margin, o->failed - o->failures.n);
}

static void print_one(struct checking *c, const struct expectation *e, const struct outcome *o,
                      const struct fosip_report_options *how, FILE *out)
{
    struct line line = {.unicode = how->unicode};

    fprintf(out, "%s%s%s  ", o->held ? style_good(how) : style_bad(how),
            o->held ? "ok  " : "FAIL", style_end(how));
    line_add_foreign(&line, e->name.n ? e->name : e->text, 0);
    line_write(&line, out);
    line_clear(&line);
    if (!o->held) {
        line_printf(&line, "    expected  ");
        line_add_foreign(&line, e->text, 0);
        line_printf(&line, "  (%s:%u)", e->file, e->line);
        line_write(&line, out);
    }
    line_free(&line);
    for (size_t i = 0; i < o->failures.n; i++)
        print_failure(c, &o->failures.v[i], how, out);
    print_more(o, "              ", out);
}

static void print_text(const struct fosip_check *check, struct checking *c,
                       const struct outcome *outcomes, const struct fosip_report_options *o,
                       FILE *out)
{
    size_t failed = 0;

    for (size_t i = 0; i < check->v.n; i++) {
        print_one(c, &check->v.v[i], &outcomes[i], o, out);
        failed += !outcomes[i].held;
    }
    fprintf(out, "%zu expectation%s, %zu failed\n", check->v.n, check->v.n == 1 ? "" : "s", failed);
}

int print_results(const struct fosip_check *check, struct checking *c,
                  const struct outcome *outcomes, enum fosip_check_format format,
                  const struct fosip_report_options *o, FILE *out)
{
    switch (format) {
    case FOSIP_CHECK_TEXT: print_text(check, c, outcomes, o, out); break;
    case FOSIP_CHECK_JSON: return print_json(check, outcomes, out);
    case FOSIP_CHECK_TAP: print_tap(check, c, outcomes, out); break;
    case FOSIP_CHECK_JUNIT: print_junit(check, c, outcomes, out); break;
    case FOSIP_CHECK_GITHUB: print_github(check, outcomes, out); break;
    case FOSIP_CHECK_GITLAB: return print_gitlab(check, outcomes, out);
    }
    return 0;
}
