/* What the capture lacks, counted while it is walked: fragments and TCP segments
 * that never came, packets cut short.  Findings say it (findings_capture.c). */
#ifndef ANALYSIS_GAPS_H
#define ANALYSIS_GAPS_H

#include "base/vec.h"
#include "net/net.h"
#include "sip/msg.h"

struct gap_tally {
    uint64_t count;
    uint64_t frame; /* of the first */
    int64_t time;
};

/* A SIP message of which only the first fragment came. */
struct gap_message {
    uint64_t frame;
    int64_t time;
    char line[100];    /* the beginning of its start line */
    char call_id[160]; /* "": not within the first fragment, or longer */
};

/* A direction between two TCP addresses. */
struct gap_way {
    struct net_addr src, dst;
    struct gap_tally holes;
    uint64_t octets; /* missing in them */
};

enum { GAP_MESSAGES = 64, GAP_WAYS = 256 }; /* kept; more are only counted */

struct gaps {
    struct gap_tally fragments; /* IP packets that are not whole */
    struct gap_tally messages;  /* those that began like SIP */
    struct gap_message first_messages[GAP_MESSAGES];
    VEC(struct gap_way) ways;
    struct gap_tally copies; /* SIP messages that are there once more */
    struct gap_tally cut;            /* packets captured in part */
    struct gap_tally cut_sip, cut_media; /* SIP messages, RTP and RTCP in them */
    struct gap_tally cut_logged;         /* SIP messages that a text log has in part */
};

void gaps_free(struct gaps *gaps);
/* Notes what net says is missing; `scratch` is for parsing. */
void gaps_missing(struct gaps *gaps, const struct net_missing *missing, struct sip_msg *scratch);
/* Counts one more, and keeps where the first was. */
void gap_count(struct gap_tally *tally, const struct packet *packet);

#endif
