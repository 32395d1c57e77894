/* Commands: one a file, found in the table of main.c. */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

#include "cmd/options.h"

struct command {
    const char *name;
    const char *what; /* for --help */
    /* Prints to `out`: 0, or a negative code with `err` filled. */
    int (*run)(const struct fosip_analysis *analysis, const struct options *options, FILE *out,
               struct fosip_error *err);
};

extern const struct command command_summary, command_calls, command_messages, command_streams,
    command_ladder;

#endif
