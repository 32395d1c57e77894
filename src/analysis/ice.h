/* STUN: connectivity checks of ICE (RFC 8445) with the m= line that they are for and
 * the pair that won, and what servers told clients of their addresses. */
#ifndef ANALYSIS_ICE_H
#define ANALYSIS_ICE_H

#include "analysis/model.h"
#include "rtp/stun.h"

enum ice_type { ICE_UNKNOWN, ICE_HOST, ICE_SRFLX, ICE_PRFLX, ICE_RELAY };
/* "host", "srflx", "prflx", "relay"; NULL for ICE_UNKNOWN. */
const char *ice_type_name(enum ice_type type);

enum { ICE_USERNAME = 128, ICE_PENDING = 4 };

/* The requests from one address to another, under one user name. */
struct ice_path {
    struct net_addr src, dst;
    struct net_addr mapped, relayed; /* as answered; family NET_UNKNOWN: not */
    int64_t first, last;     /* ns since 1970 */
    int64_t nominated;       /* when the first nomination was answered, -1: none was */
    int64_t round_trip;      /* least, ns; -1: no answer */
    uint64_t frame;          /* of the first */
    uint64_t requests, successes, errors; /* repeated requests are one */
    uint64_t repeats;
    uint16_t error;          /* the last error's code, 0: none */
    uint8_t method;          /* enum stun_method */
    uint8_t username_n;      /* 0: none: no check of ICE's */
    char username[ICE_USERNAME];
    bool controlling, in_turn; /* in_turn: inside TURN, between client and server */
    /* transactions that are not answered yet */
    struct {
        uint8_t id[STUN_ID];
        bool waits, nominates;
        int64_t time;
    } pending[ICE_PENDING];
    unsigned next;
    /* by ice_finish */
    uint32_t call;           /* CALL_NONE: of none */
    uint8_t by;              /* enum call_side: who asks */
    uint8_t media;           /* number of the m= line from 1, 0: unknown */
    uint8_t component;       /* 1 RTP, 2 RTCP, 0: unknown */
    uint8_t local, remote;   /* enum ice_type */
    bool won;                /* the pair that was chosen for its component */
};

struct ice_table;
struct ice_table *ice_table_new(void);
void ice_table_free(struct ice_table *ice);

/* While the capture is read: a copy, to be finished with what is known so far.  NULL when
 * memory is short. */
struct ice_table *ice_copy(const struct ice_table *ice);
/* Takes the paths that belong to calls of which call_leaves[] is true, as the finished copy
 * says, into a new table, and forgets those of no call whose last request came before
 * `before`.  NULL when memory is short. */
struct ice_table *ice_part(struct ice_table *ice, const struct ice_table *copy,
                           const bool *call_leaves, int64_t before);

/* Takes in a datagram that rtp_classify called RTP_STUN. */
void ice_note(struct ice_table *ice, const struct datagram *datagram);

/* After stream_finish and call_finish: finds call and m= line of each path.  0 or -ENOMEM. */
int ice_finish(struct fosip_analysis *analysis);

/* The call's paths, by m= line, component and first request: how many there are,
 * ice_at(ice, *first) and on. */
size_t ice_of_call(const struct ice_table *ice, uint32_t call, size_t *first);
const struct ice_path *ice_at(const struct ice_table *ice, size_t i);

/* All paths, of calls or not, in order of their first request. */
size_t ice_path_count(const struct ice_table *ice);
const struct ice_path *ice_path(const struct ice_table *ice, size_t i);

/* The call whose STUN went between these addresses, CALL_NONE without; *from is the
 * side that sends from `src`. */
uint32_t ice_call_of_flow(const struct ice_table *ice, const struct net_addr *src,
                          const struct net_addr *dst, enum call_side *from);

/* The address that a TURN server gave to whichever of the two is its client, for what
 * goes between them (RFC 8656 §7.3); NULL: none. */
const struct net_addr *ice_relayed_on(const struct ice_table *ice, const struct net_addr *src,
                                      const struct net_addr *dst);

/* The pair that won and on which the media from `src` to `dst` flows; NULL: none. */
const struct ice_path *ice_of_flow(const struct ice_table *ice, const struct net_addr *src,
                                   const struct net_addr *dst);

#endif
