/* Filters: the expressions of fosip-filter(7), which choose calls, messages and
 * streams. */
#ifndef FOSIP_FILTER_H
#define FOSIP_FILTER_H

#include "fosip/fosip.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A compiled expression, with what it chose of the analysis that it was used on last:
 * one thread at a time may use it. */
struct fosip_filter;

/* Where in a text something is wrong: `length` octets from octet `offset` on. */
struct fosip_place {
    size_t offset, length;
};

/* Compiles an expression.  0 and *out, which the caller gives to fosip_filter_free; or
 * -EINVAL with *place (which may be NULL) and `err` filled, a sentence that says what
 * was expected there; -ENOTSUP for what this build cannot do; -ENOMEM. */
FOSIP_API int fosip_filter_compile(struct fosip_filter **out, const char *text,
                                   struct fosip_place *place, struct fosip_error *err);
FOSIP_API void fosip_filter_free(struct fosip_filter *filter);

/* A field that expressions can name. */
struct fosip_filter_field {
    const char *name;
    const char *type; /* "number", "text", "address", "time", "flag" */
    const char *unit; /* of a number: "ms", "%", ...; "" where it has none */
    const char *of;   /* what has it: "call", "message", "stream", "finding", "capture",
                         "message, stream" */
    const char *what; /* a few words */
};
/* The field of that number, from 0; false past the last. */
FOSIP_API bool fosip_filter_field(size_t i, struct fosip_filter_field *out);

#ifdef __cplusplus
}
#endif
#endif
