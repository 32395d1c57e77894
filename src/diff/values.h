/* Values of header fields without what is new in each call: two are equal when
 * they say the same. */
#ifndef DIFF_VALUES_H
#define DIFF_VALUES_H

#include "diff/roles.h"
#include "diff/settings.h"
#include "diff/text.h"
#include "sip/msg.h"

struct values {
    const struct settings *settings;
    const struct roles *roles; /* of the side that the value is of */
    struct pool *pool;
    /* By number of B's addresses: the address that A has in its place, 0: unknown;
     * NULL for A. */
    const uint32_t *hosts;
    size_t host_count;
};

/* Adds what is compared of the value to `out`. */
void values_add(const struct values *values, enum sip_header_id id, struct slice name,
                struct slice value, struct text *out);
/* The same of an address: its host's number, or the address itself. */
void values_add_address(const struct values *values, struct slice ip, struct text *out);

/* Whether SDP lines of that attribute hold only what is new in each call. */
bool values_is_new_attribute(const struct values *values, struct slice name);

#endif
