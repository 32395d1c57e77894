/* fosip messages: see fosip(1). */
#include "cmd/command.h"
#include "cmd/run.h"

static int print(const struct fosip_analysis *analysis, const struct options *options, FILE *out,
                 struct fosip_error *err)
{
    return fosip_report(analysis, FOSIP_MESSAGES, &options->report, out, err);
}

static int run(struct options *options)
{
    return run_report(options, FOSIP_MESSAGES, print);
}

const struct command command_messages = {
    "messages", "one row a SIP message (--raw: the messages themselves)",
    "  --raw             the messages themselves\n"
    "  --transaction N, --dialog N   only that one of the call\n"
    "  --diff A B        compare the messages of two frames, header by header\n"
    "  --changes         what each hop changed in what it passed on",
    run,
};
