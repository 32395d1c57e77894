/* The captures of an analysis, read once more. */
#ifndef EXTRACT_AGAIN_H
#define EXTRACT_AGAIN_H

#include "analysis/model.h"

/* Opens them as they were opened for the analysis, so that frames have the same
 * numbers.  `secrets` may be NULL.  0 and *out, which the caller closes; or a
 * negative code with `err`: -ESPIPE for a pipe, -ENOTSUP for a text log. */
int again_open(const struct fosip_analysis *analysis, capture_secrets *secrets, void *ctx,
               struct capture **out, struct fosip_error *err);

#endif
