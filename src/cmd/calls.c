/* fosip calls: see fosip(1). */
#include "cmd/command.h"
#include "cmd/run.h"

static int print(const struct fosip_analysis *analysis, const struct options *options, FILE *out,
                 struct fosip_error *err)
{
    return fosip_report(analysis, FOSIP_CALLS, &options->report, out, err);
}

static int run(struct options *options)
{
    return run_report(options, FOSIP_CALLS, print);
}

const struct command command_calls = {
    "calls", "one row a call (--all: registrations and the like, too)",
    "  --all             registrations, subscriptions, messages and keepalives, too",
    run,
};
