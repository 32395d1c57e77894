/* Results for programs: JSON, TAP, JUnit, and what GitHub and GitLab show. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/hash.h"
#include "check/print.h"
#include "report/json.h"
#include "report/text.h"

static struct slice title(const struct expectation *e)
{
    return e->name.n ? e->name : e->text;
}

static size_t count_failed(const struct fosip_check *check, const struct outcome *outcomes)
{
    size_t failed = 0;

    for (size_t i = 0; i < check->v.n; i++)
        failed += !outcomes[i].held;
    return failed;
}

/* ---- JSON ------------------------------------------------------------------------------- */

static void failure(struct json *j, const struct failure *f)
{
    json_open(j, NULL);
    json_id(j, "call", f->item.kind == ITEM_CAPTURE ? CALL_NONE : f->item.call);
    json_id(j, "message", f->item.kind == ITEM_MESSAGE ? f->item.index : CALL_NONE);
    json_id(j, "stream", f->item.kind == ITEM_STREAM ? f->item.index : CALL_NONE);
    json_id(j, "finding", f->item.kind == ITEM_FINDING ? f->item.index : CALL_NONE);
    json_nonzero(j, "frame", f->frame);
    json_name(j, "found", f->text);
    json_close(j);
}

static void result(struct json *j, const struct expectation *e, const struct outcome *o)
{
    json_text(j, "name", e->name.n ? e->name : SLICE_EMPTY);
    json_text(j, "expected", e->text);
    json_name(j, "file", e->file);
    json_count(j, "line", e->line);
    json_boolean(j, "held", o->held);
    json_count(j, "tested", o->tested);
    json_count(j, "failed", o->failed);
    json_list(j, "failures");
    for (size_t i = 0; i < o->failures.n; i++)
        failure(j, &o->failures.v[i]);
    json_end(j);
}

int print_json(const struct fosip_check *check, const struct outcome *outcomes, FILE *out)
{
    struct json *j = json_new(out);

    if (!j)
        return -ENOMEM;
    json_open(j, NULL);
    json_name(j, "schema", "fosip-check/1");
    json_count(j, "expectations", check->v.n);
    json_count(j, "failed", count_failed(check, outcomes));
    json_list(j, "results");
    for (size_t i = 0; i < check->v.n; i++) {
        json_open_line(j);
        result(j, &check->v.v[i], &outcomes[i]);
        json_close(j);
    }
    json_raw(j, "\n");
    json_end(j);
    json_close(j);
    json_raw(j, "\n");
    json_free(j);
    return 0;
}

/* ---- TAP -------------------------------------------------------------------------------- */

static void tap_line(struct slice s, FILE *out)
{
    size_t n;
    char *valid = text_to_utf8(s, &n);

    for (size_t i = 0; valid && i < n; i++) {
        if (valid[i] == '#' || valid[i] == '\\')
            putc('\\', out);
        putc((unsigned char)valid[i] < ' ' ? ' ' : valid[i], out);
    }
    free(valid);
}

void print_tap(const struct fosip_check *check, struct checking *c,
               const struct outcome *outcomes, FILE *out)
{
    char place[FAILURE_PLACE];

    fprintf(out, "TAP version 13\n1..%zu\n", check->v.n);
    for (size_t i = 0; i < check->v.n; i++) {
        const struct outcome *o = &outcomes[i];

        fprintf(out, "%sok %zu - ", o->held ? "" : "not ", i + 1);
        tap_line(title(&check->v.v[i]), out);
        putc('\n', out);
        if (!o->held) {
            fprintf(out, "# expected (%s:%u): ", check->v.v[i].file, check->v.v[i].line);
            tap_line(check->v.v[i].text, out);
            putc('\n', out);
        }
        for (size_t f = 0; f < o->failures.n; f++) {
            failure_place(&o->failures.v[f], place);
            fprintf(out, "# found %s%s", place, *place ? ": " : "");
            tap_line(slice_str(o->failures.v[f].text), out);
            putc('\n', out);
            print_pieces(c, &o->failures.v[f], "#   ", false, out);
        }
        print_more(o, "# ", out);
    }
}

/* ---- JUnit ------------------------------------------------------------------------------ */

/* Characters that XML 1.0 does not allow become U+FFFD. */
static void xml(struct slice s, FILE *out)
{
    size_t n;
    char *valid = text_to_utf8(s, &n);

    for (size_t i = 0; valid && i < n; i++) {
        switch (valid[i]) {
        case '&': fputs("&amp;", out); break;
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '"': fputs("&quot;", out); break;
        default:
            if ((unsigned char)valid[i] < ' ' && !strchr("\t\n\r", valid[i]))
                fputs("\xef\xbf\xbd", out);
            else
                putc(valid[i], out);
        }
    }
    free(valid);
}

static void junit_failure(struct checking *c, const struct expectation *e,
                          const struct outcome *o, FILE *out)
{
    char place[FAILURE_PLACE], *pieces = NULL;
    size_t n = 0;
    FILE *memory;

    fputs("    <failure message=\"", out);
    xml(slice_str(o->failures.n ? o->failures.v[0].text : "it does not hold"), out);
    fputs("\">expected ", out);
    xml(e->text, out);
    putc('\n', out);
    for (size_t i = 0; i < o->failures.n; i++) {
        failure_place(&o->failures.v[i], place);
        fprintf(out, "found %s%s", place, *place ? ": " : "");
        xml(slice_str(o->failures.v[i].text), out);
        putc('\n', out);
        memory = open_memstream(&pieces, &n);
        if (!memory)
            continue;
        print_pieces(c, &o->failures.v[i], "  ", false, memory);
        fclose(memory);
        xml(slice_make(pieces, n), out);
        free(pieces);
    }
    print_more(o, "", out);
    fputs("</failure>\n", out);
}

void print_junit(const struct fosip_check *check, struct checking *c,
                 const struct outcome *outcomes, FILE *out)
{
    fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                 "<testsuite name=\"fosip check\" tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n",
            check->v.n, count_failed(check, outcomes));
    for (size_t i = 0; i < check->v.n; i++) {
        const struct expectation *e = &check->v.v[i];

        fputs("  <testcase classname=\"", out);
        xml(slice_str(e->file), out);
        fputs("\" name=\"", out);
        xml(title(e), out);
        fprintf(out, "\" line=\"%u\"%s>\n", e->line, outcomes[i].held ? "/" : "");
        if (outcomes[i].held)
            continue;
        junit_failure(c, e, &outcomes[i], out);
        fputs("  </testcase>\n", out);
    }
    fputs("</testsuite>\n</testsuites>\n", out);
}

/* ---- GitHub and GitLab -------------------------------------------------------------------- */

/* What a workflow command needs escaped: in properties more than in the message. */
static void escaped(struct slice s, bool property, FILE *out)
{
    size_t n;
    char *valid = text_to_utf8(s, &n);

    for (size_t i = 0; valid && i < n; i++) {
        char ch = valid[i];

        if (ch == '%' || ch == '\r' || ch == '\n' || (property && (ch == ':' || ch == ',')))
            fprintf(out, "%%%02X", (unsigned char)ch);
        else
            putc(ch, out);
    }
    free(valid);
}

static void github_message(const struct outcome *o, FILE *out)
{
    char place[FAILURE_PLACE];

    for (size_t i = 0; i < o->failures.n; i++) {
        failure_place(&o->failures.v[i], place);
        fprintf(out, "%sfound %s%s", i ? "%0A" : "", place, *place ? ": " : "");
        escaped(slice_str(o->failures.v[i].text), false, out);
    }
}

void print_github(const struct fosip_check *check, const struct outcome *outcomes, FILE *out)
{
    size_t failed = count_failed(check, outcomes);

    for (size_t i = 0; i < check->v.n; i++) {
        const struct expectation *e = &check->v.v[i];

        if (outcomes[i].held)
            continue;
        fputs("::error file=", out);
        escaped(slice_str(e->file), true, out);
        fprintf(out, ",line=%u,title=", e->line);
        escaped(title(e), true, out);
        fputs("::expected ", out);
        escaped(e->text, false, out);
        fputs("%0A", out);
        github_message(&outcomes[i], out);
        putc('\n', out);
    }
    fprintf(out, "%zu expectation%s, %zu failed\n", check->v.n, check->v.n == 1 ? "" : "s", failed);
}

static void gitlab_issue(struct json *j, const struct expectation *e, const struct outcome *o)
{
    struct slice t = title(e);
    char *text = NULL, fingerprint[40];

    if (asprintf(&text, "%.*s: found %s", SLICE_ARG(t),
                 o->failures.n && o->failures.v[0].text ? o->failures.v[0].text : "") < 0)
        text = NULL;
    snprintf(fingerprint, sizeof fingerprint, "%016" PRIx64 "%08x",
             hash_bytes(hash_bytes(1, e->file, strlen(e->file)), e->text.p, e->text.n), e->line);
    json_name(j, "description", text);
    json_name(j, "check_name", "fosip check");
    json_name(j, "fingerprint", fingerprint);
    json_name(j, "severity", "major");
    json_open(j, "location");
    json_name(j, "path", e->file);
    json_open(j, "lines");
    json_count(j, "begin", e->line);
    json_close(j);
    json_close(j);
    free(text);
}

int print_gitlab(const struct fosip_check *check, const struct outcome *outcomes, FILE *out)
{
    struct json *j = json_new(out);

    if (!j)
        return -ENOMEM;
    json_list(j, NULL);
    for (size_t i = 0; i < check->v.n; i++) {
        if (outcomes[i].held)
            continue;
        json_open_line(j);
        gitlab_issue(j, &check->v.v[i], &outcomes[i]);
        json_close(j);
    }
    json_raw(j, "\n");
    json_end(j);
    json_raw(j, "\n");
    json_free(j);
    return 0;
}
