/* fosip streams: see fosip(1). */
#include "cmd/command.h"
#include "cmd/run.h"

static int print(const struct fosip_analysis *analysis, const struct options *options, FILE *out,
                 struct fosip_error *err)
{
    struct fosip_report_options how = options->report;

    how.details = how.select.stream || how.select.ssrc;
    how.intervals = options->interval != 0;
    return fosip_report(analysis, FOSIP_STREAMS, &how, out, err);
}

static int run(struct options *options)
{
    return run_report(options, FOSIP_STREAMS, print);
}

const struct command command_streams = {
    "streams", "one row an RTP stream: loss, delta, jitter, bandwidth",
    "  --interval 1s     figures for each second, or 500ms ...\n"
    "  --stream N        one stream on one screen; --ssrc X",
    run,
};
