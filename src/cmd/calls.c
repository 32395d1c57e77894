/* fosip calls: see fosip(1). */
#include "cmd/command.h"

static int run(const struct fosip_analysis *analysis, const struct options *options, FILE *out,
               struct fosip_error *err)
{
    return fosip_report(analysis, FOSIP_CALLS, &options->report, out, err);
}

const struct command command_calls = {
    "calls", "one row a call (--all: registrations and the like, too)", run};
