/* STUN messages (RFC 8489), and what ICE (RFC 8445) and TURN (RFC 8656) say in
 * them. */
#ifndef RTP_STUN_H
#define RTP_STUN_H

#include "base/slice.h"
#include "net/addr.h"

enum stun_class { STUN_REQUEST, STUN_INDICATION, STUN_SUCCESS, STUN_ERROR };
enum stun_method { STUN_BINDING = 1, STUN_ALLOCATE = 3 }; /* those that are looked at */

enum { STUN_ID = 12 };

struct stun_msg {
    const uint8_t *id;      /* STUN_ID octets of the transaction, borrowed */
    uint16_t method;
    uint8_t kind;           /* enum stun_class */
    struct slice username;  /* borrowed; empty: none */
    struct net_addr mapped; /* (XOR-)MAPPED-ADDRESS; family NET_UNKNOWN: none */
    struct net_addr relayed; /* XOR-RELAYED-ADDRESS, the same */
    uint16_t error;         /* ERROR-CODE, 0: none */
    bool nominates;         /* USE-CANDIDATE */
    bool controlling;       /* ICE-CONTROLLING */
};

/* Reads the message of `n` captured octets; attributes beyond them are left out.
 * False when the header is none of STUN. */
bool stun_parse(struct stun_msg *msg, const uint8_t *data, size_t n);

#endif
