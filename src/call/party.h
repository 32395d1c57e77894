/* A party of a call: what a From or To header field says (RFC 3261 §20.20, §20.39). */
#ifndef CALL_PARTY_H
#define CALL_PARTY_H

#include "call/call.h"
#include "sip/uri.h"

/* As sip_addr_parse reads it; slices of the value. */
struct party party_read(struct slice value);

#endif
