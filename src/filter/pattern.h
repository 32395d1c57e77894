/* Regular expressions, where the build has PCRE2; matching is bounded. */
#ifndef FILTER_PATTERN_H
#define FILTER_PATTERN_H

#include "base/slice.h"
#include "fosip/error.h"

struct pattern {
    struct pattern *next; /* for the expression that owns it */
    void *code, *data, *limits;
};

/* 0; -EINVAL with `err`, *at: the octet of the text where it is wrong; -ENOTSUP
 * without PCRE2; -ENOMEM.  Case is ignored, as in Wireshark. */
int pattern_compile(struct pattern **out, struct slice text, size_t *at, struct fosip_error *err);
/* False also where the bounds on effort are exceeded. */
bool pattern_matches(const struct pattern *pattern, struct slice text);
void pattern_free(struct pattern *pattern);

#endif
