#include "cmd/run.h"

#include <unistd.h>

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

/* What is drawn of a single stream needs seconds, asked for or not. */
static int64_t interval(const struct options *o)
{
    static const int64_t SECOND = 1000000000;
    bool drawn = (o->report.select.stream || o->report.select.ssrc) &&
                 o->report.format == FOSIP_TEXT;

    return o->interval || !drawn ? o->interval : SECOND;
}

int run_analyse(struct fosip_analysis **out, const struct options *o, const char *const *paths,
                size_t count)
{
    struct progress progress;
    struct fosip_options how = {.filter = o->filter,
                                .tls_keys = o->tls_keys,
                                .srtp = o->srtp,
                                .threads = o->threads,
                                .interval = interval(o),
                                .buffer_ms = o->buffer_ms,
                                .progress = progress_show,
                                .progress_ctx = &progress};
    struct fosip_error err = {0};
    int r;

    progress_start(&progress, o->progress == WHEN_ALWAYS ||
                                  (o->progress == WHEN_AUTO && !o->quiet && isatty(STDERR_FILENO)));
    r = fosip_analyse(out, &how, paths, count, &err);
    progress_end(&progress);
    return r < 0 ? run_complain(err.text) : 0;
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

int run_report(struct options *o, run_print *print)
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
