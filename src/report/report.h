/* Reports: the model as text, JSON and diagrams.  Nothing here analyses. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "analysis/model.h"

/* Before the functions below: works out what the filter chooses, all streams of a chosen
 * call with it if `whole`.  0 or -ENOMEM. */
int report_choose(const struct fosip_analysis *analysis, const struct fosip_select *select,
                  bool whole);

/* Whether the call is one of those that the options choose. */
bool report_selects(const struct fosip_analysis *analysis, uint32_t call,
                    const struct fosip_select *select);

/* Whether the stream is one of them: of a chosen call, and itself chosen. */
bool report_selects_stream(const struct fosip_analysis *analysis, uint32_t stream,
                           const struct fosip_select *select);

bool report_selects_message(const struct fosip_analysis *analysis, uint32_t call,
                            uint32_t message, const struct fosip_select *select);
/* Which messages of the call are those of the chosen transaction or dialog: *chosen has
 * one for each, and the caller frees it; NULL: all are.  A dialog's are also those that
 * made it and could not name it yet: the request and 100.  0 or -ENOMEM. */
int report_chosen_messages(const struct call *call, const struct fosip_select *select,
                           bool **chosen);

bool report_selects_finding(const struct fosip_analysis *analysis, const struct finding *finding,
                            const struct fosip_select *select);

/* Whether calls of that kind are in a list of calls: registrations and the like where
 * they are asked for, or a filter chooses nothing else. */
bool report_lists_kind(const struct fosip_report_options *options, uint8_t kind);

/* Whether all reached `out`: 0, or -EIO with `err`. */
int report_flushed(FILE *out, struct fosip_error *err);

/* Each writes one report to `out`; write errors stay on the FILE, for the
 * caller to find with ferror.  0 or -ENOMEM. */
int report_summary(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out);
int report_calls(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out);
int report_messages(const struct fosip_analysis *a, const struct fosip_report_options *o,
                    FILE *out);
int report_streams(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out);
/* T.38 over UDPTL of the chosen calls, a row a direction. */
void report_faxes(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out);
/* The chosen streams, a screen each. */
int report_one_stream(const struct fosip_analysis *a, const struct fosip_report_options *o,
                      FILE *out);
/* The streams' intervals, as text or CSV. */
int report_intervals(const struct fosip_analysis *a, const struct fosip_report_options *o,
                     FILE *out);
int report_ladder(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out);
/* The same as a drawing: 0, or a negative code with `err`. */
int report_image(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out,
                 struct fosip_error *err);
/* A page of all of it; streams are drawn over time where intervals were kept. */
int report_html(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out);
/* Calls, messages or streams as CSV (RFC 4180). */
int report_csv(const struct fosip_analysis *a, enum fosip_report report,
               const struct fosip_report_options *o, FILE *out);
/* One JSON object (contract.md §2), or one object a line. */
int report_json(const struct fosip_analysis *a, enum fosip_report report,
                const struct fosip_report_options *o, FILE *out);

#endif
