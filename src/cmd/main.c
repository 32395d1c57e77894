/* fosip: reads the command line and gives it to the command that it names. */
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/expression.h"
#include "cmd/run.h"

static const struct command *const commands[] = {
    &command_summary, &command_calls, &command_messages, &command_streams, &command_ladder,
    &command_report,  &command_extract, &command_audio, &command_check, &command_diff,
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

/* What is about one command alone is in its own help, so that each fits a screen. */
static void print_command_help(const struct command *command)
{
    printf("fosip %s [OPTIONS] FILE...   %s\n", command->name, command->what);
    if (command->options)
        puts(command->options);
    puts("fosip --help has the options of all commands.  More: man fosip");
}

static void print_help(void)
{
    puts("fosip [OPTIONS] [COMMAND] FILE...   SIP calls and RTP streams of captured packets\n"
         "FILE is a capture or a text log, compressed or not, a directory of these, or - (stdin).");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-9s %s\n", commands[i]->name, commands[i]->what);
    puts("fosip COMMAND --help shows what else a command can do.  For all of them:\n"
         "  -f BPF            read only packets that this pcap-filter(7) lets through\n"
         "  -Y EXPR           only what this expression chooses: fosip-filter(7), --fields\n"
         "  --call-id ID, --from X, --to X, --user X   only such calls (an ID or number; parties)\n"
         "  --stream N, --ssrc X   only such streams\n"
         "  -T FORMAT         text, json, ndjson or csv;  -o FILE: whole or not at all\n"
         "  --quiet-time S    ndjson: print and let go what is over and quiet so long (pipes: 32)\n"
         "  -t r|d|u|a|e      times: relative, delta, UTC, local, epoch\n"
         "  --tls-keys FILE   decrypt TLS with this key log;  --srtp: SRTP with the keys in SDP\n"
         "  --jitter-buffer MS   depth of the simulated one (60);  --threads N\n"
         "  --strict          a last record cut short is an error\n"
         "  -q -v -h -V       quiet, verbose, help, version;  --color, --progress WHEN\n"
         "Examples\n"
         "  fosip trace.pcap                        what happened, and how it sounded\n"
         "  fosip calls -Y 'call.status >= 400 or stream.loss_pct > 1%' trace.pcap\n"
         "  fosip ladder --call-id 3 trace.pcapng   the call flow of call 3\n"
         "Exit status: 0 done, 1 diff or check found something, 2 trouble.  More: man fosip");
}

static void print_version(void)
{
    printf("fosip %s\n%s\n", fosip_version(), fosip_features());
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

static bool writes_captures(const struct options *o)
{
    return o->command && strcmp(o->command, command_extract.name) == 0;
}

static int dispatch(struct options *o)
{
    if (o->help) {
        if (o->command)
            print_command_help(find_command(o->command));
        else
            print_help();
        return 0;
    }
    if (o->version) {
        print_version();
        return 0;
    }
    if (o->fields) {
        expression_print_fields();
        return 0;
    }
    if (!o->file_count)
        return run_complain("no capture to read: name a file, or - for standard input; "
                            "fosip --help shows how");
    if (!o->command && !strpbrk(o->files[0], "./-") && access(o->files[0], F_OK) != 0)
        return unknown_word(o->files[0]);
    if (o->captures && !writes_captures(o))
        return run_complain("-w and -O write captures, which this command does not make: use -o");
    return find_command(o->command ? o->command : "summary")->run(o);
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
    options_free(&options);
    return status;
}
