/* Which call of one side is which of the other. */
#ifndef DIFF_MATCH_H
#define DIFF_MATCH_H

#include "diff/align.h"
#include "diff/side.h"

/* Calls are the same by kind, users, shape and place in their group; failing
 * that by fewer of these.  match_a and match_b (an entry a call) become places of
 * calls, or ALIGN_NONE.  0 or -ENOMEM. */
int match_calls(const struct side *a, uint32_t *match_a, const struct side *b, uint32_t *match_b);

#endif
