/* fosip ladder: see fosip(1). */
#include "cmd/command.h"

static int run(const struct fosip_analysis *analysis, const struct options *options, FILE *out,
               struct fosip_error *err)
{
    return fosip_report(analysis, FOSIP_LADDER, &options->report, out, err);
}

const struct command command_ladder = {"ladder", "the call-flow diagram of the chosen calls", run};
