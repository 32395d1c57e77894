/* fosip diff: see fosip(1). */
#include <stdlib.h>

#include "cmd/command.h"
#include "cmd/run.h"
#include "fosip/diff.h"
#include "fosip/output.h"

/* One side: a capture that is analysed, or a saved result. */
static int add_side(struct fosip_diff *diff, const struct options *o, const char *path,
                    struct fosip_analysis **analysis, bool *trouble)
{
    struct fosip_error err = {0};
    int r;

    if (fosip_is_result(path)) {
        r = fosip_diff_add_result(diff, path, &o->report.select, &err);
        return r < 0 ? run_complain(err.text) : 0;
    }
    if (run_analyse(analysis, o, &path, 1) != 0)
        return EXIT_TROUBLE;
    *trouble = run_problems(*analysis, o) || *trouble;
    if (!fosip_readable(*analysis))
        return EXIT_TROUBLE;
    r = fosip_diff_add_analysis(diff, *analysis, path, &o->report.select, &err);
    return r < 0 ? run_complain(err.text) : 0;
}

static int configure(struct fosip_diff *diff, const struct options *o)
{
    struct fosip_error err = {0};
    int r = o->strict_values ? fosip_diff_compare(diff, "all", &err) : 0;

    for (size_t i = 0; r == 0 && i < o->list_count; i++) {
        const struct option_list *list = &o->lists[i];

        r = list->of == LIST_TOLERANCE ? fosip_diff_tolerance(diff, list->words, &err)
            : list->of == LIST_IGNORE  ? fosip_diff_ignore(diff, list->words, &err)
                                       : fosip_diff_compare(diff, list->words, &err);
    }
    return r < 0 ? run_complain(err.text) : 0;
}

static int print(struct fosip_diff *diff, struct options *o, bool *same)
{
    struct fosip_error err = {0};
    struct fosip_output output;

    if (fosip_output_open(&output, o->output, &err) < 0)
        return run_complain(err.text);
    options_settle(o, output.file);
    if (fosip_diff_report(diff, &o->report, output.file, same, &err) < 0 ||
        fosip_output_finish(&output, &err) < 0) {
        fosip_output_abandon(&output);
        return run_complain(err.text);
    }
    return 0;
}

static int compare(struct fosip_diff *diff, struct options *o)
{
    struct fosip_analysis *analyses[2] = {NULL, NULL};
    bool trouble = false, same = false;
    int status = configure(diff, o);

    for (unsigned i = 0; status == 0 && i < 2; i++)
        status = add_side(diff, o, o->files[i], &analyses[i], &trouble);
    if (status == 0)
        status = print(diff, o, &same);
    fosip_free(analyses[0]);
    fosip_free(analyses[1]);
    if (status || trouble)
        return EXIT_TROUBLE;
    return same ? 0 : EXIT_DIFFERENT;
}

static int run(struct options *o)
{
    struct fosip_diff *diff;
    int status;

    if (o->file_count != 2)
        return run_complain("diff compares two captures or results: name both; fosip --help shows "
                            "how");
    diff = fosip_diff_new();
    if (!diff)
        return run_complain("not enough memory to compare");
    status = compare(diff, o);
    fosip_diff_free(diff);
    return status;
}

const struct command command_diff = {
    "diff", "two captures or JSON results, call by call",
    "  A and B           captures, or results that fosip -T json printed\n"
    "  --tolerance LIST  how much figures may differ: time=250ms,loss=1%,mos=0.2 ...\n"
    "  --ignore LIST     leave out headers of these names, or sdp, timing, streams ...\n"
    "  --compare LIST    also what is new in each call: tags, ports, ssrcs ...\n"
    "  --strict-values   all of these",
    run,
};
