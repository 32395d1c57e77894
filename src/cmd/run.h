/* What commands have in common: captures are analysed, what is wrong with them
 * is said, a result is printed. */
#ifndef CMD_RUN_H
#define CMD_RUN_H

#include "cmd/options.h"

/* A line on standard error; EXIT_TROUBLE. */
int run_complain(const char *text);

/* Analyses these captures as the options say, with a progress bar.  0 and *out,
 * for fosip_free; or EXIT_TROUBLE after a line on standard error. */
int run_analyse(struct fosip_analysis **out, const struct options *options,
                const char *const *paths, size_t count);

/* Says what is wrong with the files that were read.  Whether that is more than
 * a warning. */
bool run_problems(const struct fosip_analysis *analysis, const struct options *options);

/* Prints to `out`: 0, or a negative code with `err` filled. */
typedef int run_print(const struct fosip_analysis *analysis, const struct options *options,
                      FILE *out, struct fosip_error *err);

/* All of a command that prints something of one capture, made of all files.  The exit
 * status. */
int run_whole(struct options *options, run_print *print);
/* The same of a report, as parts of it are final where the options or a pipe ask for
 * that. */
int run_report(struct options *options, enum fosip_report report, run_print *print);

#endif
