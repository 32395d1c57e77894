/* Keys pressed, as signalling carries them: in INFO as application/dtmf-relay
 * and application/dtmf, neither of which is a standard but both of which devices
 * do; in NOTIFY as application/kpml-response+xml (RFC 4730). */
#ifndef SIP_DTMF_H
#define SIP_DTMF_H

#include "sip/msg.h"

enum { SIP_DTMF_MOST = 32 }; /* keys of a message */

struct sip_dtmf {
    char digits[SIP_DTMF_MOST + 1]; /* '0' to '9', '*', '#', 'A' to 'D' */
    uint32_t duration_ms;           /* 0: not said */
    bool kpml;
};

/* False when the message is no INFO or NOTIFY request that carries keys. */
bool sip_dtmf_parse(const struct sip_msg *msg, struct sip_dtmf *dtmf);

#endif
