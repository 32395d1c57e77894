/* Bodies: a message's content, whole or the parts of a multipart (RFC 2046
 * §5.1, RFC 5621). */
#ifndef SIP_BODY_H
#define SIP_BODY_H

#include "sip/msg.h"

struct sip_part {
    struct slice type;        /* Content-Type's value; empty: none given */
    struct slice disposition; /* Content-Disposition's */
    struct slice content;
};

/* Walks the parts of a body in order; parts of nested multiparts come in the
 * place of the multipart, a body that is none is its only part. */
struct sip_parts {
    struct slice rest;
    struct slice type;     /* of `rest`, empty: inside a multipart */
    struct slice boundary[4];
    unsigned depth;
};
struct sip_parts sip_parts(const struct sip_msg *msg);
bool sip_parts_next(struct sip_parts *parts, struct sip_part *part);

/* The first part of that type ("application/sdp", parameters and case do not
 * matter).  A body without a Content-Type counts as SDP when it begins like
 * one.  False when there is none. */
bool sip_body_find(const struct sip_msg *msg, struct slice type, struct slice *content);

#endif
