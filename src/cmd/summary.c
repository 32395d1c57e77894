/* fosip summary: see fosip(1). */
#include "cmd/command.h"

static int run(const struct fosip_analysis *analysis, const struct options *options, FILE *out,
               struct fosip_error *err)
{
    return fosip_report(analysis, FOSIP_SUMMARY, &options->report, out, err);
}

const struct command command_summary = {
    "summary", "what is in the capture: calls, streams, findings", run};
