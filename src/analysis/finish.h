/* What is worked out when no more packets come. */
#ifndef ANALYSIS_FINISH_H
#define ANALYSIS_FINISH_H

#include "analysis/model.h"

/* After stream_finish: ties streams, STUN, faxes and ICMP errors to calls, joins the calls,
 * and finds what is worth attention.  0 or -ENOMEM. */
int finish_model(struct fosip_analysis *analysis);

/* The call that the stream belongs to, with what is known so far; CALL_NONE: none.  *to is
 * who receives. */
uint32_t finish_call_of(const struct fosip_analysis *analysis, const struct stream *stream,
                        enum call_side *to);
/* Notes in the stream that it belongs to that call, or to none. */
void finish_bind(struct stream *stream, uint32_t call, enum call_side to);

#endif
