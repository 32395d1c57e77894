/* What flows beside RTP, on its ports and elsewhere: RTCP, exchanges of keys, faxes,
 * H.323.  Each is handed to the table that it belongs to. */
#ifndef ANALYSIS_BESIDE_H
#define ANALYSIS_BESIDE_H

#include "analysis/decrypt.h"
#include "analysis/model.h"

/* RTCP; `decrypt` NULL: SRTCP stays as it is. */
void beside_control(struct fosip_analysis *analysis, struct decrypt *decrypt,
                    const struct datagram *datagram);

/* A datagram that rtp_classify called RTP_DTLS or RTP_ZRTP. */
void beside_exchange(struct fosip_analysis *analysis, const struct datagram *datagram,
                     enum rtp_kind kind);

/* A datagram that is nothing else: a fax, if it goes to where one was announced, or
 * is recognised. */
void beside_fax(struct fosip_analysis *analysis, const struct datagram *datagram);

/* A whole TPKT message of `n` octets on the stream that `run` is of. */
void beside_h323(struct fosip_analysis *analysis, const struct datagram *run, const uint8_t *data,
                 size_t n);

#endif
