/* Names of the files that a split capture is written to. */
#ifndef EXTRACT_NAME_H
#define EXTRACT_NAME_H

#include "analysis/model.h"

/* The name that the template makes for a call, for the caller to free; NULL when
 * memory is short.  `numbered`: with the call's number before the ending, whatever
 * the template says. */
char *name_of_call(const char *template, const struct fosip_analysis *analysis, uint32_t call,
                   bool numbered);

/* The names of the files of n calls, to `names`, for the caller to free each.  Without
 * a place-holder in the template, and where two calls would have one name, they have
 * their numbers.  0, or a negative code with `err`. */
int name_calls(const char **names, const char *template, const struct fosip_analysis *analysis,
               const uint32_t *calls, size_t n, struct fosip_error *err);

/* NULL, or what is wrong with the template: a place-holder that is not known. */
const char *name_problem(const char *template);
/* Whether it has a place-holder at all. */
bool name_has_place(const char *template);

#endif
