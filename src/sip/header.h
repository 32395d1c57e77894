/* Typed access to header values that have a structure of their own. */
#ifndef SIP_HEADER_H
#define SIP_HEADER_H

#include "sip/msg.h"
#include "sip/uri.h"

/* Via: RFC 3261 §20.42, rport RFC 3581. */
struct sip_via {
    struct slice protocol;  /* "SIP/2.0" */
    struct slice transport; /* "UDP" */
    struct slice sent_by, host;
    uint16_t port; /* 0: none */
    struct slice branch, received, rport, maddr, ttl; /* p NULL: absent */
    bool has_rport; /* "rport" is there, with or without a value */
};
/* The nth Via of the message, over all Via lines and comma lists. */
bool sip_via_at(const struct sip_msg *msg, unsigned n, struct sip_via *via);
bool sip_via_parse(struct sip_via *via, struct slice element);
unsigned sip_via_count(const struct sip_msg *msg);
/* The host of a sent-by. */
struct slice sip_via_host(struct slice sent_by);
/* Whether an element or several may have a received or rport parameter with a
 * value: true of all that have.  Cheap, for what looks at every message. */
bool sip_via_tells_source(struct slice via);

/* CSeq: "314159 INVITE". */
bool sip_cseq_parse(struct slice value, uint32_t *number, struct slice *method);

/* RAck: "776656 1 INVITE" (RFC 3262 §7.2). */
struct sip_rack {
    uint32_t rseq, cseq;
    struct slice method;
};
bool sip_rack_parse(struct slice value, struct sip_rack *rack);

/* Reason: "Q.850;cause=16;text=\"...\"" (RFC 3326), one element. */
struct sip_reason {
    struct slice protocol, text;
    uint32_t cause;
    bool has_cause;
};
bool sip_reason_parse(struct slice element, struct sip_reason *reason);

/* Session-Expires: "1800;refresher=uac" (RFC 4028 §4). */
struct sip_session_expires {
    uint32_t seconds;
    struct slice refresher;
};
bool sip_session_expires_parse(struct slice value, struct sip_session_expires *se);

/* Replaces: "call-id;to-tag=a;from-tag=b[;early-only]" (RFC 3891 §6.1). */
struct sip_replaces {
    struct slice call_id, to_tag, from_tag;
    bool early_only;
};
bool sip_replaces_parse(struct slice value, struct sip_replaces *replaces);

/* A challenge or credentials (RFC 3261 §20.7, RFC 8760): the scheme, and its
 * comma-separated parameters through sip_auth_param. */
struct sip_auth {
    struct slice scheme, params;
};
bool sip_auth_parse(struct slice value, struct sip_auth *auth);
/* A parameter by name, without quotes; false when absent. */
bool sip_auth_param(const struct sip_auth *auth, struct slice name, struct slice *value);

/* Subscription-State: "active;expires=3600" (RFC 6665 §8.2.3), Event, Content-Type
 * and the like: the token before the first ';', and the parameters. */
struct slice sip_token(struct slice value, struct slice *params);

#endif
