/* fosip audio: see fosip(1). */
#include "fosip/audio.h"

#include "cmd/command.h"
#include "cmd/run.h"
#include "cmd/spool.h"

static void warn(void *ctx, const char *text)
{
    const struct options *o = ctx;

    if (!o->quiet)
        fprintf(stderr, "fosip: warning: %s\n", text);
}

static int write_audio(const struct fosip_analysis *a, struct options *o)
{
    struct fosip_audio_options how = {.select = o->report.select,
                                      .output = o->output,
                                      .buffer_ms = o->buffer_ms,
                                      .conceal = o->conceal,
                                      .warn = warn,
                                      .warn_ctx = o};
    struct fosip_audio_done done;
    struct fosip_error err = {0};

    if (fosip_audio(a, &how, &done, &err) < 0)
        return run_complain(err.text);
    if (o->report.verbose)
        fprintf(stderr,
                "fosip: %llu file%s written; %llu packets played, %llu lost, %llu too late\n",
                (unsigned long long)done.files, done.files == 1 ? "" : "s",
                (unsigned long long)done.played, (unsigned long long)done.lost,
                (unsigned long long)done.late);
    return 0;
}

static int run(struct options *o)
{
    struct fosip_error err = {0};
    struct fosip_analysis *a;
    int status;

    if (!o->output)
        return run_complain("audio goes to a file: -o FILE says which");
    if (spool_pipes(o->files, o->file_count, &err) < 0)
        return run_complain(err.text);
    status = run_analyse(&a, o, o->files, o->file_count);
    if (status)
        return status;
    status = fosip_readable(a) ? write_audio(a, o) : EXIT_TROUBLE;
    if (run_problems(a, o))
        status = EXIT_TROUBLE;
    fosip_free(a);
    return status;
}

const struct command command_audio = {
    "audio", "what was said in the chosen calls, as WAV (-o FILE)",
    "  -o FILE           of several calls a template: -o 'DIR/{id}-{from}.wav'\n"
    "  --conceal         what was lost sounds like what was before it; else silence\n"
    "  --jitter-buffer MS   its depth (60): what comes later is not heard",
    run,
};
