/* Inside the HTML report: text that is safe in it, and drawings. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "report/ladder.h"
#include "report/text.h"

/* Text of the capture: what a terminal would not be shown is escaped as there,
 * what HTML would take for markup, too. */
void html_text(FILE *out, struct slice s);
/* The same of text that is safe but for markup. */
void html_escaped(FILE *out, const char *p, size_t n);

/* The ladder as an <svg> element.  0 or -ENOMEM. */
int html_ladder(const struct ladder *ladder, FILE *out);
/* Jitter and loss over time of a stream whose intervals were kept, as an <svg>. */
void html_stream_chart(const struct fosip_analysis *a, uint32_t stream, FILE *out);

#endif
