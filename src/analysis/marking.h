/* How the capture's packets are marked for the network (RFC 2474). */
#ifndef ANALYSIS_MARKING_H
#define ANALYSIS_MARKING_H

#include "analysis/model.h"

/* Of one DSCP: packets with it in their innermost IP header, and of them RTP of streams;
 * SIP messages that such packets completed. */
struct marked {
    uint64_t packets, sip, rtp;
};

/* Fills `all`, NET_NO_DSCP of them, by DSCP. */
void markings_read(const struct fosip_analysis *analysis, struct marked *all);

/* Goes on counting what is in a part that leaves the analysis. */
void markings_let_go(struct fosip_analysis *analysis, const struct fosip_analysis *part);

/* The DSCP of most packets of the stream; NET_NO_DSCP where it is not known. */
unsigned marking_of(const struct stream_figures *figures);

#endif
