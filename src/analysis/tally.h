/* Tallies: how many requests by method and responses by status each participant
 * sent and received, and what programs (User-Agent, Server) sent.
 * Repetitions are left out. */
#ifndef ANALYSIS_TALLY_H
#define ANALYSIS_TALLY_H

#include "analysis/participants.h"

struct tally_cell {
    uint64_t count;
    uint16_t what; /* a status, or below 100 an enum sip_method */
};

enum { TALLY_MOST = 1000 }; /* cells of one list */

/* A cell in its list, which is in order of `what`. */
struct tally_link {
    uint64_t count; /* messages */
    uint32_t next;  /* 0: none */
    uint16_t what;
};

enum tally_way { TALLY_SENT, TALLY_RECEIVED, TALLY_AGENT };

struct tally_agent {
    struct slice name;
    uint32_t participants;
    uint64_t requests, responses; /* sent */
    uint32_t first;               /* of its list, as next */
};

struct tally_lists { /* of a participant */
    uint32_t of[2]; /* by way: the first, as next */
};

struct tally {
    const struct participants *participants;
    VEC(struct tally_lists) first; /* by participant */
    VEC(struct tally_link) links;  /* the first one is none's */
    VEC(struct tally_agent) agents;  /* in order of their first participant */
    struct table by_name;
};

/* Counts the messages of the calls that `selects` admits (NULL: all), whose
 * participants are known.  0 or -ENOMEM; tally_close frees in any case. */
int tally_open(struct tally *tally, const struct participants *participants,
               bool (*selects)(void *ctx, uint32_t call), void *ctx);
/* The same of a capture in parts: the calls of the one that participants_go_on was given
 * last are added; when all are, programs are counted. */
int tally_begin(struct tally *tally, const struct participants *participants);
int tally_add(struct tally *tally, bool (*selects)(void *ctx, uint32_t call), void *ctx);
/* One call alone, after participants_add was told of it. */
int tally_add_call(struct tally *tally, uint32_t call);
int tally_settle(struct tally *tally);
void tally_close(struct tally *tally);

bool tally_is_empty(const struct tally *tally);
/* The cells of one participant (its place in participants->v), or program (in
 * tally->agents), in order of `what`: how many. */
size_t tally_of(const struct tally *tally, enum tally_way way, uint32_t who,
                struct tally_cell cells[TALLY_MOST]);

#endif
