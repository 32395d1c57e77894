/* fosip ladder: see fosip(1). */
#include "cmd/command.h"
#include "cmd/run.h"

static int print(const struct fosip_analysis *analysis, const struct options *options, FILE *out,
                 struct fosip_error *err)
{
    return fosip_report(analysis, FOSIP_LADDER, &options->report, out, err);
}

static int run(struct options *options)
{
    return run_report(options, print);
}

const struct command command_ladder = {
    "ladder", "the call-flow diagram of the chosen calls",
    "  --no-group        a call without the others that belong to it\n"
    "  --transaction N, --dialog N   only that one of the call\n"
    "  --raw             each message beneath its arrow",
    run,
};
