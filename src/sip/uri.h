/* URIs and name-addr values: RFC 3261 §19.1, §20.10; tel: RFC 3966. */
#ifndef SIP_URI_H
#define SIP_URI_H

#include "base/slice.h"

/* A SIP, SIPS or tel URI taken apart; absent parts have p NULL.  Escapes are
 * left as they are. */
struct sip_uri {
    struct slice whole;
    struct slice scheme;   /* "sip", "sips", "tel", ... */
    struct slice user;     /* for tel: the number */
    struct slice password;
    struct slice host;     /* IPv6 with its brackets */
    uint16_t port;         /* 0: none */
    struct slice params;   /* after the first ';', without it */
    struct slice headers;  /* after '?', without it */
};

/* False when there is no scheme or, for sip and sips, no host; `uri` then
 * holds what could be read. */
bool sip_uri_parse(struct sip_uri *uri, struct slice text);

/* From, To, Contact, Route, Refer-To ...: display name, URI and parameters. */
struct sip_addr {
    struct slice display; /* without quotes; escapes left as they are */
    struct sip_uri uri;
    struct slice params;  /* header parameters, after the first ';' */
    struct slice tag;     /* the tag parameter */
};

/* Takes one element (not a list).  False when no URI could be read. */
bool sip_addr_parse(struct sip_addr *addr, struct slice text);

/* The place of the first `c` that is not inside a quoted string; s.n without
 * one. */
size_t sip_find_unquoted(struct slice s, char c);

/* Looks for a parameter in "a=b;c;d=\"e\"" (separator ';'; name in any case):
 * true when it is there; *value is then its value without quotes (p NULL for
 * one without "="). */
bool sip_param(struct slice params, struct slice name, struct slice *value);
/* Iterates: gives the next parameter and moves `rest` past it. */
bool sip_param_next(struct slice *rest, struct slice *name, struct slice *value);

#endif
