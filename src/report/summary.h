/* Inside the summary: what its files share. */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include "analysis/statistics.h"
#include "report/report.h"

/* Requests by method and responses by status, over all; nothing where there are none. */
void summary_totals(const struct statistics *statistics, FILE *out);

/* The same by participant and by program.  0 or -ENOMEM. */
int summary_peers(const struct fosip_analysis *a, const struct fosip_report_options *o,
                  bool (*selects)(void *ctx, uint32_t call), void *ctx, FILE *out);

#endif
