/* ICMP errors (RFC 792, RFC 4443) about packets of calls: what was refused on its
 * way, by whom, how often.
 *
 * One row for each (reporter, addresses, type, code, call, stream), so that a
 * port which refuses a whole call's audio is one row.  Rows are bounded. */
#ifndef ANALYSIS_ICMP_H
#define ANALYSIS_ICMP_H

#include "call/call.h"
#include "stream/stream.h"

/* What the refused packets carried, as far as it can be told. */
enum icmp_cargo { ICMP_SIP, ICMP_RTP, ICMP_RTCP };
const char *icmp_cargo_name(enum icmp_cargo cargo); /* "sip", "rtp", "rtcp" */

/* The errors, both versions of IP together. */
enum icmp_kind {
    ICMP_PORT, ICMP_HOST, ICMP_NETWORK, ICMP_PROTOCOL, ICMP_PROHIBITED, ICMP_TOO_BIG,
    ICMP_HOPS, ICMP_REASSEMBLY, ICMP_HEADER, ICMP_OTHER,
};
/* "port-unreachable" ... */
const char *icmp_kind_name(enum icmp_kind kind);

enum { ICMP_FRAMES = 6 }; /* frames kept of a row */

struct icmp_row {
    struct net_addr reporter; /* who sent the errors; port 0 */
    struct net_addr src, dst; /* of the refused packets */
    uint64_t count;           /* errors captured; hosts send fewer than they refuse */
    int64_t time, last;       /* of the first and the last error, ns since 1970 */
    uint64_t frames[ICMP_FRAMES]; /* of the first ones */
    uint32_t call, message;   /* numbers from 0, CALL_NONE: unknown */
    uint32_t stream;          /* for stream_at; CALL_NONE */
    uint8_t type, code, kind; /* kind: enum icmp_kind */
    uint8_t transport;        /* enum net_transport */
    uint8_t cargo;            /* enum icmp_cargo */
    char method[16];          /* of SIP: the request's, as quoted; "" unknown or a response */
};

struct icmp_table;

/* NULL when memory is short. */
struct icmp_table *icmp_table_new(void);
void icmp_table_free(struct icmp_table *table);

/* Takes in an error, if it is about SIP, RTP or RTCP of the model so far. */
void icmp_note(struct icmp_table *table, const struct net_icmp *icmp,
               const struct call_table *calls, struct stream_table *streams,
               struct sip_msg *scratch);

/* What leaves a model that goes on (analysis/part.h): calls and streams by number, whether
 * they leave, and their number where they are now. */
struct icmp_parting {
    const bool *call_leaves, *stream_leaves;
    const uint32_t *calls, *streams;
};
/* While the capture is read, before calls leave `calls`: takes the rows about what leaves
 * into a new table, and forgets those about nothing known whose last error came before
 * `before`.  NULL when memory is short. */
struct icmp_table *icmp_part(struct icmp_table *table, const struct call_table *calls,
                             const struct icmp_parting *parting, int64_t before);

/* When the model is whole: ties each row to its stream and call, drops those
 * that are about none, and puts the rest in order of call, stream, time. */
void icmp_finish(struct icmp_table *table, const struct call_table *calls,
                 struct stream_table *streams);

/* All rows; those of one call lie side by side. */
size_t icmp_rows(const struct icmp_table *table, const struct icmp_row **rows);
size_t icmp_rows_of_call(const struct icmp_table *table, uint32_t call,
                         const struct icmp_row **rows);
/* The errors about the stream, which belongs to that call (or CALL_NONE). */
uint64_t icmp_count_of_stream(const struct icmp_table *table, uint32_t call, uint32_t stream);

#endif
