/* Batches: packets on their way from the reading to the counting thread. */
#ifndef ANALYSIS_BATCH_H
#define ANALYSIS_BATCH_H

#include "analysis/secrets.h"
#include "base/handover.h"
#include "capture/capture.h"
#include "sip/msg.h"
#include "stream/stream.h"

enum {
    BATCH = 256,         /* packets at most */
    BATCH_MESSAGES = 32, /* of them with SIP messages that are parsed */
};

/* A SIP message that was parsed before its turn came. */
struct parsed {
    const char *data;
    size_t n;
    struct sip_msg msg;
};

/* Packets that were read and taken apart down to their RTP header or their SIP message,
 * where that needs no state but what is kept of flows.  The brief form is all that is
 * read to count most packets of RTP. */
struct batch {
    bool parse;             /* SIP messages, ahead of their turn */
    struct secrets secrets; /* that stand in a file before packets of the batch */
    size_t count;
    uint64_t bytes;                /* captured in its packets */
    int64_t first_time, last_time; /* of the first one; the latest */
    uint64_t done, total;          /* octets, for the progress bar */
    struct stream_base base;       /* of its first packet */
    uint8_t forms[BATCH];          /* enum stream_form: which of the three holds a packet */
    struct stream_brief briefs[BATCH];
    struct stream_look looks[BATCH];
    struct packet packets[BATCH];
    struct parsed *parsed[BATCH]; /* what the packet holds, NULL: not yet known */
    size_t message_count;
    struct parsed messages[BATCH_MESSAGES];
};

/* Where a batch comes from. */
struct batch_source {
    struct capture *capture;
    struct secrets *secrets;    /* that the capture's files gave so far */
    struct stream_flows *flows; /* to look for plain media; NULL: every packet is left to
                                   its turn */
    struct handover *handover;  /* that batches go over, or NULL */
};

/* Reads up to `most` packets; none at the end.  Needs nothing that counting
 * changes, so that the two can run side by side. */
void batch_read(struct batch *batch, const struct batch_source *source, size_t most);

#endif
