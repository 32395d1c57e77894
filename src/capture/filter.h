/* Capture filters: pcap-filter(7), compiled by libpcap for each link type. */
#ifndef CAPTURE_FILTER_H
#define CAPTURE_FILTER_H

#include "capture/capture.h"

struct filter;

/* Compiles the text for Ethernet at first, to find mistakes in it.  0, or
 * -EINVAL with libpcap's message. */
int filter_new(struct filter **out, const char *text, struct fosip_error *err);
void filter_free(struct filter *filter);

/* libpcap's number (DLT_) for a link type as files number it (LINKTYPE_). */
int filter_dlt(uint32_t link);

/* Whether the packet passes; a filter that has no meaning for the packet's
 * link type lets none of its packets through. */
bool filter_passes(struct filter *filter, const struct packet *packet);

#endif
