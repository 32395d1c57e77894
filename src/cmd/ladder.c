/* fosip ladder: see fosip(1). */
#include <string.h>
#include <strings.h>

#include "cmd/command.h"
#include "cmd/run.h"

static int print(const struct fosip_analysis *analysis, const struct options *options, FILE *out,
                 struct fosip_error *err)
{
    return fosip_report(analysis, FOSIP_LADDER, &options->report, out, err);
}

/* The ending of the output's name asks for a drawing, unless -T asked for something. */
static enum fosip_format format_of(const struct options *o)
{
    static const struct {
        const char *ending;
        enum fosip_format format;
    } endings[] = {{".svg", FOSIP_SVG}, {".pdf", FOSIP_PDF}, {".png", FOSIP_PNG}};
    size_t n = o->output ? strlen(o->output) : 0;

    for (size_t i = 0; o->report.format == FOSIP_TEXT && i < sizeof endings / sizeof endings[0];
         i++)
        if (n > 4 && strcasecmp(o->output + n - 4, endings[i].ending) == 0)
            return endings[i].format;
    return o->report.format;
}

static int run(struct options *options)
{
    options->report.format = format_of(options);
    return run_report(options, FOSIP_LADDER, print);
}

const struct command command_ladder = {
    "ladder", "the call-flow diagram of the chosen calls",
    "  -o FILE           text; .svg, .pdf or .png: a drawing\n"
    "  --no-group        a call without the others that belong to it\n"
    "  --transaction N, --dialog N   only that one of the call\n"
    "  --raw             each message beneath its arrow",
    run,
};
