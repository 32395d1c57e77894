/* Expectations: a capture held against what it should be, fosip-check(1). */
#ifndef FOSIP_CHECK_H
#define FOSIP_CHECK_H

#include "fosip/filter.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A list of expectations, in the order in which they were added. */
struct fosip_check;

/* NULL when memory is short. */
FOSIP_API struct fosip_check *fosip_check_new(void);
FOSIP_API void fosip_check_free(struct fosip_check *check);

/* Adds the expectations of a text, whose name ("calls.expect", "-e") results and errors
 * name.  0; or -EINVAL with *line (from 1) and *column (from 1; both may be NULL) and
 * `err` filled; -ENOTSUP for what this build cannot do; -ENOMEM. */
FOSIP_API int fosip_check_add(struct fosip_check *check, const char *name, const char *text,
                              unsigned *line, unsigned *column, struct fosip_error *err);
/* How many there are. */
FOSIP_API size_t fosip_check_count(const struct fosip_check *check);

enum fosip_check_format {
    FOSIP_CHECK_TEXT,
    FOSIP_CHECK_JSON,
    FOSIP_CHECK_TAP,    /* Test Anything Protocol, version 13 */
    FOSIP_CHECK_JUNIT,  /* JUnit's XML */
    FOSIP_CHECK_GITHUB, /* workflow commands, shown as annotations */
    FOSIP_CHECK_GITLAB, /* a Code Quality report */
};

/* Holds the capture against the expectations and writes the results to `out`.  Only
 * what `options->select` chooses counts.  0, with *failed the number of expectations
 * that do not hold; -EIO, -ENOMEM. */
FOSIP_API int fosip_check_run(struct fosip_check *check, const struct fosip_analysis *analysis,
                              const struct fosip_report_options *options,
                              enum fosip_check_format format, FILE *out, size_t *failed,
                              struct fosip_error *err);

/* Writes expectations that the capture fulfils, for a person to edit.  0, -EIO,
 * -ENOMEM. */
FOSIP_API int fosip_check_init(const struct fosip_analysis *analysis, FILE *out,
                               struct fosip_error *err);

#ifdef __cplusplus
}
#endif
#endif
