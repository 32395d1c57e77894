/* Relays: media that arrives at an element as one call's and leaves it as
 * another's. */
#ifndef ANALYSIS_RELAYS_H
#define ANALYSIS_RELAYS_H

#include "analysis/model.h"

/* Joins the calls of streams that carry one SSRC on from the address where it
 * arrived.  0 or -ENOMEM. */
int relays_join(struct fosip_analysis *analysis);

#endif
