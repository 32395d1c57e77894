/* Findings: what is worth a person's attention, in one sentence each.
 *
 * One file a family of rules.  A rule looks at one call (or stream) of the
 * finished model and adds what it finds; it never changes the model. */
#ifndef ANALYSIS_FINDINGS_H
#define ANALYSIS_FINDINGS_H

#include "analysis/model.h"

/* Runs all rules and leaves the findings in order: by call, then time.
 * 0 or -ENOMEM. */
int findings_run(struct fosip_analysis *analysis);

/* For the rules: adds a finding about a call and, where they are not
 * CALL_NONE, one of its messages or a stream.  The sentence is a printf
 * format; it ends with a full stop.  Returns it for more to be filled in, or
 * NULL when memory is short. */
struct finding *finding_add(struct fosip_analysis *analysis, const char *rule,
                            enum finding_severity severity, uint32_t call, uint32_t message,
                            uint32_t stream, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* For the rules: a finding that no message or stream places in time. */
void finding_place(struct finding *finding, int64_t time, uint64_t frame);
/* Adds a frame to those of the finding while there is room. */
void finding_add_frame(struct finding *finding, uint64_t frame);

/* The families. */
void findings_signalling(struct fosip_analysis *analysis, uint32_t call);
void findings_transfer(struct fosip_analysis *analysis, uint32_t call);
void findings_media(struct fosip_analysis *analysis, uint32_t call);
void findings_ice(struct fosip_analysis *analysis, uint32_t call);
void findings_nat(struct fosip_analysis *analysis, uint32_t call);
void findings_marking(struct fosip_analysis *analysis, uint32_t call);
void findings_stream(struct fosip_analysis *analysis, uint32_t stream);
/* Before the families that judge what was not answered; 0 or -ENOMEM. */
int findings_direction(struct fosip_analysis *analysis);
/* Whether the capture holds no messages against the direction of that path. */
bool findings_is_one_way(const struct fosip_analysis *analysis, uint32_t path);
void findings_icmp(struct fosip_analysis *analysis);
void findings_capture(struct fosip_analysis *analysis);
void findings_files(struct fosip_analysis *analysis);
void findings_encrypted(struct fosip_analysis *analysis);

#endif
