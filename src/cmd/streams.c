/* fosip streams: see fosip(1). */
#include "cmd/command.h"

static int run(const struct fosip_analysis *analysis, const struct options *options, FILE *out,
               struct fosip_error *err)
{
    return fosip_report(analysis, FOSIP_STREAMS, &options->report, out, err);
}

const struct command command_streams = {
    "streams", "one row an RTP stream: loss, delta, jitter, bandwidth", run};
