/* Inside the reports: how differences between messages are said. */
#ifndef REPORT_DIFFERENCE_H
#define REPORT_DIFFERENCE_H

#include "report/report.h"
#include "sip/difference.h"

/* Those of one message and what it became: the header changes of json_call. */
struct json;
void json_header_changes(struct json *j, const struct fosip_analysis *a, uint32_t call);

/* messages --diff: what two messages have differently.  0, -EINVAL with `err` when a
 * frame holds none, or -ENOMEM. */
int report_difference(const struct fosip_analysis *a, const struct fosip_report_options *o,
                      FILE *out, struct fosip_error *err);
/* messages --changes: what each element changed in what it passed on.  0 or -ENOMEM. */
int report_changes(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out);

#endif
