/* fosip: reads the command line, runs the analysis, prints what was asked. */
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/output.h"
#include "cmd/progress.h"

static const struct command *const commands[] = {
    &command_summary, &command_calls, &command_messages, &command_streams, &command_ladder,
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static bool is_command(const char *word)
{
    return find_command(word) != NULL;
}

static void print_help(void)
{
    puts("fosip [OPTIONS] [COMMAND] FILE...   SIP calls and RTP streams of captured packets\n"
         "FILE is a pcap or pcapng capture, compressed or not, a directory of them, or - (stdin).");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-9s %s\n", commands[i]->name, commands[i]->what);
    puts("  -f BPF            read only packets that this pcap-filter(7) lets through\n"
         "  --tls-keys FILE   decrypt TLS with this key log (SSLKEYLOGFILE)\n"
         "  --call-id ID      only this call (Call-ID, or its number in the list)\n"
         "  --from X --to X   only calls whose From or To holds X;  --user X: either\n"
         "  -T FORMAT         text, json, ndjson or csv\n"
         "  -t r|d|u|a|e      time: relative, delta, UTC, local, epoch\n"
         "  -o FILE           write there, whole or not at all\n"
         "  --color WHEN, --progress WHEN    auto, always, never\n"
         "  --strict          a last record cut short is an error\n"
         "  --threads N       work with N threads; the result is the same\n"
         "  -q -v -h -V       quiet, verbose, this help, version\n"
         "Examples\n"
         "  fosip trace.pcap                        what happened, and how it sounded\n"
         "  fosip ladder --call-id 3 trace.pcapng   the call flow of call 3\n"
         "  fosip -T json trace.pcap | jq '.calls[].state'\n"
         "Exit status: 0 done, 2 trouble.  More: man fosip");
}

static void print_version(void)
{
    printf("fosip %s\n%s\n", fosip_version(), fosip_features());
}

static int complain(const char *text)
{
    fprintf(stderr, "fosip: %s\n", text);
    return EXIT_TROUBLE;
}

/* Says what is wrong with the files; whether it is more than a warning. */
static bool print_problems(const struct fosip_analysis *a, const struct options *o)
{
    bool bad = false, damaged;
    const char *text;

    for (size_t i = 0; (text = fosip_problem(a, i, &damaged)); i++) {
        bad = bad || damaged || o->strict;
        if (!o->quiet || damaged)
            fprintf(stderr, "fosip: %s%s\n", damaged || o->strict ? "" : "warning: ", text);
    }
    return bad;
}

static int print_result(const struct fosip_analysis *a, struct options *o,
                        const struct command *command)
{
    struct fosip_error err = {0};
    struct output output;

    if (output_open(&output, o->output, &err) < 0)
        return complain(err.text);
    options_settle(o, output.file);
    if (command->run(a, o, output.file, &err) < 0 || output_finish(&output, &err) < 0) {
        output_abandon(&output);
        return complain(err.text);
    }
    return 0;
}

static int run(struct options *o, const struct command *command)
{
    struct progress progress;
    struct fosip_options how = {.filter = o->filter,
                                .tls_keys = o->tls_keys,
                                .threads = o->threads,
                                .progress = progress_show,
                                .progress_ctx = &progress};
    struct fosip_analysis *a;
    struct fosip_error err = {0};
    int r, status;

    progress_start(&progress, o->progress == WHEN_ALWAYS ||
                                  (o->progress == WHEN_AUTO && !o->quiet && isatty(STDERR_FILENO)));
    r = fosip_analyse(&a, &how, o->files, o->file_count, &err);
    progress_end(&progress);
    if (r < 0)
        return complain(err.text);
    /* Without a capture there is nothing to show people; programs get a
     * document that says so. */
    status = fosip_readable(a) || o->report.format != FOSIP_TEXT ? print_result(a, o, command)
                                                                 : EXIT_TROUBLE;
    if (print_problems(a, o))
        status = EXIT_TROUBLE;
    fosip_free(a);
    return status;
}

/* A word that is neither a command nor a file: perhaps a command mistyped. */
static int unknown_word(const char *word)
{
    char text[512];
    size_t at = 0;

    for (size_t i = 0; i < COMMANDS; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", i ? ", " : "",
                               commands[i]->name);
    fprintf(stderr, "fosip: %s: no such file, and no command: the commands are %s\n", word, text);
    return EXIT_TROUBLE;
}

static int dispatch(struct options *o)
{
    if (o->help) {
        print_help();
        return 0;
    }
    if (o->version) {
        print_version();
        return 0;
    }
    if (!o->file_count)
        return complain("no capture to read: name a file, or - for standard input; fosip --help "
                        "shows how");
    if (!o->command && !strpbrk(o->files[0], "./-") && access(o->files[0], F_OK) != 0)
        return unknown_word(o->files[0]);
    return run(o, find_command(o->command ? o->command : "summary"));
}

int main(int argc, char **argv)
{
    struct options options;
    int status;

    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_DFL);
    if (options_read(&options, argc, argv, is_command) < 0)
        status = EXIT_TROUBLE;
    else
        status = dispatch(&options);
    free(options.files);
    return status;
}
