/* Inside the stream layer: what RTCP said of a stream. */
#ifndef STREAM_REPORTS_H
#define STREAM_REPORTS_H

#include "stream/state.h"

struct sent_report { /* a sender report that passed */
    uint32_t ntp; /* middle 32 bits */
    int64_t time; /* ns since 1970 */
};
enum { SENT_REPORTS = 8 };

struct reports {
    uint64_t frame; /* of the packet counted last */
    uint64_t packets, senders, receivers, descriptions, byes, applications, extended;
    uint64_t encrypted;
    uint64_t feedback[RTCP_FEEDBACK_KINDS];
    uint64_t blocks[4]; /* bit n: an extended report's block of type n was seen */
    struct sent_report sent[SENT_REPORTS];
    unsigned sent_count;
    /* the first and the last sender report: the sender's two clocks */
    uint64_t ntp_first, ntp_last;
    uint32_t timestamp_first, timestamp_last;
    /* what the receiver said last, and what had been lost here by then */
    bool reported;
    struct rtcp_report last;
    int64_t lost_here;
    int64_t twice_here; /* what had come twice here, which may be the capture's doing */
    int64_t lost_first, lost_here_first, twice_here_first; /* by its first report */
    uint8_t worst_fraction;
    uint32_t worst_jitter;
    struct running round_trip, one_way;
    bool has_metrics;
    struct rtcp_voip_metrics metrics;
    int64_t bye_time; /* 0: none */
    char cname[STREAM_CNAME];
};

#endif
