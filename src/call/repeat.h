/* Repetitions: messages that come more than once, and why.
 *
 * Worked out for one call when a report or rule asks; nothing is kept. */
#ifndef CALL_REPEAT_H
#define CALL_REPEAT_H

#include "call/call.h"

/* A retransmission against the timer that sends it (RFC 3261 §17, T1 500 ms, T2
 * 4 s): A of a client's INVITE, E of its other requests, G of a server's final
 * response to INVITE, which also paces reliable provisional responses
 * (RFC 3262 §3) and 2xx (§13.3.1.4).  Other responses are only sent again when
 * the request comes again. */
struct retransmission {
    uint32_t original;    /* message that it repeats */
    char timer;           /* 'A', 'E', 'G'; 0: none */
    int64_t after;        /* ns since the original, TIME_NO_SPAN: not known */
    int64_t expected;     /* when the timer would have fired, nearest to it; -1: no timer,
                             or nothing to compare */
    bool on_time;         /* as expected, by a tenth of it or 100 ms */
};
/* False when the message repeats none. */
bool retransmission_of(const struct call *call, uint32_t message, struct retransmission *out);

/* A request that an element has had before, in another transaction. */
enum repeat {
    REPEAT_NONE,
    REPEAT_LOOP,    /* it had sent it on itself; same Request-URI (RFC 3261 §16.3) */
    REPEAT_SPIRAL,  /* the same with another Request-URI: no error (§6) */
    REPEAT_MERGED,  /* a fork's branches meet again (§8.2.2.2) */
};
const char *repeat_name(enum repeat repeat); /* NULL for REPEAT_NONE */
/* How the transaction's request arrived; *before is the transaction in which
 * its server had it first. */
enum repeat transaction_repeat(const struct call_table *table, const struct call *call,
                                 uint32_t transaction, uint32_t *before);

/* The provisional response that the PRACK of this transaction acknowledges
 * (RFC 3262 §7.2: RAck names its RSeq and CSeq); CALL_NONE. */
uint32_t prack_acknowledges(const struct call_table *table, const struct call *call,
                            uint32_t transaction);
/* The RSeq of a provisional response; false when it is not reliable. */
bool message_rseq(const struct message *message, uint32_t *rseq);

#endif
