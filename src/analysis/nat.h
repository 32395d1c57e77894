/* NAT: which address a participant has on its side of a translator (inside), and
 * which one the others see (outside), by what the capture shows. */
#ifndef ANALYSIS_NAT_H
#define ANALYSIS_NAT_H

#include "analysis/model.h"

enum nat_evidence {
    NAT_BY_VIA,  /* sent-by against the packet; received, rport (RFC 3581) against both */
    NAT_BY_STUN, /* (XOR-)MAPPED-ADDRESS against the packet */
};
/* "via", "stun". */
const char *nat_evidence_name(enum nat_evidence evidence);

enum { NAT_MOST_BINDINGS = 4096 };

/* Port 0: not known. */
struct nat_binding {
    struct net_addr inside, outside;
    struct net_addr server; /* who was talked to and sees `outside` */
    uint64_t frame;         /* of the first message that shows it */
    uint64_t count;         /* of messages, or of STUN answers */
    uint8_t evidence;       /* enum nat_evidence: of the first */
};

/* Reads the bindings off the finished calls and STUN paths, the first
 * NAT_MOST_BINDINGS.  0 or -ENOMEM. */
int nat_finish(struct fosip_analysis *analysis);
void nat_table_free(struct nat_table *nat);

/* In order of first frame; `nat` may be NULL: none. */
size_t nat_count(const struct nat_table *nat);
const struct nat_binding *nat_at(const struct nat_table *nat, size_t i);
/* A binding whose inside has that IP address, NULL: none. */
const struct nat_binding *nat_of_inside(const struct nat_table *nat, const struct net_addr *addr);

#endif
