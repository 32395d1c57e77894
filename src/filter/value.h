/* Values of fields, and the units that numbers may have. */
#ifndef FILTER_VALUE_H
#define FILTER_VALUE_H

#include "base/slice.h"
#include "net/addr.h"

enum value_type { VALUE_BOOL, VALUE_NUMBER, VALUE_TEXT, VALUE_ADDRESS, VALUE_TIME };

struct value {
    enum value_type type;
    double number;        /* of VALUE_BOOL: 0 or 1 */
    int64_t time;         /* ns since 1970 */
    struct slice text;    /* lives as long as the model, or is a literal */
    struct net_addr addr;
};

/* Told of one value of a field; true: no more are wanted. */
typedef bool value_visit(void *ctx, const struct value *value);

enum unit {
    UNIT_NONE, UNIT_MS, UNIT_S, UNIT_PERCENT, UNIT_KBPS, UNIT_BYTES, UNIT_HZ, UNIT_PPM,
    UNIT_STATUS, /* a status code: "4xx" is 400 to 499 */
    UNIT_HEX,    /* of no dimension, written in hexadecimal */
};
/* "ms", "%", ...; "" where there is nothing to write behind a number. */
const char *unit_name(enum unit unit);
/* Whether a number with the suffix (which may be empty) can be one in `unit`: then
 * *factor makes it so. */
bool unit_factor(enum unit unit, struct slice suffix, double *factor);
/* For messages: "a time (200ms, 1.5s)". */
const char *unit_expected(enum unit unit);

#endif
