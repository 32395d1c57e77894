/* TLS connections that could not be decrypted and may carry SIP. */
#ifndef ANALYSIS_ENCRYPTED_H
#define ANALYSIS_ENCRYPTED_H

#include "analysis/model.h"

/* Notes a connection; the web and the like are left out. */
void encrypted_note(struct fosip_analysis *analysis, const struct net_tls *connection);

#endif
