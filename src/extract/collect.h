/* What has to be known before the first packet is written: which fragments and TCP
 * segments belong to what is chosen. */
#ifndef EXTRACT_COLLECT_H
#define EXTRACT_COLLECT_H

#include "capture/capture.h"
#include "extract/connections.h"
#include "extract/owner.h"

/* A frame that holds a part of something, or of SCTP that may hold several. */
struct collected_frame {
    uint64_t frame;
    uint32_t file; /* CHOICE_NONE: it holds what is of no chosen call */
};

struct collected {
    struct connections connections; /* of TCP and SCTP */
    VEC(struct collected_frame) frames; /* in order of frames */
};

/* Walks the capture to its end.  0 or -ENOMEM. */
int collect(struct collected *out, const struct choice *choice, struct owners *owners,
            struct capture *capture);
void collected_free(struct collected *collected);

#endif
