/* What is compared, and how much a figure may differ. */
#ifndef DIFF_SETTINGS_H
#define DIFF_SETTINGS_H

#include "base/slice.h"
#include "base/vec.h"
#include "fosip/error.h"

/* Values that are new in each call, by the names of fosip_diff_compare. */
enum value_class {
    VALUE_NONE, /* of no class: always compared */
    VALUE_ADDRESSES, VALUE_BRANCHES, VALUE_CALL_IDS, VALUE_CSEQ, VALUE_IDS, VALUE_LENGTHS,
    VALUE_NONCES, VALUE_PORTS, VALUE_SSRCS, VALUE_TAGS, VALUE_TIMES,
    VALUE_CLASSES,
};

/* What fosip_diff_ignore leaves out as a whole. */
enum compared {
    COMPARED_MESSAGES, COMPARED_HEADERS, COMPARED_HEADER_ORDER, COMPARED_SDP, COMPARED_CALL,
    COMPARED_TIMING, COMPARED_STREAMS, COMPARED_FINDINGS, COMPARED_COUNT,
};

enum tolerance_name {
    TOLERANCE_TIME, TOLERANCE_LOSS, TOLERANCE_JITTER, TOLERANCE_DELTA, TOLERANCE_MOS,
    TOLERANCE_PACKETS, TOLERANCES,
};

/* Two figures are the same when they differ by no more than `by`, or by no more
 * than that share (1: all) of the greater one. */
struct tolerance {
    double by, share;
};

struct settings {
    bool compared[VALUE_CLASSES]; /* values of the class, too */
    bool ignored[COMPARED_COUNT];
    struct tolerance tolerance[TOLERANCES];
    VEC(char *) names; /* header fields that are ignored */
};

struct settings settings_default(void);
/* As fosip_diff_tolerance and its like: 0, -EINVAL or -ENOMEM with `err`. */
int settings_tolerance(struct settings *settings, const char *list, struct fosip_error *err);
int settings_ignore(struct settings *settings, const char *list, struct fosip_error *err);
int settings_compare(struct settings *settings, const char *list, struct fosip_error *err);
void settings_free(struct settings *settings);

/* Whether header fields of that name are compared. */
bool settings_has_header(const struct settings *settings, struct slice name);
/* Whether two figures are the same; unknown ones (NaN) are the same as any. */
bool settings_same(const struct settings *settings, enum tolerance_name tolerance, double a,
                   double b);

#endif
