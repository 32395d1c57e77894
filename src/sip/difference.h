/* Differences between two messages: start line, header by header, line by line of
 * the body.  What a proxy, B2BUA or SIP profile changed on the way. */
#ifndef SIP_DIFFERENCE_H
#define SIP_DIFFERENCE_H

#include "sip/msg.h"

enum sip_difference_part { DIFFERENCE_START_LINE, DIFFERENCE_HEADER, DIFFERENCE_BODY };

struct sip_difference {
    enum sip_difference_part part;
    enum sip_header_id id;       /* of a header */
    struct slice name;           /* of a header, as written */
    struct slice section;        /* of a body line: the m= line that it is under, p NULL: none */
    struct slice before, after;  /* value or line; p NULL: is not there */
};

typedef void sip_difference_fn(void *ctx, const struct sip_difference *difference);

/* Tells what `b` has otherwise than `a`, in the order of a's headers, then what is
 * new in b.  Compact header names and white space make no difference; of Via, Route
 * and Record-Route each element counts by itself.  A change of order alone is told as
 * something gone and something new.  0 or -ENOMEM. */
int sip_compare(const struct sip_msg *a, const struct sip_msg *b, sip_difference_fn *tell,
                void *ctx);

#endif
