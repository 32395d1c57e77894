/* Commands: one a file, found in the table of main.c. */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

#include "cmd/options.h"

struct command {
    const char *name;
    const char *what;    /* a line of --help */
    const char *options; /* its own ones, lines for `fosip COMMAND --help`; or NULL */
    /* Does what the command line asks; the exit status. */
    int (*run)(struct options *options);
};

extern const struct command command_summary, command_calls, command_messages, command_streams,
    command_ladder, command_report, command_extract, command_audio, command_check, command_diff;

#endif
