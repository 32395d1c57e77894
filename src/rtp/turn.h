/* Media inside TURN: what a client and its relay wrap around it. */
#ifndef RTP_TURN_H
#define RTP_TURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The application data of a ChannelData message (RFC 8656 §12.4) or of a Send
 * or Data indication's DATA attribute (§11, RFC 8489 §14).  `n` octets were
 * captured of `len`; *data_len is the data's length on the wire and *data_n
 * how much of it was captured.  NULL when the octets are neither. */
const uint8_t *turn_payload(const uint8_t *data, size_t n, size_t len, size_t *data_n,
                            size_t *data_len);

#endif
