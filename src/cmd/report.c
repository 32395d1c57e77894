/* fosip report: see fosip(1). */
#include "cmd/command.h"
#include "cmd/run.h"

static int print(const struct fosip_analysis *analysis, const struct options *options, FILE *out,
                 struct fosip_error *err)
{
    return fosip_report(analysis, FOSIP_HTML, &options->report, out, err);
}

static int run(struct options *o)
{
    static const int64_t SECOND = 1000000000;

    if (o->report.format != FOSIP_TEXT)
        return run_complain("report writes an HTML page: leave -T away");
    /* What it draws of streams. */
    if (!o->interval)
        o->interval = SECOND;
    return run_whole(o, print);
}

const struct command command_report = {
    "report", "one HTML page that needs nothing beside it (-o FILE)",
    "  --no-group        a call without the others that belong to it\n"
    "  --interval 1s     the steps in which streams are drawn",
    run,
};
