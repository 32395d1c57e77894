/* Inside the summary: what its files share. */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include "analysis/statistics.h"
#include "analysis/tally.h"
#include "report/report.h"

/* Requests by method and responses by status, over all; nothing where there are none. */
void summary_totals(const struct statistics *statistics, FILE *out);

/* The same by participant and by program.  0 or -ENOMEM. */
int summary_peers(const struct tally *tally, const struct fosip_report_options *o, FILE *out);

#endif
