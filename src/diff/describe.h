/* A difference in words. */
#ifndef DIFF_DESCRIBE_H
#define DIFF_DESCRIBE_H

#include "diff/compare.h"

/* One sentence without an end, not yet safe for a terminal; values are cut to
 * `most` octets (0: whole). */
void describe(const struct comparison *c, const struct difference *d, const char *arrow,
              size_t most, struct text *out);
/* "200 OK (INVITE)", "ACK", "INVITE (retransmission)". */
void describe_message(const struct pool *pool, const struct side_message *m, struct text *out);
/* "alice -> bob". */
void describe_call(const struct pool *pool, const struct side_call *call, const char *arrow,
                   struct text *out);

#endif
