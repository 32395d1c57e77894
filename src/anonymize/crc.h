/* The cyclic redundancy checks of STUN and SCTP. */
#ifndef ANONYMIZE_CRC_H
#define ANONYMIZE_CRC_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 as in RFC 8489 §14.7. */
uint32_t crc_stun(const uint8_t *data, size_t n);
/* CRC32c of an SCTP packet (RFC 9260 appendix A), its own field taken as zero. */
uint32_t crc_sctp(const uint8_t *packet, size_t n);

#endif
