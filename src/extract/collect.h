/* What has to be known before the first packet is written: which fragments and TCP
 * segments belong to what is chosen. */
#ifndef EXTRACT_COLLECT_H
#define EXTRACT_COLLECT_H

#include "anonymize/anonymize.h"
#include "base/arena.h"
#include "capture/capture.h"
#include "extract/connections.h"
#include "extract/owner.h"

/* A frame that holds a part of something, or of SCTP that may hold several. */
struct collected_frame {
    uint64_t frame;
    uint32_t file; /* CHOICE_NONE: it holds what is of no chosen call */
    struct slice whole; /* what is written in place of the IP payload that a fragment is a
                           part of; empty: the fragment itself */
};

struct collected {
    struct connections connections; /* of TCP and SCTP */
    VEC(struct collected_frame) frames; /* in order of frames */
    struct arena arena; /* what is written in place of other octets */
};

/* Walks the capture to its end.  `anonymize`: NULL where packets are written as they
 * are.  0 or -ENOMEM. */
int collect(struct collected *out, const struct choice *choice, struct owners *owners,
            struct capture *capture, struct anonymize *anonymize);
void collected_free(struct collected *collected);

#endif
