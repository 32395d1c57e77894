/* A file that appears whole or not at all: written under another name beside
 * its own, and put in its place when it is done. */
#ifndef FOSIP_OUTPUT_H
#define FOSIP_OUTPUT_H

#include <stdio.h>

#include "fosip/error.h"
#include "fosip/fosip.h"

#ifdef __cplusplus
extern "C" {
#endif

struct fosip_output {
    FILE *file;       /* to write to */
    const char *path; /* borrowed; NULL: standard output */
    char *temporary;  /* where the octets are until it is finished; NULL: at `path` */
};

/* Opens the output.  Devices and pipes are written straight on.  0, or a
 * negative errno with `err` filled. */
FOSIP_API int fosip_output_open(struct fosip_output *output, const char *path,
                                struct fosip_error *err);
/* Puts the file in its place.  0; or a negative errno with `err` filled, after
 * which only fosip_output_abandon may follow. */
FOSIP_API int fosip_output_finish(struct fosip_output *output, struct fosip_error *err);
/* Leaves nothing behind. */
FOSIP_API void fosip_output_abandon(struct fosip_output *output);

#ifdef __cplusplus
}
#endif

#endif
