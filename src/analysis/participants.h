/* Participants: who took part in the signalling and media of some calls, and
 * in which roles (RFC 3261 §6), judged by what they did. */
#ifndef ANALYSIS_PARTICIPANTS_H
#define ANALYSIS_PARTICIPANTS_H

#include "analysis/model.h"

enum {
    ROLE_USER_AGENT = 1,
    ROLE_REGISTRAR = 2,        /* answered REGISTER itself */
    ROLE_PROXY = 4,            /* passed requests on under their Call-ID */
    ROLE_REDIRECT_SERVER = 8,  /* answered 3xx itself */
    ROLE_B2BUA = 16,           /* ended one call of a group, began another */
    ROLE_MEDIA_RELAY = 32,     /* passed media on */
    /* What a proxy does besides. */
    PROXY_STATEFUL = 64,       /* answered 100 to what it passed on, or forked */
    PROXY_RECORD_ROUTING = 128,
    PROXY_FORKING = 256,       /* passed one request on to several */
    ROLE_COUNT = 6,
};

struct participating {
    struct net_addr addr;    /* port 0: several, the IP address stands for all */
    struct slice user_agent; /* User-Agent or Server of its own messages; empty: not said */
    unsigned roles;          /* as they were noted: see participant_roles */
    uint64_t sent;           /* SIP messages */
    uint8_t looked;          /* messages parsed for this */
    bool by_port;            /* its host holds several participants */
    bool keeps_alive;        /* sent or answered OPTIONS */
};

/* Who stands at both ends of a path: places in v, and 1; 0: not met yet. */
struct participant_ends {
    uint32_t src, dst;
};

struct participants {
    const struct fosip_analysis *analysis;
    uint64_t seed;
    VEC(struct participating) v; /* in order of first message, then of media */
    struct table by_addr, hosts;
    VEC(struct net_addr) shared; /* hosts that talk to themselves */
    struct participant_ends *ends; /* by path */
    bool in_parts;
    struct arena arena; /* texts of parts that are gone */
};

/* Nobody yet.  0 or -ENOMEM; participants_close frees in any case. */
int participants_open(struct participants *p, const struct fosip_analysis *analysis);
/* The same where the capture comes in parts: nobody yet; then the next part, whose calls
 * follow.  What is kept does not need the parts before.  0 or -ENOMEM. */
void participants_begin(struct participants *p);
int participants_go_on(struct participants *p, const struct fosip_analysis *part);
/* Those of one call.  0 or -ENOMEM. */
int participants_add(struct participants *p, uint32_t call);
void participants_close(struct participants *p);

/* Who has that address; NULL: none. */
const struct participating *participants_find(const struct participants *p,
                                              const struct net_addr *addr);

/* The ROLE_ and PROXY_ bits that tell what it is. */
unsigned participant_roles(const struct participating *one);

/* "user-agent", "registrar", ... of 1 << i, i below ROLE_COUNT. */
const char *role_name(unsigned i);

#endif
