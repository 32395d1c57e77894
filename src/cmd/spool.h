/* Inputs that are read more than once: what comes from a pipe is put into a file
 * that has no name. */
#ifndef CMD_SPOOL_H
#define CMD_SPOOL_H

#include <stddef.h>

#include "fosip/error.h"

/* Replaces standard input, where "-" is among the paths, and named pipes, whose
 * paths then name the file.  0, or a negative errno with `err`. */
int spool_pipes(const char **paths, size_t count, struct fosip_error *err);

#endif
