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
    BATCH_AHEAD = 8,     /* how many packets ahead the memory of one's stream is asked for */
};

/* A SIP message that was parsed before its turn came. */
struct parsed {
    const char *data;
    size_t n;
    struct sip_msg msg;
};

/* A packet that is handed on whole. */
struct other {
    size_t after;            /* so many packets in brief */
    bool media;              /* the look holds it, else the packet: */
    struct parsed *parsed;   /* what that holds, NULL: not yet known */
    struct packet packet;
    struct stream_look look;
};

/* Packets that were read and taken apart down to their RTP header or their SIP message,
 * where that needs no state but what is kept of flows.  The brief form is all that is
 * read to count most packets of RTP. */
struct batch {
    bool parse;             /* SIP messages, ahead of their turn */
    struct secrets secrets; /* that stand in a file before packets of the batch */
    size_t count;                  /* packets: */
    size_t brief_count, other_count;
    uint64_t bytes;                /* captured in its packets */
    int64_t first_time, last_time; /* of the first one; the latest */
    uint64_t done, total;          /* octets, for the progress bar */
    struct stream_base base;       /* of its first packet */
    struct stream_brief briefs[BATCH + STREAM_BRIEFS_AHEAD]; /* the last are zeros */
    struct other others[BATCH];
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

/* For who counts: asks for the memory of the stream of a packet that is handed on whole, if
 * it is one of media, or its text. */
void batch_ask_for(struct batch *batch, size_t i, const struct stream_table *streams);
/* The same before the first packet: for what leads to the streams at once, for streams, text
 * and flows of the first ones. */
void batch_ask_for_first(struct batch *batch, const struct stream_table *streams,
                         const struct stream_flows *flows);

#endif
