/* Faxes: T.38 over UDPTL between addresses that session descriptions announced, or
 * recognised by what the packets say. */
#ifndef ANALYSIS_FAX_H
#define ANALYSIS_FAX_H

#include "analysis/model.h"

enum { FAX_WINDOW = 64, FAX_FRAME = 8 };

/* The UDPTL packets of one direction. */
struct fax {
    struct net_addr src, dst;
    int64_t start, end;        /* ns since 1970 */
    uint64_t frame;            /* of its first packet */
    uint64_t packets, malformed, duplicates;
    uint64_t expected, lost;   /* lost ones are decided when they leave the window */
    uint64_t recovered;        /* of the lost ones: a later packet had a copy, or parity */
    uint64_t payload_bytes;    /* of UDPTL */
    uint64_t seen, copied;     /* bit n: number highest - n came; can be made of others */
    unsigned window;           /* how many numbers these hold */
    uint16_t highest;
    unsigned most_copies;      /* in one packet */
    unsigned pages;            /* that it ended (T.30 §5.3.6.1.6, after each page) */
    uint8_t modem;             /* fastest data type */
    bool any_data, fec, ecm, disconnected;
    bool page_ended;           /* and no data since */
    uint8_t head[FAX_FRAME];   /* of the HDLC frame that is being sent */
    uint8_t head_n;
    bool guessed;              /* no session description announced it */
    uint8_t version;           /* T38FaxVersion that the guess reads it by */
    /* by fax_finish */
    uint32_t call;
    uint8_t by;                /* enum call_side: who sends */
    uint32_t audio;            /* the stream that flowed this way before; CALL_NONE */
    int64_t switched_after;    /* its last packet to the first here, ns */
};

struct fax_table;
struct fax_table *fax_table_new(void);
void fax_table_free(struct fax_table *faxes);

/* Takes in a datagram between addresses announced for UDPTL, with that T38FaxVersion;
 * false when it is none of it. */
bool fax_note(struct fax_table *faxes, const struct datagram *datagram, unsigned version);

/* Takes in a datagram that nothing explains: it may be of a fax that is going on, and
 * of which the capture does not have the beginning. */
void fax_guess(struct fax_table *faxes, const struct datagram *datagram);

/* While the capture is read: takes the faxes of calls of which call_leaves[] is true, and those
 * of no call that ended before `before`, into a new table.  NULL when memory is short. */
struct fax_table *fax_part(struct fax_table *faxes, const struct call_table *calls,
                           const bool *call_leaves, int64_t before);

/* After streams are bound: finds call and audio of each. */
void fax_finish(struct fosip_analysis *analysis);

/* In order of their call, those of none (CALL_NONE) last. */
size_t fax_count(const struct fax_table *faxes);
const struct fax *fax_at(const struct fax_table *faxes, size_t i);
/* The call's: how many there are, fax_at(faxes, *first) and on. */
size_t fax_of_call(const struct fax_table *faxes, uint32_t call, size_t *first);

#endif
