/* What a filter chooses of an analysis.
 *
 * An expression is tested on each message, each stream and each finding.  A call is
 * chosen when one of its messages, streams or findings passes. */
#ifndef FILTER_FILTER_H
#define FILTER_FILTER_H

#include "analysis/model.h"
#include "fosip/filter.h"

/* Works out what is chosen, for the functions below.  With `whole`, all streams of a
 * chosen call are chosen with it; else those that pass.  0 or -ENOMEM. */
int filter_apply(struct fosip_filter *filter, const struct fosip_analysis *analysis, bool whole);

bool filter_chooses_call(const struct fosip_filter *filter, uint32_t call);
bool filter_chooses_message(const struct fosip_filter *filter, uint32_t call, uint32_t message);
bool filter_chooses_stream(const struct fosip_filter *filter, uint32_t stream);
/* A finding goes with its call, or its stream of no call; else it has to pass itself. */
bool filter_chooses_finding(const struct fosip_filter *filter, uint32_t finding);
/* Whether any call of that kind is chosen. */
bool filter_chooses_kind(const struct fosip_filter *filter, enum call_kind kind);

#endif
