/* Batches: packets on their way from the reading to the counting thread. */
#ifndef ANALYSIS_BATCH_H
#define ANALYSIS_BATCH_H

#include "analysis/secrets.h"
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

/* Packets that were read and, where that needs no state, taken apart down to their
 * RTP header or their SIP message.  Two cache lines are all that counting an RTP
 * packet reads. */
struct batch {
    struct secrets secrets; /* that stand in a file before packets of the batch */
    size_t count;
    uint64_t bytes;                /* captured in its packets */
    int64_t first_time, last_time; /* of the first one; the latest */
    uint64_t done, total;          /* octets, for the progress bar */
    bool media[BATCH];             /* which of the two holds the packet */
    struct stream_look looks[BATCH];
    struct packet packets[BATCH];
    struct parsed *parsed[BATCH]; /* what the packet holds, NULL: not yet known */
    size_t message_count;
    struct parsed messages[BATCH_MESSAGES];
};

/* Where a batch comes from. */
struct batch_source {
    struct capture *capture;
    struct secrets *secrets;           /* that the capture's files gave so far */
    const struct stream_table *streams;
    bool look; /* for plain media; else every packet is left to its turn */
};

/* Reads up to `most` packets; none at the end.  Needs nothing that counting
 * changes, so that the two can run side by side. */
void batch_read(struct batch *batch, const struct batch_source *source, size_t most);

#endif
