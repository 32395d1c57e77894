/* fosip extract: see fosip(1). */
#include "fosip/extract.h"

#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/run.h"
#include "cmd/spool.h"

/* What could not be exchanged for anything that means the same. */
static void say_lost(const struct fosip_extracted *done)
{
    if (done->emptied)
        fprintf(stderr,
                "fosip: warning: %llu TCP segments of TLS, or of WebSocket that is not whole, are "
                "without their payload, which cannot be anonymized\n",
                (unsigned long long)done->emptied);
    if (done->overwritten)
        fprintf(stderr,
                "fosip: warning: the payload of %llu packets was not understood, and is "
                "overwritten\n",
                (unsigned long long)done->overwritten);
}

static int write_calls(const struct fosip_analysis *a, const struct options *o)
{
    struct fosip_extract_options how = {.select = o->report.select,
                                        .output = o->output,
                                        .split = o->split,
                                        .alone = o->report.alone,
                                        .no_media = o->no_media,
                                        .anonymize = o->anonymize,
                                        .key = o->key};
    struct fosip_extracted done;
    struct fosip_error err = {0};

    if (fosip_extract(a, &how, &done, &err) < 0)
        return run_complain(err.text);
    if (o->report.verbose)
        fprintf(stderr, "fosip: %llu packets written to %llu file%s\n",
                (unsigned long long)done.packets, (unsigned long long)done.files,
                done.files == 1 ? "" : "s");
    if (!o->quiet)
        say_lost(&done);
    return 0;
}

static int run(struct options *o)
{
    struct fosip_error err = {0};
    struct fosip_analysis *a;
    int status;

    if (o->output && strcmp(o->output, "-") == 0) /* as tcpdump has it */
        o->output = NULL;
    if (!o->output && isatty(STDOUT_FILENO))
        return run_complain("a capture is not for a terminal: -o FILE says where it goes");
    if (spool_pipes(o->files, o->file_count, &err) < 0)
        return run_complain(err.text);
    status = run_analyse(&a, o, o->files, o->file_count);
    if (status)
        return status;
    status = fosip_readable(a) ? write_calls(a, o) : EXIT_TROUBLE;
    if (run_problems(a, o))
        status = EXIT_TROUBLE;
    fosip_free(a);
    return status;
}

const struct command command_extract = {
    "extract", "a new capture of the chosen calls alone (-o FILE)",
    "  -o FILE           pcap, or pcapng by its ending; -w FILE and -O FILE are the same\n"
    "  --split           a file a call: -o 'DIR/{id}-{from}.pcap'\n"
    "  --no-group        without the other legs of a call\n"
    "  --no-media        SIP alone\n"
    "  --anonymize       names, numbers, addresses and media exchanged for others; the same\n"
    "                    for the same --anonymize-key KEY, without one for the same packets",
    run,
};
