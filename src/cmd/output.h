/* Where a result goes: standard output, or a file that is never half-written. */
#ifndef CMD_OUTPUT_H
#define CMD_OUTPUT_H

#include <stdio.h>

#include "fosip/error.h"

struct output {
    FILE *file;
    const char *path; /* NULL: standard output */
    char *temporary;
};

/* Opens the output; a file is written under another name beside its own. 0, or
 * a negative errno with `err`. */
int output_open(struct output *output, const char *path, struct fosip_error *err);
/* Puts the file in its place. */
int output_finish(struct output *output, struct fosip_error *err);
/* Leaves nothing behind. */
void output_abandon(struct output *output);

#endif
