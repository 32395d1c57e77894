/* The pipeline: packets down once, facts up once. */
#ifndef ANALYSIS_PIPELINE_H
#define ANALYSIS_PIPELINE_H

#include "analysis/model.h"

/* Walks the open capture to its end and fills the model.  0 or -ENOMEM. */
int pipeline_run(struct fosip_analysis *analysis, const struct fosip_options *options);

#endif
