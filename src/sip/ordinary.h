/* The forms that nearly all addresses and Vias have, recognised in one pass.
 *
 * Each message has three addresses and a Via or more.  What passes here breaks no
 * rule that check.c knows of, so that nothing else needs to look at it; what
 * does not pass may be right all the same.  Each is given the map of the marks around it
 * (sip/places.h), and a value that ends at one of them. */
#ifndef SIP_ORDINARY_H
#define SIP_ORDINARY_H

#include "sip/msg.h"
#include "sip/places.h"

/* A start line (RFC 3261 §7.1, §7.2): "SIP/2.0 200 OK", or a method, any Request-URI and
 * "SIP/2.0".  What sip_looks_like holds of, with nothing to complain of but the URI: fills
 * what of the message it says, where all is clear. */
bool sip_start_is_ordinary(const struct scan_map *map, struct slice line, struct sip_msg *msg);

/* "1 INVITE": one space, and few digits. */
bool sip_cseq_is_ordinary(struct slice value, uint32_t *number, struct slice *method);

/* A value of Max-Forwards of two digits at most. */
bool sip_hops_are_ordinary(struct slice value);

/* A name-addr of a SIP or SIPS URI and parameters (RFC 3261 §20.10), alone in its
 * header field: *tag is the value of its tag parameter, left as it is without
 * one.  Never true with an expires parameter. */
bool sip_addr_is_ordinary(const struct scan_map *map, struct slice value, struct slice *tag);

/* "sip:user@host:port" or less of it, as a Request-URI. */
bool sip_uri_is_ordinary(const struct scan_map *map, struct slice uri);

/* One via-parm (§20.42) of version 2.0, alone in its header field. */
struct sip_usual_via {
    struct slice sent_by, branch; /* branch: p NULL without one */
    bool tells_source;            /* as sip_via_tells_source */
    bool received_elsewhere;      /* received is not the host of sent-by */
};
bool sip_via_is_ordinary(const struct scan_map *map, struct slice value,
                         struct sip_usual_via *via);

#endif
