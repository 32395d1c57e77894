/* Keys pressed, as INFO carries them: application/dtmf-relay and
 * application/dtmf.  Neither is a standard; both are what devices do. */
#ifndef SIP_DTMF_H
#define SIP_DTMF_H

#include "sip/msg.h"

struct sip_dtmf {
    char digit;           /* '0' to '9', '*', '#', 'A' to 'D' */
    uint32_t duration_ms; /* 0: not said */
};

/* False when the message is no INFO request that carries a key. */
bool sip_dtmf_parse(const struct sip_msg *msg, struct sip_dtmf *dtmf);

#endif
