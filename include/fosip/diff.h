/* fosip: two results compared, call by call.
 *
 * Each side is an analysis or a saved JSON result.  Calls are matched by what
 * they are (users, kind, shape), never by Call-ID, tag or time. */
#ifndef FOSIP_DIFF_H
#define FOSIP_DIFF_H

#include "fosip/fosip.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Two sides, and how they are compared. */
struct fosip_diff;

/* NULL when memory is short. */
FOSIP_API struct fosip_diff *fosip_diff_new(void);
FOSIP_API void fosip_diff_free(struct fosip_diff *diff);

/* Each takes a list of names, separated by commas; several lists add up.
 * 0, or -EINVAL with `err` naming the word and those that there are.
 *
 * tolerance: "time=100ms/10%", "loss=0.5%", "jitter=5ms", "delta=40ms",
 *   "mos=0.1", "packets=5%/25": figures that differ by no more are the same.
 *   Of two values, the greater one counts.
 * ignore: names of header fields, or of what is otherwise compared: messages,
 *   headers, header-order, sdp, call, timing, streams, findings.
 * compare: values that are otherwise ignored, because they are new in each
 *   call: addresses, branches, call-ids, cseq, ids, lengths, nonces, ports,
 *   ssrcs, tags, times; or all. */
FOSIP_API int fosip_diff_tolerance(struct fosip_diff *diff, const char *list,
                                   struct fosip_error *err);
FOSIP_API int fosip_diff_ignore(struct fosip_diff *diff, const char *list,
                                struct fosip_error *err);
FOSIP_API int fosip_diff_compare(struct fosip_diff *diff, const char *list,
                                 struct fosip_error *err);

/* Whether the file begins as a JSON result does; false too when it cannot be
 * read. */
FOSIP_API bool fosip_is_result(const char *path);

/* Adds a side; the first one added is A, the second B.  `name` is what reports
 * call it; `select` may be NULL.  The analysis stays the caller's and outlives
 * the comparison.  0; -EINVAL with `err` naming the key for JSON that is none of
 * fosip's or has a value of another type; -EFBIG; -ENOMEM; or what kept the file
 * from being read. */
FOSIP_API int fosip_diff_add_analysis(struct fosip_diff *diff,
                                      const struct fosip_analysis *analysis, const char *name,
                                      const struct fosip_select *select, struct fosip_error *err);
FOSIP_API int fosip_diff_add_result(struct fosip_diff *diff, const char *path,
                                    const struct fosip_select *select, struct fosip_error *err);

/* Writes how the sides differ; of `options` format, width, color and unicode
 * count.  *same says whether they do not.  0, or -EIO, -ENOMEM with `err`. */
FOSIP_API int fosip_diff_report(struct fosip_diff *diff,
                                const struct fosip_report_options *options, FILE *out, bool *same,
                                struct fosip_error *err);

#ifdef __cplusplus
}
#endif
#endif
