/* Flows that may be RTP: packets that nothing announced wait here until several headers
 * in a row are consistent. */
#ifndef STREAM_CANDIDATE_H
#define STREAM_CANDIDATE_H

#include "stream/stream.h"

enum {
    CANDIDATE_HEADS = 12, /* packets kept while a flow is on trial */
    CANDIDATE_STEPS = 3,  /* times that one went on from the one before */
    CANDIDATE_SURE = CANDIDATE_HEADS - 1, /* the same where timestamps keep no grid */
    CANDIDATE_ROW = 6,    /* the same with numbers in a row and any payload type, while
                             time jumps to and fro: retransmissions (RFC 4588) */
};

struct candidate {
    struct stream_key key;
    uint64_t touched;        /* 0: free */
    uint16_t count;          /* headers kept */
    uint8_t steps;           /* that went on in number and time */
    uint8_t in_row;          /* whose number was the next one, whatever their time */
    bool too_long;           /* for a frame of video */
    struct arrival *more;    /* behind heads, while it may be a long frame */
    struct arrival heads[CANDIDATE_HEADS];
};

struct candidates;
struct candidates *candidates_new(void);
void candidates_free(struct candidates *c);
/* Whether any flow is on trial. */
bool candidates_any(const struct candidates *c);
/* Enters the packet; gives its candidate, which is now due to become a stream
 * when candidate_is_stream says so; NULL when memory is short. */
struct candidate *candidates_add(struct candidates *c, const struct stream_key *key,
                                 const struct arrival *a);
/* The flow's candidate, NULL when it is not on trial. */
struct candidate *candidates_find(struct candidates *c, const struct stream_key *key);
/* All that are on trial, one at a time: NULL behind the last. */
struct candidate *candidates_at(struct candidates *c, size_t *i);
/* The packet number `i` of those kept. */
const struct arrival *candidate_head(const struct candidate *candidate, unsigned i);
bool candidate_is_stream(const struct candidate *candidate);
void candidate_drop(struct candidates *c, struct candidate *candidate);

#endif
