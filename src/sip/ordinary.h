/* The forms that nearly all addresses and Vias have, recognised in one pass.
 *
 * Each message has three addresses and a Via or more.  What passes here breaks no
 * rule that check.c knows of, so that nothing else needs to look at it; what
 * does not pass may be right all the same. */
#ifndef SIP_ORDINARY_H
#define SIP_ORDINARY_H

#include "base/slice.h"

/* A start line (RFC 3261 §7.1, §7.2). */
struct sip_start {
    struct slice method, uri; /* of a request */
    unsigned status;          /* of a response, 0: a request */
    struct slice reason, version;
};

/* "SIP/2.0 200 OK", or a method, any Request-URI and "SIP/2.0": what
 * sip_looks_like holds of, with nothing to complain of but the URI. */
bool sip_start_is_ordinary(struct slice line, struct sip_start *start);

/* "1 INVITE": one space, and few digits. */
bool sip_cseq_is_ordinary(struct slice value, uint32_t *number, struct slice *method);

/* A value of Max-Forwards of two digits at most. */
bool sip_hops_are_ordinary(struct slice value);

/* A name-addr of a SIP or SIPS URI and parameters (RFC 3261 §20.10), alone in its
 * header field: *tag is the value of its tag parameter, left as it is without
 * one.  Never true with an expires parameter. */
bool sip_addr_is_ordinary(struct slice value, struct slice *tag);

/* "sip:user@host:port" or less of it, as a Request-URI. */
bool sip_uri_is_ordinary(struct slice uri);

/* One via-parm (§20.42) of version 2.0, alone in its header field: its sent-by,
 * and its branch, left as it is without one. */
bool sip_via_is_ordinary(struct slice value, struct slice *sent_by, struct slice *branch);

#endif
