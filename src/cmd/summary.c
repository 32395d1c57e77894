/* fosip summary: see fosip(1). */
#include "cmd/command.h"
#include "cmd/run.h"

static int print(const struct fosip_analysis *analysis, const struct options *options, FILE *out,
                 struct fosip_error *err)
{
    return fosip_report(analysis, FOSIP_SUMMARY, &options->report, out, err);
}

static int run(struct options *options)
{
    return run_report(options, FOSIP_SUMMARY, print);
}

const struct command command_summary = {
    "summary", "what is in the capture: calls, streams, findings",
    NULL,
    run,
};
