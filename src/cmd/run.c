#include "cmd/run.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/interrupt.h"
#include "cmd/progress.h"
#include "fosip/output.h"

int run_complain(const char *text)
{
    fprintf(stderr, "fosip: %s\n", text);
    return EXIT_TROUBLE;
}

bool run_problems(const struct fosip_analysis *a, const struct options *o)
{
    bool bad = false, damaged;
    const char *text;

    for (size_t i = 0; (text = fosip_problem(a, i, &damaged)); i++) {
        bad = bad || damaged || o->strict;
        if (!o->quiet || damaged)
            fprintf(stderr, "fosip: %s%s\n", damaged || o->strict ? "" : "warning: ", text);
    }
    return bad;
}

/* Where parts of a capture are printed while it goes on. */
struct lines {
    struct fosip_lines *lines;
    struct fosip_error err; /* why printing failed */
};

static int print_part(void *ctx, const struct fosip_analysis *part)
{
    struct lines *l = ctx;

    if (fosip_lines_part(l->lines, part, &l->err) < 0)
        return -1;
    return interrupt_came() ? -1 : 0;
}

/* What is drawn of a single stream needs seconds, asked for or not. */
static int64_t interval(const struct options *o)
{
    static const int64_t SECOND = 1000000000;
    bool drawn = (o->report.select.stream || o->report.select.ssrc) &&
                 o->report.format == FOSIP_TEXT;

    return o->interval || !drawn ? o->interval : SECOND;
}

static int analyse(struct fosip_analysis **out, const struct options *o,
                   const char *const *paths, size_t count, struct lines *lines)
{
    struct progress progress;
    struct fosip_options how = {.filter = o->filter,
                                .tls_keys = o->tls_keys,
                                .srtp = o->srtp,
                                .threads = o->report.threads,
                                .interval = interval(o),
                                .buffer_ms = o->buffer_ms,
                                .progress = progress_show,
                                .progress_ctx = &progress,
                                .quiet_time = lines ? o->quiet_time : 0,
                                .let_go = lines ? print_part : NULL,
                                .let_go_ctx = lines};
    struct fosip_error err = {0};
    int r;

    progress_start(&progress, o->progress == WHEN_ALWAYS ||
                                  (o->progress == WHEN_AUTO && !o->quiet && isatty(STDERR_FILENO)));
    r = fosip_analyse(out, &how, paths, count, &err);
    progress_end(&progress);
    return r < 0 ? run_complain(err.text) : 0;
}

int run_analyse(struct fosip_analysis **out, const struct options *o, const char *const *paths,
                size_t count)
{
    return analyse(out, o, paths, count, NULL);
}

static int print_result(const struct fosip_analysis *a, struct options *o, run_print *print)
{
    struct fosip_error err = {0};
    struct fosip_output output;

    if (fosip_output_open(&output, o->output, &err) < 0)
        return run_complain(err.text);
    options_settle(o, output.file);
    if (print(a, o, output.file, &err) < 0 || fosip_output_finish(&output, &err) < 0) {
        fosip_output_abandon(&output);
        return run_complain(err.text);
    }
    return 0;
}

static bool is_for_programs(enum fosip_format format)
{
    return format == FOSIP_JSON || format == FOSIP_NDJSON || format == FOSIP_CSV;
}

static bool is_pipe(const char *path)
{
    struct stat st;

    return (strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &st) : stat(path, &st)) == 0 &&
           (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

/* A pipe may have no end. */
static bool wants_parts(struct options *o)
{
    static const int64_t USUAL = 32 * (int64_t)1000000000;
    bool pipe = false;

    if (o->report.format != FOSIP_NDJSON || o->report.diff[0])
        return false;
    for (size_t i = 0; i < o->file_count; i++)
        pipe = pipe || is_pipe(o->files[i]);
    if (!o->quiet_time && pipe)
        o->quiet_time = USUAL;
    return o->quiet_time != 0;
}

static int finish_lines(const struct lines *l, const struct fosip_analysis *a,
                        struct fosip_output *output)
{
    struct fosip_error err = l->err;

    if (err.code || fosip_lines_end(l->lines, a, &err) < 0 ||
        fosip_output_finish(output, &err) < 0) {
        fosip_output_abandon(output);
        return run_complain(err.text);
    }
    return 0;
}

static int run_in_parts(struct options *o, enum fosip_report report)
{
    struct fosip_error err = {0};
    struct fosip_output output;
    struct fosip_analysis *a;
    struct lines lines = {0};
    int status;

    if (fosip_output_open(&output, o->output, &err) < 0)
        return run_complain(err.text);
    options_settle(o, output.file);
    interrupt_ends_input();
    lines.lines = fosip_lines_new(report, &o->report, output.file);
    status = lines.lines ? analyse(&a, o, o->files, o->file_count, &lines)
                         : run_complain("not enough memory");
    if (status) {
        fosip_output_abandon(&output);
        fosip_lines_free(lines.lines);
        return status;
    }
    status = finish_lines(&lines, a, &output);
    if (run_problems(a, o))
        status = EXIT_TROUBLE;
    fosip_lines_free(lines.lines);
    fosip_free(a);
    return status;
}

int run_report(struct options *o, enum fosip_report report, run_print *print)
{
    return wants_parts(o) ? run_in_parts(o, report) : run_whole(o, print);
}

int run_whole(struct options *o, run_print *print)
{
    struct fosip_analysis *a;
    int status = run_analyse(&a, o, o->files, o->file_count);

    if (status)
        return status;
    /* Without a capture there is nothing to show people; programs get a
     * document that says so. */
    status = fosip_readable(a) || is_for_programs(o->report.format) ? print_result(a, o, print)
                                                                 : EXIT_TROUBLE;
    if (run_problems(a, o))
        status = EXIT_TROUBLE;
    fosip_free(a);
    return status;
}
