/* Who is who in two calls: end points and hosts of one side, and those of the
 * other that play the same part. */
#ifndef DIFF_ROLES_H
#define DIFF_ROLES_H

#include "diff/side.h"

enum { ROLES_MOST = 64, ROLE_NONE = UINT16_MAX };

struct role {
    uint32_t ip;
    int32_t port;      /* -1: the address alone tells */
    uint16_t same;     /* the number both sides know it by */
    char name[48];     /* "caller", "proxy", or its address */
};

struct roles {
    const struct side *side;
    bool ports;        /* a host talks to itself: ports tell its end points apart */
    unsigned count, host_count;
    struct role ends[ROLES_MOST];  /* in order of appearance */
    struct role hosts[ROLES_MOST]; /* ports do not matter; media's too */
};

/* Fills both; `pool` has the texts. */
void roles_match(struct roles *a, struct roles *b, const struct pool *pool,
                 const struct side *side_a, const struct side_call *call_a,
                 const struct side *side_b, const struct side_call *call_b);

/* Number by which both sides know the sender and the receiver of a message;
 * ROLE_NONE past what there is room for. */
uint16_t roles_of(const struct roles *roles, uint32_t ip, int32_t port);
/* The same for a host, by its address. */
uint16_t roles_of_host(const struct roles *roles, uint32_t ip);
/* The name of an end point by that number; "?" for none. */
const char *roles_name(const struct roles *roles, uint16_t number);

#endif
